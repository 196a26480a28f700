//! `autochrome serve`: the web app and the HTTP API.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use anyhow::Context as _;
use autochrome_server::{
    Config, LogFormat, LogLevel, LogLevels, QueuePlace, ServeError, has_app, serve, start_log,
};

use crate::args::{LogArgument, QueueArguments, ServeArguments};
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Serves until it is told to stop.
pub fn run(arguments: &ServeArguments) -> Result<Exit, Failure> {
    let queue = place(&arguments.place, &arguments.data_dir)?;
    let weights = weights(arguments.model.as_deref())?;
    check_place(arguments)?;
    fs::create_dir_all(&arguments.data_dir)
        .with_context(|| format!("cannot make {}", arguments.data_dir.display()))
        .environment()?;
    let mut config = Config {
        bind: arguments.bind,
        works: arguments.work || !queue.is_shared(),
        queue,
        allow_anonymous: arguments.allow_anonymous,
        rate_per_minute: arguments.rate,
        concurrency: arguments.concurrency,
        share_percent: arguments.share,
        header_timeout: arguments.header_timeout,
        body_timeout: arguments.body_timeout,
        least_rate: arguments.least_rate,
        keep: arguments.keep,
        media_dir: arguments.media_dir.clone(),
        most_film_bytes: arguments.most_film * 1_000_000,
        memory_bytes: u64::from(arguments.memory) << 20,
        weights,
        ..Config::new(&arguments.data_dir)
    };
    if let Some(workers) = arguments.workers {
        config.workers = usize::from(workers);
        config.waiting = 4 * config.workers;
    }
    let _log = start_log(format(arguments.log), levels(arguments.log_level.as_ref()), "autochrome-server");
    serve(config, |address| {
        let what = if has_app() { "the app and the API are" } else { "the API is" };
        output::note(&format!("{what} at http://{address}; Ctrl-C stops"));
    })
    .map_err(failure)?;
    Ok(Exit::Success)
}

/// Refuses what cannot be served from before folders are made: a command that does nothing leaves nothing behind.
fn check_place(arguments: &ServeArguments) -> Result<(), Failure> {
    if let Some(folder) = arguments.media_dir.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(Failure::usage(format!("there is no folder {} (--media-dir)", folder.display())));
    }
    // The server takes the address for itself once all else is ready.
    TcpListener::bind(arguments.bind)
        .with_context(|| format!("cannot listen on {}; --bind names another address", arguments.bind))
        .environment()?;
    Ok(())
}

/// Where jobs wait, as told.
pub fn place(arguments: &QueueArguments, data_dir: &Path) -> Result<QueuePlace, Failure> {
    let store = || {
        let folder = || data_dir.join("store").to_string_lossy().into_owned();
        arguments.store.clone().unwrap_or_else(folder)
    };
    match arguments.queue.as_deref() {
        None => Ok(QueuePlace::Folder),
        Some("memory") => Ok(QueuePlace::Memory),
        Some(url) if url.starts_with("nats://") || url.starts_with("tls://") => {
            Ok(QueuePlace::Nats { url: url.to_owned(), store: store() })
        }
        Some(_) => Err(Failure::usage("a queue is nats://HOST:PORT/NAME, tls://HOST:PORT/NAME, or memory")),
    }
}

/// The content of a weights file.
pub fn weights(path: Option<&Path>) -> Result<Option<Vec<u8>>, Failure> {
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display())).usage();
    path.map(read).transpose()
}

/// How to log, as told.
pub fn format(argument: LogArgument) -> LogFormat {
    match argument {
        LogArgument::Text => LogFormat::Text,
        LogArgument::Json => LogFormat::Json,
        LogArgument::Off => LogFormat::Off,
    }
}

/// As told, else as the environment says and can be understood, else `info`.
pub fn levels(told: Option<&LogLevels>) -> LogLevels {
    let around = || std::env::var("RUST_LOG").ok()?.parse().ok();
    // That the client of NATS is connected is not news; that it no longer is, is.
    let usual = || LogLevels::new().with_default(LogLevel::INFO).with_target("async_nats", LogLevel::WARN);
    told.cloned().or_else(around).unwrap_or_else(usual)
}

/// An address that everybody could reach and names of keys are for the command line to mend.
pub fn failure(error: ServeError) -> Failure {
    let exit = match error {
        ServeError::Open(_)
        | ServeError::KeyName(_)
        | ServeError::KeyExists(_)
        | ServeError::UnknownKey(_)
        | ServeError::Exists(_) => Exit::Usage,
        _ => Exit::Environment,
    };
    Failure { exit, error: error.into() }
}
