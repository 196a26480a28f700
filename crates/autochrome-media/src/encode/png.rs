//! PNG in 8 or 16 bits, row by row, with EXIF, XMP and profile.

use std::io::Write;

use png::{BitDepth, ColorType, Compression, Encoder, Info};

use super::{Extras, alpha8, alpha16, failed};
use crate::{Depth, Format, MediaError, Pixels, Raster};

const FORMAT: Format = Format::Png;

pub(super) fn encode(raster: &Raster, extras: Extras) -> Result<Vec<u8>, MediaError> {
    let alpha = raster.alpha();
    let mut info = Info::with_size(raster.width(), raster.height());
    info.color_type = match (raster.pixels().channels(), alpha.is_some()) {
        (1, false) => ColorType::Grayscale,
        (1, true) => ColorType::GrayscaleAlpha,
        (_, false) => ColorType::Rgb,
        (_, true) => ColorType::Rgba,
    };
    info.bit_depth = match raster.pixels().depth() {
        Depth::Eight => BitDepth::Eight,
        Depth::Sixteen => BitDepth::Sixteen,
    };
    info.icc_profile = Some(extras.icc.into());
    info.exif_metadata = extras.exif.map(Into::into);

    let mut bytes = Vec::new();
    let mut encoder = Encoder::with_info(&mut bytes, info).map_err(|e| failed(FORMAT, e))?;
    encoder.set_compression(Compression::Fast);
    if let Some(xmp) = extras.xmp.and_then(|packet| String::from_utf8(packet).ok()) {
        encoder.add_itxt_chunk("XML:com.adobe.xmp".to_string(), xmp).map_err(|e| failed(FORMAT, e))?;
    }
    let mut writer = encoder.write_header().map_err(|e| failed(FORMAT, e))?;
    let mut rows = writer.stream_writer().map_err(|e| failed(FORMAT, e))?;
    let mut row_bytes = Vec::new();
    let width = raster.width() as usize;
    let channels = raster.pixels().channels();
    for y in 0..raster.height() as usize {
        let samples = y * width * channels..(y + 1) * width * channels;
        let row = match (raster.pixels(), alpha) {
            (Pixels::Rgb8(data) | Pixels::Gray8(data), None) => &data[samples],
            (Pixels::Rgb8(data) | Pixels::Gray8(data), Some(alpha)) => {
                row_bytes.clear();
                for (x, pixel) in data[samples].chunks_exact(channels).enumerate() {
                    row_bytes.extend(pixel);
                    row_bytes.push(alpha8(alpha, y * width + x));
                }
                &row_bytes
            }
            (Pixels::Rgb16(data) | Pixels::Gray16(data), alpha) => {
                row_bytes.clear();
                for (x, pixel) in data[samples].chunks_exact(channels).enumerate() {
                    row_bytes.extend(pixel.iter().flat_map(|v| v.to_be_bytes()));
                    if let Some(alpha) = alpha {
                        row_bytes.extend(alpha16(alpha, y * width + x).to_be_bytes());
                    }
                }
                &row_bytes
            }
        };
        rows.write_all(row).map_err(|e| failed(FORMAT, e))?;
    }
    rows.finish().map_err(|e| failed(FORMAT, e))?;
    writer.finish().map_err(|e| failed(FORMAT, e))?;
    Ok(bytes)
}
