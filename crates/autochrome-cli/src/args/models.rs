//! `autochrome models`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `autochrome models`.
#[derive(Debug, Args)]
pub struct ModelsArguments {
    /// Command [default: list]
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
    /// Show a model card: network, training data and its terms, measured quality
    Show {
        /// Built-in model or weights file
        #[arg(value_name = "ID|FILE")]
        model: String,
    },
    /// Export a model for other programs
    Export {
        /// ONNX file to write; its description is written next to it, with the extension .toml
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        onnx: PathBuf,
        /// Built-in model or weights file [default: the default model]
        #[arg(long, value_name = "ID|FILE")]
        model: Option<String>,
        /// Overwrite existing files
        #[arg(long)]
        overwrite: bool,
    },
}
