//! A film in segments that are coloured by themselves, wherever that is, and put together once all are done: the bytes of a run in
//! one go, where the codec is the same everywhere.
//!
//! A segment is as many parts of the result as lie between two cuts at which parts end. Nothing goes from one scene to the next, so a
//! segment needs no frames of the others; which frames are its own, and where its scenes begin, is found once, for all.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::colorist::Colorist;
use crate::colorize::{FilmOptions, Progress, Run, damage, part_ends};
use crate::container::Container;
use crate::cuts::CutDetector;
use crate::error::{FilmError, Result};
use crate::ffmpeg::Ffmpeg;
use crate::join::Join;
use crate::key::KeyMaker;
use crate::parts::{Part, Parts};
use crate::plan::Pace;
use crate::planes::luma_codes;
use crate::reader::RawFrames;
use crate::small::Gray;
use crate::source::Source;

/// Samples that a first frame is known again by.
const LOOK_SAMPLES: usize = 64;

/// Some scenes of a film.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Segment {
    /// Number of its first frame.
    pub first_frame: u64,
    /// Number of the frame after its last.
    pub end_frame: u64,
    /// When its first frame is shown, in units of the film's time base.
    pub(crate) first_pts: u64,
    /// When its last frame is shown.
    pub(crate) last_pts: u64,
    /// Number of its first scene.
    pub(crate) first_scene: u64,
    /// Numbers of the frames with which its scenes begin.
    pub(crate) cuts: Vec<u64>,
    /// What its first frame looks like, so that it is known again.
    pub(crate) look: Vec<u8>,
}

/// What is known of a film whose segments were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Outline {
    /// Its frames.
    pub frames: u64,
    /// Its scenes.
    pub scenes: u64,
    /// What FFmpeg complained of, when the film could not be read to its end or is damaged.
    pub damage: Option<String>,
}

/// A segment that is done; its files lie in the folder that it was given.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct ColoredSegment {
    parts: Vec<Part>,
    /// Keyframes that were looked at.
    pub keyframes: u64,
    /// Scenes that were to stay as they are, by their numbers from 0, and are there.
    pub left_scenes: BTreeSet<u64>,
    /// When scenes begin that kept the colours that they have, in seconds.
    pub kept_s: Vec<f64>,
}

impl Segment {
    /// How many frames it has.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.end_frame - self.first_frame
    }
}

impl ColoredSegment {
    /// Names of its files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.file.as_str())
    }
}

/// A few samples of a small frame.
pub(crate) fn look(small: &[u8]) -> Vec<u8> {
    let run = small.len().div_ceil(LOOK_SAMPLES).max(1);
    let mean = |run: &[u8]| run.iter().map(|v| u32::from(*v)).sum::<u32>() / run.len() as u32;
    small.chunks(run).map(|run| mean(run) as u8).collect()
}

/// Finds the segments of the film that is to be at `output`, and hands each over as soon as its end is known.
///
/// # Errors
/// When the container cannot hold the codec, the film cannot be read at all, those of `each`, and [`FilmError::Stopped`].
pub fn segments(
    ffmpeg: &Ffmpeg,
    source: &Source,
    output: &Path,
    options: &FilmOptions,
    colorist: &dyn Colorist,
    stop: &AtomicBool,
    each: &mut dyn FnMut(Segment) -> Result<()>,
) -> Result<Outline> {
    Container::of(output, options.codec(source))?;
    options.codec(source).check_crf(options.crf)?;
    source.check_begin(options.range)?;
    let (codes, size) = (source.codes(), (source.width, source.height));
    let working = KeyMaker::new(source, colorist, options.recolor).working;
    let mut frames = RawFrames::open(ffmpeg, source, options.range)?;
    let mut pace = Pace::new(source.layout().frame_bytes(source.width, source.height));
    let mut cuts = CutDetector::default();
    let (mut outline, mut part_first) = (Outline::default(), 0);
    let mut open: Option<Segment> = None;
    while let Some(frame) = frames.next_frame() {
        if stop.load(Ordering::Relaxed) {
            return Err(FilmError::Stopped);
        }
        let luma = luma_codes(&frame.data, source.layout(), source.width, source.height);
        let small = Gray::shrink(&luma, size, working, codes.white()).for_cuts();
        let number = frame.number;
        let cut = cuts.push(&small) || number == 0;
        let begins_span = pace.begins_span(cut, colorist.is_required_keyframe(number));
        if begins_span && part_ends(number - part_first, cut) {
            part_first = number;
            if cut && let Some(segment) = open.take() {
                each(segment)?;
            }
        }
        let segment = open.get_or_insert_with(|| Segment {
            first_frame: number,
            end_frame: number,
            first_pts: frame.pts,
            last_pts: frame.pts,
            first_scene: outline.scenes,
            cuts: Vec::new(),
            look: look(&small),
        });
        segment.cuts.extend(cut.then_some(number));
        (segment.end_frame, segment.last_pts) = (number + 1, frame.pts);
        outline.scenes += u64::from(cut);
        outline.frames = number + 1;
    }
    outline.damage = damage(source, options.range, &frames.finish(), outline.frames);
    match open {
        Some(segment) => each(segment)?,
        None => return Err(source.without_frames(options.range, outline.damage)),
    }
    Ok(outline)
}

