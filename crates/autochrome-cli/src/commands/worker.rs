//! `autochrome worker`: jobs of a queue that servers fill.

use std::fs;

use anyhow::Context as _;
use autochrome_server::{Config, WorkerConfig, start_log, work};

use crate::args::WorkerArguments;
use crate::commands::serve::{failure, format, levels, place, weights};
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Works until it is told to stop.
pub fn run(arguments: &WorkerArguments) -> Result<Exit, Failure> {
    let queue = place(&arguments.place, &arguments.data_dir)?;
    if !queue.is_shared() {
        return Err(Failure::usage(
            "a worker needs the queue of its servers; name it with --queue nats://...",
        ));
    }
    fs::create_dir_all(&arguments.data_dir)
        .with_context(|| format!("cannot make {}", arguments.data_dir.display()))
        .environment()?;
    let defaults = Config::new(&arguments.data_dir);
    let config = WorkerConfig {
        queue,
        data_dir: arguments.data_dir.clone(),
        workers: arguments.workers.map_or(defaults.workers, usize::from),
        memory_bytes: u64::from(arguments.memory) << 20,
        limits: defaults.limits,
        weights: weights(arguments.model.as_deref())?,
    };
    let _log = start_log(format(arguments.log), levels(arguments.log_level.as_ref()), "autochrome-worker");
    work(config, || output::note("waiting for jobs; Ctrl-C stops")).map_err(failure)?;
    Ok(Exit::Success)
}
