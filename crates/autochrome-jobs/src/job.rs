//! A job as it is told to whoever asks.

use rusqlite::Row;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What is to be done.
#[derive(Clone, Debug, Default)]
pub struct NewJob {
    /// The input, as it came.
    pub input: Vec<u8>,
    /// What to do with it, in the words of the caller.
    pub options: String,
    /// The same owner and key mean the same job, however often it is sent.
    pub idempotency_key: Option<String>,
    /// Who may see it.
    pub owner: String,
}

/// A job without its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// 128 random bits in hexadecimal.
    pub id: String,
    /// Who may see it.
    pub owner: String,
    /// Where it stands.
    pub state: State,
    /// Share that is done, 0..=1.
    pub progress: f64,
    /// How often a worker has taken it.
    pub attempts: u32,
    /// When it was added, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it last changed.
    pub updated_ms: i64,
    /// Code and words of what went wrong.
    pub error: Option<(String, String)>,
    /// Media type of the result.
    pub result_type: Option<String>,
}

/// The columns that [`Job::from_row`] reads.
pub(crate) const COLUMNS: &str =
    "id, owner, state, progress, attempts, created_ms, updated_ms, error_code, error_text, result_type";

impl Job {
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let state: String = row.get(2)?;
        let error: (Option<String>, Option<String>) = (row.get(7)?, row.get(8)?);
        Ok(Self {
            id: row.get(0)?,
            owner: row.get(1)?,
            // The table's check allows no other name.
            state: State::from_name(&state).ok_or(rusqlite::Error::InvalidQuery)?,
            progress: row.get(3)?,
            attempts: row.get(4)?,
            created_ms: row.get(5)?,
            updated_ms: row.get(6)?,
            error: error.0.zip(error.1),
            result_type: row.get(9)?,
        })
    }
}
