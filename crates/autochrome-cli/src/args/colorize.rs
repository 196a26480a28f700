//! `autochrome colorize`.

use std::path::PathBuf;

use autochrome::Pages;
use autochrome::filters::{self, Filter};
use clap::{Args, ValueEnum, ValueHint};

use super::choice::MethodChoice;
use super::sliders::SliderArguments;
use super::values::{number, recolor, seed};
use crate::colorize::shard::Shard;

/// Shown below the help.
pub const EXAMPLES: &str = "\
Examples:
  autochrome colorize grandma.jpg                        writes grandma.color.jpg beside it
  autochrome colorize album --recursive --out-dir done   a whole folder, sub-folders kept
  autochrome colorize album --out-dir done --resume      goes on where it was stopped
  autochrome colorize aunt.jpg --text \"red dress, blond hair\"
  autochrome colorize aunt.jpg --fix \"violet -> gray\"    takes a cast off
  autochrome colorize - < in.png > out.png               in a pipe
  autochrome colorize a.png --scribbles painted.png      your own strokes of colour
  autochrome colorize register.tif --pages all           every page of a scan
  autochrome colorize drawing.png --sketch --hints colours.json
  autochrome colorize a.jpg --palette blue=brown         other colours for a picture that has some";

/// `autochrome colorize`.
#[derive(Debug, Args)]
pub struct ColorizeArguments {
    /// Files, folders or glob patterns; - reads standard input
    #[arg(required = true, value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub inputs: Vec<PathBuf>,

    /// Write the result to this file; - is standard output [default: NAME.color.EXT next to the input]
    #[arg(short, long, value_name = "FILE", conflicts_with = "out_dir", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Write results into this folder, keeping file names and sub-folders
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out_dir: Option<PathBuf>,

    /// Search sub-folders
    #[arg(short, long)]
    pub recursive: bool,

    /// Output format; inputs in a format that cannot be written (BMP, GIF, PNM) become PNG
    #[arg(long, value_name = "FORMAT", default_value = "same")]
    pub format: FormatArgument,

    /// JPEG quality, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 92, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: u8,

    /// What finds the colours
    #[command(flatten)]
    pub choice: MethodChoice,

    /// Adjustments of the finished picture
    #[command(flatten)]
    pub sliders: SliderArguments,

    /// Apply a filter to the result, fully (1) or in part; `autochrome filters` lists them
    #[arg(long, value_name = "NAME[=AMOUNT]", value_parser = filter)]
    pub filter: Option<(&'static Filter, f32)>,

    /// Also write a side-by-side picture, before on the left: NAME.collage.EXT
    #[arg(long)]
    pub collage: bool,

    /// Also write an OpenRaster file with the photograph, its colour and the hints in layers, for GIMP and Krita: NAME.layers.ora
    #[arg(long)]
    pub layers: bool,

    /// Also write the colour alone, transparent, to lay over the photograph in an editor: NAME.layer.png, or .tif for TIFF results
    #[arg(long)]
    pub color_layer: bool,

    /// Number of different answers to write, 1 to 8: NAME.color.EXT, NAME.2.color.EXT and so on
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=8), conflicts_with_all = ["output", "layers", "color_layer"])]
    pub variants: u32,

    /// Draw another plausible answer; the same number gives the same answer
    #[arg(long, value_name = "N", value_parser = seed)]
    pub seed: Option<u64>,

    /// Page of a multi-page TIFF, counted from 1; `all` writes one TIFF with all pages, or one file per page in other formats
    #[arg(long, value_name = "N|all", default_value = "1", value_parser = pages)]
    pub pages: Pages,

    /// Invert negatives before colouring
    #[arg(long)]
    pub invert: bool,

    /// Also colour the pictures of a folder that are in colour already; without it they are left alone
    #[arg(long)]
    pub recolor: bool,

    /// Keep a tint of the sepia or other tone that a picture has
    #[arg(long)]
    pub keep_tone: bool,

    /// Also colour borders around photographs (white margins, film edges, mounts); without it they stay gray
    #[arg(long)]
    pub borders: bool,

    /// Give results the dates of their inputs
    #[arg(long)]
    pub keep_dates: bool,

    /// Print one line of JSON per input
    #[arg(long)]
    pub json: bool,

    /// Overwrite existing results
    #[arg(long, conflicts_with = "resume")]
    pub overwrite: bool,

    /// Skip inputs whose result exists and is newer; a result that was made from another file is named and kept
    #[arg(long)]
    pub resume: bool,

    /// Process only the K-th of N parts of the inputs, for N machines that share the work
    #[arg(long, value_name = "K/N", conflicts_with = "output")]
    pub shard: Option<Shard>,

    /// Number of pictures to process in parallel [default: number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Memory limit for pictures processed in parallel, in MB; a larger picture is processed alone
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub memory_limit: u32,

    /// What is to be coloured how
    #[command(flatten)]
    pub guidance: GuidanceArguments,
}

