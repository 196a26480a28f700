//! Memories of callers: what was seen in a handful of pictures in colour, each a file in the folder of its owner.
//!
//! `memories/key-DIGEST` is the folder of a key, or of whoever works on this machine without one. `memories/address-DIGEST` is that of an
//! address without a key: addresses change hands, so what lies there goes when nobody asked for it in the time that jobs are kept.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use autochrome::{Error, GuidanceFile, Memories, Memory};
use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;
use crate::refusal::Refusal;

/// Memories of a caller.
pub const MOST_MEMORIES: usize = 20;
/// Pictures of a memory: a handful is meant, and each takes 0.3 MB.
pub const MOST_PICTURES: usize = 30;
/// Bytes of all memories of all callers.
const MOST_BYTES: u64 = 1 << 30;
/// How folders begin that are nobody's for long.
const ADDRESS: &str = "address-";

/// The memories of all callers.
pub struct MemoryStore {
    folder: PathBuf,
    /// Held while one is kept, so that two together do not pass a limit.
    keeping: Mutex<()>,
    /// What is known of files that did not change.
    known: Mutex<HashMap<PathBuf, Known>>,
}

/// When a file was written, and what is in it.
type Known = (Option<SystemTime>, Arc<About>);

/// What there is to tell about a memory.
#[derive(Debug)]
pub struct About {
    /// Its name.
    pub name: String,
    /// The id of the model that it works with.
    pub model: String,
    /// What its pictures are called.
    pub pictures: Vec<String>,
    /// Size of its file.
    pub bytes: u64,
}

impl MemoryStore {
    /// Those in `memories` of the server's folder, which need not be there yet.
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("memories"), keeping: Mutex::default(), known: Mutex::default() }
    }

    /// The folder of a caller, named by a digest because names of keys and addresses are no names of files.
    fn of(&self, owner: &str) -> Memories {
        let kind = if is_address(owner) { ADDRESS } else { "key-" };
        let digest = hex::encode(&Sha256::digest(owner)[..16]);
        Memories::at(self.folder.join(format!("{kind}{digest}")))
    }

    /// Finds out whether a memory of this name could be kept.
    ///
    /// # Errors
    /// When the name is none or taken, or there are too many already.
    pub fn check_new(&self, owner: &str, name: &str) -> Result<(), Problem> {
        let memories = self.of(owner);
        match memories.existing(name) {
            Ok(_) => {
                let detail =
                    format!("there is a memory `{name}` already; remove it first, or choose another name");
                return Err(Problem::new(Refusal::MemoryExists, detail));
            }
            Err(Error::UnknownMemory { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if memories.names().len() >= MOST_MEMORIES {
            let detail = format!("a caller keeps {MOST_MEMORIES} memories at most; remove one first");
            return Err(Problem::new(Refusal::TooManyMemories, detail));
        }
        Ok(())
    }

    /// Keeps a memory, whole or not at all.
    ///
    /// # Errors
    /// As [`MemoryStore::check_new`], and when there is no room.
    pub fn keep(&self, owner: &str, name: &str, memory: &Memory) -> Result<Arc<About>, Problem> {
        let _keeping = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        self.check_new(owner, name)?;
        if self.bytes() >= MOST_BYTES {
            let detail = "the memories that are kept take all the room there is for them; remove some, or ask whoever runs the server";
            return Err(Problem::new(Refusal::NoSpace, detail));
        }
        let memories = self.of(owner);
        // Its words may name places of this machine.
        memories.keep(name, memory).map_err(|_| {
            let detail = "the memory cannot be written, usually for want of disk space; send it again later";
            Problem { retry_after_s: Some(30), ..Problem::new(Refusal::NoSpace, detail) }
        })?;
        self.about(&memories, name)
    }

    /// The memories of a caller by their names; files that are damaged are left out.
    pub fn list(&self, owner: &str) -> Vec<Arc<About>> {
        let memories = self.of(owner);
        memories.names().iter().filter_map(|name| self.about(&memories, name).ok()).collect()
    }

    /// A memory of a caller; others' memories do not exist.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn get(&self, owner: &str, name: &str) -> Result<Arc<About>, Problem> {
        self.about(&self.of(owner), name).map_err(not_found)
    }

    /// Forgets a memory of a caller.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn remove(&self, owner: &str, name: &str) -> Result<(), Problem> {
        let memories = self.of(owner);
        let file = memories.existing(name).map_err(|error| not_found(problem(error)))?;
        memories.remove(name).map_err(problem)?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&file);
        Ok(())
    }

    /// The file of a memory that an order names.
    ///
    /// # Errors
    /// 422 when the caller has none of this name.
    pub fn file(&self, owner: &str, name: &str) -> Result<GuidanceFile, Problem> {
        let memories = self.of(owner);
        let bytes = memories.read(name).map_err(problem)?;
        if is_address(owner)
            && let Ok(file) = memories
                .existing(name)
                .map_err(drop)
                .and_then(|path| File::options().append(true).open(path).map_err(drop))
        {
            // A memory that goes early can be made again.
            let _ = file.set_modified(SystemTime::now());
        }
        Ok(GuidanceFile::from_bytes(format!("the memory `{name}`"), bytes))
    }

    /// Forgets memories of addresses that nobody asked for in the time `keep`.
    pub fn remove_expired(&self, keep: Duration) {
        for folder in entries(&self.folder) {
            let is_address =
                folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(ADDRESS));
            for file in entries(&folder).filter(|_| is_address) {
                let asked = file.metadata().and_then(|file| file.modified());
                if asked.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > keep)) {
                    let _ = fs::remove_file(file);
                }
            }
        }
    }

    fn about(&self, memories: &Memories, name: &str) -> Result<Arc<About>, Problem> {
        let file = memories.existing(name).map_err(problem)?;
        let data = file.metadata().ok();
        let written = data.as_ref().and_then(|data| data.modified().ok());
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, about)) = known().get(&file)
            && *at == written
        {
            return Ok(Arc::clone(about));
        }
        let memory = memories.open(name).map_err(problem)?;
        let about = Arc::new(About {
            name: name.to_owned(),
            model: memory.model().to_owned(),
            pictures: memory.names().map(str::to_owned).collect(),
            bytes: data.map_or(0, |data| data.len()),
        });
        known().insert(file, (written, Arc::clone(&about)));
        Ok(about)
    }

    fn bytes(&self) -> u64 {
        let files = entries(&self.folder).flat_map(|folder| entries(&folder).collect::<Vec<_>>());
        files.map(|file| file.metadata().map_or(0, |file| file.len())).sum()
    }
}

