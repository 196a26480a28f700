//! All documents, as this process has heard of them: lists and counts need all, and asking for each would take long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::kv::{Operation, Store};
use futures_util::StreamExt as _;
use tokio::time::sleep;

use super::{parse, unavailable};
use crate::QueueError;
use crate::documents::Record;
use crate::network::Network;

/// How long whoever looks waits for what was written before.
const WAIT: Duration = Duration::from_secs(5);
/// How often to look whether it has come.
const LOOK: Duration = Duration::from_millis(2);
/// How long to wait after a watch that broke off.
const AGAIN: Duration = Duration::from_millis(500);
/// How long the news that a job was forgotten is kept for views of other processes.
const FORGET: Duration = Duration::from_secs(3600);
/// Keys of the documents of jobs.
const KEYS: &str = "*.job";

/// All documents of a bucket.
pub(super) struct View {
    bucket: Store,
    seen: Arc<Mutex<Seen>>,
    /// Held by the first who looks, until the watch has begun.
    begun: tokio::sync::Mutex<bool>,
}

#[derive(Default)]
struct Seen {
    records: HashMap<String, Record>,
    /// Keys of jobs that were forgotten.
    gone: HashMap<String, Instant>,
    /// The latest revision that came.
    revision: u64,
    /// The latest revision that this process knows of otherwise.
    written: u64,
}

impl Seen {
    /// Notes what was done with a key.
    fn note(&mut self, key: String, operation: Operation, value: &[u8]) {
        let id = key.trim_end_matches(".job");
        match operation {
            Operation::Put => match parse::<Record>(value) {
                Ok(record) => drop(self.records.insert(id.to_owned(), record)),
                // Of another version: nothing is known of it, and it is not gone.
                Err(_) => drop(self.records.remove(id)),
            },
            Operation::Delete | Operation::Purge => {
                self.records.remove(id);
                self.gone.insert(key, Instant::now());
            }
        }
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl View {
    pub fn new(bucket: Store) -> Self {
        Self { bucket, seen: Arc::default(), begun: tokio::sync::Mutex::new(false) }
    }

    /// Notes a revision that whoever looks next must see.
    pub fn wrote(&self, revision: u64) {
        let mut seen = lock(&self.seen);
        seen.written = seen.written.max(revision);
    }

    /// Looks at every document, those that this process wrote among them.
    pub fn visit(&self, network: &Network, look: &mut dyn FnMut(&Record)) -> Result<(), QueueError> {
        network.wait(self.catch_up(network))?;
        lock(&self.seen).records.values().for_each(look);
        Ok(())
    }

    async fn catch_up(&self, network: &Network) -> Result<(), QueueError> {
        let mut begun = self.begun.lock().await;
        if !*begun {
            let subject = format!("$KV.{}.{KEYS}", self.bucket.name);
            // Without any document there is none to wait for.
            if let Ok(last) = self.bucket.stream.get_last_raw_message_by_subject(&subject).await {
                self.wrote(last.sequence);
            }
            network.spawn(watch(self.bucket.clone(), Arc::clone(&self.seen)));
            *begun = true;
        }
        drop(begun);
        let end = Instant::now() + WAIT;
        loop {
            {
                let seen = lock(&self.seen);
                if seen.revision >= seen.written {
                    return Ok(());
                }
            }
            if Instant::now() > end {
                return Err(unavailable("it does not tell what it holds"));
            }
            sleep(LOOK).await;
        }
    }

    /// Keys of jobs that were forgotten so long ago that every process knows.
    pub fn take_old_tombstones(&self) -> Vec<String> {
        let mut seen = lock(&self.seen);
        let old = seen.gone.iter().filter(|(_, at)| at.elapsed() > FORGET).map(|(key, _)| key.clone());
        let old: Vec<String> = old.collect();
        seen.gone.retain(|key, _| !old.contains(key));
        old
    }
}

/// Hears of documents for as long as the process runs.
async fn watch(bucket: Store, seen: Arc<Mutex<Seen>>) {
    loop {
        if let Ok(mut entries) = bucket.watch_with_history(KEYS).await {
            while let Some(Ok(entry)) = entries.next().await {
                let mut seen = lock(&seen);
                seen.revision = seen.revision.max(entry.revision);
                seen.note(entry.key, entry.operation, &entry.value);
            }
        }
        sleep(AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_cannot_be_read_is_not_taken_for_a_deleted_one() {
        let mut seen = Seen::default();
        seen.note("a.job".to_owned(), Operation::Put, b"of a later version");
        assert!(seen.gone.is_empty());
        seen.note("a.job".to_owned(), Operation::Delete, b"");
        seen.note("b.job".to_owned(), Operation::Purge, b"");
        assert_eq!(seen.gone.len(), 2);
    }
}
