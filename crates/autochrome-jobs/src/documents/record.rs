//! A job as one document, and what can happen to it. Nothing here reads or writes: a queue replaces the document as a whole, and
//! only when nobody else replaced it meanwhile.

use serde::{Deserialize, Serialize};

use crate::queue::WORKER_LOST;
use crate::{Event, File, Job, Lease, News, QueueError, State};

/// Bytes of an input that stand in the document itself.
pub(crate) const INLINE_BYTES: usize = 64;

/// Everything that is known of a job, but for the bytes of its pictures.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Record {
    /// What whoever asks is told.
    pub job: Job,
    /// What to do.
    pub options: String,
    /// The trace that it belongs to.
    #[serde(default)]
    pub trace: Option<String>,
    /// Name of the claim that its idempotency key made.
    pub claim: Option<String>,
    /// Token of the worker that has it.
    pub lease: Option<String>,
    /// Until when that worker counts as alive; renewed now and then, not for every sign of life.
    #[serde(default)]
    pub lease_until_ms: i64,
    /// What came with it and is not done with.
    pub inputs: Vec<Input>,
    /// What became of its pictures.
    pub files: Vec<Kept>,
    /// Bytes of all pictures that came or were made.
    pub bytes: i64,
    /// Whether this change is one that listeners are told.
    pub is_news: bool,
    /// Number of the latest message that announces it.
    pub ticket: u64,
    /// When it was announced again, if it was.
    #[serde(default)]
    pub announced_ms: i64,
    /// Names the change that led to this document, so that whoever made it knows it again.
    pub change: String,
}

/// Something that came with a job.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// Place among everything that came, from 0; pictures come first.
    pub number: u32,
    /// `picture`, or what else it is.
    pub role: String,
    /// What its sender calls it.
    pub name: String,
    /// Its bytes.
    pub content: Content,
}

/// Where bytes are.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Content {
    /// In the store, under this key.
    Key(String),
    /// Here.
    Inline(Vec<u8>),
}

/// What became of a picture, with the key of its bytes where the store has them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Kept {
    pub name: String,
    pub outcome: Result<(String, i64), (String, String)>,
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

const PICTURE: &str = "picture";

impl Record {
    /// Its inputs that are no pictures.
    pub fn extras(&self) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(|input| input.role != PICTURE)
    }

    /// The pictures that were not tried.
    pub fn pictures(&self) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(|input| input.role == PICTURE)
    }

    /// Makes sure that `lease` still holds the job.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has it, or it is over.
    pub fn check(&self, lease: &Lease) -> Result<(), QueueError> {
        let holds = self.job.state == State::Running && self.lease.as_ref() == Some(&lease.token);
        if holds { Ok(()) } else { Err(QueueError::LeaseLost) }
    }

    /// How long its worker counts as alive yet, in milliseconds; nothing when it has none.
    pub fn alive_ms(&self, now_ms: i64) -> i64 {
        if self.job.state == State::Running { (self.lease_until_ms - now_ms).max(0) } else { 0 }
    }

    /// Whether it needs a worker and nothing was heard of it since `since_ms`: no change, no sign of life, no announcement.
    pub fn is_silent(&self, since_ms: i64) -> bool {
        let heard_ms = self.job.updated_ms.max(self.lease_until_ms).max(self.announced_ms);
        !self.job.state.is_over() && heard_ms < since_ms
    }

    /// Gives the job to the holder of `token`; tells which picture is given up, because its workers fell silent once too often.
    pub fn lease(&mut self, token: &str, now_ms: i64, until_ms: i64) -> Option<(u32, Input)> {
        let mut given_up = None;
        if self.job.state == State::Running && self.job.attempts >= self.job.kind.max_attempts() {
            self.job.attempts = 0;
            if let Some(input) = self.take_picture() {
                given_up = Some((self.next_file(), input.clone()));
                let (code, text) = WORKER_LOST;
                self.append_failure(input.name, code, text);
            }
        }
        self.job.state = State::Running;
        self.job.attempts += 1;
        self.job.updated_ms = now_ms;
        self.lease = Some(token.to_owned());
        self.lease_until_ms = until_ms;
        self.is_news = true;
        given_up
    }

    /// Takes out the next picture.
    pub fn take_picture(&mut self) -> Option<Input> {
        let place = self.inputs.iter().position(|input| input.role == PICTURE)?;
        Some(self.inputs.remove(place))
    }

    /// Number of the file that comes next.
    pub fn next_file(&self) -> u32 {
        u32::try_from(self.files.len()).unwrap_or(u32::MAX)
    }

    pub fn append_failure(&mut self, name: String, code: &str, text: &str) {
        let outcome = Err((code.to_owned(), text.to_owned()));
        self.files.push(Kept { name, outcome, key: None, warnings: Vec::new() });
    }

    /// Notes that the picture is over at which the worker was.
    pub fn advance_picture(&mut self, now_ms: i64) {
        self.job.updated_ms = now_ms;
        if self.pictures().next().is_some() {
            self.job.attempts = 0;
        }
    }

    /// Takes progress; `false` when that is none.
    pub fn reach(&mut self, progress: f64, detail: Option<&str>, now_ms: i64) -> bool {
        let job = &mut self.job;
        if job.progress >= progress && job.detail.as_deref() == detail {
            return false;
        }
        job.progress = job.progress.max(progress);
        job.detail = detail.map(str::to_owned);
        job.updated_ms = now_ms;
        self.is_news = true;
        true
    }

    /// Ends the job.
    pub fn end(&mut self, state: State, now_ms: i64) {
        self.job.state = state;
        self.job.updated_ms = now_ms;
        self.lease = None;
        self.lease_until_ms = 0;
        self.inputs.clear();
        self.is_news = true;
    }

    /// Gives the job back, as if the picture that comes next had not been begun.
    pub fn release(&mut self, now_ms: i64) {
        self.job.state = State::Queued;
        self.job.attempts = self.job.attempts.saturating_sub(1);
        self.job.updated_ms = now_ms;
        self.lease = None;
        self.lease_until_ms = 0;
        self.is_news = true;
    }

    /// The pictures that are over, as they are told.
    pub fn list_files(&self) -> Vec<File> {
        let file = |(number, kept): (u32, &Kept)| File {
            number,
            name: kept.name.clone(),
            outcome: kept.outcome.clone(),
            warnings: kept.warnings.clone(),
        };
        (0..).zip(&self.files).map(file).collect()
    }

    /// What listeners are told of the change that led here.
    pub fn event(&self, number: i64) -> Option<Event> {
        let Job { state, progress, detail, .. } = &self.job;
        let news = News::Progress { state: *state, progress: *progress, detail: detail.clone() };
        self.is_news.then_some(Event { number, news })
    }
}
