//! What a person says about a film: for all of it, for the scene at a moment, and by retouched frames.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use autochrome::document::HintsDocument;
use autochrome::film::{FilmColorist, FilmSpot};
use autochrome::{GuidanceFile, GuidanceFiles, GuidanceKind, Model, OrderDraft, Pipeline, Point, Setting};
use autochrome_film::{Ffmpeg, Range, Source, Spot, follow};
use serde_json::Value;

use super::blame;
use crate::args::{VideoArguments, moment};
use crate::exit::{Blame as _, Failure};

/// Spots along a line lie no farther apart than this share of the picture.
const SPACING: f32 = 0.02;

/// What finds the colours of keyframes.
pub fn colorist<'a>(
    arguments: &VideoArguments,
    pipeline: &'a Pipeline,
    ffmpeg: &Ffmpeg,
    source: &Source,
    stop: &AtomicBool,
) -> Result<FilmColorist<'a>, Failure> {
    let points = match &arguments.guidance.hints {
        Some(path) => hints(path)?,
        None => Vec::new(),
    };
    let references = references(&arguments.guidance.reference)?;
    let mut draft = draft(arguments)?;
    if !points.is_empty() && draft.method.is_none() {
        let kinds = [GuidanceKind::Points].into_iter().collect();
        draft.method = Some(draft.method_for(kinds).map_err(blame)?.id.to_owned());
    }
    let mut whole = GuidanceFiles::default();
    whole.references.extend(references.iter().filter(|(_, at)| at.is_none()).map(|(file, _)| file.clone()));
    let order = pipeline.order(draft.clone(), &whole).map_err(blame)?;
    let info = order.method();
    if !points.is_empty() && !info.accepts(GuidanceKind::Points) {
        return Err(Failure::usage(format!("the method `{}` takes no hints; leave --method out", info.id)));
    }
    let mut colorist = FilmColorist::new(pipeline, order).map_err(blame)?;

    let timed: Vec<(&GuidanceFile, f64)> =
        references.iter().filter_map(|(file, at)| Some((file, (*at)?))).collect();
    let spots: Vec<Spot> = points
        .iter()
        .map(|(at_s, point)| Spot { at_s: *at_s, x: point.x, y: point.y })
        .chain(timed.iter().map(|(_, at_s)| Spot { at_s: *at_s, x: 0.5, y: 0.5 }))
        .collect();
    if !spots.is_empty() {
        let range = Range { start_s: arguments.start, end_s: arguments.end };
        let mut tracks = follow(ffmpeg, source, range, &spots, stop).map_err(super::film_blame)?;
        let of_references = tracks.split_off(points.len());
        for ((_, point), track) in points.into_iter().zip(tracks) {
            colorist.add_spot(FilmSpot { point, track });
        }
        for ((file, _), track) in timed.into_iter().zip(of_references) {
            let files = GuidanceFiles { references: vec![file.clone()], ..GuidanceFiles::default() };
            let draft = OrderDraft { method: arguments.method.clone(), ..draft.clone() };
            let order = pipeline.order(draft, &files).map_err(blame)?;
            colorist.scene(track.first_frame..track.end_frame, order).map_err(blame)?;
        }
    }
    if let Some(folder) = &arguments.keyframes {
        colorist.retouched(retouched(folder)?);
    }
    Ok(colorist)
}

/// What is done with every keyframe.
fn draft(arguments: &VideoArguments) -> Result<OrderDraft, Failure> {
    if !arguments.sliders.look(None).is_identity() {
        return Err(Failure::usage(
            "a film keeps its light as it is; --contrast is for pictures (--saturation, --temperature and --tint work)",
        ));
    }
    let text = |(id, value): &(String, String)| (id.clone(), Setting::Text(value.clone()));
    let mut draft = OrderDraft {
        method: arguments.method.clone(),
        model: arguments.model.as_deref().map_or(Ok(Model::Default), Model::find).map_err(blame)?,
        settings: arguments.options.iter().map(text).collect(),
        tone: arguments.sliders.tone(),
        ..OrderDraft::default()
    };
    draft.guidance.recolors.clone_from(&arguments.guidance.palette);
    Ok(draft)
}

/// Points with their moments; lines become rows of points.
fn hints(path: &Path) -> Result<Vec<(f64, Point)>, Failure> {
    let told = || format!("cannot use {}", path.display());
    let bytes = std::fs::read(path).with_context(told).usage()?;
    let mut whole: Value = serde_json::from_slice(&bytes).with_context(told).usage()?;
    let mut timed = Vec::new();
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
            let guidance = HintsDocument::read(single.as_bytes()).with_context(told).usage()?;
            timed.extend(guidance.points.into_iter().map(|point| (at_s, point)));
            for stroke in guidance.strokes {
                let point =
                    |[x, y]: [f32; 2]| Point { x, y, radius: stroke.width / 2.0, color: stroke.color };
                timed.extend(resample_path(&stroke.path).into_iter().map(|place| (at_s, point(place))));
            }
        }
    }
    if timed.is_empty() {
        return Err(Failure::usage(format!("{}: there are no points and no strokes in it", path.display())));
    }
    Ok(timed)
}

/// Places along a line.
fn resample_path(path: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut places: Vec<[f32; 2]> = path.first().copied().into_iter().collect();
    for pair in path.windows(2) {
        let [[x0, y0], [x1, y1]] = [pair[0], pair[1]];
        let steps = ((x1 - x0).hypot(y1 - y0) / SPACING).ceil().max(1.0);
        let at = |step: usize| step as f32 / steps;
        places
            .extend((1..=steps as usize).map(|step| [x0 + (x1 - x0) * at(step), y0 + (y1 - y0) * at(step)]));
    }
    places
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

    #[test]
    fn a_line_becomes_a_row_of_places() {
        let places = resample_path(&[[0.0, 0.5], [0.05, 0.5]]);
        assert_eq!(places.len(), 4);
        assert_eq!((resample_path(&[[0.1, 0.2]]).len(), resample_path(&[]).len()), (1, 0));
    }
}
