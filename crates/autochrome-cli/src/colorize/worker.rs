//! Colours many pictures at once: as many as there are workers, as long as they fit the memory.

use std::any::Any;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use autochrome::{
    Blame, Error, FailedPage, Finished, Format, MediaError, Order, Pipeline, Watch, read_file, write_atomic,
};

use super::outputs::{Standing, Task, is_dash, standing};
use crate::exit::{Exit, Failure};
use crate::{interrupt, output};

/// How all pictures of a run are coloured.
pub struct Settings {
    /// Number of workers.
    pub jobs: usize,
    /// Whether results are replaced.
    pub overwrite: bool,
    /// Whether finished results are passed over.
    pub resume: bool,
    /// Whether results get the dates of their inputs.
    pub keep_dates: bool,
    /// Whether there is one picture, so that what hinders it hinders the whole run.
    pub is_single: bool,
    /// Whether somebody named the place where all results go: when it cannot be written to, that is nobody else's fault.
    pub place_is_named: bool,
}

/// What became of one task.
pub enum Outcome {
    /// The result is written.
    Done(Box<Done>),
    /// The result was there already.
    Skipped,
    /// The picture is in colour already and was left alone.
    InColor,
    /// There is no result.
    Failed(Problem),
}

/// A finished picture.
pub struct Done {
    /// Size, warnings and times; the bytes are written and gone.
    pub finished: Finished,
    /// Milliseconds for reading the file.
    pub read_ms: f64,
    /// Milliseconds for writing the results.
    pub write_ms: f64,
    /// Whether it was taken for a negative.
    pub inverted: bool,
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
    /// What carries out the orders.
    pub pipeline: &'a Pipeline,
    /// What is done with each of them, by the format of its result.
    pub orders: &'a [(Option<Format>, Order)],
    /// How many at once, and what becomes of results that exist.
    pub settings: &'a Settings,
    /// The bytes of the input `-`.
    pub piped: Option<&'a [u8]>,
}

