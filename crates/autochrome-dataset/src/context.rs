//! What the sources of one build share, and what a build tells while it runs.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use autochrome_film::{Ffmpeg, FilmError};
use autochrome_media::MediaError;

use crate::error::Result;
use crate::journal::Closed;
use crate::options::Rules;

/// What happens while a dataset is built. Sources go by their number in the list of [`Event::Sources`].
#[derive(Debug)]
pub enum Event<'a> {
    /// The sources that were found.
    Sources {
        /// Their names.
        names: Vec<&'a str>,
    },
    /// Work on a source begins.
    Opened {
        /// Its number.
        source: usize,
        /// Length of a film, where it says so.
        duration_s: Option<f64>,
        /// Pictures of a folder, 0 for a film.
        pictures: u64,
    },
    /// A source has been read up to here.
    At {
        /// Its number.
        source: usize,
        /// Seconds of a film, or pictures of a folder.
        position_s: f64,
    },
    /// So many frames of a source are kept.
    Kept {
        /// Its number.
        source: usize,
        /// How many.
        kept: u64,
    },
    /// A source is finished.
    Closed {
        /// Its number.
        source: usize,
        /// How it ended.
        closed: &'a Closed,
    },
    /// All sources are read; duplicates between them are looked for, and the report is written.
    Merging,
}

/// What all sources share.
pub(crate) struct Context<'a> {
    pub out: &'a Path,
    pub rules: &'a Rules,
    pub watch: &'a (dyn Fn(Event<'_>) + Sync),
    /// Runs a write to its end, whatever signals arrive.
    pub undisturbed: &'a Undisturbed,
    /// Whether somebody asked to stop.
    stop: &'a AtomicBool,
    /// Whether a source met what stops the build.
    failed: AtomicBool,
    ffmpeg: OnceLock<Ffmpeg>,
}

/// Runs a write that must not be torn.
pub type Undisturbed = dyn Fn(&dyn Fn() -> Result<(), MediaError>) -> Result<(), MediaError> + Sync;

impl<'a> Context<'a> {
    /// At the beginning of a build.
    pub fn new(
        out: &'a Path,
        rules: &'a Rules,
        watch: &'a (dyn Fn(Event<'_>) + Sync),
        undisturbed: &'a Undisturbed,
        stop: &'a AtomicBool,
    ) -> Self {
        let failed = AtomicBool::new(false);
        Self { out, rules, watch, undisturbed, stop, failed, ffmpeg: OnceLock::new() }
    }

    /// FFmpeg, looked for when the first film needs it: folders of pictures do without.
    pub fn ffmpeg(&self) -> Result<&Ffmpeg, FilmError> {
        if let Some(ffmpeg) = self.ffmpeg.get() {
            return Ok(ffmpeg);
        }
        let found = Ffmpeg::find()?;
        Ok(self.ffmpeg.get_or_init(|| found))
    }

    /// Whether to stop: somebody asked, or another source met what stops the build.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.failed.load(Ordering::Relaxed)
    }

    /// Stops the other sources, because this one met what stops the build.
    pub fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }
}
