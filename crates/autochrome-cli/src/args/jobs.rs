//! `autochrome jobs`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `autochrome jobs`.
#[derive(Debug, Args)]
pub struct JobsArguments {
    /// Command
    #[command(subcommand)]
    pub command: JobsCommand,

    /// Data folder of `serve`
    #[arg(long, value_name = "DIR", default_value = "autochrome-data", global = true, value_hint = ValueHint::DirPath)]
    pub data_dir: PathBuf,
}

/// `autochrome jobs ...`.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// Copy the job database, with pictures and results, into a file; the server may run meanwhile
    Backup {
        /// File to write; it must not exist
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Put a backup in place of the job database; no server may run meanwhile
    Restore {
        /// File that `backup` wrote
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Replace the jobs that are there
        #[arg(long)]
        overwrite: bool,
    },
}
