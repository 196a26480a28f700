//! `autochrome jobs`: backups of the job database.

use autochrome_server::{back_up_jobs, restore_jobs};

use crate::args::{JobsArguments, JobsCommand};
use crate::commands::serve::failure;
use crate::exit::{Exit, Failure};
use crate::output;

/// Backs up or restores.
pub fn run(arguments: &JobsArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        JobsCommand::Backup { file } => {
            let jobs = back_up_jobs(&arguments.data_dir, file).map_err(failure)?;
            output::note(&format!("{jobs} jobs are in {}; films lie beside the database", file.display()));
        }
        JobsCommand::Restore { file, overwrite } => {
            let jobs = restore_jobs(&arguments.data_dir, file, *overwrite).map_err(failure)?;
            output::note(&format!("{jobs} jobs are restored"));
        }
    }
    Ok(Exit::Success)
}
