//! What a person says about the colours: from arguments and files to what the library knows.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use autochrome::{
    Blame as Fault, Colorizer, DecodeOptions, Error, Guidance, GuidanceKind, GuidanceKinds, Limits,
    MethodError, MethodInfo, Need, Picture, Reference, Scribbles, decode, read_file, registry,
};

use super::inputs;
use crate::args::GuidanceArguments;
use crate::exit::{Blame as _, Exit, Failure};

/// The option that `--sketch` switches on.
const SKETCH: &str = "sketch";

/// The id of the method that fits the guidance when none is named.
pub fn method(arguments: &GuidanceArguments) -> &'static str {
    let GuidanceArguments { scribbles, hints, reference, references, swatch, palette, sketch } = arguments;
    if *sketch && let Some(entry) = registry::with_option(SKETCH) {
        return entry.info.id;
    }
    let said: GuidanceKinds = [
        (hints.is_some(), GuidanceKind::Points),
        (scribbles.is_some(), GuidanceKind::Marks),
        (!reference.is_empty() || references.is_some(), GuidanceKind::References),
        (!swatch.is_empty(), GuidanceKind::Swatches),
        (!palette.is_empty(), GuidanceKind::Recolors),
    ]
    .into_iter()
    .filter_map(|(said, kind)| said.then_some(kind))
    .collect();
    registry::for_guidance(said).info.id
}

/// Reads what the arguments name and tells `colorizer`.
pub fn tell(colorizer: Colorizer, arguments: &GuidanceArguments) -> Result<Colorizer, Failure> {
    let info = colorizer.info();
    if arguments.sketch && info.option(SKETCH).is_none() {
        return Err(Failure::usage(format!(
            "--sketch sets the option `{SKETCH}`, which the method `{}` does not have; leave --method out",
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
    let mut paths = arguments.reference.clone();
    if let Some(folder) = &arguments.references {
        paths.extend(pictures_of(folder)?);
    }
    if !paths.is_empty() {
        let kind = GuidanceKind::References;
        let unsupported = MethodError::GuidanceUnsupported { method: info.id, kind };
        let side_px = colorizer.reference_px().ok_or(unsupported).usage()?;
        for path in &paths {
            guidance.references.push(reference(path, side_px)?);
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

    let mut said = guidance.kinds();
    if scribbles.is_some() {
        said.insert(GuidanceKind::Marks);
    }
    check(info, said)?;
    let colorizer = colorizer.guidance(guidance);
    let colorizer = match scribbles {
        Some(scribbles) => colorizer.scribbles(scribbles),
        None => colorizer,
    };
    if arguments.sketch { colorizer.option(SKETCH, true).usage() } else { Ok(colorizer) }
}

/// Refuses what the method has no use for, and methods that can do nothing with what was said, before anything is read.
fn check(info: &MethodInfo, said: GuidanceKinds) -> Result<(), Failure> {
    if said.contains(GuidanceKind::Marks) && !info.accepts(GuidanceKind::Marks) {
        let other = registry::for_guidance([GuidanceKind::Marks].into_iter().collect()).info.id;
        return Err(Failure::usage(format!(
            "the method `{}` takes no scribbles; use --method {other}, or leave --method out",
            info.id
        )));
    }
    match info.unsaid(said) {
        Some(need) if said.iter().all(|kind| info.accepts(kind)) => Err(Failure::usage(format!(
            "the method `{}` needs to be told colours; add {}",
            info.id,
            arguments_for(need)
        ))),
        _ => info.check_said(said).map_err(Error::from).usage(),
    }
}

/// The arguments that meet a need: `--scribbles FILE or --hints FILE`.
fn arguments_for(need: &Need) -> String {
    let argument = |kind: &GuidanceKind| match kind {
        GuidanceKind::Points => Some("--hints FILE"),
        GuidanceKind::Strokes | GuidanceKind::Marks => Some("--scribbles FILE"),
        GuidanceKind::References => Some("--reference FILE"),
        GuidanceKind::Swatches => Some("--swatch PAIR"),
        GuidanceKind::Recolors => Some("--palette FROM=TO"),
        _ => None,
    };
    let mut arguments: Vec<&str> = Vec::new();
    for argument in need.any_of.iter().filter_map(argument) {
        if !arguments.contains(&argument) {
            arguments.push(argument);
        }
    }
    arguments.join(" or ")
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

fn reference(path: &Path, side_px: usize) -> Result<Reference, Failure> {
    let Picture { luma, chroma, .. } = picture(path, &read(path)?)?;
    let Some(chroma) = chroma else {
        return Err(Failure::usage(format!("{} has no colours to take", path.display())));
    };
    Ok(Reference { luma, chroma, name: path.display().to_string() }.reduced(side_px))
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
