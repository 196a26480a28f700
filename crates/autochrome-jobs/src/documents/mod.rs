//! A queue whose jobs are documents in a ledger and whose pictures lie in a store.
//!
//! A ledger replaces a document only when nobody else did meanwhile; everything that a queue promises rests on that. The document
//! says who has the job, and until when that worker counts as alive. Messages that tell workers of jobs are hints: one that comes
//! twice, too early or too late changes nothing, and for one that is lost another is sent ([`Queue::announce_again`]).

mod memory;
#[cfg(feature = "nats")]
mod nats;
mod record;

use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use self::record::{Content, INLINE_BYTES, Input, Kept, Record};
use crate::queue::{random_name, size};
use crate::{Bounds, Event, File, Job, Kind, Lease, Made, NewJob, Part, Queue, QueueError, State, Store};

pub use memory::MemoryQueue;
#[cfg(feature = "nats")]
pub use nats::{NatsOptions, NatsQueue};

/// How often a job is looked for that another process is adding at this moment under the same key.
const LOOKS: u32 = 20;
/// How long to wait between.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);
/// Leases after which a job that nothing was heard of is announced again: time for what tells of it by itself.
const SILENT_LEASES: i64 = 2;

/// What an idempotency key stands for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Claim {
    /// The job's id.
    pub id: String,
    /// Tells whether a job that is sent again is the same.
    pub fingerprint: Vec<u8>,
}

/// A job that a worker is told of.
pub struct Offer {
    /// Its id.
    pub id: String,
    /// Number of the message that told of it.
    pub ticket: u64,
}

/// Where documents lie, and who is told of which job.
pub trait Ledger: Send + Sync {
    /// A claim with its revision.
    fn claim(&self, name: &str) -> Result<Option<(Claim, u64)>, QueueError>;
    /// Replaces a claim of this revision, 0 for one that is not there; `false` when somebody else was first.
    fn put_claim(&self, name: &str, claim: &Claim, revision: u64) -> Result<bool, QueueError>;
    /// Tells workers of a job; its document comes after that. The number of the message, the same for the same `name`.
    fn announce(&self, id: &str, kind: Kind, name: &str) -> Result<u64, QueueError>;
    /// The latest message that workers of this kind were told, `u64::MAX` where none is left; `None` where no message is ever lost.
    fn told(&self, kind: Kind) -> Result<Option<u64>, QueueError>;
    /// Writes the first document of a job.
    fn create(&self, record: &Record) -> Result<(), QueueError>;
    /// The document of a job with its revision.
    fn load(&self, id: &str) -> Result<Option<(Record, u64)>, QueueError>;
    /// Replaces the document of this revision; `false` when somebody else was first.
    fn replace(&self, record: &Record, revision: u64) -> Result<bool, QueueError>;
    /// Forgets a job; workers are no longer told of it.
    fn erase(&self, record: &Record) -> Result<(), QueueError>;
    /// Workers need no longer be told of this job.
    fn withdraw(&self, record: &Record) -> Result<(), QueueError>;
    /// Looks at every document.
    fn visit(&self, look: &mut dyn FnMut(&Record)) -> Result<(), QueueError>;
    /// Tells of a job that waits, or whose worker is silent, and of it nobody else until then.
    fn offer(
        &self,
        kinds: &[Kind],
        token: &str,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<Option<Offer>, QueueError>;
    /// The worker with this token is alive.
    fn renew(&self, lease: &Lease, until_ms: i64) -> Result<(), QueueError>;
    /// The job of this token needs no worker any more.
    fn settle(&self, token: &str) -> Result<(), QueueError>;
    /// The job of this token needs another worker, now or when its document is there.
    fn give_back(&self, id: &str, token: &str, is_missing: bool) -> Result<(), QueueError>;
    /// The job of this token has a worker that was alive a moment ago; others are told of it again after so long.
    fn postpone(&self, token: &str, wait_ms: i64) -> Result<(), QueueError>;
    /// The token is nobody's any more.
    fn forget(&self, token: &str);
    /// Notes that a picture was given up, with its place among the files of its job.
    fn bury(&self, id: &str, file: u32, name: &str) -> Result<(), QueueError>;
    /// Notes a preview of a file, in place of an earlier one.
    fn preview(&self, id: &str, file: u32, name: &str, bytes: &[u8]) -> Result<(), QueueError>;
    /// What happened to a job after event `after`.
    fn history(&self, id: &str, after: i64) -> Result<Vec<Event>, QueueError>;
    /// Forgets what no process needs any more.
    fn tidy(&self) -> Result<(), QueueError> {
        Ok(())
    }
    /// Whether [`Ledger::offer`] waits a moment.
    fn waits(&self) -> bool;
}

/// Jobs as documents.
pub struct DocumentQueue<L> {
    ledger: L,
    store: Arc<dyn Store>,
    bounds: Bounds,
}

/// The folder of a job in the store.
fn folder(id: &str) -> String {
    format!("jobs/{id}/")
}

/// The folder of what came with a job.
fn inputs_folder(id: &str) -> String {
    format!("jobs/{id}/inputs/")
}

/// The name of a claim; owners and keys may have any letters.
fn claim_name(owner: &str, key: &str) -> String {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{}-{}", hex(owner), hex(key))
}

impl<L: Ledger> DocumentQueue<L> {
    /// Changes a job whatever others do at the same moment.
    fn change<T>(
        &self,
        id: &str,
        mut change: impl FnMut(&mut Record) -> Result<T, QueueError>,
    ) -> Result<(Record, T), QueueError> {
        loop {
            let (mut record, revision) = self.ledger.load(id)?.ok_or(QueueError::Unknown)?;
            record.is_news = false;
            let told = change(&mut record)?;
            record.change = random_name()?;
            if self.ledger.replace(&record, revision)? {
                return Ok((record, told));
            }
        }
    }

