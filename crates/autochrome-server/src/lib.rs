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
//! Without keys the server listens on this machine alone, unless [`Config::allow_anonymous`] is set. Pages of other sites are
//! refused by `Origin`, and on this machine alone by `Host` too.

mod app;
mod assets;
mod engine;
mod guard;
mod jobs;
mod keys;
mod options;
mod problem;
mod routes;
mod studio;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use autochrome::Limits;
use tokio::net::TcpListener;

pub use assets::has_app;
pub use keys::Keys;

use crate::app::{App, router};
use crate::engine::Engine;
use crate::jobs::Jobs;
use crate::studio::Studio;

/// Longest time that finishing begun requests may take when the server stops.
const DRAIN: Duration = Duration::from_secs(60);

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
    /// Keys that are accepted; none means everybody.
    pub keys: Keys,
    /// Whether everybody may ask from other machines too.
    pub allow_anonymous: bool,
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
            keys: Keys::default(),
            allow_anonymous: false,
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
        "{0} can be reached from other machines; make a key with `autochrome serve --new-key NAME`, or say --allow-anonymous"
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
    #[error("`{0}` is not a name for a key; use one word")]
    KeyName(String),
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
        if !local && config.keys.is_empty() && !config.allow_anonymous {
            return Err(ServeError::Open(config.bind));
        }
        let io = |what: String| move |source| ServeError::Io { what, source };
        let studio = Studio::new(config.limits, config.weights);
        studio.warm_up().map_err(|problem| ServeError::Model(problem.detail))?;
        let engine = Engine::start(config.workers.max(1), config.waiting)
            .map_err(io("threads cannot be started".to_owned()))?;
        let listener = TcpListener::bind(config.bind).await.map_err(io(config.bind.to_string()))?;
        let app = App {
            engine,
            studio: Arc::new(studio),
            jobs: Arc::new(Jobs::open(&config.data_dir)?),
            keys: config.keys,
            local,
            workers: config.workers.max(1),
            waiting: config.waiting,
            stopping: AtomicBool::new(false),
            responses: Default::default(),
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
            let _ = told.send(true);
        };
        let serving = axum::serve(self.listener, router(self.app)).with_graceful_shutdown(stopped);
        let drained = async move {
            let _ = tell.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(DRAIN).await;
        };
        let result = tokio::select! {
            result = serving => result.map_err(|source| ServeError::Io { what: "listening".to_owned(), source }),
            () = drained => Ok(()),
        };
        jobs.stop();
        // A job that is not finished at its next stage waits for the next start.
        let _ = tokio::task::spawn_blocking(move || worker.join()).await;
        result
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
    runtime.block_on(async {
        let server = Server::bind(config).await?;
        ready(server.address().map_err(io("the address"))?);
        server.run(asked_to_stop()).await
    })
}

async fn asked_to_stop() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
