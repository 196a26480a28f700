//! What every queue can do, for those who send jobs and ask for them and for those who work on them.

use crate::{Event, File, Job, Kind, Made, NewJob, Part, QueueError};

/// How often a picture or a film is begun before it is given up: one that brings the process down must not do so for ever.
pub const MAX_ATTEMPTS: u32 = 3;

/// The same of a segment of a film. Nobody can tell one that kills its worker from one whose workers were killed from outside, but it
/// takes minutes, in which that happens more often than in the second of a picture, and with it all of the film would be given up.
pub const MAX_SEGMENT_ATTEMPTS: u32 = 8;

/// Why a picture, a film or a segment was given up.
pub(crate) const WORKER_LOST: (&str, &str) =
    ("worker-lost", "the work was begun several times and always ended without an answer");

/// How much a queue takes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How long a worker may be silent, in milliseconds.
    pub lease_ms: i64,
    /// Jobs that may wait.
    pub waiting: u32,
    /// Bytes of all pictures that came or were made and are still kept.
    pub bytes: i64,
}

/// A job in the hands of a worker.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The job's id.
    pub job: String,
    /// What it is made of.
    pub kind: Kind,
    /// How often the picture that comes next was begun, this time included.
    pub attempt: u32,
    /// How many pictures the job has.
    pub pictures: u32,
    /// What to do.
    pub options: String,
    /// The trace that the job belongs to, as its sender told it.
    pub trace: Option<String>,
    pub(crate) token: String,
}

/// Jobs that can be shared by threads, and some by processes and machines; the contract is the crate's.
pub trait Queue: Send + Sync {
    /// Adds a job, or finds the one that the same owner sent under the same key.
    ///
    /// # Errors
    /// [`QueueError::Full`], [`QueueError::KeyReused`], or when the queue fails.
    fn add(&self, new: &NewJob, now_ms: i64) -> Result<Job, QueueError>;

    /// Ends a job that is not over; its worker learns of it at the next heartbeat.
    ///
    /// # Errors
    /// [`QueueError::Unknown`], or when the queue fails.
    fn cancel(&self, id: &str, now_ms: i64) -> Result<Job, QueueError>;

    /// Forgets a job with everything that belongs to it.
    ///
    /// # Errors
    /// [`QueueError::Unknown`], or when the queue fails.
    fn delete(&self, id: &str) -> Result<(), QueueError>;

    /// Forgets jobs that were over before `before_ms`; tells how many.
    ///
    /// # Errors
    /// When the queue fails.
    fn expire(&self, before_ms: i64) -> Result<usize, QueueError>;

    /// Lets what was erased leave the disk, where that does not happen by itself.
    ///
    /// # Errors
    /// When the queue fails.
    fn tidy(&self) -> Result<(), QueueError> {
        Ok(())
    }

    /// Tells workers once more of jobs that need one and of which nothing was heard for two leases, as when the messages that told of
    /// them are lost; how many. To be called now and then.
    ///
    /// # Errors
    /// When the queue fails.
    fn announce_again(&self, _now_ms: i64) -> Result<usize, QueueError> {
        Ok(0)
    }

    /// Writes, to find out whether that works.
    ///
    /// # Errors
    /// [`QueueError::DiskFull`], or when the queue fails otherwise.
    fn try_writing(&self) -> Result<(), QueueError> {
        Ok(())
    }

    /// Whether [`Queue::lease`] waits a moment for a job, because other processes add some.
    fn waits(&self) -> bool {
        false
    }

    /// A job.
    ///
    /// # Errors
    /// [`QueueError::Unknown`], or when the queue fails.
    fn get(&self, id: &str) -> Result<Job, QueueError>;

    /// The jobs of an owner, newest first, at most `most`.
    ///
    /// # Errors
    /// When the queue fails.
    fn list(&self, owner: &str, most: u32) -> Result<Vec<Job>, QueueError>;

    /// How many jobs there are in each state, but for segments of films, in the order of [`State::ALL`](crate::State::ALL).
    ///
    /// # Errors
    /// When the queue fails.
    fn count(&self) -> Result<[i64; 5], QueueError>;

    /// What the jobs of this kind that are not over were given in place of pictures.
    ///
    /// # Errors
    /// When the queue fails.
    fn in_use(&self, kind: Kind) -> Result<Vec<Vec<u8>>, QueueError>;

    /// The pictures of a job that are over.
    ///
    /// # Errors
    /// When the queue fails.
    fn files(&self, id: &str) -> Result<Vec<File>, QueueError>;

    /// A picture that was made; `None` when there is none of this number.
    ///
    /// # Errors
    /// When the queue fails.
    fn file(&self, id: &str, number: u32) -> Result<Option<Made>, QueueError>;

    /// What happened to a job after event `after`; 0 for everything.
    ///
    /// # Errors
    /// When the queue fails.
    fn events(&self, id: &str, after: i64) -> Result<Vec<Event>, QueueError>;

    /// Takes the job of one of these kinds that has waited longest, or one whose worker is silent; `None` when there is none.
    ///
    /// # Errors
    /// When the queue fails.
    fn lease(&self, kinds: &[Kind], now_ms: i64) -> Result<Option<Lease>, QueueError>;

    /// The picture that comes next, with its place among those of the job, from 0; `None` when every one was tried. It counts as
    /// begun.
    ///
    /// # Errors
    /// When the queue fails.
    fn next_picture(&self, lease: &Lease) -> Result<Option<(u32, Part)>, QueueError>;

    /// The files that go with every picture, each with what it is.
    ///
    /// # Errors
    /// When the queue fails.
    fn extras(&self, lease: &Lease) -> Result<Vec<(String, Part)>, QueueError>;

    /// Renews a lease and tells the progress, 0..=1, with more about it in words.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when the job was cancelled or given to another worker: stop working on it.
    fn heartbeat(
        &self,
        lease: &Lease,
        progress: f64,
        detail: Option<&str>,
        now_ms: i64,
    ) -> Result<(), QueueError>;

    /// Notes that something is done that a worker who takes over need not do again: the next failure is the first again.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    fn advance(&self, lease: &Lease) -> Result<(), QueueError>;

    /// Puts back what became of the next picture when the result lies in a file of `bytes` bytes.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    fn store_result_file(
        &self,
        lease: &Lease,
        name: &str,
        media_type: &str,
        bytes: i64,
    ) -> Result<(), QueueError>;

    /// Tells listeners how the next picture will look; `name` is what the sender calls it.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    fn preview(&self, lease: &Lease, name: &str, bytes: &[u8]) -> Result<(), QueueError>;

    /// Puts back what became of the next picture, and erases it, both or neither. There may be several answers to one
    /// picture; an error is its code and what to say.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job: the pictures are dropped.
    fn store_result(
        &self,
        lease: &Lease,
        outcome: Result<&[Made], (&str, &str)>,
        now_ms: i64,
    ) -> Result<(), QueueError>;

    /// Ends a job whose pictures were all tried; its result is of type `result_type`.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    fn finish(&self, lease: &Lease, result_type: &str, now_ms: i64) -> Result<(), QueueError>;

    /// Ends a job that cannot work.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    fn fail(&self, lease: &Lease, code: &str, text: &str, now_ms: i64) -> Result<(), QueueError>;

    /// Gives a job back, as if the picture that comes next had not been begun.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    fn release(&self, lease: &Lease, now_ms: i64) -> Result<(), QueueError>;
}

/// 128 random bits in hexadecimal.
pub(crate) fn random_name() -> Result<String, QueueError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| QueueError::NoRandomNumbers)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Number of bytes, as the database counts.
pub(crate) fn size(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}
