//! `autochrome models`: what is built in, the card of a model, and models for other programs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use autochrome::models::{self, BuiltinModel};
use autochrome::{ModelCard, ModelSource, write_atomic};
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
    let weights = match (model, models::builtin().first()) {
        (Some(model), _) => Weights::find(model)?,
        (None, Some(default)) => Weights::Builtin(default),
        (None, None) => return Err(Failure::usage("this build carries no model; name one with --model")),
    };
    let bytes = match &weights {
        Weights::Builtin(model) => model.bytes,
        Weights::File(bytes) => bytes,
        Weights::Onnx { .. } => return Err(Failure::usage("that model is an ONNX file already")),
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

/// The weights that `--model` names.
pub enum Weights {
    /// A model that is part of the program.
    Builtin(&'static BuiltinModel),
    /// The content of a file.
    File(Vec<u8>),
    /// An ONNX file, its description, and where ONNX Runtime is looked for.
    Onnx {
        /// The content of the file.
        model: Vec<u8>,
        /// The TOML beside it.
        description: String,
        /// The shared library.
        library: PathBuf,
    },
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
            if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx")) {
                return Self::onnx(path, bytes);
            }
            return Ok(Self::File(bytes));
        }
        let known: Vec<&str> = models::builtin().iter().map(|model| model.id).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Err(Failure::usage(format!(
            "`{id_or_file}` is neither a file nor a built-in model; built in: {known}"
        )))
    }

    fn onnx(path: &Path, model: Vec<u8>) -> Result<Self, Failure> {
        let beside = path.with_extension("toml");
        let description = fs::read_to_string(&beside)
            .with_context(|| {
                format!("an ONNX file needs a description beside it; cannot read {}", beside.display())
            })
            .environment()?;
        let name = format!("{}onnxruntime{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        let library = std::env::var_os("ORT_DYLIB_PATH").map_or_else(|| name.into(), PathBuf::from);
        Ok(Self::Onnx { model, description, library })
    }

    /// What the methods take.
    pub fn source(&self) -> ModelSource<'_> {
        match self {
            Self::Builtin(model) => ModelSource::Builtin(model.id),
            Self::File(bytes) => ModelSource::Bytes(bytes),
            Self::Onnx { model, description, library } => ModelSource::Onnx { model, description, library },
        }
    }

    fn card(&self) -> Result<ModelCard, Failure> {
        match self {
            Self::Builtin(model) => model.card(),
            Self::File(bytes) => models::card(bytes),
            Self::Onnx { description, .. } => models::onnx_card(description),
        }
        .environment()
    }
}
