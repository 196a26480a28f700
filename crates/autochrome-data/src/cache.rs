//! Decoded pictures, kept while there is room.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::error::Error;
use crate::index::Index;
use crate::picture::Picture;

/// A file that could not be decoded, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// What the decoder said.
    pub reason: String,
}

/// Reads the pictures of an index, each bad one once, and keeps the first that fit.
///
/// Nothing is ever evicted: an epoch visits every picture once, so any eviction would throw out exactly what is
/// needed sooner than what replaces it.
pub(crate) struct Cache {
    index: Index,
    downscale: Option<usize>,
    slots: Vec<OnceLock<Option<Arc<Picture>>>>,
    free_bytes: AtomicUsize,
    skipped: Mutex<Vec<Skipped>>,
}

impl Cache {
    pub fn new(index: Index, downscale: Option<usize>, capacity_bytes: usize) -> Self {
        let slots = (0..index.len()).map(|_| OnceLock::new()).collect();
        Self {
            index,
            downscale,
            slots,
            free_bytes: AtomicUsize::new(capacity_bytes),
            skipped: Mutex::default(),
        }
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Picture `i`, or nothing when its file is bad.
    pub fn picture(&self, i: usize) -> Option<Arc<Picture>> {
        if let Some(known) = self.slots[i].get() {
            return known.clone();
        }
        match Picture::read(self.index.path(i)) {
            Ok(picture) => {
                let picture = match self.downscale {
                    Some(short_side_px) => picture.shrunk(short_side_px),
                    None => picture,
                };
                let picture = Arc::new(picture);
                if self.reserve(picture.rgb.len()) && self.slots[i].set(Some(picture.clone())).is_err() {
                    // Another thread was faster with the same picture.
                    self.free_bytes.fetch_add(picture.rgb.len(), Ordering::Relaxed);
                }
                Some(picture)
            }
            Err(error) => {
                // Only the thread that marks the slot warns, so each file is named once.
                if self.slots[i].set(None).is_ok() {
                    self.skip(i, &error);
                }
                None
            }
        }
    }

    /// Every file skipped so far, in the order of discovery.
    pub fn skipped(&self) -> Vec<Skipped> {
        self.lock().clone()
    }

    fn reserve(&self, bytes: usize) -> bool {
        self.free_bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| free.checked_sub(bytes))
            .is_ok()
    }

    fn skip(&self, i: usize, error: &Error) {
        tracing::warn!(code = error.code(), "skipping a picture: {error}");
        self.lock().push(Skipped { path: self.index.path(i).to_path_buf(), reason: error.to_string() });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Skipped>> {
        self.skipped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