impl Run<'_> {
    /// Works on `tasks` and reports each outcome as it comes; tasks that an interruption left undone are not reported. Gives the exit code of
    /// what made it needless to try the others.
    pub fn all(
        &self,
        tasks: &[Task],
        mut report: impl FnMut(&Task, Outcome) -> Result<(), Failure>,
    ) -> Result<Option<Exit>, Failure> {
        let (next, cancelled) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..self.settings.jobs.min(tasks.len()) {
                let (next, cancelled, sender) = (&next, &cancelled, sender.clone());
                scope.spawn(move || {
                    while !interrupt::requested() && !cancelled.load(Ordering::Relaxed) {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(task) = tasks.get(index) else { break };
                        // A defect that one picture lays open must not take the others with it.
                        let outcome = catch_unwind(AssertUnwindSafe(|| self.run_task(task)))
                            .unwrap_or_else(|panic| Some(Outcome::Failed(defect(panic.as_ref()))));
                        if outcome.is_some_and(|outcome| sender.send((index, outcome)).is_err()) {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut result = Ok(None);
            for (index, outcome) in receiver {
                let fatal = if let Outcome::Failed(problem) = &outcome { problem.fatal } else { None };
                let reported = report(&tasks[index], outcome).map(|()| fatal);
                if !matches!(reported, Ok(None)) {
                    cancelled.store(true, Ordering::Relaxed);
                    // The first reason is the one that counts.
                    if matches!(result, Ok(None)) {
                        result = reported;
                    }
                }
            }
            result
        })
    }

    /// One task; `None` when it was interrupted.
    fn run_task(&self, task: &Task) -> Option<Outcome> {
        match standing(task, self.settings.overwrite, self.settings.resume) {
            Standing::Done => return Some(Outcome::Skipped),
            Standing::Blocked(path) => {
                let message =
                    format!("{} exists already; --overwrite replaces it, --resume skips it", path.display());
                let fatal = self.settings.is_single.then_some(Exit::Usage);
                return Some(Outcome::Failed(Problem { code: "output-exists", message, fatal }));
            }
            Standing::Foreign(path) => {
                let message = format!(
                    "{} was made from another file, or from this one before it was changed; choose another --out-dir, or --overwrite in place of --resume",
                    path.display()
                );
                return Some(Outcome::Failed(Problem { code: "output-exists", message, fatal: None }));
            }
            Standing::Open => {}
        }
        match self.colour(task) {
            Ok(done) => Some(Outcome::Done(Box::new(done))),
            Err(Broken::Before(Error::Stopped)) => None,
            Err(Broken::Before(Error::InColor)) => Some(Outcome::InColor),
            Err(Broken::Before(error)) => Some(Outcome::Failed(problem(&error))),
            Err(Broken::Writing(error)) => {
                let mut problem = problem(&error);
                let is_of_run =
                    self.settings.place_is_named || self.settings.is_single && !is_dash(&task.output);
                if is_of_run && matches!(error, Error::Media(MediaError::Io { .. })) {
                    problem.fatal = Some(Exit::Environment);
                }
                Some(Outcome::Failed(problem))
            }
        }
    }

    /// From file to file.
    fn colour(&self, task: &Task) -> Result<Done, Broken> {
        let start = Instant::now();
        let read;
        let bytes = match self.piped {
            Some(bytes) => bytes,
            None => {
                read = read_file(&task.input, self.pipeline.limits()).map_err(Error::from)?;
                &read
            }
        };
        let read_ms = ms_since(start);

        let watch = Watch { reached: &|_| interrupt::requested(), preview: None };
        let Some((_, order)) = self.orders.iter().find(|(format, _)| *format == task.format) else {
            return Err(Error::Stopped.into());
        };
        let mut finished = self.pipeline.run(bytes, order, &watch)?;

        let start = Instant::now();
        interrupt::undisturbed(|| self.write(task, &mut finished)).map_err(Broken::Writing)?;
        Ok(Done { finished, read_ms, write_ms: ms_since(start), inverted: order.inverts() })
    }

    fn write(&self, task: &Task, finished: &mut Finished) -> Result<(), Error> {
        let results = std::mem::take(&mut finished.results);
        let without_failed = without_pages(task, &finished.failed);
        let task = without_failed.as_ref().unwrap_or(task);
        if is_dash(&task.output) {
            let path = task.output.clone();
            let [result] = &results[..] else {
                let source = io::Error::other("stdout holds one picture, and there are several pages");
                return Err(MediaError::Io { path, source }.into());
            };
            return output::write(&result.bytes).map_err(|source| MediaError::Io { path, source }.into());
        }
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::from(MediaError::Io { path, source })
        };
        if let Some(folder) = task.output.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(io(folder))?;
        }
        let places = std::iter::once((&task.output, &task.collage));
        let places: Vec<_> =
            places.chain(task.further.iter().map(|(output, collage)| (output, collage))).collect();
        // A method that knows fewer answers than were asked for gives fewer.
        let is_one_page = results.iter().all(|result| result.page == results[0].page);
        let is_few = is_one_page && finished.failed.is_empty() && results.len() < places.len();
        if is_few {
            let count = results.len();
            finished.warnings.push(format!("the method has no more than {count} different answers here"));
        }
        if results.len() != places.len() && !is_few {
            let changed = io::Error::other("the number of its pages has changed since it was looked at");
            return Err(io(&task.input)(changed));
        }
        // What stands there was looked at before: what is replaced now was meant to be.
        let replace = self.settings.overwrite || self.settings.resume;
        // The first result comes last: where it stands, all of the task is done.
        for (result, (path, beside)) in results.into_iter().zip(places).rev() {
            if let (Some(path), Some(collage)) = (beside, result.collage) {
                write_atomic(path, &collage, replace)?;
            }
            if let (Some(path), Some(layers)) = (&task.layers, result.layers) {
                write_atomic(path, &layers, replace)?;
            }
            if let (Some(path), Some(layer)) = (&task.color_layer, result.color_layer) {
                write_atomic(path, &layer, replace)?;
            }
            write_atomic(path, &result.bytes, replace)?;
        }
        if self.settings.keep_dates
            && let Err(error) = keep_dates(task)
        {
            finished.warnings.push(format!("the dates could not be kept ({error})"));
        }
        Ok(())
    }
}

/// The task without the results of these pages; `None` when there are none.
pub fn without_pages(task: &Task, failed: &[FailedPage]) -> Option<Task> {
    if failed.is_empty() {
        return None;
    }
    let is_whole = |page: usize| failed.iter().all(|lost| lost.page != page);
    let files = std::iter::once((task.output.clone(), task.collage.clone()));
    let files = files.chain(task.further.iter().cloned()).zip(1..);
    let mut whole = files.filter(|(_, page)| is_whole(*page)).map(|(files, _)| files);
    let (output, collage) = whole.next()?;
    let further = whole.collect();
    let (layers, color_layer) = (task.layers.clone(), task.color_layer.clone());
    Some(Task {
        input: task.input.clone(),
        output,
        collage,
        layers,
        color_layer,
        further,
        format: task.format,
    })
}

/// Where the way of a picture ended.
enum Broken {
    /// Before there was a result.
    Before(Error),
    /// While the result was written.
    Writing(Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Before(error)
    }
}

/// Gives the results of a task the dates of its input.
fn keep_dates(task: &Task) -> io::Result<()> {
    let input = fs::metadata(&task.input)?;
    let mut times = fs::FileTimes::new().set_modified(input.modified()?);
    if let Ok(accessed) = input.accessed() {
        times = times.set_accessed(accessed);
    }
    let mut results = task.results();
    results.try_for_each(|path| fs::File::options().write(true).open(path)?.set_times(times))
}

/// What to tell about an error, and whether it ends the run.
fn problem(error: &Error) -> Problem {
    let fatal = match error {
        // One unreadable file is its own affair; a full disk is everybody's.
        Error::Media(MediaError::Io { source, .. }) => {
            (source.kind() == io::ErrorKind::StorageFull).then_some(Exit::Environment)
        }
        Error::Media(MediaError::OutputExists { .. } | MediaError::NotAFile { .. }) => None,
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
