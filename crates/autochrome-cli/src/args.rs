//! The command line as it is typed. What it means is decided in `commands/`.

use std::path::PathBuf;
use std::time::Duration;

use autochrome::filters::{self, Filter};
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

/// Give colour to grayscale photographs, offline, on an ordinary CPU.
#[derive(Debug, Parser)]
#[command(name = "autochrome", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 all went well, 1 some inputs failed, 2 wrong usage, \
    3 something around the program is missing or broken, 130 interrupted.")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Give colour to photographs
    #[command(after_help = COLORIZE_EXAMPLES)]
    Colorize(ColorizeArguments),
    /// List the models, or show the card of one
    Models(ModelsArguments),
    /// List the methods, or show the options of one
    Methods(MethodsArguments),
    /// List the filters for finished pictures
    Filters {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the web app and the HTTP API on this machine
    Serve(ServeArguments),
    /// Make a training set of films and pictures
    Dataset(DatasetArguments),
    /// Make, list and revoke the API keys of `serve`
    Keys(KeysArguments),
    /// Train a model of your own from a recipe
    Train(TrainArguments),
    /// Measure how good the colours of methods, models and other programs are
    #[command(after_help = EVALUATE_EXAMPLES)]
    Evaluate(EvaluateArguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for every command
    Man {
        /// Write autochrome.1, autochrome-colorize.1 and so on into this folder
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out_dir: Option<PathBuf>,
    },
}

const COLORIZE_EXAMPLES: &str = "\
Examples:
  autochrome colorize grandma.jpg                        writes grandma.color.jpg beside it
  autochrome colorize album --recursive --out-dir done   a whole folder, sub-folders kept
  autochrome colorize album --out-dir done --resume      goes on where it was stopped
  autochrome colorize - < in.png > out.png               in a pipe
  autochrome colorize a.png --scribbles painted.png      your own strokes of colour
  autochrome colorize drawing.png --sketch --hints colours.json
  autochrome colorize a.jpg --palette blue=brown         other colours for a picture that has some";

/// `autochrome colorize`.
#[derive(Debug, Args)]
pub struct ColorizeArguments {
    /// Files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub inputs: Vec<PathBuf>,

    /// Write the one result here; - is stdout [default: NAME.color.EXT beside the input]
    #[arg(short, long, value_name = "FILE", conflicts_with = "out_dir", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Write the results into this folder, under the names and sub-folders of the inputs
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out_dir: Option<PathBuf>,

    /// Take the pictures of sub-folders too
    #[arg(short, long)]
    pub recursive: bool,

    /// Format of the results; formats that cannot be written (BMP, GIF, PNM) become PNG
    #[arg(long, value_name = "FORMAT", default_value = "same")]
    pub format: FormatArgument,

    /// Quality of JPEG results, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 92, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: u8,

    /// How the colours are found; `autochrome methods` explains them [default: the one that fits the guidance, or neural]
    #[arg(long, value_name = "ID", value_parser = method_ids())]
    pub method: Option<String>,

    /// Id of a built-in model, a weights file, or an ONNX file with its description beside it
    #[arg(long, value_name = "ID|FILE")]
    pub model: Option<String>,

    /// Set an option of the method; may be repeated
    #[arg(long = "set", value_name = "OPTION=VALUE", value_parser = key_value)]
    pub options: Vec<(String, String)>,

    /// Strength of the colours: 0 is gray, 1 as found, at most 4
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = within::<0, 4>)]
    pub saturation: f32,

    /// Warmth of the colours: -50 is blue, 50 yellow
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_hyphen_values = true, value_parser = within::<-50, 50>)]
    pub temperature: f32,

    /// Tint of the colours: -50 is green, 50 magenta
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_hyphen_values = true, value_parser = within::<-50, 50>)]
    pub tint: f32,

    /// Contrast: 1 as is; the one adjustment, with --filter, that changes lightness
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = contrast)]
    pub contrast: f32,

    /// Put a filter over the finished picture, all of it (1) or a share; `autochrome filters` lists them
    #[arg(long, value_name = "NAME[=AMOUNT]", value_parser = filter)]
    pub filter: Option<(&'static Filter, f32)>,

    /// Write a side-by-side picture too, gray on the left: NAME.collage.EXT
    #[arg(long)]
    pub collage: bool,

    /// Print one line of JSON for every input
    #[arg(long)]
    pub json: bool,

    /// Replace results that exist
    #[arg(long, conflicts_with = "resume")]
    pub overwrite: bool,

    /// Skip inputs whose result exists and is newer than they are
    #[arg(long)]
    pub resume: bool,

    /// How many pictures to work on at once [default: the number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Memory for pictures that are worked on at once; one larger picture then goes alone
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub memory: u32,

    /// What is to be coloured how
    #[command(flatten)]
    pub guidance: GuidanceArguments,
}

