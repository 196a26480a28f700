//! Where the bytes of pictures lie that a queue names by keys.

#[cfg(feature = "nats")]
mod bucket;
mod memory;

use std::path::Path;

use crate::QueueError;

#[cfg(feature = "nats")]
pub use bucket::BucketStore;
pub use memory::MemoryStore;

/// Bytes under keys, which are paths with `/`.
pub trait Store: Send + Sync {
    /// Writes `bytes` under `key`, all or nothing.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), QueueError>;

    /// The bytes under `key`; `None` when there are none.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, QueueError>;

    /// Writes a file under `key`, all or nothing.
    ///
    /// # Errors
    /// [`QueueError::Store`], or when the file cannot be read.
    fn put_file(&self, key: &str, path: &Path) -> Result<(), QueueError>;

    /// Writes what lies under `key` into a file; `false` when there is nothing.
    ///
    /// # Errors
    /// [`QueueError::Store`], or when the file cannot be written.
    fn get_file(&self, key: &str, path: &Path) -> Result<bool, QueueError>;

    /// Erases what lies under `key`, if anything does.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    fn delete(&self, key: &str) -> Result<(), QueueError>;

    /// Erases everything whose key begins with `folder`, which ends with `/`.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    fn delete_all(&self, folder: &str) -> Result<(), QueueError>;
}
