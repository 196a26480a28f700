//! Jobs that survive a crash: a queue in SQLite with leases, retries, progress and events.
//!
//! # Contract
//!
//! A job is `queued`, then `running` under a lease, then `done`, `failed` or `cancelled`. Only the holder of the lease can change a
//! running job, and every change names the lease, so that a worker which was thought dead and comes back changes nothing. A
//! lease that is not renewed in time goes to the next worker.
//!
//! A job has one picture or many. A worker takes them one by one ([`Queue::next_picture`]) and puts back what became of each
//! ([`Queue::store_result`]); the same transaction erases the picture, so that each is done once, and the next worker goes on where a crash
//! happened. Work on one picture may begin twice, and must therefore be the same work twice; a picture that was begun
//! [`MAX_ATTEMPTS`] times without an end is given up, and the others go on.
//!
//! A job ends once: its state changes in the same transaction that makes its result visible.
//!
//! Times are milliseconds of a clock that the caller reads, so that this crate can be tested without waiting.

mod error;
mod events;
mod files;
mod job;
mod queue;
mod schema;
mod worker;

pub use error::QueueError;
pub use events::{Event, News};
pub use files::{File, Made};
pub use job::{Job, Kind, NewJob, Part, State};
pub use queue::{Bounds, Queue};
pub use worker::{Lease, MAX_ATTEMPTS};
