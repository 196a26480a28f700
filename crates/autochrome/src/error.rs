//! One error for the whole path, and whose fault it is.

use std::path::PathBuf;

use autochrome_color::Control;
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
    /// A number of an order that is out of range.
    #[error("option `{id}` cannot be `{value}`; give {expected}")]
    OutOfRange {
        /// Which number.
        id: String,
        /// What was given.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// A slider beyond its ends.
    #[error("{control} is {value}; give {expected}")]
    LookOutOfRange {
        /// Which slider.
        control: &'static str,
        /// What was given.
        value: f64,
        /// What would be right.
        expected: String,
    },
    /// No filter has this id.
    #[error("there is no filter `{0}`; known: {known}", known = filter_ids())]
    UnknownFilter(String),
    /// No format that is written has this name.
    #[error("`{0}` is not written; choose same, png, jpeg, webp or tiff")]
    UnknownFormat(String),
    /// No built-in model and no file has this name.
    #[error("`{given}` is neither a file nor a built-in model; built in: {}", list_or_none(.known))]
    UnknownModel {
        /// What was asked for.
        given: String,
        /// Every built-in id.
        known: Vec<String>,
    },
    /// An ONNX file without the description that says how to ask it.
    #[error("an ONNX file needs a description beside it; cannot read {}: {source}", .path.display())]
    Description {
        /// Where it was looked for.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A hint that lies outside of the picture, or a colour that is none.
    #[error("{0}")]
    GuidanceOutOfRange(String),
    /// A file of hints that cannot be read as one.
    #[error("it is no file of hints: {0}")]
    Hints(String),
    /// A file that was to say something about the colours, such as a reference, and does not.
    #[error("cannot use {name}: {source}")]
    GuidanceFile {
        /// What the file is called.
        name: String,
        /// What is wrong with it.
        source: Box<Error>,
    },
    /// Somebody asked to stop ([`crate::Watch::reached`]).
    #[error("stopped before it was finished")]
    Stopped,
}

fn filter_ids() -> String {
    let ids: Vec<&str> = autochrome_color::filters::all().iter().map(|filter| filter.id).collect();
    ids.join(", ")
}

fn list_or_none(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}

impl Error {
    pub(crate) fn out_of_range(
        id: impl Into<String>,
        value: impl ToString,
        expected: impl Into<String>,
    ) -> Self {
        Self::OutOfRange { id: id.into(), value: value.to_string(), expected: expected.into() }
    }

    pub(crate) fn slider(control: &Control, value: f64) -> Self {
        Self::LookOutOfRange { control: control.id, value, expected: control.range() }
    }

    /// A name that stays the same over versions, for programs to match on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Media(error) => error.code(),
            Self::Method(error) => error.code(),
            Self::NoAnswer(_) => "no-answer",
            Self::OutOfRange { .. } => "option-out-of-range",
            Self::LookOutOfRange { .. } => "look-out-of-range",
            Self::UnknownFilter(_) => "unknown-filter",
            Self::UnknownFormat(_) => "cannot-encode",
            Self::UnknownModel { .. } => "unknown-model",
            Self::Description { .. } => "no-description",
            Self::GuidanceOutOfRange(_) => "guidance-out-of-range",
            Self::Hints(_) => "bad-hints",
            Self::GuidanceFile { source, .. } => source.code(),
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
            Self::OutOfRange { .. }
            | Self::LookOutOfRange { .. }
            | Self::UnknownFilter(_)
            | Self::UnknownFormat(_)
            | Self::UnknownModel { .. }
            | Self::GuidanceOutOfRange(_)
            | Self::Hints(_) => Blame::Request,
            // No picture can work with a file that goes with all of them.
            Self::GuidanceFile { source, .. } => match source.blame() {
                Blame::Input => Blame::Request,
                blame => blame,
            },
            Self::NoAnswer(_) | Self::Description { .. } => Blame::Environment,
            Self::Stopped => Blame::Stopped,
        }
    }
}
