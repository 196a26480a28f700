//! `autochrome serve`: the web app and the HTTP API.

use std::fs;

use anyhow::Context as _;
use autochrome_server::{Config, Keys, ServeError, has_app, serve};

use crate::args::ServeArguments;
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Serves until it is told to stop, or makes a key.
pub fn run(arguments: &ServeArguments) -> Result<Exit, Failure> {
    fs::create_dir_all(&arguments.data_dir)
        .with_context(|| format!("cannot make {}", arguments.data_dir.display()))
        .environment()?;
    let keys = arguments.data_dir.join("keys");
    if let Some(name) = &arguments.new_key {
        let key = Keys::create(&keys, name).map_err(failure)?;
        output::line(&key)?;
        output::note("keep it well: it is kept nowhere else");
        return Ok(Exit::Success);
    }
    let mut config = Config {
        bind: arguments.bind,
        keys: Keys::load(&keys).map_err(failure)?,
        allow_anonymous: arguments.allow_anonymous,
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
    serve(config, |address| {
        let what = if has_app() { "the app and the API are" } else { "the API is" };
        output::note(&format!("{what} at http://{address}; Ctrl-C stops"));
    })
    .map_err(failure)?;
    Ok(Exit::Success)
}

/// An address that everybody could reach and a name that is none are for the command line to mend.
fn failure(error: ServeError) -> Failure {
    let exit = match error {
        ServeError::Open(_) | ServeError::KeyName(_) => Exit::Usage,
        _ => Exit::Environment,
    };
    Failure { exit, error: error.into() }
}
