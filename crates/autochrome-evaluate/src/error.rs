//! What stops an evaluation as a whole; one failed picture is a row in the report instead.

use std::path::PathBuf;

use autochrome_engine::NetError;
use autochrome_errors::ErrorCode;
use autochrome_media::MediaError;

/// Why there is no result.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The folder or manifest of pictures cannot be used.
    #[error(transparent)]
    #[code("evaluation-data", BadInput)]
    Data(#[from] autochrome_data::Error),
    /// A result cannot be written or a picture of the report cannot be encoded.
    #[error(transparent)]
    #[code(transparent)]
    Media(#[from] MediaError),
    /// The built-in model's encoder, which sets are compared by, cannot be used.
    #[error(transparent)]
    #[code(transparent)]
    Network(#[from] NetError),
    /// Not one picture could be read.
    #[error("none of the {count} pictures can be read; the first fails with: {first}")]
    #[code("no-pictures", BadInput)]
    NoPictures {
        /// How many were tried.
        count: usize,
        /// What is wrong with the first.
        first: String,
    },
    /// The list of pairs cannot be used.
    #[error("the pairs of {} cannot be used: {reason}", .path.display())]
    #[code("bad-pairs", BadInput)]
    Pairs {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Masks cannot be used.
    #[error("the masks of {} cannot be used: {reason}", .folder.display())]
    #[code("bad-masks", BadRequest)]
    Masks {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// An option is outside its range.
    #[error("{option} {reason}")]
    #[code("option-out-of-range", BadRequest)]
    Option {
        /// Which.
        option: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// Somebody asked to stop.
    #[error("stopped before it was finished")]
    #[code("stopped", Stopped)]
    Stopped,
}
