//! Colours many pictures at once: as many as there are workers, as long as they fit the memory.

use std::any::Any;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use autochrome::{
    Blame, Colorizer, DecodeOptions, Depth, EncodeOptions, Error, GuidanceKind, Header, Limits, MediaError,
    Request, Response, probe, read_file, write_atomic,
};

use super::budget::Budget;
use super::outputs::{Standing, Task, is_dash, standing};
use crate::exit::{Exit, Failure};
use crate::{interrupt, output};

/// Bytes that a picture in work takes, at most, for each of its pixels, beside the bytes of its file: the peak of whole
/// runs over 12 megapixels in all formats, less what the program takes anyway. 16 bits are those with alpha.
const BYTES_PER_PIXEL_8: u64 = 14;
const BYTES_PER_PIXEL_16: u64 = 36;

/// What the colours that a picture has already take besides: as read, as handed over and as changed.
const BYTES_PER_PIXEL_COLORS: u64 = 24;

/// What a network takes besides, whatever the picture's size.
const BYTES_PER_NETWORK: u64 = 64 << 20;

/// What spreading strokes takes besides, at its usual working size.
const BYTES_PER_SOLVER: u64 = 256 << 20;

/// How all pictures of a run are coloured.
pub struct Settings {
    /// Number of workers.
    pub jobs: usize,
    /// Bytes that pictures in work may take together.
    pub memory: u64,
    /// JPEG quality.
    pub quality: u8,
    /// Whether results are replaced.
    pub overwrite: bool,
    /// Whether finished results are passed over.
    pub resume: bool,
}

/// What became of one task.
pub enum Outcome {
    /// The result is written.
    Done(Box<Done>),
    /// The result was there already.
    Skipped,
    /// There is no result.
    Failed(Problem),
}

/// A finished picture.
pub struct Done {
    /// Size, warnings and times; the bytes are written and gone.
    pub response: Response,
    /// Milliseconds for reading the file.
    pub read_ms: f64,
    /// Milliseconds for writing the results.
    pub write_ms: f64,
}

/// Why a picture failed.
pub struct Problem {
    /// Stable name.
    pub code: &'static str,
    /// What went wrong and what to do.
    pub message: String,
    /// Set when the other pictures need not be tried.
    pub fatal: Option<Exit>,
}

/// A run over many pictures.
pub struct Run<'a> {
    /// What colours them.
    pub colorizer: &'a Colorizer,
    /// How.
    pub settings: &'a Settings,
    /// The bytes of the input `-`.
    pub piped: Option<&'a [u8]>,
}

