//! What stops an evaluation as a whole; one failed picture is a row in the report instead.

use std::path::PathBuf;

use autochrome_media::MediaError;
use autochrome_net::NetError;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The folder or manifest of pictures cannot be used.
    #[error(transparent)]
    Data(#[from] autochrome_data::Error),
    /// A result cannot be written or a picture of the report cannot be encoded.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The built-in model's encoder, which sets are compared by, cannot be used.
    #[error(transparent)]
    Network(#[from] NetError),
    /// Not one picture could be read.
    #[error("none of the {count} pictures can be read; the first fails with: {first}")]
    NoPictures {
        /// How many were tried.
        count: usize,
        /// What is wrong with the first.
        first: String,
    },
    /// The list of pairs cannot be used.
    #[error("the pairs of {} cannot be used: {reason}", .path.display())]
    Pairs {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Masks cannot be used.
    #[error("the masks of {} cannot be used: {reason}", .folder.display())]
    Masks {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// An option is outside its range.
    #[error("{option} {reason}")]
    Option {
        /// Which.
        option: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// Somebody asked to stop.
    #[error("stopped before it was finished")]
    Stopped,
}

impl EvaluateError {
    /// A name that stays the same over versions, for programs to match on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Data(_) => "evaluation-data",
            Self::Media(error) => error.code(),
            Self::Network(error) => error.code(),
            Self::NoPictures { .. } => "no-pictures",
            Self::Pairs { .. } => "bad-pairs",
            Self::Masks { .. } => "bad-masks",
            Self::Option { .. } => "option-out-of-range",
            Self::Stopped => "stopped",
        }
    }
}
