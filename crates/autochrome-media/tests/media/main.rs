//! Facts about reading and writing pictures, in one binary.

// The configuration allows this in test functions, but not in the fixtures they call.
#![allow(clippy::unwrap_used)]

mod bad_files;
mod cases;
mod corpus;
mod exif;
mod fixtures;
mod formats;
mod kinds;
mod metadata;
mod profiles;
mod writing;
