//! `autochrome models`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `autochrome models`.
#[derive(Debug, Args)]
pub struct ModelsArguments {
    /// Without it: list
    #[command(subcommand)]
    pub command: Option<ModelsCommand>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// `autochrome models ...`.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List the built-in models
    List,
    /// Show the card of a model: network, training data and its terms, measured quality
    Show {
        /// Id of a built-in model, or a weights file
        #[arg(value_name = "ID|FILE")]
        model: String,
    },
    /// Write a model for other programs
    Export {
        /// The ONNX file to write; its description goes beside it, with the ending .toml
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        onnx: PathBuf,
        /// Id of a built-in model, or a weights file; the default model without it
        #[arg(long, value_name = "ID|FILE")]
        model: Option<String>,
        /// Write over files that are there
        #[arg(long)]
        overwrite: bool,
    },
}
