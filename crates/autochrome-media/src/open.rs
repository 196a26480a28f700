//! From a path to a picture in one line.

use std::path::Path;

use crate::{DecodeOptions, Limits, MediaError, Picture, decode, read_file};

impl Picture {
    /// Reads and decodes a file within the default [`Limits`], its chroma kept.
    ///
    /// [`read_file`] and [`decode`] do the same with limits of your own, or with bytes that lie in no file.
    ///
    /// ```no_run
    /// let picture = autochrome_media::Picture::open("grandma.jpg")?;
    /// # Ok::<(), autochrome_media::MediaError>(())
    /// ```
    ///
    /// # Errors
    /// As [`read_file`] and [`decode`]; every message names the file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, MediaError> {
        let path = path.as_ref();
        let bytes = read_file(path, &Limits::default()).map_err(|error| error.at(path))?;
        decode(&bytes, &DecodeOptions::default()).map_err(|error| error.at(path))
    }
}