    /// The same by the holder of its lease.
    fn change_leased<T>(
        &self,
        lease: &Lease,
        mut change: impl FnMut(&mut Record) -> Result<T, QueueError>,
    ) -> Result<(Record, T), QueueError> {
        let changed = self.change(&lease.job, |record| {
            record.check(lease)?;
            change(record)
        });
        changed.map_err(|error| self.lost(lease, error))
    }

    /// A job that is gone is nobody's.
    fn lost(&self, lease: &Lease, error: QueueError) -> QueueError {
        match error {
            QueueError::Unknown | QueueError::LeaseLost => {
                self.ledger.forget(&lease.token);
                QueueError::LeaseLost
            }
            other => other,
        }
    }

    fn held(&self, lease: &Lease) -> Result<Record, QueueError> {
        let (record, _) = self.ledger.load(&lease.job)?.ok_or(QueueError::LeaseLost)?;
        record.check(lease).map_err(|error| self.lost(lease, error))?;
        Ok(record)
    }

    fn bytes(&self, content: &Content) -> Result<Vec<u8>, QueueError> {
        match content {
            Content::Inline(bytes) => Ok(bytes.clone()),
            Content::Key(key) => self.store.get(key)?.ok_or_else(|| QueueError::Missing(key.clone())),
        }
    }

    fn part(&self, input: &Input) -> Result<Part, QueueError> {
        Ok(Part { name: input.name.clone(), bytes: self.bytes(&input.content)? })
    }

    /// Erases an input; what fails now goes with the job.
    fn erase_input(&self, input: &Input) {
        if let Content::Key(key) = &input.content {
            let _ = self.store.delete(key);
        }
    }

    /// Ends a job that `lease` holds.
    fn end(&self, lease: &Lease, mut end: impl FnMut(&mut Record)) -> Result<(), QueueError> {
        self.change_leased(lease, |record| {
            end(record);
            Ok(())
        })?;
        self.ledger.settle(&lease.token)?;
        // What fails now goes when the job is forgotten.
        let _ = self.store.delete_all(&inputs_folder(&lease.job));
        Ok(())
    }

    /// The job that `new` was when it came the first time, or the revision of a claim that leads nowhere, 0 for none.
    fn sent_before(&self, name: &str, new: &NewJob) -> Result<Result<Job, u64>, QueueError> {
        for _ in 0..LOOKS {
            let Some((claim, revision)) = self.ledger.claim(name)? else { return Ok(Err(0)) };
            match self.ledger.load(&claim.id)? {
                Some(_) if claim.fingerprint != new.fingerprint => return Err(QueueError::KeyReused),
                Some((record, _)) => return Ok(Ok(record.job)),
                // Nothing lets others wait for long between a claim and its job, but an end of the process.
                None if self.ledger.waits() => std::thread::sleep(LOOK),
                None => return Ok(Err(revision)),
            }
        }
        Ok(Err(self.ledger.claim(name)?.map_or(0, |(_, revision)| revision)))
    }

