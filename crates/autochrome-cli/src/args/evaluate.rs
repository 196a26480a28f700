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
    /// Folder of colour pictures, or a manifest; each sub-folder is reported as a source of its own
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub data: PathBuf,

    /// Evaluate pairs from this file: each line has a picture, a tab and its reference, with paths relative to
    /// the folder of --data
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub pairs: Option<PathBuf>,

    /// Folder of masks with the same relative paths as the pictures, ending in .png: gray values are classes, 255 is
    /// unlabelled
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub masks: Option<PathBuf>,

    /// Methods to evaluate; gray is always included [default: neural]
    #[arg(long, value_name = "ID,...", value_delimiter = ',', value_parser = method_ids())]
    pub methods: Vec<String>,

    /// Models for the methods that use one: ids of built-in models, or weights files
    #[arg(long, value_name = "ID|FILE,...", value_delimiter = ',')]
    pub models: Vec<String>,

    /// Folder of another program's results for the same pictures, matched by name; may be repeated
    #[arg(long, value_name = "NAME=DIR", value_parser = key_value)]
    pub predictions: Vec<(String, String)>,

    /// Set an option for every method that has it; may be repeated
    #[arg(long = "set", value_name = "OPTION=VALUE", value_parser = key_value)]
    pub options: Vec<(String, String)>,

    /// Side of the centre crop, in pixels
    #[arg(long, value_name = "PX", default_value_t = 256)]
    pub size: usize,

    /// Maximum number of pictures, spread evenly over the folder
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,

    /// The pictures have no true colours: compute only metrics that need none
    #[arg(long)]
    pub no_truth: bool,

    /// Maximum number of pictures for the hint curve, 0 for none [default: all]
    #[arg(long, value_name = "N")]
    pub hint_pictures: Option<usize>,

    /// Also evaluate methods that take points with this many patches of true colour, as a separate row
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=50))]
    pub hints: Option<u16>,

    /// Also evaluate methods that take a mood with the mean colour of the truth, as a separate row
    #[arg(long)]
    pub mood: bool,

    /// Ask rows that draw several answers for this many, and report how much they differ and how near the best comes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=8))]
    pub variants: Option<u8>,

    /// Look at the suggested colours at this many places of every picture
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub suggestions: usize,

    /// Skip the Fréchet distance on encoder features, which needs three encoder passes per picture
    #[arg(long)]
    pub no_frechet: bool,

    /// Sources with people, for the skin check; a trailing * matches anything
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub skin_sources: Vec<String>,

    /// Random seed for hint positions and bootstrap samples
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Number of pictures to process in parallel, one thread each [default: number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Write every figure as JSON lines
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub json: Option<PathBuf>,

    /// Write a report with pictures: DIR/index.html
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub report: Option<PathBuf>,
}
