//! A whole film in colour: threads that decode, find colours, spread them and encode, with short queues between them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use autochrome_color::Tone;

use crate::codec::Codec;
use crate::codes::Codes;
use crate::colorist::Colorist;
use crate::container::Container;
use crate::encoder::{Encoding, PartEncoder};
use crate::error::{FilmError, Result};
use crate::ffmpeg::Ffmpeg;
use crate::frames::Ending;
use crate::join::Join;
use crate::key::KeyMaker;
use crate::paint::FramePainter;
use crate::parts::{Existing, Part, Parts};
use crate::plan::{Planner, Span};
use crate::reader::{Range, RawFrames};
use crate::segments::Segment;
use crate::shot::{self, Shot};
use crate::source::Source;
use crate::spans::{Finished, Spreader};

/// Frames after which a part ends at the next cut.
const PART_FRAMES: u64 = 240;
/// Frames after which a part ends within a scene.
const MOST_PART_FRAMES: u64 = 1440;
/// Frames that wait between threads.
const QUEUE: usize = 4;

/// How a film is coloured.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmOptions {
    /// Which part of it.
    pub range: Range,
    /// The codec; `None` takes the one that fits the film.
    pub codec: Option<Codec>,
    /// Its rate factor; `None` is the codec's own.
    pub crf: Option<u8>,
    /// Adjustments of the colours.
    pub tone: Tone,
    /// Before and after side by side.
    pub side_by_side: bool,
    /// Whether scenes that are in colour are coloured, too.
    pub recolor: bool,
    /// Scenes that stay as they are, by their numbers from 0.
    pub keep_scenes: BTreeSet<u64>,
    /// What to do when there are parts or a result already.
    pub existing: Existing,
    /// All else that decides about the colours, as text: parts of runs that differ in it are not mixed.
    pub made_with: String,
}

impl FilmOptions {
    /// The codec of the result.
    pub(crate) fn codec(&self, source: &Source) -> Codec {
        self.codec.unwrap_or_else(|| Codec::for_depth(source.layout().depth))
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Frames that are done, those of earlier runs included.
    pub frames: u64,
    /// Frames of the film, where it says how many it has.
    pub total: Option<u64>,
    /// Frames in parts that are finished, which a run that is killed now does not lose.
    pub safe: u64,
}

/// What became of a film.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilmSummary {
    /// Frames of the result.
    pub frames: u64,
    /// Frames that an earlier run had done.
    pub resumed: u64,
    /// Scenes that were found.
    pub scenes: u64,
    /// Keyframes that were looked at.
    pub keyframes: u64,
    /// Scenes that were to stay as they are, by their numbers from 0, and are there.
    pub left_scenes: BTreeSet<u64>,
    /// When scenes begin that kept the colours that they have, in seconds.
    pub kept_s: Vec<f64>,
    /// What FFmpeg complained of, when the film could not be read to its end or is damaged.
    pub damage: Option<String>,
}

