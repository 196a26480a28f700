//! JPEG, 4:4:4: added colours are smooth, and halving their resolution would bleed them over edges.

use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};
use pulp::Arch;

use super::{Extras, NOTE, SOFTWARE, check_sides, failed, samples8};
use crate::{Format, MediaError, Metadata, Raster, exif, iptc, xmp};

const FORMAT: Format = Format::Jpeg;
const XMP_PREFIX: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

pub(super) fn encode(
    raster: &Raster,
    extras: Extras<'_>,
    quality: u8,
    note: bool,
) -> Result<Vec<u8>, MediaError> {
    check_sides(raster, FORMAT, 65_535)?;
    let Extras { mut exif, mut xmp, icc, rest } = extras;
    // What does not fit into one segment is replaced by the note alone.
    if exif.as_ref().is_some_and(|block| block.len() > exif::JPEG_LIMIT) {
        exif = note.then(|| exif::with_note(None, NOTE, SOFTWARE, !rest.is_described()));
    }
    if xmp.as_ref().is_some_and(|packet| packet.len() > xmp::JPEG_LIMIT) {
        let as_description = !rest.is_described();
        xmp =
            note.then(|| xmp::with_note(None, xmp::Note { text: NOTE, software: SOFTWARE, as_description }));
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    if let Some(exif) = exif {
        encoder.add_exif_metadata(&exif).map_err(|e| failed(FORMAT, e))?;
    }
    if let Some(xmp) = xmp {
        encoder.add_app_segment(1, [XMP_PREFIX, &xmp].concat()).map_err(|e| failed(FORMAT, e))?;
    }
    encoder.add_icc_profile(icc).map_err(|e| failed(FORMAT, e))?;
    let samples = Samples {
        data: &samples8(raster.pixels()),
        channels: raster.pixels().channels(),
        width: raster.width() as u16,
        height: raster.height() as u16,
    };
    encoder.encode_image(samples).map_err(|e| failed(FORMAT, e))?;
    Ok(with_metadata(bytes, rest))
}

/// The bytes of a bare JPEG: RGB of 8 bits, row by row, colours at full resolution, neither profile nor metadata.
///
/// It stands here because the encoder is compiled into every crate that calls it.
///
/// # Errors
/// [`MediaError::Encode`] when a side is beyond 65,535 px or the samples are fewer than the sides ask for.
pub fn encode_jpeg_rgb8(rgb: &[u8], width: usize, height: usize, quality: u8) -> Result<Vec<u8>, MediaError> {
    let side = |length: usize| {
        u16::try_from(length).map_err(|_| failed(FORMAT, format!("{width} × {height} is beyond JPEG")))
    };
    let (width, height) = (side(width)?, side(height)?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    if rgb.len() < 3 * usize::from(width) * usize::from(height) {
        return Err(failed(FORMAT, format!("{} samples are too few for {width} × {height}", rgb.len())));
    }
    let samples = Samples { data: rgb, channels: 3, width, height };
    encoder.encode_image(samples).map_err(|e| failed(FORMAT, e))?;
    Ok(bytes)
}

/// Gray or RGB samples of 8 bits. One type for both: the encoder is compiled again for every type that it takes.
struct Samples<'a> {
    data: &'a [u8],
    channels: usize,
    width: u16,
    height: u16,
}

impl ImageBuffer for Samples<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.channels == 1 { JpegColorType::Luma } else { JpegColorType::Ycbcr }
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let row_len = usize::from(self.width) * self.channels;
        let row = &self.data[usize::from(y) * row_len..][..row_len];
        if self.channels == 1 {
            buffers[0].extend_from_slice(row);
            return;
        }
        let start = buffers[0].len();
        let [luma, cb, cr, _] = buffers.each_mut().map(|buffer| {
            buffer.resize(start + row.len() / 3, 0);
            &mut buffer[start..]
        });
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for (((rgb, luma), cb), cr) in row.chunks_exact(3).zip(luma).zip(cb).zip(cr) {
                    (*luma, *cb, *cr) = rgb_to_ycbcr(rgb[0], rgb[1], rgb[2]);
                }
            },
        );
    }
}

/// The file with its density, IPTC records, comments and texts.
fn with_metadata(mut bytes: Vec<u8>, words: &Metadata) -> Vec<u8> {
    // The encoder begins every file with a JFIF segment: its unit is at 13, the densities follow.
    const JFIF_END: usize = 20;
    if !bytes.get(..11).is_some_and(|head| head.starts_with(b"\xff\xd8\xff\xe0") && &head[6..10] == b"JFIF") {
        return bytes;
    }
    if let Some(density) = words.density() {
        let whole = |dpi: f64| (dpi.round() as u16).max(1).to_be_bytes();
        bytes[13] = 1;
        bytes[14..16].copy_from_slice(&whole(density.x_dpi));
        bytes[16..18].copy_from_slice(&whole(density.y_dpi));
    }
    let mut segments = Vec::new();
    let mut add = |marker: u8, body: &[u8]| {
        // Longer ones do not fit, which `Metadata::lost_in` says.
        if let Ok(len) = u16::try_from(body.len() + 2) {
            segments.extend([0xff, marker]);
            segments.extend(len.to_be_bytes());
            segments.extend(body);
        }
    };
    if let Some(records) = words.iptc() {
        add(0xed, &[iptc::PREFIX, &iptc::to_photoshop(records)].concat());
    }
    for comment in words.comments() {
        add(0xfe, comment.as_bytes());
    }
    for (key, text) in words.texts() {
        let comment = if key == "Comment" { text.clone() } else { format!("{key}: {text}") };
        add(0xfe, comment.as_bytes());
    }
    let rest = bytes.split_off(JFIF_END);
    [bytes, segments, rest].concat()
}
