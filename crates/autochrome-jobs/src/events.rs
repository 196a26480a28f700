//! What happened to a job, in order and numbered, so that a listener who was cut off can go on where it was.

use rusqlite::{Connection, params};

use crate::{QueueError, State};

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Number within all events; later ones have larger numbers.
    pub number: i64,
    /// Where the job stood then.
    pub state: State,
    /// Share that was done, 0..=1.
    pub progress: f64,
}

/// Notes that job `id` now stands where it stands.
pub(crate) fn note(db: &Connection, id: &str) -> Result<(), QueueError> {
    let sql = "INSERT INTO events (job, state, progress) SELECT id, state, progress FROM jobs WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![id])?;
    Ok(())
}

/// What happened to job `id` after event `after`.
pub(crate) fn after(db: &Connection, id: &str, after: i64) -> Result<Vec<Event>, QueueError> {
    let sql = "SELECT number, state, progress FROM events WHERE job = ?1 AND number > ?2 ORDER BY number";
    let mut query = db.prepare_cached(sql)?;
    let rows = query
        .query_map(params![id, after], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))?;
    rows.map(|row| {
        let (number, state, progress) = row?;
        let state = State::from_name(&state).ok_or(rusqlite::Error::InvalidQuery)?;
        Ok(Event { number, state, progress })
    })
    .collect()
}
