//! The command line as it is typed, one file a command. What it means is decided in `commands/`.

mod choice;
mod colorize;
#[cfg(feature = "dataset")]
mod dataset;
#[cfg(feature = "evaluate")]
mod evaluate;
#[cfg(feature = "serve")]
mod jobs;
#[cfg(feature = "serve")]
mod keys;
mod memory;
mod methods;
mod models;
#[cfg(feature = "serve")]
mod serve;
mod sliders;
mod train;
mod values;
mod video;
#[cfg(feature = "serve")]
mod worker;

use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand, ValueHint};

pub use choice::MethodChoice;
pub use colorize::{ColorizeArguments, FormatArgument, GuidanceArguments};
#[cfg(feature = "dataset")]
pub use dataset::{DatasetArguments, DatasetBuildArguments, DatasetCommand, DatasetFormat};
#[cfg(feature = "evaluate")]
pub use evaluate::EvaluateArguments;
#[cfg(feature = "serve")]
pub use jobs::{JobsArguments, JobsCommand};
#[cfg(feature = "serve")]
pub use keys::{KeysArguments, KeysCommand};
pub use memory::{MemoryArguments, MemoryCommand};
pub use methods::MethodsArguments;
pub use models::{ModelsArguments, ModelsCommand};
#[cfg(feature = "serve")]
pub use serve::{LogArgument, QueueArguments, ServeArguments};
pub use train::TrainArguments;
pub use values::moment;
pub use video::{CodecArgument, VideoArguments};
#[cfg(feature = "serve")]
pub use worker::WorkerArguments;

/// The arguments of a command that this build leaves out: whatever they are.
#[cfg(not(all(feature = "serve", feature = "dataset", feature = "evaluate")))]
#[derive(Debug, clap::Args)]
pub struct LeftOut {
    /// Not in this build
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub arguments: Vec<std::ffi::OsString>,
}

#[cfg(not(feature = "dataset"))]
type DatasetArguments = LeftOut;
#[cfg(not(feature = "evaluate"))]
type EvaluateArguments = LeftOut;
#[cfg(not(feature = "serve"))]
type JobsArguments = LeftOut;
#[cfg(not(feature = "serve"))]
type KeysArguments = LeftOut;
#[cfg(not(feature = "serve"))]
type ServeArguments = LeftOut;
#[cfg(not(feature = "serve"))]
type WorkerArguments = LeftOut;

/// Give colour to grayscale photographs, offline, on an ordinary CPU.
#[derive(Debug, Parser)]
#[command(name = "autochrome", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 all went well, 1 some inputs failed, 2 wrong usage, \
    3 something around the program is missing or broken, 130 interrupted.")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The whole command line. Every option that takes a value takes a negative number too, so that it answers with its range and not with the
/// advice to write `-- -1`.
pub fn command() -> clap::Command {
    with_negative_numbers(Arguments::command())
}

fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let option = |arg: clap::Arg| {
        let takes_value = !arg.is_positional() && arg.get_action().takes_values();
        if takes_value { arg.allow_negative_numbers(true) } else { arg }
    };
    command.mut_args(option).mut_subcommands(with_negative_numbers)
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Colorize photographs
    #[command(after_help = colorize::EXAMPLES)]
    Colorize(Box<ColorizeArguments>),
    /// Colorize a film
    #[command(after_help = video::EXAMPLES)]
    Video(Box<VideoArguments>),
    /// List models, or show a model card
    Models(ModelsArguments),
    /// Remember colour pictures of one film, one artist or one family
    Memory(MemoryArguments),
    /// List methods, or show the options of one
    Methods(MethodsArguments),
    /// List filters
    Filters {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the web app and the HTTP API on this machine
    Serve(Box<ServeArguments>),
    /// Work on the jobs of `serve --queue nats://...`, on this machine
    Worker(Box<WorkerArguments>),
    /// Back up and restore the jobs of `serve`
    Jobs(JobsArguments),
    /// Build a training set from films and pictures
    Dataset(DatasetArguments),
    /// Create, list and revoke API keys for `serve`
    Keys(KeysArguments),
    /// Train a model from a recipe (needs a build with the cargo feature `train`)
    Train(TrainArguments),
    /// Measure the colour quality of methods, models and other programs
    #[cfg_attr(feature = "evaluate", command(after_help = evaluate::EXAMPLES))]
    Evaluate(EvaluateArguments),
    /// Print a shell completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one per command
    Man {
        /// Write autochrome.1, autochrome-colorize.1 and so on into this folder
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out_dir: Option<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        super::command().debug_assert();
    }

    #[test]
    fn negative_numbers_are_answered_with_the_range() {
        for (option, told) in [("-j", "1..=1024"), ("--seed", "from 0 to"), ("--saturation", "0 to 4")] {
            let typed = ["autochrome", "colorize", "a.png", option, "-1"];
            let error = super::command().try_get_matches_from(typed).unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains("-- -1"), "{error}");
        }
    }
}