    fn check_bounds(&self, bytes: i64) -> Result<(), QueueError> {
        let (mut waiting, mut kept) = (0, 0);
        self.ledger.visit(&mut |record| {
            let counts = record.job.kind != Kind::Segment;
            waiting += u32::from(counts && record.job.state == State::Queued);
            kept += record.bytes;
        })?;
        let is_full = waiting >= self.bounds.waiting || kept + bytes > self.bounds.bytes;
        if is_full { Err(QueueError::Full) } else { Ok(()) }
    }

    /// Puts what came with a job into the store.
    fn put_inputs(&self, id: &str, new: &NewJob) -> Result<Vec<Input>, QueueError> {
        let pictures = new.pictures.iter().map(|picture| ("picture", picture));
        let extras = new.extras.iter().map(|(role, part)| (role.as_str(), part));
        let put = |(number, (role, part)): (u32, (&str, &Part))| {
            let content = if part.bytes.len() <= INLINE_BYTES && Kind::FILMS.contains(&new.kind) {
                Content::Inline(part.bytes.clone())
            } else {
                let key = format!("{}{number}", inputs_folder(id));
                self.store.put(&key, &part.bytes)?;
                Content::Key(key)
            };
            Ok(Input { number, role: role.to_owned(), name: part.name.clone(), content })
        };
        (0..).zip(pictures.chain(extras)).map(put).collect()
    }

    /// Adds a job that was not sent before; `None` when another process took its claim meanwhile.
    fn add_new(
        &self,
        new: &NewJob,
        claim: Option<(String, u64)>,
        now_ms: i64,
    ) -> Result<Option<Job>, QueueError> {
        let parts = new.pictures.iter().chain(new.extras.iter().map(|(_, part)| part));
        let bytes: i64 = parts.map(|part| size(&part.bytes)).sum();
        if new.kind != Kind::Segment {
            self.check_bounds(bytes)?;
        }
        let id = random_name()?;
        let added = self.put_inputs(&id, new).and_then(|inputs| {
            if let Some((name, revision)) = &claim {
                let claim = Claim { id: id.clone(), fingerprint: new.fingerprint.clone() };
                if !self.ledger.put_claim(name, &claim, *revision)? {
                    return Ok(None);
                }
            }
            let job = Job {
                id: id.clone(),
                owner: new.owner.clone(),
                kind: new.kind,
                state: State::Queued,
                progress: 0.0,
                attempts: 0,
                detail: None,
                created_ms: now_ms,
                updated_ms: now_ms,
                pictures: u32::try_from(new.pictures.len()).unwrap_or(u32::MAX),
                error: None,
                result_type: None,
            };
            let record = Record {
                job: job.clone(),
                options: new.options.clone(),
                trace: new.trace.clone(),
                claim: claim.as_ref().map(|(name, _)| name.clone()),
                lease: None,
                lease_until_ms: 0,
                inputs,
                files: Vec::new(),
                bytes,
                is_news: true,
                // A message without a job is dropped by whoever gets it; a job without a message would wait for ever.
                ticket: self.ledger.announce(&id, new.kind, &id)?,
                announced_ms: 0,
                change: random_name()?,
            };
            self.ledger.create(&record)?;
            Ok(Some(job))
        });
        if !matches!(added, Ok(Some(_)) | Err(QueueError::Unavailable(_))) {
            // Of a job whose document may be there after all, nothing is erased.
            let _ = self.store.delete_all(&folder(&id));
        }
        added
    }

