//! `autochrome models`: what is built in, the card of a model, and models for other programs.

use std::path::Path;

use autochrome::models::{self, BuiltinModel};
use autochrome::{Blame as Fault, Error, Model, ModelCard, write_atomic};
use serde_json::{Value, json};

use crate::args::{ModelsArguments, ModelsCommand};
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Lists the models, or shows the card of one.
pub fn run(arguments: &ModelsArguments) -> Result<Exit, Failure> {
    let text = match &arguments.command {
        None | Some(ModelsCommand::List) => list(arguments.json)?,
        Some(ModelsCommand::Show { model }) => {
            let card = Model::find(model).and_then(|model| model.card()).map_err(blame)?;
            if arguments.json { serde_json::to_string(&card).environment()? } else { card.to_markdown() }
        }
        Some(ModelsCommand::Export { onnx, model, overwrite }) => {
            export(onnx, model.as_deref(), *overwrite)?;
            return Ok(Exit::Success);
        }
    };
    output::line(text.trim_end())?;
    Ok(Exit::Success)
}

/// Writes the ONNX file and the description that says how to ask it.
fn export(path: &Path, model: Option<&str>, overwrite: bool) -> Result<(), Failure> {
    let description = path.with_extension("toml");
    if description == path {
        return Err(Failure::usage("the ONNX file cannot end in .toml: its description does"));
    }
    let model = model.map_or(Ok(Model::Default), Model::find).map_err(blame)?;
    let bytes = match &model {
        Model::Default => models::builtin().first().map(|model| model.bytes),
        Model::Builtin(id) => models::builtin().iter().find(|model| model.id == id).map(|model| model.bytes),
        Model::Weights(weights) => match weights.bytes() {
            Some(bytes) => Some(bytes),
            None => return Err(Failure::usage("that model is an ONNX file already")),
        },
    };
    let Some(bytes) = bytes else {
        return Err(Failure::usage("this build carries no model; name one with --model"));
    };
    let (model, text) = models::to_onnx(bytes).environment()?;
    if !overwrite && let Some(there) = [path, &description].into_iter().find(|path| path.exists()) {
        return Err(Failure::usage(format!("{} is there already; --overwrite replaces it", there.display())));
    }
    write_atomic(&description, text.as_bytes(), overwrite).environment()?;
    write_atomic(path, &model, overwrite).environment()
}

fn list(json: bool) -> Result<String, Failure> {
    let mut rows = Vec::new();
    for (i, model) in models::builtin().iter().enumerate() {
        rows.push((i == 0, model, model.card().environment()?));
    }
    if json {
        let rows = rows.iter().map(|(default, model, card)| {
            json!({"id": model.id, "summary": card.summary, "bytes": model.bytes.len(), "default": default})
        });
        return Ok(Value::Array(rows.collect()).to_string());
    }
    if rows.is_empty() {
        return Ok("This build carries no model; give --model a weights file.".to_owned());
    }
    let width = rows.iter().map(|(_, model, _)| model.id.len()).max().unwrap_or(0);
    let line = |(default, BuiltinModel { id, bytes }, card): &(bool, &BuiltinModel, ModelCard)| {
        let megabytes = bytes.len() as f64 / 1e6;
        let default = if *default { ", default" } else { "" };
        format!("{id:width$}  {} ({megabytes:.1} MB{default})\n", card.summary)
    };
    Ok(rows.iter().map(line).collect())
}

/// Whose fault it is that a model cannot be used.
fn blame(error: Error) -> Failure {
    let exit = if error.blame() == Fault::Request { Exit::Usage } else { Exit::Environment };
    Failure { exit, error: error.into() }
}
