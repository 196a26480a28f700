//! Frames gathered into spans: from a keyframe to the next, never past a cut.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cuts::CutDetector;
use crate::error::Result;
use crate::key::{Key, KeyMaker};
use crate::segments::Segment;
use crate::shot::Shot;

/// Most frames from one keyframe to the next.
const MOST_FRAMES: usize = 24;
/// Bytes of frames that a span may hold, so that large frames take no more memory than small ones.
const SPAN_BYTES: usize = 80 << 20;
/// Fewest frames from one keyframe to the next.
const FEWEST_FRAMES: usize = 4;
/// A scene that ends after so many frames since its last keyframe gets one at its end.
const LONG_ENOUGH: usize = 8;

/// Frames that lie between two keyframes.
#[derive(Debug)]
pub(crate) struct Span {
    /// Number of its scene.
    pub scene: u64,
    /// Number of the first frame of its scene.
    pub scene_start: u64,
    /// Its frames, the first of which is the keyframe before.
    pub shots: Vec<Shot>,
    pub before: Arc<Key>,
    /// The keyframe after: the first frame of the next span, or the last of this one.
    pub after: Option<Arc<Key>>,
    /// Whether its frames keep the colours that they have.
    pub passes: bool,
}

/// How far it is from one keyframe to the next.
pub(crate) struct Pace {
    most_frames: usize,
    frames: usize,
}

impl Pace {
    /// Of a film whose frames have so many bytes.
    pub fn new(frame_bytes: usize) -> Self {
        let most_frames = (SPAN_BYTES / frame_bytes.max(1)).clamp(FEWEST_FRAMES, MOST_FRAMES);
        Self { most_frames, frames: 0 }
    }

    /// Takes the next frame; true when a span begins with it.
    pub fn begins_span(&mut self, begins_scene: bool, is_required: bool) -> bool {
        let begins = begins_scene || is_required || self.frames >= self.most_frames;
        self.frames = if begins { 1 } else { self.frames + 1 };
        begins
    }
}

/// Where scenes begin.
enum Cuts<'a> {
    Sought(CutDetector),
    Known(&'a [u64]),
}

/// Gathers frames.
pub(crate) struct Planner<'a> {
    keys: &'a KeyMaker<'a>,
    cuts: Cuts<'a>,
    pace: Pace,
    scenes: u64,
    scene_start: u64,
    /// Frames before this one are only looked at for cuts.
    from: u64,
    /// Scenes, by their numbers from 0, whose frames stay as they are.
    left: &'a BTreeSet<u64>,
    current: Option<(Arc<Key>, Vec<Shot>)>,
    passes: bool,
    /// Keyframes made.
    pub key_count: u64,
}

impl<'a> Planner<'a> {
    /// `from` is the first frame of a scene; nothing is made of those before it.
    pub fn new(keys: &'a KeyMaker<'a>, frame_bytes: usize, from: u64, left: &'a BTreeSet<u64>) -> Self {
        Self {
            keys,
            cuts: Cuts::Sought(CutDetector::default()),
            pace: Pace::new(frame_bytes),
            scenes: 0,
            scene_start: 0,
            from,
            left,
            current: None,
            passes: false,
            key_count: 0,
        }
    }

    /// The same for a segment, whose frames alone will come.
    pub fn of_segment(
        keys: &'a KeyMaker<'a>,
        frame_bytes: usize,
        segment: &'a Segment,
        left: &'a BTreeSet<u64>,
    ) -> Self {
        let planner = Self::new(keys, frame_bytes, segment.first_frame, left);
        Self { cuts: Cuts::Known(&segment.cuts), scenes: segment.first_scene, ..planner }
    }

    /// Takes the next frame, and gives the span that ends before it, if one does.
    pub fn push(&mut self, shot: Shot) -> Result<Option<Span>> {
        let number = shot.frame.number;
        let cut = match &mut self.cuts {
            Cuts::Sought(cuts) => cuts.push(&shot.small) || number == 0,
            Cuts::Known(cuts) => cuts.contains(&number),
        };
        let mut span = None;
        if cut {
            span = self.end_scene()?;
            self.scenes += 1;
            self.scene_start = number;
            self.passes = false;
        }
        if number < self.from {
            return Ok(None);
        }
        let begins_scene = cut || self.current.is_none();
        let begins_span =
            self.pace.begins_span(begins_scene, self.keys.colorist.is_required_keyframe(number));
        if begins_scene {
            let key = self.key(&shot)?;
            self.current = Some((key, vec![shot]));
        } else if begins_span {
            let key = self.key(&shot)?;
            if let Some((before, shots)) = self.current.replace((Arc::clone(&key), vec![shot])) {
                span = Some(self.span(before, shots, Some(key)));
            }
        } else if let Some((_, shots)) = &mut self.current {
            shots.push(shot);
        }
        Ok(span)
    }

