//! Jobs: pictures that are coloured while nobody waits, and that a crash does not lose.
//!
//! One thread takes them from the queue, one at a time, so that requests which somebody waits for keep most of the machine. Beside it a
//! second thread renews the lease while the first one works.

use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use autochrome_jobs::{Job, Lease, NewJob, Queue, QueueError};
use axum::http::StatusCode;

use crate::ServeError;
use crate::problem::Problem;
use crate::studio::{Painted, Studio, Watch};

/// How long a worker may be silent.
const LEASE_MS: i64 = 30_000;
/// Jobs that may wait.
const MOST_WAITING: u32 = 1000;
/// How long a job that is over is kept.
const KEPT_MS: i64 = 24 * 3600 * 1000;
/// How often the queue is looked at when nobody rings: only for leases that ran out.
const LOOK: Duration = Duration::from_secs(5);

/// The queue and the bell that wakes its worker.
pub struct Jobs {
    queue: Queue,
    bell: (Mutex<bool>, Condvar),
    stopping: AtomicBool,
    /// Held as long as this process owns the folder.
    _lock: File,
}

impl Jobs {
    /// Opens the queue in `folder`, which no other process may use, and makes what a former life left behind wait again.
    ///
    /// # Errors
    /// When the folder cannot be used or belongs to another server.
    pub fn open(folder: &Path) -> Result<Self, ServeError> {
        let io = |source| ServeError::Io { what: folder.display().to_string(), source };
        fs::create_dir_all(folder).map_err(io)?;
        let lock = File::create(folder.join("lock")).map_err(io)?;
        lock.try_lock().map_err(|_| ServeError::InUse(folder.to_owned()))?;
        let broken = |error: QueueError| ServeError::Jobs(error.to_string());
        let queue = Queue::open(&folder.join("jobs.db"), LEASE_MS, MOST_WAITING).map_err(broken)?;
        queue.recover(now_ms()).map_err(broken)?;
        Ok(Self { queue, bell: Default::default(), stopping: AtomicBool::new(false), _lock: lock })
    }

    /// The queue itself.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Adds a job and wakes the worker.
    ///
    /// # Errors
    /// As [`Queue::add`].
    pub fn add(&self, new: &NewJob) -> Result<Job, QueueError> {
        let job = self.queue.add(new, now_ms())?;
        self.ring();
        Ok(job)
    }

    fn ring(&self) {
        *self.bell.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.1.notify_all();
    }

    /// Lets the worker end after the job it has, which then waits for the next start if it is not finished.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.ring();
    }

    /// Starts the worker.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(self: &Arc<Self>, studio: Arc<Studio>) -> std::io::Result<thread::JoinHandle<()>> {
        let jobs = Arc::clone(self);
        thread::Builder::new().name("jobs".to_owned()).spawn(move || jobs.work(&studio))
    }

    fn work(&self, studio: &Studio) {
        while !self.stopping.load(Ordering::Relaxed) {
            // A queue that fails now may work later, and requests that ask it tell the error.
            match self.queue.lease(now_ms()) {
                Ok(Some(lease)) => self.one(studio, &lease),
                _ => {
                    let _ = self.queue.expire(now_ms() - KEPT_MS);
                    let (rung, bell) = &self.bell;
                    let rung = rung.lock().unwrap_or_else(PoisonError::into_inner);
                    let waited = bell.wait_timeout_while(rung, LOOK, |rung| !*rung);
                    *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
                }
            }
        }
    }

    /// Works on one job, and renews its lease meanwhile.
    fn one(&self, studio: &Studio, lease: &Lease) {
        let (lost, over) = (AtomicBool::new(false), AtomicBool::new(false));
        let reached_percent = AtomicU32::new(0);
        let result = thread::scope(|scope| {
            let renew = scope.spawn(|| {
                // Short enough that a cancelled job stops soon.
                while !over.load(Ordering::Relaxed) {
                    thread::park_timeout(Duration::from_millis(500));
                    let share = f64::from(reached_percent.load(Ordering::Relaxed)) / 100.0;
                    if !over.load(Ordering::Relaxed)
                        && matches!(self.queue.heartbeat(lease, share, now_ms()), Err(QueueError::LeaseLost))
                    {
                        lost.store(true, Ordering::Relaxed);
                    }
                }
            });
            let watch = |share: f32| {
                reached_percent.store((100.0 * share) as u32, Ordering::Relaxed);
                lost.load(Ordering::Relaxed) || self.stopping.load(Ordering::Relaxed)
            };
            let result = catch_unwind(AssertUnwindSafe(|| paint(studio, lease, &watch)))
                .unwrap_or_else(|_| Err(Problem::defect()));
            over.store(true, Ordering::Relaxed);
            renew.thread().unpark();
            result
        });
        // What another worker has now is dropped here; it will do it again.
        let _ = match result {
            Ok(painted) => self.queue.finish(lease, &painted.bytes, painted.media_type, now_ms()),
            Err(problem) if problem.code == "stopping" => Ok(()),
            Err(problem) => self.queue.fail(lease, problem.code, &problem.detail, now_ms()),
        };
    }
}

fn paint(studio: &Studio, lease: &Lease, watch: Watch<'_>) -> Result<Painted, Problem> {
    let options = serde_json::from_str(&lease.options).map_err(|_| Problem::defect())?;
    studio.paint(&lease.input, &options, watch)
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        let status = match error {
            QueueError::Unknown => StatusCode::NOT_FOUND,
            QueueError::LeaseLost => StatusCode::CONFLICT,
            QueueError::Full(_) => {
                return Self { detail: error.to_string(), retry_after_s: Some(30), ..Self::busy() };
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.code(), error.to_string())
    }
}