/// Colours a film.
///
/// Nothing is written at `output` before all of it is done; until then finished parts lie in a folder beside it, and a later
/// call with [`Existing::Resume`] goes on from them.
///
/// # Errors
/// When the film cannot be read at all, its colours cannot be found, or the result cannot be written; and
/// [`FilmError::Stopped`] when `stop` was set.
pub fn colorize(
    ffmpeg: &Ffmpeg,
    source: &Source,
    output: &Path,
    options: &FilmOptions,
    colorist: &dyn Colorist,
    stop: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<FilmSummary> {
    let codec = options.codec(source);
    let container = Container::of(output, codec)?;
    codec.check_crf(options.crf)?;
    source.check_begin(options.range)?;
    if options.existing == Existing::Refuse && output.symlink_metadata().is_ok() {
        return Err(FilmError::OutputExists { path: output.to_owned() });
    }
    let mut parts = Parts::open(output, fingerprint(source, options, codec)?, options.existing)?;
    let run = Run { ffmpeg, source, options, codec, colorist, segment: None, stop, progress };
    let frames = RawFrames::open(ffmpeg, source, options.range)?;
    let summary = run.frames(frames, &mut parts)?;
    if summary.frames == 0 {
        parts.remove();
        return Err(source.without_frames(options.range, summary.damage));
    }
    Join {
        source,
        range: options.range,
        codec,
        container,
        folder: parts.folder(),
        parts: parts.list(),
        output,
    }
    .run(ffmpeg)?;
    parts.remove();
    Ok(summary)
}

/// What a film's parts were made of, and how.
fn fingerprint(source: &Source, options: &FilmOptions, codec: Codec) -> Result<String> {
    let io = |error| FilmError::Io { path: source.path.clone(), source: error };
    let file = source.path.metadata().map_err(io)?;
    let path = source.path.canonicalize().unwrap_or_else(|_| PathBuf::from(&source.path));
    let FilmOptions { range, crf, tone, side_by_side, recolor, keep_scenes, made_with, .. } = options;
    Ok(format!(
        "{} {path:?} {} {:?} {range:?} {codec:?} {crf:?} {tone:?} {side_by_side} {recolor} {keep_scenes:?} {made_with}",
        env!("CARGO_PKG_VERSION"),
        file.len(),
        file.modified().ok(),
    ))
}

impl Source {
    pub(crate) fn codes(&self) -> Codes {
        Codes { depth: self.layout().depth, full_range: self.full_range(), weights: self.luma_weights() }
    }

    /// Checks that a range begins within the film, where the film says how long it is.
    pub(crate) fn check_begin(&self, range: Range) -> Result<()> {
        match self.duration_s {
            Some(duration_s) if range.start_s >= duration_s => Err(no_frame_at(range.start_s)),
            _ => Ok(()),
        }
    }

    /// Why no frame came of a range; `complaint` is FFmpeg's.
    pub(crate) fn without_frames(&self, range: Range, complaint: Option<String>) -> FilmError {
        match complaint {
            // A film that does not say how long it is has ended before.
            None if range.start_s > 0.0 => no_frame_at(range.start_s),
            complaint => {
                let reason = complaint.unwrap_or_else(|| "it has no frames there".to_owned());
                FilmError::Unreadable { path: self.path.clone(), reason }
            }
        }
    }

    /// Frames in a range, as far as the film says.
    fn frame_count(&self, range: Range) -> Option<u64> {
        let end_s = range.end_s.into_iter().chain(self.duration_s).reduce(f64::min)?;
        Some(((end_s - range.start_s).max(0.0) * self.frame_rate_fps?).round() as u64)
    }
}

/// That the film ends before a moment.
pub(crate) fn no_frame_at(at_s: f64) -> FilmError {
    FilmError::NoSuchMoment(format!("the film has no frame at {at_s:.3} s; it ends before"))
}

pub(crate) struct Run<'a> {
    pub ffmpeg: &'a Ffmpeg,
    pub source: &'a Source,
    pub options: &'a FilmOptions,
    pub codec: Codec,
    pub colorist: &'a dyn Colorist,
    /// What is to be coloured; the whole film without one.
    pub segment: Option<&'a Segment>,
    pub stop: &'a AtomicBool,
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

impl Run<'_> {
    /// Makes all parts that are not there yet of these frames.
    pub fn frames(&self, frames: RawFrames, parts: &mut Parts) -> Result<FilmSummary> {
        let source = self.source;
        let first = self.first_frame();
        let (done, from) =
            parts.list().last().map_or((first, first), |part| (part.end_frame, part.scene_start));
        let codes = source.codes();
        let keys = KeyMaker::new(source, self.colorist, self.options.recolor);
        let working = keys.working;
        let layout = self.codec.layout(source.layout(), source.width, source.height);
        let size = (source.width, source.height);
        let painter = FramePainter::new(
            source.layout(),
            layout,
            size,
            codes,
            &self.options.tone,
            self.options.side_by_side,
        );
        let encoding = self.encoding(&painter, layout);

        // Set when the last frames that come are not the film's last.
        let halted = AtomicBool::new(false);
        thread::scope(|scope| {
            let (shot_sender, shots) = sync_channel(QUEUE);
            // A span is many frames: it is handed over, not stored.
            let (span_sender, spans) = sync_channel(0);
            let (frame_sender, finished) = sync_channel(QUEUE);
            let reader = scope.spawn(move || shot::read(frames, source, codes, working, &shot_sender));
            let (painter, encoding, halted) = (&painter, &encoding, &halted);
            scope.spawn(move || spread(painter, spans, done, &frame_sender));
            let writer = scope.spawn(move || self.write(encoding, parts, finished, halted));
            let planned = self.plan(&keys, shots, &span_sender, from);
            if planned.is_err() {
                halted.store(true, Ordering::Relaxed);
            }
            drop(span_sender);
            // Each thread ends when the one before it does; its error is told before that of those who waited for it.
            let ending = reader.join().unwrap_or_default();
            let written = writer.join().unwrap_or(Err(FilmError::Stopped));
            let (frames, mut summary) = (written?, planned?);
            if self.stop.load(Ordering::Relaxed) {
                return Err(FilmError::Stopped);
            }
            summary.frames = frames;
            summary.resumed = done;
            summary.damage = damage(source, self.options.range, &ending, frames);
            Ok(summary)
        })
    }

    fn first_frame(&self) -> u64 {
        self.segment.map_or(0, |segment| segment.first_frame)
    }

    fn encoding(&self, painter: &FramePainter, layout: crate::layout::Layout) -> Encoding {
        let source = self.source;
        let (width, height) = painter.size();
        let mut colors = source.colors.clone();
        if source.full_range() {
            colors.range = Some("pc".to_owned());
        }
        let (pixel_aspect, time_base) = (source.pixel_aspect, source.time_base);
        Encoding {
            codec: self.codec,
            crf: self.options.crf,
            layout,
            width,
            height,
            pixel_aspect,
            time_base,
            colors,
        }
    }

    /// Gathers frames into spans and finds the colours of their keyframes.
    fn plan(
        &self,
        keys: &KeyMaker<'_>,
        shots: Receiver<Shot>,
        spans: &SyncSender<Span>,
        from: u64,
    ) -> Result<FilmSummary> {
        let frame_bytes = self.source.layout().frame_bytes(self.source.width, self.source.height);
        let left = &self.options.keep_scenes;
        let mut planner = match self.segment {
            Some(segment) => Planner::of_segment(keys, frame_bytes, segment, left),
            None => Planner::new(keys, frame_bytes, from, left),
        };
        let mut summary = FilmSummary::default();
        let mut last_kept = None;
        let mut send = |span: Span| {
            if span.passes && last_kept.replace(span.scene) != Some(span.scene) {
                if self.options.keep_scenes.contains(&span.scene) {
                    summary.left_scenes.insert(span.scene);
                } else {
                    let pts = span.shots.first().map_or(0, |shot| shot.frame.pts);
                    summary.kept_s.push(self.seconds(pts));
                }
            }
            spans.send(span).is_ok()
        };
        for shot in shots {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(summary);
            }
            if let Some(span) = planner.push(shot)?
                && !send(span)
            {
                return Ok(summary);
            }
        }
        if let Some(span) = planner.end_scene()? {
            send(span);
        }
        (summary.scenes, summary.keyframes) = (planner.scenes(), planner.key_count);
        Ok(summary)
    }

    /// Encodes frames, in parts. Gives the number of frames of all parts.
    fn write(
        &self,
        encoding: &Encoding,
        parts: &mut Parts,
        finished: Receiver<Finished>,
        halted: &AtomicBool,
    ) -> Result<u64> {
        let mut open: Option<(PartEncoder, Part)> = None;
        let mut end = parts.list().last().map_or(self.first_frame(), |part| part.end_frame);
        let total = self.source.frame_count(self.options.range);
        for frame in finished {
            if let Some((_, part)) = &open
                && frame.begins_span
                && part_ends(frame.number - part.first_frame, frame.scene_start == frame.number)
                && let Some((encoder, part)) = open.take()
            {
                encoder.finish()?;
                parts.add(Part { end_frame: frame.number, scene_start: frame.scene_start, ..part })?;
            }
            let (encoder, _) = match &mut open {
                Some(open) => open,
                None => open.insert(self.begin(encoding, parts, &frame)?),
            };
            encoder.frame(frame.pts, &frame.data)?;
            end = frame.number + 1;
            let safe = parts.list().last().map_or(0, |part| part.end_frame);
            (self.progress)(Progress { frames: end, total: total.map(|total| total.max(end)), safe });
        }
        // What is unfinished when the work stops begins anew the next time.
        let stopped = self.stop.load(Ordering::Relaxed) || halted.load(Ordering::Relaxed);
        if let Some((encoder, part)) = open.filter(|_| !stopped) {
            encoder.finish()?;
            parts.add(Part { end_frame: end, scene_start: end, ..part })?;
        }
        Ok(end)
    }

    fn begin(&self, encoding: &Encoding, parts: &Parts, frame: &Finished) -> Result<(PartEncoder, Part)> {
        let file = format!("{:09}.{}", frame.number, self.codec.part_format());
        let encoder = PartEncoder::open(self.ffmpeg, encoding, &parts.folder().join(&file), frame.pts)?;
        let (number, first_pts) = (frame.number, frame.pts);
        Ok((encoder, Part { file, first_frame: number, end_frame: number, first_pts, scene_start: number }))
    }

    fn seconds(&self, pts: u64) -> f64 {
        let (num, den) = self.source.time_base;
        self.options.range.start_s + pts as f64 * num as f64 / den as f64
    }
}

