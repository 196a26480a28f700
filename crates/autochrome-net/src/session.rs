//! A network ready to answer.

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::{Chroma, Plane};
use burn::tensor::{Device, Tensor, TensorData};

use crate::card::{Inference, NetworkConfig};
use crate::models::chroma_net::{AB_SCALE, ChromaNet, HINT_CHANNELS, MULTIPLE_PX};
use crate::models::unet::{Output, UNet};
use crate::norm::Statistics;
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

#[derive(Debug)]
enum Network {
    UNet(UNet, Output),
    ChromaNet(Box<ChromaNet>),
}

/// A network with its weights, on a device.
///
/// # Examples
/// ```
/// use autochrome_color::Plane;
/// use autochrome_net::{PredictOptions, Session};
///
/// # fn main() -> Result<(), autochrome_net::NetError> {
/// # let bytes = autochrome_net::models::tests_support::tiny_weights();
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
    network: Network,
    device: Device,
}

impl Session {
    /// A session on the CPU from the bytes of a weights file.
    ///
    /// # Errors
    /// [`NetError::Weights`] when the bytes are not a weights file of ours.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NetError> {
        Self::on_device(bytes, &Device::flex())
    }

    /// A session on `device`.
    ///
    /// # Errors
    /// As [`Session::from_bytes`].
    pub fn on_device(bytes: &[u8], device: &Device) -> Result<Self, NetError> {
        let (card, tensors) = weights::from_bytes(bytes)?;
        let network = match &card.network {
            NetworkConfig::Unet(config) => {
                if config.levels < 2 || config.levels > 10 || config.width == 0 || config.width > 1024 {
                    return Err(NetError::Weights("the card describes an impossible U-Net".into()));
                }
                Network::UNet(weights::apply(config.init(device), &tensors, |_| true)?, config.output)
            }
            NetworkConfig::ChromaNet(config) => {
                if config.decoder.iter().any(|&c| c == 0 || c > 4096) {
                    return Err(NetError::Weights("the card describes an impossible decoder".into()));
                }
                Network::ChromaNet(Box::new(weights::apply(config.init(device), &tensors, |_| true)?))
            }
        };
        Ok(Self { card, network, device: device.clone() })
    }

    /// A session around a network that is being trained.
    #[must_use]
    pub fn of_chroma_net(network: ChromaNet, card: ModelCard, device: &Device) -> Self {
        Self { card, network: Network::ChromaNet(Box::new(network)), device: device.clone() }
    }

    /// A session around a U-Net that is being trained.
    #[must_use]
    pub fn of_unet(network: UNet, output: Output, card: ModelCard, device: &Device) -> Self {
        Self { card, network: Network::UNet(network, output), device: device.clone() }
    }

    /// What the model says of itself.
    #[must_use]
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// Whether hints change the answer.
    #[must_use]
    pub fn takes_hints(&self) -> bool {
        matches!(self.network, Network::ChromaNet(_))
    }

    /// Chroma for a picture's L (0..=100), at the network's working size.
    ///
    /// # Errors
    /// [`NetError::Input`] for an empty picture, an impossible option, or hints given to a network that takes none.
    pub fn predict(
        &self,
        luma: &Plane,
        hints: &[Hint],
        options: &PredictOptions,
    ) -> Result<Chroma, NetError> {
        let Inference { size_px, temperature, flip, .. } = self.card.inference;
        let size_px = options.size_px.unwrap_or(size_px);
        let temperature = options.temperature.unwrap_or(temperature);
        if luma.width() == 0 || luma.height() == 0 {
            return Err(NetError::Input("the picture has no pixels".into()));
        }
        if !(16..=2048).contains(&size_px) {
            return Err(NetError::Input(format!("the working size is 16 to 2048 px, not {size_px}")));
        }
        if !(0.01..=2.0).contains(&temperature) {
            return Err(NetError::Input(format!("the temperature is 0.01 to 2, not {temperature}")));
        }
        if !hints.is_empty() && !self.takes_hints() {
            return Err(NetError::Input(format!("model '{}' takes no colour hints", self.card.id)));
        }
        let multiple = match &self.network {
            Network::UNet(net, _) => net.multiple(),
            Network::ChromaNet(_) => MULTIPLE_PX,
        };
        let frame = Frame::new(luma.size(), size_px, multiple);
        let small = resize_plane(luma, frame.width, frame.height, Filter::Area);
        let gray = frame.pad(&small);
        let hint_planes = frame.hint_planes(hints);
        let mut chroma = self.answer(&frame, &gray, &hint_planes, temperature);
        if options.flip.unwrap_or(flip) {
            let mut gray = gray;
            let mut hint_planes = hint_planes;
            mirror(&mut gray, frame.padded_width);
            mirror(&mut hint_planes, frame.padded_width);
            let mut other = self.answer(&frame, &gray, &hint_planes, temperature);
            for (plane, other) in [(&mut chroma.a, &mut other.a), (&mut chroma.b, &mut other.b)] {
                let width = plane.width();
                mirror(other.data_mut(), width);
                for (x, y) in plane.data_mut().iter_mut().zip(other.data()) {
                    *x = 0.5 * (*x + *y);
                }
            }
        }
        Ok(frame.crop(&chroma))
    }

    /// One forward pass over padded planes; the answer may be smaller than the frame by a whole factor.
    fn answer(&self, frame: &Frame, gray: &[f32], hints: &[f32], temperature: f32) -> Chroma {
        let (width, height) = (frame.padded_width, frame.padded_height);
        let input = |values: &[f32], channels| {
            Tensor::<4>::from_data(
                TensorData::new(values.to_vec(), [1, channels, height, width]),
                &self.device,
            )
        };
        let gray = input(gray, 1);
        match &self.network {
            Network::UNet(net, output) => {
                let y = net.forward(gray.clone(), Statistics::Batch, None);
                match output {
                    Output::Ab => planes(y),
                    Output::Rgb => rgb_to_chroma(y),
                }
            }
            Network::ChromaNet(net) => {
                let hints = input(hints, HINT_CHANNELS);
                planes(net.forward(gray, hints, Statistics::Running, Statistics::Running).ab(temperature))
            }
        }
    }
}

