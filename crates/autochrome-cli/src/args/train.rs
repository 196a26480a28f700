//! `autochrome train`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// `autochrome train`.
// A program without training shows them in its help and in its manual all the same.
#[cfg_attr(not(feature = "train"), allow(dead_code))]
#[derive(Debug, Args)]
pub struct TrainArguments {
    /// The recipe, a TOML file; recipes/ holds ours
    #[arg(value_name = "RECIPE", value_hint = ValueHint::FilePath)]
    pub recipe: PathBuf,

    /// Folder of colour pictures, or a manifest, to learn from
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub data: PathBuf,

    /// Folder of colour pictures to measure on; none of them may be in --data
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub val: Option<PathBuf>,

    /// Folder for checkpoints, logs and samples [default: runs/ID, as the recipe names itself]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,

    /// Go on from the last checkpoint in the output folder
    #[arg(long)]
    pub resume: bool,

    /// Stop after this many steps in all [default: as the recipe says]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub steps: Option<u64>,

    /// Weights to begin with: a model of ours, or the ImageNet weights of the flagship's encoder (.pth)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub start: Option<PathBuf>,

    /// Finished networks of the flagship's kind whose mean answer is learnt as well; once for each
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub teacher: Vec<PathBuf>,

    /// What the pictures are and under which terms, for the model card
    #[arg(long, value_name = "TEXT", default_value = "not stated")]
    pub data_note: String,

    /// Memory for decoded pictures
    #[arg(long, value_name = "MB", default_value_t = 1024)]
    pub cache: usize,

    /// Minutes between checkpoints
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub checkpoint_every: u64,

    /// Where to compute: cpu, or what this build was made for (libtorch, cuda, wgpu, metal, rocm)
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,
}
