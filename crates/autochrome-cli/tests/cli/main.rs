//! The program as a user meets it: every test runs the binary in a fresh folder of its own.

// Clippy's own exception for tests does not reach the functions beside them.
#![allow(clippy::unwrap_used)]

#[path = "../../../autochrome-film/tests/film/ffmpeg.rs"]
mod ffmpeg;
mod util;

mod contract;
#[cfg(feature = "dataset")]
mod dataset;
// The page lists the errors of every command.
#[cfg(all(feature = "serve", feature = "dataset", feature = "evaluate", feature = "train"))]
mod errors;
#[cfg(feature = "evaluate")]
mod evaluate;
mod folders;
mod guidance;
mod interrupt;
#[cfg(not(all(feature = "serve", feature = "dataset", feature = "evaluate", feature = "train")))]
mod left_out;
mod listing;
mod naming;
mod photos;
mod pipes;
mod scans;
#[cfg(feature = "train")]
mod train;
mod video;
mod video_ends;
