//! The threads that colour pictures, so that those of the network never wait for pixels.
//!
//! # Concurrency
//!
//! There are as many places as workers plus waiting requests. A request takes its place when its body is there, so that none is
//! held by a client that sends slowly, and is refused at once when there is none. Nobody holds more than a share of them. Work whose
//! asker has gone away is dropped before it begins, between its stages, and within the long ones.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use autochrome_color::stop;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tracing::Span;

use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::shares::{Held, Shares};

type Work = Box<dyn FnOnce() + Send>;

/// The right to one piece of work.
pub struct Place {
    _permit: OwnedSemaphorePermit,
    _held: Held,
}

/// A fixed number of threads with a bounded queue.
pub struct WorkerPool {
    sender: mpsc::Sender<Work>,
    places: Arc<Semaphore>,
    shares: Arc<Shares>,
    all: usize,
}

impl WorkerPool {
    /// Starts `workers` threads with room for `waiting` more requests, at most `share` of all of one caller.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(workers: usize, waiting: usize, share: Option<u64>) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel::<Work>();
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..workers {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new().name(format!("picture-{number}")).spawn(move || {
                loop {
                    let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(work) = next else { break };
                    work();
                }
            })?;
        }
        let places = Arc::new(Semaphore::new(workers + waiting));
        Ok(Self { sender, places, shares: Shares::new(share), all: workers + waiting })
    }

    /// A place for `who`, or the news that there is none.
    ///
    /// # Errors
    /// [`Problem::busy`], or 429 when `who` holds a share already.
    pub fn reserve(&self, who: &str) -> Result<Place, Problem> {
        let held = self.shares.take(who, 1).ok_or_else(too_many)?;
        let permit = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Problem::busy())?;
        Ok(Place { _permit: permit, _held: held })
    }

    /// Whether `who` would find a place now; asked before a body is read that would be sent for nothing.
    ///
    /// # Errors
    /// As [`WorkerPool::reserve`].
    pub fn has_room(&self, who: &str) -> Result<(), Problem> {
        match (self.places.available_permits(), self.shares.has_room(who, 1)) {
            (0, _) => Err(Problem::busy()),
            (_, false) => Err(too_many()),
            _ => Ok(()),
        }
    }

    /// Places that are taken.
    pub fn taken(&self) -> usize {
        self.all - self.places.available_permits()
    }

    /// Runs `work` on the pool; its argument says to stop once the asker has gone away.
    ///
    /// # Errors
    /// What `work` says, or [`Problem::defect`] when it panics.
    pub async fn run<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&dyn Fn(f32) -> bool) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (sender, receiver) = oneshot::channel();
        let (span, gone) = (Span::current(), Gone::default());
        let flag = Arc::clone(&gone.0);
        let task = move || {
            let _request = span.entered();
            let is_gone = |_| flag.load(Ordering::Relaxed);
            let result = if is_gone(0.0) {
                Err(Problem::stopping())
            } else {
                // A defect that one picture lays open must not take the worker with it.
                stop::scope(&flag, || catch_unwind(AssertUnwindSafe(|| work(&is_gone))))
                    .unwrap_or_else(|_| Err(Problem::defect()))
            };
            // The place is free before the answer is read, so that who asks again at once finds it.
            drop(place);
            let _ = sender.send(result);
        };
        self.sender.send(Box::new(task)).map_err(|_| Problem::stopping())?;
        receiver.await.unwrap_or_else(|_| Err(Problem::stopping()))
    }
}

/// Says that the asker has gone, when it is dropped; after the answer nobody looks any more.
#[derive(Default)]
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn too_many() -> Problem {
    let detail = "this caller holds its share of the places; send this request when another is over";
    Problem { retry_after_s: Some(1), ..Problem::new(Refusal::TooManyAtOnce, detail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn work_is_done_and_a_panic_takes_only_itself() {
        let pool = WorkerPool::start(1, 1, None).unwrap();
        block_on(async {
            let place = pool.reserve("").unwrap();
            let lost: Result<(), Problem> = pool.run(place, |_| panic!("a defect")).await;
            assert_eq!(lost.unwrap_err().code, "defect");
            let place = pool.reserve("").unwrap();
            assert_eq!(pool.run(place, |_| Ok(7)).await.unwrap(), 7);
        });
    }

    #[test]
    fn a_full_house_says_so_at_once() {
        let pool = WorkerPool::start(1, 1, None).unwrap();
        let (first, _second) = (pool.reserve("").unwrap(), pool.reserve("").unwrap());
        let refused = pool.reserve("").err().unwrap();
        assert_eq!((refused.code, refused.retry_after_s), ("queue-full", Some(2)));
        assert_eq!(pool.taken(), 2);
        assert_eq!(pool.has_room("").unwrap_err().code, "queue-full");
        drop(first);
        assert!(pool.has_room("").is_ok() && pool.reserve("").is_ok());
    }

    #[test]
    fn nobody_holds_every_place() {
        let pool = WorkerPool::start(1, 3, Some(2)).unwrap();
        let _held = [pool.reserve("desk").unwrap(), pool.reserve("desk").unwrap()];
        let refused = pool.reserve("desk").err().unwrap();
        assert_eq!((refused.status.as_u16(), refused.code), (429, "too-many-at-once"));
        assert!(pool.reserve("phone").is_ok());
    }

    #[test]
    fn work_learns_that_its_asker_has_gone() {
        let pool = WorkerPool::start(1, 1, None).unwrap();
        let (begins, has_begun) = tokio::sync::oneshot::channel();
        let (stops, has_stopped) = std::sync::mpsc::channel();
        block_on(async {
            let place = pool.reserve("").unwrap();
            let work = move |_: &dyn Fn(f32) -> bool| {
                begins.send(()).unwrap();
                while !stop::requested() {
                    thread::yield_now();
                }
                stops.send(()).unwrap();
                Ok(())
            };
            // A client that goes away: what was waited for is dropped.
            tokio::select! {
                _ = pool.run(place, work) => panic!("it ended by itself"),
                begun = has_begun => begun.unwrap(),
            }
        });
        assert!(has_stopped.recv().is_ok());
    }
}
