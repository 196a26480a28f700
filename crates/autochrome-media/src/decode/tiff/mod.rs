//! TIFF and BigTIFF, decoded here, because scans come in more layouts than libraries read: strips, tiles and planes; 1 to 64 bits,
//! whole and floating; gray, RGB, palettes, CMYK, YCbCr and CIELAB; uncompressed, PackBits, LZW, deflate, JPEG and fax.
//!
//! # Source
//! Adobe TIFF 6.0 (1992) and its Technical Notes 1 to 3.

mod chunk;
mod color;
mod fax;
mod layout;
mod pixels;

use self::{
    color::YCbCr,
    layout::{Layout, Meaning},
    pixels::Extras,
};
use super::{Limits, Source};
use crate::{
    Depth, Format, MediaError, Metadata,
    directory::{Page, TiffFile},
    exif,
    format::DEVELOP,
    iptc,
};

const NEW_SUBFILE_TYPE: u16 = 254;
const SUBFILE_TYPE: u16 = 255;
const ORIENTATION: u16 = 274;
const COLOR_MAP: u16 = 320;
const SUB_DIRECTORIES: u16 = 330;
const JPEG_TABLES: u16 = 347;
const YCBCR_LUMA: u16 = 529;
const REFERENCE: u16 = 532;
const XMP: u16 = 700;
const IPTC: u16 = 33723;
const PHOTOSHOP: u16 = 34377;
const ICC: u16 = 34675;
const DNG_VERSION: u16 = 0xc612;
/// Photometric interpretations of camera raw: a mosaic of colour filters, and raw values without one.
const MOSAIC: u64 = 32803;
const LINEAR_RAW: u64 = 34892;

/// The pages of a file that are pictures of their own, at full resolution, all pages where none says so; and whether there would be more
/// behind the end of the file.
pub(super) fn pictures(file: &TiffFile<'_>) -> (Vec<Page>, bool) {
    let (pages, is_cut) = file.pages();
    let is_full = |page: &Page| match file.number(page, NEW_SUBFILE_TYPE) {
        // Bit 0: a reduced version of another page. Bit 2: a mask for one.
        Some(flags) => flags & 0b101 == 0,
        None => file.number(page, SUBFILE_TYPE) != Some(2),
    };
    let (full, others): (Vec<Page>, Vec<Page>) = pages.into_iter().partition(is_full);
    (if full.is_empty() { others } else { full }, is_cut)
}

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits, page: usize) -> Result<Source<'a>, MediaError> {
    let file = TiffFile::parse(bytes).ok_or_else(|| layout::corrupt("its first bytes"))?;
    let (pages, is_cut) = pictures(&file);
    if pages.is_empty() {
        // The directory lies behind the end: the rest of the file is missing.
        return Err(MediaError::Truncated { format: Format::Tiff });
    }
    let count = pages.len();
    let picture = pages.get(page).ok_or(MediaError::NoSuchPage { page: page + 1, pages: count })?;
    if let Some(error) = raw(&file, &pages) {
        return Err(error);
    }
    let (width, height) = layout::size(&file, picture)?;
    limits.check_size(Format::Tiff, width, height)?;
    let layout = Layout::read(&file, picture)?;
    let extras = Extras {
        palette: file.numbers(picture, COLOR_MAP),
        ycbcr: YCbCr::new(file.fractions(picture, YCBCR_LUMA), file.fractions(picture, REFERENCE)),
        jpeg_tables: file.block(picture, JPEG_TABLES),
    };
    let is_eight =
        layout.meaning == Meaning::Palette || (layout.bits <= 8 && layout.number == layout::Number::Unsigned);
    let is_gray = layout.colors() == 1 && layout.meaning != Meaning::Palette;
    // The profile of a page in CIELAB is that of the paper it was meant for.
    let is_lab = matches!(layout.meaning, Meaning::Lab { .. });
    let allowed = limits.decoder_bytes(width, height);
    let orientation = file.number(picture, ORIENTATION).filter(|o| (1..=8).contains(o));
    Ok(Source {
        format: Format::Tiff,
        width,
        height,
        depth: if is_eight { Depth::Eight } else { Depth::Sixteen },
        gray: is_gray,
        alpha: layout.alpha().is_some() && layout.meaning != Meaning::Cmyk,
        orientation: orientation.map_or(1, |o| o as u8),
        metadata: Metadata {
            exif: exif::from_tiff(&file, picture),
            xmp: file.block(picture, XMP).map(<[u8]>::to_vec),
            iptc: file
                .block(picture, IPTC)
                .and_then(iptc::sanitize)
                .or_else(|| iptc::from_photoshop(file.block(picture, PHOTOSHOP)?)),
            ..Metadata::default()
        },
        icc: file.block(picture, ICC).filter(|_| !is_lab).map(<[u8]>::to_vec),
        warnings: if is_cut { vec![cut_after(count)] } else { Vec::new() },
        read: Box::new(move |warnings| pixels::read(bytes, &layout, &extras, allowed, warnings)),
    })
}

fn cut_after(pages: usize) -> String {
    let pages = if pages == 1 { "its first page".to_owned() } else { format!("its first {pages} pages") };
    format!("the TIFF is cut off: it names a further page that is not there; {pages} can be read")
}

/// The refusal of camera raw, which is a TIFF by its structure.
fn raw(file: &TiffFile<'_>, pages: &[Page]) -> Option<MediaError> {
    let first = pages.first()?;
    if first.find(DNG_VERSION).is_some() {
        return Some(MediaError::UnsupportedFormat { what: "DNG raw", advice: DEVELOP });
    }
    let inner = file.numbers(first, SUB_DIRECTORIES).unwrap_or_default();
    let inner = inner.into_iter().take(16).filter_map(|offset| file.page_at(offset));
    let is_raw = |page: &Page| matches!(layout::photometric(file, page), Some(MOSAIC | LINEAR_RAW));
    (pages.iter().any(is_raw) || inner.into_iter().any(|page| is_raw(&page)))
        .then_some(MediaError::UnsupportedFormat { what: "camera raw", advice: DEVELOP })
}
