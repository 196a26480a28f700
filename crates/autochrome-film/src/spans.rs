//! Spans in colour: motion sought from both ends, colours carried along it, frames finished.

use autochrome_color::{Chroma, Parallel as _};

use crate::key::Key;
use crate::motion::{Motion, seek};
use crate::paint::FramePainter;
use crate::plan::Span;
use crate::shot::Shot;
use crate::spread::{agree, blend, carry, from_one_keyframe, steady};

/// Frames that are finished at once: enough for all cores, few enough to be small in memory.
const AT_ONCE: usize = 4;

/// A frame for the encoder.
#[derive(Debug)]
pub(crate) struct Finished {
    pub number: u64,
    pub pts: u64,
    pub data: Vec<u8>,
    /// Number of the first frame of its scene.
    pub scene_start: u64,
    /// Whether a part of the result may begin with it.
    pub begins_span: bool,
}

/// Colours the spans of a film, one after the other.
pub(crate) struct Spreader<'a> {
    painter: &'a FramePainter,
    /// The colours of the keyframe that the next span begins with, as its scene has agreed on them.
    agreed: Option<(u64, Chroma)>,
}

impl<'a> Spreader<'a> {
    pub fn new(painter: &'a FramePainter) -> Self {
        Self { painter, agreed: None }
    }

    /// Finishes the frames of a span, and hands them on in order until `send` says that nobody wants them.
    /// Frames before `first` are passed over.
    pub fn run(&mut self, span: Span, first: u64, mut send: impl FnMut(Finished) -> bool) -> bool {
        let wanted = span.shots.first().is_some_and(|shot| shot.frame.number >= first);
        let colors = if span.passes { None } else { self.colors(&span, wanted) };
        if !wanted {
            return true;
        }
        let colors = colors.map(|colors| colors.frames(&span));
        let scene_start = span.scene_start;
        let mut shots = span.shots;
        let mut first_place = 0;
        while !shots.is_empty() {
            let batch: Vec<Shot> = shots.drain(..AT_ONCE.min(shots.len())).collect();
            let count = batch.len();
            let finish = |(offset, shot): (usize, Shot)| {
                let data = match &colors {
                    Some(colors) => self.painter.paint(&shot.frame.data, &colors[first_place + offset]),
                    None => self.painter.pass(&shot.frame.data),
                };
                let begins_span = first_place + offset == 0;
                Finished { number: shot.frame.number, pts: shot.frame.pts, data, scene_start, begins_span }
            };
            let finished = batch.into_iter().enumerate().parallel_map(finish);
            first_place += count;
            if !finished.into_iter().all(&mut send) {
                return false;
            }
        }
        true
    }

    /// The colours of a span; the keyframe after it agrees with them.
    fn colors(&mut self, span: &Span, wanted: bool) -> Option<SpanColors> {
        let own = span.before.colors.as_ref()?;
        let agreed = self.agreed.take().filter(|(number, _)| *number == span.before.number);
        let before = agreed.map_or_else(|| own.chroma.clone(), |(_, chroma)| chroma);
        let after = span.after.as_deref();
        let (from_before, from_after) = rayon::join(
            || forward(span, after),
            || if wanted { after.map(|after| backward(span, after)) } else { None },
        );
        let after = after.and_then(|key| {
            let own = key.colors.as_ref()?;
            let carried = carry(from_before.last()?, &before);
            let chroma = agree(&own.chroma, &carried, 1.0 - own.trust);
            self.agreed = Some((key.number, chroma.clone()));
            Some(chroma)
        });
        let (start, end) = (span.before.number, span.after.as_ref().map_or(0, |key| key.number));
        let length = end.saturating_sub(start).max(1) as f32;
        Some(SpanColors { before, after, from_before, from_after, length })
    }
}

/// Motion from the keyframe before to each later frame, and to the keyframe after where that is no frame of the span.
fn forward(span: &Span, after: Option<&Key>) -> Vec<Motion> {
    let to = &span.before.pyramid;
    let mut found: Vec<Motion> = Vec::with_capacity(span.shots.len());
    for shot in span.shots.iter().skip(1) {
        found.push(seek(&shot.pyramid, to, found.last()));
    }
    let last = span.shots.last().map(|shot| shot.frame.number);
    if let Some(after) = after.filter(|after| Some(after.number) != last) {
        found.push(seek(&after.pyramid, to, found.last()));
    }
    found
}

/// Motion from the keyframe after to each frame but the first, in the order of the frames.
fn backward(span: &Span, after: &Key) -> Vec<Motion> {
    let mut found: Vec<Motion> = Vec::with_capacity(span.shots.len());
    for shot in span.shots.iter().skip(1).rev() {
        found.push(seek(&shot.pyramid, &after.pyramid, found.last()));
    }
    found.reverse();
    found
}

/// All that decides about the colours of the frames of a span.
struct SpanColors {
    before: Chroma,
    after: Option<Chroma>,
    from_before: Vec<Motion>,
    from_after: Option<Vec<Motion>>,
    /// Frames from one keyframe to the other.
    length: f32,
}

impl SpanColors {
    /// The colours of every frame of the span.
    fn frames(&self, span: &Span) -> Vec<Chroma> {
        let pairs = span.shots.iter().zip(span.shots.iter().skip(1));
        let steps = pairs.parallel_map(|(before, shot)| seek(&shot.pyramid, &before.pyramid, None));
        let mut frames = (0..span.shots.len()).parallel_map(|place| self.at(place));
        for (place, step) in steps.iter().enumerate() {
            let before = carry(step, &frames[place]);
            steady(&mut frames[place + 1], &before);
        }
        frames
    }

    /// The colours of a frame by its place in the span, as its keyframes have them.
    fn at(&self, place: usize) -> Chroma {
        let Some(motion) = place.checked_sub(1).and_then(|place| self.from_before.get(place)) else {
            return self.before.clone();
        };
        let before = carry(motion, &self.before);
        let motion = self.from_after.as_ref().and_then(|motion| motion.get(place - 1));
        match self.after.as_ref().zip(motion) {
            Some((colors, motion)) => blend(&before, &carry(motion, colors), place as f32 / self.length),
            None => from_one_keyframe(before),
        }
    }
}
