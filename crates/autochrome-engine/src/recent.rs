//! What was made lately, for whoever asks for the same again.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The latest few results of something that takes long, shared among threads.
pub struct Recent<T> {
    most: usize,
    /// The latest last.
    kept: Mutex<Vec<Arc<T>>>,
}

impl<T> Recent<T> {
    /// Room for `most` results; the oldest makes way.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, kept: Mutex::new(Vec::with_capacity(most)) }
    }

    /// The one that is asked for, if it is still there.
    pub fn find(&self, is_this: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        self.lock().iter().find(|kept| is_this(kept)).cloned()
    }

    /// Keeps a result.
    pub fn keep(&self, result: Arc<T>) {
        let mut kept = self.lock();
        if kept.len() == self.most {
            kept.remove(0);
        }
        kept.push(result);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<T>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Recent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent").field("most", &self.most).field("kept", &self.lock().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_way() {
        let recent = Recent::new(2);
        (1..=3).for_each(|n| recent.keep(Arc::new(n)));
        assert_eq!([1, 2, 3].map(|n| recent.find(|kept| *kept == n).is_some()), [false, true, true]);
    }
}
