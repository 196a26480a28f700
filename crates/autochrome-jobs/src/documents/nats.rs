//! Documents in NATS JetStream, for servers and workers on any machines.
//!
//! Workers are told of jobs by a work-queue stream: a message is the id of a job, acknowledged when the job is over. Signs of life
//! are progress acknowledgements; a worker that gives none for the time of a lease is silent, and the message goes to another. A
//! server that is killed remembers what it was told some time before: messages come again that were acknowledged, or are missing.
//! Documents are values of a key-value bucket, replaced only at the revision that was read. Pictures that were started too often
//! without finishing are published to a dead-letter stream.
//!
//! A request whose answer is lost may have been carried out. It is sent again; that it was carried out the first time shows in
//! the name of the change that the document holds.

mod view;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::{AckKind, PublishMessage, StreamMessage};
use async_nats::jetstream::stream::{
    Config as StreamConfig, DiscardPolicy, LastRawMessageErrorKind, RetentionPolicy, Stream,
};
use async_nats::jetstream::{Context, Message};
use async_nats::{ConnectOptions, HeaderMap};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use self::view::View;
use super::{Claim, DocumentQueue, Ledger, Offer, Record};
use crate::network::Network;
use crate::queue::random_name;
use crate::{Bounds, Event, Kind, Lease, News, QueueError, Store};

/// Changes of a job that are kept: what a listener can hear who comes late.
const HISTORY: i64 = 64;
/// How long a single request may take.
const REQUEST: Duration = Duration::from_secs(2);
/// How long to wait after one that failed.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a message is given back whose document is not there.
const MISSES: i64 = 20;
/// Dead letters that are kept.
const DEAD: i64 = 10_000;
/// The header that says that a key was deleted.
const OPERATION: &str = "KV-Operation";

/// Where a queue is and how it is used.
#[derive(Clone, Debug)]
pub struct NatsOptions {
    /// `nats://` or `tls://`, with user and password or a token where the server asks for them.
    pub url: String,
    /// Name of the queue; several may share a server.
    pub name: String,
    /// How long a worker waits for a job before it looks around.
    pub poll: Duration,
    /// How long to try while the server does not answer.
    pub patience: Duration,
}

impl NatsOptions {
    /// What a URL says; its path is the name of the queue, `autochrome` without one.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("nats", url));
        let (place, name) = rest.split_once('/').unwrap_or((rest, ""));
        Self {
            url: format!("{scheme}://{place}"),
            name: if name.is_empty() { "autochrome".to_owned() } else { name.to_owned() },
            poll: Duration::from_secs(1),
            patience: Duration::from_secs(10),
        }
    }
}

/// Jobs in NATS JetStream and their pictures in a store.
pub type NatsQueue = DocumentQueue<NatsLedger>;

impl NatsQueue {
    /// Connects, and makes what the queue needs where it is not there. Blocks; not for threads on which others wait.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] when the server does not answer, or has no JetStream.
    pub fn connect(
        network: &Network,
        options: &NatsOptions,
        store: Arc<dyn Store>,
        bounds: Bounds,
    ) -> Result<Self, QueueError> {
        let ledger = network.wait(NatsLedger::connect(network.clone(), options, bounds))?;
        Ok(Self { ledger, store, bounds })
    }
}

/// Documents in NATS JetStream.
pub struct NatsLedger {
    network: Network,
    context: Context,
    jobs: Stream,
    /// Who is told of which jobs: a film that was begun goes before one that waits.
    consumers: [(&'static str, Consumer<pull::Config>); 3],
    documents: Stream,
    view: View,
    options: NatsOptions,
    /// Messages of jobs in hand, by token.
    in_hand: Mutex<HashMap<String, Message>>,
}

/// Why a request did not do what it should.
enum Trouble {
    /// It may work when it is sent again.
    Passing(String),
    Lasting(QueueError),
}

impl From<Trouble> for QueueError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Passing(why) => Self::Unavailable(why),
            Trouble::Lasting(error) => error,
        }
    }
}

fn unavailable(error: impl std::fmt::Display) -> QueueError {
    QueueError::Unavailable(error.to_string())
}

fn passing(error: impl std::fmt::Display) -> Trouble {
    Trouble::Passing(error.to_string())
}

