//! `autochrome jobs`: backups of the job database.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use autochrome_server::{back_up_jobs, restore_jobs};

use crate::args::{JobsArguments, JobsCommand};
use crate::commands::serve::failure;
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Backs up or restores.
pub fn run(arguments: &JobsArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        JobsCommand::Backup { file } => {
            let jobs = back_up_jobs(&arguments.data_dir, file).map_err(failure)?;
            let jobs = output::count(u64::try_from(jobs).unwrap_or(0), "job");
            output::note(&format!("{jobs} in {}; films lie beside the database", file.display()));
        }
        JobsCommand::Restore { file, overwrite } => {
            check_backup(file)?;
            let jobs = restore_jobs(&arguments.data_dir, file, *overwrite).map_err(failure)?;
            output::note(&format!("{} restored", output::count(u64::try_from(jobs).unwrap_or(0), "job")));
        }
    }
    Ok(Exit::Success)
}

/// How every file begins that `backup` writes.
const HEAD: &[u8] = b"SQLite format 3\0";

/// Tells what is no backup from one, before anything is made or locked.
fn check_backup(path: &Path) -> Result<(), Failure> {
    if !path.is_file() {
        return Err(Failure::usage(format!("there is no file {}", path.display())));
    }
    let mut head = Vec::with_capacity(HEAD.len());
    File::open(path)
        .and_then(|file| file.take(HEAD.len() as u64).read_to_end(&mut head))
        .with_context(|| format!("cannot read {}", path.display()))
        .environment()?;
    if head != HEAD {
        return Err(Failure::usage(format!(
            "{} is no backup of a queue; name a file that `autochrome jobs backup` wrote",
            path.display()
        )));
    }
    Ok(())
}
