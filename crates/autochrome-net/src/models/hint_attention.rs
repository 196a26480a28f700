//! Attention that carries the colours of hints to places that look alike.
//!
//! Source: scaled dot-product attention of Vaswani et al., "Attention Is All You Need" (2017), from every cell of a
//! feature map to the cells that hold a hint, as Yun et al., "iColoriT" (2023), spread hints by a transformer. A few
//! 3×3 convolutions would need as many layers as the hint has cells to travel; here one layer reaches everywhere.

use autochrome_engine::networks::chroma_net::{FOUND_CHANNELS, HEADS, KEY_CHANNELS, UNKNOWN};
use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::nn::conv::Conv2d;
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor, TensorData};

use crate::layers::conv;

/// How much a head loses per squared cell of distance at the start of training.
const NEARNESS: [f32; HEADS] = [0.0, 0.02, 0.1, 0.4];

/// From every cell to the hints.
#[derive(Module, Debug)]
pub struct HintAttention {
    query: Conv2d,
    key: Conv2d,
    /// Score of believing no hint at all, per head.
    nothing: Param<Tensor<1>>,
    nearness: Param<Tensor<1>>,
}

impl HintAttention {
    /// Planes that [`forward`](Self::forward) adds: a, b and how much of a hint was found, per head.
    pub const CHANNELS: usize = FOUND_CHANNELS;

    /// Attention over features of `channels` channels.
    #[must_use]
    pub fn new(channels: usize, device: &Device) -> Self {
        let nearness = Tensor::from_data(TensorData::new(NEARNESS.to_vec(), [HEADS]), device);
        Self {
            query: conv([channels, HEADS * KEY_CHANNELS], 1, 1, true, device),
            key: conv([channels, HEADS * KEY_CHANNELS], 1, 1, true, device),
            nothing: Initializer::Zeros.init([HEADS], device),
            nearness: Param::from_tensor(nearness),
        }
    }

    /// What the hints say of every cell; all zero where there are none.
    ///
    /// # Shapes
    /// Features `[n, c, h, w]` and hints `[n, 3, h, w]` (a, b, mask; divided by the mask) to `[n, 3·heads, h, w]`.
    #[must_use]
    pub fn forward(&self, features: Tensor<4>, hints: Tensor<4>) -> Tensor<4> {
        let [n, _, height, width] = features.dims();
        let cells = height * width;
        let device = features.device();
        let by_cell = |x: Tensor<4>| x.reshape([n, HEADS, KEY_CHANNELS, cells]);
        let query = by_cell(self.query.forward(features.clone())).swap_dims(2, 3); // [n, heads, cells, 32]
        let key = by_cell(self.key.forward(features)); // [n, heads, 32, cells]
        let likeness = query.matmul(key).mul_scalar((KEY_CHANNELS as f32).sqrt().recip());

        let far = self.nearness.val().reshape([1, HEADS, 1, 1]).mul(distances(height, width, &device));
        let values = hints.reshape([n, 1, 3, cells]);
        let unknown = values.clone().slice([0..n, 0..1, 2..3, 0..cells]).sub_scalar(1.0).mul_scalar(-UNKNOWN);
        let scores = likeness.sub(far).add(unknown);
        let nothing = self.nothing.val().reshape([1, HEADS, 1, 1]).expand([n, HEADS, cells, 1]);
        let shares = softmax(Tensor::cat(vec![scores, nothing], 3), 3);
        let shares = shares.slice([0..n, 0..HEADS, 0..cells, 0..cells]);
        let values = values.swap_dims(2, 3).expand([n, HEADS, cells, 3]);
        let found = shares.matmul(values); // [n, heads, cells, 3]
        found.swap_dims(2, 3).reshape([n, Self::CHANNELS, height, width])
    }
}

/// Squared distances between cells, `[1, 1, cells, cells]`.
fn distances(height: usize, width: usize, device: &Device) -> Tensor<4> {
    let cells = height * width;
    let mut squared = Vec::with_capacity(cells * cells);
    for i in 0..cells {
        for j in 0..cells {
            let (dx, dy) = ((i % width).abs_diff(j % width), (i / width).abs_diff(j / width));
            squared.push((dx * dx + dy * dy) as f32);
        }
    }
    Tensor::from_data(TensorData::new(squared, [1, 1, cells, cells]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(x: Tensor<4>) -> Vec<f32> {
        x.into_data().try_to_vec::<f32>().unwrap()
    }

    #[test]
    fn without_hints_nothing_is_found() {
        let device = Device::flex();
        let attention = HintAttention::new(8, &device);
        let found =
            attention.forward(Tensor::ones([2, 8, 3, 4], &device), Tensor::zeros([2, 3, 3, 4], &device));
        assert_eq!(found.dims(), [2, HintAttention::CHANNELS, 3, 4]);
        assert!(values(found).iter().all(|&v| v == 0.0));
    }

    #[test]
    fn a_hint_reaches_every_cell_and_near_ones_more() {
        let device = Device::flex();
        let attention = HintAttention::new(8, &device);
        let mut hints = vec![0.0; 3 * 64];
        (hints[0], hints[64], hints[128]) = (0.5, -0.25, 1.0);
        let hints = Tensor::from_data(TensorData::new(hints, [1, 3, 8, 8]), &device);
        let found = values(attention.forward(Tensor::zeros([1, 8, 8, 8], &device), hints));
        // Features are alike everywhere: the first head ignores distance, the last minds it most.
        let first = &found[..64];
        assert!(first.iter().all(|a| (a - first[0]).abs() < 1e-4 && (0.0..=0.5).contains(a)), "{first:?}");
        let last = &found[9 * 64..10 * 64];
        assert!(last[0] > 100.0 * last[63] && last[63] >= 0.0, "{} {}", last[0], last[63]);
    }
}
