//! The web app and the HTTP API of Autochrome: one process, nothing leaves the machine.
//!
//! [`Server::bind`] takes the address, [`Server::run`] answers until it is told to stop and then finishes what it has begun.
//!
//! # Concurrency
//!
//! Network threads only move bytes. Pictures are worked on by a fixed pool ([`Config::workers`]) behind a bounded queue
//! ([`Config::waiting`]). A request takes a place there when its body has arrived, so that slow clients keep nobody out; one that
//! finds no place is answered 503, before its body is read where that is known. Work whose client has gone ends early.
//!
//! # Who may ask
//!
//! Without keys the server listens on this machine alone, unless [`Config::allow_anonymous`] is set. The file of keys is looked at
//! with every request, so that a key works as soon as it is made and no longer when it is revoked. Pages of other sites are
//! refused by `Origin`, and on this machine alone by `Host` too.

mod accept;
mod app;
mod archive;
mod arrival;
mod assets;
mod backup;
mod callers;
#[cfg(feature = "otel")]
mod collector;
mod connections;
mod cost;
mod film_jobs;
mod film_segments;
mod films;
mod guard;
mod intake;
mod jobs;
mod keys;
mod log;
mod memories;
mod metrics;
mod openapi;
mod pictures;
mod problem;
mod queue_place;
mod ranges;
mod refusal;
mod routes;
mod shares;
mod studio;
mod trace;
mod worker;
mod worker_pool;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use autochrome::{Budget, Limits};
use tokio::net::TcpListener;

pub use assets::has_app;
pub use backup::{back_up_jobs, restore_jobs};
pub use keys::Keys;
pub use log::{LogFormat, Logging, start_log};
pub use queue_place::QueuePlace;
pub use refusal::Refusal;
pub use tracing_subscriber::filter::{LevelFilter as LogLevel, Targets as LogLevels};
pub use worker::{WorkerConfig, work};

use crate::app::{App, router};
use crate::arrival::{Arrivals, Pace};
use crate::callers::Callers;
use crate::connections::Manners;
use crate::films::Films;
use crate::jobs::Jobs;
use crate::keys::Keyring;
use crate::memories::MemoryStore;
use crate::metrics::Metrics;
use crate::pictures::Pictures;
use crate::studio::Studio;
use crate::worker_pool::WorkerPool;

/// Longest time that finishing begun requests may take when the server stops.
const DRAIN: Duration = Duration::from_secs(60);

/// How long a body may take before its rate counts.
const GRACE: Duration = Duration::from_secs(10);

/// How often pictures and films are looked at that nobody asked for.
const TIDY: Duration = Duration::from_secs(30);

/// How long threads that are in the middle of something may go on after that.
const LINGER: Duration = Duration::from_millis(200);

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on; port 0 takes any that is free.
    pub bind: SocketAddr,
    /// Folder for jobs and their results, films and memories.
    pub data_dir: PathBuf,
    /// Where jobs wait.
    pub queue: QueuePlace,
    /// Whether this process works on jobs too; otherwise others must.
    pub works: bool,
    /// Threads that work on pictures.
    pub workers: usize,
    /// Requests that may wait for a worker.
    pub waiting: usize,
    /// What a file may cost.
    pub limits: Limits,
    /// Bytes that pictures in work may take together; one larger picture then goes alone.
    pub memory_bytes: u64,
    /// File of the keys that are accepted; it need not exist.
    pub keys: PathBuf,
    /// Whether everybody may ask from other machines too.
    pub allow_anonymous: bool,
    /// Pictures that a caller may send in a minute; `None` means 120 from other machines and no bound from this one.
    pub rate_per_minute: Option<u32>,
    /// Requests of a caller that are answered at once; `None` means 8 from other machines and no bound from this one.
    pub concurrency: Option<u32>,
    /// Share of the places, of the connections and of the memory for bodies that one caller may hold, in percent; `None` means 50
    /// from other machines and no bound from this one.
    pub share_percent: Option<u8>,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub header_timeout: Duration,
    /// How long the body of a request may take in all.
    pub body_timeout: Duration,
    /// Bytes of a body that must come in a second, on the whole, after the first ten seconds.
    pub least_rate: u64,
    /// Connections at once.
    pub connections: usize,
    /// Bytes of bodies that may be in memory at once, on their way in or in work.
    pub arriving_bytes: u64,
    /// Bytes that pictures may take which are sent once and coloured by their id.
    pub picture_bytes: usize,
    /// How long jobs are kept after their end.
    pub keep: Duration,
    /// Files that a batch may have.
    pub max_files: usize,
    /// Bytes that a batch may have.
    pub max_batch_bytes: u64,
    /// Folder whose films may be named instead of sent.
    pub media_dir: Option<PathBuf>,
    /// Bytes that a film may have which is sent; all that are kept may have ten times as much.
    pub most_film_bytes: u64,
    /// Content of a weights file that takes the place of the built-in default.
    pub weights: Option<Vec<u8>>,
}

