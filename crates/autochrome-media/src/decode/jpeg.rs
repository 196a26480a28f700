//! JPEG, straight from zune-jpeg: one pass over the header for size, EXIF, XMP and ICC, and the four inks of CMYK raw.

use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::{JpegDecoder, errors::DecodeErrors};

use super::{Limits, Source};
use crate::{
    Depth, Format, MediaError, exif,
    limits::zeroed,
    samples::{Data, Layout, Samples},
};

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Source<'a>, MediaError> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options());
    decoder.decode_headers().map_err(|e| error(e, bytes))?;
    let (Some((width, height)), Some(space)) = (decoder.dimensions(), decoder.input_colorspace()) else {
        return Err(MediaError::Corrupt {
            format: Format::Jpeg,
            detail: "it has no frame header".to_string(),
        });
    };
    let (width_px, height_px) = (width as u32, height as u32);
    limits.check_size(Format::Jpeg, width_px, height_px)?;
    let exif = decoder.exif().map(|block| exif::without_prefix(block).to_vec());
    let orientation = exif.as_deref().and_then(exif::orientation).unwrap_or(1);
    Ok(Source {
        format: Format::Jpeg,
        width: width_px,
        height: height_px,
        depth: Depth::Eight,
        gray: space == ColorSpace::Luma,
        orientation,
        xmp: decoder.xmp().cloned(),
        icc: decoder.icc_profile(),
        exif,
        warnings: Vec::new(),
        read: Box::new(move |warnings| read(bytes, width, height, space, warnings)),
    })
}

fn options() -> DecoderOptions {
    DecoderOptions::default().set_max_width(usize::MAX).set_max_height(usize::MAX).set_strict_mode(false)
}

fn read(
    bytes: &[u8],
    width: usize,
    height: usize,
    space: ColorSpace,
    warnings: &mut Vec<String>,
) -> Result<Samples, MediaError> {
    // The decoder fills what is missing with gray; half a picture must not pass for a whole one.
    if !is_complete(bytes) {
        return Err(MediaError::Truncated { format: Format::Jpeg });
    }
    let (out, layout) = match space {
        ColorSpace::Luma => (ColorSpace::Luma, Layout::Gray),
        ColorSpace::YCbCr | ColorSpace::RGB => (ColorSpace::RGB, Layout::Rgb),
        ColorSpace::CMYK | ColorSpace::YCCK => (space, Layout::Cmyk),
        other => {
            let detail = format!("colour space {other:?}");
            return Err(MediaError::UnsupportedFeature { format: Format::Jpeg, detail });
        }
    };
    let mut data = zeroed(width * height * layout.channels())?;
    let strict = options().jpeg_set_out_colorspace(out).set_strict_mode(true);
    if JpegDecoder::new_with_options(ZCursor::new(bytes), strict).decode_into(&mut data).is_err() {
        // Old and repaired files bend the rules; what can be shown is shown, and said.
        data.fill(0);
        let lenient = options().jpeg_set_out_colorspace(out);
        JpegDecoder::new_with_options(ZCursor::new(bytes), lenient)
            .decode_into(&mut data)
            .map_err(|e| error(e, bytes))?;
        warnings
            .push("the JPEG bends its standard or is damaged; parts of the picture may be wrong".to_string());
    }
    match space {
        ColorSpace::YCCK => ycck_to_inks(&mut data),
        // Adobe's programs store how much light is left, not how much ink there is.
        ColorSpace::CMYK if has_adobe_segment(bytes) => data.iter_mut().for_each(|v| *v = 255 - *v),
        _ => {}
    }
    Ok(Samples { width, height, layout, data: Data::U8(data) })
}

/// YCCK to amounts of ink. Its Y, Cb and Cr stand for inverted inks, as does its K.
///
/// # Source
/// Adobe Technical Note 5116, "Supporting the DCT Filters in PostScript Level 2", section 18.
fn ycck_to_inks(data: &mut [u8]) {
    for pixel in data.chunks_exact_mut(4) {
        let (y, cb, cr) = (f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
        pixel[0] = (y + 1.402 * cr).round() as u8;
        pixel[1] = (y - 0.344_136 * cb - 0.714_136 * cr).round() as u8;
        pixel[2] = (y + 1.772 * cb).round() as u8;
        pixel[3] = 255 - pixel[3];
    }
}

/// Steps through the segments: `Some(true)` ends the walk with a yes.
fn walk(bytes: &[u8], mut visit: impl FnMut(u8, &[u8]) -> bool) -> bool {
    let mut at = 2;
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.iter().position(|&b| b == 0xff)) {
        at += step;
        let Some(&marker) = bytes.get(at + 1) else { return false };
        match marker {
            // Stuffed zeroes and restart markers belong to the scan, repeated 0xff is filling.
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            0xff => at += 1,
            0xd9 => return visit(marker, &[]),
            _ => {
                let Some(len) = bytes.get(at + 2..at + 4) else { return false };
                let len = usize::from(u16::from_be_bytes([len[0], len[1]]));
                let Some(body) = bytes.get(at + 4..at + 2 + len.max(2)) else { return false };
                if visit(marker, body) {
                    return true;
                }
                at += 2 + len.max(2);
            }
        }
    }
    false
}

/// Whether the end marker is there, outside of any segment (thumbnails have one of their own).
fn is_complete(bytes: &[u8]) -> bool {
    walk(bytes, |marker, _| marker == 0xd9)
}

fn has_adobe_segment(bytes: &[u8]) -> bool {
    walk(bytes, |marker, body| marker == 0xee && body.starts_with(b"Adobe"))
}

fn error(error: DecodeErrors, bytes: &[u8]) -> MediaError {
    let format = Format::Jpeg;
    match error {
        DecodeErrors::Unsupported(what) => {
            MediaError::UnsupportedFeature { format, detail: format!("{what:?}") }
        }
        DecodeErrors::ZeroError => MediaError::ZeroSize { format, width: 0, height: 0 },
        _ if !is_complete(bytes) => MediaError::Truncated { format },
        other => MediaError::Corrupt { format, detail: format!("{other:?}") },
    }
}
