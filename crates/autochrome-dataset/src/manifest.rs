//! `manifest.jsonl`: one line a picture, for the loader and for everybody else.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use autochrome_data::MANIFEST_NAME;
use autochrome_media::write_atomic;
use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};
use crate::hash::Hash;
use crate::picture::Rectangle;

/// One picture of the dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The picture file, from the manifest's folder on, with forward slashes.
    pub path: String,
    /// `train` or `val`; all pictures of a film are in one of them.
    pub split: String,
    /// Name of the source.
    pub source: String,
    /// The film, or the folder of pictures.
    pub origin: PathBuf,
    /// Seconds from the film's first frame; nothing for a picture of a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_s: Option<f64>,
    /// Number of the frame in the film, or of the picture in its folder, from 0.
    pub frame: u64,
    /// Number of the scene, from 0.
    pub scene: u64,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// What was cut out of the frame.
    pub crop: Rectangle,
    /// Mean luma difference to the picture before, 0..=255; nothing for the first of a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<f32>,
    /// Mean luma, 0..=255.
    pub luma: f32,
    /// Relative variance of the Laplacian; the higher, the sharper.
    pub sharpness: f32,
    /// Hasler and Süsstrunk's colourfulness.
    pub colourfulness: f32,
    /// The perceptual hash.
    pub hash: Hash,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// The manifest of a dataset.
///
/// # Errors
/// [`DatasetError::NotADataset`] when there is none, or one that `dataset build` did not write.
pub fn read(dataset: &Path) -> Result<Vec<Entry>> {
    let path = dataset.join(MANIFEST_NAME);
    let not_one = |reason: String| DatasetError::NotADataset { path: dataset.to_owned(), reason };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(not_one(format!("there is no {MANIFEST_NAME} in it")));
        }
        Err(error) => return Err(DatasetError::io(&path)(error)),
    };
    let mut entries = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(DatasetError::io(&path))?;
        if line.trim().is_empty() {
            continue;
        }
        let entry = serde_json::from_str(&line);
        entries
            .push(entry.map_err(|error| not_one(format!("{MANIFEST_NAME}, line {}: {error}", number + 1)))?);
    }
    Ok(entries)
}

/// Writes the manifest, whole or not at all.
pub(crate) fn write(dataset: &Path, entries: &[Entry]) -> Result<()> {
    let path = dataset.join(MANIFEST_NAME);
    let mut bytes = Vec::new();
    for entry in entries {
        let written = serde_json::to_writer(&mut bytes, entry);
        written.map_err(|error| DatasetError::io(&path)(error.into()))?;
        bytes.push(b'\n');
    }
    Ok(write_atomic(&path, &bytes, true)?)
}
