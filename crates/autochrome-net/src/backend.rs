//! Modules as backends of a [`Session`](autochrome_engine::Session): a network answers while it is being trained.

use autochrome_color::Chroma;
use autochrome_engine::engine::Map;
use autochrome_engine::{Backend, NetError, Question, Sides, ab_chroma, rgb_chroma, scale_luma};
use burn::tensor::{Device, Tensor, TensorData};

use crate::models::chroma_net::{AB_SCALE, ChromaNet, HINT_CHANNELS, MULTIPLE_PX};
use crate::models::unet::{Output, UNet};
use crate::norm::Statistics;

/// The flagship's module on a device; it normalises with running statistics.
#[derive(Debug)]
pub struct ChromaNetBackend {
    network: ChromaNet,
    device: Device,
}

impl ChromaNetBackend {
    /// The network on the device that holds its weights.
    #[must_use]
    pub fn new(network: ChromaNet, device: &Device) -> Self {
        Self { network, device: device.clone() }
    }
}

impl Backend for ChromaNetBackend {
    fn sides(&self) -> Sides {
        Sides::Multiples(MULTIPLE_PX)
    }

    fn takes_hints(&self) -> bool {
        true
    }

    fn answer(&self, question: &Question<'_>) -> Result<Chroma, NetError> {
        let Question { width, height, luma, hints, temperature } = *question;
        let (ab, mask) = hints.split_at(2 * width * height);
        let hints: Vec<f32> = ab.iter().map(|v| v / AB_SCALE).chain(mask.iter().copied()).collect();
        let hints = TensorData::new(hints, [1, HINT_CHANNELS, height, width]);
        let gray = gray(luma, height, width, &self.device);
        let running = Statistics::Running;
        let said = self.network.forward(gray, Tensor::from_data(hints, &self.device), running, running, None);
        Ok(ab_chroma(&map(said.ab(temperature).mul_scalar(AB_SCALE))))
    }

    fn features(&self, luma: Map) -> Vec<Map> {
        let Map { height, width, values, .. } = luma;
        let hints = Tensor::zeros([1, HINT_CHANNELS, height, width], &self.device);
        let gray = gray(&values, height, width, &self.device);
        self.network.features(gray, hints, Statistics::Running).into_iter().map(map).collect()
    }
}

/// The paper's module on a device; it normalises with the statistics of the picture at hand.
#[derive(Debug)]
pub struct UNetBackend {
    network: UNet,
    output: Output,
    device: Device,
}

impl UNetBackend {
    /// The network on the device that holds its weights.
    #[must_use]
    pub fn new(network: UNet, output: Output, device: &Device) -> Self {
        Self { network, output, device: device.clone() }
    }
}

impl Backend for UNetBackend {
    fn sides(&self) -> Sides {
        Sides::Multiples(self.network.multiple())
    }

    fn takes_hints(&self) -> bool {
        false
    }

    fn answer(&self, question: &Question<'_>) -> Result<Chroma, NetError> {
        let Question { width, height, luma, .. } = *question;
        let y = self.network.forward(gray(luma, height, width, &self.device), Statistics::Batch, None);
        Ok(match self.output {
            Output::Ab => ab_chroma(&map(y.mul_scalar(AB_SCALE))),
            Output::Rgb => rgb_chroma(&map(y)),
        })
    }
}

/// L in 0..=100 as networks see it, `[1, 1, h, w]`.
fn gray(luma: &[f32], height: usize, width: usize, device: &Device) -> Tensor<4> {
    let values: Vec<f32> = luma.iter().map(|&l| scale_luma(l)).collect();
    Tensor::from_data(TensorData::new(values, [1, 1, height, width]), device)
}

fn map(y: Tensor<4>) -> Map {
    let [_, channels, height, width] = y.dims();
    let values = y.into_data().convert::<f32>().try_to_vec::<f32>().unwrap_or_default();
    Map { channels, height, width, values }
}
