//! The binary `autochrome`: the command line as typed (`args`), what it means (`commands`), and how it ended (`exit`).

mod args;
mod colorize;
mod commands;
#[cfg(feature = "serve")]
mod configuration;
mod exit;
mod interrupt;
mod output;
mod video;

use std::process::ExitCode;

use crate::args::Command;

fn main() -> ExitCode {
    // clap ends the process itself for --help, --version and usage errors, with 0 and 2.
    #[cfg(feature = "serve")]
    let configured = configuration::parse();
    #[cfg(not(feature = "serve"))]
    let configured = Ok(Some(
        <args::Arguments as clap::FromArgMatches>::from_arg_matches(&args::command().get_matches())
            .unwrap_or_else(|error| error.exit()),
    ));
    let result = match configured {
        Ok(Some(arguments)) => run(arguments.command),
        Ok(None) => Ok(exit::Exit::Success),
        Err(failure) => Err(failure),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::note(&output::told(&failure.error));
            failure.exit.into()
        }
    }
}

fn run(command: Command) -> Result<exit::Exit, exit::Failure> {
    match command {
        Command::Colorize(arguments) => commands::colorize::run(&arguments),
        Command::Video(arguments) => commands::video::run(&arguments),
        Command::Models(arguments) => commands::models::run(&arguments),
        Command::Memory(arguments) => commands::memory::run(&arguments),
        Command::Methods(arguments) => commands::methods::run(&arguments),
        Command::Filters { json } => commands::filters::run(json),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => commands::serve::run(&arguments),
        #[cfg(feature = "serve")]
        Command::Keys(arguments) => commands::keys::run(&arguments),
        #[cfg(feature = "serve")]
        Command::Worker(arguments) => commands::worker::run(&arguments),
        #[cfg(feature = "serve")]
        Command::Jobs(arguments) => commands::jobs::run(&arguments),
        #[cfg(not(feature = "serve"))]
        Command::Serve(_) | Command::Keys(_) | Command::Worker(_) | Command::Jobs(_) => {
            Err(exit::Failure::left_out("serving", "serve"))
        }
        #[cfg(feature = "dataset")]
        Command::Dataset(arguments) => commands::dataset::run(&arguments),
        #[cfg(not(feature = "dataset"))]
        Command::Dataset(_) => Err(exit::Failure::left_out("data sets", "dataset")),
        #[cfg(feature = "train")]
        Command::Train(arguments) => commands::train::run(&arguments),
        #[cfg(not(feature = "train"))]
        Command::Train(_) => Err(exit::Failure::left_out("training", "train")),
        #[cfg(feature = "evaluate")]
        Command::Evaluate(arguments) => commands::evaluate::run(&arguments),
        #[cfg(not(feature = "evaluate"))]
        Command::Evaluate(_) => Err(exit::Failure::left_out("evaluation", "evaluate")),
        Command::Completions { shell } => commands::completions::run(shell),
        Command::Man { out_dir } => commands::man::run(out_dir.as_deref()),
    }
}
