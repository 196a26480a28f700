//! Who computes a network's answer.

use std::fmt::Debug;
use std::sync::Arc;

use autochrome_color::{Chroma, Plane};

use crate::engine::{Engine, Groundwork, Map};
use crate::graph::{Graph, LUMA, SCALES};
use crate::networks::chroma_net::HINT_CHANNELS;
use crate::{NetError, Recent};

/// The working sizes a network can compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// Any, when both sides are multiples of this many pixels.
    Multiples(usize),
    /// Squares of this many pixels a side alone.
    Square(usize),
}

/// One forward pass: planes of one working size, padding included.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Samples of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// L of CIELAB (D65), 0..=100.
    pub luma: &'a [f32],
    /// Planes a, b (CIELAB) and mask of hints, all zero where nothing is known.
    pub hints: &'a [f32],
    /// Annealing temperature of colour classes; 1 is the mean.
    pub temperature: f32,
}

/// A network with its weights on something that can compute it.
///
/// [`Session`](crate::Session) frames pictures, places hints and averages mirror images; a backend sees planes only.
pub trait Backend: Debug + Send + Sync {
    /// The sizes it can be asked at.
    fn sides(&self) -> Sides;

    /// Whether hints change the answer.
    fn takes_hints(&self) -> bool;

    /// Chroma (CIELAB) of the question's size, or smaller by a whole factor.
    ///
    /// # Errors
    /// [`NetError`] when the backend fails, or answers in a form that it should not.
    fn answer(&self, question: &Question<'_>) -> Result<Chroma, NetError>;

    /// What the network's encoder sees in L (0..=100), the finest scale first; nothing where there is no encoder.
    fn features(&self, luma: Map) -> Vec<Map> {
        let _ = luma;
        Vec::new()
    }

    /// As [`Backend::answer`], with the last hidden layer and the scores of the head that finds things; `None` where there is
    /// none.
    ///
    /// # Errors
    /// As [`Backend::answer`].
    fn answer_and_segment(&self, question: &Question<'_>) -> Result<(Chroma, Option<[Map; 2]>), NetError> {
        Ok((self.answer(question)?, None))
    }
}

/// Groundworks that are kept: two pictures and their mirror images.
const KEPT: usize = 4;

/// Most bytes of a groundwork that is kept: one of 224 px takes 2 MB.
const KEPT_BYTES: usize = 16 << 20;

/// The engine of this crate as a backend; hint after hint to one picture takes the network's later half alone.
#[derive(Debug)]
pub(crate) struct EngineBackend {
    engine: Engine,
    segmentation: Option<Engine>,
    multiple_px: usize,
    takes_hints: bool,
    /// Pictures that were looked at.
    kept: Recent<Looked>,
}

/// A picture's L and what the network makes of it.
struct Looked {
    luma: Map,
    groundwork: Groundwork,
}

impl EngineBackend {
    /// Packs the weights of a network whose sides are multiples of `multiple_px`, and of the head on its encoder.
    pub(crate) fn new(graph: Graph, segmentation: Option<Graph>, multiple_px: usize) -> Self {
        let takes_hints = graph.takes_hints();
        let segmentation = segmentation.map(Engine::new);
        let engine = Engine::new(graph);
        Self { engine, segmentation, multiple_px, takes_hints, kept: Recent::new(KEPT) }
    }

    /// What the network makes of luma alone, from memory where it was asked lately.
    fn look(&self, question: &Question<'_>) -> Result<Arc<Looked>, NetError> {
        let Question { width, height, luma, .. } = *question;
        let is_this = |Looked { luma: seen, .. }: &Looked| {
            (seen.width, seen.height) == (width, height) && seen.values == luma
        };
        if let Some(looked) = self.kept.find(is_this) {
            return Ok(looked);
        }
        let luma = Map { channels: 1, height, width, values: luma.to_vec() };
        let groundwork = self.engine.groundwork(luma.clone()).ok_or(NetError::Stopped)?;
        let looked = Arc::new(Looked { luma, groundwork });
        if self.takes_hints && looked.groundwork.bytes() <= KEPT_BYTES {
            self.kept.keep(Arc::clone(&looked));
        }
        Ok(looked)
    }

    fn finish(&self, groundwork: &Groundwork, question: &Question<'_>) -> Result<Chroma, NetError> {
        let Question { width, height, hints, temperature, .. } = *question;
        let hints = Map { channels: HINT_CHANNELS, height, width, values: hints.to_vec() };
        chroma_of(&self.engine.finish(groundwork, hints, temperature))
    }
}

impl Backend for EngineBackend {
    fn sides(&self) -> Sides {
        Sides::Multiples(self.multiple_px)
    }

    fn takes_hints(&self) -> bool {
        self.takes_hints
    }

    fn answer(&self, question: &Question<'_>) -> Result<Chroma, NetError> {
        self.finish(&self.look(question)?.groundwork, question)
    }

    fn answer_and_segment(&self, question: &Question<'_>) -> Result<(Chroma, Option<[Map; 2]>), NetError> {
        let Looked { luma, groundwork } = &*self.look(question)?;
        let chroma = self.finish(groundwork, question)?;
        let Some(head) = &self.segmentation else { return Ok((chroma, None)) };
        let features = self.engine.features_of(groundwork).unwrap_or_else(|| self.features(luma.clone()));
        // The finest scale, at 1/2, says nothing about things.
        let scales: Vec<(&str, Map)> = SCALES.into_iter().zip(features.into_iter().skip(1)).collect();
        Ok((chroma, head.features(&scales).try_into().ok()))
    }

    fn features(&self, luma: Map) -> Vec<Map> {
        self.engine.features(&[(LUMA, luma)])
    }
}

fn chroma_of(answer: &Map) -> Result<Chroma, NetError> {
    match answer.channels {
        0 => Err(NetError::Stopped),
        3 => Ok(rgb_chroma(answer)),
        _ => Ok(ab_chroma(answer)),
    }
}

/// Chroma from planes a and b of CIELAB.
#[must_use]
pub fn ab_chroma(answer: &Map) -> Chroma {
    let (width, height) = (answer.width, answer.height);
    let plane = |i: usize| {
        let values = answer.values[i * width * height..][..width * height].to_vec();
        Plane::from_vec(width, height, values).unwrap_or_default()
    };
    Chroma { a: plane(0), b: plane(1) }
}

/// Chroma from planes of sRGB in -1..=1.
#[must_use]
pub fn rgb_chroma(answer: &Map) -> Chroma {
    let (n, values) = (answer.area(), &answer.values);
    let byte = |v: f32| ((v + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8;
    let rgb: Vec<u8> =
        (0..n).flat_map(|i| [byte(values[i]), byte(values[n + i]), byte(values[2 * n + i])]).collect();
    autochrome_color::lab::rgb8_to_lab(&rgb, answer.width, answer.height).1
}

/// L in 0..=100 as the networks see it, -1..=1.
#[must_use]
pub fn scale_luma(l: f32) -> f32 {
    l / 50.0 - 1.0
}
