//! The first frame of every scene in colour: to look at before hours are spent, and to retouch.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use autochrome_color::Tone;

use crate::codes::Codes;
use crate::colorist::Colorist;
use crate::colorize::no_frame_at;
use crate::cuts::CutDetector;
use crate::error::{FilmError, Result};
use crate::ffmpeg::Ffmpeg;
use crate::frames::Frame;
use crate::key::{Key, KeyMaker};
use crate::layout::{Layout, Sampling};
use crate::paint::FramePainter;
use crate::planes::{codes, luma_codes};
use crate::reader::{Range, RawFrames};
use crate::shot::Shot;
use crate::small::Gray;
use crate::source::Source;

/// The first frame of a scene, in colour.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneFrame {
    /// Its number, from 0.
    pub number: u64,
    /// Seconds from the film's first moment.
    pub timestamp_s: f64,
    /// Its picture, as stored: pixels need not be square.
    pub picture: Frame,
    /// Whether it has the colours that it had.
    pub kept: bool,
}

/// How scenes are looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SceneOptions {
    /// Which part of the film.
    pub range: Range,
    /// Adjustments of the colours.
    pub tone: Tone,
    /// Whether scenes that are in colour are coloured, too.
    pub recolor: bool,
    /// Scenes that stay as they are, by their numbers from 0.
    pub keep_scenes: BTreeSet<u64>,
}

/// Half a millisecond: times are written with fewer digits than they have, and no frame is that short.
const GRACE_S: f64 = 5e-4;

/// The frame that is shown at a moment, or the next one, as it is stored: pixels need not be square.
///
/// # Errors
/// When the film cannot be read, and [`FilmError::NoSuchMoment`] after its end.
pub fn still(ffmpeg: &Ffmpeg, source: &Source, at_s: f64) -> Result<Frame> {
    let range = Range { start_s: (at_s - GRACE_S).max(0.0), end_s: None };
    let mut frames = RawFrames::open(ffmpeg, source, range)?;
    let Some(frame) = frames.next_frame() else {
        return Err(no_frame_at(at_s));
    };
    let (codes, size) = (source.codes(), (source.width, source.height));
    let layout = Layout { depth: source.layout().depth, sampling: Sampling::Full };
    let painter = FramePainter::new(source.layout(), layout, size, codes, &Tone::default(), false);
    Ok(rgb(&painter.pass(&frame.data), codes, layout, size))
}

/// Hands over the first frame of every scene.
///
/// # Errors
/// When the film cannot be read at all or its colours cannot be found, those of `each`, and [`FilmError::Stopped`].
pub fn scenes(
    ffmpeg: &Ffmpeg,
    source: &Source,
    options: &SceneOptions,
    colorist: &dyn Colorist,
    stop: &AtomicBool,
    each: &mut dyn FnMut(SceneFrame) -> Result<()>,
) -> Result<u64> {
    source.check_begin(options.range)?;
    let codes = source.codes();
    let keys = KeyMaker::new(source, colorist, options.recolor);
    let working = keys.working;
    let layout = Layout { depth: source.layout().depth, sampling: Sampling::Full };
    let size = (source.width, source.height);
    let painter = FramePainter::new(source.layout(), layout, size, codes, &options.tone, false);
    let mut frames = RawFrames::open(ffmpeg, source, options.range)?;
    let (mut cuts, mut count) = (CutDetector::default(), 0);
    while let Some(frame) = frames.next_frame() {
        if stop.load(Ordering::Relaxed) {
            return Err(FilmError::Stopped);
        }
        let luma = luma_codes(&frame.data, source.layout(), source.width, source.height);
        let gray = Gray::shrink(&luma, size, working, codes.white());
        let small = gray.for_cuts();
        if !(cuts.push(&small) || frame.number == 0) {
            continue;
        }
        let shot = Shot { frame, small, pyramid: gray.pyramid() };
        let key =
            if options.keep_scenes.contains(&count) { Key::left(&shot) } else { keys.make(&shot, count)? };
        let data = match &key.colors {
            Some(colors) => painter.paint(&shot.frame.data, &colors.chroma),
            None => painter.pass(&shot.frame.data),
        };
        count += 1;
        let (num, den) = source.time_base;
        each(SceneFrame {
            number: shot.frame.number,
            timestamp_s: options.range.start_s + shot.frame.pts as f64 * num as f64 / den as f64,
            picture: rgb(&data, codes, layout, size),
            kept: key.keeps,
        })?;
    }
    if count == 0 {
        let complaint = frames.finish().complaints.into_iter().next();
        return Err(source.without_frames(options.range, complaint));
    }
    Ok(count)
}

/// sRGB bytes of a frame in which every pixel has its own chroma.
fn rgb(data: &[u8], meaning: Codes, layout: Layout, (width, height): (usize, usize)) -> Frame {
    let [luma, cb, cr] = codes(data, layout, width, height);
    let pixels = luma.iter().zip(&cb).zip(&cr);
    let rgb = pixels.flat_map(|((y, cb), cr)| meaning.rgb([*y, *cb, *cr]).map(|v| (v * 255.0).round() as u8));
    Frame { width, height, rgb: rgb.collect() }
}
