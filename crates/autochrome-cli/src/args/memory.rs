//! `autochrome memory`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `autochrome memory`.
#[derive(Debug, Args)]
pub struct MemoryArguments {
    /// What to do
    #[command(subcommand)]
    pub command: MemoryCommand,
}

/// `autochrome memory ...`.
#[derive(Debug, Subcommand)]
pub enum MemoryCommand {
    /// Remember what a handful of colour pictures look like, for `colorize --memory NAME` and `video --memory NAME`
    Add {
        /// Folder of pictures in colour: one film, one artist, one family
        #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
        /// What to call it: letters, digits, - and _
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Model whose encoder looks at the pictures; the memory works with this model alone
        #[arg(long, value_name = "ID|FILE")]
        model: Option<String>,
        /// Replace a memory of that name
        #[arg(long)]
        overwrite: bool,
    },
    /// List memories, and the pictures in them
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Forget a memory
    Remove {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}