impl Config {
    /// Port 8080 of this machine, a worker a core, files of 64 MB and pictures of 64 megapixels.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: data_dir.to_owned(),
            queue: QueuePlace::Folder,
            works: true,
            workers,
            waiting: 4 * workers,
            limits: Limits { max_pixels: 64_000_000, max_bytes: 64_000_000, ..Limits::default() },
            memory_bytes: Budget::DEFAULT_BYTES,
            keys: data_dir.join("keys"),
            allow_anonymous: false,
            rate_per_minute: None,
            concurrency: None,
            share_percent: None,
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(15 * 60),
            least_rate: 4096,
            connections: 512,
            arriving_bytes: 768_000_000,
            picture_bytes: 512_000_000,
            keep: Duration::from_secs(24 * 3600),
            max_files: 200,
            max_batch_bytes: 256_000_000,
            media_dir: None,
            most_film_bytes: 4_000_000_000,
            weights: None,
        }
    }
}

/// Why a server does not start or ends early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Everybody could ask.
    #[error(
        "{0} can be reached from other machines; make a key with `autochrome keys create NAME`, or say --allow-anonymous"
    )]
    Open(SocketAddr),
    /// The operating system refused.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// The file of keys is damaged or cannot be written.
    #[error("keys: {0}; mend or delete the file")]
    Keys(String),
    /// A name that is not one word.
    #[error("`{0}` is not a name for a key; use up to 64 letters, digits, and - _ .")]
    KeyName(String),
    /// A name that a key has already.
    #[error("there is a key `{0}` already; revoke it first, or choose another name")]
    KeyExists(String),
    /// A name that no key has.
    #[error("there is no key `{0}`; `autochrome keys list` shows which there are")]
    UnknownKey(String),
    /// No key can be made.
    #[error("the system gives no random numbers")]
    NoRandomNumbers,
    /// Another server works in the folder.
    #[error("another server uses {}; stop it or choose another --data-dir", .0.display())]
    InUse(PathBuf),
    /// The queue of jobs is damaged.
    #[error("{0}")]
    Jobs(String),
    /// A file that would be lost.
    #[error("{} exists; choose another name, or say --overwrite where there is one", .0.display())]
    Exists(PathBuf),
    /// What is asked for is not in this build.
    #[error("this program was built without {0}; build it with `--features nats`")]
    LeftOut(&'static str),
    /// The default method cannot be opened.
    #[error("{0}")]
    Model(String),
}

/// A server that listens but does not answer yet.
pub struct Server {
    listener: TcpListener,
    manners: Manners,
    works: bool,
    app: Arc<App>,
}

