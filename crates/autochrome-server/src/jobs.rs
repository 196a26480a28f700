//! Jobs: pictures that are coloured while nobody waits, and that a crash does not lose.
//!
//! One thread of a server takes them from the queue, one at a time, so that requests which somebody waits for keep most of the machine;
//! a worker has several. Beside each a second thread renews the lease while the first one works. Films, which take longer, have a
//! thread of their own (`film_jobs`).

use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use autochrome::document::OrderDocument;
use autochrome::{Error, Finished, Order, Watch};
use autochrome_color::stop;
use autochrome_jobs::{Bounds, Job, Kind, Lease, Made, NewJob, Part, Queue, QueueError, Store};
use tracing::{info, warn};

use crate::intake;
use crate::problem::Problem;
use crate::queue_place::QueuePlace;
use crate::refusal::Refusal;
use crate::studio::Studio;
use crate::{ServeError, archive, trace};

/// What the queue takes: a worker may be silent for half a minute.
pub const BOUNDS: Bounds = Bounds { lease_ms: 30_000, waiting: 1000, bytes: 8_000_000_000 };

/// How often the queue is looked at when nobody rings: for old jobs, and for leases that ran out.
const LOOK: Duration = Duration::from_secs(5);

/// The same of a queue that other machines fill, when it failed.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How often a lease is renewed; short enough that a cancelled job stops soon.
pub const RENEW: Duration = Duration::from_millis(500);

/// Media type of several pictures together.
pub const ZIP: &str = "application/zip";

/// The queue and the bell that wakes its worker.
pub struct Jobs {
    queue: Box<dyn Queue>,
    /// Where films and their results travel, when the queue is on other machines too.
    store: Option<Arc<dyn Store>>,
    folder: PathBuf,
    keep: Option<Duration>,
    bell: Bell,
    film_bell: Bell,
    stopping: AtomicBool,
    abandoned: AtomicBool,
    /// Whether the disk was full when something was last written.
    is_full: AtomicBool,
    /// Held as long as this process owns the folder.
    _lock: File,
}

impl Jobs {
    /// Opens the queue at `place`, with `folder` for files, which no other process may use. Jobs that are over are kept for `keep`;
    /// `None` leaves forgetting them to others. Blocks.
    ///
    /// # Errors
    /// When the queue cannot be opened, or the folder cannot be used or belongs to another server.
    pub fn open(folder: &Path, place: &QueuePlace, keep: Option<Duration>) -> Result<Self, ServeError> {
        let io = |source| ServeError::Io { what: folder.display().to_string(), source };
        fs::create_dir_all(folder).map_err(io)?;
        // People's pictures lie here.
        #[cfg(unix)]
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).map_err(io)?;
        let lock = File::create(folder.join("lock")).map_err(io)?;
        lock.try_lock().map_err(|_| ServeError::InUse(folder.to_owned()))?;
        let opened = place.open(folder, BOUNDS)?;
        Ok(Self {
            queue: opened.queue,
            store: opened.store,
            folder: folder.to_owned(),
            keep,
            bell: Bell::default(),
            film_bell: Bell::default(),
            stopping: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            is_full: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// The queue itself.
    pub fn queue(&self) -> &dyn Queue {
        self.queue.as_ref()
    }

    /// Where films and their results travel, when the queue is on other machines too.
    pub fn store(&self) -> Option<&Arc<dyn Store>> {
        self.store.as_ref()
    }

    /// Where files may lie for a moment.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How long a job is kept after its end; `None` when others see to that.
    pub fn keep(&self) -> Option<Duration> {
        self.keep
    }

    /// When a job is forgotten, if it is over.
    pub fn expires_ms(&self, job: &Job) -> Option<i64> {
        let keep_ms = i64::try_from(self.keep?.as_millis()).unwrap_or(i64::MAX);
        job.state.is_over().then(|| job.updated_ms.saturating_add(keep_ms))
    }

    /// Adds a job and wakes the worker.
    ///
    /// # Errors
    /// As [`Queue::add`].
    pub fn add(&self, new: &NewJob) -> Result<Job, QueueError> {
        let added = self.queue.add(new, now_ms());
        self.note_disk_state(&added);
        let job = added?;
        if job.kind == Kind::Video {
            self.film_bell.ring()
        } else {
            self.bell.ring()
        }
        Ok(job)
    }

    /// What keeps jobs from being taken or worked on, if anything does.
    ///
    /// # Errors
    /// 503 while the disk is full.
    pub fn check_disk(&self) -> Result<(), Problem> {
        if self.is_full.load(Ordering::Relaxed) { Err(QueueError::DiskFull.into()) } else { Ok(()) }
    }

    /// Notices that the disk is full, and that it no longer is.
    fn note_disk_state<T>(&self, written: &Result<T, QueueError>) {
        let is_full = match written {
            Ok(_) => false,
            Err(QueueError::DiskFull) => true,
            // What else went wrong says nothing about the disk.
            Err(_) => return,
        };
        if self.is_full.swap(is_full, Ordering::Relaxed) == is_full {
            return;
        }
        let code = QueueError::DiskFull.code();
        if is_full {
            warn!(code, folder = %self.folder.display(), "the disk is full; jobs wait until there is room again");
        } else {
            info!(folder = %self.folder.display(), "there is room on the disk again; jobs go on");
        }
    }

    /// Lets the worker end after the picture it is at; the rest waits for the next start.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.bell.ring();
        self.film_bell.ring();
    }

    /// Lets it end before that picture is done.
    pub fn cancel_current(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
        self.stop();
    }

    /// Starts the worker.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(self: &Arc<Self>, studio: Arc<Studio>) -> std::io::Result<thread::JoinHandle<()>> {
        let jobs = Arc::clone(self);
        thread::Builder::new().name("jobs".to_owned()).spawn(move || jobs.run_worker(&studio))
    }

