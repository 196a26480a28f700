//! What a build is told.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};
use crate::picture::Format;
use crate::signature::Reason;

/// Which frames of a film are candidates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sampling {
    /// One each so many seconds.
    Seconds(f64),
    /// Every nth.
    Frames(u64),
    /// The sharpest of a scene, of two frames a second.
    Scene,
}

/// What decides about frames: a build is resumed with the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Which frames of a film are candidates.
    pub sampling: Sampling,
    /// Least mean luma difference to the frame that was kept last, of 255.
    pub min_difference: f32,
    /// Least short side in pixels, bars cut off.
    pub min_side_px: usize,
    /// Most frames kept of a source, counted from its beginning.
    pub max_frames: Option<u64>,
    /// How pictures are written.
    pub format: Format,
    /// Filters that are switched off.
    pub allow: Vec<Reason>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            sampling: Sampling::Seconds(1.0),
            min_difference: 6.0,
            min_side_px: 512,
            max_frames: None,
            format: Format::Jpeg(95),
            allow: Vec::new(),
        }
    }
}

/// Everything a build is told.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildOptions {
    /// Films, folders of films, folders of pictures.
    pub sources: Vec<PathBuf>,
    /// The folder of the dataset.
    pub out: PathBuf,
    /// What decides about frames.
    pub rules: Rules,
    /// Share of the pictures that validation should get, 0..1; whole films only.
    pub val_fraction: f64,
    /// Seed of the choice of films for validation.
    pub seed: u64,
    /// Go on with what is in the folder.
    pub resume: bool,
    /// How many sources to work on at once.
    pub jobs: usize,
}

impl BuildOptions {
    pub(crate) fn check(&self) -> Result<()> {
        let fail = |option, reason: &str| Err(DatasetError::Option { option, reason: reason.to_owned() });
        match self.rules.sampling {
            Sampling::Seconds(s) if !(s.is_finite() && s >= 0.01) => {
                fail("--every", "must be at least 0.01 seconds")?
            }
            Sampling::Frames(0) => fail("--every", "must be at least one frame")?,
            _ => {}
        }
        if !(0.0..=255.0).contains(&self.rules.min_difference) {
            return fail("--min-difference", "must lie in 0..=255");
        }
        if !(0.0..1.0).contains(&self.val_fraction) {
            return fail("--val-fraction", "must be at least 0 and below 1");
        }
        if matches!(self.rules.format, Format::Jpeg(quality) if !(1..=100).contains(&quality)) {
            return fail("--quality", "must lie in 1..=100");
        }
        Ok(())
    }
}