    /// Takes a job for `token`, as [`Queue::lease`].
    fn take_offer(&self, token: &str, kinds: &[Kind], now_ms: i64) -> Result<Option<Lease>, QueueError> {
        let (asked, asked_ms) = (Instant::now(), now_ms);
        // Offers are waited for: a lease begins when the job comes.
        let clock = || {
            let waited_ms = i64::try_from(asked.elapsed().as_millis()).unwrap_or(i64::MAX);
            if self.ledger.waits() { asked_ms.saturating_add(waited_ms) } else { asked_ms }
        };
        'offers: while let Some(offer) =
            self.ledger.offer(kinds, token, clock(), clock() + self.bounds.lease_ms)?
        {
            loop {
                let Some((mut record, revision)) = self.ledger.load(&offer.id)? else {
                    self.ledger.give_back(&offer.id, token, true)?;
                    continue 'offers;
                };
                let now_ms = clock();
                let alive_ms = record.alive_ms(now_ms);
                if record.job.state.is_over() || alive_ms > 0 && record.ticket != offer.ticket {
                    // Its last worker ended before it could say so, or it was announced again.
                    self.ledger.settle(token)?;
                    continue 'offers;
                }
                if alive_ms > 0 {
                    // A server that was killed forgets signs of life.
                    self.ledger.postpone(token, alive_ms)?;
                    continue 'offers;
                }
                let given_up = record.lease(token, now_ms, now_ms + self.bounds.lease_ms);
                record.change = random_name()?;
                if !self.ledger.replace(&record, revision)? {
                    continue;
                }
                if let Some((file, input)) = given_up {
                    self.ledger.bury(&offer.id, file, &input.name)?;
                    self.erase_input(&input);
                }
                return Ok(Some(Lease {
                    job: offer.id,
                    kind: record.job.kind,
                    attempt: record.job.attempts,
                    pictures: record.job.pictures,
                    options: record.options,
                    trace: record.trace,
                    token: token.to_owned(),
                }));
            }
        }
        Ok(None)
    }
}

impl<L: Ledger> Queue for DocumentQueue<L> {
    fn add(&self, new: &NewJob, now_ms: i64) -> Result<Job, QueueError> {
        loop {
            let mut claim = None;
            if let Some(key) = &new.idempotency_key {
                let name = claim_name(&new.owner, key);
                match self.sent_before(&name, new)? {
                    Ok(job) => return Ok(job),
                    Err(revision) => claim = Some((name, revision)),
                }
            }
            if let Some(job) = self.add_new(new, claim, now_ms)? {
                return Ok(job);
            }
        }
    }

    fn cancel(&self, id: &str, now_ms: i64) -> Result<Job, QueueError> {
        let (record, _) = self.ledger.load(id)?.ok_or(QueueError::Unknown)?;
        if record.job.state.is_over() {
            return Ok(record.job);
        }
        let cancelled = self.change(id, |record| {
            if record.job.state.is_over() {
                return Err(QueueError::LeaseLost);
            }
            record.end(State::Cancelled, now_ms);
            Ok(())
        });
        match cancelled {
            Ok((record, ())) => {
                self.ledger.withdraw(&record)?;
                let _ = self.store.delete_all(&inputs_folder(id));
                Ok(record.job)
            }
            // It ended in between.
            Err(QueueError::LeaseLost) => self.get(id),
            Err(error) => Err(error),
        }
    }

    fn delete(&self, id: &str) -> Result<(), QueueError> {
        let (record, _) = self.ledger.load(id)?.ok_or(QueueError::Unknown)?;
        self.ledger.erase(&record)?;
        self.store.delete_all(&folder(id))
    }

