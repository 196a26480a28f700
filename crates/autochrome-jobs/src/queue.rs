//! The queue as those see it who send jobs and ask for them: one SQLite file in WAL mode.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::job::COLUMNS;
use crate::{Event, File, Job, Kind, Made, NewJob, QueueError, State, events, files, schema};

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

/// Jobs in a file; can be shared by threads and by processes.
pub struct Queue {
    db: Mutex<Connection>,
    pub(crate) bounds: Bounds,
}

impl Queue {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// [`QueueError::Damaged`], or when the file cannot be opened or is no queue of this version.
    pub fn open(path: &Path, bounds: Bounds) -> Result<Self, QueueError> {
        let mut db = Connection::open(path)?;
        // Damage that is found now is found before anybody counts on the queue.
        let sound: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if sound != "ok" {
            return Err(QueueError::Damaged(sound));
        }
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // A job that was accepted must still be there after the power failed.
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        // Erased pictures are overwritten, not only forgotten.
        db.pragma_update(None, "secure_delete", true)?;
        schema::prepare(&mut db)?;
        Ok(Self { db: Mutex::new(db), bounds })
    }

    pub(crate) fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job, or finds the one that the same owner sent under the same key.
    ///
    /// # Errors
    /// [`QueueError::Full`], [`QueueError::KeyReused`], or when the database fails.
    pub fn add(&self, new: &NewJob, now_ms: i64) -> Result<Job, QueueError> {
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(job) = sent_before(&transaction, new)? {
            return Ok(job);
        }
        let pictures = new.pictures.iter().map(|picture| ("picture", picture));
        let extras = new.extras.iter().map(|(role, part)| (role.as_str(), part));
        let inputs = (0_i64..).zip(pictures.chain(extras));
        let bytes: i64 = inputs.clone().map(|(_, (_, part))| size(&part.bytes)).sum();
        let sql = "SELECT count(*) FILTER (WHERE state = 'queued'), coalesce(sum(bytes), 0) FROM jobs";
        let (waiting, kept): (u32, i64) =
            transaction.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if waiting >= self.bounds.waiting || kept + bytes > self.bounds.bytes {
            return Err(QueueError::Full);
        }
        let id = random_name()?;
        transaction.execute(
            "INSERT INTO jobs (id, owner, idempotency_key, fingerprint, kind, state, created_ms, updated_ms, options,
                 pictures, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, 'queued', ?6, ?6, ?7, ?8, ?9)",
            params![
                id,
                new.owner,
                new.idempotency_key,
                new.fingerprint,
                new.kind.name(),
                now_ms,
                new.options,
                u32::try_from(new.pictures.len()).unwrap_or(u32::MAX),
                bytes
            ],
        )?;
        for (number, (role, part)) in inputs {
            transaction
                .prepare_cached(
                    "INSERT INTO inputs (job, number, role, name, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![id, number, role, part.name, part.bytes])?;
        }
        events::note(&transaction, &id)?;
        let job = find(&transaction, &id)?;
        transaction.commit()?;
        Ok(job)
    }

    /// Ends a job that is not over; its worker learns of it at the next heartbeat.
    ///
    /// # Errors
    /// [`QueueError::Unknown`], or when the database fails.
    pub fn cancel(&self, id: &str, now_ms: i64) -> Result<Job, QueueError> {
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let changed = transaction.execute(
            "UPDATE jobs SET state = 'cancelled', updated_ms = ?2, lease = NULL
             WHERE id = ?1 AND state IN ('queued', 'running')",
            params![id, now_ms],
        )?;
        if changed > 0 {
            erase_inputs(&transaction, id)?;
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

    /// Empties the log beside the file, so that what was erased is on no disk any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn checkpoint(&self) -> Result<(), QueueError> {
        // Answers with a row that tells whether others were reading; then the next time does it.
        Ok(self.db().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Writes, to find out whether that works.
    ///
    /// # Errors
    /// [`QueueError::DiskFull`], or when the database fails otherwise.
    pub fn try_writing(&self) -> Result<(), QueueError> {
        // As much as a small picture takes, more than deleted rows usually leave free in the file.
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .execute_batch("CREATE TABLE trial (bytes BLOB); INSERT INTO trial VALUES (zeroblob(1000000))")?;
        transaction.execute_batch("DROP TABLE trial")?;
        Ok(transaction.commit()?)
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

    /// How many jobs there are in each state, in the order of [`State::ALL`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn count(&self) -> Result<[i64; 5], QueueError> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT count(*) FROM jobs WHERE state = ?1")?;
        let mut counts = [0; 5];
        for (count, state) in counts.iter_mut().zip(State::ALL) {
            *count = query.query_row(params![state.name()], |row| row.get(0))?;
        }
        Ok(counts)
    }

    /// What the jobs of this kind that are not over were given in place of pictures.
    ///
    /// # Errors
    /// When the database fails.
    pub fn in_use(&self, kind: Kind) -> Result<Vec<Vec<u8>>, QueueError> {
        let sql = "SELECT inputs.bytes FROM inputs JOIN jobs ON jobs.id = inputs.job
            WHERE jobs.kind = ?1 AND inputs.role = 'picture'";
        let db = self.db();
        let mut query = db.prepare_cached(sql)?;
        let rows = query.query_map(params![kind.name()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The pictures of a job that are over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn files(&self, id: &str) -> Result<Vec<File>, QueueError> {
        files::list(&self.db(), id)
    }

    /// A picture that was made; `None` when there is none of this number.
    ///
    /// # Errors
    /// When the database fails.
    pub fn file(&self, id: &str, number: u32) -> Result<Option<Made>, QueueError> {
        files::get(&self.db(), id, number)
    }

    /// What happened to a job after event `after`; 0 for everything.
    ///
    /// # Errors
    /// When the database fails.
    pub fn events(&self, id: &str, after: i64) -> Result<Vec<Event>, QueueError> {
        events::list_after(&self.db(), id, after)
    }
}

/// The job that `new` was when it came the first time.
fn sent_before(db: &Connection, new: &NewJob) -> Result<Option<Job>, QueueError> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let sql = "SELECT id, fingerprint FROM jobs WHERE owner = ?1 AND idempotency_key = ?2";
    let known: Option<(String, Vec<u8>)> =
        db.query_row(sql, params![new.owner, key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match known {
        None => Ok(None),
        Some((id, fingerprint)) if fingerprint == new.fingerprint => find(db, &id).map(Some),
        Some(_) => Err(QueueError::KeyReused),
    }
}

/// Erases what came with a job.
pub(crate) fn erase_inputs(db: &Connection, id: &str) -> Result<(), QueueError> {
    db.prepare_cached("DELETE FROM inputs WHERE job = ?1")?.execute(params![id])?;
    Ok(())
}

pub(crate) fn find(db: &Connection, id: &str) -> Result<Job, QueueError> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1");
    db.query_row(&sql, params![id], Job::from_row).optional()?.ok_or(QueueError::Unknown)
}

/// Number of bytes as SQLite counts.
pub(crate) fn size(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// 128 random bits in hexadecimal.
pub(crate) fn random_name() -> Result<String, QueueError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| QueueError::NoRandomNumbers)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
