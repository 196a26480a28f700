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
    #[error("{0} jobs are waiting already; try again later")]
    Full(u32),
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
            Self::Database(_) | Self::NoRandomNumbers => "queue-failed",
            Self::LeaseLost => "lease-lost",
            Self::Full(_) => "queue-full",
            Self::Unknown => "unknown-job",
        }
    }
}
