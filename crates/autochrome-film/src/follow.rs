//! Spots of a film followed through their scene: what a person says about one moment is said about all of its scene.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::colorize::no_frame_at;
use crate::cuts::CutDetector;
use crate::error::{FilmError, Result};
use crate::ffmpeg::Ffmpeg;
use crate::motion::{BLOCK_PX, Motion, STEP_PX, seek};
use crate::planes::luma_codes;
use crate::reader::{Range, RawFrames};
use crate::small::{Gray, Pyramid, working_size};
use crate::source::Source;

/// Frames from one place of a track to the next.
const TRACK_FRAMES: u64 = 8;
/// Mean difference of a sample, of 255, from which a spot counts as lost.
const LOST: u32 = 24;

/// A spot at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// The moment, in seconds from the film's beginning.
    pub at_s: f64,
    /// Distance from the left edge, 0..=1 of the width.
    pub x: f32,
    /// Distance from the upper edge, 0..=1 of the height.
    pub y: f32,
}

/// Where a spot is in its scene.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Track {
    /// Number of the frame in which it was given.
    pub frame: u64,
    /// Number of the first frame of its scene.
    pub first_frame: u64,
    /// Number of the frame after the scene.
    pub end_frame: u64,
    /// Frames and places (x, y, as in [`Spot`]), in order; none where the spot is hidden or has left.
    pub places: Vec<(u64, [f32; 2])>,
}

impl Track {
    /// Where the spot is in a frame of its scene.
    #[must_use]
    pub fn place(&self, frame: u64) -> Option<[f32; 2]> {
        if !(self.first_frame..self.end_frame).contains(&frame) {
            return None;
        }
        let nearest = self.places.iter().min_by_key(|(at, _)| at.abs_diff(frame))?;
        (nearest.0.abs_diff(frame) <= TRACK_FRAMES).then_some(nearest.1)
    }
}

/// Follows each spot to both ends of its scene; the film is read once.
///
/// # Errors
/// When the film cannot be read, a moment lies outside of it ([`FilmError::NoSuchMoment`]), and [`FilmError::Stopped`].
pub fn follow(
    ffmpeg: &Ffmpeg,
    source: &Source,
    range: Range,
    spots: &[Spot],
    stop: &AtomicBool,
) -> Result<Vec<Track>> {
    let (width, height) = source.shown_size();
    let working = working_size(width, height);
    let codes = source.codes();
    let (num, den) = source.time_base;
    let mut frames = RawFrames::open(ffmpeg, source, range)?;
    let mut cuts = CutDetector::default();
    let mut scene = Scene::default();
    let mut tracks: Vec<Option<Track>> = vec![None; spots.len()];
    // A spot belongs to the first frame that is shown at its moment or later.
    let mut open: Vec<usize> = (0..spots.len()).collect();
    let mut end_frame = 0;
    while let Some(frame) = frames.next_frame() {
        if stop.load(Ordering::Relaxed) {
            return Err(FilmError::Stopped);
        }
        let luma = luma_codes(&frame.data, source.layout(), source.width, source.height);
        let gray = Gray::shrink(&luma, (source.width, source.height), working, codes.white());
        if cuts.push(&gray.for_cuts()) {
            scene.finish(frame.number, spots, &mut tracks);
            scene = Scene { first_frame: frame.number, ..Scene::default() };
        }
        let at_s = range.start_s + frame.pts as f64 * num as f64 / den as f64;
        // Half a millisecond of grace: people write times rounded.
        let due: Vec<usize> = open.extract_if(.., |spot| spots[*spot].at_s <= at_s + 5e-4).collect();
        if !due.is_empty() || (frame.number - scene.first_frame).is_multiple_of(TRACK_FRAMES) {
            scene.frames.push((frame.number, gray.pyramid()));
        }
        scene.spots.extend(due.into_iter().map(|spot| (spot, scene.frames.len() - 1)));
        end_frame = frame.number + 1;
    }
    scene.finish(end_frame, spots, &mut tracks);
    let late = || {
        let at_s = open.first().map_or(0.0, |spot| spots[*spot].at_s);
        no_frame_at(at_s)
    };
    tracks.into_iter().collect::<Option<Vec<Track>>>().ok_or_else(late)
}

/// A scene that is being read.
#[derive(Default)]
struct Scene {
    first_frame: u64,
    /// Frames that places are told for.
    frames: Vec<(u64, Arc<Pyramid>)>,
    /// Spots, and which of the frames they were given in.
    spots: Vec<(usize, usize)>,
}

impl Scene {
    fn finish(&self, end_frame: u64, spots: &[Spot], tracks: &mut [Option<Track>]) {
        for &(spot, given) in &self.spots {
            let from = [spots[spot].x, spots[spot].y];
            let mut places = vec![(self.frames[given].0, from)];
            let later: Vec<usize> = (given..self.frames.len()).collect();
            let earlier: Vec<usize> = (0..=given).rev().collect();
            for way in [later, earlier] {
                places.extend(self.track(&way, from));
            }
            places.sort_by_key(|(frame, _)| *frame);
            let (frame, first_frame) = (self.frames[given].0, self.first_frame);
            tracks[spot] = Some(Track { frame, first_frame, end_frame, places });
        }
    }

    /// The places of what is at `place` in the first of these frames, until it is lost.
    fn track(&self, way: &[usize], mut place: [f32; 2]) -> Vec<(u64, [f32; 2])> {
        let mut places = Vec::new();
        let mut motion: Option<Motion> = None;
        for pair in way.windows(2) {
            let (from, to) = (&self.frames[pair[0]], &self.frames[pair[1]]);
            let found = seek(&from.1, &to.1, motion.as_ref());
            match step(&found, &from.1.levels[0], place) {
                Some(next) => place = next,
                None => break,
            }
            places.push((to.0, place));
            motion = Some(found);
        }
        places
    }
}

/// Where what is at `place` has moved; nothing when it is lost or has left.
fn step(motion: &Motion, gray: &Gray, [x, y]: [f32; 2]) -> Option<[f32; 2]> {
    let (width, height) = (gray.width as f32, gray.height as f32);
    // The block whose middle is nearest.
    let block = |at: f32, count: usize| {
        let block = ((at - BLOCK_PX as f32 / 2.0) / STEP_PX as f32).round().max(0.0) as usize;
        block.min(count.saturating_sub(1))
    };
    let index = block(y * height, motion.rows) * motion.columns + block(x * width, motion.columns);
    let (vector, difference) = (motion.vectors.get(index)?, motion.differences.get(index)?);
    if *difference > LOST * (BLOCK_PX * BLOCK_PX) as u32 {
        return None;
    }
    let place = [x + f32::from(vector[0]) / width, y + f32::from(vector[1]) / height];
    place.iter().all(|share| (0.0..=1.0).contains(share)).then_some(place)
}
