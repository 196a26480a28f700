//! What an `ffmpeg` process says of its troubles.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::ChildStderr;
use std::thread::JoinHandle;

use crate::frames::Ending;

/// Lines that are kept; a damaged film may make thousands.
const KEPT_LINES: usize = 8;

/// A thread that listens, so that the process never waits for somebody to read what it says.
#[derive(Debug)]
pub(crate) struct Complaints(Option<JoinHandle<Ending>>);

impl Complaints {
    /// Begins to listen.
    pub fn collect(stderr: ChildStderr) -> Self {
        Self(Some(std::thread::spawn(move || {
            let mut ending = Ending::default();
            // A line may be anything, and of any length.
            let mut lines = BufReader::new(stderr);
            let mut line = Vec::new();
            while lines.by_ref().take(4096).read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                ending.complaint_count += 1;
                if ending.complaints.len() < KEPT_LINES {
                    ending.complaints.push(String::from_utf8_lossy(&line).trim().to_owned());
                }
                line.clear();
            }
            ending
        })))
    }

    /// What was said, once the process has ended; nothing the second time.
    pub fn take(&mut self) -> Ending {
        self.0.take().and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}
