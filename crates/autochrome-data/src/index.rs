//! Where pictures come from: a folder or a manifest.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use walkdir::WalkDir;

use crate::error::{Error, Result};

/// File name endings that count as pictures, compared without regard to case.
pub const EXTENSIONS: [&str; 12] =
    ["jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp", "gif", "pnm", "ppm", "pgm", "pbm"];

/// The name of the manifest inside a dataset folder.
pub const MANIFEST_NAME: &str = "manifest.jsonl";

/// An ordered list of pictures, each with the name of the source it was taken from.
///
/// The order is part of the meaning: the loader's permutations are over positions in it, so the same folder gives
/// the same training run.
#[derive(Clone, Debug)]
pub struct Index {
    pictures: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    path: PathBuf,
    source: String,
}

/// The fields of a manifest line that training needs; all others are for people and tools.
#[derive(Deserialize)]
struct Line {
    path: PathBuf,
    split: Option<String>,
    source: Option<String>,
}

impl Index {
    /// Every picture under a folder, at any depth, sorted by path; hidden files and folders are left out.
    ///
    /// # Errors
    /// [`Error::Io`] when a folder cannot be listed, [`Error::Empty`] when it holds no picture.
    pub fn folder(path: impl AsRef<Path>) -> Result<Self> {
        let root = path.as_ref();
        let walk = WalkDir::new(root).follow_links(true).sort_by_file_name();
        let mut pictures = Vec::new();
        for entry in walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path())) {
            let entry = entry.map_err(|error| Error::Io {
                path: error.path().unwrap_or(root).to_path_buf(),
                source: error.into(),
            })?;
            if entry.file_type().is_file() && is_picture(entry.path()) {
                let source = first_folder(root, entry.path());
                pictures.push(Entry { path: entry.into_path(), source });
            }
        }
        let wanted = format!("expected files ending in {}", EXTENSIONS.join(", "));
        Self::of(pictures, root, wanted)
    }

    /// The pictures of one split of a `manifest.jsonl`, in the order of its lines.
    ///
    /// Each line is a JSON object with `path` (relative to the manifest's folder, or absolute) and optionally
    /// `split` and `source`; other fields are ignored. A line without `split` belongs to `train`.
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be read, [`Error::Manifest`] for a line that is not such an object,
    /// [`Error::Empty`] when no line belongs to `split`.
    pub fn manifest(path: impl AsRef<Path>, split: &str) -> Result<Self> {
        let manifest = path.as_ref();
        let io = |source| Error::Io { path: manifest.to_path_buf(), source };
        let root = manifest.parent().unwrap_or(Path::new(""));
        let mut pictures = Vec::new();
        for (number, line) in BufReader::new(File::open(manifest).map_err(io)?).lines().enumerate() {
            let line = line.map_err(io)?;
            if line.trim().is_empty() {
                continue;
            }
            let line: Line = serde_json::from_str(&line).map_err(|error| Error::Manifest {
                path: manifest.to_path_buf(),
                line: number + 1,
                reason: error.to_string(),
            })?;
            if line.split.as_deref().unwrap_or("train") == split {
                let path = root.join(&line.path);
                let source = line.source.unwrap_or_else(|| first_folder(root, &path));
                pictures.push(Entry { path, source });
            }
        }
        Self::of(pictures, manifest, format!("no line belongs to the split \"{split}\""))
    }

    /// A manifest, a dataset folder with a `manifest.jsonl` in it, or a plain folder of pictures.
    ///
    /// A plain folder knows no splits: all of its pictures are taken, whatever `split` says.
    ///
    /// # Errors
    /// As [`Index::folder`] and [`Index::manifest`].
    pub fn open(path: impl AsRef<Path>, split: &str) -> Result<Self> {
        let path = path.as_ref();
        let inside = path.join(MANIFEST_NAME);
        if path.is_file() {
            Self::manifest(path, split)
        } else if inside.is_file() {
            Self::manifest(inside, split)
        } else {
            Self::folder(path)
        }
    }

    /// Number of pictures, never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an index is never empty")]
    pub fn len(&self) -> usize {
        self.pictures.len()
    }

    /// The file of picture `i`.
    ///
    /// # Panics
    /// When `i` is not below [`Index::len`].
    #[must_use]
    pub fn path(&self, i: usize) -> &Path {
        &self.pictures[i].path
    }

    /// The source of picture `i`: what its manifest line says, or its first sub-folder; empty when it has none.
    ///
    /// # Panics
    /// When `i` is not below [`Index::len`].
    #[must_use]
    pub fn source(&self, i: usize) -> &str {
        &self.pictures[i].source
    }

    /// The same index without all but its first `count` pictures, at least one: for trials and tests.
    #[must_use]
    pub fn first(mut self, count: usize) -> Self {
        self.pictures.truncate(count.max(1));
        self
    }

    fn of(pictures: Vec<Entry>, path: &Path, wanted: String) -> Result<Self> {
        if pictures.is_empty() {
            return Err(Error::Empty { path: path.to_path_buf(), wanted });
        }
        Ok(Self { pictures })
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

fn first_folder(root: &Path, path: &Path) -> String {
    let mut parts = path.strip_prefix(root).unwrap_or(path).components();
    let first = parts.next();
    match (first, parts.next()) {
        (Some(folder), Some(_)) => folder.as_os_str().to_string_lossy().into_owned(),
        _ => String::new(),
    }
}
