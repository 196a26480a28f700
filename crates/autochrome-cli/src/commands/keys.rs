//! `autochrome keys`: who may use `autochrome serve`.

use std::fs;

use anyhow::Context as _;
use autochrome_server::Keys;

use crate::args::{KeysArguments, KeysCommand};
use crate::commands::serve::failure;
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Makes, lists or revokes keys; a running server knows at once.
pub fn run(arguments: &KeysArguments) -> Result<Exit, Failure> {
    let file = arguments.data_dir.join("keys");
    match arguments.command.as_ref().unwrap_or(&KeysCommand::List) {
        KeysCommand::List => {
            for name in Keys::load(&file).map_err(failure)?.names() {
                output::line(name)?;
            }
        }
        KeysCommand::Create { name } => {
            fs::create_dir_all(&arguments.data_dir)
                .with_context(|| format!("cannot make {}", arguments.data_dir.display()))
                .environment()?;
            let key = Keys::create(&file, name).map_err(failure)?;
            output::line(&key)?;
            output::note("keep it well: it is kept nowhere else");
        }
        KeysCommand::Revoke { name } => {
            Keys::revoke(&file, name).map_err(failure)?;
            output::note(&format!("`{name}` opens nothing any more"));
        }
    }
    Ok(Exit::Success)
}
