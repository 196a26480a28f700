//! Files in and out: bounded reading, and writing that leaves either the whole file or none.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

use crate::{Limits, MediaError};

fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> MediaError + '_ {
    |source| MediaError::Io { path: path.to_owned(), source }
}

/// The bytes of a file, unless there are more than [`Limits::max_bytes`].
///
/// # Errors
/// [`MediaError::Io`], [`MediaError::TooManyBytes`], and [`MediaError::NotAFile`] for folders, devices and pipes: opening a pipe that nobody
/// writes to would wait for ever.
pub fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, MediaError> {
    if !path.metadata().map_err(io_error(path))?.is_file() {
        return Err(MediaError::NotAFile { path: path.to_owned() });
    }
    let file = File::open(path).map_err(io_error(path))?;
    let size = file.metadata().map_err(io_error(path))?.len();
    limits.check_bytes(size)?;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))
        .map_err(|_| MediaError::OutOfMemory)?;
    // A file may grow: never read past the limit.
    file.take(limits.max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(io_error(path))?;
    limits.check_bytes(bytes.len() as u64)?;
    Ok(bytes)
}

/// Writes a whole file or nothing: a temporary file beside it, flushed to disk, then renamed.
///
/// # Errors
/// [`MediaError::OutputExists`] when there is a file of that name and `overwrite` is off, also when another process
/// created it in between; [`MediaError::NotAFile`] when what is there is no regular file: a device or a folder is never replaced, and a
/// link is followed to see what it leads to; [`MediaError::Io`] for everything the system refuses.
pub fn write_atomic(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), MediaError> {
    if path.symlink_metadata().is_ok() {
        if !overwrite {
            return Err(MediaError::OutputExists { path: path.to_owned() });
        }
        // A link that leads nowhere may be replaced as a file may.
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            return Err(MediaError::NotAFile { path: path.to_owned() });
        }
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".autochrome-").suffix(".part");
    // Temporary files are private by default; a picture should be as readable as any other new file (umask applies).
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(io_error(path))?;
    file.write_all(bytes).map_err(io_error(path))?;
    file.as_file().sync_all().map_err(io_error(path))?;
    if overwrite {
        file.persist(path).map_err(|e| io_error(path)(e.error))?;
    } else {
        file.persist_noclobber(path).map_err(|e| match e.error.kind() {
            std::io::ErrorKind::AlreadyExists => MediaError::OutputExists { path: path.to_owned() },
            _ => io_error(path)(e.error),
        })?;
    }
    // The rename itself is only durable once the folder is; not every system can do that, and the file is whole anyway.
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}
