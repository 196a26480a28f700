//! From a result to a file in one line.

use std::path::Path;

use autochrome_media::{EncodeOptions, Format, MediaError, write_atomic};

use crate::{Colored, Error};

impl Colored {
    /// Writes a new file in the format that its extension names, at the default quality.
    ///
    /// The file appears under its name only when it is complete, and a file that is there already is never replaced.
    /// [`Colored::encode`] and [`write_atomic`] do the same with options of your own, or over an older file.
    ///
    /// # Errors
    /// [`MediaError::UnknownExtension`] when the extension names no format, [`MediaError::OutputExists`], and as
    /// [`Colored::encode`] and [`write_atomic`]; every message names the file.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let format = extension
            .and_then(Format::from_extension)
            .ok_or_else(|| MediaError::UnknownExtension { path: path.to_owned() })?;
        let bytes = self.encode(&EncodeOptions::new(format)).map_err(|error| match error {
            Error::Media(error) => Error::Media(error.at(path)),
            error => error,
        })?;
        Ok(write_atomic(path, &bytes, false)?)
    }
}

#[cfg(test)]
mod tests {
    use autochrome_media::Picture;

    use crate::{Blame, Colorizer};

    const CAMERA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/photos/camera.png");

    #[test]
    fn the_extension_names_the_format_and_no_file_is_replaced() {
        let folder = std::env::temp_dir().join(format!("autochrome-save-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let picture = Picture::open(CAMERA).unwrap();
        let colored = Colorizer::open("gray", None).unwrap().colorize(&picture).unwrap();

        let jpeg = folder.join("camera.JPG");
        colored.save(&jpeg).unwrap();
        let first = std::fs::read(&jpeg).unwrap();
        assert!(first.starts_with(b"\xff\xd8\xff"));
        assert_eq!(colored.save(&jpeg).unwrap_err().code(), "output-exists");
        assert_eq!(std::fs::read(&jpeg).unwrap(), first);

        for (name, code) in [("camera", "unknown-extension"), ("camera.bmp", "cannot-encode")] {
            let error = colored.save(folder.join(name)).unwrap_err();
            assert_eq!((error.code(), error.blame()), (code, Blame::Request));
            assert!(error.to_string().contains(name), "{error}");
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
