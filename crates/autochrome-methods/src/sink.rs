//! Hashes wider than 64 bits, of anything that can be hashed.

use std::hash::Hasher;

/// A [`Hasher`] that hands every byte on, so that a value of many parts can be fed to a cryptographic digest.
///
/// The bytes are those that the value's [`Hash`](std::hash::Hash) writes: the same for equal values in one build of a program, not
/// across builds, so they are for keys in memory and not for files.
///
/// ```
/// use std::hash::Hash as _;
/// use autochrome_methods::{Guidance, HashSink};
///
/// let mut bytes = Vec::new();
/// Guidance::default().hash(&mut HashSink::new(|part: &[u8]| bytes.extend_from_slice(part)));
/// assert!(!bytes.is_empty());
/// ```
#[derive(Debug)]
pub struct HashSink<F>(F);

impl<F: FnMut(&[u8])> HashSink<F> {
    /// Hands everything to `take`.
    pub fn new(take: F) -> Self {
        Self(take)
    }
}

impl<F: FnMut(&[u8])> Hasher for HashSink<F> {
    fn write(&mut self, bytes: &[u8]) {
        (self.0)(bytes);
    }

    /// Always 0: the digest behind it has the result.
    fn finish(&self) -> u64 {
        0
    }
}
