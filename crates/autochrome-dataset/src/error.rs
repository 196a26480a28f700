//! What stops a build; what is wrong with one source only is told in its summary.

use std::path::{Path, PathBuf};

use autochrome_errors::ErrorCode;
use autochrome_film::FilmError;
use autochrome_media::MediaError;

/// The result of everything in this crate that can fail.
pub type Result<T, E = DatasetError> = std::result::Result<T, E>;

/// Whose fault it is, and what to do about it.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[non_exhaustive]
pub enum DatasetError {
    /// A source that is not there, or has nothing in it.
    #[error("{}: {reason}", path.display())]
    #[code("dataset.source", BadRequest)]
    Source {
        /// The source as named.
        path: PathBuf,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The output folder has a dataset in it.
    #[error("{} has a dataset in it; go on with it by --resume, or name another folder", path.display())]
    #[code("dataset.exists", BadRequest)]
    Exists {
        /// The output folder.
        path: PathBuf,
    },
    /// Resuming with other options than the build began with.
    #[error("{}: {reason}; resume with the options it was begun with, or build into another folder", path.display())]
    #[code("dataset.changed", BadRequest)]
    Changed {
        /// The output folder.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// A folder that is no dataset.
    #[error("{}: {reason}; `autochrome dataset build` makes a dataset", path.display())]
    #[code("dataset.not_a_dataset", BadInput)]
    NotADataset {
        /// The folder or file.
        path: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// An option outside its range.
    #[error("{option}: {reason}")]
    #[code("dataset.option", BadRequest)]
    Option {
        /// The option, as on the command line.
        option: &'static str,
        /// Its range.
        reason: String,
    },
    /// FFmpeg is missing.
    #[error(transparent)]
    #[code(transparent)]
    Film(#[from] FilmError),
    /// A file of the dataset cannot be read or written.
    #[error("{}: {source}", path.display())]
    #[code("dataset.io", Environment)]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A picture cannot be written.
    #[error(transparent)]
    #[code(transparent)]
    Media(#[from] MediaError),
    /// Somebody asked to stop. What is finished stays, and a build can be resumed.
    #[error("stopped")]
    #[code("dataset.stopped", Stopped)]
    Stopped,
}

impl DatasetError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::Io { path: path.to_owned(), source }
    }
}
