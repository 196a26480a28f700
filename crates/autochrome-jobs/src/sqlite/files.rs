//! The table of what became of pictures.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{File, Made, QueueError};

/// Appends a picture that was made, or the news that it could not be.
pub(crate) fn append(
    db: &Connection,
    job: &str,
    name: &str,
    outcome: Result<&Made, (&str, &str)>,
) -> Result<(), QueueError> {
    let (made, error) = (outcome.ok(), outcome.err());
    db.prepare_cached(
        "INSERT INTO files (job, number, name, media_type, bytes, error_code, error_text, warnings)
         VALUES (?1, (SELECT count(*) FROM files WHERE job = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        job,
        name,
        made.map(|made| &made.media_type),
        made.map(|made| &made.bytes),
        error.map(|error| error.0),
        error.map(|error| error.1),
        made.filter(|made| !made.warnings.is_empty()).map(|made| lines(&made.warnings))
    ])?;
    Ok(())
}

/// Appends a file that was made and lies elsewhere.
pub(crate) fn append_file(
    db: &Connection,
    job: &str,
    name: &str,
    media_type: &str,
    bytes: i64,
) -> Result<(), QueueError> {
    db.prepare_cached(
        "INSERT INTO files (job, number, name, media_type, stored_bytes)
         VALUES (?1, (SELECT count(*) FROM files WHERE job = ?1), ?2, ?3, ?4)",
    )?
    .execute(params![job, name, media_type, bytes])?;
    Ok(())
}

/// Every picture of job `id` that is over.
pub(crate) fn list(db: &Connection, id: &str) -> Result<Vec<File>, QueueError> {
    let sql = "SELECT number, name, media_type, coalesce(stored_bytes, length(bytes)), error_code, error_text, warnings
        FROM files
        WHERE job = ?1 ORDER BY number";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map(params![id], |row| {
        let kind: Option<String> = row.get(2)?;
        let outcome = match kind {
            Some(kind) => Ok((kind, row.get(3)?)),
            None => Err((row.get(4)?, row.get(5)?)),
        };
        Ok(File { number: row.get(0)?, name: row.get(1)?, outcome, warnings: warnings(row.get(6)?) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A picture that was made; `None` when there is none of this number.
pub(crate) fn get(db: &Connection, id: &str, number: u32) -> Result<Option<Made>, QueueError> {
    let sql = "SELECT name, media_type, bytes, warnings FROM files WHERE job = ?1 AND number = ?2 AND bytes IS NOT NULL";
    let made = db.prepare_cached(sql)?.query_row(params![id, number], |row| {
        let (name, media_type, bytes) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Made { name, media_type, bytes, warnings: warnings(row.get(3)?) })
    });
    Ok(made.optional()?)
}

/// Sentences, one a line.
fn lines(warnings: &[String]) -> String {
    warnings.iter().map(|warning| warning.replace('\n', " ")).collect::<Vec<_>>().join("\n")
}

fn warnings(lines: Option<String>) -> Vec<String> {
    lines.iter().flat_map(|lines| lines.lines()).map(str::to_owned).collect()
}
