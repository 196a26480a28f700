//! One error for the whole path, and whose fault it is.

use std::path::PathBuf;

use autochrome_color::Control;
use autochrome_errors::{Blame, ErrorCode};
use autochrome_media::MediaError;
use autochrome_methods::MethodError;

/// Why a picture was not coloured.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[non_exhaustive]
pub enum Error {
    /// Reading or writing a picture failed.
    #[error(transparent)]
    #[code(transparent)]
    Media(#[from] MediaError),
    /// Finding colours failed.
    #[error(transparent)]
    #[code(transparent)]
    Method(#[from] MethodError),
    /// A film cannot be read or written.
    #[cfg(feature = "film")]
    #[error(transparent)]
    #[code(transparent)]
    Film(#[from] autochrome_film::FilmError),
    /// A method broke its contract and answered with nothing.
    #[error("the method `{0}` gave no answer; this is a fault of the method")]
    #[code("no-answer", Environment)]
    NoAnswer(&'static str),
    /// A number of an order that is out of range.
    #[error("option `{id}` cannot be `{value}`; give {expected}")]
    #[code("option-out-of-range", BadRequest)]
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
    #[code("look-out-of-range", BadRequest)]
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
    #[code("unknown-filter", BadRequest)]
    UnknownFilter(String),
    /// No format that is written has this name.
    #[error("`{0}` is not written; choose same, png, jpeg, webp or tiff")]
    #[code("cannot-encode", BadRequest)]
    UnknownFormat(String),
    /// No built-in model and no file has this name.
    #[error("`{given}` is neither a file nor a built-in model; built in: {}", list_or_none(.known))]
    #[code("unknown-model", BadRequest)]
    UnknownModel {
        /// What was asked for.
        given: String,
        /// Every built-in id.
        known: Vec<String>,
    },
    /// An ONNX file without the description that says how to ask it.
    #[error("an ONNX file needs a description beside it; cannot read {}: {source}", .path.display())]
    #[code("no-description", Environment)]
    Description {
        /// Where it was looked for.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A hint that lies outside of the picture, or a colour that is none.
    #[error("{0}")]
    #[code("guidance-out-of-range", BadRequest)]
    GuidanceOutOfRange(String),
    /// A file of hints that cannot be read as one.
    #[error("it is no file of hints: {0}")]
    #[code("bad-hints", BadRequest)]
    Hints(String),
    /// A file that was to say something about the colours, such as a reference, and does not.
    #[error("cannot use {name}: {source}")]
    #[code(transparent)]
    GuidanceFile {
        /// What the file is called.
        name: String,
        /// What is wrong with it.
        source: Box<Error>,
    },
    /// One page of several cannot be coloured.
    #[error("page {page}: {source}")]
    #[code(transparent)]
    Page {
        /// Which page, counted from 1.
        page: usize,
        /// What is wrong with it.
        source: Box<Error>,
    },
    /// There is no memory of this name.
    #[error("there is no memory `{name}`; {}", known_memories(.known))]
    #[code("unknown-memory", BadRequest)]
    UnknownMemory {
        /// What was asked for.
        name: String,
        /// Every name.
        known: Vec<String>,
    },
    /// A name that no memory can have.
    #[error("a memory cannot be called `{0}`; use 1 to 64 letters, digits, - and _")]
    #[code("bad-memory-name", BadRequest)]
    MemoryName(String),
    /// The file of a memory cannot be read, written or removed.
    #[error("cannot use the memory `{name}`: {source}")]
    #[code("memory-file", Environment)]
    MemoryFile {
        /// What it is called.
        name: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// The picture is in colour already, and such pictures were to be left alone.
    #[error("the picture is in colour already; it was left alone, as asked")]
    #[code("in-color-already", BadInput)]
    InColor,
    /// Somebody asked to stop ([`crate::Watch::reached`]).
    #[error("stopped before it was finished")]
    #[code("stopped", Stopped)]
    Stopped,
}

fn filter_ids() -> String {
    let ids: Vec<&str> = autochrome_color::filters::all().iter().map(|filter| filter.id).collect();
    ids.join(", ")
}

fn known_memories(known: &[String]) -> String {
    match known {
        [] => "`autochrome memory add FOLDER --name NAME` makes one".to_owned(),
        known => format!("known: {}", known.join(", ")),
    }
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

    /// The same of one page, counted from 1, where that page is at fault.
    pub(crate) fn on_page(self, page: usize) -> Self {
        if self.blame() == Blame::Input { Self::Page { page, source: Box::new(self) } } else { self }
    }

    pub(crate) fn slider(control: &Control, value: f64) -> Self {
        Self::LookOutOfRange { control: control.id, value, expected: control.range() }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match (self, self.category().blame()) {
            // No picture can work with a file that goes with all of them.
            (Self::GuidanceFile { .. }, Blame::Input) => Blame::Request,
            (_, blame) => blame,
        }
    }
}
