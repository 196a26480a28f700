//! A network ready to answer.

use std::path::Path;

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::{Chroma, Plane, stop};

use crate::backend::{Backend, EngineBackend, Question, Sides};
use crate::card::{Inference, NetworkConfig};
use crate::engine::Map;
use crate::features::Features;
use crate::foreign::Description;
use crate::frame::{Frame, mirror};
use crate::graph::Graph;
use crate::networks::chroma_net::MULTIPLE_PX;
use crate::segmentation::{Segmentation, UsualColor, usual_colors};
use crate::{ModelCard, NetError, weights};

/// A patch whose colour is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hint {
    /// Centre, 0..=1 from left to right.
    pub x: f32,
    /// Centre, 0..=1 from top to bottom.
    pub y: f32,
    /// Side of the square, relative to the shorter side of the picture; at least one working pixel is marked.
    pub side: f32,
    /// a and b of CIELAB (D65).
    pub ab: [f32; 2],
}

/// How to ask; `None` leaves a choice to the model's card.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PredictOptions {
    /// Geometric mean of the working size's sides, in pixels.
    pub size_px: Option<usize>,
    /// Annealing temperature of colour classes: lower is more vivid, 1 is the mean.
    pub temperature: Option<f32>,
    /// Average with the answer for the mirror image.
    pub flip: Option<bool>,
}

/// A picture as a network sees it: its luma at working size.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    frame: Frame,
    luma: Plane,
}

impl View {
    /// L of CIELAB (D65), 0..=100.
    #[must_use]
    pub fn luma(&self) -> &Plane {
        &self.luma
    }
}

/// A network with its weights, ready to answer.
///
/// # Examples
/// ```
/// use autochrome_color::Plane;
/// use autochrome_engine::{PredictOptions, Session};
///
/// # fn main() -> Result<(), autochrome_engine::NetError> {
/// # let bytes = autochrome_engine::tests_support::tiny_weights();
/// let session = Session::from_bytes(&bytes)?;
/// let luma = Plane::filled(60, 40, 50.0);
/// let chroma = session.predict(&luma, &[], &PredictOptions::default())?;
/// assert!(chroma.a.data().iter().all(|a| a.is_finite()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Session {
    card: ModelCard,
    backend: Box<dyn Backend>,
    usual: Vec<Vec<UsualColor>>,
}

