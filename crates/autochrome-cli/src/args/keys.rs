//! `autochrome keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `autochrome keys`.
#[derive(Debug, Args)]
pub struct KeysArguments {
    /// Without it: list
    #[command(subcommand)]
    pub command: Option<KeysCommand>,

    /// The folder that `serve` is given
    #[arg(long, value_name = "DIR", default_value = "autochrome-data", global = true, value_hint = ValueHint::DirPath)]
    pub data_dir: PathBuf,
}

/// `autochrome keys ...`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the names of the keys
    List,
    /// Make a key and print it, once
    Create {
        /// What to call it: letters, digits, and - _ .
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Refuse a key from now on
    Revoke {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}