    /// The span that is left when the scene has ended.
    pub fn end_scene(&mut self) -> Result<Option<Span>> {
        let Some((before, shots)) = self.current.take() else { return Ok(None) };
        let after = match shots.last() {
            Some(last) if shots.len() >= LONG_ENOUGH => Some(self.key(last)?),
            _ => None,
        };
        Ok(Some(self.span(before, shots, after)))
    }

    /// Number of scenes so far.
    pub fn scenes(&self) -> u64 {
        self.scenes
    }

    fn key(&mut self, shot: &Shot) -> Result<Arc<Key>> {
        let scene = self.scenes.saturating_sub(1);
        if self.left.contains(&scene) {
            return Ok(Arc::new(Key::left(shot)));
        }
        self.key_count += 1;
        Ok(Arc::new(self.keys.make(shot, scene)?))
    }

    fn span(&mut self, before: Arc<Key>, shots: Vec<Shot>, after: Option<Arc<Key>>) -> Span {
        // A scene that begins in black is in colour as soon as it shows.
        self.passes |= before.keeps || after.as_ref().is_some_and(|after| after.keeps);
        Span {
            scene: self.scenes.saturating_sub(1),
            scene_start: self.scene_start,
            shots,
            before,
            after,
            passes: self.passes,
        }
    }
}

#[cfg(test)]
mod tests {
    use autochrome_color::Chroma;

    use super::*;
    use crate::codes::Codes;
    use crate::colorist::{Colorist, ColoristError, KeyColors, Keyframe};
    use crate::reader::RawFrame;
    use crate::small::Gray;
    use crate::source::tests_support::gray_source;

    struct Nothing;

    impl Colorist for Nothing {
        fn colors(&self, _: &Keyframe) -> Result<KeyColors, ColoristError> {
            Ok(KeyColors { chroma: Chroma::neutral(1, 1), trust: 1.0 })
        }

        fn is_required_keyframe(&self, number: u64) -> bool {
            number == 5
        }
    }

    /// First and last frame, scene and keyframe after, of each span of films whose frames have these values.
    fn spans(values: &[u8], from: u64, left: &BTreeSet<u64>) -> Vec<(u64, u64, u64, Option<u64>)> {
        let source = gray_source(32, 32);
        let codes = Codes { depth: 8, full_range: true, weights: (0.3, 0.1) };
        let (lightness, working) = (codes.lightness(), (32, 32));
        let keys =
            KeyMaker { source: &source, codes, lightness, colorist: &Nothing, recolor: false, working };
        let mut planner = Planner::new(&keys, 1024, from, left);
        let mut spans = Vec::new();
        for (number, value) in values.iter().enumerate() {
            let gray = Gray { width: 32, height: 32, data: vec![*value; 1024] };
            let frame = RawFrame { number: number as u64, pts: number as u64, data: gray.data.clone() };
            let shot = Shot { frame, small: gray.for_cuts(), pyramid: gray.pyramid() };
            spans.extend(planner.push(shot).unwrap());
        }
        spans.extend(planner.end_scene().unwrap());
        let number = |shot: Option<&Shot>| shot.unwrap().frame.number;
        spans
            .iter()
            .map(|span| {
                (
                    number(span.shots.first()),
                    number(span.shots.last()),
                    span.scene,
                    span.after.as_ref().map(|key| key.number),
                )
            })
            .collect()
    }

    fn none() -> BTreeSet<u64> {
        BTreeSet::new()
    }

    #[test]
    fn spans_end_at_cuts_and_at_wanted_frames() {
        let values = [vec![20; 12], vec![200; 40], vec![90; 3]].concat();
        let expected = [
            (0, 4, 0, Some(5)),
            (5, 11, 0, None),
            (12, 35, 1, Some(36)),
            (36, 51, 1, Some(51)),
            (52, 54, 2, None),
        ];
        assert_eq!(spans(&values, 0, &none()), expected);
        assert_eq!(spans(&values, 12, &none()), expected[2..], "what is done is passed over");
    }

    #[test]
    fn a_film_of_one_frame_is_a_span() {
        assert_eq!(spans(&[7], 0, &none()), [(0, 0, 0, None)]);
        assert_eq!(spans(&[], 0, &none()), []);
    }
}