impl Session {
    /// A session of the engine from the bytes of a weights file, batch norms folded.
    ///
    /// # Errors
    /// [`NetError::Weights`] when the bytes are not a weights file of ours.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NetError> {
        let (card, mut tensors) = weights::from_bytes(bytes)?;
        let usual = usual_colors(&card, &tensors)?;
        let graph = Graph::new(&card.network, &mut tensors)?;
        let multiple_px = match &card.network {
            NetworkConfig::Unet(config) => 1 << config.levels,
            NetworkConfig::ChromaNet(_) | NetworkConfig::Onnx => MULTIPLE_PX,
        };
        let segmentation = Graph::segmentation(&card, &mut tensors)?;
        Ok(Self { usual, ..Self::new(card, EngineBackend::new(graph, segmentation, multiple_px)) })
    }

    /// A session of a network that something else computes.
    #[must_use]
    pub fn new(card: ModelCard, backend: impl Backend + 'static) -> Self {
        Self { card, backend: Box::new(backend), usual: Vec::new() }
    }

    /// A session of a network of other people: an ONNX file and its [description](crate::foreign::Description), run by
    /// ONNX Runtime from the shared library `library`.
    ///
    /// # Errors
    /// [`NetError::Description`] when the description does not parse or does not fit the file,
    /// [`NetError::RuntimeMissing`] when this build or this machine lacks ONNX Runtime, [`NetError::Runtime`] when it refuses the file.
    pub fn from_onnx(model: &[u8], description: &str, library: &Path) -> Result<Self, NetError> {
        let description = Description::parse(description)?;
        #[cfg(feature = "onnxruntime")]
        {
            let card = description.card();
            Ok(Self::new(card, crate::foreign::runtime::Runtime::new(model, description, library)?))
        }
        #[cfg(not(feature = "onnxruntime"))]
        {
            let _ = (model, description, library);
            Err(NetError::RuntimeMissing("it is not in this build".into()))
        }
    }

    /// What the model says of itself.
    #[must_use]
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// The colours that things of a [class](ModelCard::things) usually have, the most usual first; empty where the model does
    /// not say.
    #[must_use]
    pub fn usual_colors(&self, class: usize) -> &[UsualColor] {
        self.usual.get(class).map_or(&[], Vec::as_slice)
    }

    /// Whether hints change the answer.
    #[must_use]
    pub fn takes_hints(&self) -> bool {
        self.backend.takes_hints()
    }

    /// The working size for a picture.
    fn frame(&self, size: (usize, usize), asked_px: Option<usize>) -> Result<Frame, NetError> {
        let size_px = asked_px.unwrap_or(self.card.inference.size_px);
        if !(16..=2048).contains(&size_px) {
            return Err(NetError::Input(format!("the working size is 16 to 2048 px, not {size_px}")));
        }
        match self.backend.sides() {
            Sides::Multiples(multiple) => Ok(Frame::new(size, size_px, multiple)),
            Sides::Square(only) if size_px == only => Ok(Frame::square(only)),
            Sides::Square(only) => {
                let id = &self.card.id;
                Err(NetError::Input(format!("model '{id}' works at {only} px alone")))
            }
        }
    }

    /// A picture's L (0..=100) at the size that the network works at.
    ///
    /// # Errors
    /// [`NetError::Input`] for an empty picture or an impossible size.
    pub fn view(&self, luma: &Plane, size_px: Option<usize>) -> Result<View, NetError> {
        if luma.width() == 0 || luma.height() == 0 {
            return Err(NetError::Input("the picture has no pixels".into()));
        }
        let frame = self.frame(luma.size(), size_px)?;
        let (width, height) = frame.size();
        Ok(View { luma: resize_plane(luma, width, height, Filter::Area), frame })
    }

    /// Chroma for a picture's L (0..=100), at the network's working size and as strong as the model's card says.
    ///
    /// # Errors
    /// [`NetError::Input`] for an empty picture, an impossible option, or hints given to a network that takes none.
    pub fn predict(
        &self,
        luma: &Plane,
        hints: &[Hint],
        options: &PredictOptions,
    ) -> Result<Chroma, NetError> {
        self.predict_view(&self.view(luma, options.size_px)?, hints, options)
    }

    /// As [`Session::predict`], for a picture that is at working size.
    ///
    /// # Errors
    /// As [`Session::predict`].
    pub fn predict_view(
        &self,
        view: &View,
        hints: &[Hint],
        options: &PredictOptions,
    ) -> Result<Chroma, NetError> {
        self.run(view, hints, options, false).map(|(chroma, _)| chroma)
    }

    /// As [`Session::predict_view`], with what lies where in the picture, for a model that [tells things
    /// apart](ModelCard::things).
    ///
    /// # Errors
    /// As [`Session::predict`].
    pub fn predict_and_segment(
        &self,
        view: &View,
        hints: &[Hint],
        options: &PredictOptions,
    ) -> Result<(Chroma, Option<Segmentation>), NetError> {
        self.run(view, hints, options, true)
    }

    fn run(
        &self,
        View { frame, luma }: &View,
        hints: &[Hint],
        options: &PredictOptions,
        segment: bool,
    ) -> Result<(Chroma, Option<Segmentation>), NetError> {
        let shown = self.card.inference;
        let Inference { temperature, flip, .. } = shown;
        let temperature = options.temperature.unwrap_or(temperature);
        if !(0.01..=2.0).contains(&temperature) {
            return Err(NetError::Input(format!("the temperature is 0.01 to 2, not {temperature}")));
        }
        if !hints.is_empty() && !self.takes_hints() {
            return Err(NetError::Input(format!("model '{}' takes no colour hints", self.card.id)));
        }
        let small = frame.pad(luma);
        let hints: Vec<Hint> =
            hints.iter().map(|&hint| Hint { ab: shown.inverse(hint.ab), ..hint }).collect();
        let hint_planes = frame.hint_planes(&hints);
        let straight = || {
            let asked = question(frame, &small, &hint_planes, temperature);
            match segment {
                true => self.backend.answer_and_segment(&asked),
                false => Ok((self.backend.answer(&asked)?, None)),
            }
        };
        let mirrored = || {
            let [mut small, mut hint_planes] = [small.clone(), hint_planes.clone()];
            mirror(&mut small, frame.padded_width);
            mirror(&mut hint_planes, frame.padded_width);
            self.backend.answer(&question(frame, &small, &hint_planes, temperature))
        };
        let (mut chroma, segments) = if options.flip.unwrap_or(flip) {
            // Whoever waits for one picture has cores to spare.
            let (straight, mirrored) = rayon::join(stop::inherited(straight), stop::inherited(mirrored));
            let ((mut chroma, segments), mut other) = (straight?, mirrored?);
            for (plane, other) in [(&mut chroma.a, &mut other.a), (&mut chroma.b, &mut other.b)] {
                let width = plane.width();
                mirror(other.data_mut(), width);
                for (x, y) in plane.data_mut().iter_mut().zip(other.data()) {
                    *x = 0.5 * (*x + *y);
                }
            }
            (chroma, segments)
        } else {
            straight()?
        };
        shown.enliven(&mut chroma);
        let segmentation = segments.map(|[hidden, scores]| {
            Segmentation::new(&self.card.things, Features::new(&hidden, frame), Features::new(&scores, frame))
        });
        let (width, height) = chroma.size();
        let chroma = frame.crop(chroma).ok_or_else(|| {
            NetError::Description(format!(
                "an answer of {width}×{height} is no whole share of {}×{}",
                frame.padded_width, frame.padded_height
            ))
        })?;
        Ok((chroma, segmentation))
    }

    /// What the network's encoder sees in a picture's L (0..=100), the finest scale first: places and pictures that mean
    /// the same lie close together, whatever their colours.
    ///
    /// # Errors
    /// [`NetError::Input`] for an empty picture, an impossible size, or a network without an encoder to look into.
    pub fn features(&self, luma: &Plane, size_px: Option<usize>) -> Result<Vec<Features>, NetError> {
        let View { frame, luma } = self.view(luma, size_px)?;
        let (width, height) = (frame.padded_width, frame.padded_height);
        let maps = self.backend.features(Map { channels: 1, height, width, values: frame.pad(&luma) });
        if maps.is_empty() {
            let id = &self.card.id;
            return Err(NetError::Input(format!("model '{id}' has no encoder to compare pictures by")));
        }
        Ok(maps.iter().map(|map| Features::new(map, &frame)).collect())
    }
}