    /// Starts a thread that keeps house, for a server that leaves the work to others.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start_housekeeping(self: &Arc<Self>) -> std::io::Result<thread::JoinHandle<()>> {
        let jobs = Arc::clone(self);
        let run = move || {
            while !jobs.is_stopping() {
                jobs.keep_house();
                jobs.wait();
            }
        };
        thread::Builder::new().name("jobs".to_owned()).spawn(run)
    }

    fn run_worker(&self, studio: &Studio) {
        let mut tidied = Instant::now();
        while !self.stopping.load(Ordering::Relaxed) {
            if self.is_full.load(Ordering::Relaxed) {
                self.note_disk_state(&self.queue.try_writing());
                if self.is_full.load(Ordering::Relaxed) {
                    self.keep_house();
                    self.wait();
                    continue;
                }
            }
            // A queue that fails now may work later, and requests that ask it tell the error.
            let next = self.queue.lease(&Kind::PICTURES, now_ms());
            if next.is_err() {
                self.note_disk_state(&next);
            }
            if tidied.elapsed() >= LOOK {
                self.keep_house();
                tidied = Instant::now();
            }
            match next {
                Ok(Some(lease)) => {
                    if self.run_job(studio, &lease).is_err_and(|error| error.is_passing()) {
                        // What failed just now would fail again at once.
                        self.wait();
                    }
                }
                // It has waited already.
                Ok(None) if self.queue.waits() => {}
                _ => {
                    // Idle: what was erased leaves the disk now.
                    self.keep_house();
                    self.wait();
                }
            }
        }
        self.keep_house();
    }

    /// Waits for a ring, or for the time to look again.
    fn wait(&self) {
        self.bell.wait(self.look());
    }

    /// The same for films.
    pub fn wait_for_film(&self) {
        self.film_bell.wait(self.look());
    }

    fn look(&self) -> Duration {
        // Nobody rings when another machine has work.
        let most = if self.queue.waits() { LOOK_AGAIN } else { LOOK };
        most.min(self.keep.unwrap_or(most))
    }

    /// Whether the server goes down.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Forgets what is old, and sees to jobs that were lost on their way to workers; the next time may do what fails this time.
    fn keep_house(&self) {
        let Some(keep) = self.keep else { return };
        let keep_ms = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
        let _ = self.queue.expire(now_ms().saturating_sub(keep_ms));
        let _ = self.queue.tidy();
        if let Ok(jobs @ 1..) = self.queue.announce_again(now_ms()) {
            info!(jobs, "jobs that nothing was heard of were announced to workers again");
        }
    }

    /// Works on one job, and renews its lease meanwhile.
    fn run_job(&self, studio: &Studio, lease: &Lease) -> Result<(), QueueError> {
        let _traced = trace::job(lease).entered();
        let (lost, reached_permille) = (Arc::new(AtomicBool::new(false)), AtomicU32::new(0));
        let is_lost = || {
            let share = f64::from(reached_permille.load(Ordering::Relaxed)) / 1000.0;
            let told = self.queue.heartbeat(lease, share, None, now_ms());
            matches!(told, Err(QueueError::LeaseLost)) || self.abandoned.load(Ordering::Relaxed)
        };
        let reached = |share: f32| {
            reached_permille.store((1000.0 * share) as u32, Ordering::Relaxed);
            lost.load(Ordering::Relaxed) || self.abandoned.load(Ordering::Relaxed)
        };
        // What another worker has now, or nobody wants any more, is dropped.
        let done = self.hold(&lost, &is_lost, || self.colorize_pictures(studio, lease, &reached));
        let done = done.unwrap_or_else(|_| {
            let Problem { code, detail, .. } = Problem::defect();
            self.fail(lease, code, &detail)
        });
        if done.is_err() {
            self.note_disk_state(&done);
        }
        self.release_for_later(lease, &done);
        done
    }

    /// Works while a second thread renews the lease by `is_lost`, which tells whether nobody wants that work any more; `stop` is set
    /// then. The second thread ends with the work, also where that panics.
    pub fn hold<T>(
        &self,
        stop: &Arc<AtomicBool>,
        is_lost: &(dyn Fn() -> bool + Sync),
        work: impl FnOnce() -> T,
    ) -> thread::Result<T> {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let renew = scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    thread::park_timeout(RENEW);
                    if !over.load(Ordering::Relaxed) && is_lost() {
                        stop.store(true, Ordering::Relaxed);
                    }
                }
            });
            let done = catch_unwind(AssertUnwindSafe(|| stop::scope(stop, work)));
            over.store(true, Ordering::Relaxed);
            renew.thread().unpark();
            done
        })
    }

    /// Gives back a job whose work ended by what passes: a full disk, or a queue or a store that does not answer. It counts as not
    /// begun; where not even that can be written, it waits until the lease is over, and counts.
    pub fn release_for_later(&self, lease: &Lease, done: &Result<(), QueueError>) {
        if let Err(error) = done
            && error.is_passing()
        {
            warn!(job = %lease.job, code = error.code(), "a job is given back and tried again later");
            let _ = self.release(lease);
        }
    }

    /// Works on every picture of a job, and ends it.
    fn colorize_pictures(
        &self,
        studio: &Studio,
        lease: &Lease,
        reached: &dyn Fn(f32) -> bool,
    ) -> Result<(), QueueError> {
        let order = match self.order(studio, lease)? {
            Ok(order) => order,
            Err(problem) => return self.fail(lease, problem.code, &problem.detail),
        };
        let all = lease.pictures.max(1) as f32;
        while let Some((place, picture)) = self.queue.next_picture(lease)? {
            if self.stopping.load(Ordering::Relaxed) {
                return self.release(lease);
            }
            let preview = |bytes: &[u8]| {
                // Who wanted to look early can look later.
                let _ = self.queue.preview(lease, &picture.name, bytes);
            };
            let watch =
                Watch { reached: &|share| reached((place as f32 + share) / all), preview: Some(&preview) };
            match catch_unwind(AssertUnwindSafe(|| studio.run(&picture.bytes, &order, &watch))) {
                Ok(Ok(finished)) => self.store_result(lease, &picture, finished)?,
                // Who waits for the next start gets it back at once; a lease that is lost is not given back.
                Ok(Err(Error::Stopped)) => return self.release(lease),
                Ok(Err(error)) => self.store_failure(lease, place, error.code(), &error.to_string())?,
                Err(_) => {
                    let Problem { code, detail, .. } = Problem::defect();
                    self.store_failure(lease, place, code, &detail)?;
                }
            }
            reached((place + 1) as f32 / all);
        }
        self.end(lease)
    }

    /// What a job is to do with each of its pictures.
    fn order(&self, studio: &Studio, lease: &Lease) -> Result<Result<Order, Problem>, QueueError> {
        let files = intake::from_parts(self.queue.extras(lease)?);
        let order = catch_unwind(AssertUnwindSafe(|| {
            let document: OrderDocument =
                serde_json::from_str(&lease.options).map_err(|_| Problem::defect())?;
            studio.order(&document, &files).map_err(Problem::from)
        }));
        Ok(order.unwrap_or_else(|_| Err(Problem::defect())))
    }

    fn store_result(&self, lease: &Lease, picture: &Part, finished: Finished) -> Result<(), QueueError> {
        let mut taken: Vec<String> =
            self.queue.files(&lease.job)?.into_iter().map(|file| file.name).collect();
        let (extension, media_type) = (finished.file_type.extension(), finished.file_type.media_type());
        let mut made = Vec::with_capacity(finished.results.len());
        // Several answers to one picture have its warnings with the first.
        let mut warnings = finished.warnings;
        for result in finished.results {
            let name = archive::name(&picture.name, extension, &taken);
            taken.push(name.clone());
            let warnings = std::mem::take(&mut warnings);
            made.push(Made { name, media_type: media_type.to_owned(), bytes: result.bytes, warnings });
        }
        self.queue.store_result(lease, Ok(&made), now_ms())
    }

    /// Notes that a picture of a job failed; the log is told the code alone, for the words may name files.
    fn store_failure(&self, lease: &Lease, picture: u32, code: &str, detail: &str) -> Result<(), QueueError> {
        warn!(job = %lease.job, picture, code, "a picture of a job failed");
        self.queue.store_result(lease, Err((code, detail)), now_ms())
    }

    /// Ends a job that has nothing to show.
    pub fn fail(&self, lease: &Lease, code: &str, detail: &str) -> Result<(), QueueError> {
        warn!(job = %lease.job, code, "a job failed");
        let told = self.queue.fail(lease, code, detail, now_ms());
        trace::ended("failed", Some(code), &told);
        told
    }

    /// Ends a job whose result is of type `media_type`.
    pub fn finish(&self, lease: &Lease, media_type: &str) -> Result<(), QueueError> {
        let told = self.queue.finish(lease, media_type, now_ms());
        trace::ended("done", None, &told);
        told
    }

    /// Gives back a job for another worker, or another time.
    pub fn release(&self, lease: &Lease) -> Result<(), QueueError> {
        let told = self.queue.release(lease, now_ms());
        trace::ended("given-back", None, &told);
        told
    }

    /// Ends a job whose pictures were all tried: done when there is anything to show.
    fn end(&self, lease: &Lease) -> Result<(), QueueError> {
        let kind = self.queue.get(&lease.job)?.kind;
        let files = self.queue.files(&lease.job)?;
        let made: Vec<&String> =
            files.iter().filter_map(|file| Some(&file.outcome.as_ref().ok()?.0)).collect();
        let first_error = files.iter().find_map(|file| file.outcome.as_ref().err());
        match (made.as_slice(), first_error) {
            ([media_type], _) if kind == Kind::Image => self.finish(lease, media_type),
            ([_, ..], _) => self.finish(lease, ZIP),
            ([], Some((code, detail))) if kind == Kind::Image => self.fail(lease, code, detail),
            ([], first) => {
                let because = first.map_or("", |(_, detail)| detail);
                let detail = format!("none of the pictures could be coloured; the first: {because}");
                self.fail(lease, Refusal::NothingColoured.code(), &detail)
            }
        }
    }
}

