//! From errors of the library to exceptions.

use autochrome::{Blame, Error, MediaError};
use pyo3::prelude::*;

/// The exception of an error; `autochrome._errors` decides which class it is.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let make = || {
        let io = io_error(error);
        let number = io.and_then(|(source, _)| source.raw_os_error());
        let path = io.map(|(_, path)| path);
        let blame = match error.blame() {
            Blame::Input => "input",
            Blame::Request => "request",
            Blame::Stopped => "stopped",
            _ => "machine",
        };
        let category = format!("{:?}", error.category());
        let of = py.import("autochrome._errors")?.getattr("of")?;
        of.call1((error.to_string(), error.code(), category, blame, number, path))
    };
    make().map_or_else(|failed| failed, PyErr::from_value)
}

/// What the system said, and about which file.
fn io_error(error: &Error) -> Option<(&std::io::Error, &std::path::Path)> {
    match error {
        Error::Media(MediaError::Io { path, source }) => Some((source, path)),
        Error::Media(MediaError::File { source, .. }) => match source.as_ref() {
            MediaError::Io { path, source } => Some((source, path)),
            _ => None,
        },
        Error::GuidanceFile { source, .. } => io_error(source),
        _ => None,
    }
}
