//! Training sets from films and folders of pictures.
//!
//! [`build`] reads films and pictures and writes a folder that training reads directly:
//!
//! ```text
//! set/
//!   manifest.jsonl     one line a picture: where it comes from, its scores, its split
//!   images/SOURCE/     the pictures
//!   report.html        what was kept, what was dropped and why, in one page
//!   journal/           every decision, so that a build goes on where it was stopped
//! ```
//!
//! The way of a frame: sampled by time, number or scene, looked at without its black bars, dropped for the first [`Reason`] that
//! holds, compared with the frame that was kept last (frame subtraction), with all of its source and then with all other sources
//! (perceptual hash). Whole films, not frames, are drawn for validation.
//!
//! ```no_run
//! use std::sync::atomic::AtomicBool;
//! use autochrome_dataset::{BuildOptions, Rules, build};
//!
//! let options = BuildOptions {
//!     sources: vec!["holidays".into()],
//!     out: "set".into(),
//!     rules: Rules::default(),
//!     val_fraction: 0.05,
//!     seed: 1,
//!     resume: false,
//!     jobs: 2,
//! };
//! let summary = build(&options, &AtomicBool::new(false), &|write| write(), &|_event| ())?;
//! println!("{} pictures", summary.pictures);
//! # Ok::<(), autochrome_dataset::DatasetError>(())
//! ```

mod bars;
mod build;
mod context;
mod duplicates;
mod error;
mod gather;
mod hash;
mod journal;
mod manifest;
mod merge;
mod options;
mod picture;
mod report;
mod select;
mod signature;
mod sources;
mod verify;

pub use build::{Summary, build};
pub use context::{Event, Undisturbed};
pub use error::{DatasetError, Result};
pub use hash::Hash;
pub use journal::Closed;
pub use manifest::{Entry, read as read_manifest};
pub use merge::Duplicate;
pub use options::{BuildOptions, Rules, Sampling};
pub use picture::{Format, Rectangle};
pub use report::write as write_report;
pub use signature::{HUES, Reason, Signature, Thumbnail};
pub use verify::{Finding, verify};
