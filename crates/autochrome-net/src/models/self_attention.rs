//! Attention of every cell to every other, so that patches of one meadow know of each other.
//!
//! Source: multi-head attention of Vaswani et al., "Attention Is All You Need" (2017), laid out as in Graham et al.,
//! "LeViT" (2021): batch norms behind 1×1 convolutions, which fold into them, instead of layer norms. Position comes from a
//! depthwise 3×3 convolution, as in Chu et al., "Conditional Positional Encodings for Vision Transformers" (2021), so that any
//! size can be asked.

pub use autochrome_engine::networks::self_attention::{EXPANSION, HEADS};
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer, PaddingConfig2d};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

use super::chroma_net::{cast_like, single_precision};
use crate::layers::{ConvNormRelu, convolve};
use crate::norm::Statistics;

/// Position, attention and two layers for each cell, each added to what was there.
///
/// A fresh block changes nothing, so that it can be put into a trained network.
#[derive(Module, Debug)]
pub struct SelfAttention {
    position: Conv2d,
    query_key_value: ConvNormRelu,
    output: Conv2d,
    expand: ConvNormRelu,
    project: Conv2d,
}

impl SelfAttention {
    /// A block over `channels` channels.
    #[must_use]
    pub fn new(channels: usize, device: &Device) -> Self {
        let wide = EXPANSION * channels;
        Self {
            position: zeros([channels, channels], 3, channels, device),
            query_key_value: ConvNormRelu::new([channels, 3 * channels], 1, device),
            output: zeros([channels, channels], 1, 1, device),
            expand: ConvNormRelu::new([channels, wide], 1, device),
            project: zeros([wide, channels], 1, 1, device),
        }
    }

    /// # Shapes
    /// `[n, c, h, w]` in and out.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>, statistics: Statistics) -> Tensor<4> {
        let [n, channels, height, width] = x.dims();
        let (cells, length) = (height * width, channels / HEADS);
        // The fresh tensor comes first in every sum: burn may write into it, and LibTorch's graph does not need it.
        let x = convolve(&self.position, x.clone()).add(x);
        let mixed = single_precision(self.query_key_value.normalised(x.clone(), statistics));
        let part = |i: usize| {
            let range = [0..n, i * channels..(i + 1) * channels, 0..height, 0..width];
            mixed.clone().slice(range).reshape([n, HEADS, length, cells])
        };
        let scores = part(0).swap_dims(2, 3).matmul(part(1)); // [n, heads, cells, cells]
        let shares = softmax(scores.mul_scalar((length as f32).sqrt().recip()), 3);
        let seen = part(2).matmul(shares.swap_dims(2, 3)); // [n, heads, c / heads, cells]
        let seen = cast_like(&x, seen.reshape([n, channels, height, width]));
        let x = convolve(&self.output, seen).add(x);
        convolve(&self.project, self.expand.forward(x.clone(), statistics)).add(x)
    }
}

/// A convolution that answers with nothing until it has learnt something.
fn zeros(channels: [usize; 2], kernel: usize, groups: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_groups(groups)
        .with_padding(PaddingConfig2d::Same)
        .with_initializer(Initializer::Zeros)
        .init(device)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Distribution;

    use super::*;

    #[test]
    fn a_fresh_block_changes_nothing() {
        let device = Device::flex();
        let block = SelfAttention::new(8, &device);
        let x = Tensor::<4>::random([2, 8, 3, 5], Distribution::Normal(0.0, 1.0), &device);
        let y = block.forward(x.clone(), Statistics::Running);
        assert_eq!(y.into_data(), x.into_data());
    }
}
