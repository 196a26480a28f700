//! Which part of a picture a sample shows.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::picture::{Picture, Window};
use crate::random::Draw;

/// How a crop relates to the pixels of its picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CropManner {
    /// A window of random size and shape, resampled to the crop's size.
    #[default]
    Resized,
    /// A window of exactly the crop's size at the picture's own scale, as Pandey and Rana cut 512×512 from large
    /// frames; a picture that is too small is enlarged just enough.
    Native,
}

/// How square crops are taken from pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CropOptions {
    /// Side of the crop in pixels.
    pub size_px: usize,
    /// Whether the window has a size of its own.
    pub manner: CropManner,
    /// Side of the window relative to the picture's short side, drawn uniformly; above 0, at most 1.
    /// Only for [`CropManner::Resized`].
    pub scale: (f32, f32),
    /// Width over height of the window, drawn uniformly in its logarithm; above 0.
    /// Only for [`CropManner::Resized`].
    pub aspect: (f32, f32),
    /// Whether half of the samples are mirrored left to right.
    pub flip: bool,
    /// Pictures with a longer short side are first shrunk to this one, in pixels, before they are cached and cropped.
    pub downscale: Option<usize>,
}

impl Default for CropOptions {
    fn default() -> Self {
        Self {
            size_px: 128,
            manner: CropManner::Resized,
            scale: (0.5, 1.0),
            aspect: (0.8, 1.25),
            flip: true,
            downscale: None,
        }
    }
}

impl CropOptions {
    /// Random resized crops of one size, with the default range of windows.
    #[must_use]
    pub fn resized(size_px: usize) -> Self {
        Self { size_px, ..Self::default() }
    }

    /// Plain crops of one size at the pictures' own scale.
    #[must_use]
    pub fn native(size_px: usize) -> Self {
        Self { size_px, manner: CropManner::Native, ..Self::default() }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let fail = |option, reason: &str| Err(Error::Option { option, reason: reason.to_owned() });
        let ordered = |(low, high): (f32, f32), most: f32| low > 0.0 && low <= high && high <= most;
        if !(1..=8192).contains(&self.size_px) {
            return fail("crop.size_px", "must lie in 1..=8192");
        }
        if !ordered(self.scale, 1.0) {
            return fail("crop.scale", "must be two numbers above 0 and at most 1, the smaller first");
        }
        if !ordered(self.aspect, 16.0) {
            return fail("crop.aspect", "must be two numbers above 0 and at most 16, the smaller first");
        }
        if self.downscale == Some(0) {
            return fail("crop.downscale", "must be at least 1 pixel");
        }
        Ok(())
    }

    /// Takes one crop. The number of draws is the same for every picture, so that a sample's other choices do not
    /// depend on the picture's size.
    pub(crate) fn take(&self, picture: &Picture, rng: &mut Rng) -> Picture {
        let scale = rng.uniform(self.scale.0, self.scale.1);
        let shape = rng.log_between(self.aspect.0, self.aspect.1).sqrt();
        let (x, y) = (rng.f64(), rng.f64());
        let flip = rng.bool() && self.flip;
        let window = match self.manner {
            CropManner::Resized => resized_window(picture, scale, shape, x, y),
            CropManner::Native => native_window(picture, self.size_px, x, y),
        };
        let mut crop = picture.window(window, self.size_px, self.size_px);
        if flip {
            crop.flip();
        }
        crop
    }
}

fn resized_window(picture: &Picture, scale: f32, shape: f32, x: f64, y: f64) -> Window {
    let (full_width, full_height) = (picture.width as f64, picture.height as f64);
    let side = picture.short_side() as f64 * f64::from(scale);
    let width = (side * f64::from(shape)).clamp(1.0, full_width);
    let height = (side / f64::from(shape)).clamp(1.0, full_height);
    // Whole-pixel corners cost nothing in variety and let exact windows be copied.
    let left = (x * (full_width - width)).floor();
    let top = (y * (full_height - height)).floor();
    Window { left, top, width, height }
}

fn native_window(picture: &Picture, size_px: usize, x: f64, y: f64) -> Window {
    let side = size_px.min(picture.short_side()) as f64;
    let left = (x * (picture.width as f64 - side + 1.0)).floor();
    let top = (y * (picture.height as f64 - side + 1.0)).floor();
    Window { left, top, width: side, height: side }
}

/// The square in the middle of a picture, its whole short side, resampled to `size_px`.
pub(crate) fn centre(picture: &Picture, size_px: usize) -> Picture {
    let side = picture.short_side() as f64;
    let left = ((picture.width as f64 - side) / 2.0).floor();
    let top = ((picture.height as f64 - side) / 2.0).floor();
    picture.window(Window { left, top, width: side, height: side }, size_px, size_px)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize) -> Picture {
        Picture {
            width,
            height,
            rgb: (0..width * height).flat_map(|i| [i as u8, (i >> 8) as u8, 0]).collect(),
        }
    }

    #[test]
    fn native_crops_are_pixels_of_the_picture_in_their_own_order() {
        let options = CropOptions { flip: false, ..CropOptions::native(8) };
        let mut rng = Rng::with_seed(1);
        for _ in 0..50 {
            let crop = options.take(&picture(30, 20), &mut rng);
            let at = |i: usize| usize::from(crop.rgb[3 * i]) + 256 * usize::from(crop.rgb[3 * i + 1]);
            for y in 0..8 {
                for x in 0..8 {
                    assert_eq!(at(8 * y + x), at(0) + 30 * y + x);
                }
            }
        }
    }

    #[test]
    fn native_crops_reach_every_corner() {
        let mut rng = Rng::with_seed(2);
        let windows: Vec<Window> =
            (0..500).map(|_| native_window(&picture(10, 9), 8, rng.f64(), rng.f64())).collect();
        for (left, top) in [(0.0, 0.0), (2.0, 0.0), (0.0, 1.0), (2.0, 1.0)] {
            assert!(windows.iter().any(|window| window.left == left && window.top == top), "{left}, {top}");
        }
        assert!(windows.iter().all(|window| window.left <= 2.0 && window.top <= 1.0));
    }

    #[test]
    fn resized_windows_have_the_asked_size_and_shape() {
        let options = CropOptions { scale: (0.5, 0.8), aspect: (0.5, 2.0), ..CropOptions::resized(16) };
        let mut rng = Rng::with_seed(3);
        for _ in 0..500 {
            let scale = rng.uniform(options.scale.0, options.scale.1);
            let shape = rng.log_between(options.aspect.0, options.aspect.1).sqrt();
            let window = resized_window(&picture(300, 200), scale, shape, rng.f64(), rng.f64());
            let side = (window.width * window.height).sqrt() / 200.0;
            // A tall window may be cut to the picture's height, so only the upper bound is sharp.
            assert!((0.45..=0.801).contains(&side), "side {side}");
            assert!((0.499..=2.001).contains(&(window.width / window.height)));
            assert!(window.left + window.width <= 300.0 && window.top + window.height <= 200.0);
        }
    }
}
