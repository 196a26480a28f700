//! Threads that talk to other machines, for callers that wait.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use crate::QueueError;

/// A runtime of its own, so that callers need none.
#[derive(Clone)]
pub struct Network(Arc<Held>);

struct Held(Option<Runtime>);

impl Drop for Held {
    fn drop(&mut self) {
        // Dropping a runtime waits, which is a panic where others wait on this thread.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Network {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start() -> Result<Self, QueueError> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("queue").enable_all().build();
        let runtime = runtime.map_err(|error| QueueError::Unavailable(format!("no threads: {error}")))?;
        Ok(Self(Arc::new(Held(Some(runtime)))))
    }

    /// Waits for `work`; not to be called where others wait on the same thread.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime().block_on(work)
    }

    /// Lets `work` go on beside.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.runtime().spawn(work));
    }

    fn runtime(&self) -> &Runtime {
        // Taken by `drop` alone.
        self.0.0.as_ref().unwrap_or_else(|| unreachable!("the runtime lives as long as this"))
    }
}
