//! Answers of methods that are remembered, so that another filter or format does not run a network again.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use autochrome_methods::Answer;
use sha2::{Digest as _, Sha256};

/// Questions whose answers are remembered.
const QUESTIONS: usize = 24;

/// Largest answers that are remembered, in samples of all together: beyond, memory is worth more than time.
const MOST_SAMPLES: usize = 1 << 21;

/// What a method answered, the best first.
pub(crate) type Answers = Arc<Vec<Arc<Answer>>>;

/// What a question was: the picture's bytes, and everything that a method is told about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// The key of a value; everything that its `Hash` covers makes a difference.
    pub(crate) fn of(value: &impl Hash) -> Self {
        let mut sink = Sink(Sha256::new());
        value.hash(&mut sink);
        Self(sink.0.finalize().into())
    }
}

/// Makes a cryptographic digest of what is hashed: callers do not see each other's pictures, even if they try.
struct Sink(Sha256);

impl Hasher for Sink {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        u64::from_le_bytes(std::array::from_fn(|i| digest[i]))
    }
}

/// The latest answers; nothing of it is ever written to disk.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    entries: Mutex<VecDeque<(Key, Answers)>>,
}

impl Remembered {
    /// The answers to a question that was asked lately.
    pub(crate) fn find(&self, key: &Key) -> Option<Answers> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries.iter().position(|(known, _)| known == key)?;
        let entry = entries.remove(found)?;
        let answers = Arc::clone(&entry.1);
        entries.push_back(entry);
        Some(answers)
    }

    /// Remembers answers in place of the oldest ones.
    pub(crate) fn add(&self, key: Key, answers: Answers) {
        let luma = |answer: &Answer| answer.luma.as_ref().map_or(0, |luma| luma.data().len());
        let samples: usize =
            answers.iter().map(|answer| 2 * answer.chroma.a.data().len() + luma(answer)).sum();
        if samples > MOST_SAMPLES {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() == QUESTIONS {
            entries.pop_front();
        }
        entries.push_back((key, answers));
    }
}

#[cfg(test)]
mod tests {
    use autochrome_color::Chroma;

    use super::*;

    fn answers(side: usize) -> Answers {
        Arc::new(vec![Arc::new(Chroma::neutral(side, side).into())])
    }

    #[test]
    fn what_was_asked_longest_ago_is_forgotten_first() {
        let (memory, key) = (Remembered::default(), |number: usize| Key::of(&number));
        (0..QUESTIONS).for_each(|number| memory.add(key(number), answers(1)));
        assert!(memory.find(&key(0)).is_some());
        memory.add(key(QUESTIONS), answers(1));
        assert!(memory.find(&key(0)).is_some() && memory.find(&key(1)).is_none());
    }

    #[test]
    fn answers_as_large_as_a_scan_are_not_remembered() {
        let memory = Remembered::default();
        memory.add(Key::of(&0), answers(1025));
        assert!(memory.find(&Key::of(&0)).is_none());
    }

    #[test]
    fn keys_tell_values_apart_and_are_the_same_every_time() {
        assert_eq!(Key::of(&("a", 1.0_f32.to_bits())), Key::of(&("a", 1.0_f32.to_bits())));
        assert_ne!(Key::of(&("a", "bc")), Key::of(&("ab", "c")));
    }
}
