//! A decoded picture, and the windows that are cut from it.

use std::path::Path;

use autochrome_color::Chroma;
use autochrome_color::lab::lab_to_rgb8;
use autochrome_color::resample::{self, Kernel, resample_rgb8};
use autochrome_media::{DecodeOptions, Limits, MediaError};

use crate::error::{Error, Result};

/// Pixels beyond which a file is refused before its pixels are allocated: twice an 8K frame.
const MAX_PIXELS: u64 = 64 << 20;

/// sRGB pixels, 8 bits a channel, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
}

/// A rectangle of a picture, in pixels, with fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Window {
    /// The same window without what sticks out of the picture by rounding.
    fn clamped_to(self, picture: &Picture) -> Self {
        let (full_width, full_height) = (picture.width as f64, picture.height as f64);
        let (width, height) = (self.width.min(full_width), self.height.min(full_height));
        let left = self.left.clamp(0.0, full_width - width);
        let top = self.top.clamp(0.0, full_height - height);
        Self { left, top, width, height }
    }
}

impl Picture {
    /// Decodes a file, upright, its ICC profile honoured.
    pub fn read(path: &Path) -> Result<Self> {
        let failed = |reason: String| Error::Picture { path: path.to_path_buf(), reason };
        let bytes = std::fs::read(path).map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
        Self::decode(&bytes).map_err(|error| failed(error.to_string()))
    }

    fn decode(bytes: &[u8]) -> Result<Self, MediaError> {
        let limits = Limits { max_pixels: MAX_PIXELS, ..Limits::default() };
        let picture = autochrome_media::decode(bytes, &DecodeOptions { limits, keep_chroma: true })?;
        let (width, height) = (picture.width(), picture.height());
        let chroma = picture.chroma.unwrap_or_else(|| Chroma::neutral(width, height));
        Ok(Self { width, height, rgb: lab_to_rgb8(&picture.luma, &chroma) })
    }

    /// The smaller of width and height.
    pub fn short_side(&self) -> usize {
        self.width.min(self.height)
    }

    /// The whole of it.
    pub fn whole(&self) -> Window {
        Window { left: 0.0, top: 0.0, width: self.width as f64, height: self.height as f64 }
    }

    /// The same picture with a short side of at most `short_side_px`.
    pub fn shrunk(self, short_side_px: usize) -> Self {
        if self.short_side() <= short_side_px {
            return self;
        }
        let ratio = short_side_px as f64 / self.short_side() as f64;
        let side = |length: usize| ((length as f64 * ratio).round() as usize).max(1);
        self.window(self.whole(), side(self.width), side(self.height))
    }

    /// A window resampled to `width` × `height` (Catmull-Rom, widened when shrinking so that nothing aliases).
    ///
    /// The filter sees what lies around the window, as if the whole picture had been resampled and then cropped.
    /// Windows that need no resampling are copied.
    pub fn window(&self, window: Window, width: usize, height: usize) -> Self {
        let window = window.clamped_to(self);
        let exact = |length: f64, start: f64, size: usize| length == size as f64 && start.fract() == 0.0;
        if exact(window.width, window.left, width) && exact(window.height, window.top, height) {
            return self.cut(window.left as usize, window.top as usize, width, height);
        }
        let Window { left, top, width: across, height: down } = window;
        let window = resample::Window { left, top, width: across, height: down };
        let (size, to) = ((self.width, self.height), (width, height));
        Self { width, height, rgb: resample_rgb8(&self.rgb, size, window, to, Kernel::CatmullRom) }
    }

    fn cut(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let row = |y: usize| &self.rgb[((top + y) * self.width + left) * 3..][..width * 3];
        Self { width, height, rgb: (0..height).flat_map(row).copied().collect() }
    }

    /// Mirrors left and right in place.
    pub fn flip(&mut self) {
        for row in self.rgb.chunks_exact_mut(self.width * 3) {
            for x in 0..self.width / 2 {
                let (left, right) = row.split_at_mut((self.width - 1 - x) * 3);
                left[x * 3..][..3].swap_with_slice(&mut right[..3]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};

    use super::*;

    fn ramp(width: usize, height: usize) -> Picture {
        Picture { width, height, rgb: (0..width * height * 3).map(|i| i as u8).collect() }
    }

    #[test]
    fn a_picture_keeps_its_colours_and_half_a_file_is_a_fault() {
        let original = RgbImage::from_fn(40, 30, |x, y| Rgb([6 * x as u8, 8 * y as u8, 120]));
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&original, 40, 30, ExtendedColorType::Rgb8).unwrap();
        let picture = Picture::decode(&png).unwrap();
        assert_eq!((picture.width, picture.height), (40, 30));
        assert!(picture.rgb.iter().zip(original.as_raw()).all(|(a, b)| a.abs_diff(*b) <= 1));
        assert!(Picture::decode(&png[..png.len() / 2]).is_err());
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 90).encode_image(&original).unwrap();
        assert!(Picture::decode(&jpeg[..jpeg.len() / 2]).is_err());
    }

    #[test]
    fn a_window_of_whole_pixels_is_copied() {
        let window = Window { left: 1.0, top: 2.0, width: 3.0, height: 2.0 };
        let cut = ramp(5, 4).window(window, 3, 2);
        let expected: Vec<u8> = (33..42).chain(48..57).collect();
        assert_eq!(cut.rgb, expected);
    }

    #[test]
    fn a_constant_picture_stays_constant_at_any_size() {
        let picture = Picture { width: 3, height: 7, rgb: [10, 200, 90].repeat(21) };
        for (width, height) in [(1, 1), (2, 9), (64, 64)] {
            assert_eq!(
                picture.window(picture.whole(), width, height).rgb,
                [10, 200, 90].repeat(width * height)
            );
        }
    }

    #[test]
    fn flipping_twice_changes_nothing_and_once_mirrors() {
        for width in [1, 2, 5] {
            let (picture, mut flipped) = (ramp(width, 3), ramp(width, 3));
            flipped.flip();
            assert_eq!(flipped.rgb[..3], picture.rgb[(width - 1) * 3..width * 3]);
            flipped.flip();
            assert_eq!(flipped, picture);
        }
    }

    #[test]
    fn shrinking_keeps_the_aspect_and_never_enlarges() {
        let small = ramp(40, 20).shrunk(10);
        assert_eq!((small.width, small.height), (20, 10));
        assert_eq!(ramp(40, 20).shrunk(30), ramp(40, 20));
        let thin = ramp(1, 40).shrunk(10);
        assert_eq!((thin.width, thin.height), (1, 40));
    }
}
