//! What a person says about the colours: from arguments and files to what the library knows.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use autochrome::{
    Blame as Fault, Chroma, Colorizer, DecodeOptions, Error, Guidance, GuidanceKind, Limits, Picture, Plane,
    Reference, Scribbles, decode, fit, read_file, registry,
};
use autochrome_color::resize::{Filter, fit_within, resize_chroma, resize_plane};

use super::inputs;
use crate::args::GuidanceArguments;
use crate::exit::{Blame as _, Exit, Failure};

/// Longer side that one reference is shrunk to, and each of a whole folder: more detail says nothing about colours.
const REFERENCE_PX: usize = 2048;
const FOLDER_REFERENCE_PX: usize = 512;

/// The method that fits the guidance when none is named.
pub fn method(arguments: &GuidanceArguments) -> Result<&'static str, Failure> {
    let GuidanceArguments { scribbles, hints, reference, references, swatch, palette, sketch } = arguments;
    if scribbles.is_some() || hints.is_some() || *sketch {
        return Ok("scribble");
    }
    if !palette.is_empty() {
        return Ok("palette");
    }
    if reference.is_empty() && references.is_none() && swatch.is_empty() {
        return Ok(registry::DEFAULT);
    }
    let takes_references =
        registry::methods().iter().filter(|entry| entry.info.guidance.contains(&GuidanceKind::References));
    let known: Vec<&str> = takes_references.map(|entry| entry.info.id).collect();
    match known.iter().find(|id| **id == "deep") {
        Some(deep) => Ok(deep),
        None => Err(Failure::usage(format!(
            "name the method that is to take colours from the reference: --method {}",
            known.join(" or ")
        ))),
    }
}

/// Reads what the arguments name and tells `colorizer`.
pub fn tell(colorizer: Colorizer, arguments: &GuidanceArguments) -> Result<Colorizer, Failure> {
    let info = colorizer.info();
    if arguments.sketch && info.id != "scribble" {
        return Err(Failure::usage(format!(
            "--sketch fills drawings with the method `scribble`, not with `{}`; leave --method out",
            info.id
        )));
    }
    let mut guidance = Guidance::default();
    let mut scribbles = None;
    for (path, only_json) in arguments
        .scribbles
        .iter()
        .map(|path| (path, false))
        .chain(arguments.hints.iter().map(|path| (path, true)))
    {
        let bytes = read(path)?;
        if only_json || is_json(&bytes) {
            let hints = autochrome_server::read_hints(&bytes).map_err(|error| {
                Failure::usage(format!("{} is no file of hints: {error}", path.display()))
            })?;
            if hints.points.is_empty() && hints.strokes.is_empty() {
                return Err(Failure::usage(format!("{} has no points and no strokes", path.display())));
            }
            guidance.points.extend(hints.points);
            guidance.strokes.extend(hints.strokes);
        } else {
            scribbles = Some(Scribbles::new(picture(path, &bytes)?));
        }
    }
    for path in &arguments.reference {
        guidance.references.push(reference(path, REFERENCE_PX)?);
    }
    if let Some(folder) = &arguments.references {
        for path in pictures_of(folder)? {
            guidance.references.push(reference(&path, FOLDER_REFERENCE_PX)?);
        }
    }
    guidance.swatches.clone_from(&arguments.swatch);
    if let Some(pair) = guidance.swatches.iter().find(|pair| pair.reference >= guidance.references.len()) {
        return Err(Failure::usage(format!(
            "--swatch means reference {}, but {} are given; add --reference FILE",
            pair.reference + 1,
            guidance.references.len()
        )));
    }
    guidance.recolors.clone_from(&arguments.palette);

    fit(&mut guidance, info);
    info.check(&guidance).map_err(Error::from).usage()?;
    let takes = |kind: GuidanceKind| info.guidance.contains(&kind);
    if scribbles.is_some() && !takes(GuidanceKind::Marks) && !takes(GuidanceKind::Points) {
        return Err(Failure::usage(format!(
            "the method `{}` takes no scribbles; use --method scribble, or leave --method out",
            info.id
        )));
    }
    if scribbles.is_none() && guidance.kinds().next().is_none() {
        nothing_said(info.id)?;
    }
    let colorizer = colorizer.guidance(guidance);
    let colorizer = match scribbles {
        Some(scribbles) => colorizer.scribbles(scribbles),
        None => colorizer,
    };
    if arguments.sketch { colorizer.option("sketch", "on").usage() } else { Ok(colorizer) }
}

/// Refuses methods that can do nothing by themselves, before anything is read.
fn nothing_said(method: &str) -> Result<(), Failure> {
    let wanted = match method {
        "scribble" => "--scribbles FILE or --hints FILE",
        "palette" => "--palette FROM=TO or --reference FILE",
        _ => return Ok(()),
    };
    Err(Failure::usage(format!("the method `{method}` needs to be told colours; add {wanted}")))
}

/// Whose fault it is that a file beside the inputs cannot be read.
fn blame(path: &Path, error: Error) -> Failure {
    let exit = if error.blame() == Fault::Environment { Exit::Environment } else { Exit::Usage };
    Failure { exit, error: anyhow::Error::from(error).context(format!("cannot use {}", path.display())) }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if !path.is_file() {
        return Err(Failure::usage(format!("there is no file {}", path.display())));
    }
    read_file(path, &Limits::default()).map_err(|error| blame(path, error.into()))
}

fn picture(path: &Path, bytes: &[u8]) -> Result<Picture, Failure> {
    decode(bytes, &DecodeOptions::default()).map_err(|error| blame(path, error.into()))
}

fn is_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

fn reference(path: &Path, most_px: usize) -> Result<Reference, Failure> {
    let Picture { luma, chroma, .. } = picture(path, &read(path)?)?;
    let Some(chroma) = chroma else {
        return Err(Failure::usage(format!("{} has no colours to take", path.display())));
    };
    let (luma, chroma) = shrunk(luma, chroma, most_px);
    Ok(Reference { luma, chroma, name: path.display().to_string() })
}

fn shrunk(luma: Plane, chroma: Chroma, most_px: usize) -> (Plane, Chroma) {
    let (width, height) = fit_within(luma.width(), luma.height(), most_px);
    if (width, height) == luma.size() {
        return (luma, chroma);
    }
    (resize_plane(&luma, width, height, Filter::Area), resize_chroma(&chroma, width, height, Filter::Area))
}

/// The pictures of a folder, by name.
fn pictures_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.is_dir() {
        return Err(Failure::usage(format!("there is no folder {}", folder.display())));
    }
    let found = inputs::find(&[folder.to_owned()], false, None);
    if let Some(missing) = found.missing.first() {
        let error = anyhow::anyhow!("{}", missing.reason);
        return Err(error).with_context(|| folder.display().to_string()).usage();
    }
    Ok(found.inputs.into_iter().map(|input| input.path).collect())
}
