//! Small layers the networks share.

pub(crate) use autochrome_engine::networks::NORM_EPSILON;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer, PaddingConfig2d};
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor, TensorData};

use crate::norm::{Norm, Statistics};

/// A k×k convolution with "same" padding, without bias unless asked.
#[must_use]
pub fn conv(channels: [usize; 2], kernel: usize, stride: usize, bias: bool, device: &Device) -> Conv2d {
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Same)
        .with_bias(bias)
        .with_initializer(Initializer::KaimingNormal { gain: std::f64::consts::SQRT_2, fan_out_only: false })
        .init(device)
}

/// The convolution, in half precision where training asks for it.
pub(crate) fn convolve(conv: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    #[cfg(feature = "libtorch")]
    if let Some(y) = crate::native::convolve_half(conv, &x) {
        return y;
    }
    conv.forward(x)
}

/// Convolution, batch normalisation, ReLU.
#[derive(Module, Debug)]
pub struct ConvNormRelu {
    conv: Conv2d,
    norm: Norm,
}

impl ConvNormRelu {
    /// A k×k block from `channels[0]` to `channels[1]`.
    #[must_use]
    pub fn new(channels: [usize; 2], kernel: usize, device: &Device) -> Self {
        Self {
            conv: conv(channels, kernel, 1, false, device),
            norm: Norm::new(channels[1], 0.0, 0.1, NORM_EPSILON, device),
        }
    }

    /// # Shapes
    /// `[n, c_in, h, w]` to `[n, c_out, h, w]`.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>, statistics: Statistics) -> Tensor<4> {
        burn::tensor::activation::relu(self.normalised(x, statistics))
    }

    /// The same without the ReLU.
    pub(crate) fn normalised(&self, x: Tensor<4>, statistics: Statistics) -> Tensor<4> {
        self.norm.forward(convolve(&self.conv, x), statistics)
    }
}

/// x where positive, `slope`·x elsewhere.
#[must_use]
pub fn leaky_relu(x: Tensor<4>, slope: f64) -> Tensor<4> {
    #[cfg(feature = "libtorch")]
    if crate::native::is_native(&x) {
        return crate::native::leaky_relu(x, slope);
    }
    burn::tensor::activation::leaky_relu(x, slope)
}

/// Twice the size, every sample four times.
///
/// # Shapes
/// `[n, c, h, w]` to `[n, c, 2h, 2w]`.
#[must_use]
pub fn upsample_nearest(x: Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    interpolate(
        x,
        InterpolateOptions::new(InterpolateMode::Nearest).with_output_size([2 * height, 2 * width]),
    )
}

/// Reproducible noise for dropout: the same `(seed, step)` gives the same masks on every device.
///
/// burn's own dropout is active on autodiff devices only; the paper keeps it at inference as the source of variety.
#[derive(Clone, Debug)]
pub struct Noise {
    state: u64,
}

impl Noise {
    /// Noise for one forward pass.
    #[must_use]
    pub fn new(seed: u64, step: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ step.wrapping_mul(0xd1b5_4a32_d192_ed03) }
    }

    /// A fresh pseudo-random word (SplitMix64).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Zeroes each sample with probability `rate` and scales the others by 1/(1 − rate).
    #[must_use]
    pub fn dropout(&mut self, x: Tensor<4>, rate: f64) -> Tensor<4> {
        if rate <= 0.0 {
            return x;
        }
        let mask = self.mask(x.dims(), rate, &x.device());
        masked(x, mask)
    }

    /// Zeroes each channel of each picture with probability `rate` and scales the others by 1/(1 − rate).
    ///
    /// # Source
    /// Tompson et al. 2015, "Efficient Object Localization Using Convolutional Networks", section 3.2: neighbours in a
    /// feature map know each other, so that dropping single samples hides little.
    #[must_use]
    pub fn drop_channels(&mut self, x: Tensor<4>, rate: f64) -> Tensor<4> {
        if rate <= 0.0 {
            return x;
        }
        let [n, channels, ..] = x.dims();
        let mask = self.mask([n, channels, 1, 1], rate, &x.device()).cast(x.dtype());
        masked(x, mask)
    }

    fn mask(&mut self, shape: [usize; 4], rate: f64, device: &Device) -> Tensor<4> {
        let keep = (1.0 / (1.0 - rate)) as f32;
        let threshold = (rate * 2f64.powi(32)) as u64;
        let mask: Vec<f32> = (0..shape.iter().product())
            .map(|_| if self.next() >> 32 < threshold { 0.0 } else { keep })
            .collect();
        Tensor::from_data(TensorData::new(mask, shape), device)
    }
}

/// x · mask. burn overwrites a tensor that nobody else holds; LibTorch's graph, see `native`, may still need it.
fn masked(x: Tensor<4>, mask: Tensor<4>) -> Tensor<4> {
    let held = x.clone();
    let y = x.mul(mask);
    drop(held);
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropout_keeps_the_mean_and_repeats_for_a_seed() {
        let device = Device::flex();
        let ones = Tensor::<4>::ones([1, 8, 64, 64], &device);
        let a = Noise::new(7, 3).dropout(ones.clone(), 0.5).into_data().try_to_vec::<f32>().unwrap();
        let b = Noise::new(7, 3).dropout(ones.clone(), 0.5).into_data().try_to_vec::<f32>().unwrap();
        let c = Noise::new(7, 4).dropout(ones, 0.5).into_data().try_to_vec::<f32>().unwrap();
        assert_eq!(a, b);
        assert_ne!(a, c);
        let mean = a.iter().sum::<f32>() / a.len() as f32;
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
    }

    #[test]
    fn channels_are_dropped_whole() {
        let device = Device::flex();
        let ones = Tensor::<4>::ones([4, 64, 3, 3], &device);
        let x = Noise::new(7, 3).drop_channels(ones, 0.5).into_data().try_to_vec::<f32>().unwrap();
        let kept = x.chunks_exact(9).filter(|channel| channel[0] > 0.0).count();
        assert!(x.chunks_exact(9).all(|channel| channel.iter().all(|&v| v == channel[0])));
        assert!((90..166).contains(&kept), "{kept} of 256");
    }
}
