//! What happened to a job, in order and numbered, so that a listener who was cut off can go on where it was.

use crate::State;

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Number within all events; later ones have larger numbers.
    pub number: i64,
    /// What it was.
    pub news: News,
}

/// What can happen to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// It stands elsewhere.
    Progress {
        /// Where it stood then.
        state: State,
        /// Share that was done, 0..=1.
        progress: f64,
        /// More about it, in the words of the worker.
        detail: Option<String>,
    },
    /// A picture can be looked at in small before it is done.
    Preview {
        /// Number of the file that it will be.
        file: u32,
        /// What the sender calls the picture.
        name: String,
        /// A small picture.
        bytes: Vec<u8>,
    },
}
