//! What can go wrong between a folder of pictures and a batch.

use std::path::PathBuf;

use autochrome_errors::ErrorCode;

/// The result of everything in this crate that reads pictures.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose fault it is, and what to do about it.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {source}; check the path and its permissions")]
    #[code("data.io", Environment)]
    Io {
        /// What was to be read.
        path: PathBuf,
        /// Why it could not be.
        source: std::io::Error,
    },
    /// A folder or manifest names no picture.
    #[error("no pictures in {path}: {wanted}")]
    #[code("data.empty", BadInput)]
    Empty {
        /// The folder or manifest.
        path: PathBuf,
        /// What would have counted.
        wanted: String,
    },
    /// A line of a manifest is not what it must be.
    #[error("{path}, line {line}: {reason}; each line is a JSON object with at least a \"path\"")]
    #[code("data.manifest", BadInput)]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// One file is not a picture, is truncated, or is too large.
    #[error("cannot decode {path}: {reason}; replace or remove the file")]
    #[code("data.picture", BadInput)]
    Picture {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        reason: String,
    },
    /// Not one of the pictures in the index can be decoded.
    #[error("none of the {count} pictures can be decoded; the first fails with: {first}")]
    #[code("data.none_readable", BadInput)]
    NoneReadable {
        /// How many were tried.
        count: usize,
        /// What the first failure was.
        first: String,
    },
    /// An option is outside its range.
    #[error("{option}: {reason}")]
    #[code("data.option", BadRequest)]
    Option {
        /// The field, as written in a recipe.
        option: &'static str,
        /// Its range.
        reason: String,
    },
    /// The system gives no more threads.
    #[error("cannot start a loader thread: {source}; ask for fewer loader threads")]
    #[code("data.thread", Environment)]
    Thread {
        /// Why not.
        source: std::io::Error,
    },
    /// A loader thread ended before its work did.
    #[error("a loader thread stopped unexpectedly; this is a defect of autochrome, please report it")]
    #[code("data.stopped", Environment)]
    Stopped,
}
