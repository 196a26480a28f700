//! The finished parts of a film that is being coloured: a folder beside the result, and a list of what is in it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{FilmError, Result};

/// The file that lists the parts.
const LIST: &str = "parts.json";

/// A part that is finished.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Part {
    /// Its name in the folder.
    pub file: String,
    /// Number of its first frame.
    pub first_frame: u64,
    /// Number of the frame after its last.
    pub end_frame: u64,
    /// When its first frame is shown, in units of the film's time base.
    pub first_pts: u64,
    /// Number of the first frame of the scene that goes on after it; `end_frame` when a new one begins there.
    pub scene_start: u64,
}

/// A folder of parts.
#[derive(Debug)]
pub(crate) struct Parts {
    folder: PathBuf,
    list: List,
}

#[derive(Debug, Deserialize, Serialize)]
struct List {
    /// What the parts were made of, and how.
    made_of: String,
    parts: Vec<Part>,
}

/// What to do when there are parts already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// Refuse.
    #[default]
    Refuse,
    /// Go on from them.
    Resume,
    /// Begin anew, and replace a finished result, too.
    Replace,
}

/// Where the parts of a film lie that is to be at `output`: a folder that is there as long as the film is unfinished.
#[must_use]
pub fn parts_folder(output: &Path) -> PathBuf {
    let mut folder = output.as_os_str().to_owned();
    folder.push(".parts");
    PathBuf::from(folder)
}

impl Parts {
    /// The folder for the parts of `output`; `made_of` tells runs apart that must not be mixed.
    pub fn open(output: &Path, made_of: String, existing: Existing) -> Result<Self> {
        let folder = parts_folder(output);
        let here = folder.is_dir();
        match existing {
            Existing::Refuse if here => return Err(FilmError::OutputExists { path: folder }),
            Existing::Replace if here => {
                fs::remove_dir_all(&folder).map_err(|source| FilmError::writing(&folder, source))?;
            }
            Existing::Resume if folder.join(LIST).is_file() => {
                let path = folder.join(LIST);
                let text = fs::read(&path).map_err(|source| FilmError::writing(&path, source))?;
                let list = serde_json::from_slice::<List>(&text).ok().filter(|list| list.made_of == made_of);
                let list = list.ok_or_else(|| FilmError::OtherParts { path: folder.clone() })?;
                return Ok(Self { folder, list });
            }
            _ => {}
        }
        fs::create_dir_all(&folder).map_err(|source| FilmError::writing(&folder, source))?;
        Ok(Self { folder, list: List { made_of, parts: Vec::new() } })
    }

    /// An empty folder for parts that are gathered by others.
    pub fn anew(folder: &Path) -> Result<Self> {
        if folder.is_dir() {
            fs::remove_dir_all(folder).map_err(|source| FilmError::writing(folder, source))?;
        }
        fs::create_dir_all(folder).map_err(|source| FilmError::writing(folder, source))?;
        Ok(Self { folder: folder.to_owned(), list: List { made_of: String::new(), parts: Vec::new() } })
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Those that are finished, in order.
    pub fn list(&self) -> &[Part] {
        &self.list.parts
    }

    /// Adds one whose file is in place.
    pub fn add(&mut self, part: Part) -> Result<()> {
        self.list.parts.push(part);
        let path = self.folder.join(LIST);
        let unfinished = self.folder.join("parts.unfinished");
        let text = serde_json::to_vec_pretty(&self.list).map_err(std::io::Error::other);
        text.and_then(|text| fs::write(&unfinished, text))
            .and_then(|()| fs::rename(&unfinished, &path))
            .map_err(|source| FilmError::writing(&path, source))
    }

    /// Removes them all, once the result is there.
    pub fn remove(self) {
        // What is left over harms nobody.
        let _ = fs::remove_dir_all(self.folder);
    }
}
