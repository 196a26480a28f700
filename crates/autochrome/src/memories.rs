//! The memories of this computer: files in one folder, each with what was seen in a handful of pictures.

use std::fs;
use std::path::{Path, PathBuf};

use autochrome_media::write_atomic;
use autochrome_methods::Memory;

use crate::{Error, GuidanceFile, Model, Pipeline};

/// How the files end.
const EXTENSION: &str = "memory";

/// Longer side, in pixels, at which pictures are looked at: more of them no encoder sees.
const LOOK_PX: usize = 512;

/// A folder of memories.
#[derive(Clone, Debug)]
pub struct Memories {
    folder: PathBuf,
}

impl Memories {
    /// Those in a folder, which need not be there yet.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where they lie.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Looks at pictures with the encoder of a model and keeps what was seen, in place of what had that name before. Pictures are read one
    /// after the other, within the limits and the memory of `pipeline`.
    ///
    /// # Errors
    /// When the name is none, a file is no picture in colour, or the memory cannot be written.
    pub fn add(
        &self,
        name: &str,
        files: &[GuidanceFile],
        model: &Model,
        pipeline: &Pipeline,
    ) -> Result<Memory, Error> {
        let file = self.file(name)?;
        let mut pictures = Vec::with_capacity(files.len());
        for file in files {
            let mut picture = pipeline.reference(file, Some(LOOK_PX))?;
            // Where a person's pictures lie is nobody's business.
            picture.name = Path::new(&file.name)
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into());
            pictures.push(picture);
        }
        let memory = Memory::of(model.source(), &pictures)?;
        let failed = |source| Error::MemoryFile { name: name.to_owned(), source };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        write_atomic(&file, &memory.to_bytes(), true)?;
        Ok(memory)
    }

    /// The memory of this name.
    ///
    /// # Errors
    /// When there is none, or its file is damaged.
    pub fn open(&self, name: &str) -> Result<Memory, Error> {
        let file = self.existing(name)?;
        let bytes = fs::read(file).map_err(|source| Error::MemoryFile { name: name.to_owned(), source })?;
        Ok(Memory::from_bytes(&bytes)?)
    }

    /// Every name, in alphabetical order; none where there is no folder.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let entries = self.folder.read_dir().into_iter().flatten().flatten();
        let name = |path: PathBuf| {
            let name = path.file_stem()?.to_str()?.to_owned();
            (path.extension()? == EXTENSION && is_name(&name)).then_some(name)
        };
        let mut names: Vec<String> = entries.filter_map(|entry| name(entry.path())).collect();
        names.sort();
        names
    }

    /// Forgets the memory of this name.
    ///
    /// # Errors
    /// When there is none, or its file cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        let file = self.existing(name)?;
        fs::remove_file(file).map_err(|source| Error::MemoryFile { name: name.to_owned(), source })
    }

    fn existing(&self, name: &str) -> Result<PathBuf, Error> {
        let file = self.file(name)?;
        if file.is_file() {
            Ok(file)
        } else {
            Err(Error::UnknownMemory { name: name.to_owned(), known: self.names() })
        }
    }

    fn file(&self, name: &str) -> Result<PathBuf, Error> {
        if is_name(name) {
            Ok(self.folder.join(format!("{name}.{EXTENSION}")))
        } else {
            Err(Error::MemoryName(name.to_owned()))
        }
    }
}

/// Whether it can be a file's name everywhere, and no path.
fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use autochrome_media::{EncodeOptions, Format, Metadata, Pixels, Raster, encode};

    use super::*;

    fn snapshot() -> GuidanceFile {
        let rgb = (0..96 * 64).flat_map(|i| [(i % 96 * 2) as u8, 90, (i / 96 * 3) as u8]).collect();
        let raster = Raster::new(96, 64, Pixels::Rgb8(rgb)).unwrap();
        let bytes = encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap();
        GuidanceFile::from_bytes("home/me/aunt.png", bytes)
    }

    #[test]
    fn a_memory_is_kept_found_and_forgotten() {
        let folder = std::env::temp_dir().join(format!("autochrome-memories-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let memories = Memories::at(&folder);
        assert!(memories.names().is_empty());
        let made = memories.add("family", &[snapshot()], &Model::Default, &Pipeline::new()).unwrap();
        assert_eq!(memories.names(), ["family"]);
        assert!(memories.open("family").unwrap() == made);
        assert!(made.names().eq(["aunt.png"]), "no path is kept");
        assert_eq!(memories.open("work").unwrap_err().code(), "unknown-memory");
        fs::write(folder.join("odd.memory"), b"no").unwrap();
        assert_eq!(memories.open("odd").unwrap_err().code(), "guidance-unfit");
        memories.remove("family").unwrap();
        assert_eq!(memories.open("family").unwrap_err().code(), "unknown-memory");
        for name in ["", "../family", "a/b", "a.b", &"x".repeat(65)] {
            assert_eq!(memories.open(name).unwrap_err().code(), "bad-memory-name", "{name}");
        }
        let _ = fs::remove_dir_all(&folder);
    }
}