/// What a document is read from; one that this program does not understand is of another version.
fn parse<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, QueueError> {
    serde_json::from_slice(bytes).map_err(|error| QueueError::Damaged(error.to_string()))
}

fn text<T: Serialize>(value: &T) -> Result<Vec<u8>, QueueError> {
    serde_json::to_vec(value).map_err(|error| QueueError::Damaged(error.to_string()))
}

/// Workers that take pictures.
const PICTURES: &str = "pictures";
/// Workers that take films.
const FILMS: &str = "films";
/// Workers that take segments of films.
const SEGMENTS: &str = "segments";

/// The group of workers that take jobs of this kind.
fn group(kind: Kind) -> &'static str {
    match kind {
        Kind::Image | Kind::Batch => PICTURES,
        Kind::Video => FILMS,
        Kind::Segment => SEGMENTS,
    }
}

fn is_deleted(message: &StreamMessage) -> bool {
    message.headers.get(OPERATION).is_some()
}

fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// What stands before the bytes of a preview.
#[derive(Deserialize, Serialize)]
struct Caption {
    file: u32,
    name: String,
}

impl NatsLedger {
    async fn connect(network: Network, options: &NatsOptions, bounds: Bounds) -> Result<Self, QueueError> {
        let delay = |attempts: usize| Duration::from_millis(100 << attempts.min(4));
        let client = ConnectOptions::new()
            .name("autochrome")
            .max_reconnects(None)
            .reconnect_delay_callback(delay)
            .request_timeout(Some(REQUEST))
            .connect(&options.url)
            .await
            .map_err(unavailable)?;
        let mut context = async_nats::jetstream::new(client);
        context.set_timeout(REQUEST);
        let name = options.name.clone();
        let upper = name.to_ascii_uppercase();
        let jobs = context
            .get_or_create_stream(StreamConfig {
                name: format!("{upper}_JOBS"),
                subjects: vec![format!("{name}.jobs.>")],
                retention: RetentionPolicy::WorkQueue,
                ..StreamConfig::default()
            })
            .await
            .map_err(unavailable)?;
        let consumer = async |group: &str| {
            let config = pull::Config {
                durable_name: Some(group.to_owned()),
                filter_subject: format!("{name}.jobs.{group}"),
                ack_policy: AckPolicy::Explicit,
                ack_wait: Duration::from_millis(bounds.lease_ms.unsigned_abs()),
                // The document counts for each picture how often it was begun; a batch that goes on may be told of more often.
                max_deliver: -1,
                ..pull::Config::default()
            };
            jobs.create_consumer(config).await.map_err(unavailable)
        };
        let consumers = [
            (PICTURES, consumer(PICTURES).await?),
            (SEGMENTS, consumer(SEGMENTS).await?),
            (FILMS, consumer(FILMS).await?),
        ];
        context
            .get_or_create_stream(StreamConfig {
                name: format!("{upper}_DEAD"),
                subjects: vec![format!("{name}.dead.>")],
                max_messages: DEAD,
                ..StreamConfig::default()
            })
            .await
            .map_err(unavailable)?;
        // As any client would make a bucket; the client's own way asks servers before 2.10 for what they do not tell.
        context
            .get_or_create_stream(StreamConfig {
                name: format!("KV_{name}"),
                subjects: vec![format!("$KV.{name}.>")],
                max_messages_per_subject: HISTORY,
                discard: DiscardPolicy::New,
                allow_rollup: true,
                allow_direct: true,
                deny_delete: true,
                ..StreamConfig::default()
            })
            .await
            .map_err(unavailable)?;
        let bucket = context.get_key_value(&name).await.map_err(unavailable)?;
        let documents = bucket.stream.clone();
        let view = View::new(bucket);
        let in_hand = Mutex::default();
        Ok(Self { network, context, jobs, consumers, documents, view, options: options.clone(), in_hand })
    }

