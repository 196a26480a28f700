//! From pixels to bytes.

mod jpeg;
mod open_raster;
mod pages;
mod png;
mod rows;
mod tiff;
mod webp;

pub use jpeg::encode_jpeg_rgb8;
pub use open_raster::{Blend, Layer, OPEN_RASTER_THUMBNAIL_PX, encode_open_raster};
pub use pages::join_pages;

use std::ops::Range;

use self::rows::Rows;
use crate::{Alpha, Depth, Format, MediaError, Metadata, Pixels, Raster, exif, icc, xmp};

/// What is written into the metadata of every picture that software has coloured: plain letters, fit for any field.
const NOTE: &str = "Colours added by software (Autochrome)";
/// The name that goes into the EXIF tag "Software" where that is empty.
const SOFTWARE: &str = concat!("Autochrome ", env!("CARGO_PKG_VERSION"));

/// How to encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeOptions {
    /// One of the formats that [`Format::can_encode`].
    pub format: Format,
    /// JPEG quality, 1..=100; the other formats are lossless and ignore it.
    pub quality: u8,
    /// Whether to say in EXIF and XMP that software added the colours. Captions that are there stay as they are.
    pub note: bool,
}

impl EncodeOptions {
    /// Quality 92, with the note.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self { format, quality: 92, note: true }
    }
}

/// Everything that goes into the file beside the pixels.
struct Extras<'a> {
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    icc: &'static [u8],
    /// Everything else, as it was.
    rest: &'a Metadata,
}

/// Encodes sRGB pixels with their metadata and a profile that says sRGB.
///
/// PNG and TIFF keep 16 bits; JPEG and WebP round to 8. JPEG is written 4:4:4 and drops alpha; a gray picture with alpha
/// becomes RGBA in TIFF. The same input gives the same bytes.
///
/// # Errors
/// [`MediaError::CannotEncode`] for a format that is only read, [`MediaError::Quality`], [`MediaError::FormatLimit`] above 65,535
/// pixels a side in JPEG or 16,383 in WebP, or above 4 GB of samples in TIFF, and [`MediaError::OutOfMemory`].
pub fn encode(raster: &Raster, metadata: &Metadata, options: &EncodeOptions) -> Result<Vec<u8>, MediaError> {
    encode_rows(Rows::of(raster), metadata, options)
}

/// As [`encode`], of a picture that is never whole in memory: `make` makes the RGB samples of some rows in the depth given, rows from top
/// to bottom, each once.
///
/// # Errors
/// As [`encode`], and [`MediaError::Shape`] when the samples do not fill the rows or have another depth.
pub fn encode_bands(
    (width, height): (u32, u32),
    depth: Depth,
    make: &mut dyn FnMut(Range<usize>) -> Pixels,
    metadata: &Metadata,
    options: &EncodeOptions,
) -> Result<Vec<u8>, MediaError> {
    encode_rows(Rows::made(width, height, depth, make), metadata, options)
}

fn encode_rows(
    mut rows: Rows<'_>,
    metadata: &Metadata,
    options: &EncodeOptions,
) -> Result<Vec<u8>, MediaError> {
    if !(1..=100).contains(&options.quality) {
        return Err(MediaError::Quality { quality: options.quality });
    }
    let gray = rows.channels == 1;
    let mut extras = Extras {
        exif: metadata.exif().map(|block| exif::with_size(block.to_vec(), rows.width, rows.height)),
        xmp: metadata.xmp().map(<[u8]>::to_vec),
        icc: if gray { icc::gray_profile() } else { icc::srgb_profile() },
        rest: metadata,
    };
    if options.note {
        let as_description = !metadata.is_described();
        extras.exif = Some(exif::with_note(extras.exif.as_deref(), NOTE, SOFTWARE, as_description));
        extras.xmp = Some(xmp::with_note(
            metadata.xmp(),
            xmp::Note { text: NOTE, software: SOFTWARE, as_description, source: metadata.source },
        ));
    }
    // Formats without a field of their own keep the density there.
    if let Some(density) = metadata.density()
        && matches!(options.format, Format::Tiff | Format::WebP)
    {
        extras.exif = Some(exif::with_density(extras.exif.as_deref(), density));
    }
    match options.format {
        Format::Jpeg => jpeg::encode(&mut rows, extras, options.quality, options.note),
        Format::Png => png::encode(&mut rows, extras),
        Format::WebP => webp::encode(&mut rows, extras),
        Format::Tiff => tiff::encode(&mut rows, extras),
        format => Err(MediaError::CannotEncode { format }),
    }
}

fn failed(format: Format, detail: impl std::fmt::Display) -> MediaError {
    MediaError::Encode { format, detail: detail.to_string() }
}

fn check_sides(rows: &Rows<'_>, format: Format, limit_px: u32) -> Result<(), MediaError> {
    let (width, height) = (rows.width, rows.height);
    if width.max(height) > limit_px {
        return Err(MediaError::FormatLimit { format, width, height, limit_px });
    }
    Ok(())
}

fn to8(v: u16) -> u8 {
    ((u32::from(v) * 255 + 32767) / 65535) as u8
}

fn to16(v: u8) -> u16 {
    u16::from(v) * 257
}

fn alpha8(alpha: &Alpha, i: usize) -> u8 {
    match alpha {
        Alpha::Eight(data) => data[i],
        Alpha::Sixteen(data) => to8(data[i]),
    }
}

fn alpha16(alpha: &Alpha, i: usize) -> u16 {
    match alpha {
        Alpha::Eight(data) => to16(data[i]),
        Alpha::Sixteen(data) => data[i],
    }
}
