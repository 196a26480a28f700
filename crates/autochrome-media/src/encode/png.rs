//! PNG in 8 or 16 bits, row by row, with EXIF, XMP and profile.

use std::io::Write;

use autochrome_color::stop;
use png::{BitDepth, ColorType, Compression, Encoder, Info, PixelDimensions, Unit};

use super::{Extras, Rows, alpha8, alpha16, failed, rows::Band};
use crate::{Depth, Format, MediaError, Metadata, iptc};

const FORMAT: Format = Format::Png;

/// Rows that are asked for at a time.
const BAND: usize = 64;

pub(super) fn encode(rows: &mut Rows<'_>, extras: Extras<'_>) -> Result<Vec<u8>, MediaError> {
    let alpha = rows.alpha;
    let mut info = Info::with_size(rows.width, rows.height);
    info.color_type = match (rows.channels, alpha.is_some()) {
        (1, false) => ColorType::Grayscale,
        (1, true) => ColorType::GrayscaleAlpha,
        (_, false) => ColorType::Rgb,
        (_, true) => ColorType::Rgba,
    };
    info.bit_depth = match rows.depth {
        Depth::Eight => BitDepth::Eight,
        Depth::Sixteen => BitDepth::Sixteen,
    };
    info.icc_profile = Some(extras.icc.into());
    info.exif_metadata = extras.exif.map(Into::into);
    if let Some(density) = extras.rest.density() {
        let metre = |dpi: f64| (dpi / 0.0254).round() as u32;
        let (xppu, yppu) = (metre(density.x_dpi), metre(density.y_dpi));
        info.pixel_dims = Some(PixelDimensions { xppu, yppu, unit: Unit::Meter });
    }

    let mut bytes = Vec::new();
    let mut encoder = Encoder::with_info(&mut bytes, info).map_err(|e| failed(FORMAT, e))?;
    encoder.set_compression(Compression::Fast);
    if let Some(xmp) = extras.xmp.and_then(|packet| String::from_utf8(packet).ok()) {
        encoder.add_itxt_chunk("XML:com.adobe.xmp".to_string(), xmp).map_err(|e| failed(FORMAT, e))?;
    }
    for (key, text) in words(extras.rest) {
        // A keyword that the format does not allow came from elsewhere and must not cost the picture.
        if (1..80).contains(&key.len()) && key.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
            let added = if text.is_ascii() {
                encoder.add_text_chunk(key, text)
            } else {
                encoder.add_itxt_chunk(key, text)
            };
            added.map_err(|e| failed(FORMAT, e))?;
        }
    }
    let mut writer = encoder.write_header().map_err(|e| failed(FORMAT, e))?;
    let mut stream = writer.stream_writer().map_err(|e| failed(FORMAT, e))?;
    let mut row_bytes = Vec::new();
    let (width, height, channels) = (rows.width as usize, rows.height as usize, rows.channels);
    for top in (0..height).step_by(BAND) {
        if stop::requested() {
            return Err(failed(FORMAT, "nobody waits for it any more"));
        }
        let band = rows.band(top..height.min(top + BAND))?;
        for (i, y) in (top..height.min(top + BAND)).enumerate() {
            let samples = i * width * channels..(i + 1) * width * channels;
            row_bytes.clear();
            let row = match (&band, alpha) {
                (Band::Eight(data), None) => &data[samples],
                (Band::Eight(data), Some(alpha)) => {
                    for (x, pixel) in data[samples].chunks_exact(channels).enumerate() {
                        row_bytes.extend(pixel);
                        row_bytes.push(alpha8(alpha, y * width + x));
                    }
                    &row_bytes
                }
                (Band::Sixteen(data), alpha) => {
                    for (x, pixel) in data[samples].chunks_exact(channels).enumerate() {
                        row_bytes.extend(pixel.iter().flat_map(|v| v.to_be_bytes()));
                        if let Some(alpha) = alpha {
                            row_bytes.extend(alpha16(alpha, y * width + x).to_be_bytes());
                        }
                    }
                    &row_bytes
                }
            };
            stream.write_all(row).map_err(|e| failed(FORMAT, e))?;
        }
    }
    stream.finish().map_err(|e| failed(FORMAT, e))?;
    writer.finish().map_err(|e| failed(FORMAT, e))?;
    Ok(bytes)
}

/// Texts and comments with their keywords, and IPTC records as ImageMagick and ExifTool read them.
fn words(metadata: &Metadata) -> Vec<(String, String)> {
    let mut words = metadata.texts().to_vec();
    words.extend(metadata.comments().iter().map(|comment| ("Comment".to_string(), comment.clone())));
    if let Some(records) = metadata.iptc() {
        let block = iptc::to_photoshop(records);
        let mut text = format!("\niptc\n{:8}", block.len());
        for (i, byte) in block.iter().enumerate() {
            let line = if i % 36 == 0 { "\n" } else { "" };
            text += &format!("{line}{byte:02x}");
        }
        words.push(("Raw profile type iptc".to_string(), text + "\n"));
    }
    words
}