    fn in_hand(&self) -> MutexGuard<'_, HashMap<String, Message>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn job_subject(&self, id: &str) -> String {
        format!("$KV.{}.{id}.job", self.options.name)
    }

    fn claim_subject(&self, name: &str) -> String {
        format!("$KV.{}.claim.{name}", self.options.name)
    }

    /// Tries until it works, it cannot, or patience is at an end.
    fn persist<T>(&self, mut attempt: impl AsyncFnMut() -> Result<T, Trouble>) -> Result<T, QueueError> {
        self.network.wait(async {
            let end = Instant::now() + self.options.patience;
            loop {
                match attempt().await {
                    Err(Trouble::Passing(_)) if Instant::now() < end => sleep(PAUSE).await,
                    done => return done.map_err(QueueError::from),
                }
            }
        })
    }

    /// The latest value of a subject with its revision. The leader is asked, so that nobody reads what was replaced before.
    async fn latest(&self, subject: &str) -> Result<Option<(StreamMessage, u64)>, Trouble> {
        match self.documents.get_last_raw_message_by_subject(subject).await {
            Ok(message) => {
                let revision = message.sequence;
                Ok(Some((message, revision)))
            }
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(passing(error)),
        }
    }

    /// Publishes and waits until it is stored.
    async fn publish(
        &self,
        subject: &str,
        message: PublishMessage,
    ) -> Result<u64, (PublishErrorKind, String)> {
        let told = |error: async_nats::jetstream::context::PublishError| (error.kind(), error.to_string());
        let sent = self.context.send_publish(subject.to_owned(), message).await.map_err(told)?;
        sent.await.map(|ack| ack.sequence).map_err(told)
    }

    /// Writes a value at the revision that it has, 0 for none; `None` when somebody else was first. `is_ours` knows a value that
    /// this call wrote, though the answer was lost.
    fn put(
        &self,
        subject: &str,
        value: &[u8],
        revision: u64,
        is_ours: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<u64>, QueueError> {
        let mut tries = 0;
        self.persist(async || {
            let message = PublishMessage::build()
                .payload(value.to_vec().into())
                .expected_last_subject_sequence(revision);
            tries += 1;
            match self.publish(subject, message).await {
                Ok(sequence) => Ok(Some(sequence)),
                Err((PublishErrorKind::WrongLastSequence, _)) if tries == 1 => Ok(None),
                Err((PublishErrorKind::WrongLastSequence, _)) => {
                    let latest = self.latest(subject).await?;
                    Ok(latest.filter(|(message, _)| is_ours(&message.payload)).map(|(_, revision)| revision))
                }
                Err((PublishErrorKind::MaxPayloadExceeded, why)) => Err(Trouble::Lasting(unavailable(why))),
                Err((_, why)) => Err(Trouble::Passing(why)),
            }
        })
    }

    fn put_record(&self, record: &Record, revision: u64) -> Result<bool, QueueError> {
        let is_ours = |bytes: &[u8]| parse::<Record>(bytes).is_ok_and(|other| other.change == record.change);
        let subject = self.job_subject(&record.job.id);
        let written = self.put(&subject, &text(record)?, revision, is_ours)?;
        written.iter().for_each(|revision| self.view.wrote(*revision));
        Ok(written.is_some())
    }

    /// The next message of a group, waiting for one as long as `wait`.
    async fn next_message(
        &self,
        consumer: &Consumer<pull::Config>,
        wait: Duration,
    ) -> Result<Option<Message>, QueueError> {
        let asked = consumer.batch().max_messages(1).expires(wait).messages().await;
        let mut messages = asked.map_err(unavailable)?;
        messages.next().await.transpose().map_err(unavailable)
    }
}

impl Ledger for NatsLedger {
    fn claim(&self, name: &str) -> Result<Option<(Claim, u64)>, QueueError> {
        let subject = self.claim_subject(name);
        let latest = self.persist(async || self.latest(&subject).await)?;
        latest.map(|(message, revision)| Ok((parse(&message.payload)?, revision))).transpose()
    }

    fn put_claim(&self, name: &str, claim: &Claim, revision: u64) -> Result<bool, QueueError> {
        let is_ours = |bytes: &[u8]| parse::<Claim>(bytes).is_ok_and(|other| other.id == claim.id);
        Ok(self.put(&self.claim_subject(name), &text(claim)?, revision, is_ours)?.is_some())
    }

