//! Bytes in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Store;
use crate::QueueError;

/// Bytes in memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<BTreeMap<String, Vec<u8>>>);

impl MemoryStore {
    fn contents(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn file_error(path: &Path, error: &std::io::Error) -> QueueError {
    QueueError::Store(format!("{}: {error}", path.display()))
}

impl Store for MemoryStore {
    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), QueueError> {
        self.contents().insert(key.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, QueueError> {
        Ok(self.contents().get(key).cloned())
    }

    fn put_file(&self, key: &str, path: &Path) -> Result<(), QueueError> {
        self.put(key, &fs::read(path).map_err(|error| file_error(path, &error))?)
    }

    fn get_file(&self, key: &str, path: &Path) -> Result<bool, QueueError> {
        let Some(bytes) = self.get(key)? else { return Ok(false) };
        fs::write(path, bytes).map_err(|error| file_error(path, &error))?;
        Ok(true)
    }

    fn delete(&self, key: &str) -> Result<(), QueueError> {
        self.contents().remove(key);
        Ok(())
    }

    fn delete_all(&self, folder: &str) -> Result<(), QueueError> {
        self.contents().retain(|key, _| !key.starts_with(folder));
        Ok(())
    }
}
