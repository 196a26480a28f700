//! A process that works on jobs and answers nobody: `autochrome worker`.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use autochrome::Limits;
use tracing::info;

use crate::film_jobs::FilmWorker;
use crate::films::Films;
use crate::jobs::Jobs;
use crate::studio::Studio;
use crate::{Asked, DRAIN, LINGER, QueuePlace, ServeError};

/// How a worker is to run.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// Where jobs wait.
    pub queue: QueuePlace,
    /// Folder for films in work.
    pub data_dir: PathBuf,
    /// Jobs of pictures that are worked on at once.
    pub workers: usize,
    /// Bytes that pictures in work may take together; one larger picture then goes alone.
    pub memory_bytes: u64,
    /// What a file may cost.
    pub limits: Limits,
    /// Content of a weights file that takes the place of the built-in default.
    pub weights: Option<Vec<u8>>,
}

/// Starts threads for pictures and one for films.
///
/// # Errors
/// When the system gives none.
pub(crate) fn start(
    jobs: &Arc<Jobs>,
    films: &Arc<Films>,
    studio: &Arc<Studio>,
    pictures: usize,
) -> io::Result<Vec<JoinHandle<()>>> {
    let film_worker = FilmWorker::new(jobs, films, studio);
    let mut threads = vec![film_worker.start()?];
    for _ in 0..pictures {
        threads.push(jobs.start(Arc::clone(studio))?);
    }
    Ok(threads)
}

/// Waits until all have ended; a panic was logged when it happened.
pub(crate) fn join(threads: Vec<JoinHandle<()>>) {
    threads.into_iter().for_each(|thread| drop(thread.join()));
}

/// Works in the foreground until Ctrl-C or a request to terminate: finishes the pictures that it is at, for a minute at most, and
/// gives back the rest. `ready` is called when it has begun.
///
/// # Errors
/// When the queue or the folder cannot be opened, or the weights cannot be used.
pub fn work(config: WorkerConfig, ready: impl FnOnce()) -> Result<(), ServeError> {
    let io = |what: &'static str| move |source| ServeError::Io { what: what.to_owned(), source };
    let studio = Arc::new(Studio::new(config.limits, config.memory_bytes, config.weights));
    studio.warm_up().map_err(|error| ServeError::Model(error.to_string()))?;
    let jobs = Arc::new(Jobs::open(&config.data_dir, &config.queue, None)?);
    let films = Arc::new(Films::open(&config.data_dir, None, u64::MAX, jobs.store().cloned(), false)?);
    films.drop_copies();
    let threads =
        start(&jobs, &films, &studio, config.workers.max(1)).map_err(io("threads cannot be started"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(io("threads cannot be started"))?;
    let result = runtime.block_on(async {
        let mut asked = Asked::listen().map_err(io("signals cannot be heard"))?;
        ready();
        let mut ended = tokio::task::spawn_blocking(move || join(threads));
        tokio::select! {
            _ = &mut ended => return Ok(()),
            () = asked.next_request() => {}
        }
        info!("asked to stop; the pictures in hand are finished first");
        jobs.stop();
        tokio::select! {
            _ = &mut ended => return Ok(()),
            // Whoever asks twice does not want to wait.
            () = asked.next_request() => {}
            () = tokio::time::sleep(DRAIN) => {}
        }
        jobs.cancel_current();
        // What is given back now need not wait for its lease to run out.
        let _ = tokio::time::timeout(LINGER * 10, ended).await;
        Ok(())
    });
    runtime.shutdown_timeout(LINGER);
    result
}
