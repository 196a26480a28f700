//! What stops a build; what is wrong with one source only is told in its summary.

use std::path::{Path, PathBuf};

use autochrome_film::FilmError;
use autochrome_media::MediaError;

/// The result of everything in this crate that can fail.
pub type Result<T, E = DatasetError> = std::result::Result<T, E>;

/// Whose fault it is, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// A source that is not there, or has nothing in it.
    #[error("{}: {reason}", path.display())]
    Source {
        /// The source as named.
        path: PathBuf,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The output folder has a dataset in it.
    #[error("{} has a dataset in it; go on with it by --resume, or name another folder", path.display())]
    Exists {
        /// The output folder.
        path: PathBuf,
    },
    /// Resuming with other options than the build began with.
    #[error("{}: {reason}; resume with the options it was begun with, or build into another folder", path.display())]
    Changed {
        /// The output folder.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// A folder that is no dataset.
    #[error("{}: {reason}; `autochrome dataset build` makes a dataset", path.display())]
    NotADataset {
        /// The folder or file.
        path: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// An option outside its range.
    #[error("{option}: {reason}")]
    Option {
        /// The option, as on the command line.
        option: &'static str,
        /// Its range.
        reason: String,
    },
    /// FFmpeg is missing.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// A file of the dataset cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A picture cannot be written.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Somebody asked to stop. What is finished stays, and a build can be resumed.
    #[error("stopped")]
    Stopped,
}

impl DatasetError {
    /// A short name that stays the same between versions, for scripts and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Source { .. } => "dataset.source",
            Self::Exists { .. } => "dataset.exists",
            Self::Changed { .. } => "dataset.changed",
            Self::NotADataset { .. } => "dataset.not_a_dataset",
            Self::Option { .. } => "dataset.option",
            Self::Film(error) => error.code(),
            Self::Io { .. } => "dataset.io",
            Self::Media(error) => error.code(),
            Self::Stopped => "dataset.stopped",
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::Io { path: path.to_owned(), source }
    }
}
