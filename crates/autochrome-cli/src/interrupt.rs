//! Ctrl-C without half-written files.
//!
//! The first signal raises a flag: no further picture is begun, and the ones under way stop at their next stage.
//! A second signal ends the process at once, but still waits for files that are being written, so that neither
//! leaves a partial result or a stray temporary file.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::exit::{Blame, Exit, Failure};

static REQUESTED: AtomicBool = AtomicBool::new(false);
/// Held for reading while a file is written; the second signal takes it for writing.
static WRITING: RwLock<()> = RwLock::new(());

/// From now on signals are caught.
pub fn install() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::SeqCst) {
            let _all_written = WRITING.write().unwrap_or_else(PoisonError::into_inner);
            std::process::exit(Exit::Interrupted as i32);
        }
    })
    .environment()
}

/// Whether to stop.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// The flag itself, for work that looks at it from afar.
pub fn flag() -> &'static AtomicBool {
    &REQUESTED
}

/// Runs `write` to its end even when a second signal arrives meanwhile.
pub fn undisturbed<T>(write: impl FnOnce() -> T) -> T {
    let _writing = WRITING.read().unwrap_or_else(PoisonError::into_inner);
    write()
}
