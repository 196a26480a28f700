//! Datasets of films that FFmpeg's own generators make, and of folders of pictures.
//!
//! Without FFmpeg the tests that need it say so and pass; `cargo xtask test` repeats what they said.

// Clippy's own exception for tests does not reach the functions beside them.
#![allow(clippy::unwrap_used)]

#[path = "../../../autochrome-film/tests/film/ffmpeg.rs"]
mod ffmpeg;
mod films;
mod pictures;
mod resume;
mod util;
mod verify;
