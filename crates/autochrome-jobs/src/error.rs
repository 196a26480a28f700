//! What can go wrong with the queue.

use rusqlite::ErrorCode;

/// Why the queue did not do as told.
#[derive(Debug, thiserror::Error, autochrome_errors::ErrorCode)]
#[non_exhaustive]
pub enum QueueError {
    /// The database refused.
    #[error("the job queue failed: {0}; check that its folder exists and can be written")]
    #[code("queue-failed", Environment)]
    Database(rusqlite::Error),
    /// There is no room on the disk for the queue; comes with `Retry-After`, and goes by itself when there is room again.
    #[error("the disk is full; make room where the server keeps its data, then send the same request again")]
    #[code("disk-full", Unavailable)]
    DiskFull,
    /// The file of the queue is damaged.
    #[error("the job queue is damaged: {0}; restart the server, which sets the file aside")]
    #[code("queue-damaged", Environment)]
    Damaged(String),
    /// Somebody else has the job now, or it was cancelled.
    #[error("the lease on this job is over; drop its result")]
    #[code("lease-lost", Conflict)]
    LeaseLost,
    /// There are too many jobs already.
    #[error("too many jobs are waiting or kept already; delete some, or try again later")]
    #[code("queue-full", Unavailable)]
    Full,
    /// The same key came with another request before.
    #[error("this Idempotency-Key came with another request before; choose a new key for a new request")]
    #[code("idempotency-key-reused", BadRequest)]
    KeyReused,
    /// The file was made by another version of this program.
    #[error(
        "the job queue is of a later version of autochrome, or of one before the first release; install that version, or move the file away"
    )]
    #[code("queue-failed", Environment)]
    OtherVersion,
    /// The server of the queue does not answer; comes with `Retry-After`.
    #[error("the job queue does not answer: {0}; send the same request again later")]
    #[code("queue-unavailable", Unavailable)]
    Unavailable(String),
    /// The store of pictures refused, or does not answer; comes with `Retry-After`.
    #[error("the store of pictures failed: {0}; send the same request again later")]
    #[code("store-failed", Unavailable)]
    Store(String),
    /// The store of pictures has lost what belongs to a job.
    #[error("{0} is missing in the store of pictures; send the job again")]
    #[code("store-incomplete", Environment)]
    Missing(String),
    /// There is no such job.
    #[error("there is no such job")]
    #[code("unknown-job", NotFound)]
    Unknown,
    /// No id can be made.
    #[error("the system gives no random numbers")]
    #[code("queue-failed", Environment)]
    NoRandomNumbers,
}

impl QueueError {
    /// Whether the same may work a moment later, without anybody doing anything about the job: it is no fault of the job.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::DiskFull | Self::Unavailable(_) | Self::Store(_))
    }
}

impl From<rusqlite::Error> for QueueError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Database(error),
        }
    }
}
