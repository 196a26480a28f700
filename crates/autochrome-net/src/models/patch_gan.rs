//! The paper's discriminator: a PatchGAN that sees gray and colour.
//!
//! Isola et al. 2016, section 3.2.2 and 6.1.2: 70×70 receptive field, C64-C128-C256-C512, 4×4 kernels, LeakyReLU 0.2, no
//! normalisation in the first layer; run convolutionally over the picture, its answers averaged.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer, PaddingConfig2d};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::layers::leaky_relu;
use crate::norm::{Norm, Statistics};

/// The shape of a [`PatchGan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatchGanConfig {
    /// Channels of the first layer; pix2pix has 64.
    pub width: usize,
    /// Stride-2 layers; 3 give the 70×70 receptive field.
    #[serde(default = "three")]
    pub layers: usize,
}

fn three() -> usize {
    3
}

impl PatchGanConfig {
    /// A network with fresh weights for a gray image plus `colour_channels`.
    #[must_use]
    pub fn init(&self, colour_channels: usize, device: &Device) -> PatchGan {
        let channels = |i: usize| self.width * (1 << i.min(3));
        let mut blocks = vec![Block::new(1 + colour_channels, channels(0), 2, false, device)];
        for i in 1..=self.layers {
            let stride = if i < self.layers { 2 } else { 1 };
            blocks.push(Block::new(channels(i - 1), channels(i), stride, true, device));
        }
        let judge = conv4(channels(self.layers), 1, 1, true, device);
        PatchGan { blocks, judge }
    }
}

fn conv4(input: usize, output: usize, stride: usize, bias: bool, device: &Device) -> Conv2d {
    Conv2dConfig::new([input, output], [4, 4])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .with_bias(bias)
        .with_initializer(Initializer::Normal { mean: 0.0, std: 0.02 })
        .init(device)
}

#[derive(Module, Debug)]
struct Block {
    conv: Conv2d,
    norm: Option<Norm>,
}

impl Block {
    fn new(input: usize, output: usize, stride: usize, norm: bool, device: &Device) -> Self {
        Self {
            conv: conv4(input, output, stride, !norm, device),
            norm: norm.then(|| Norm::new(output, 0.02, 0.1, 1e-5, device)),
        }
    }
}

/// Says of each patch whether its colours look real, given the gray.
#[derive(Module, Debug)]
pub struct PatchGan {
    blocks: Vec<Block>,
    judge: Conv2d,
}

impl PatchGan {
    /// Logits of "real", one a patch; average them for one answer.
    ///
    /// # Shapes
    /// Gray `[n, 1, h, w]` and colour `[n, 2 or 3, h, w]` to `[n, 1, h/8 - 2, w/8 - 2]`.
    #[must_use]
    pub fn forward(&self, gray: Tensor<4>, colour: Tensor<4>, statistics: Statistics) -> Tensor<4> {
        let mut x = Tensor::cat(vec![gray, colour], 1);
        for block in &self.blocks {
            x = block.conv.forward(x);
            if let Some(norm) = &block.norm {
                x = norm.forward(x, statistics);
            }
            x = leaky_relu(x, 0.2);
        }
        self.judge.forward(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_256_px_picture_gets_30_by_30_answers() {
        let device = Device::flex();
        let net = PatchGanConfig { width: 2, layers: 3 }.init(2, &device);
        let gray = Tensor::zeros([1, 1, 256, 256], &device);
        let colour = Tensor::zeros([1, 2, 256, 256], &device);
        assert_eq!(net.forward(gray, colour, Statistics::Batch).dims(), [1, 1, 30, 30]);
    }

    #[test]
    fn a_sample_sees_70_by_70_pixels() {
        let device = Device::flex();
        let net = PatchGanConfig { width: 2, layers: 3 }.init(2, &device);
        let colour = Tensor::zeros([1, 2, 256, 256], &device);
        let judge = |gray: Tensor<4>| {
            net.forward(gray, colour.clone(), Statistics::Running)
                .slice([0..1, 0..1, 15..16, 15..16])
                .into_scalar::<f32>()
        };
        // Output (15, 15) covers input rows 15·8 - 31 ..= 15·8 + 38.
        let dot = |y: usize| {
            Tensor::zeros([1, 1, 256, 256], &device)
                .slice_assign([0..1, 0..1, y..y + 1, 120..121], Tensor::full([1, 1, 1, 1], 1e4, &device))
        };
        let empty = judge(Tensor::zeros([1, 1, 256, 256], &device));
        let seen: Vec<usize> = (60..190).filter(|&y| judge(dot(y)) != empty).collect();
        assert_eq!((seen.len(), seen[seen.len() - 1] - seen[0]), (70, 69));
    }
}
