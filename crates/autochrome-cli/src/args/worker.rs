//! `autochrome worker`.

use std::path::PathBuf;

use autochrome_server::LogLevels;
use clap::{Args, ValueHint};

use super::serve::{ConfigurationArguments, LogArgument, QueueArguments};

/// `autochrome worker`.
#[derive(Debug, Args)]
pub struct WorkerArguments {
    #[command(flatten)]
    pub place: QueueArguments,

    /// Folder for films in work, of this worker alone
    #[arg(long, value_name = "DIR", default_value = "autochrome-worker", value_hint = ValueHint::DirPath)]
    pub data_dir: PathBuf,

    /// Number of jobs to process in parallel [default: number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,

    /// Memory limit for pictures processed in parallel, in MB; a larger picture is processed alone
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub memory: u32,

    /// Weights file to use instead of the built-in default model
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub model: Option<PathBuf>,

    /// Log format on standard error: one line per failed job and panic
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log: LogArgument,

    /// Log level: error, warn, info, debug or trace, or per module (info,autochrome_server=debug)
    /// [default: $RUST_LOG, or info]
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<LogLevels>,

    #[command(flatten)]
    pub configuration: ConfigurationArguments,
}
