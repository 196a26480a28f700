//! Where jobs wait.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use autochrome_jobs::{Bounds, MemoryQueue, Queue, QueueError, SqliteQueue, Store};
use tracing::warn;

use crate::ServeError;
use crate::jobs::now_ms;

/// Where jobs wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueuePlace {
    /// In a file of the server's folder.
    Folder,
    /// In the memory of the process, and gone with it.
    Memory,
    /// In NATS JetStream, for any number of servers and workers, with pictures in a store.
    Nats {
        /// `nats://` or `tls://`; its path is the name of the queue.
        url: String,
        /// Path of a folder, or URL of a bucket.
        store: String,
    },
}

/// A queue that is ready.
pub(crate) struct Opened {
    pub queue: Box<dyn Queue>,
    /// Where films travel, when the queue is on other machines too.
    pub store: Option<Arc<dyn Store>>,
}

impl QueuePlace {
    /// Whether other processes can work on what waits here.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Nats { .. })
    }

    /// Opens the queue; what a former life of this process left behind waits again.
    pub(crate) fn open(&self, folder: &Path, bounds: Bounds) -> Result<Opened, ServeError> {
        match self {
            Self::Folder => {
                let queue = Box::new(open_file(folder, bounds)?);
                Ok(Opened { queue, store: None })
            }
            Self::Memory => Ok(Opened { queue: Box::new(MemoryQueue::new(bounds)), store: None }),
            #[cfg(feature = "nats")]
            Self::Nats { url, store } => {
                use autochrome_jobs::{BucketStore, NatsOptions, NatsQueue, Network};
                let opened = Network::start().and_then(|network| {
                    let store: Arc<dyn Store> = Arc::new(BucketStore::open(&network, store)?);
                    let options = NatsOptions::new(url);
                    let queue = NatsQueue::connect(&network, &options, Arc::clone(&store), bounds)?;
                    Ok(Opened { queue: Box::new(queue), store: Some(store) })
                });
                opened.map_err(|error| ServeError::Jobs(error.to_string()))
            }
            #[cfg(not(feature = "nats"))]
            Self::Nats { .. } => Err(ServeError::LeftOut("NATS")),
        }
    }
}

fn open_file(folder: &Path, bounds: Bounds) -> Result<SqliteQueue, ServeError> {
    let io = |source| ServeError::Io { what: folder.display().to_string(), source };
    let path = folder.join("jobs.db");
    let broken = |error: QueueError| ServeError::Jobs(format!("{}: {error}", path.display()));
    let queue = match SqliteQueue::open(&path, bounds) {
        Err(QueueError::Damaged(how)) => {
            let (aside, how) = (move_damaged(&path).map_err(io)?, how.replace('\n', " "));
            warn!(
                aside = %aside.display(),
                "the job database was damaged ({how}); it was set aside and a new one begun. \
                 `sqlite3 FILE .recover` may bring jobs back; delete it when nobody misses any"
            );
            SqliteQueue::open(&path, bounds)
        }
        opened => opened,
    }
    .map_err(broken)?;
    queue.recover(now_ms()).map_err(broken)?;
    Ok(queue)
}

/// Moves a damaged database and what belongs to it out of the way; tells where to.
fn move_damaged(path: &Path) -> std::io::Result<PathBuf> {
    let with = |path: &Path, end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let aside = path.with_file_name(format!("jobs.damaged-{}.db", now_ms() / 1000));
    for end in ["-wal", "-shm", ""] {
        let from = with(path, end);
        if from.exists() {
            fs::rename(&from, with(&aside, end))?;
        }
    }
    Ok(aside)
}
