//! The queue itself: one SQLite file in WAL mode.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::job::COLUMNS;
use crate::{Event, Job, NewJob, QueueError, events};

/// How often a job is begun before it has failed: a picture that brings the process down must not do so for ever.
pub const MAX_ATTEMPTS: u32 = 3;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    idempotency_key TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    progress REAL NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    lease TEXT,
    lease_until_ms INTEGER,
    options TEXT NOT NULL,
    input BLOB,
    result BLOB,
    result_type TEXT,
    error_code TEXT,
    error_text TEXT,
    UNIQUE (owner, idempotency_key)
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, created_ms);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    progress REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS events_by_job ON events (job, number);
";

/// A job in the hands of a worker.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The job's id.
    pub job: String,
    /// Which time this is.
    pub attempt: u32,
    /// What to do.
    pub options: String,
    /// With what.
    pub input: Vec<u8>,
    token: String,
}

/// Jobs in a file; can be shared by threads and by processes.
pub struct Queue {
    db: Mutex<Connection>,
    lease_ms: i64,
    most_waiting: u32,
}

impl Queue {
    /// Opens or makes the file. A lease lasts `lease_ms` unless it is renewed; at most `most_waiting` jobs wait.
    ///
    /// # Errors
    /// When the file cannot be opened or is no queue.
    pub fn open(path: &Path, lease_ms: i64, most_waiting: u32) -> Result<Self, QueueError> {
        let db = Connection::open(path)?;
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // A job that was accepted must still be there after the power failed.
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        // Erased pictures are overwritten, not only forgotten.
        db.pragma_update(None, "secure_delete", true)?;
        db.execute_batch(SCHEMA)?;
        Ok(Self { db: Mutex::new(db), lease_ms, most_waiting })
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job, or finds the one that the same owner sent under the same key.
    ///
    /// # Errors
    /// [`QueueError::Full`], or when the database fails.
    pub fn add(&self, new: &NewJob, now_ms: i64) -> Result<Job, QueueError> {
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(key) = &new.idempotency_key {
            let sql = format!("SELECT {COLUMNS} FROM jobs WHERE owner = ?1 AND idempotency_key = ?2");
            let known = transaction.query_row(&sql, params![new.owner, key], Job::from_row).optional()?;
            if let Some(job) = known {
                return Ok(job);
            }
        }
        let waiting: u32 =
            transaction
                .query_row("SELECT count(*) FROM jobs WHERE state = 'queued'", [], |row| row.get(0))?;
        if waiting >= self.most_waiting {
            return Err(QueueError::Full(waiting));
        }
        let id = random_name()?;
        transaction.execute(
            "INSERT INTO jobs (id, owner, idempotency_key, state, created_ms, updated_ms, options, input)
             VALUES (?1, ?2, ?3, 'queued', ?4, ?4, ?5, ?6)",
            params![id, new.owner, new.idempotency_key, now_ms, new.options, new.input],
        )?;
        events::note(&transaction, &id)?;
        let job = find(&transaction, &id)?;
        transaction.commit()?;
        Ok(job)
    }

    /// Takes the job that has waited longest, or one whose worker is silent; `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lease(&self, now_ms: i64) -> Result<Option<Lease>, QueueError> {
        let token = random_name()?;
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.bury(&transaction, now_ms)?;
        let taken = transaction
            .query_row(
                "UPDATE jobs SET state = 'running', lease = ?1, lease_until_ms = ?2, attempts = attempts + 1,
                     progress = 0, updated_ms = ?3
                 WHERE id = (SELECT id FROM jobs
                     WHERE state = 'queued' OR (state = 'running' AND lease_until_ms <= ?3)
                     ORDER BY created_ms, id LIMIT 1)
                 RETURNING id, attempts, options, input",
                params![token, now_ms + self.lease_ms, now_ms],
                |row| {
                    Ok(Lease {
                        job: row.get(0)?,
                        attempt: row.get(1)?,
                        options: row.get(2)?,
                        input: row.get(3)?,
                        token: token.clone(),
                    })
                },
            )
            .optional()?;
        if let Some(lease) = &taken {
            events::note(&transaction, &lease.job)?;
        }
        transaction.commit()?;
        Ok(taken)
    }

    /// Ends jobs whose workers fell silent once too often.
    fn bury(&self, db: &Connection, now_ms: i64) -> Result<(), QueueError> {
        let mut query = db.prepare_cached(
            "UPDATE jobs SET state = 'failed', error_code = 'worker-lost', input = NULL, lease = NULL,
                 error_text = 'the work on this picture ended without an answer, several times', updated_ms = ?1
             WHERE state = 'running' AND lease_until_ms <= ?1 AND attempts >= ?2 RETURNING id",
        )?;
        let ended: Vec<String> =
            query.query_map(params![now_ms, MAX_ATTEMPTS], |row| row.get(0))?.collect::<Result<_, _>>()?;
        ended.iter().try_for_each(|id| events::note(db, id))
    }

