//! Documents in memory: for a server that leaves nothing on the disk, and gone when it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Claim, DocumentQueue, Ledger, Offer, Record};
use crate::store::MemoryStore;
use crate::{Bounds, Event, Kind, Lease, News, QueueError};

/// Jobs in memory, for the threads of one process.
pub type MemoryQueue = DocumentQueue<MemoryLedger>;

impl MemoryQueue {
    /// An empty queue.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { ledger: MemoryLedger::default(), store: Arc::new(MemoryStore::default()), bounds }
    }
}

/// Documents in memory.
#[derive(Default)]
pub struct MemoryLedger(Mutex<Contents>);

#[derive(Default)]
struct Contents {
    records: HashMap<String, Entry>,
    claims: HashMap<String, (Claim, u64)>,
    /// Counts revisions, tickets and events.
    last: u64,
}

struct Entry {
    record: Record,
    revision: u64,
    /// Until when nobody is told of it: its worker counts as silent then.
    until_ms: i64,
    events: Vec<Event>,
}

impl Contents {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

fn number(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}

impl MemoryLedger {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for MemoryLedger {
    fn claim(&self, name: &str) -> Result<Option<(Claim, u64)>, QueueError> {
        Ok(self.contents().claims.get(name).cloned())
    }

    fn put_claim(&self, name: &str, claim: &Claim, revision: u64) -> Result<bool, QueueError> {
        let mut contents = self.contents();
        if contents.claims.get(name).map_or(0, |(_, revision)| *revision) != revision {
            return Ok(false);
        }
        let next = contents.next();
        contents.claims.insert(name.to_owned(), (claim.clone(), next));
        Ok(true)
    }

    fn announce(&self, _id: &str, _kind: Kind, _name: &str) -> Result<u64, QueueError> {
        Ok(self.contents().next())
    }

    fn told(&self, _kind: Kind) -> Result<Option<u64>, QueueError> {
        Ok(None)
    }

    fn create(&self, record: &Record) -> Result<(), QueueError> {
        let mut contents = self.contents();
        let revision = contents.next();
        let events = record.event(number(revision)).into_iter().collect();
        let entry = Entry { record: record.clone(), revision, until_ms: 0, events };
        contents.records.insert(record.job.id.clone(), entry);
        Ok(())
    }

    fn load(&self, id: &str) -> Result<Option<(Record, u64)>, QueueError> {
        Ok(self.contents().records.get(id).map(|entry| (entry.record.clone(), entry.revision)))
    }

    fn replace(&self, record: &Record, revision: u64) -> Result<bool, QueueError> {
        let mut contents = self.contents();
        let next = contents.next();
        match contents.records.get_mut(&record.job.id) {
            Some(entry) if entry.revision == revision => {
                entry.record = record.clone();
                entry.revision = next;
                entry.events.extend(record.event(number(next)));
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn erase(&self, record: &Record) -> Result<(), QueueError> {
        let mut contents = self.contents();
        contents.records.remove(&record.job.id);
        if let Some(name) = &record.claim {
            contents.claims.remove(name);
        }
        Ok(())
    }

    fn withdraw(&self, _record: &Record) -> Result<(), QueueError> {
        Ok(())
    }

    fn visit(&self, look: &mut dyn FnMut(&Record)) -> Result<(), QueueError> {
        self.contents().records.values().for_each(|entry| look(&entry.record));
        Ok(())
    }

    fn offer(
        &self,
        kinds: &[Kind],
        _token: &str,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<Option<Offer>, QueueError> {
        let mut contents = self.contents();
        let waits = |entry: &&mut Entry| {
            let job = &entry.record.job;
            !job.state.is_over() && entry.until_ms <= now_ms && kinds.contains(&job.kind)
        };
        let next = contents.records.values_mut().filter(waits).min_by_key(|entry| entry.record.ticket);
        Ok(next.map(|entry| {
            entry.until_ms = until_ms;
            Offer { id: entry.record.job.id.clone(), ticket: entry.record.ticket }
        }))
    }

    fn renew(&self, lease: &Lease, until_ms: i64) -> Result<(), QueueError> {
        if let Some(entry) = self.contents().records.get_mut(&lease.job) {
            entry.until_ms = until_ms;
        }
        Ok(())
    }

    fn settle(&self, _token: &str) -> Result<(), QueueError> {
        Ok(())
    }

    fn give_back(&self, id: &str, _token: &str, _is_missing: bool) -> Result<(), QueueError> {
        if let Some(entry) = self.contents().records.get_mut(id) {
            entry.until_ms = 0;
        }
        Ok(())
    }

    fn postpone(&self, _token: &str, _wait_ms: i64) -> Result<(), QueueError> {
        // Nothing is forgotten here, so nobody is told of a job whose worker is alive.
        Ok(())
    }

    fn forget(&self, _token: &str) {}

    fn bury(&self, _id: &str, _file: u32, _name: &str) -> Result<(), QueueError> {
        Ok(())
    }

    fn preview(&self, id: &str, file: u32, name: &str, bytes: &[u8]) -> Result<(), QueueError> {
        let mut contents = self.contents();
        let number = number(contents.next());
        if let Some(entry) = contents.records.get_mut(id) {
            let is_earlier =
                |event: &Event| matches!(event.news, News::Preview { file: other, .. } if other == file);
            entry.events.retain(|event| !is_earlier(event));
            let news = News::Preview { file, name: name.to_owned(), bytes: bytes.to_vec() };
            entry.events.push(Event { number, news });
        }
        Ok(())
    }

    fn history(&self, id: &str, after: i64) -> Result<Vec<Event>, QueueError> {
        let contents = self.contents();
        let events = contents.records.get(id).map(|entry| entry.events.as_slice()).unwrap_or_default();
        Ok(events.iter().filter(|event| event.number > after).cloned().collect())
    }

    fn waits(&self) -> bool {
        false
    }
}