    fn announce(&self, id: &str, kind: Kind, name: &str) -> Result<u64, QueueError> {
        let subject = format!("{}.jobs.{}", self.options.name, group(kind));
        self.persist(async || {
            // Named, so that one that is sent again is stored once.
            let message = PublishMessage::build().payload(id.to_owned().into()).message_id(name);
            self.publish(&subject, message).await.map_err(|(_, why)| Trouble::Passing(why))
        })
    }

    fn told(&self, kind: Kind) -> Result<Option<u64>, QueueError> {
        let consumer = self.consumers.iter().find(|(name, _)| *name == group(kind));
        let Some((_, consumer)) = consumer else { return Ok(None) };
        let info = self.persist(async || consumer.get_info().await.map_err(passing))?;
        Ok(Some(if info.num_pending == 0 { u64::MAX } else { info.delivered.stream_sequence }))
    }

    fn create(&self, record: &Record) -> Result<(), QueueError> {
        if self.put_record(record, 0)? { Ok(()) } else { Err(unavailable("the id of a new job is taken")) }
    }

    fn load(&self, id: &str) -> Result<Option<(Record, u64)>, QueueError> {
        // Ids come from strangers too; only such as we give may stand in a subject.
        if !id.bytes().all(|byte| byte.is_ascii_hexdigit()) || id.is_empty() {
            return Ok(None);
        }
        let subject = self.job_subject(id);
        match self.persist(async || self.latest(&subject).await)? {
            Some((message, revision)) if !is_deleted(&message) => {
                Ok(Some((parse(&message.payload)?, revision)))
            }
            _ => Ok(None),
        }
    }

    fn replace(&self, record: &Record, revision: u64) -> Result<bool, QueueError> {
        self.put_record(record, revision)
    }

    fn erase(&self, record: &Record) -> Result<(), QueueError> {
        self.withdraw(record)?;
        let name = &self.options.name;
        let mut subjects = vec![format!("$KV.{name}.{}.preview.>", record.job.id)];
        subjects.extend(record.claim.as_deref().map(|claim| self.claim_subject(claim)));
        self.persist(async || {
            for subject in &subjects {
                self.documents.purge().filter(subject).await.map_err(passing)?;
            }
            // Others' views learn of it by this, which takes the place of everything before.
            let mut headers = HeaderMap::new();
            headers.insert(OPERATION, "PURGE");
            headers.insert("Nats-Rollup", "sub");
            let message = PublishMessage::build().headers(headers);
            let subject = self.job_subject(&record.job.id);
            let revision = self.publish(&subject, message).await.map_err(|(_, why)| Trouble::Passing(why))?;
            self.view.wrote(revision);
            Ok(())
        })
    }

    fn withdraw(&self, record: &Record) -> Result<(), QueueError> {
        // It may be gone already; whoever gets it all the same finds that the job is over.
        let _ = self.network.wait(self.jobs.delete_message(record.ticket));
        Ok(())
    }

    fn visit(&self, look: &mut dyn FnMut(&Record)) -> Result<(), QueueError> {
        self.view.visit(&self.network, look)
    }

    fn offer(
        &self,
        kinds: &[Kind],
        token: &str,
        _now_ms: i64,
        _until_ms: i64,
    ) -> Result<Option<Offer>, QueueError> {
        for (name, consumer) in &self.consumers {
            if !kinds.iter().any(|kind| group(*kind) == *name) {
                continue;
            }
            let next = self.network.wait(self.next_message(consumer, self.options.poll))?;
            if let Some(message) = next {
                let id = String::from_utf8_lossy(&message.payload).into_owned();
                let ticket = message.info().map_err(unavailable)?.stream_sequence;
                self.in_hand().insert(token.to_owned(), message);
                return Ok(Some(Offer { id, ticket }));
            }
        }
        Ok(None)
    }

    fn renew(&self, lease: &Lease, _until_ms: i64) -> Result<(), QueueError> {
        let message = self.in_hand().get(&lease.token).cloned();
        let Some(message) = message else { return Err(QueueError::LeaseLost) };
        // One that is lost is followed by the next.
        let _ = self.network.wait(message.ack_with(AckKind::Progress));
        Ok(())
    }

