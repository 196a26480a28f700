//! Jobs that survive a crash: a queue in SQLite with leases, retries, progress and events.
//!
//! # Contract
//!
//! A job is `queued`, then `running` under a lease, then `done`, `failed` or `cancelled`. Only the holder of the lease can change a
//! running job, and every change names the lease, so that a worker which was thought dead and comes back changes nothing. A
//! lease that is not renewed in time goes to the next worker; after [`MAX_ATTEMPTS`] the job has failed.
//!
//! A job ends once: its result becomes visible in the same transaction that ends it. Work may begin twice after a crash, and
//! must therefore be the same work twice.
//!
//! Times are milliseconds of a clock that the caller reads, so that this crate can be tested without waiting.

mod error;
mod events;
mod job;
mod queue;

pub use error::QueueError;
pub use events::Event;
pub use job::{Job, NewJob, State};
pub use queue::{Lease, MAX_ATTEMPTS, Queue};
