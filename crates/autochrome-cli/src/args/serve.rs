//! `autochrome serve`.

use std::path::PathBuf;
use std::time::Duration;

use autochrome_server::LogLevels;
use clap::{Args, ValueEnum, ValueHint};

use super::values::duration;

/// `autochrome serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen on; other machines reach it only when it is not 127.0.0.1
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub bind: std::net::SocketAddr,

    /// Folder for keys, jobs and their results
    #[arg(long, value_name = "DIR", default_value = "autochrome-data", value_hint = ValueHint::DirPath)]
    pub data_dir: PathBuf,

    /// How many pictures to work on at once [default: the number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,

    /// Memory for pictures that are worked on at once; one larger picture then goes alone
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub memory: u32,

    /// Weights file that takes the place of the built-in default model
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub model: Option<PathBuf>,

    /// Let everybody on other machines ask, without a key
    #[arg(long)]
    pub allow_anonymous: bool,

    /// Most pictures a minute for one key, or one address without keys [default: 120 from other machines]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: Option<u32>,

    /// Most requests at once for one key, or one address without keys [default: 8 from other machines]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub concurrency: Option<u32>,

    /// How long jobs are kept after their end, such as 90s, 1h 30m or 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    pub keep: Duration,

    /// How a line is logged for every request, failed job and panic, to standard error
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log: LogArgument,

    /// What is logged: error, warn, info, debug or trace, or by module (info,autochrome_server=debug)
    /// [default: $RUST_LOG, or info]
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<LogLevels>,
}

/// `--log`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogArgument {
    /// For people
    Text,
    /// For programs: an object a line
    Json,
    /// Nothing
    Off,
}
