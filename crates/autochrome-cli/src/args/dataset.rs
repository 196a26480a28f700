//! `autochrome dataset`.

use std::path::PathBuf;

use autochrome_dataset::{Reason, Sampling};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::values::duration;

/// `autochrome dataset`.
#[derive(Debug, Args)]
pub struct DatasetArguments {
    /// What to do
    #[command(subcommand)]
    pub command: DatasetCommand,
}

/// `autochrome dataset ...`.
#[derive(Debug, Subcommand)]
pub enum DatasetCommand {
    /// Extract frames from films and folders, dropping near-duplicates and unusable frames
    #[command(after_help = BUILD_EXAMPLES)]
    Build(DatasetBuildArguments),
    /// Rewrite the report of a dataset
    Inspect {
        /// Folder of the dataset
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
    /// Find missing, corrupt and duplicated pictures
    Verify {
        /// Folder of the dataset
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
}

const BUILD_EXAMPLES: &str = "\
Examples:
  autochrome dataset build films --out set                  a frame a second, where something has changed
  autochrome dataset build films --out set --resume         goes on where it was stopped
  autochrome dataset build a.mkv b.mkv --out set --every scene --min-side 720
  autochrome train recipes/fine-tune.toml --data set --val set";

/// `autochrome dataset build`.
#[derive(Debug, Args)]
pub struct DatasetBuildArguments {
    /// Films, folders of films, or folders of pictures
    #[arg(required = true, value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub sources: Vec<PathBuf>,

    /// Folder for the dataset
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,

    /// Which frames to look at: one per interval (2s, 500ms), every Nth (N), or the sharpest of each scene
    #[arg(long, value_name = "TIME|N|scene", default_value = "1s", value_parser = sampling)]
    pub every: Sampling,

    /// Minimum mean luma change since the last kept frame, 0 to 255
    #[arg(long, value_name = "X", default_value_t = 6.0)]
    pub min_difference: f32,

    /// Minimum short side in pixels, after removing black bars
    #[arg(long, value_name = "PX", default_value_t = 512)]
    pub min_side: usize,

    /// Maximum number of frames per source, from its start
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_frames: Option<u64>,

    /// Fraction of pictures for validation; films are never split
    #[arg(long, value_name = "X", default_value_t = 0.05)]
    pub val_fraction: f64,

    /// Random seed for choosing validation films
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Picture format
    #[arg(long, value_name = "FORMAT", default_value = "jpeg")]
    pub format: DatasetFormat,

    /// JPEG quality, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 95, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: u8,

    /// Keep frames that these filters would drop
    #[arg(long, value_name = "FILTER,...", value_delimiter = ',', value_parser = dataset_filters())]
    pub allow: Vec<String>,

    /// Continue a build that was stopped
    #[arg(long)]
    pub resume: bool,

    /// Number of sources to process in parallel [default: number of cores, at most 4]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
}

/// `autochrome dataset build --format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DatasetFormat {
    /// Small, without chroma subsampling
    #[value(alias = "jpg")]
    Jpeg,
    /// Lossless
    Png,
}

fn dataset_filters() -> PossibleValuesParser {
    PossibleValuesParser::new(Reason::ALL.iter().map(|reason| reason.name()))
}

fn sampling(text: &str) -> Result<Sampling, String> {
    if text == "scene" {
        return Ok(Sampling::Scene);
    }
    let frames = text.parse().map(Sampling::Frames);
    frames
        .or_else(|_| duration(text).map(|time| Sampling::Seconds(time.as_secs_f64())))
        .map_err(|_| "write 1s, 500ms, 2m, a number of frames, or scene".to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn sampling_is_by_time_number_or_scene() {
        use super::Sampling::{Frames, Scene, Seconds};
        for (text, expected) in [
            ("1s", Seconds(1.0)),
            ("250ms", Seconds(0.25)),
            ("1.5s", Seconds(1.5)),
            ("2m", Seconds(120.0)),
            ("24", Frames(24)),
            ("scene", Scene),
        ] {
            assert_eq!(super::sampling(text), Ok(expected));
        }
        for wrong in ["", "s", "1x", "1.5", "-1s", "1.2.3s"] {
            assert!(super::sampling(wrong).is_err(), "{wrong}");
        }
    }
}
