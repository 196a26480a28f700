//! Pictures that other programs made.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use autochrome_data::Index;
use autochrome_media::{DecodeOptions, decode};

use autochrome_color::Chroma;
use autochrome_color::lab::lab_to_rgb8;
use autochrome_color::resize::{Filter, resize_chroma, resize_plane};

use crate::EvaluateError;
use crate::set::{Picture, centre};

/// A folder of pictures, found by their names.
#[derive(Debug)]
pub struct Predictions {
    /// By path below the folder without ending, and by stem; `None` where two files have the same stem.
    files: HashMap<String, Option<PathBuf>>,
}

impl Predictions {
    /// The pictures of a folder, at any depth.
    ///
    /// # Errors
    /// When the folder cannot be listed or holds no picture.
    pub fn open(folder: &Path) -> Result<Self, EvaluateError> {
        let index = Index::folder(folder)?;
        let mut files: HashMap<String, Option<PathBuf>> = HashMap::new();
        for i in 0..index.len() {
            let path = index.path(i);
            let below = path.strip_prefix(folder).unwrap_or(path).with_extension("");
            let below = below.to_string_lossy().replace('\\', "/");
            let stem = below.rsplit('/').next().unwrap_or(&below).to_owned();
            for key in if stem == below { vec![stem] } else { vec![stem, below] } {
                files.entry(key).and_modify(|file| *file = None).or_insert_with(|| Some(path.to_owned()));
            }
        }
        Ok(Self { files })
    }

    /// The file that belongs to a picture: of the same path below the folder, else of the same stem; endings may differ.
    fn find(&self, picture: &Picture) -> Result<&Path, String> {
        let below = picture.name.rsplit_once('.').map_or(picture.name.as_str(), |(below, _)| below);
        match self.files.get(below).or_else(|| self.files.get(picture.stem())) {
            Some(Some(path)) => Ok(path),
            Some(None) => Err(format!(
                "several files are called {}; keep the sub-folders of the pictures they belong to",
                picture.stem()
            )),
            None => Err(format!("no file is called {}", picture.stem())),
        }
    }

    /// The pixels for a picture, at its size: the same centre square of a prediction where the picture is one, else the whole.
    pub(crate) fn pixels(&self, picture: &Picture, is_centre: bool) -> Result<Vec<u8>, String> {
        let path = self.find(picture)?;
        if is_centre {
            return Ok(centre(path, picture.width)?.2);
        }
        let bytes =
            std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let options = DecodeOptions { keep_chroma: true, ..DecodeOptions::default() };
        let found = decode(&bytes, &options).map_err(|error| error.to_string())?;
        let (width, height) = (picture.width, picture.height);
        let luma = resize_plane(&found.luma, width, height, Filter::Area);
        let chroma = found.chroma.unwrap_or_else(|| Chroma::neutral(1, 1));
        Ok(lab_to_rgb8(&luma, &resize_chroma(&chroma, width, height, Filter::Area)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SetOptions;
    use crate::example::{Folder, options};

    #[test]
    fn files_are_found_by_path_then_by_stem_whatever_their_ending() {
        let set = Folder::new().blobs("x/1.png", 20, 20, 1).blobs("y/1.png", 20, 20, 2).load(options(16));
        let same = Folder::new().blobs("x/1.bmp", 20, 20, 1).blobs("y/1.bmp", 20, 20, 2);
        let found = Predictions::open(same.path()).unwrap();
        for picture in set.pictures() {
            assert_eq!(found.pixels(picture, true).unwrap(), picture.rgb, "{}", picture.name);
        }
        let flat = Folder::new().blobs("1.png", 20, 20, 1);
        assert!(Predictions::open(flat.path()).unwrap().pixels(&set.pictures()[1], true).is_ok());
    }

    #[test]
    fn an_ambiguous_or_missing_name_is_an_error_of_that_picture() {
        let set = Folder::new().blobs("1.png", 20, 20, 1).blobs("2.png", 20, 20, 1).load(options(16));
        let twice = Folder::new().blobs("a/1.png", 20, 20, 1).blobs("b/1.png", 20, 20, 2);
        let found = Predictions::open(twice.path()).unwrap();
        assert!(found.pixels(&set.pictures()[0], true).unwrap_err().contains("several files"));
        assert!(found.pixels(&set.pictures()[1], true).unwrap_err().contains("no file"));
    }

    #[test]
    fn a_prediction_of_another_size_is_brought_to_the_truths() {
        let set = Folder::new().blobs("1.png", 30, 20, 1).load(SetOptions { truth: false, ..options(20) });
        let large = Folder::new().blobs("1.png", 60, 40, 1);
        let rgb = Predictions::open(large.path()).unwrap().pixels(&set.pictures()[0], false).unwrap();
        assert_eq!(rgb.len(), 3 * 30 * 20);
    }

    #[test]
    fn an_empty_folder_is_refused() {
        assert!(Predictions::open(Folder::new().path()).is_err());
    }
}
