//! One error for the whole path, and whose fault it is.

use autochrome_media::{ErrorKind, MediaError};
use autochrome_methods::{GuidanceKind, MethodError};

/// Whose fault an error is, and so what kind of answer it deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blame {
    /// This one picture: another may well work.
    Input,
    /// What was asked for: no picture can work.
    Request,
    /// The machine or the installation: no picture can work until it is mended.
    Environment,
    /// Nobody's: somebody asked to stop.
    Stopped,
}

/// Why a picture was not coloured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Reading or writing a picture failed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Finding colours failed.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// A method broke its contract and answered with nothing.
    #[error("the method `{0}` gave no answer; this is a fault of the method")]
    NoAnswer(&'static str),
    /// [`crate::Request::stop`] was raised.
    #[error("stopped before it was finished")]
    Stopped,
}

impl Error {
    /// A name that stays the same over versions, for programs to match on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Media(error) => error.code(),
            Self::Method(error) => error.code(),
            Self::NoAnswer(_) => "no-answer",
            Self::Stopped => "stopped",
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Media(error) => match error.without_path() {
                MediaError::Quality { .. }
                | MediaError::CannotEncode { .. }
                | MediaError::UnknownExtension { .. } => Blame::Request,
                error if error.kind() == ErrorKind::Io => Blame::Environment,
                _ => Blame::Input,
            },
            // Only a picture can lack the colours that are to be changed.
            Self::Method(
                MethodError::EmptyPicture | MethodError::GuidanceMissing { kind: GuidanceKind::Colors, .. },
            ) => Blame::Input,
            Self::Method(MethodError::Network(_) | MethodError::NoModel) => Blame::Environment,
            Self::Method(_) => Blame::Request,
            Self::NoAnswer(_) => Blame::Environment,
            Self::Stopped => Blame::Stopped,
        }
    }
}
