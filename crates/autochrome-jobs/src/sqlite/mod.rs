//! The queue in one SQLite file in WAL mode, which threads and processes of one machine share.

mod events;
mod files;
mod schema;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{
    Connection, OpenFlags, OptionalExtension as _, Row, Transaction, TransactionBehavior, params,
};

use crate::queue::{WORKER_LOST, random_name, size};
use crate::{
    Bounds, Event, File, Job, Kind, Lease, MAX_ATTEMPTS, Made, NewJob, Part, Queue, QueueError, State,
};

/// Jobs in a file; can be shared by threads and by processes.
pub struct SqliteQueue {
    db: Mutex<Connection>,
    bounds: Bounds,
}

impl SqliteQueue {
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

    /// Copies the queue as it is at this moment into a new file, while others go on; tells how many jobs it has.
    ///
    /// # Errors
    /// When the database fails, or the file exists.
    pub fn back_up(&self, file: &Path) -> Result<i64, QueueError> {
        let db = self.db();
        db.execute("VACUUM INTO ?1", params![file.to_string_lossy()])?;
        let copy = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(copy.query_row("SELECT count(*) FROM jobs", [], |row| row.get(0))?)
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// One change to a job by the holder of its lease.
    fn change(
        &self,
        lease: &Lease,
        change: impl FnOnce(&Transaction<'_>) -> Result<(), QueueError>,
    ) -> Result<(), QueueError> {
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "SELECT 1 FROM jobs WHERE id = ?1 AND lease = ?2 AND state = 'running'";
        let holds = transaction.prepare_cached(sql)?.exists(params![lease.job, lease.token])?;
        if !holds {
            return Err(QueueError::LeaseLost);
        }
        change(&transaction)?;
        Ok(transaction.commit()?)
    }
}

impl Queue for SqliteQueue {
    fn add(&self, new: &NewJob, now_ms: i64) -> Result<Job, QueueError> {
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
                 pictures, bytes, trace)
             VALUES (?1, ?2, ?3, ?4, ?5, 'queued', ?6, ?6, ?7, ?8, ?9, ?10)",
            params![
                id,
                new.owner,
                new.idempotency_key,
                new.fingerprint,
                new.kind.name(),
                now_ms,
                new.options,
                u32::try_from(new.pictures.len()).unwrap_or(u32::MAX),
                bytes,
                new.trace
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

    fn cancel(&self, id: &str, now_ms: i64) -> Result<Job, QueueError> {
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

    fn delete(&self, id: &str) -> Result<(), QueueError> {
        match self.db().execute("DELETE FROM jobs WHERE id = ?1", params![id])? {
            0 => Err(QueueError::Unknown),
            _ => Ok(()),
        }
    }

    fn expire(&self, before_ms: i64) -> Result<usize, QueueError> {
        let sql = "DELETE FROM jobs WHERE state IN ('done', 'failed', 'cancelled') AND updated_ms < ?1";
        Ok(self.db().execute(sql, params![before_ms])?)
    }

    fn tidy(&self) -> Result<(), QueueError> {
        // The log beside the file is emptied. Answers with a row that tells whether others were reading; then the next time does it.
        Ok(self.db().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    fn try_writing(&self) -> Result<(), QueueError> {
        // As much as a small picture takes, more than deleted rows usually leave free in the file.
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .execute_batch("CREATE TABLE trial (bytes BLOB); INSERT INTO trial VALUES (zeroblob(1000000))")?;
        transaction.execute_batch("DROP TABLE trial")?;
        Ok(transaction.commit()?)
    }

    fn get(&self, id: &str) -> Result<Job, QueueError> {
        find(&self.db(), id)
    }

    fn list(&self, owner: &str, most: u32) -> Result<Vec<Job>, QueueError> {
        let sql =
            format!("SELECT {COLUMNS} FROM jobs WHERE owner = ?1 ORDER BY created_ms DESC, id LIMIT ?2");
        let db = self.db();
        let mut query = db.prepare_cached(&sql)?;
        let rows = query.query_map(params![owner, most], job_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn count(&self) -> Result<[i64; 5], QueueError> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT count(*) FROM jobs WHERE state = ?1")?;
        let mut counts = [0; 5];
        for (count, state) in counts.iter_mut().zip(State::ALL) {
            *count = query.query_row(params![state.name()], |row| row.get(0))?;
        }
        Ok(counts)
    }

    fn in_use(&self, kind: Kind) -> Result<Vec<Vec<u8>>, QueueError> {
        let sql = "SELECT inputs.bytes FROM inputs JOIN jobs ON jobs.id = inputs.job
            WHERE jobs.kind = ?1 AND inputs.role = 'picture'";
        let db = self.db();
        let mut query = db.prepare_cached(sql)?;
        let rows = query.query_map(params![kind.name()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn files(&self, id: &str) -> Result<Vec<File>, QueueError> {
        files::list(&self.db(), id)
    }

    fn file(&self, id: &str, number: u32) -> Result<Option<Made>, QueueError> {
        files::get(&self.db(), id, number)
    }

    fn events(&self, id: &str, after: i64) -> Result<Vec<Event>, QueueError> {
        events::list_after(&self.db(), id, after)
    }

    fn lease(&self, kinds: &[Kind], now_ms: i64) -> Result<Option<Lease>, QueueError> {
        let token = random_name()?;
        let names: String = kinds.iter().map(|kind| format!(" {} ", kind.name())).collect();
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        fail_exhausted(&transaction, now_ms)?;
        let taken = transaction
            .query_row(
                "UPDATE jobs SET state = 'running', lease = ?1, lease_until_ms = ?2, attempts = attempts + 1,
                     updated_ms = ?3
                 WHERE id = (SELECT id FROM jobs
                     WHERE (state = 'queued' OR (state = 'running' AND lease_until_ms <= ?3))
                         AND instr(?4, ' ' || kind || ' ')
                     ORDER BY created_ms, rowid LIMIT 1)
                 RETURNING id, attempts, pictures, options, kind, trace",
                params![token, now_ms + self.bounds.lease_ms, now_ms, names],
                |row| {
                    Ok(Lease {
                        job: row.get(0)?,
                        attempt: row.get(1)?,
                        pictures: row.get(2)?,
                        options: row.get(3)?,
                        kind: Kind::from_name(&row.get::<_, String>(4)?)
                            .ok_or(rusqlite::Error::InvalidQuery)?,
                        trace: row.get(5)?,
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

    fn next_picture(&self, lease: &Lease) -> Result<Option<(u32, Part)>, QueueError> {
        let sql = "SELECT name, bytes, number FROM inputs WHERE job = ?1 AND role = 'picture' ORDER BY number LIMIT 1";
        let db = self.db();
        let next = db.prepare_cached(sql)?.query_row(params![lease.job], |row| Ok((row.get(2)?, part(row)?)));
        let next = next.optional()?;
        if next.is_some() {
            // The first picture of a lease was counted with it.
            let sql = "UPDATE jobs SET attempts = 1 WHERE id = ?1 AND lease = ?2 AND attempts = 0";
            db.prepare_cached(sql)?.execute(params![lease.job, lease.token])?;
        }
        Ok(next)
    }

    fn extras(&self, lease: &Lease) -> Result<Vec<(String, Part)>, QueueError> {
        let sql = "SELECT name, bytes, role FROM inputs WHERE job = ?1 AND role <> 'picture' ORDER BY number";
        let db = self.db();
        let mut query = db.prepare_cached(sql)?;
        let rows = query.query_map(params![lease.job], |row| Ok((row.get(2)?, part(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn heartbeat(
        &self,
        lease: &Lease,
        progress: f64,
        detail: Option<&str>,
        now_ms: i64,
    ) -> Result<(), QueueError> {
        let progress = progress.clamp(0.0, 1.0);
        self.change(lease, |db| {
            let sql = "UPDATE jobs SET lease_until_ms = ?2 WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![lease.job, now_ms + self.bounds.lease_ms])?;
            // Listeners are told news only.
            let sql = "UPDATE jobs SET progress = max(progress, ?2), updated_ms = ?3, detail = ?4
                WHERE id = ?1 AND (progress < ?2 OR detail IS NOT ?4)";
            match db.prepare_cached(sql)?.execute(params![lease.job, progress, now_ms, detail])? {
                0 => Ok(()),
                _ => events::note(db, &lease.job),
            }
        })
    }

    fn advance(&self, lease: &Lease) -> Result<(), QueueError> {
        self.change(lease, |db| {
            db.prepare_cached("UPDATE jobs SET attempts = 1 WHERE id = ?1")?.execute(params![lease.job])?;
            Ok(())
        })
    }

    fn store_result_file(
        &self,
        lease: &Lease,
        name: &str,
        media_type: &str,
        bytes: i64,
    ) -> Result<(), QueueError> {
        self.change(lease, |db| {
            take_picture(db, &lease.job)?;
            files::append_file(db, &lease.job, name, media_type, bytes)
        })
    }

    fn preview(&self, lease: &Lease, name: &str, bytes: &[u8]) -> Result<(), QueueError> {
        self.change(lease, |db| events::note_preview(db, &lease.job, name, bytes))
    }

    fn store_result(
        &self,
        lease: &Lease,
        outcome: Result<&[Made], (&str, &str)>,
        now_ms: i64,
    ) -> Result<(), QueueError> {
        self.change(lease, |db| {
            let name = take_picture(db, &lease.job)?;
            match outcome {
                Ok(all) => {
                    all.iter().try_for_each(|made| files::append(db, &lease.job, &made.name, Ok(made)))?;
                }
                Err(error) => files::append(db, &lease.job, &name, Err(error))?,
            }
            let made: i64 = outcome.iter().copied().flatten().map(|made| size(&made.bytes)).sum();
            db.prepare_cached(
                "UPDATE jobs SET bytes = bytes + ?2, updated_ms = ?3, lease_until_ms = ?4,
                     attempts = CASE WHEN EXISTS (SELECT 1 FROM inputs WHERE job = ?1 AND role = 'picture')
                         THEN 0 ELSE attempts END
                 WHERE id = ?1",
            )?
            .execute(params![lease.job, made, now_ms, now_ms + self.bounds.lease_ms])?;
            Ok(())
        })
    }

    fn finish(&self, lease: &Lease, result_type: &str, now_ms: i64) -> Result<(), QueueError> {
        self.change(lease, |db| {
            let sql = "UPDATE jobs SET state = 'done', progress = 1, result_type = ?2, updated_ms = ?3, lease = NULL
                WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![lease.job, result_type, now_ms])?;
            erase_inputs(db, &lease.job)?;
            events::note(db, &lease.job)
        })
    }

    fn fail(&self, lease: &Lease, code: &str, text: &str, now_ms: i64) -> Result<(), QueueError> {
        self.change(lease, |db| {
            let sql = "UPDATE jobs SET state = 'failed', error_code = ?2, error_text = ?3, updated_ms = ?4, lease = NULL
                WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![lease.job, code, text, now_ms])?;
            erase_inputs(db, &lease.job)?;
            events::note(db, &lease.job)
        })
    }

    fn release(&self, lease: &Lease, now_ms: i64) -> Result<(), QueueError> {
        self.change(lease, |db| {
            let sql = "UPDATE jobs SET state = 'queued', attempts = max(0, attempts - 1), updated_ms = ?2, lease = NULL
                WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![lease.job, now_ms])?;
            events::note(db, &lease.job)
        })
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
fn erase_inputs(db: &Connection, id: &str) -> Result<(), QueueError> {
    db.prepare_cached("DELETE FROM inputs WHERE job = ?1")?.execute(params![id])?;
    Ok(())
}

fn find(db: &Connection, id: &str) -> Result<Job, QueueError> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1");
    db.query_row(&sql, params![id], job_from_row).optional()?.ok_or(QueueError::Unknown)
}

fn part(row: &Row<'_>) -> rusqlite::Result<Part> {
    Ok(Part { name: row.get(0)?, bytes: row.get(1)? })
}

/// Gives up the pictures whose workers fell silent once too often; the others of their jobs go on.
fn fail_exhausted(db: &Connection, now_ms: i64) -> Result<(), QueueError> {
    let mut query = db.prepare_cached(
        "UPDATE jobs SET attempts = 0 WHERE state = 'running' AND lease_until_ms <= ?1 AND attempts >= ?2 RETURNING id",
    )?;
    let fatal: Vec<String> =
        query.query_map(params![now_ms, MAX_ATTEMPTS], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for job in fatal {
        let left = db
            .prepare_cached("SELECT 1 FROM inputs WHERE job = ?1 AND role = 'picture'")?
            .exists(params![job])?;
        if left {
            let name = take_picture(db, &job)?;
            files::append(db, &job, &name, Err(WORKER_LOST))?;
        }
    }
    Ok(())
}

/// Erases the next picture of a job and tells its name.
fn take_picture(db: &Connection, job: &str) -> Result<String, QueueError> {
    let mut query = db.prepare_cached(
        "DELETE FROM inputs WHERE job = ?1 AND role = 'picture'
             AND number = (SELECT min(number) FROM inputs WHERE job = ?1 AND role = 'picture') RETURNING name",
    )?;
    Ok(query.query_row(params![job], |row| row.get(0))?)
}

/// The columns that [`job_from_row`] reads.
const COLUMNS: &str = "id, owner, kind, state, progress, attempts, created_ms, updated_ms, pictures, \
    error_code, error_text, result_type, detail";

fn job_from_row(row: &Row<'_>) -> rusqlite::Result<Job> {
    // The tables' checks allow no other names.
    let kind = Kind::from_name(&row.get::<_, String>(2)?).ok_or(rusqlite::Error::InvalidQuery)?;
    let state = State::from_name(&row.get::<_, String>(3)?).ok_or(rusqlite::Error::InvalidQuery)?;
    let error: (Option<String>, Option<String>) = (row.get(9)?, row.get(10)?);
    Ok(Job {
        id: row.get(0)?,
        owner: row.get(1)?,
        kind,
        state,
        progress: row.get(4)?,
        attempts: row.get(5)?,
        created_ms: row.get(6)?,
        updated_ms: row.get(7)?,
        pictures: row.get(8)?,
        error: error.0.zip(error.1),
        result_type: row.get(11)?,
        detail: row.get(12)?,
    })
}
