//! The pool that does the work of pictures, so that the threads of the network never wait for pixels.
//!
//! # Concurrency
//!
//! There are as many places as workers plus waiting requests. A request takes its place before its body is read, so that bytes in
//! memory are bounded too, and is refused at once when there is none. Work whose asker has gone away is dropped before it
//! begins and between its stages.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tracing::Span;

use crate::problem::Problem;

type Work = Box<dyn FnOnce() + Send>;

/// The right to one piece of work.
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

/// A fixed number of threads and a bounded queue before them.
pub struct Engine {
    sender: mpsc::Sender<Work>,
    places: Arc<Semaphore>,
    all: usize,
}

impl Engine {
    /// Starts `workers` threads with room for `waiting` more requests.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(workers: usize, waiting: usize) -> std::io::Result<Self> {
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
        Ok(Self { sender, places: Arc::new(Semaphore::new(workers + waiting)), all: workers + waiting })
    }

    /// A place, or the news that there is none.
    ///
    /// # Errors
    /// [`Problem::busy`].
    pub fn reserve(&self) -> Result<Place, Problem> {
        Arc::clone(&self.places)
            .try_acquire_owned()
            .map(|permit| Place { _permit: permit })
            .map_err(|_| Problem::busy())
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
        let span = Span::current();
        let task = move || {
            let _request = span.entered();
            let gone = |_| sender.is_closed();
            let result = if gone(0.0) {
                Err(Problem::stopping())
            } else {
                // A defect that one picture lays open must not take the worker with it.
                catch_unwind(AssertUnwindSafe(|| work(&gone))).unwrap_or_else(|_| Err(Problem::defect()))
            };
            // The place is free before the answer is read, so that who asks again at once finds it.
            drop(place);
            let _ = sender.send(result);
        };
        self.sender.send(Box::new(task)).map_err(|_| Problem::stopping())?;
        receiver.await.unwrap_or_else(|_| Err(Problem::stopping()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn work_is_done_and_a_panic_takes_only_itself() {
        let engine = Engine::start(1, 1).unwrap();
        block_on(async {
            let place = engine.reserve().unwrap();
            let lost: Result<(), Problem> = engine.run(place, |_| panic!("a defect")).await;
            assert_eq!(lost.unwrap_err().code, "defect");
            let place = engine.reserve().unwrap();
            assert_eq!(engine.run(place, |_| Ok(7)).await.unwrap(), 7);
        });
    }

    #[test]
    fn a_full_house_says_so_at_once() {
        let engine = Engine::start(1, 1).unwrap();
        let (first, _second) = (engine.reserve().unwrap(), engine.reserve().unwrap());
        let refused = engine.reserve().err().unwrap();
        assert_eq!((refused.code, refused.retry_after_s), ("queue-full", Some(2)));
        assert_eq!(engine.taken(), 2);
        drop(first);
        assert!(engine.reserve().is_ok());
    }
}
