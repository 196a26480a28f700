//! `report.html`.
use crate::error::Result;
use std::path::{Path, PathBuf};
/// Writes the report.
pub fn write(dataset: &Path) -> Result<PathBuf> {
    Ok(dataset.join("report.html"))
}