fn planes(y: Tensor<4>) -> Chroma {
    let [_, _, height, width] = y.dims();
    let values = y.into_data().convert::<f32>().try_to_vec::<f32>().unwrap_or_default();
    let plane = |i: usize| {
        let values = values[i * width * height..][..width * height].iter().map(|v| v * AB_SCALE).collect();
        Plane::from_vec(width, height, values).unwrap_or_default()
    };
    Chroma { a: plane(0), b: plane(1) }
}

fn rgb_to_chroma(y: Tensor<4>) -> Chroma {
    let [_, _, height, width] = y.dims();
    let values = y.into_data().convert::<f32>().try_to_vec::<f32>().unwrap_or_default();
    let n = width * height;
    let byte = |v: f32| ((v + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8;
    let rgb: Vec<u8> =
        (0..n).flat_map(|i| [byte(values[i]), byte(values[n + i]), byte(values[2 * n + i])]).collect();
    autochrome_color::lab::rgb8_to_lab(&rgb, width, height).1
}

/// L in 0..=100 as the networks see it, -1..=1.
#[must_use]
pub fn scale_luma(l: f32) -> f32 {
    l / 50.0 - 1.0
}

fn mirror(values: &mut [f32], width: usize) {
    values.chunks_exact_mut(width).for_each(<[f32]>::reverse);
}

/// The working size of a picture: its aspect kept, its area `size_px²`, padded to what the network needs.
struct Frame {
    width: usize,
    height: usize,
    padded_width: usize,
    padded_height: usize,
}

impl Frame {
    fn new((width, height): (usize, usize), size_px: usize, multiple: usize) -> Self {
        let (w, h) = (width as f64, height as f64);
        let scale = size_px as f64 / (w * h).sqrt();
        // A ribbon of a picture would get a side of no pixels, or a thousand times the memory of a square one.
        let longest = 4 * size_px;
        let side = |full: f64| ((full * scale).round() as usize).clamp(multiple.min(16), longest);
        let (width, height) = (side(w), side(h));
        Self {
            width,
            height,
            padded_width: width.next_multiple_of(multiple),
            padded_height: height.next_multiple_of(multiple),
        }
    }

    /// Network input of a plane at working size; the edge is repeated into the padding.
    fn pad(&self, plane: &Plane) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.padded_width * self.padded_height);
        for y in 0..self.padded_height {
            let row = plane.row(y.min(self.height - 1));
            out.extend(row.iter().map(|&l| scale_luma(l)));
            let last = scale_luma(row[self.width - 1]);
            out.resize((y + 1) * self.padded_width, last);
        }
        out
    }

    /// The planes a, b and mask of hints at padded working size.
    fn hint_planes(&self, hints: &[Hint]) -> Vec<f32> {
        let n = self.padded_width * self.padded_height;
        let mut planes = vec![0.0; HINT_CHANNELS * n];
        for hint in hints {
            let half = 0.5 * hint.side.max(0.0) * self.width.min(self.height) as f32;
            let span = |centre: f32, size: usize| {
                let centre = centre.clamp(0.0, 1.0) * size as f32;
                let from = ((centre - half).round().max(0.0) as usize).min(size - 1);
                let to = ((centre + half).round().max(0.0) as usize).clamp(from + 1, size);
                from..to
            };
            for y in span(hint.y, self.height) {
                for x in span(hint.x, self.width) {
                    let i = y * self.padded_width + x;
                    planes[i] = hint.ab[0] / AB_SCALE;
                    planes[n + i] = hint.ab[1] / AB_SCALE;
                    planes[2 * n + i] = 1.0;
                }
            }
        }
        planes
    }

    /// Takes the padding away again, whatever whole factor the answer is smaller by.
    fn crop(&self, chroma: &Chroma) -> Chroma {
        let factor = self.padded_width / chroma.a.width();
        let (width, height) = (self.width.div_ceil(factor), self.height.div_ceil(factor));
        let crop = |plane: &Plane| {
            let values = (0..height).flat_map(|y| plane.row(y)[..width].iter().copied()).collect();
            Plane::from_vec(width, height, values).unwrap_or_default()
        };
        Chroma { a: crop(&chroma.a), b: crop(&chroma.b) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::tests_support::tiny_weights;

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

    #[test]
    fn a_hint_marks_its_pixels_and_no_others() {
        let frame = Frame::new((64, 64), 64, 32);
        let planes = frame.hint_planes(&[Hint { x: 0.5, y: 0.5, side: 4.0 / 64.0, ab: [55.0, -11.0] }]);
        let mask = &planes[2 * 4096..];
        assert_eq!(mask.iter().sum::<f32>(), 16.0);
        let i = 32 * 64 + 32;
        assert!((planes[i] - 0.5).abs() < 1e-6 && (planes[4096 + i] + 0.1).abs() < 1e-6 && mask[i] == 1.0);
    }
}
