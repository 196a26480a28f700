//! A job as it is told to whoever asks.

use serde::{Deserialize, Serialize};

use crate::{MAX_ATTEMPTS, MAX_SEGMENT_ATTEMPTS};

/// What a job is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum Kind {
    /// One picture.
    #[default]
    Image,
    /// Several, told together.
    Batch,
    /// A film, which lies in a file of its own.
    Video,
    /// Some scenes of a film whose job another worker has: work of this program's own, which no bound and no count includes. Only
    /// in queues that machines share.
    Segment,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Image, Self::Batch, Self::Video, Self::Segment];
    /// Those whose pictures lie in the queue.
    pub const PICTURES: [Self; 2] = [Self::Image, Self::Batch];
    /// Films and what is made of them.
    pub const FILMS: [Self; 2] = [Self::Video, Self::Segment];

    /// The name in the database and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Batch => "batch",
            Self::Video => "video",
            Self::Segment => "segment",
        }
    }

    /// How often its work may be begun without an end.
    #[must_use]
    pub fn max_attempts(self) -> u32 {
        if self == Self::Segment { MAX_SEGMENT_ATTEMPTS } else { MAX_ATTEMPTS }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// The result is there.
    Done,
    /// It did not work; the error says why.
    Failed,
    /// Somebody did not want it any more.
    Cancelled,
}

impl State {
    /// Every state, in the order in which they can happen.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The name in the database and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing will happen to the job any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A file that came with a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What its sender calls it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What is to be done.
#[derive(Clone, Debug, Default)]
pub struct NewJob {
    /// One picture or several.
    pub kind: Kind,
    /// The pictures, as they came; of a film, what names its file.
    pub pictures: Vec<Part>,
    /// Files that go with every picture, each with what it is; kept until the job ends.
    pub extras: Vec<(String, Part)>,
    /// What to do, in the words of the caller.
    pub options: String,
    /// The same owner and key mean the same job, however often it is sent.
    pub idempotency_key: Option<String>,
    /// Tells whether a job that is sent again is the same.
    pub fingerprint: Vec<u8>,
    /// Who may see it.
    pub owner: String,
    /// The trace that it belongs to, as the header `traceparent` of the W3C tells it.
    pub trace: Option<String>,
}

/// A job without its bytes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Job {
    /// 128 random bits in hexadecimal.
    pub id: String,
    /// Who may see it.
    pub owner: String,
    /// One picture or several.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// Share that is done, 0..=1.
    pub progress: f64,
    /// How often the picture that it stands at was begun.
    pub attempts: u32,
    /// More about how far it is, in the words of its worker.
    pub detail: Option<String>,
    /// When it was added, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it last changed.
    pub updated_ms: i64,
    /// How many pictures it has.
    pub pictures: u32,
    /// Code and words of what went wrong.
    pub error: Option<(String, String)>,
    /// Media type of the result.
    pub result_type: Option<String>,
}
