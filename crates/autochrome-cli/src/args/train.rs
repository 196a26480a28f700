//! `autochrome train`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// `autochrome train`.
// A program without training shows them in its help and in its manual all the same.
#[cfg_attr(not(feature = "train"), allow(dead_code))]
#[derive(Debug, Args)]
pub struct TrainArguments {
    /// Recipe (TOML); see recipes/
    #[arg(value_name = "RECIPE", value_hint = ValueHint::FilePath)]
    pub recipe: PathBuf,

    /// Training pictures: a folder of colour pictures, or a manifest
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub data: PathBuf,

    /// Validation pictures: a folder of colour pictures; none of them may be in --data
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub val: Option<PathBuf>,

    /// Output folder for checkpoints, logs and samples [default: runs/ID, with the recipe's id]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,

    /// Resume from the last checkpoint in the output folder
    #[arg(long)]
    pub resume: bool,

    /// Stop after this many steps in total [default: as in the recipe]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub steps: Option<u64>,

    /// Initial weights: an Autochrome model, or ImageNet weights of the flagship's encoder (.pth)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub start: Option<PathBuf>,

    /// ImageNet weights (.pth) of the network that the discriminator of the recipe looks through
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub features: Option<PathBuf>,

    /// Teacher model whose predictions are learnt too; may be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub teacher: Vec<PathBuf>,

    /// Description and licence of the training data, for the model card
    #[arg(long, value_name = "TEXT", default_value = "not stated")]
    pub data_note: String,

    /// Memory for decoded pictures, in MB
    #[arg(long, value_name = "MB", default_value_t = 1024)]
    pub cache: usize,

    /// Minutes between checkpoints
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub checkpoint_every: u64,

    /// Processes that learn together, each from its share of every batch; `parts` of the recipe's stages must be a multiple of it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=64))]
    pub replicas: u64,

    /// Address at which the other replicas are waited for, instead of being started here; whoever reaches it can join
    #[arg(long, value_name = "HOST:PORT", requires = "replicas", conflicts_with = "join")]
    pub listen: Option<String>,

    /// Address of a run to be a replica of, with the same recipe and pictures; the run keeps what is learnt
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["out", "resume", "start", "val", "steps", "replicas"])]
    pub join: Option<String>,

    /// Device: cpu, or one that this build supports (libtorch, cuda, wgpu, metal, rocm)
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,
}