    /// Makes every running job wait again. Only for the one process that owns the file, when it starts: leases of its
    /// former life are void.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recover(&self, now_ms: i64) -> Result<usize, QueueError> {
        let sql = "UPDATE jobs SET lease_until_ms = ?1 WHERE state = 'running'";
        Ok(self.db().execute(sql, params![now_ms])?)
    }

    /// Renews a lease and tells the progress, 0..=1.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when the job was cancelled or given to another worker: stop working on it.
    pub fn heartbeat(&self, lease: &Lease, progress: f64, now_ms: i64) -> Result<(), QueueError> {
        self.change(
            lease,
            "UPDATE jobs SET lease_until_ms = ?3, progress = ?4, updated_ms = ?5
             WHERE id = ?1 AND lease = ?2 AND state = 'running'",
            &[&(now_ms + self.lease_ms), &progress.clamp(0.0, 1.0), &now_ms],
        )
    }

    /// Ends a job with its result and erases its input, both or neither.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job: the result is dropped.
    pub fn finish(&self, lease: &Lease, result: &[u8], kind: &str, now_ms: i64) -> Result<(), QueueError> {
        self.change(
            lease,
            "UPDATE jobs SET state = 'done', progress = 1, result = ?3, result_type = ?4, updated_ms = ?5,
                 input = NULL, lease = NULL
             WHERE id = ?1 AND lease = ?2 AND state = 'running'",
            &[&result, &kind, &now_ms],
        )
    }

    /// Ends a job that cannot work, and erases its input.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    pub fn fail(&self, lease: &Lease, code: &str, text: &str, now_ms: i64) -> Result<(), QueueError> {
        self.change(
            lease,
            "UPDATE jobs SET state = 'failed', error_code = ?3, error_text = ?4, updated_ms = ?5,
                 input = NULL, lease = NULL
             WHERE id = ?1 AND lease = ?2 AND state = 'running'",
            &[&code, &text, &now_ms],
        )
    }

    /// One change to a job by the holder of its lease, with its event.
    fn change(&self, lease: &Lease, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), QueueError> {
        let mut all: Vec<&dyn rusqlite::ToSql> = vec![&lease.job, &lease.token];
        all.extend(values);
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if transaction.execute(sql, all.as_slice())? == 0 {
            return Err(QueueError::LeaseLost);
        }
        events::note(&transaction, &lease.job)?;
        Ok(transaction.commit()?)
    }

    /// Ends a job that is not over; its worker learns of it at the next heartbeat.
    ///
    /// # Errors
    /// [`QueueError::Unknown`], or when the database fails.
    pub fn cancel(&self, id: &str, now_ms: i64) -> Result<Job, QueueError> {
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let changed = transaction.execute(
            "UPDATE jobs SET state = 'cancelled', updated_ms = ?2, input = NULL, lease = NULL
             WHERE id = ?1 AND state IN ('queued', 'running')",
            params![id, now_ms],
        )?;
        if changed > 0 {
            events::note(&transaction, id)?;
        }
        let job = find(&transaction, id)?;
        transaction.commit()?;
        Ok(job)
    }

    /// Forgets a job with everything that belongs to it.
    ///
    /// # Errors
    /// [`QueueError::Unknown`], or when the database fails.
    pub fn delete(&self, id: &str) -> Result<(), QueueError> {
        match self.db().execute("DELETE FROM jobs WHERE id = ?1", params![id])? {
            0 => Err(QueueError::Unknown),
            _ => Ok(()),
        }
    }

    /// Forgets jobs that were over before `before_ms`; tells how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn expire(&self, before_ms: i64) -> Result<usize, QueueError> {
        let sql = "DELETE FROM jobs WHERE state IN ('done', 'failed', 'cancelled') AND updated_ms < ?1";
        Ok(self.db().execute(sql, params![before_ms])?)
    }

    /// A job.
    ///
    /// # Errors
    /// [`QueueError::Unknown`], or when the database fails.
    pub fn get(&self, id: &str) -> Result<Job, QueueError> {
        find(&self.db(), id)
    }

    /// The jobs of an owner, newest first, at most `most`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(&self, owner: &str, most: u32) -> Result<Vec<Job>, QueueError> {
        let sql =
            format!("SELECT {COLUMNS} FROM jobs WHERE owner = ?1 ORDER BY created_ms DESC, id LIMIT ?2");
        let db = self.db();
        let mut query = db.prepare_cached(&sql)?;
        let rows = query.query_map(params![owner, most], Job::from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The result of a job with its media type; `None` while there is none.
    ///
    /// # Errors
    /// [`QueueError::Unknown`], or when the database fails.
    pub fn result(&self, id: &str) -> Result<Option<(Vec<u8>, String)>, QueueError> {
        let sql = "SELECT result, result_type FROM jobs WHERE id = ?1";
        let both = self.db().query_row(sql, params![id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let (bytes, kind): (Option<Vec<u8>>, Option<String>) = both.ok_or(QueueError::Unknown)?;
        Ok(bytes.zip(kind))
    }

    /// What happened to a job after event `after`; 0 for everything.
    ///
    /// # Errors
    /// When the database fails.
    pub fn events(&self, id: &str, after: i64) -> Result<Vec<Event>, QueueError> {
        events::after(&self.db(), id, after)
    }
}

fn find(db: &Connection, id: &str) -> Result<Job, QueueError> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1");
    db.query_row(&sql, params![id], Job::from_row).optional()?.ok_or(QueueError::Unknown)
}

/// 128 random bits in hexadecimal.
fn random_name() -> Result<String, QueueError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| QueueError::NoRandomNumbers)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
