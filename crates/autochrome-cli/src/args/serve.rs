//! `autochrome serve`.

use std::path::PathBuf;
use std::time::Duration;

use autochrome_server::LogLevels;
use clap::{Args, ValueEnum, ValueHint};

use super::values::duration;

/// `autochrome serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen on; 127.0.0.1 is reachable from this machine only
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub bind: std::net::SocketAddr,

    /// Folder for keys, jobs and their results
    #[arg(long, value_name = "DIR", default_value = "autochrome-data", value_hint = ValueHint::DirPath)]
    pub data_dir: PathBuf,

    #[command(flatten)]
    pub place: QueueArguments,

    /// Process jobs in this process too when --queue is shared with workers; without --queue, or with `memory`, that is always so
    #[arg(long)]
    pub work: bool,

    /// Number of pictures to process in parallel [default: number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,

    /// Memory limit for pictures processed in parallel, in MB; a larger picture is processed alone
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub memory: u32,

    /// Weights file to use instead of the built-in default model
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub model: Option<PathBuf>,

    /// Accept requests from other machines without an API key
    #[arg(long)]
    pub allow_anonymous: bool,

    /// Maximum pictures per minute per key, or per address without keys [default: 120 from other machines]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: Option<u32>,

    /// Maximum concurrent requests per key, or per address without keys [default: 8 from other machines]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub concurrency: Option<u32>,

    /// Largest share of the server's places that one key, or one address without keys, may hold, in percent [default: 50
    /// from other machines]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub share: Option<u8>,

    /// Time that a client has to send the head of a request
    #[arg(long, value_name = "TIME", default_value = "15s", value_parser = duration)]
    pub header_timeout: Duration,

    /// Time that a client has to send the body of a request
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = duration)]
    pub body_timeout: Duration,

    /// Least average speed of a request body after ten seconds, in bytes per second
    #[arg(long, value_name = "BYTES", default_value_t = 4096)]
    pub least_rate: u64,

    /// How long finished jobs are kept, such as 90s, 1h 30m or 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    pub keep: Duration,

    /// Folder whose films requests may name instead of sending them, by their path in it
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub media_dir: Option<PathBuf>,

    /// Largest film that may be sent, in MB; all films together may take ten times as much of the disk
    #[arg(long, value_name = "MB", default_value_t = 4000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub most_film: u64,

    /// Log format on standard error: one line per request, failed job and panic
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log: LogArgument,

    /// Log level: error, warn, info, debug or trace, or per module (info,autochrome_server=debug)
    /// [default: $RUST_LOG, or info]
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<LogLevels>,

    #[command(flatten)]
    pub configuration: ConfigurationArguments,
}

/// Where jobs wait.
#[derive(Debug, Args)]
pub struct QueueArguments {
    /// Queue of jobs: nats://HOST:PORT/NAME (shared with `autochrome worker` on any machine), or memory [default: a file in
    /// --data-dir]
    #[arg(long, value_name = "URL")]
    pub queue: Option<String>,

    /// Store of pictures and films for a nats:// queue: s3://BUCKET/PATH, gs://, az://, or a folder that every machine sees
    /// [default: the folder `store` in --data-dir]
    #[arg(long, value_name = "URL", requires = "queue")]
    pub store: Option<String>,
}

/// Where values come from besides the command line.
#[derive(Debug, Args)]
pub struct ConfigurationArguments {
    /// File of values for these options, in TOML; the environment (AUTOCHROME_BIND for --bind) and the command line precede it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,

    /// Print every value and where it comes from, in TOML, and exit
    #[arg(long)]
    pub print_config: bool,
}

/// `--log`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogArgument {
    /// Plain text
    Text,
    /// One JSON object per line
    Json,
    /// No log
    Off,
}