/// Colours a segment, into files in `folder`, which is emptied before.
///
/// # Errors
/// When the film is another one, its colours cannot be found, or a file cannot be written; and [`FilmError::Stopped`].
#[expect(clippy::too_many_arguments, reason = "those of `colorize`, and the segment")]
pub fn colorize_segment(
    ffmpeg: &Ffmpeg,
    source: &Source,
    segment: &Segment,
    folder: &Path,
    options: &FilmOptions,
    colorist: &dyn Colorist,
    stop: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ColoredSegment> {
    let total = Some(segment.frames());
    let within = |at: Progress| {
        let frames = at.frames.saturating_sub(segment.first_frame);
        progress(Progress { frames, total, safe: 0 });
    };
    let codec = options.codec(source);
    let run =
        Run { ffmpeg, source, options, codec, colorist, segment: Some(segment), stop, progress: &within };
    // A film in which no place can be sought exactly is read from its beginning.
    for seeks in [true, false] {
        let mut parts = Parts::anew(folder)?;
        let Some(frames) = RawFrames::open_segment(ffmpeg, source, options.range, segment, seeks)? else {
            continue;
        };
        let summary = run.frames(frames, &mut parts)?;
        if summary.frames == segment.end_frame {
            let (keyframes, left_scenes, kept_s) = (summary.keyframes, summary.left_scenes, summary.kept_s);
            return Ok(ColoredSegment { parts: parts.list().to_vec(), keyframes, left_scenes, kept_s });
        }
    }
    let reason = format!("frames {} to {} are not in it", segment.first_frame, segment.end_frame);
    Err(FilmError::Unreadable { path: source.path.clone(), reason })
}

/// Puts the segments of a film together at `output`, whole or not at all; their files lie in `folder`.
///
/// # Errors
/// When one is missing, or the result cannot be written.
pub fn join_segments(
    ffmpeg: &Ffmpeg,
    source: &Source,
    output: &Path,
    options: &FilmOptions,
    folder: &Path,
    segments: &[ColoredSegment],
) -> Result<()> {
    let codec = options.codec(source);
    let mut parts: Vec<Part> = segments.iter().flat_map(|segment| segment.parts.iter().cloned()).collect();
    parts.sort_by_key(|part| part.first_frame);
    let mut end = 0;
    for part in &parts {
        if part.first_frame != end {
            let reason = format!("the frames from {end} to {} are missing", part.first_frame);
            return Err(FilmError::Join { path: output.to_owned(), reason });
        }
        end = part.end_frame;
    }
    let container = Container::of(output, codec)?;
    Join { source, range: options.range, codec, container, folder, parts: &parts, output }.run(ffmpeg)
}

#[cfg(test)]
mod tests {
    use super::look;

    #[test]
    fn looks_are_few_samples_of_a_frame() {
        let frame: Vec<u8> = (0..2304_u32).map(|i| (i / 36) as u8).collect();
        assert_eq!(look(&frame), (0..64).collect::<Vec<u8>>());
        assert_eq!(look(&[]), Vec::<u8>::new());
    }
}
