//! Pixels in, pixels out: reading pictures, cutting, shrinking, writing.

use std::path::Path;

use autochrome_color::Chroma;
use autochrome_color::lab::lab_to_rgb8;
use autochrome_color::resample::{Kernel, Window, resample_rgb8};
use autochrome_film::Frame;
use autochrome_media::{DecodeOptions, Limits, MediaError, decode, encode_jpeg_rgb8, read_file};
use serde::{Deserialize, Serialize};

/// Longer side of the pictures on the contact sheet.
pub(crate) const THUMBNAIL_PX: usize = 160;

/// A rectangle of a frame, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rectangle {
    /// Columns to the left of it.
    pub left: usize,
    /// Rows above it.
    pub top: usize,
    /// Columns in it.
    pub width: usize,
    /// Rows in it.
    pub height: usize,
}

impl Rectangle {
    /// All of a frame.
    #[must_use]
    pub fn whole(frame: &Frame) -> Self {
        Self { left: 0, top: 0, width: frame.width, height: frame.height }
    }

    /// The smaller of width and height.
    #[must_use]
    pub fn short_side(&self) -> usize {
        self.width.min(self.height)
    }
}

/// How pictures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JPEG without subsampled colours, and of this quality, 1..=100.
    Jpeg(u8),
    /// PNG of 8 bits: lossless, and some eight times as large.
    Png,
}

impl Format {
    /// How names of such files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg(_) => "jpg",
            Self::Png => "png",
        }
    }

    /// The bytes of a file. There is no profile in it: without one, a picture is sRGB, and the loader is faster.
    pub(crate) fn encode(self, frame: &Frame) -> Result<Vec<u8>, String> {
        match self {
            Self::Jpeg(quality) => encode_jpeg_rgb8(&frame.rgb, frame.width, frame.height, quality)
                .map_err(|error| error.to_string()),
            Self::Png => {
                let mut bytes = Vec::new();
                let mut encoder = png::Encoder::new(&mut bytes, frame.width as u32, frame.height as u32);
                encoder.set_color(png::ColorType::Rgb);
                encoder.set_depth(png::BitDepth::Eight);
                encoder.set_compression(png::Compression::Fast);
                let written =
                    encoder.write_header().and_then(|mut writer| writer.write_image_data(&frame.rgb));
                written.map_err(|error| error.to_string())?;
                Ok(bytes)
            }
        }
    }
}

/// A picture file as a frame: upright, sRGB, 8 bits.
pub(crate) fn read(path: &Path) -> Result<Frame, MediaError> {
    decoded(&read_file(path, &Limits::default())?)
}

/// The bytes of a picture file as a frame.
pub(crate) fn decoded(bytes: &[u8]) -> Result<Frame, MediaError> {
    let picture = decode(bytes, &DecodeOptions::default())?;
    let (width, height) = (picture.width(), picture.height());
    let chroma = picture.chroma.unwrap_or_else(|| Chroma::neutral(width, height));
    Ok(Frame { width, height, rgb: lab_to_rgb8(&picture.luma, &chroma) })
}

/// Part of a frame at its own scale.
pub(crate) fn cut(frame: &Frame, part: Rectangle) -> Frame {
    let row = |y: usize| &frame.rgb[((part.top + y) * frame.width + part.left) * 3..][..part.width * 3];
    let rgb = (0..part.height).flat_map(row).copied().collect();
    Frame { width: part.width, height: part.height, rgb }
}

/// Part of a frame at another size, each new sample the mean of the area it covers.
pub(crate) fn resized(frame: &Frame, part: Rectangle, width: usize, height: usize) -> Frame {
    let window = Window {
        left: part.left as f64,
        top: part.top as f64,
        width: part.width as f64,
        height: part.height as f64,
    };
    let size = (frame.width, frame.height);
    Frame { width, height, rgb: resample_rgb8(&frame.rgb, size, window, (width, height), Kernel::Box) }
}

/// Part of a frame with a longer side of at most `side_px`, as the bytes of a small JPEG.
pub(crate) fn thumbnail(frame: &Frame, part: Rectangle, side_px: usize) -> Vec<u8> {
    let ratio = (side_px as f64 / part.width.max(part.height) as f64).min(1.0);
    let side = |length: usize| ((length as f64 * ratio).round() as usize).max(1);
    let small = resized(frame, part, side(part.width), side(part.height));
    // It is small enough for JPEG, which fails for nothing else.
    Format::Jpeg(70).encode(&small).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: usize, height: usize) -> Frame {
        let rgb =
            (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8 * 3, y as u8 * 5, 90])).collect();
        Frame { width, height, rgb }
    }

    #[test]
    fn png_keeps_every_bit_and_jpeg_nearly() {
        let frame = frame(41, 31);
        assert_eq!(decoded(&Format::Png.encode(&frame).unwrap()).unwrap(), frame);
        let jpeg = decoded(&Format::Jpeg(95).encode(&frame).unwrap()).unwrap();
        assert!(frame.rgb.iter().zip(&jpeg.rgb).all(|(a, b)| a.abs_diff(*b) <= 8));
    }

    #[test]
    fn a_part_is_cut_where_it_lies() {
        let part = Rectangle { left: 2, top: 1, width: 3, height: 2 };
        let cut = cut(&frame(8, 8), part);
        assert_eq!((cut.width, cut.height, &cut.rgb[..3], cut.rgb.len()), (3, 2, &[6, 5, 90][..], 18));
    }

    #[test]
    fn thumbnails_keep_their_shape_and_never_grow() {
        let small = decoded(&thumbnail(&frame(80, 40), Rectangle::whole(&frame(80, 40)), 20)).unwrap();
        assert_eq!((small.width, small.height), (20, 10));
        let same = decoded(&thumbnail(&frame(8, 4), Rectangle::whole(&frame(8, 4)), 20)).unwrap();
        assert_eq!((same.width, same.height), (8, 4));
    }
}