    fn expire(&self, before_ms: i64) -> Result<usize, QueueError> {
        let mut old = Vec::new();
        self.ledger.visit(&mut |record| {
            if record.job.state.is_over() && record.job.updated_ms < before_ms {
                old.push(record.job.id.clone());
            }
        })?;
        let mut forgotten = 0;
        for id in old {
            match self.delete(&id) {
                Ok(()) => forgotten += 1,
                // Another server forgot it.
                Err(QueueError::Unknown) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(forgotten)
    }

    fn tidy(&self) -> Result<(), QueueError> {
        self.ledger.tidy()
    }

    fn announce_again(&self, now_ms: i64) -> Result<usize, QueueError> {
        let since_ms = now_ms - SILENT_LEASES * self.bounds.lease_ms;
        let mut silent = Vec::new();
        self.ledger.visit(&mut |record| {
            if record.is_silent(since_ms) {
                silent.push((record.job.id.clone(), record.job.kind, record.ticket));
            }
        })?;
        let mut announced = 0;
        for kind in Kind::ALL {
            let mut of_kind = silent.iter().filter(|(_, other, _)| *other == kind).peekable();
            if of_kind.peek().is_none() {
                continue;
            }
            let Some(told) = self.ledger.told(kind)? else { continue };
            // The others wait their turn.
            for (id, ..) in of_kind.filter(|(_, _, ticket)| *ticket <= told) {
                let Some((mut record, revision)) = self.ledger.load(id)? else { continue };
                if !record.is_silent(since_ms) {
                    continue;
                }
                // Named by the revision: servers that do this at the same moment send one message.
                record.ticket = self.ledger.announce(id, kind, &format!("{id}-{revision}"))?;
                record.announced_ms = now_ms;
                record.is_news = false;
                record.change = random_name()?;
                announced += usize::from(self.ledger.replace(&record, revision)?);
            }
        }
        Ok(announced)
    }

    fn waits(&self) -> bool {
        self.ledger.waits()
    }

    fn get(&self, id: &str) -> Result<Job, QueueError> {
        Ok(self.ledger.load(id)?.ok_or(QueueError::Unknown)?.0.job)
    }

    fn list(&self, owner: &str, most: u32) -> Result<Vec<Job>, QueueError> {
        let mut jobs = Vec::new();
        self.ledger.visit(&mut |record| {
            if record.job.owner == owner {
                jobs.push(record.job.clone());
            }
        })?;
        jobs.sort_by(|a, b| b.created_ms.cmp(&a.created_ms).then_with(|| a.id.cmp(&b.id)));
        jobs.truncate(most as usize);
        Ok(jobs)
    }

    fn count(&self) -> Result<[i64; 5], QueueError> {
        let mut counts = [0; 5];
        self.ledger.visit(&mut |record| {
            if record.job.kind != Kind::Segment {
                let states = counts.iter_mut().zip(State::ALL);
                states.for_each(|(count, state)| *count += i64::from(record.job.state == state));
            }
        })?;
        Ok(counts)
    }

    fn in_use(&self, kind: Kind) -> Result<Vec<Vec<u8>>, QueueError> {
        let mut contents = Vec::new();
        self.ledger.visit(&mut |record| {
            if record.job.kind == kind {
                contents.extend(record.pictures().map(|input| input.content.clone()));
            }
        })?;
        contents.iter().map(|content| self.bytes(content)).collect()
    }

    fn files(&self, id: &str) -> Result<Vec<File>, QueueError> {
        Ok(self.ledger.load(id)?.map(|(record, _)| record.list_files()).unwrap_or_default())
    }

    fn file(&self, id: &str, number: u32) -> Result<Option<Made>, QueueError> {
        let Some((record, _)) = self.ledger.load(id)? else { return Ok(None) };
        let Some(Kept { name, outcome: Ok((media_type, _)), key: Some(key), warnings }) =
            record.files.into_iter().nth(number as usize)
        else {
            return Ok(None);
        };
        Ok(self.store.get(&key)?.map(|bytes| Made { name, media_type, bytes, warnings }))
    }

    fn events(&self, id: &str, after: i64) -> Result<Vec<Event>, QueueError> {
        self.ledger.history(id, after)
    }

    fn lease(&self, kinds: &[Kind], now_ms: i64) -> Result<Option<Lease>, QueueError> {
        let token = random_name()?;
        let taken = self.take_offer(&token, kinds, now_ms);
        if taken.is_err() {
            // Nobody has this token; the job is offered again when the time of a lease is over.
            self.ledger.forget(&token);
        }
        taken
    }

    fn next_picture(&self, lease: &Lease) -> Result<Option<(u32, Part)>, QueueError> {
        let record = self.held(lease)?;
        let Some(input) = record.pictures().next() else { return Ok(None) };
        // The first picture of a lease was counted with it.
        if record.job.attempts == 0 {
            self.change_leased(lease, |record| {
                record.job.attempts = record.job.attempts.max(1);
                Ok(())
            })?;
        }
        Ok(Some((input.number, self.part(input)?)))
    }

    fn extras(&self, lease: &Lease) -> Result<Vec<(String, Part)>, QueueError> {
        let record = self.held(lease)?;
        record.extras().map(|input| Ok((input.role.clone(), self.part(input)?))).collect()
    }

    fn heartbeat(
        &self,
        lease: &Lease,
        progress: f64,
        detail: Option<&str>,
        now_ms: i64,
    ) -> Result<(), QueueError> {
        let progress = progress.clamp(0.0, 1.0);
        let mut record = self.held(lease)?;
        let until_ms = now_ms + self.bounds.lease_ms;
        self.ledger.renew(lease, until_ms)?;
        // Listeners are told news only; who looks at the document may take the worker for dead a little early.
        let is_due = until_ms - record.lease_until_ms > self.bounds.lease_ms / 3;
        if record.reach(progress, detail, now_ms) || is_due {
            self.change_leased(lease, |record| {
                record.reach(progress, detail, now_ms);
                record.lease_until_ms = until_ms;
                Ok(())
            })?;
        }
        Ok(())
    }

    fn advance(&self, lease: &Lease) -> Result<(), QueueError> {
        self.change_leased(lease, |record| {
            record.job.attempts = 1;
            Ok(())
        })
        .map(drop)
    }

    fn store_result_file(
        &self,
        lease: &Lease,
        name: &str,
        media_type: &str,
        bytes: i64,
    ) -> Result<(), QueueError> {
        let (_, taken) = self.change_leased(lease, |record| {
            let taken = record.take_picture();
            let outcome = Ok((media_type.to_owned(), bytes));
            record.files.push(Kept { name: name.to_owned(), outcome, key: None, warnings: Vec::new() });
            Ok(taken)
        })?;
        taken.iter().for_each(|input| self.erase_input(input));
        Ok(())
    }

    fn preview(&self, lease: &Lease, name: &str, bytes: &[u8]) -> Result<(), QueueError> {
        let record = self.held(lease)?;
        self.ledger.preview(&lease.job, record.next_file(), name, bytes)
    }

    fn store_result(
        &self,
        lease: &Lease,
        outcome: Result<&[Made], (&str, &str)>,
        now_ms: i64,
    ) -> Result<(), QueueError> {
        let first = self.held(lease)?.next_file();
        let mut keys = Vec::new();
        for (number, made) in (first..).zip(outcome.iter().copied().flatten()) {
            // Named by the lease, so that a worker whose lease is over writes over nothing.
            let key = format!("{}files/{number}-{}", folder(&lease.job), lease.token);
            self.store.put(&key, &made.bytes)?;
            keys.push(key);
        }
        let stored = self.change_leased(lease, |record| {
            let taken = record.take_picture();
            match outcome {
                Ok(all) => {
                    for (made, key) in all.iter().zip(&keys) {
                        let bytes = size(&made.bytes);
                        record.bytes += bytes;
                        record.files.push(Kept {
                            name: made.name.clone(),
                            outcome: Ok((made.media_type.clone(), bytes)),
                            key: Some(key.clone()),
                            warnings: made.warnings.clone(),
                        });
                    }
                }
                Err((code, text)) => {
                    let name = taken.as_ref().map(|input| input.name.clone()).unwrap_or_default();
                    record.append_failure(name, code, text);
                }
            }
            record.advance_picture(now_ms);
            record.lease_until_ms = now_ms + self.bounds.lease_ms;
            Ok(taken)
        });
        match stored {
            Ok((_, taken)) => {
                taken.iter().for_each(|input| self.erase_input(input));
                self.ledger.renew(lease, now_ms + self.bounds.lease_ms)
            }
            Err(error) => {
                if matches!(error, QueueError::LeaseLost) {
                    keys.iter().for_each(|key| drop(self.store.delete(key)));
                }
                Err(error)
            }
        }
    }

    fn finish(&self, lease: &Lease, result_type: &str, now_ms: i64) -> Result<(), QueueError> {
        self.end(lease, |record| {
            record.end(State::Done, now_ms);
            record.job.progress = 1.0;
            record.job.result_type = Some(result_type.to_owned());
        })
    }

    fn fail(&self, lease: &Lease, code: &str, text: &str, now_ms: i64) -> Result<(), QueueError> {
        self.end(lease, |record| {
            record.end(State::Failed, now_ms);
            record.job.error = Some((code.to_owned(), text.to_owned()));
        })
    }

    fn release(&self, lease: &Lease, now_ms: i64) -> Result<(), QueueError> {
        self.change_leased(lease, |record| {
            record.release(now_ms);
            Ok(())
        })?;
        self.ledger.give_back(&lease.job, &lease.token, false)
    }
}