/// What a person says about the colours.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Guidance")]
pub struct GuidanceArguments {
    /// Strokes of colour: the picture painted over (PNG), a transparent PNG with strokes alone, or JSON as for --hints
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub scribbles: Option<PathBuf>,

    /// Points and lines of colour as JSON: {"points": [{"x": 0.5, "y": 0.2, "radius": 0.01, "color": "#3050a0"}],
    /// "strokes": [{"path": [[0.1, 0.1], [0.3, 0.2]], "width": 0.01, "color": "#804020"}]}
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub hints: Option<PathBuf>,

    /// Take colours from this picture; may be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub reference: Vec<PathBuf>,

    /// Take colours from the pictures of this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub references: Option<PathBuf>,

    /// This part of the picture is to look like that part of the reference (x,y,width,height=x,y,width,height, 0 to 1; @2 at
    /// the end for the second reference); may be repeated
    #[arg(long, value_name = "PAIR", value_parser = |text: &str| text.parse::<autochrome::SwatchPair>())]
    pub swatch: Vec<autochrome::SwatchPair>,

    /// Change colours the picture has: "#3050a0=#804020" the nearest of its palette, 0=#804020 the first of its palette,
    /// blue=brown, 225..310=65 hues in degrees, green=gray; may be repeated
    #[arg(long, value_name = "FROM=TO", value_parser = |text: &str| text.parse::<autochrome::Recolor>())]
    pub palette: Vec<autochrome::Recolor>,

    /// The pictures are line drawings: scribbles and hints fill the regions between dark lines
    #[arg(long)]
    pub sketch: bool,
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArgument {
    /// That of the input
    Same,
    /// Lossless, 8 or 16 bits
    Png,
    /// Small, 8 bits
    #[value(alias = "jpg")]
    Jpeg,
    /// Lossless, 8 bits
    Webp,
    /// Lossless, 8 or 16 bits
    #[value(alias = "tif")]
    Tiff,
}

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

/// `autochrome methods`.
#[derive(Debug, Args)]
pub struct MethodsArguments {
    /// Show this one with its options
    #[arg(value_name = "ID", value_parser = method_ids())]
    pub method: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `autochrome serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen on; other machines reach it only when it is not 127.0.0.1
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub bind: std::net::SocketAddr,

    /// Folder for keys, jobs and their results
    #[arg(long, value_name = "DIR", default_value = "autochrome-data", value_hint = ValueHint::DirPath)]
    pub data_dir: PathBuf,

    /// How many pictures to work on at once [default: the number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,

    /// Weights file that takes the place of the built-in default model
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub model: Option<PathBuf>,

    /// Let everybody on other machines ask, without a key
    #[arg(long)]
    pub allow_anonymous: bool,

    /// Most pictures a minute for one key, or one address without keys [default: 120 from other machines]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: Option<u32>,

    /// Most requests at once for one key, or one address without keys [default: 8 from other machines]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub concurrency: Option<u32>,

    /// How long jobs are kept after their end, such as 90s, 30m, 24h or 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    pub keep: Duration,
}

/// `autochrome keys`.
#[derive(Debug, Args)]
pub struct KeysArguments {
    /// Without it: list
    #[command(subcommand)]
    pub command: Option<KeysCommand>,

    /// The folder that `serve` is given
    #[arg(long, value_name = "DIR", default_value = "autochrome-data", global = true, value_hint = ValueHint::DirPath)]
    pub data_dir: PathBuf,
}

/// `autochrome keys ...`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the names of the keys
    List,
    /// Make a key and print it, once
    Create {
        /// What to call it: letters, digits, and - _ .
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Refuse a key from now on
    Revoke {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// `autochrome dataset`.
#[derive(Debug, Args)]
pub struct DatasetArguments {
    /// What to do with it
    #[command(subcommand)]
    pub command: DatasetCommand,
}

/// `autochrome dataset ...`.
#[derive(Debug, Subcommand)]
pub enum DatasetCommand {
    /// Take frames from films and folders, without near-duplicates and without what teaches nothing
    #[command(after_help = DATASET_EXAMPLES)]
    Build(DatasetBuildArguments),
    /// Write the report of a dataset anew
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

const DATASET_EXAMPLES: &str = "\
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

    /// Which frames to look at: one in so much time (2s, 500ms), each so-manieth (N), or the sharpest of each scene
    #[arg(long, value_name = "TIME|N|scene", default_value = "1s", value_parser = sampling)]
    pub every: autochrome_dataset::Sampling,

    /// Least change of luma since the frame kept last, 0 to 255 on average
    #[arg(long, value_name = "X", default_value_t = 6.0)]
    pub min_difference: f32,

    /// Least short side in pixels, black bars cut off
    #[arg(long, value_name = "PX", default_value_t = 512)]
    pub min_side: usize,

    /// Take no more than so many frames of a source, from its beginning
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_frames: Option<u64>,

    /// Share of the pictures for validation; whole films only
    #[arg(long, value_name = "X", default_value_t = 0.05)]
    pub val_fraction: f64,

    /// Seed of the choice of films for validation
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Format of the pictures
    #[arg(long, value_name = "FORMAT", default_value = "jpeg")]
    pub format: DatasetFormat,

    /// Quality of JPEG pictures, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 95, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: u8,

    /// Keep frames that these filters would drop
    #[arg(long, value_name = "FILTER,...", value_delimiter = ',', value_parser = dataset_filters())]
    pub allow: Vec<String>,

    /// Go on with a build that was stopped
    #[arg(long)]
    pub resume: bool,

    /// How many sources to work on at once [default: the number of cores, at most 4]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
}

/// `autochrome dataset build --format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DatasetFormat {
    /// Small; no subsampled colours
    #[value(alias = "jpg")]
    Jpeg,
    /// Lossless
    Png,
}

/// `autochrome train`.
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

const EVALUATE_EXAMPLES: &str = "\
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

fn dataset_filters() -> PossibleValuesParser {
    PossibleValuesParser::new(autochrome_dataset::Reason::ALL.iter().map(|reason| reason.name()))
}

fn sampling(text: &str) -> Result<autochrome_dataset::Sampling, String> {
    use autochrome_dataset::Sampling::{Frames, Scene, Seconds};
    let wrong = || "write 1s, 500ms, 2m, a number of frames, or scene".to_owned();
    if text == "scene" {
        return Ok(Scene);
    }
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = &text[..text.len() - unit.len()];
    let scale = match unit {
        "" => return number.parse().map(Frames).map_err(|_| wrong()),
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    number.parse::<f64>().map(|number| Seconds(number * scale)).map_err(|_| wrong())
}

fn method_ids() -> PossibleValuesParser {
    PossibleValuesParser::new(
        autochrome::registry::methods()
            .iter()
            .map(|entry| clap::builder::PossibleValue::new(entry.info.id).help(entry.info.summary)),
    )
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as OPTION=VALUE".to_owned()),
    }
}

fn number(text: &str, range: std::ops::RangeInclusive<f32>) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(value) if range.contains(&value) => Ok(value),
        _ => Err(format!("give a number from {} to {}", range.start(), range.end())),
    }
}