/// Whether a caller is known by an address alone.
fn is_address(owner: &str) -> bool {
    owner.starts_with('@')
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// An error in words for HTTP.
fn problem(error: Error) -> Problem {
    match &error {
        Error::UnknownMemory { name, .. } => {
            let detail =
                format!("there is no memory `{name}`; /v1/memories lists which there are, and makes them");
            Problem::of_code(error.as_code(), detail)
        }
        _ => error.into(),
    }
}

/// The same where the address itself names the memory.
fn not_found(problem: Problem) -> Problem {
    if problem.code == "unknown-memory" || problem.code == "bad-memory-name" {
        return Problem { status: StatusCode::NOT_FOUND, ..problem };
    }
    problem
}

#[cfg(test)]
mod tests {
    use autochrome::{Model, Pipeline};

    use super::*;

    fn memory() -> Memory {
        let pixels: Vec<u8> = (0..48 * 32).flat_map(|i| [200, (i % 48) as u8 * 2, 40]).collect();
        let bytes = [b"P6 48 32 255\n".as_slice(), &pixels].concat();
        Pipeline::new().memory(&[GuidanceFile::from_bytes("aunt.ppm", bytes)], &Model::Default).unwrap()
    }

    #[test]
    fn a_memory_is_its_owners_alone_and_a_name_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = MemoryStore::new(folder.path());
        let memory = memory();
        let about = store.keep("desk", "family", &memory).unwrap();
        assert_eq!(
            (about.model.as_str(), about.pictures.as_slice()),
            ("flagship", &["aunt.ppm".to_owned()][..])
        );
        assert_eq!(about.bytes, memory.to_bytes().len() as u64);
        assert_eq!(store.keep("desk", "family", &memory).unwrap_err().code, "memory-exists");
        store.keep("phone", "family", &memory).unwrap();
        store.remove("phone", "family").unwrap();
        assert!(store.list("phone").is_empty() && store.list("desk").len() == 1);
        let refused = store.get("phone", "family").unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.code), (404, "unknown-memory"));
        let refused = store.file("phone", "family").unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.code), (422, "unknown-memory"));
        assert!(store.file("desk", "family").unwrap().memory().unwrap() == memory);
        assert_eq!(store.keep("desk", "../desk", &memory).unwrap_err().code, "bad-memory-name");
        // A restart finds what was kept.
        assert_eq!(MemoryStore::new(folder.path()).list("desk").len(), 1);
    }

    #[test]
    fn a_caller_keeps_so_many_and_an_address_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let store = MemoryStore::new(folder.path());
        let memory = memory();
        for number in 0..MOST_MEMORIES {
            store.keep("@127.0.0.1", &format!("m{number}"), &memory).unwrap();
        }
        let refused = store.keep("@127.0.0.1", "more", &memory).unwrap_err();
        assert_eq!(refused.code, "too-many-memories");
        store.keep("desk", "more", &memory).unwrap();
        store.remove_expired(Duration::from_secs(3600));
        assert_eq!(store.list("@127.0.0.1").len(), MOST_MEMORIES);
        store.remove_expired(Duration::ZERO);
        assert_eq!((store.list("@127.0.0.1").len(), store.list("desk").len()), (0, 1));
    }
}
