//! Jobs that survive a crash: one [`Queue`] with leases, retries, progress and events, kept in memory, in SQLite, or in NATS JetStream.
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
//! [`MAX_ATTEMPTS`] times ([`MAX_SEGMENT_ATTEMPTS`], a segment of a film) without an end is given up, and the others go on.
//!
//! A job ends once: its state changes in the same transaction that makes its result visible.
//!
//! Times are milliseconds of a clock that the caller reads, so that this crate can be tested without waiting.

mod documents;
mod error;
mod events;
mod files;
mod job;
#[cfg(feature = "nats")]
mod network;
mod queue;
mod sqlite;
mod store;

pub use documents::MemoryQueue;
#[cfg(feature = "nats")]
pub use documents::{NatsOptions, NatsQueue};
pub use error::QueueError;
pub use events::{Event, News};
pub use files::{File, Made};
pub use job::{Job, Kind, NewJob, Part, State};
#[cfg(feature = "nats")]
pub use network::Network;
pub use queue::{Bounds, Lease, MAX_ATTEMPTS, MAX_SEGMENT_ATTEMPTS, Queue};
pub use sqlite::SqliteQueue;
#[cfg(feature = "nats")]
pub use store::BucketStore;
pub use store::{MemoryStore, Store};
