//! Small files made in memory.

use std::io::Cursor;

use autochrome_media::{DecodeOptions, Picture, decode};
use image::{DynamicImage, ImageFormat};

/// Decodes with the default options.
pub fn open(bytes: &[u8]) -> Picture {
    decode(bytes, &DecodeOptions::default()).unwrap()
}

/// An RGB picture with colour and detail.
pub fn colourful(width: u32, height: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 37 + y * 5) as u8, (x * 3 + y * 29) as u8, (x * y + 90) as u8])
    })
}

/// A gray ramp from left to right.
pub fn ramp(width: u32, height: u32) -> image::GrayImage {
    image::GrayImage::from_fn(width, height, |x, _| image::Luma([(x * 255 / (width - 1).max(1)) as u8]))
}

pub fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A smooth JPEG with the EXIF block given, and a profile if any.
pub fn jpeg(width: u16, height: u16, rgb: &[u8], exif: Option<&[u8]>, icc: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 100);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_4_4);
    if let Some(exif) = exif {
        encoder.add_exif_metadata(exif).unwrap();
    }
    if let Some(icc) = icc {
        encoder.add_icc_profile(icc).unwrap();
    }
    encoder.encode(rgb, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

/// A PNG written by the `png` crate, for what `image` cannot write.
pub fn png(info: png::Info<'_>, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::with_info(&mut bytes, info).unwrap().write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    bytes
}

/// An entry of an EXIF directory: tag, type, number of values, value (in the block's byte order).
pub type Entry<'a> = (u16, u16, u32, &'a [u8]);

/// A big-endian EXIF block with a first directory, an EXIF directory, and a thumbnail of its own.
pub fn exif_block(first: &[Entry<'_>], details: &[Entry<'_>], thumbnail: &[u8]) -> Vec<u8> {
    fn directory(block: &mut Vec<u8>, entries: &[Entry<'_>]) -> usize {
        let mut fields = Vec::new();
        for (_, _, _, value) in entries {
            let mut field = [0; 4];
            if value.len() <= 4 {
                field[..value.len()].copy_from_slice(value);
            } else {
                field = (block.len() as u32).to_be_bytes();
                block.extend(*value);
                block.resize(block.len().next_multiple_of(2), 0);
            }
            fields.push(field);
        }
        let start = block.len();
        block.extend((entries.len() as u16).to_be_bytes());
        for ((tag, kind, count, _), field) in entries.iter().zip(fields) {
            block.extend(tag.to_be_bytes());
            block.extend(kind.to_be_bytes());
            block.extend(count.to_be_bytes());
            block.extend(field);
        }
        block.extend([0; 4]);
        start
    }
    let mut block = b"MM\0*\0\0\0\0".to_vec();
    let mut first = first.to_vec();
    let pointer;
    if !details.is_empty() {
        pointer = (directory(&mut block, details) as u32).to_be_bytes();
        first.push((0x8769, 4, 1, &pointer));
    }
    first.sort_by_key(|e| e.0);
    let start = directory(&mut block, &first);
    block[4..8].copy_from_slice(&(start as u32).to_be_bytes());
    if !thumbnail.is_empty() {
        let link = block.len() - 4;
        let at = (block.len() as u32).to_be_bytes();
        block.extend(thumbnail);
        block.resize(block.len().next_multiple_of(2), 0);
        let len = (thumbnail.len() as u32).to_be_bytes();
        let next = directory(&mut block, &[(0x0201, 4, 1, &at), (0x0202, 4, 1, &len)]);
        block[link..link + 4].copy_from_slice(&(next as u32).to_be_bytes());
    }
    block
}

/// The value of a tag in a block's first directory or, failing that, its EXIF directory; read independently of the
/// library under test.
pub fn tag(block: &[u8], wanted: u16) -> Option<Vec<u8>> {
    let big = &block[..2] == b"MM";
    let u16_at = |at: usize| {
        let b = [block[at], block[at + 1]];
        if big { u16::from_be_bytes(b) } else { u16::from_le_bytes(b) }
    };
    let u32_at = |at: usize| {
        let b = [block[at], block[at + 1], block[at + 2], block[at + 3]];
        (if big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) }) as usize
    };
    let mut directories = vec![u32_at(4)];
    while let Some(start) = directories.pop() {
        for i in 0..usize::from(u16_at(start)) {
            let at = start + 2 + i * 12;
            let unit = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8][usize::from(u16_at(at + 2))];
            let len = u32_at(at + 4) * unit;
            if u16_at(at) == 0x8769 {
                directories.push(u32_at(at + 8));
            }
            if u16_at(at) == wanted {
                let from = if len <= 4 { at + 8 } else { u32_at(at + 8) };
                return Some(block[from..from + len].to_vec());
            }
        }
    }
    None
}

/// Lightness of an 8-bit sRGB gray, by the published formulas.
pub fn lightness(gray: f64) -> f32 {
    let v = gray / 255.0;
    let y = if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
    (if y > 216.0 / 24389.0 { 116.0 * y.cbrt() - 16.0 } else { y * 24389.0 / 27.0 }) as f32
}
