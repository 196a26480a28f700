//! `autochrome evaluate`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::values::{key_value, method_ids};

/// Shown below the help.
pub const EXAMPLES: &str = "\
Examples:
  autochrome evaluate --data val --models mine.safetensors --report report
  autochrome evaluate --data val --predictions DeOldify=out/deoldify --json figures.jsonl
  autochrome evaluate --data old-photographs --no-truth --report report";

/// `autochrome evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArguments {
    /// Folder of colour pictures, or a manifest; sub-folders are sources with rows of their own
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub data: PathBuf,

    /// Measure on the pictures of this list, each with a reference: lines of a picture, a tab and its reference, named from
    /// the folder of --data on
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub pairs: Option<PathBuf>,

    /// Masks of things, named like the pictures from the folder of --data on but ending in .png: gray values are classes, 255
    /// says nothing
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub masks: Option<PathBuf>,

    /// Methods to measure; gray always is [default: neural]
    #[arg(long, value_name = "ID,...", value_delimiter = ',', value_parser = method_ids())]
    pub methods: Vec<String>,

    /// Models for the methods that use one: ids of built-in models, or weights files
    #[arg(long, value_name = "ID|FILE,...", value_delimiter = ',')]
    pub models: Vec<String>,

    /// A folder of pictures that another program made of the same ones, matched by name; may be repeated
    #[arg(long, value_name = "NAME=DIR", value_parser = key_value)]
    pub predictions: Vec<(String, String)>,

    /// Set an option of the methods that have it; may be repeated
    #[arg(long = "set", value_name = "OPTION=VALUE", value_parser = key_value)]
    pub options: Vec<(String, String)>,

    /// Side of the centre squares in pixels
    #[arg(long, value_name = "PX", default_value_t = 256)]
    pub size: usize,

    /// Take only so many pictures, spread evenly
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,

    /// The pictures have no true colours: measure only what needs none
    #[arg(long)]
    pub no_truth: bool,

    /// Most pictures for the hint curve, 0 for none [default: all]
    #[arg(long, value_name = "N")]
    pub hint_pictures: Option<usize>,

    /// Measure methods that take points once more with so many patches of true colour, in a row of their own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=50))]
    pub hints: Option<u16>,

    /// Leave out the Fréchet distance on encoder features, which costs three passes of the encoder a picture
    #[arg(long)]
    pub no_frechet: bool,

    /// Sources with people, for the skin check; a star at the end stands for anything
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub skin_sources: Vec<String>,

    /// Seed of the hints' places and the resampled sets
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// How many pictures to work on at once, one thread each [default: the number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Write every figure as JSON lines
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub json: Option<PathBuf>,

    /// Write a report with pictures: DIR/index.html
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub report: Option<PathBuf>,
}
