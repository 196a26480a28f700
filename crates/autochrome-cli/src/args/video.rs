//! `autochrome video`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::choice::MethodChoice;
use super::colorize::FixArguments;
use super::sliders::ToneArguments;
use super::values::{moment, recolor};

/// Shown below the help.
pub const EXAMPLES: &str = "\
Examples:
  autochrome video film.mp4                              writes film.color.mp4 beside it
  autochrome video film.mkv -o out.mkv --codec ffv1      without loss
  autochrome video film.mp4 --preview sheet.jpg          one frame a scene, before hours are spent
  autochrome video film.mp4 -o out.mp4 --resume          goes on where it was stopped
  autochrome video film.mp4 -o out.mp4 --start 1:30 --end 2:00 --collage
  autochrome video film.mp4 --keyframes-out keys         one coloured frame a scene, to be retouched ...
  autochrome video film.mp4 -o out.mp4 --keyframes keys  ... and a film coloured from them";

/// `autochrome video`.
#[derive(Debug, Args)]
pub struct VideoArguments {
    /// Film to colour
    #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
    pub input: PathBuf,

    /// Write the film to this file: .mp4, .mov, .mkv or .webm [default: NAME.color.EXT next to the input]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Start at this time: seconds, MM:SS or HH:MM:SS, with decimals
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = moment)]
    pub start: f64,

    /// End at this time [default: the end of the film]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub end: Option<f64>,

    /// Show before and after side by side
    #[arg(long)]
    pub collage: bool,

    /// Write a contact sheet instead of a film: the first frame of every scene, coloured (.jpg or .png)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "keyframes_out"], value_hint = ValueHint::FilePath)]
    pub preview: Option<PathBuf>,

    /// Write the first frame of every scene, coloured, into this folder instead of a film: ref_000123.png by frame number
    #[arg(long, value_name = "DIR", conflicts_with = "output", value_hint = ValueHint::DirPath)]
    pub keyframes_out: Option<PathBuf>,

    /// Take the colours of frames from pictures in this folder: ref_000123.png or any name that ends in the frame number
    #[arg(long, value_name = "DIR", conflicts_with = "keyframes_out", value_hint = ValueHint::DirPath)]
    pub keyframes: Option<PathBuf>,

    /// Codec [default: av1 for .webm, else h264, or h265 for films of more than 8 bits]
    #[arg(long, value_name = "CODEC")]
    pub codec: Option<CodecArgument>,

    /// Quality of h264, h265 and av1, lower is better and larger [default: 19, 21 and 30]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=63))]
    pub crf: Option<u8>,

    /// Also colour scenes that are in colour already; without it they stay as they are
    #[arg(long)]
    pub recolor: bool,

    /// Leave this scene as it is, by its number on the contact sheet, from 1; may be repeated (2,5 too)
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u64).range(1..))]
    pub keep_gray: Vec<u64>,

    /// What finds the colours
    #[command(flatten)]
    pub choice: MethodChoice,

    /// Adjustments of the colours
    #[command(flatten)]
    pub sliders: ToneArguments,

    /// Overwrite an existing film, and the parts of an unfinished one
    #[arg(long, conflicts_with = "resume")]
    pub overwrite: bool,

    /// Continue from the last finished part of a run that was stopped
    #[arg(long)]
    pub resume: bool,

    /// What is to be coloured how
    #[command(flatten)]
    pub guidance: VideoGuidanceArguments,
}

/// What a person says about the colours of a film.
#[derive(Debug, Args)]
#[command(next_help_heading = "Guidance")]
pub struct VideoGuidanceArguments {
    /// Colour points and lines as JSON, as for `colorize`, each with a time; they follow what they mark through its
    /// scene: {"points": [{"at": "00:12.5", "x": 0.5, "y": 0.2, "radius": 0.01, "color": "#3050a0"}]}
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub hints: Option<PathBuf>,

    /// Take colours from this picture, for the scene at a time or the whole film; may be repeated
    #[arg(long, value_name = "FILE[@TIME]")]
    pub reference: Vec<String>,

    /// Say what has which colour, in English or German: "red car, blue sky"
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,

    /// Say what the film looks like as a whole: a mean colour ("#a08060"), a palette ("dark brown, beige"), the mean strength of its
    /// colours ("chroma 12"), or a picture in colour to take both from
    #[arg(long, value_name = "COLOURS|FILE", value_hint = ValueHint::FilePath)]
    pub mood: Option<String>,

    /// Give what looks like remembered pictures their colours: the name of a memory that `autochrome memory add` made
    #[arg(long, value_name = "NAME")]
    pub memory: Option<String>,

    /// The colour corrections
    #[command(flatten)]
    pub fixes: FixArguments,

    /// Change existing colours: blue=brown, "#3050a0=#804020", 225..310=65; may be repeated
    #[arg(long, value_name = "FROM=TO", value_parser = recolor)]
    pub palette: Vec<autochrome::Recolor>,
}

/// `--codec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CodecArgument {
    /// Plays everywhere
    H264,
    /// Smaller, up to 12 bits
    H265,
    /// Smaller still, slower
    Av1,
    /// For editing, 10 bits
    Prores,
    /// Without loss
    Ffv1,
}
