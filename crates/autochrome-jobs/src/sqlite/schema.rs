//! The tables, and the promise that they are ours.

use rusqlite::Connection;

use crate::QueueError;

/// Number of this layout. A file with an earlier one is brought to it, a file with a later one refused.
const VERSION: i64 = 6;

/// What brings a file of a layout to the next one.
const MIGRATIONS: &[(i64, &str)] = &[
    // Lists of one of many owners need not sort all of theirs.
    (3, OWNERS),
    (4, TRACE),
    (5, WARNINGS),
];

const OWNERS: &str = "CREATE INDEX jobs_by_owner ON jobs (owner, created_ms DESC, id);";

const TRACE: &str = "ALTER TABLE jobs ADD COLUMN trace TEXT;";

/// One sentence a line, or nothing.
const WARNINGS: &str = "ALTER TABLE files ADD COLUMN warnings TEXT;";

const TABLES: &str = "
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    idempotency_key TEXT,
    fingerprint BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'batch', 'video')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    progress REAL NOT NULL DEFAULT 0,
    detail TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    lease TEXT,
    lease_until_ms INTEGER,
    options TEXT NOT NULL,
    pictures INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    result_type TEXT,
    error_code TEXT,
    error_text TEXT,
    UNIQUE (owner, idempotency_key)
);
CREATE INDEX jobs_by_state ON jobs (state, created_ms);
CREATE TABLE inputs (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (job, number)
);
CREATE TABLE files (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT,
    bytes BLOB,
    stored_bytes INTEGER,
    error_code TEXT,
    error_text TEXT,
    PRIMARY KEY (job, number)
);
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    progress REAL NOT NULL,
    detail TEXT,
    file INTEGER,
    name TEXT,
    preview BLOB
);
CREATE INDEX events_by_job ON events (job, number);
";

/// Makes the tables in a new file, brings those of an earlier version to this one, and refuses a file of another layout. All
/// of it or nothing.
pub(super) fn prepare(db: &mut Connection) -> Result<(), QueueError> {
    let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if version == VERSION {
        return Ok(());
    }
    if tables == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.execute_batch(OWNERS)?;
        transaction.execute_batch(TRACE)?;
        transaction.execute_batch(WARNINGS)?;
        version = VERSION;
    }
    while version != VERSION {
        let step = MIGRATIONS.iter().find(|(from, _)| *from == version);
        let (_, sql) = step.ok_or(QueueError::OtherVersion)?;
        transaction.execute_batch(sql)?;
        version += 1;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}
