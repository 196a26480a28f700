//! `autochrome models`: what is built in, and the card of a model.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use autochrome::models::{self, BuiltinModel};
use autochrome::{ModelCard, ModelSource};
use serde_json::{Value, json};

use crate::args::{ModelsArguments, ModelsCommand};
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Lists the models, or shows the card of one.
pub fn run(arguments: &ModelsArguments) -> Result<Exit, Failure> {
    let text = match &arguments.command {
        None | Some(ModelsCommand::List) => list(arguments.json)?,
        Some(ModelsCommand::Show { model }) => {
            let card = Weights::find(model)?.card()?;
            if arguments.json { serde_json::to_string(&card).environment()? } else { card.to_markdown() }
        }
    };
    output::line(text.trim_end())?;
    Ok(Exit::Success)
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

/// The weights that `--model` names.
pub enum Weights {
    /// A model that is part of the program.
    Builtin(&'static BuiltinModel),
    /// The content of a file.
    File(Vec<u8>),
}

impl Weights {
    /// The built-in model of this id, else the file of this name.
    pub fn find(id_or_file: &str) -> Result<Self, Failure> {
        if let Some(model) = models::builtin().iter().find(|model| model.id == id_or_file) {
            return Ok(Self::Builtin(model));
        }
        let path = Path::new(id_or_file);
        if path.is_file() {
            let bytes =
                fs::read(path).with_context(|| format!("cannot read {}", path.display())).environment()?;
            return Ok(Self::File(bytes));
        }
        let known: Vec<&str> = models::builtin().iter().map(|model| model.id).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Err(Failure::usage(format!(
            "`{id_or_file}` is neither a file nor a built-in model; built in: {known}"
        )))
    }

    /// What the methods take.
    pub fn source(&self) -> ModelSource<'_> {
        match self {
            Self::Builtin(model) => ModelSource::Builtin(model.id),
            Self::File(bytes) => ModelSource::Bytes(bytes),
        }
    }

    fn card(&self) -> Result<ModelCard, Failure> {
        match self {
            Self::Builtin(model) => model.card(),
            Self::File(bytes) => models::card(bytes),
        }
        .environment()
    }
}