fn question<'a>(frame: &Frame, luma: &'a [f32], hints: &'a [f32], temperature: f32) -> Question<'a> {
    Question { width: frame.padded_width, height: frame.padded_height, luma, hints, temperature }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_support::tiny_weights;

    #[test]
    fn any_picture_size_gets_an_answer_of_its_own_shape() {
        let session = Session::from_bytes(&tiny_weights()).unwrap();
        for (width, height) in [(1, 1), (3, 500), (640, 480), (33, 31)] {
            let chroma = session
                .predict(&Plane::filled(width, height, 60.0), &[], &PredictOptions::default())
                .unwrap();
            let (w, h) = chroma.size();
            assert!(w > 0 && h > 0);
            if width == 640 {
                assert!((w as f32 / h as f32 - 4.0 / 3.0).abs() < 0.05, "{w}×{h}");
            }
        }
    }

    #[test]
    fn the_same_question_gets_the_same_answer() {
        let session = Session::from_bytes(&tiny_weights()).unwrap();
        let luma = Plane::from_vec(64, 64, (0..4096).map(|i| (i % 100) as f32).collect()).unwrap();
        let ask = || session.predict(&luma, &[], &PredictOptions::default()).unwrap();
        assert_eq!(ask(), ask());
    }

    #[test]
    fn flip_averaging_makes_a_symmetric_picture_symmetric() {
        let session = Session::from_bytes(&tiny_weights()).unwrap();
        let luma =
            Plane::from_vec(64, 64, (0..4096).map(|i| ((i % 64) as f32 - 31.5).abs()).collect()).unwrap();
        let options = PredictOptions { flip: Some(true), size_px: Some(64), ..PredictOptions::default() };
        let a = session.predict(&luma, &[], &options).unwrap().a;
        let width = a.width();
        for row in a.data().chunks_exact(width) {
            for x in 0..width {
                assert!((row[x] - row[width - 1 - x]).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn bad_questions_are_refused() {
        let session = Session::from_bytes(&tiny_weights()).unwrap();
        let luma = Plane::filled(8, 8, 50.0);
        let hint = Hint { x: 0.5, y: 0.5, side: 0.1, ab: [0.0, 0.0] };
        for (luma, hints, options) in [
            (&Plane::default(), &[][..], PredictOptions::default()),
            (&luma, &[][..], PredictOptions { size_px: Some(0), ..PredictOptions::default() }),
            (&luma, &[][..], PredictOptions { temperature: Some(f32::NAN), ..PredictOptions::default() }),
            (&luma, &[hint][..], PredictOptions::default()),
        ] {
            assert_eq!(session.predict(luma, hints, &options).unwrap_err().code(), "bad-network-input");
        }
    }
}
