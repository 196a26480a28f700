//! The program as a user meets it: every test runs the binary in a fresh folder of its own.

// Clippy's own exception for tests does not reach the functions beside them.
#![allow(clippy::unwrap_used)]

#[path = "../../../autochrome-film/tests/film/ffmpeg.rs"]
mod ffmpeg;
mod util;

mod contract;
mod dataset;
// The page lists the errors of training too.
#[cfg(feature = "train")]
mod errors;
mod evaluate;
mod folders;
mod guidance;
mod interrupt;
mod listing;
mod naming;
mod photos;
mod pipes;
mod scans;
#[cfg(feature = "train")]
mod train;
mod video;
mod video_ends;
#[cfg(not(feature = "train"))]
mod without_train;