fn within<const LOW: i16, const HIGH: i16>(text: &str) -> Result<f32, String> {
    number(text, f32::from(LOW)..=f32::from(HIGH))
}

fn contrast(text: &str) -> Result<f32, String> {
    number(text, 0.5..=2.0)
}

fn filter(text: &str) -> Result<(&'static Filter, f32), String> {
    let (id, amount) = text.split_once('=').unwrap_or((text, "1"));
    let filter = filters::find(id).ok_or_else(|| {
        let known: Vec<&str> = filters::all().iter().map(|filter| filter.id).collect();
        format!("there is no such filter; choose one of {}", known.join(", "))
    })?;
    Ok((filter, number(amount, 0.0..=1.0)?))
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write it as 90s, 30m, 24h or 7d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 24 * 3600,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::CommandFactory as _;

    #[test]
    fn sampling_is_by_time_number_or_scene() {
        use autochrome_dataset::Sampling::{Frames, Scene, Seconds};
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

    #[test]
    fn a_filter_is_taken_whole_or_by_a_share_of_it() {
        let taken = |text| super::filter(text).map(|(filter, amount)| (filter.id, amount));
        assert_eq!(taken("sepia"), Ok(("sepia", 1.0)));
        assert_eq!(taken("vintage=0.4"), Ok(("vintage", 0.4)));
        assert!(taken("sepia=1.5").is_err_and(|error| error.contains("0 to 1")));
        assert!(taken("sephia").is_err_and(|error| error.contains("sepia")));
    }

    #[test]
    fn the_command_line_is_well_formed() {
        super::Arguments::command().debug_assert();
    }

    #[test]
    fn times_are_written_with_their_unit() {
        assert_eq!(super::duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(super::duration("7d"), Ok(Duration::from_secs(7 * 24 * 3600)));
        for bad in ["", "s", "24", "1.5h", "-1s", "3 h", "9\u{e9}"] {
            assert!(super::duration(bad).is_err(), "{bad}");
        }
    }
}
