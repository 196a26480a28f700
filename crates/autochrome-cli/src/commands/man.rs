//! `autochrome man`.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;

use crate::args::Arguments;
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Prints the page of the whole program, or writes one for every command.
pub fn run(out_dir: Option<&Path>) -> Result<Exit, Failure> {
    let command = Arguments::command();
    match out_dir {
        Some(folder) => {
            let write = || {
                fs::create_dir_all(folder)?;
                clap_mangen::generate_to(command, folder)
            };
            write().with_context(|| format!("cannot write to {}", folder.display())).environment()?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).environment()?;
            output::print(&page)?;
        }
    }
    Ok(Exit::Success)
}
