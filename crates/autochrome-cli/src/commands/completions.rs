//! `autochrome completions SHELL`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Arguments;
use crate::exit::{Exit, Failure};
use crate::output;

/// Prints the script.
pub fn run(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "autochrome", &mut script);
    output::print(&script)?;
    Ok(Exit::Success)
}