    fn settle(&self, token: &str) -> Result<(), QueueError> {
        let message = self.in_hand().remove(token);
        if let Some(message) = message {
            // Where it is lost, whoever gets the message next finds that the job is over.
            let _ = self.network.wait(message.ack());
        }
        Ok(())
    }

    fn give_back(&self, _id: &str, token: &str, is_missing: bool) -> Result<(), QueueError> {
        let message = self.in_hand().remove(token);
        if let Some(message) = message {
            let times = message.info().map_or(1, |info| info.delivered);
            let kind = match is_missing {
                false => AckKind::Nak(None),
                // Its document comes in a moment, or never.
                true if times < MISSES => AckKind::Nak(Some(Duration::from_millis(20 << times.clamp(0, 6)))),
                true => AckKind::Term,
            };
            let _ = self.network.wait(message.ack_with(kind));
        }
        Ok(())
    }

    fn postpone(&self, token: &str, wait_ms: i64) -> Result<(), QueueError> {
        let message = self.in_hand().remove(token);
        if let Some(message) = message {
            let wait = Duration::from_millis(wait_ms.unsigned_abs());
            let _ = self.network.wait(message.ack_with(AckKind::Nak(Some(wait))));
        }
        Ok(())
    }

    fn forget(&self, token: &str) {
        self.in_hand().remove(token);
    }

    fn bury(&self, id: &str, file: u32, name: &str) -> Result<(), QueueError> {
        let subject = format!("{}.dead.{id}", self.options.name);
        let value = serde_json::json!({"job": id, "file": file, "name": name});
        let once = random_name()?;
        self.persist(async || {
            let message = PublishMessage::build().payload(value.to_string().into()).message_id(&once);
            self.publish(&subject, message).await.map(drop).map_err(|(_, why)| Trouble::Passing(why))
        })
    }

    fn preview(&self, id: &str, file: u32, name: &str, bytes: &[u8]) -> Result<(), QueueError> {
        let subject = format!("$KV.{}.{id}.preview.{file}", self.options.name);
        let mut value = text(&Caption { file, name: name.to_owned() })?;
        value.push(b'\n');
        value.extend(bytes);
        // One that is lost was not looked at.
        let message = PublishMessage::build().payload(value.into());
        let sent = self.network.wait(self.publish(&subject, message));
        sent.map(drop).map_err(|(_, why)| QueueError::Unavailable(why))
    }

    fn history(&self, id: &str, after: i64) -> Result<Vec<Event>, QueueError> {
        let subject = format!("$KV.{}.{id}.>", self.options.name);
        let (mut events, mut next) = (Vec::new(), u64::try_from(after).unwrap_or(0) + 1);
        loop {
            let message = self.persist(async || {
                let asked = self.documents.raw_message_builder().sequence(next).next_by_subject(&subject);
                match asked.send().await {
                    Ok(message) => Ok(Some(message)),
                    Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
                    Err(error) => Err(passing(error)),
                }
            })?;
            let Some(message) = message else { return Ok(events) };
            next = message.sequence + 1;
            events.extend(event(&message));
            if let Some(Event { news: News::Preview { file: last, .. }, .. }) = events.last() {
                let last = *last;
                let place = events.len() - 1;
                let mut at = 0;
                events.retain(|event| {
                    at += 1;
                    !(at <= place && matches!(event.news, News::Preview { file, .. } if file == last))
                });
            }
        }
    }

    fn tidy(&self) -> Result<(), QueueError> {
        for key in self.view.take_old_tombstones() {
            let subject = format!("$KV.{}.{key}", self.options.name);
            self.persist(async || self.documents.purge().filter(&subject).await.map_err(passing))?;
        }
        Ok(())
    }

    fn waits(&self) -> bool {
        true
    }
}

/// What a value of a job tells listeners.
fn event(message: &StreamMessage) -> Option<Event> {
    if is_deleted(message) {
        return None;
    }
    let number = number(message.sequence);
    if message.subject.ends_with(".job") {
        return parse::<Record>(&message.payload).ok()?.event(number);
    }
    let end = message.payload.iter().position(|byte| *byte == b'\n')?;
    let Caption { file, name } = parse(&message.payload[..end]).ok()?;
    let bytes = message.payload[end + 1..].to_vec();
    Some(Event { number, news: News::Preview { file, name, bytes } })
}
