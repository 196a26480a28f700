//! Tiny colour pictures for tests.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use autochrome_data::Index;
use image::{Rgb, RgbImage};

use crate::{EvaluateError, EvaluationSet, SetOptions};

/// A folder that is gone when the test is.
pub(crate) struct Folder(tempfile::TempDir);

/// All pictures of a folder, with their colours, one at a time.
pub(crate) fn options(size_px: usize) -> SetOptions {
    SetOptions { size_px, limit: 0, truth: true, jobs: 1 }
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A picture of two coloured blobs on a background, all chosen by `seed`.
    pub fn blobs(self, name: &str, width: u32, height: u32, seed: u32) -> Self {
        let colour = |k: u32| {
            let bits = (seed * 7 + k + 1).wrapping_mul(2_654_435_761);
            Rgb([(bits >> 8) as u8, (bits >> 16) as u8, (bits >> 24) as u8])
        };
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let blob = |cx: u32, r: u32| {
                let (dx, dy) = (x.abs_diff(width * cx / 10), y.abs_diff(height / 2));
                dx * dx + dy * dy < (height * r / 10).pow(2)
            };
            if blob(3, 2) {
                colour(1)
            } else if blob(7, 3) {
                colour(2)
            } else {
                colour(0)
            }
        });
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        picture.save(path).unwrap();
        self
    }

    pub fn file(self, name: &str, content: &[u8]) -> Self {
        fs::write(self.path().join(name), content).unwrap();
        self
    }

    pub fn try_load(&self, options: SetOptions) -> Result<EvaluationSet, EvaluateError> {
        EvaluationSet::load(&Index::folder(self.path())?, self.path(), options, &AtomicBool::new(false))
    }

    pub fn load(&self, options: SetOptions) -> EvaluationSet {
        self.try_load(options).unwrap()
    }
}
