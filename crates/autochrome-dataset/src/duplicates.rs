//! The list of pictures that several sources had, beside the journals.

use std::fs;
use std::path::{Path, PathBuf};

use autochrome_media::write_atomic;

use crate::error::{DatasetError, Result};
use crate::journal;
use crate::merge::Duplicate;

fn path(dataset: &Path) -> PathBuf {
    dataset.join(journal::FOLDER).join("duplicates.json")
}

/// Writes the list in place of the last build's.
pub(crate) fn write(dataset: &Path, duplicates: &[Duplicate]) -> Result<()> {
    let path = path(dataset);
    let list = serde_json::to_vec(duplicates).map_err(|error| DatasetError::io(&path)(error.into()))?;
    Ok(write_atomic(&path, &list, true)?)
}

/// The duplicates between sources, as the last build found them.
pub(crate) fn read(dataset: &Path) -> Result<Vec<Duplicate>> {
    let path = path(dataset);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DatasetError::io(&path)(error)),
    };
    serde_json::from_slice(&bytes).map_err(|error| DatasetError::NotADataset {
        path,
        reason: format!("it is not as `dataset build` writes it ({error})"),
    })
}
