//! What a person says about a film, for all of it and for single moments, and the colorist that it makes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use autochrome_film::{Ffmpeg, Range, Source, Spot, Track, follow};
use autochrome_methods::{Guidance, GuidanceKind, GuidanceKinds, Point, Stroke};

use super::{FilmColorist, FilmSpot};
use crate::{Error, GuidanceFile, GuidanceFiles, OrderDraft, Pipeline};

/// Spots along a line lie no farther apart than this share of the picture.
const SPACING: f32 = 0.02;

/// What a person says about a film.
#[derive(Clone, Debug, Default)]
pub struct FilmGuidance {
    /// What is done with every keyframe.
    pub draft: OrderDraft,
    /// Spots of known colour, each with its moment in seconds from the film's beginning; they follow what they were put on.
    pub points: Vec<(f64, Point)>,
    /// Pictures to take colours from: for the scene at a moment, or for the whole film.
    pub references: Vec<(GuidanceFile, Option<f64>)>,
    /// A picture in colour whose mean colour and strength of colours the whole film is to have.
    pub mood: Option<GuidanceFile>,
    /// The file of a memory whose colours go to what looks like its pictures.
    pub memory: Option<GuidanceFile>,
    /// Pictures in colour of single frames, by their numbers.
    pub retouched: BTreeMap<u64, PathBuf>,
}

impl FilmGuidance {
    /// Adds points and lines of a moment; lines become rows of points.
    pub fn add_hints(&mut self, at_s: f64, guidance: Guidance) {
        self.points.extend(guidance.points.into_iter().map(|point| (at_s, point)));
        self.points.extend(guidance.strokes.iter().flat_map(stroke_points).map(|point| (at_s, point)));
    }

    /// The kinds of guidance beside those of the draft, as far as they are for the whole film.
    #[must_use]
    pub fn kinds(&self) -> GuidanceKinds {
        let points = self.points.first().map(|_| GuidanceKind::Points);
        let whole = self.references.iter().find(|(_, at)| at.is_none()).map(|_| GuidanceKind::References);
        let mood = self.mood.as_ref().map(|_| GuidanceKind::Mood);
        let memory = self.memory.as_ref().map(|_| GuidanceKind::Memory);
        points.into_iter().chain(whole).chain(mood).chain(memory).collect()
    }

    /// Reads the files, follows the spots through their scenes, and makes a colorist.
    ///
    /// # Errors
    /// When the method takes no such guidance, a file cannot be used, a moment lies outside of the film, or `stop` was set.
    pub fn colorist<'a>(
        self,
        pipeline: &'a Pipeline,
        ffmpeg: &Ffmpeg,
        source: &Source,
        range: Range,
        stop: &AtomicBool,
    ) -> Result<FilmColorist<'a>, Error> {
        let tracks = self.tracks(ffmpeg, source, range, stop)?;
        self.colorist_along(pipeline, tracks)
    }

    /// Follows everything that is said about a moment through its scene.
    ///
    /// # Errors
    /// When the method takes no such guidance, the film cannot be read, a moment lies outside of it, or `stop` was set.
    pub fn tracks(
        &self,
        ffmpeg: &Ffmpeg,
        source: &Source,
        range: Range,
        stop: &AtomicBool,
    ) -> Result<Vec<Track>, Error> {
        self.draft.check(self.kinds())?;
        let timed = self.references.iter().filter_map(|(_, at)| *at);
        let spots: Vec<Spot> = self
            .points
            .iter()
            .map(|(at_s, point)| Spot { at_s: *at_s, x: point.x, y: point.y })
            .chain(timed.map(|at_s| Spot { at_s, x: 0.5, y: 0.5 }))
            .collect();
        if spots.is_empty() { Ok(Vec::new()) } else { Ok(follow(ffmpeg, source, range, &spots, stop)?) }
    }

    /// The colorist where the [tracks](Self::tracks) of this guidance are known.
    ///
    /// # Errors
    /// When the method takes no such guidance, or a file cannot be used.
    pub fn colorist_along<'a>(
        self,
        pipeline: &'a Pipeline,
        mut tracks: Vec<Track>,
    ) -> Result<FilmColorist<'a>, Error> {
        let info = self.draft.check(self.kinds())?;
        let mut whole = GuidanceFiles {
            mood: self.mood.clone(),
            memory: self.memory.clone(),
            ..GuidanceFiles::default()
        };
        let of_all = self.references.iter().filter(|(_, at)| at.is_none());
        whole.references.extend(of_all.map(|(file, _)| file.clone()));
        let mut draft = self.draft.clone();
        if !self.points.is_empty() {
            draft.method = Some(info.id.to_owned());
        }
        let mut colorist = FilmColorist::new(pipeline, pipeline.order(draft, &whole)?)?;

        if !tracks.is_empty() {
            // A scene that has a picture to go by goes by that, and not by what the whole film is like.
            let mut of_scene = self.draft.clone();
            (of_scene.guidance.mood, of_scene.guidance.memory) = (None, None);
            let of_references = tracks.split_off(self.points.len().min(tracks.len()));
            for ((_, point), track) in self.points.into_iter().zip(tracks) {
                colorist.add_spot(FilmSpot { point, track });
            }
            let timed = self.references.into_iter().filter(|(_, at)| at.is_some());
            for ((file, _), track) in timed.zip(of_references) {
                let files = GuidanceFiles { references: vec![file], ..GuidanceFiles::default() };
                let order = pipeline.order(of_scene.clone(), &files)?;
                colorist.scene(track.first_frame..track.end_frame, order)?;
            }
        }
        colorist.retouched(self.retouched);
        Ok(colorist)
    }
}

/// Points along a line.
fn stroke_points(stroke: &Stroke) -> Vec<Point> {
    let mut places: Vec<[f32; 2]> = stroke.path.first().copied().into_iter().collect();
    for pair in stroke.path.windows(2) {
        let [[x0, y0], [x1, y1]] = [pair[0], pair[1]];
        let steps = ((x1 - x0).hypot(y1 - y0) / SPACING).ceil().max(1.0);
        let at = |step: usize| step as f32 / steps;
        places
            .extend((1..=steps as usize).map(|step| [x0 + (x1 - x0) * at(step), y0 + (y1 - y0) * at(step)]));
    }
    let point = |[x, y]: [f32; 2]| Point { x, y, radius: stroke.width / 2.0, color: stroke.color };
    places.into_iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_a_row_of_points() {
        let line = |path: &[[f32; 2]]| {
            stroke_points(&Stroke { path: path.to_vec(), width: 0.02, color: "#102030".parse().unwrap() })
                .len()
        };
        assert_eq!((line(&[[0.0, 0.5], [0.05, 0.5]]), line(&[[0.1, 0.2]]), line(&[])), (4, 1, 0));
    }
}
