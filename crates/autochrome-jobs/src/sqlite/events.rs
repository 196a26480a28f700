//! The table of what happened to jobs.

use rusqlite::{Connection, Row, params};

use crate::{Event, News, QueueError, State};

fn from_row(row: &Row<'_>) -> rusqlite::Result<Event> {
    let preview: Option<Vec<u8>> = row.get(5)?;
    let news = match preview {
        Some(bytes) => News::Preview { file: row.get(3)?, name: row.get(4)?, bytes },
        None => {
            let state = State::from_name(&row.get::<_, String>(1)?);
            News::Progress {
                state: state.ok_or(rusqlite::Error::InvalidQuery)?,
                progress: row.get(2)?,
                detail: row.get(6)?,
            }
        }
    };
    Ok(Event { number: row.get(0)?, news })
}

/// Notes that job `id` now stands where it stands.
pub(crate) fn note(db: &Connection, id: &str) -> Result<(), QueueError> {
    let sql = "INSERT INTO events (job, state, progress, detail)
        SELECT id, state, progress, detail FROM jobs WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![id])?;
    Ok(())
}

/// Notes a preview of the file that job `id` makes next, in place of an earlier one.
pub(crate) fn note_preview(db: &Connection, id: &str, name: &str, bytes: &[u8]) -> Result<(), QueueError> {
    let sql = "DELETE FROM events WHERE job = ?1 AND preview IS NOT NULL AND file = (SELECT count(*) FROM files WHERE job = ?1)";
    db.prepare_cached(sql)?.execute(params![id])?;
    let sql = "INSERT INTO events (job, state, progress, file, name, preview)
        SELECT id, state, progress, (SELECT count(*) FROM files WHERE job = ?1), ?2, ?3 FROM jobs WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![id, name, bytes])?;
    Ok(())
}

/// What happened to job `id` after event `after`.
pub(crate) fn list_after(db: &Connection, id: &str, after: i64) -> Result<Vec<Event>, QueueError> {
    let sql = "SELECT number, state, progress, file, name, preview, detail FROM events
        WHERE job = ?1 AND number > ?2 ORDER BY number";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map(params![id, after], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
