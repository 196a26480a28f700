//! Whole films in colour, made by FFmpeg's own generators.
//!
//! Without FFmpeg the tests say so and pass; `cargo xtask test` repeats what they said.

// Clippy's own exception for tests does not reach the functions beside them.
#![allow(clippy::unwrap_used)]

mod ffmpeg;
mod kept;
mod parts;
mod refused;
mod scenes;
mod segments;
mod util;
