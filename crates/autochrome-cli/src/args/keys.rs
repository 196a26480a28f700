//! `autochrome keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `autochrome keys`.
#[derive(Debug, Args)]
pub struct KeysArguments {
    /// Command [default: list]
    #[command(subcommand)]
    pub command: Option<KeysCommand>,

    /// Data folder of `serve`
    #[arg(long, value_name = "DIR", default_value = "autochrome-data", global = true, value_hint = ValueHint::DirPath)]
    pub data_dir: PathBuf,
}

/// `autochrome keys ...`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the names of the keys
    List,
    /// Create a key and print it once
    Create {
        /// Name: letters, digits, and - _ .
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Revoke a key
    Revoke {
        /// Name of the key
        #[arg(value_name = "NAME")]
        name: String,
    },
}
