//! The web app and the HTTP API of Autochrome: one process, nothing leaves the machine.
//!
//! [`Server::bind`] takes the address, [`Server::run`] answers until it is told to stop and then finishes what it has begun.
//!
//! # Concurrency
//!
//! Network threads only move bytes. Pictures are worked on by a fixed pool ([`Config::workers`]) behind a bounded queue
//! ([`Config::waiting`]); a request that finds neither is answered 503 before its body is read. A request whose client has gone is
//! dropped between stages.
//!
//! # Who may ask
//!
//! Without keys the server listens on this machine alone, unless [`Config::allow_anonymous`] is set. The file of keys is looked at
//! with every request, so that a key works as soon as it is made and no longer when it is revoked. Pages of other sites are
//! refused by `Origin`, and on this machine alone by `Host` too.

mod app;
mod archive;
mod assets;
mod callers;
mod engine;
mod guard;
mod intake;
mod jobs;
mod keys;
mod log;
mod metrics;
mod openapi;
mod problem;
mod ranges;
mod refusal;
mod routes;
mod studio;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use autochrome::{Budget, Limits};
use tokio::net::TcpListener;

pub use assets::has_app;
pub use keys::Keys;
pub use log::{LogFormat, log_to_stderr};
pub use refusal::Refusal;
pub use tracing_subscriber::filter::{LevelFilter as LogLevel, Targets as LogLevels};

use tokio::sync::Semaphore;

use crate::app::{App, router};
use crate::callers::Callers;
use crate::engine::Engine;
use crate::jobs::Jobs;
use crate::keys::Keyring;
use crate::metrics::Metrics;
use crate::studio::Studio;

/// Longest time that finishing begun requests may take when the server stops.
const DRAIN: Duration = Duration::from_secs(60);

/// How long threads that are in the middle of something may go on after that.
const LINGER: Duration = Duration::from_millis(200);

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on; port 0 takes any that is free.
    pub bind: SocketAddr,
    /// Folder for jobs and their results.
    pub data_dir: PathBuf,
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
    /// How long jobs are kept after their end.
    pub keep: Duration,
    /// Files that a batch may have.
    pub max_files: usize,
    /// Bytes that a batch may have, and all batches that are being sent together.
    pub max_batch_bytes: u64,
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
            workers,
            waiting: 4 * workers,
            limits: Limits { max_pixels: 64_000_000, max_bytes: 64_000_000, ..Limits::default() },
            memory_bytes: Budget::DEFAULT_BYTES,
            keys: data_dir.join("keys"),
            allow_anonymous: false,
            rate_per_minute: None,
            concurrency: None,
            keep: Duration::from_secs(24 * 3600),
            max_files: 200,
            max_batch_bytes: 256_000_000,
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
    /// The default method cannot be opened.
    #[error("{0}")]
    Model(String),
}

/// A server that listens but does not answer yet.
pub struct Server {
    listener: TcpListener,
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
        let no_keys = keys.ask(|keys| keys.names().next().is_none())?;
        if !local && no_keys && !config.allow_anonymous {
            return Err(ServeError::Open(config.bind));
        }
        let io = |what: String| move |source| ServeError::Io { what, source };
        let studio = Studio::new(config.limits, config.memory_bytes, config.weights);
        studio.warm_up().map_err(|error| ServeError::Model(error.to_string()))?;
        let engine = Engine::start(config.workers.max(1), config.waiting)
            .map_err(io("threads cannot be started".to_owned()))?;
        let listener = TcpListener::bind(config.bind).await.map_err(io(config.bind.to_string()))?;
        let app = App {
            engine,
            studio: Arc::new(studio),
            jobs: Arc::new(Jobs::open(&config.data_dir, config.keep)?),
            keys,
            callers: Arc::new(Callers::new(
                config.rate_per_minute.or((!local).then_some(120)),
                config.concurrency.or((!local).then_some(8)),
            )),
            allow_anonymous: config.allow_anonymous,
            local,
            workers: config.workers.max(1),
            waiting: config.waiting,
            stopping: AtomicBool::new(false),
            most_files: config.max_files,
            max_batch_bytes: config.max_batch_bytes,
            batch_kilobytes: Arc::new(Semaphore::new(
                usize::try_from(config.max_batch_bytes >> 10)
                    .unwrap_or(usize::MAX)
                    .min(Semaphore::MAX_PERMITS),
            )),
            metrics: Metrics::default(),
        };
        Ok(Self { listener, app: Arc::new(app) })
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
    /// When the listener fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let app = Arc::clone(&self.app);
        let jobs = Arc::clone(&self.app.jobs);
        let worker = jobs
            .start(Arc::clone(&self.app.studio))
            .map_err(|source| ServeError::Io { what: "threads cannot be started".to_owned(), source })?;
        let (told, mut tell) = tokio::sync::watch::channel(false);
        let stopped = async move {
            stop.await;
            app.stopping.store(true, Ordering::Relaxed);
            app.jobs.stop();
            let _ = told.send(true);
        };
        let service = router(self.app).into_make_service_with_connect_info::<SocketAddr>();
        let answering = axum::serve(self.listener, service).with_graceful_shutdown(stopped).into_future();
        let worked = tokio::task::spawn_blocking(move || worker.join());
        let drained = async {
            let result = answering.await;
            jobs.stop();
            let _ = worked.await;
            result.map_err(|source| ServeError::Io { what: "listening".to_owned(), source })
        };
        let late = async {
            let _ = tell.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            result = drained => result,
            // What is not finished waits for the next start.
            () = late => { jobs.abandon(); Ok(()) }
        }
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
            () = asked.again() => drop(stop),
        }
        tokio::select! {
            result = &mut running => result,
            // Whoever asks twice does not want to wait.
            () = asked.again() => Ok(()),
        }
    });
    runtime.shutdown_timeout(LINGER);
    result
}

/// Ctrl-C, and the request to terminate where there is one.
struct Asked {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Asked {
    fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        Ok(Self {
            #[cfg(unix)]
            terminate,
        })
    }

    /// The next time that somebody asks to stop.
    async fn again(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
