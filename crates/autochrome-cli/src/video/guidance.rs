//! What a person says about a film: for all of it, for the scene at a moment, and by retouched frames.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use autochrome::document::HintsDocument;
use autochrome::film::{FilmColorist, FilmGuidance};
use autochrome::{GuidanceFile, OrderDraft, Pipeline};
use autochrome_film::{Ffmpeg, Range, Source};
use serde_json::Value;

use super::blame;
use crate::args::{VideoArguments, moment};
use crate::colorize::guidance::{file, names_file};
use crate::commands::memory;
use crate::exit::{Blame as _, Failure};

/// What finds the colours of keyframes.
pub fn colorist<'a>(
    arguments: &VideoArguments,
    pipeline: &'a Pipeline,
    ffmpeg: &Ffmpeg,
    source: &Source,
    stop: &AtomicBool,
) -> Result<FilmColorist<'a>, Failure> {
    let mut guidance = FilmGuidance {
        draft: draft(arguments)?,
        references: references(&arguments.guidance.reference)?,
        ..FilmGuidance::default()
    };
    if let Some(path) = &arguments.guidance.hints {
        hints(path, &mut guidance)?;
    }
    if let Some(mood) = &arguments.guidance.mood {
        if names_file(mood) {
            guidance.mood = Some(file(Path::new(mood))?);
        } else {
            let mood = mood.parse().map_err(autochrome::Error::Method).map_err(blame)?;
            guidance.draft.guidance.mood = Some(mood);
        }
    }
    if let Some(folder) = &arguments.keyframes {
        guidance.retouched = retouched(folder)?;
    }
    let range = Range { start_s: arguments.start, end_s: arguments.end };
    guidance.colorist(pipeline, ffmpeg, source, range, stop).map_err(blame)
}

/// What is done with every keyframe.
fn draft(arguments: &VideoArguments) -> Result<OrderDraft, Failure> {
    let mut draft =
        OrderDraft { tone: arguments.sliders.0.tone(), ..arguments.choice.draft().map_err(blame)? };
    draft.guidance.recolors.clone_from(&arguments.guidance.palette);
    if let Some(name) = &arguments.guidance.memory {
        draft.guidance.memory = Some(memory::memories()?.open(name).map_err(memory::blame)?);
    }
    draft.fixes = arguments.guidance.fixes.fixes().map_err(blame)?;
    if let Some(text) = &arguments.guidance.text {
        draft.guidance.words =
            autochrome::words::wishes(text).map_err(autochrome::Error::from).map_err(blame)?;
    }
    Ok(draft)
}

/// Points and lines with their moments.
fn hints(path: &Path, guidance: &mut FilmGuidance) -> Result<(), Failure> {
    let told = || format!("cannot use {}", path.display());
    let bytes = std::fs::read(path).with_context(told).usage()?;
    let mut whole: Value = serde_json::from_slice(&bytes).with_context(told).usage()?;
    for kind in ["points", "strokes"] {
        let Some(hints) = whole.get_mut(kind).and_then(Value::as_array_mut) else { continue };
        for hint in hints {
            let at = hint.as_object_mut().and_then(|fields| fields.remove("at"));
            let at_s = match &at {
                Some(Value::String(text)) => moment(text),
                Some(Value::Number(number)) => {
                    number.as_f64().filter(|s| *s >= 0.0).ok_or_else(|| format!("`{number}` is not a time"))
                }
                _ => Err("every hint of a film needs a time: \"at\": \"00:12.5\"".to_owned()),
            };
            let at_s = at_s.map_err(anyhow::Error::msg).with_context(told).usage()?;
            let single = serde_json::json!({ kind: [&*hint] }).to_string();
            guidance.add_hints(at_s, HintsDocument::read(single.as_bytes()).with_context(told).usage()?);
        }
    }
    if guidance.points.is_empty() {
        return Err(Failure::usage(format!("{}: there are no points and no strokes in it", path.display())));
    }
    Ok(())
}

/// `FILE` or `FILE@TIME`; an @ that is part of a name needs no care.
fn references(typed: &[String]) -> Result<Vec<(GuidanceFile, Option<f64>)>, Failure> {
    let one = |text: &String| {
        if Path::new(text).is_file() {
            return Ok((GuidanceFile::at(Path::new(text)), None));
        }
        match text.rsplit_once('@') {
            Some((path, at)) if Path::new(path).is_file() => {
                Ok((GuidanceFile::at(Path::new(path)), Some(moment(at).map_err(Failure::usage)?)))
            }
            _ => Err(Failure::usage(format!("there is no file {text}"))),
        }
    };
    typed.iter().map(one).collect()
}

/// Pictures of a folder by the frame number in their names.
fn retouched(folder: &Path) -> Result<BTreeMap<u64, PathBuf>, Failure> {
    let told = || format!("cannot read the folder {}", folder.display());
    let mut pictures = BTreeMap::new();
    for entry in folder.read_dir().with_context(told).usage()? {
        let path = entry.with_context(told).usage()?.path();
        if let Some(number) = frame_number(&path)
            && let Some(other) = pictures.insert(number, path.clone())
        {
            let (one, other) = (path.display(), other.display());
            return Err(Failure::usage(format!("{one} and {other} are both for frame {number}; keep one")));
        }
    }
    if pictures.is_empty() {
        let folder = folder.display();
        return Err(Failure::usage(format!(
            "no picture in {folder} ends in a frame number, such as ref_000123.png"
        )));
    }
    Ok(pictures)
}

/// The number that a picture's name ends in.
fn frame_number(path: &Path) -> Option<u64> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    if !["png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp"].contains(&extension.as_str()) {
        return None;
    }
    let stem = path.file_stem()?.to_str()?;
    stem[stem.trim_end_matches(|c: char| c.is_ascii_digit()).len()..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_numbers_are_what_names_end_in() {
        for (name, number) in
            [("ref_000123.png", Some(123)), ("7.JPG", Some(7)), ("a.png", None), ("ref_5.txt", None)]
        {
            assert_eq!(frame_number(Path::new(name)), number, "{name}");
        }
    }
}
