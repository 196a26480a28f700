//! `autochrome memory`: pictures that are remembered.

use std::path::Path;

use autochrome::{Blame as Fault, Error, GuidanceFile, Memories, Memory, Model, Pipeline};
use serde_json::json;

use crate::args::{MemoryArguments, MemoryCommand};
use crate::colorize::guidance::pictures_of;
use crate::exit::{Exit, Failure};
use crate::output;

/// Does what the arguments say.
pub fn run(arguments: &MemoryArguments) -> Result<Exit, Failure> {
    let memories = memories()?;
    match &arguments.command {
        MemoryCommand::Add { folder, name, model, overwrite } => {
            add(&memories, folder, name, model.as_deref(), *overwrite)?;
        }
        MemoryCommand::List { json } => list(&memories, *json)?,
        MemoryCommand::Remove { name } => {
            memories.remove(name).map_err(blame)?;
            output::line(&format!("{name} is forgotten"))?;
        }
    }
    Ok(Exit::Success)
}

/// The memories of whoever runs the program.
pub fn memories() -> Result<Memories, Failure> {
    Memories::of_user()
        .ok_or_else(|| Failure::usage("there is no folder for memories; set AUTOCHROME_MEMORIES to one"))
}

fn add(
    memories: &Memories,
    folder: &Path,
    name: &str,
    model: Option<&str>,
    overwrite: bool,
) -> Result<(), Failure> {
    if !overwrite && memories.names().iter().any(|known| known == name) {
        return Err(Failure::usage(format!("there is a memory `{name}` already; --overwrite replaces it")));
    }
    let files: Vec<GuidanceFile> = pictures_of(folder)?.iter().map(|path| GuidanceFile::at(path)).collect();
    let model = model.map_or(Ok(Model::Default), Model::find).map_err(blame)?;
    let memory = memories.add(name, &files, &model, &Pipeline::new()).map_err(blame)?;
    let (count, folder) = (pictures(&memory), memories.folder().display());
    output::line(&format!("{name}: {count}, {folder}"))
}

fn pictures(memory: &Memory) -> String {
    output::count(memory.names().len() as u64, "picture")
}

fn list(memories: &Memories, json: bool) -> Result<(), Failure> {
    for name in memories.names() {
        // One damaged file should not hide the others.
        let line = match memories.open(&name) {
            Ok(memory) if json => {
                let pictures: Vec<&str> = memory.names().collect();
                json!({"name": name, "model": memory.model(), "pictures": pictures}).to_string()
            }
            Ok(memory) => {
                format!("{name}  {}, for the model {}", pictures(&memory), memory.model())
            }
            Err(error) if json => json!({"name": name, "error": error.to_string()}).to_string(),
            Err(error) => format!("{name}  {error}"),
        };
        output::line(&line)?;
    }
    Ok(())
}

/// Whose fault it is.
pub fn blame(error: Error) -> Failure {
    let exit = if error.blame() == Fault::Environment { Exit::Environment } else { Exit::Usage };
    Failure { exit, error: error.into() }
}
