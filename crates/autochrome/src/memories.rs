//! The memories of this computer: files in one folder, each with what was seen in a handful of pictures.

use std::fs;
use std::path::{Path, PathBuf};

use autochrome_media::write_atomic;
use autochrome_methods::{GuidanceKind, Memory, MethodError, Mood};

use crate::guidance_files::in_file;
use crate::{Error, GuidanceFile, Model, Pipeline};

/// How the files end.
const EXTENSION: &str = "memory";

/// Longer side, in pixels, at which pictures are looked at: more of them no encoder sees.
const LOOK_PX: usize = 512;

/// Where the memories of a user lie when this variable of the environment is set.
const FOLDER: &str = "AUTOCHROME_MEMORIES";

/// Mean strength of colours, in units of ab, below which a picture is a gray one whatever its format.
const GRAY: f32 = 1.0;

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

    /// Those of whoever runs the program: in the folder that `AUTOCHROME_MEMORIES` names, else in `autochrome/memories` in the folder
    /// for data of programs. `None` where there is no such folder.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(folder) = set(FOLDER) {
            return Some(Self::at(folder));
        }
        let data = if cfg!(windows) {
            set("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            set("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")))
        };
        Some(Self::at(data?.join("autochrome").join("memories")))
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
        // A name that is none need not wait for the encoder.
        self.file(name)?;
        let memory = pipeline.memory(files, model)?;
        self.keep(name, &memory)?;
        Ok(memory)
    }

    /// Keeps what was seen, in place of what had that name before; whole or not at all.
    ///
    /// # Errors
    /// When the name is none, or the memory cannot be written.
    pub fn keep(&self, name: &str, memory: &Memory) -> Result<(), Error> {
        let file = self.file(name)?;
        let failed = |source| Error::MemoryFile { name: name.to_owned(), source };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        Ok(write_atomic(&file, &memory.to_bytes(), true)?)
    }

    /// The memory of this name.
    ///
    /// # Errors
    /// When there is none, or its file is damaged.
    pub fn open(&self, name: &str) -> Result<Memory, Error> {
        Ok(Memory::from_bytes(&self.read(name)?)?)
    }

    /// The content of the file of this name.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        let file = self.existing(name)?;
        fs::read(file).map_err(|source| Error::MemoryFile { name: name.to_owned(), source })
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

    /// The file of this name.
    ///
    /// # Errors
    /// When there is none, or the name is none.
    pub fn existing(&self, name: &str) -> Result<PathBuf, Error> {
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

impl Pipeline {
    /// What the encoder of a model sees in pictures, with their colours. Pictures are read one after the other.
    ///
    /// # Errors
    /// When a file is no picture in colour, there are none or too many, or the model cannot be used.
    pub fn memory(&self, files: &[GuidanceFile], model: &Model) -> Result<Memory, Error> {
        let mut pictures = Vec::with_capacity(files.len());
        for file in files {
            let mut picture = self.reference(file, Some(LOOK_PX))?;
            if Mood::of(&picture.chroma).chroma.is_none_or(|chroma| chroma < GRAY) {
                let (kind, reason) = (GuidanceKind::Memory, "it has no colours to remember".to_owned());
                return Err(in_file(file, MethodError::GuidanceUnfit { kind, reason }.into()));
            }
            // Where a person's pictures lie is nobody's business.
            picture.name = Path::new(&file.name)
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into());
            pictures.push(picture);
        }
        Ok(Memory::of(model.source(), &pictures)?)
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
        let gray = encode(
            &Raster::new(96, 64, Pixels::Rgb8(vec![90; 96 * 64 * 3])).unwrap(),
            &Metadata::default(),
            &EncodeOptions::new(Format::Png),
        );
        let gray = GuidanceFile::from_bytes("gray.png", gray.unwrap());
        let refused = memories.add("gray", &[gray], &Model::Default, &Pipeline::new()).unwrap_err();
        assert!(refused.code() == "guidance-unfit" && refused.to_string().contains("gray.png"), "{refused}");
        assert_eq!(memories.names(), ["family"], "all or nothing");
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
