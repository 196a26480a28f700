//! Backups of the job database: one file with jobs, pictures that came and results. Films lie beside it and are not part of it.

use std::fs::{self, File};
use std::path::Path;

use autochrome_jobs::{Queue as _, QueueError, SqliteQueue};

use crate::ServeError;
use crate::jobs::BOUNDS;

/// Copies the job database of `data_dir` into `file`, while a server may run; tells how many jobs it has.
///
/// # Errors
/// When there is no database, or `file` exists or cannot be written.
pub fn back_up_jobs(data_dir: &Path, file: &Path) -> Result<i64, ServeError> {
    let database = data_dir.join("jobs.db");
    if !database.is_file() {
        return Err(ServeError::Jobs(format!("there are no jobs in {}", data_dir.display())));
    }
    if file.exists() {
        return Err(ServeError::Exists(file.to_owned()));
    }
    let failed = |path: &Path, error: QueueError| ServeError::Jobs(format!("{}: {error}", path.display()));
    let queue = SqliteQueue::open(&database, BOUNDS).map_err(|error| failed(&database, error))?;
    // Written beside and renamed, so that a backup that broke off is none.
    let beside = file.with_extension("part");
    let _ = fs::remove_file(&beside);
    let jobs = queue.back_up(&beside).map_err(|error| failed(file, error))?;
    let io = |source| ServeError::Io { what: file.display().to_string(), source };
    File::open(&beside).and_then(|written| written.sync_all()).map_err(io)?;
    fs::rename(&beside, file).map_err(io)?;
    Ok(jobs)
}

/// Puts the backup `file` in place of the job database of `data_dir`; tells how many jobs it has.
///
/// # Errors
/// When a server runs, `file` is no backup, or there are jobs already and they may not be overwritten.
pub fn restore_jobs(data_dir: &Path, file: &Path, overwrite: bool) -> Result<i64, ServeError> {
    let io = |path: &Path| {
        let what = path.display().to_string();
        move |source| ServeError::Io { what, source }
    };
    fs::create_dir_all(data_dir).map_err(io(data_dir))?;
    let lock = File::create(data_dir.join("lock")).map_err(io(data_dir))?;
    lock.try_lock().map_err(|_| ServeError::InUse(data_dir.to_owned()))?;
    let database = data_dir.join("jobs.db");
    if database.exists() && !overwrite {
        return Err(ServeError::Exists(database));
    }
    let beside = data_dir.join("jobs.restored.db");
    fs::copy(file, &beside).map_err(io(file))?;
    // Opened once, which finds damage and brings an earlier version to this one.
    let counted = SqliteQueue::open(&beside, BOUNDS).and_then(|queue| queue.count());
    let jobs = match counted {
        Ok(counts) => counts.iter().sum(),
        Err(error) => {
            let _ = fs::remove_file(&beside);
            return Err(ServeError::Jobs(format!("{}: {error}", file.display())));
        }
    };
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(data_dir.join(format!("jobs.db{end}")));
    }
    fs::rename(&beside, &database).map_err(io(&database))?;
    Ok(jobs)
}
