//! `autochrome serve`: the web app and the HTTP API.

use std::fs;

use anyhow::Context as _;
use autochrome_server::{Config, LogFormat, LogLevel, LogLevels, ServeError, has_app, log_to_stderr, serve};

use crate::args::{LogArgument, ServeArguments};
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Serves until it is told to stop.
pub fn run(arguments: &ServeArguments) -> Result<Exit, Failure> {
    fs::create_dir_all(&arguments.data_dir)
        .with_context(|| format!("cannot make {}", arguments.data_dir.display()))
        .environment()?;
    let mut config = Config {
        bind: arguments.bind,
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
        ..Config::new(&arguments.data_dir)
    };
    if let Some(workers) = arguments.workers {
        config.workers = usize::from(workers);
        config.waiting = 4 * config.workers;
    }
    if let Some(path) = &arguments.model {
        let weights = fs::read(path).with_context(|| format!("cannot read {}", path.display())).usage()?;
        config.weights = Some(weights);
    }
    let format = match arguments.log {
        LogArgument::Text => LogFormat::Text,
        LogArgument::Json => LogFormat::Json,
        LogArgument::Off => LogFormat::Off,
    };
    log_to_stderr(format, levels(arguments));
    serve(config, |address| {
        let what = if has_app() { "the app and the API are" } else { "the API is" };
        output::note(&format!("{what} at http://{address}; Ctrl-C stops"));
    })
    .map_err(failure)?;
    Ok(Exit::Success)
}

/// As told, else as the environment says and can be understood, else `info`.
fn levels(arguments: &ServeArguments) -> LogLevels {
    let told = arguments.log_level.clone();
    let around = || std::env::var("RUST_LOG").ok()?.parse().ok();
    told.or_else(around).unwrap_or_else(|| LogLevels::new().with_default(LogLevel::INFO))
}

/// An address that everybody could reach and names of keys are for the command line to mend.
pub fn failure(error: ServeError) -> Failure {
    let exit = match error {
        ServeError::Open(_)
        | ServeError::KeyName(_)
        | ServeError::KeyExists(_)
        | ServeError::UnknownKey(_) => Exit::Usage,
        _ => Exit::Environment,
    };
    Failure { exit, error: error.into() }
}
