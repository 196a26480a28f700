//! Which of a source's candidates are kept: one after the other, in order.

use autochrome_film::Frame;

use crate::hash::Hash;
use crate::journal::Judged;
use crate::options::{Rules, Sampling};
use crate::signature::{Reason, Signature, Thumbnail};

/// Hashes of one picture in two encodings differ in at most so many of 63 signs ...
const HASH_DISTANCE: u32 = 4;
/// ... and their small luma correlates by more than this.
const CORRELATION: f32 = 0.98;

/// Whether two frames show the same picture.
///
/// Measured on two encodings of Big Buck Bunny: equal frames have hashes of distance 0..=2 and a correlation of 0.988 and more,
/// where their luma differs by up to 16 of 255. Frames of unrelated films have distances from 16 on and at most 0.75.
pub(crate) fn is_same(a: (Hash, &Thumbnail), b: (Hash, &Thumbnail)) -> bool {
    a.0.distance(b.0) <= HASH_DISTANCE && a.1.correlation(b.1) > CORRELATION
}

/// A frame that was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub timestamp_s: Option<f64>,
    pub frame: u64,
    pub scene: u64,
    pub picture: Frame,
    pub look: Signature,
}

/// A frame that was judged, with its pixels.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub judged: Judged,
    pub picture: Frame,
}

/// Judges candidates in order.
#[derive(Debug)]
pub(crate) struct Selector {
    rules: Rules,
    reference: Option<Thumbnail>,
    seen: Vec<(Hash, Thumbnail)>,
    kept: u64,
    /// The best frame of the scene under way, when one a scene is wanted.
    best: Option<Candidate>,
    /// Scenes up to this one were judged before the build was stopped.
    judged_scene: Option<u64>,
}

impl Selector {
    /// Goes on after what was judged before.
    pub fn new(rules: &Rules, before: &[Judged]) -> Self {
        let kept: Vec<&Judged> = before.iter().filter(|judged| judged.dropped.is_none()).collect();
        Self {
            rules: rules.clone(),
            reference: kept.last().map(|judged| judged.look.reference.clone()),
            seen: kept.iter().map(|judged| (judged.look.hash, judged.look.reference.clone())).collect(),
            kept: kept.len() as u64,
            best: None,
            judged_scene: before.last().map(|judged| judged.scene),
        }
    }

    /// Whether as many are kept as are wanted.
    pub fn is_full(&self) -> bool {
        self.rules.max_frames.is_some_and(|most| self.kept >= most)
    }

    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// Judges the next candidate, or the best one of the scene that it ends.
    pub fn push(&mut self, candidate: Candidate) -> Option<Verdict> {
        if self.is_full() {
            return None;
        }
        if self.rules.sampling != Sampling::Scene || candidate.timestamp_s.is_none() {
            return Some(self.decide(candidate));
        }
        if self.judged_scene.is_some_and(|scene| candidate.scene <= scene) {
            return None;
        }
        let ended = match &self.best {
            Some(best) if best.scene != candidate.scene => self.best.take(),
            _ => None,
        };
        let rank = |candidate: &Candidate| (self.fault(&candidate.look).is_none(), candidate.look.sharpness);
        if self.best.as_ref().is_none_or(|best| rank(&candidate) > rank(best)) {
            self.best = Some(candidate);
        }
        ended.map(|best| self.decide(best))
    }

    /// Judges what is left when the source has ended.
    pub fn finish(&mut self) -> Option<Verdict> {
        let best = self.best.take()?;
        (!self.is_full()).then(|| self.decide(best))
    }

    fn fault(&self, look: &Signature) -> Option<Reason> {
        look.fault(self.rules.min_side_px, &self.rules.allow)
    }

    fn decide(&mut self, candidate: Candidate) -> Verdict {
        let Candidate { timestamp_s, frame, scene, picture, look } = candidate;
        let difference = self.reference.as_ref().map(|reference| look.reference.difference(reference));
        let allowed = |reason: &Reason| !self.rules.allow.contains(reason);
        let too_near = difference.is_some_and(|difference| difference < self.rules.min_difference);
        let this = (look.hash, &look.reference);
        let repeats = || self.seen.iter().any(|(hash, reference)| is_same(this, (*hash, reference)));
        let dropped = self
            .fault(&look)
            .or_else(|| Some(Reason::Similar).filter(|_| too_near))
            .or_else(|| Some(Reason::Repeat).filter(allowed).filter(|_| repeats()));
        if dropped.is_none() {
            self.reference = Some(look.reference.clone());
            self.seen.push((look.hash, look.reference.clone()));
            self.kept += 1;
        }
        let judged =
            Judged { timestamp_s, frame, scene, difference, look, dropped, kept: None, thumbnail: None };
        Verdict { judged, picture }
    }
}