impl Server {
    /// Takes the address and opens the default model.
    ///
    /// # Errors
    /// When everybody could ask, the address is taken, or the weights cannot be used.
    pub async fn bind(config: Config) -> Result<Self, ServeError> {
        let local = config.bind.ip().is_loopback();
        let keys = Keyring::open(&config.keys)?;
        let no_keys = keys.with_current(|keys| keys.names().next().is_none())?;
        if !local && no_keys && !config.allow_anonymous {
            return Err(ServeError::Open(config.bind));
        }
        let io = |what: String| move |source| ServeError::Io { what, source };
        let studio = Studio::new(config.limits, config.memory_bytes, config.weights);
        studio.warm_up().map_err(|error| ServeError::Model(error.to_string()))?;
        let percent = u64::from(config.share_percent.unwrap_or(if local { 100 } else { 50 }).min(100));
        let share = |all: u64| (percent < 100).then(|| (all * percent / 100).max(1));
        let workers = config.workers.max(1);
        let pool = WorkerPool::start(workers, config.waiting, share((workers + config.waiting) as u64))
            .map_err(io("threads cannot be started".to_owned()))?;
        let listener = TcpListener::bind(config.bind).await.map_err(io(config.bind.to_string()))?;
        let pace = Pace { grace: GRACE, least_rate: config.least_rate, most: config.body_timeout };
        let manners = Manners {
            header_timeout: config.header_timeout,
            most: config.connections.max(1),
            most_of_one: share(config.connections as u64),
        };
        let (folder, place, keep) = (config.data_dir.clone(), config.queue.clone(), config.keep);
        let open = tokio::task::spawn_blocking(move || Jobs::open(&folder, &place, Some(keep)));
        let jobs = Arc::new(open.await.map_err(|error| ServeError::Jobs(error.to_string()))??);
        let films = Films::open(
            &config.data_dir,
            config.media_dir.as_deref(),
            config.most_film_bytes,
            jobs.store().cloned(),
            true,
        )?;
        let app = App {
            pool,
            studio: Arc::new(studio),
            jobs,
            films: Arc::new(films),
            pictures: Pictures::new(config.picture_bytes),
            memories: Arc::new(MemoryStore::new(&config.data_dir)),
            keys,
            callers: Arc::new(Callers::new(
                config.rate_per_minute.or((!local).then_some(120)),
                config.concurrency.or((!local).then_some(8)),
            )),
            allow_anonymous: config.allow_anonymous,
            local,
            workers,
            waiting: config.waiting,
            header_timeout: config.header_timeout,
            stopping: AtomicBool::new(false),
            most_files: config.max_files,
            max_batch_bytes: config.max_batch_bytes,
            arrivals: Arrivals::new(pace, config.arriving_bytes, share(config.arriving_bytes)),
            metrics: Metrics::default(),
        };
        let app = Arc::new(app);
        #[cfg(feature = "otel")]
        collector::observe(&app);
        Ok(Self { listener, manners, works: config.works, app })
    }

    /// The address, with the port that was found.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop` comes true, then finishes what was begun, for a minute at most.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let app = Arc::clone(&self.app);
        let (jobs, tidied) = (Arc::clone(&self.app.jobs), Arc::clone(&self.app));
        let threads = if self.works {
            worker::start(&jobs, &self.app.films, &self.app.studio, 1)
        } else {
            jobs.start_housekeeping().map(|thread| vec![thread])
        };
        let threads = threads
            .map_err(|source| ServeError::Io { what: "threads cannot be started".to_owned(), source })?;
        let (told, mut tell) = tokio::sync::watch::channel(false);
        let stopped = async move {
            stop.await;
            app.stopping.store(true, Ordering::Relaxed);
            app.jobs.stop();
            let _ = told.send(true);
        };
        let answering = connections::answer(self.listener, router(self.app), self.manners, stopped);
        let worked = tokio::task::spawn_blocking(move || worker::join(threads));
        let drained = async {
            answering.await;
            jobs.stop();
            let _ = worked.await;
        };
        let tidying = async {
            loop {
                tokio::time::sleep(TIDY).await;
                tidied.pictures.remove_expired(Instant::now());
                if let Some(keep) = tidied.jobs.keep() {
                    let app = Arc::clone(&tidied);
                    let sweep = move || {
                        app.memories.remove_expired(keep);
                        film_jobs::sweep(&app.jobs, &app.films, keep);
                    };
                    let _ = tokio::task::spawn_blocking(sweep).await;
                }
            }
        };
        let late = async {
            let _ = tell.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            () = drained => {}
            () = tidying => {}
            // What is not finished waits for the next start.
            () = late => jobs.cancel_current(),
        }
        Ok(())
    }
}

/// Runs a server in the foreground until Ctrl-C or a request to terminate; `ready` hears the address.
///
/// # Errors
/// As [`Server::bind`] and [`Server::run`].
pub fn serve(config: Config, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let io = |what: &str| {
        let what = what.to_owned();
        move |source| ServeError::Io { what, source }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(io("threads cannot be started"))?;
    let result = runtime.block_on(async {
        let server = Server::bind(config).await?;
        ready(server.address().map_err(io("the address"))?);
        let mut asked = Asked::listen().map_err(io("signals cannot be heard"))?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = server.run(async { drop(stopped.await) });
        tokio::pin!(running);
        tokio::select! {
            result = &mut running => return result,
            () = asked.next_request() => drop(stop),
        }
        tokio::select! {
            result = &mut running => result,
            // Whoever asks twice does not want to wait.
            () = asked.next_request() => Ok(()),
        }
    });
    runtime.shutdown_timeout(LINGER);
    result
}

/// Ctrl-C, and the request to terminate where there is one.
pub(crate) struct Asked {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Asked {
    pub(crate) fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        Ok(Self {
            #[cfg(unix)]
            terminate,
        })
    }

    /// The next time that somebody asks to stop.
    pub(crate) async fn next_request(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
