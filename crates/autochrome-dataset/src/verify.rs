//! `dataset verify`: whether a dataset is what its manifest says.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use autochrome_color::Parallel as _;
use autochrome_data::EXTENSIONS;
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::error::{DatasetError, Result};
use crate::manifest::{self, Entry};
use crate::picture::decoded;

/// What is wrong with a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A picture of the manifest is not there.
    Missing {
        /// The picture.
        path: String,
    },
    /// A picture has changed, or cannot be decoded.
    Corrupt {
        /// The picture.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A picture is named twice, or two files are the same to the byte.
    Duplicated {
        /// The later one.
        path: String,
        /// The earlier one.
        of: String,
    },
    /// A source is in both splits.
    Split {
        /// The source.
        source: String,
    },
    /// A picture that the manifest does not name.
    Unlisted {
        /// The picture.
        path: String,
    },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "missing: {path}"),
            Self::Corrupt { path, reason } => write!(f, "corrupt: {path}: {reason}"),
            Self::Duplicated { path, of } => write!(f, "duplicated: {path} is {of} again"),
            Self::Split { source } => write!(f, "split: {source} is in train and in val"),
            Self::Unlisted { path } => write!(f, "not in the manifest: {path}"),
        }
    }
}

/// Reads and decodes every picture of a dataset; the answer is the number of entries, and what is wrong with them in order.
///
/// `watch` is told from several threads how many pictures are done, and of how many.
///
/// # Errors
/// [`DatasetError::NotADataset`], and [`DatasetError::Stopped`] when `stop` was raised.
pub fn verify(
    dataset: &Path,
    stop: &AtomicBool,
    watch: &(dyn Fn(usize, usize) + Sync),
) -> Result<(usize, Vec<Finding>)> {
    let entries = manifest::read(dataset)?;
    let done = AtomicUsize::new(0);
    let checked = entries.iter().parallel_map(|entry| {
        if stop.load(Ordering::Relaxed) {
            return Err(DatasetError::Stopped);
        }
        let finding = check(dataset, entry);
        watch(done.fetch_add(1, Ordering::Relaxed) + 1, entries.len());
        Ok(finding)
    });
    let checked: Vec<Option<Finding>> = checked.into_iter().collect::<Result<_>>()?;
    let mut findings: Vec<Finding> = checked.into_iter().flatten().collect();

    let mut paths: HashMap<&str, &str> = HashMap::new();
    let mut contents: HashMap<&str, &str> = HashMap::new();
    let mut splits: HashMap<&str, &str> = HashMap::new();
    let mut torn: HashSet<&str> = HashSet::new();
    for entry in &entries {
        let path = entry.path.as_str();
        let known = paths.insert(path, path).or_else(|| contents.insert(&entry.sha256, path));
        if let Some(of) = known {
            findings.push(Finding::Duplicated { path: path.to_owned(), of: of.to_owned() });
        }
        if splits.insert(&entry.source, &entry.split).is_some_and(|other| other != entry.split)
            && torn.insert(&entry.source)
        {
            findings.push(Finding::Split { source: entry.source.clone() });
        }
    }
    for file in WalkDir::new(dataset.join("images")).sort_by_file_name().into_iter().flatten() {
        let Ok(path) = file.path().strip_prefix(dataset) else { continue };
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let (path, extension) =
            (parts.join("/"), path.extension().and_then(|e| e.to_str()).unwrap_or_default());
        let picture = EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension));
        if file.file_type().is_file() && picture && !paths.contains_key(path.as_str()) {
            findings.push(Finding::Unlisted { path });
        }
    }
    Ok((entries.len(), findings))
}

fn check(dataset: &Path, entry: &Entry) -> Option<Finding> {
    let path = entry.path.clone();
    let bytes = match fs::read(dataset.join(&path)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Some(Finding::Missing { path }),
        Err(error) => return Some(Finding::Corrupt { path, reason: error.to_string() }),
    };
    let reason = match decoded(&bytes) {
        Err(error) => error.to_string(),
        Ok(frame) if (frame.width, frame.height) != (entry.width, entry.height) => {
            format!("it is {} × {}, not {} × {}", frame.width, frame.height, entry.width, entry.height)
        }
        Ok(_) if hex::encode(Sha256::digest(&bytes)) != entry.sha256 => "its bytes have changed".to_owned(),
        Ok(_) => return None,
    };
    Some(Finding::Corrupt { path, reason })
}