/// What a person says about the colours.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Guidance")]
pub struct GuidanceArguments {
    /// Colour strokes: a painted copy of the picture (PNG), a transparent PNG with the strokes, or JSON as for --hints
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub scribbles: Option<PathBuf>,

    /// Colour points and lines as JSON: {"points": [{"x": 0.5, "y": 0.2, "radius": 0.01, "color": "#3050a0"}],
    /// "strokes": [{"path": [[0.1, 0.1], [0.3, 0.2]], "width": 0.01, "color": "#804020"}]}
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub hints: Option<PathBuf>,

    /// Say what has which colour, in English or German: "red car, blue sky, dark green dress"
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,

    /// Say what the picture looks like as a whole: a mean colour ("#a08060"), a palette ("dark brown, beige"), the mean strength of its
    /// colours ("chroma 12"), or a picture in colour to take both from
    #[arg(long, value_name = "COLOURS|FILE", value_hint = ValueHint::FilePath)]
    pub mood: Option<String>,

    /// Take colours from this picture; may be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub reference: Vec<PathBuf>,

    /// Take colours from all pictures in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub references: Option<PathBuf>,

    /// Match a part of the picture to a part of the reference: x,y,width,height=x,y,width,height, each 0 to 1; add @2
    /// for the second reference; may be repeated
    #[arg(long, value_name = "PAIR", value_parser = |text: &str| text.parse::<autochrome::SwatchPair>())]
    pub swatch: Vec<autochrome::SwatchPair>,

    /// Change existing colours: "#3050a0=#804020" changes the nearest palette colour, 0=#804020 the first palette colour,
    /// blue=brown named colours, 225..310=65 hues in degrees, green=gray removes a colour; may be repeated
    #[arg(long, value_name = "FROM=TO", value_parser = recolor)]
    pub palette: Vec<autochrome::Recolor>,

    /// Give what looks like remembered pictures their colours: the name of a memory that `autochrome memory add` made
    #[arg(long, value_name = "NAME")]
    pub memory: Option<String>,

    /// The colour corrections
    #[command(flatten)]
    pub fixes: FixArguments,

    /// Treat pictures as line drawings: scribbles and hints fill the regions between dark lines
    #[arg(long)]
    pub sketch: bool,
}

/// What is done with the colours that were found.
#[derive(Debug, Default, Args)]
pub struct FixArguments {
    /// Correct colours of the result by their hue: "violet -> gray", "green -> 20 towards yellow", "all -> 60%",
    /// "hue 280..330 -> 30"; in one part: "skin: green -> gray", "at 0.4,0.6: red -> gray", "x,y,width,height: ..."; may be repeated
    #[arg(long = "fix", value_name = "FIX", help_heading = "Guidance")]
    pub fix: Vec<String>,

    /// Keep the automatic colour of skin, whatever hints, words, references and fixes say
    #[arg(long, help_heading = "Guidance")]
    pub protect_skin: bool,
}

impl FixArguments {
    /// The same in terms of the library.
    ///
    /// # Errors
    /// When a fix is not understood.
    pub fn fixes(&self) -> Result<autochrome::Fixes, autochrome::Error> {
        let mut all = autochrome::Fixes { protect_skin: self.protect_skin, ..autochrome::Fixes::default() };
        for text in &self.fix {
            all.changes.extend(autochrome::fixes::fixes(text)?);
        }
        Ok(all)
    }
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArgument {
    /// Same as the input
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

fn filter(text: &str) -> Result<(&'static Filter, f32), String> {
    let (id, amount) = text.split_once('=').unwrap_or((text, "1"));
    let filter = filters::find(id).ok_or_else(|| {
        let known: Vec<&str> = filters::all().iter().map(|filter| filter.id).collect();
        format!("there is no such filter; choose one of {}", known.join(", "))
    })?;
    Ok((filter, number(amount, 0.0..=1.0)?))
}

fn pages(text: &str) -> Result<Pages, String> {
    match text {
        "all" => Ok(Pages::All),
        _ => match text.parse() {
            Ok(page @ 1..) => Ok(Pages::One(page)),
            _ => Err("give a number from 1, or all".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use autochrome::Pages;

    #[test]
    fn pages_are_counted_from_one() {
        assert_eq!(super::pages("all"), Ok(Pages::All));
        assert_eq!(super::pages("12"), Ok(Pages::One(12)));
        assert!(["0", "-1", "", "every", "1.5"].iter().all(|text| super::pages(text).is_err()));
    }

    #[test]
    fn a_filter_is_taken_whole_or_by_a_share_of_it() {
        let taken = |text| super::filter(text).map(|(filter, amount)| (filter.id, amount));
        assert_eq!(taken("sepia"), Ok(("sepia", 1.0)));
        assert_eq!(taken("vintage=0.4"), Ok(("vintage", 0.4)));
        assert!(taken("sepia=1.5").is_err_and(|error| error.contains("0 to 1")));
        assert!(taken("sephia").is_err_and(|error| error.contains("sepia")));
    }
}
