//! What a person says about the colours: from arguments and files to what the library knows.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use autochrome::document::HintsDocument;
use autochrome::{
    Blame as Fault, Error, Format, GuidanceFile, GuidanceFiles, GuidanceKind, GuidanceKinds, Limits,
    MethodInfo, Need, OrderDraft, Setting, registry,
};

use super::inputs;
use crate::args::GuidanceArguments;
use crate::commands::memory;
use crate::exit::{Blame as _, Exit, Failure};

/// The option that `--sketch` switches on.
const SKETCH: &str = "sketch";

/// Adds what the arguments say to `draft`, and reads the files that say more.
pub fn read(arguments: &GuidanceArguments, draft: &mut OrderDraft) -> Result<GuidanceFiles, Failure> {
    let mut files = GuidanceFiles::default();
    let hints = arguments.hints.iter().map(|path| (path, true));
    for (path, only_json) in arguments.scribbles.iter().map(|path| (path, false)).chain(hints) {
        let file = file(path)?;
        let bytes = file.bytes(&Limits::default()).map_err(|error| blame(path, error))?;
        if only_json || is_json(&bytes) {
            let hints = HintsDocument::read(&bytes)
                .map_err(|source| Error::GuidanceFile { name: file.name.clone(), source: Box::new(source) })
                .usage()?;
            draft.guidance.points.extend(hints.points);
            draft.guidance.strokes.extend(hints.strokes);
        } else {
            files.scribbles = Some(GuidanceFile::from_bytes(file.name.clone(), bytes.into_owned()));
        }
    }
    for path in &arguments.reference {
        files.references.push(file(path)?);
    }
    if let Some(folder) = &arguments.references {
        for path in pictures_of(folder)? {
            files.references.push(GuidanceFile::at(&path));
        }
    }
    if let Some(text) = &arguments.text {
        draft.guidance.words = autochrome::words::wishes(text).map_err(Error::from).usage()?;
    }
    if let Some(mood) = &arguments.mood {
        if names_file(mood) {
            files.mood = Some(file(Path::new(mood))?);
        } else {
            draft.guidance.mood = Some(mood.parse().map_err(Error::Method).usage()?);
        }
    }
    if let Some(name) = &arguments.memory {
        draft.guidance.memory = Some(memory::memories()?.open(name).map_err(memory::blame)?);
    }
    draft.fixes = arguments.fixes.fixes().usage()?;
    draft.guidance.swatches.clone_from(&arguments.swatch);
    draft.guidance.recolors.clone_from(&arguments.palette);
    if let Some(pair) = arguments.swatch.iter().find(|pair| pair.reference >= files.references.len()) {
        return Err(Failure::usage(format!(
            "--swatch means reference {}, but {} given; add --reference FILE",
            pair.reference + 1,
            match files.references.len() {
                0 => "none is".to_owned(),
                1 => "only 1 is".to_owned(),
                several => format!("only {several} are"),
            }
        )));
    }
    if arguments.sketch {
        let entry = match &draft.method {
            Some(id) => registry::find(id).ok().filter(|entry| entry.info.option(SKETCH).is_some()),
            None => registry::with_option(SKETCH),
        };
        let Some(entry) = entry else {
            return Err(Failure::usage(format!(
                "--sketch sets the option `{SKETCH}`, which the method `{}` does not have; leave --method out",
                draft.method.as_deref().unwrap_or_default()
            )));
        };
        draft.method = Some(entry.info.id.to_owned());
        draft.settings.push((SKETCH.to_owned(), Setting::Switch(true)));
    }
    let said = draft.kinds().iter().chain(files.kinds().iter()).collect();
    check(draft.method_for(said).usage()?, said)?;
    Ok(files)
}

/// Refuses what the method has no use for, and methods that can do nothing with what was said, in terms of the arguments.
fn check(info: &MethodInfo, said: GuidanceKinds) -> Result<(), Failure> {
    if said.contains(GuidanceKind::Marks) && !info.accepts(GuidanceKind::Marks) {
        let other = registry::for_guidance([GuidanceKind::Marks].into_iter().collect()).info.id;
        return Err(Failure::usage(format!(
            "the method `{}` takes no scribbles; use --method {other}, or leave --method out",
            info.id
        )));
    }
    match info.missing_input(said) {
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
        GuidanceKind::Words => Some("--text WORDS"),
        GuidanceKind::Mood => Some("--mood COLOURS|FILE"),
        GuidanceKind::Memory => Some("--memory NAME"),
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

/// Whether what was typed for colours or a file is a file, or was meant to be one.
pub fn names_file(text: &str) -> bool {
    let path = Path::new(text);
    let extension = path.extension().and_then(|extension| extension.to_str());
    path.is_file() || text.contains(['/', '\\']) || extension.and_then(Format::from_extension).is_some()
}

/// A file that goes with all pictures.
pub fn file(path: &Path) -> Result<GuidanceFile, Failure> {
    if !path.is_file() {
        return Err(Failure::usage(format!("there is no file {}", path.display())));
    }
    Ok(GuidanceFile::at(path))
}

fn is_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

/// The pictures of a folder, by name.
pub fn pictures_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.is_dir() {
        return Err(Failure::usage(format!("there is no folder {}", folder.display())));
    }
    let found = inputs::find(&[folder.to_owned()], false, None);
    // That alone is missing then; a folder that cannot be read is told of first.
    if found.inputs.is_empty() && found.missing.len() == 1 {
        return Err(Failure::usage(format!(
            "there are no pictures in {}; sub-folders are not looked into",
            folder.display()
        )));
    }
    if let Some(missing) = found.missing.first() {
        let error = anyhow::anyhow!("{}", missing.reason);
        return Err(error).with_context(|| folder.display().to_string()).usage();
    }
    Ok(found.inputs.into_iter().map(|input| input.path).collect())
}
