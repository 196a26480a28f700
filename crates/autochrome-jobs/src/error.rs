//! What can go wrong with the queue.

/// Why the queue did not do as told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// The database refused.
    #[error("the job queue failed: {0}; check that its folder exists and the disk is not full")]
    Database(#[from] rusqlite::Error),
    /// Somebody else has the job now, or it was cancelled.
    #[error("the lease on this job is over; drop its result")]
    LeaseLost,
    /// There are too many jobs already.
    #[error("too many jobs are waiting or kept already; delete some, or try again later")]
    Full,
    /// The same key came with another request before.
    #[error("this Idempotency-Key came with another request before; choose a new key for a new request")]
    KeyReused,
    /// The file was made by another version of this program.
    #[error("the job queue is of another version of autochrome; move its file away")]
    OtherVersion,
    /// There is no such job.
    #[error("there is no such job")]
    Unknown,
    /// No id can be made.
    #[error("the system gives no random numbers")]
    NoRandomNumbers,
}

impl QueueError {
    /// A name that stays the same over versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Database(_) | Self::NoRandomNumbers | Self::OtherVersion => "queue-failed",
            Self::LeaseLost => "lease-lost",
            Self::Full => "queue-full",
            Self::KeyReused => "idempotency-key-reused",
            Self::Unknown => "unknown-job",
        }
    }
}
