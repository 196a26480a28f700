//! The queue as a worker sees it.

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use crate::queue::{erase_inputs, random_name, size};
use crate::{Kind, Made, Part, Queue, QueueError, events, files};

/// How often a picture is begun before it is given up: one that brings the process down must not do so for ever.
pub const MAX_ATTEMPTS: u32 = 3;

/// A job in the hands of a worker.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The job's id.
    pub job: String,
    /// How often the picture that comes next was begun, this time included.
    pub attempt: u32,
    /// How many pictures the job has.
    pub pictures: u32,
    /// What to do.
    pub options: String,
    token: String,
}

impl Queue {
    /// Takes the job of one of these kinds that has waited longest, or one whose worker is silent; `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lease(&self, kinds: &[Kind], now_ms: i64) -> Result<Option<Lease>, QueueError> {
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
                 RETURNING id, attempts, pictures, options",
                params![token, now_ms + self.bounds.lease_ms, now_ms, names],
                |row| {
                    Ok(Lease {
                        job: row.get(0)?,
                        attempt: row.get(1)?,
                        pictures: row.get(2)?,
                        options: row.get(3)?,
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

    /// Makes every running job wait again. Only for the one process that owns the file, when it starts: leases of its
    /// former life are void.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recover(&self, now_ms: i64) -> Result<usize, QueueError> {
        let sql = "UPDATE jobs SET lease_until_ms = ?1 WHERE state = 'running'";
        Ok(self.db().execute(sql, params![now_ms])?)
    }

    /// The picture that comes next, with its place among those of the job, from 0; `None` when every one was tried. It counts as
    /// begun.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_picture(&self, lease: &Lease) -> Result<Option<(u32, Part)>, QueueError> {
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

    /// The files that go with every picture, each with what it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn extras(&self, lease: &Lease) -> Result<Vec<(String, Part)>, QueueError> {
        let sql = "SELECT name, bytes, role FROM inputs WHERE job = ?1 AND role <> 'picture' ORDER BY number";
        let db = self.db();
        let mut query = db.prepare_cached(sql)?;
        let rows = query.query_map(params![lease.job], |row| Ok((row.get(2)?, part(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Renews a lease and tells the progress, 0..=1, with more about it in words.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when the job was cancelled or given to another worker: stop working on it.
    pub fn heartbeat(
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

    /// Notes that something is done that a worker who takes over need not do again: the next failure is the first again.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    pub fn advance(&self, lease: &Lease) -> Result<(), QueueError> {
        self.change(lease, |db| {
            db.prepare_cached("UPDATE jobs SET attempts = 1 WHERE id = ?1")?.execute(params![lease.job])?;
            Ok(())
        })
    }

    /// Puts back what became of the next picture when the result lies in a file of `bytes` bytes.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    pub fn store_result_file(
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

    /// Tells listeners how the next picture will look; `name` is what the sender calls it.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    pub fn preview(&self, lease: &Lease, name: &str, bytes: &[u8]) -> Result<(), QueueError> {
        self.change(lease, |db| events::note_preview(db, &lease.job, name, bytes))
    }

    /// Puts back what became of the next picture, and erases it, both or neither. There may be several answers to one
    /// picture; an error is its code and what to say.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job: the pictures are dropped.
    pub fn store_result(
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

    /// Ends a job whose pictures were all tried; its result is of type `result_type`.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    pub fn finish(&self, lease: &Lease, result_type: &str, now_ms: i64) -> Result<(), QueueError> {
        self.change(lease, |db| {
            let sql = "UPDATE jobs SET state = 'done', progress = 1, result_type = ?2, updated_ms = ?3, lease = NULL
                WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![lease.job, result_type, now_ms])?;
            erase_inputs(db, &lease.job)?;
            events::note(db, &lease.job)
        })
    }

    /// Ends a job that cannot work.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    pub fn fail(&self, lease: &Lease, code: &str, text: &str, now_ms: i64) -> Result<(), QueueError> {
        self.change(lease, |db| {
            let sql = "UPDATE jobs SET state = 'failed', error_code = ?2, error_text = ?3, updated_ms = ?4, lease = NULL
                WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![lease.job, code, text, now_ms])?;
            erase_inputs(db, &lease.job)?;
            events::note(db, &lease.job)
        })
    }

    /// Gives a job back, as if the picture that comes next had not been begun.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when somebody else has the job.
    pub fn release(&self, lease: &Lease, now_ms: i64) -> Result<(), QueueError> {
        self.change(lease, |db| {
            let sql = "UPDATE jobs SET state = 'queued', attempts = max(0, attempts - 1), updated_ms = ?2, lease = NULL
                WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![lease.job, now_ms])?;
            events::note(db, &lease.job)
        })
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

fn part(row: &rusqlite::Row<'_>) -> rusqlite::Result<Part> {
    Ok(Part { name: row.get(0)?, bytes: row.get(1)? })
}

/// Gives up the pictures whose workers fell silent once too often; the others of their jobs go on.
fn fail_exhausted(db: &Connection, now_ms: i64) -> Result<(), QueueError> {
    let mut query = db.prepare_cached(
        "UPDATE jobs SET attempts = 0 WHERE state = 'running' AND lease_until_ms <= ?1 AND attempts >= ?2 RETURNING id",
    )?;
    let fatal: Vec<String> =
        query.query_map(params![now_ms, MAX_ATTEMPTS], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let error = ("worker-lost", "the work on this picture ended without an answer, several times");
    for job in fatal {
        let left = db
            .prepare_cached("SELECT 1 FROM inputs WHERE job = ?1 AND role = 'picture'")?
            .exists(params![job])?;
        if left {
            let name = take_picture(db, &job)?;
            files::append(db, &job, &name, Err(error))?;
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