/// Why a film is not what it says, if it is not.
pub(crate) fn damage(source: &Source, range: Range, ending: &Ending, frames: u64) -> Option<String> {
    if let Some(first) = ending.complaints.first() {
        let more = ending.complaint_count - 1;
        return Some(if more > 0 { format!("{first} (and {more} more complaints)") } else { first.clone() });
    }
    // A film that breaks off is not always noticed by FFmpeg.
    let expected = source.frame_count(range)?;
    let missing = expected.saturating_sub(frames);
    let (rate, share) = (source.frame_rate_fps?, missing as f64 / expected as f64);
    (missing as f64 > 2.0 * rate && share > 0.05)
        .then(|| format!("it ends after {frames} frames of about {expected}"))
}

/// Whether a part of so many frames ends before a frame with which a span begins, or a scene too.
pub(crate) fn part_ends(frames: u64, begins_scene: bool) -> bool {
    frames >= MOST_PART_FRAMES || frames >= PART_FRAMES && begins_scene
}

/// Colours spans until there are none, or nobody wants their frames.
fn spread(painter: &FramePainter, spans: Receiver<Span>, first: u64, frames: &SyncSender<Finished>) {
    let mut spreader = Spreader::new(painter);
    for span in spans {
        if !spreader.run(span, first, |frame| frames.send(frame).is_ok()) {
            break;
        }
    }
}