impl Run<'_> {
    /// Works on `tasks` and reports each outcome as it comes; tasks that an interruption left undone are not reported.
    pub fn all(
        &self,
        tasks: &[Task],
        mut report: impl FnMut(&Task, Outcome) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let budget = Budget::new(self.settings.memory);
        let (next, cancelled) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..self.settings.jobs.min(tasks.len()) {
                let (budget, next, cancelled, sender) = (&budget, &next, &cancelled, sender.clone());
                scope.spawn(move || {
                    while !interrupt::requested() && !cancelled.load(Ordering::Relaxed) {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(task) = tasks.get(index) else { break };
                        // A defect that one picture lays open must not take the others with it.
                        let outcome = catch_unwind(AssertUnwindSafe(|| self.one(task, budget)))
                            .unwrap_or_else(|panic| Some(Outcome::Failed(defect(panic.as_ref()))));
                        if outcome.is_some_and(|outcome| sender.send((index, outcome)).is_err()) {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut result = Ok(());
            for (index, outcome) in receiver {
                let fatal = if let Outcome::Failed(problem) = &outcome { problem.fatal } else { None };
                let mut reported = report(&tasks[index], outcome);
                if let Some(exit) = fatal {
                    let error = anyhow::anyhow!("stopped, the other pictures would fail in the same way");
                    reported = reported.and(Err(Failure { exit, error }));
                }
                if reported.is_err() {
                    cancelled.store(true, Ordering::Relaxed);
                    result = result.and(reported);
                }
            }
            result
        })
    }

    /// One task; `None` when it was interrupted.
    fn one(&self, task: &Task, budget: &Budget) -> Option<Outcome> {
        match standing(task, self.settings.overwrite, self.settings.resume) {
            Standing::Done => return Some(Outcome::Skipped),
            Standing::Blocked(path) => {
                let message =
                    format!("{} exists already; --overwrite replaces it, --resume skips it", path.display());
                return Some(Outcome::Failed(Problem { code: "output-exists", message, fatal: None }));
            }
            Standing::Open => {}
        }
        match self.colour(task, budget) {
            Ok(done) => Some(Outcome::Done(Box::new(done))),
            Err(Error::Stopped) => None,
            Err(error) => Some(Outcome::Failed(problem(&error))),
        }
    }

    /// From file to file.
    fn colour(&self, task: &Task, budget: &Budget) -> Result<Done, Error> {
        let start = Instant::now();
        let read;
        let bytes = match self.piped {
            Some(bytes) => bytes,
            None => {
                read = read_file(&task.input, &Limits::default())?;
                &read
            }
        };
        let read_ms = ms_since(start);

        let header = probe(bytes, &Limits::default())?;
        let _share = budget.take(self.cost(&header, bytes.len(), task.collage.is_some()));
        let format = task.format.unwrap_or(header.format.same());
        let mut response = self.colorizer.run(
            bytes,
            &Request {
                // The colours a picture may have already are large, and of no use to most methods.
                decode: DecodeOptions { keep_chroma: false, ..DecodeOptions::default() },
                encode: EncodeOptions { quality: self.settings.quality, ..EncodeOptions::new(format) },
                collage: task.collage.is_some(),
                stop: Some(interrupt::flag()),
            },
        )?;

        let start = Instant::now();
        interrupt::undisturbed(|| self.write(task, &mut response))?;
        Ok(Done { response, read_ms, write_ms: ms_since(start) })
    }

    /// Bytes that the picture takes while it is worked on, at most.
    fn cost(&self, header: &Header, file_bytes: usize, with_collage: bool) -> u64 {
        let per_pixel = if header.depth == Depth::Eight { BYTES_PER_PIXEL_8 } else { BYTES_PER_PIXEL_16 };
        let colors = if self.colorizer.needs_colors() { BYTES_PER_PIXEL_COLORS } else { 0 };
        let pixels = u64::from(header.width) * u64::from(header.height);
        let picture = pixels * (per_pixel + colors);
        // A side-by-side picture is twice as large, but made after most of the rest is gone.
        let collage = if with_collage { picture * 3 / 5 } else { 0 };
        let network = if self.colorizer.model().is_some() { BYTES_PER_NETWORK } else { 0 };
        let spreads = self.colorizer.info().takes.contains(&GuidanceKind::Strokes);
        let solver = if spreads { BYTES_PER_SOLVER } else { 0 };
        picture + collage + file_bytes as u64 + network + solver
    }

    fn write(&self, task: &Task, response: &mut Response) -> Result<(), Error> {
        let bytes = std::mem::take(&mut response.bytes);
        if is_dash(&task.output) {
            let path = task.output.clone();
            return output::write(&bytes).map_err(|source| MediaError::Io { path, source }.into());
        }
        if let Some(folder) = task.output.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)
                .map_err(|source| MediaError::Io { path: folder.to_owned(), source })?;
        }
        // What stands there was looked at before: what is replaced now was meant to be.
        let replace = self.settings.overwrite || self.settings.resume;
        // The result comes last: where it stands, all of the task is done.
        if let (Some(path), Some(collage)) = (&task.collage, response.collage.take()) {
            write_atomic(path, &collage, replace)?;
        }
        write_atomic(&task.output, &bytes, replace)?;
        Ok(())
    }
}

/// What to tell about an error, and whether it ends the run.
fn problem(error: &Error) -> Problem {
    let fatal = match error {
        // One unreadable file is its own affair; a full disk is everybody's.
        Error::Media(MediaError::Io { source, .. }) => {
            (source.kind() == io::ErrorKind::StorageFull).then_some(Exit::Environment)
        }
        Error::Media(MediaError::OutputExists { .. }) => None,
        error => match error.blame() {
            Blame::Request => Some(Exit::Usage),
            Blame::Environment => Some(Exit::Environment),
            _ => None,
        },
    };
    Problem { code: error.code(), message: error.to_string(), fatal }
}

fn defect(panic: &(dyn Any + Send)) -> Problem {
    let what =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let message =
        format!("this picture met a defect of autochrome, please report it ({})", what.unwrap_or("unknown"));
    Problem { code: "defect", message, fatal: None }
}

fn ms_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