/// Wakes a worker.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    condition: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.condition.notify_all();
    }

    /// Waits until it was rung, for so long at most.
    fn wait(&self, most: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.condition.wait_timeout_while(rung, most, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        let retry_after_s = match error {
            QueueError::Full | QueueError::DiskFull => Some(30),
            QueueError::Unavailable(_) | QueueError::Store(_) => Some(5),
            _ => None,
        };
        Self { retry_after_s, ..Self::of_code(error.as_code(), error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use autochrome_jobs::{MAX_ATTEMPTS, State};

    use super::*;

    fn jobs(folder: &Path) -> Jobs {
        Jobs::open(folder, &QueuePlace::Memory, None).unwrap()
    }

    #[test]
    fn a_store_that_is_away_does_not_cost_a_picture_its_attempts() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = jobs(folder.path());
        let new = NewJob { pictures: vec![Part::default()], ..NewJob::default() };
        let id = jobs.add(&new).unwrap().id;
        let lease = || jobs.queue().lease(&Kind::PICTURES, now_ms()).unwrap().unwrap();
        for _ in 0..=MAX_ATTEMPTS {
            jobs.release_for_later(&lease(), &Err(QueueError::Store("away".to_owned())));
            let job = jobs.queue().get(&id).unwrap();
            assert_eq!((job.state, job.attempts), (State::Queued, 0));
        }
        jobs.release_for_later(&lease(), &Err(QueueError::Missing("its picture".to_owned())));
        let job = jobs.queue().get(&id).unwrap();
        assert_eq!((job.state, job.attempts), (State::Running, 1), "what is lost does not come back");
    }

    #[test]
    fn nobody_renews_the_lease_of_work_that_panicked() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = jobs(folder.path());
        let done = jobs.hold(&Arc::default(), &|| false, || panic!("a defect"));
        // It comes back only when the second thread has ended.
        assert!(done.is_err());
    }
}
