//! The paper's generator: the U-Net of pix2pix.
//!
//! Pandey and Rana, "Coloring of Grayscale Images using Generative Adversarial Network", section III, after Isola, Zhu,
//! Zhou, Efros, "Image-to-Image Translation with Conditional Adversarial Networks" (2016), section 6.1: an
//! encoder–decoder with skips from layer i to layer n − i, Convolution–BatchNorm–ReLU, 4×4 kernels with stride 2,
//! C64-C128-C256-C512-C512-C512-C512-C512 at 256 px, dropout ½ in the first three layers of the decoder, no noise input.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::nn::{Initializer, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

pub use autochrome_engine::networks::unet::{Output, UNetConfig};

use super::Init;
use crate::layers::{NORM_EPSILON, Noise, leaky_relu};
use crate::norm::{Norm, Statistics};

impl Init for UNetConfig {
    type Module = UNet;

    /// A network with fresh weights, drawn from N(0, 0.02) as pix2pix does.
    ///
    /// # Panics
    /// With fewer than two levels or no width.
    fn init(&self, device: &Device) -> UNet {
        assert!(self.levels >= 2 && self.width > 0, "a U-Net needs two levels and some width");
        let channels: Vec<usize> = (0..self.levels).map(|i| self.width * (1 << i.min(3))).collect();
        let last = self.levels - 1;
        let down = (0..self.levels)
            .map(|i| {
                let input = if i == 0 { 1 } else { channels[i - 1] };
                // The outermost layer sees pixels and the innermost one sample a channel: neither is normalised.
                Down::new(input, channels[i], i != 0 && i != last, device)
            })
            .collect();
        let up = (0..self.levels)
            .rev()
            .map(|i| {
                let input = if i == last { channels[i] } else { 2 * channels[i] };
                let output = if i == 0 { self.output.channels() } else { channels[i - 1] };
                Up::new(input, output, i != 0, device)
            })
            .collect();
        UNet { down, up, dropout: self.dropout }
    }
}

#[derive(Module, Debug)]
struct Down {
    conv: Conv2d,
    norm: Option<Norm>,
}

impl Down {
    fn new(input: usize, output: usize, norm: bool, device: &Device) -> Self {
        let conv = Conv2dConfig::new([input, output], [4, 4])
            .with_stride([2, 2])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_bias(!norm)
            .with_initializer(Initializer::Normal { mean: 0.0, std: 0.02 })
            .init(device);
        Self { conv, norm: norm.then(|| Norm::new(output, 0.02, 0.1, NORM_EPSILON, device)) }
    }
}

#[derive(Module, Debug)]
struct Up {
    deconv: ConvTranspose2d,
    norm: Option<Norm>,
}

impl Up {
    fn new(input: usize, output: usize, norm: bool, device: &Device) -> Self {
        let deconv = ConvTranspose2dConfig::new([input, output], [4, 4])
            .with_stride([2, 2])
            .with_padding([1, 1])
            .with_bias(!norm)
            .with_initializer(Initializer::Normal { mean: 0.0, std: 0.02 })
            .init(device);
        Self { deconv, norm: norm.then(|| Norm::new(output, 0.02, 0.1, NORM_EPSILON, device)) }
    }
}

/// The pix2pix U-Net from gray to colour.
#[derive(Module, Debug)]
pub struct UNet {
    down: Vec<Down>,
    up: Vec<Up>,
    dropout: f64,
}

impl UNet {
    /// Sides of the input must be multiples of this many pixels.
    #[must_use]
    pub fn multiple(&self) -> usize {
        1 << self.down.len()
    }

    /// Colour from gray; with `noise`, dropout is active.
    ///
    /// # Shapes
    /// `[n, 1, h, w]`, L mapped to -1..=1, to `[n, 2 or 3, h, w]` in -1..=1; h and w multiples of [`UNet::multiple`].
    #[must_use]
    pub fn forward(
        &self,
        gray: Tensor<4>,
        statistics: Statistics,
        mut noise: Option<&mut Noise>,
    ) -> Tensor<4> {
        let mut skips = Vec::with_capacity(self.down.len());
        let mut x = gray;
        for (i, down) in self.down.iter().enumerate() {
            if i > 0 {
                x = leaky_relu(x, 0.2);
            }
            x = down.conv.forward(x);
            if let Some(norm) = &down.norm {
                x = norm.forward(x, statistics);
            }
            skips.push(x.clone()); // [n, c, h / 2^(i+1), w / 2^(i+1)]
        }
        skips.pop();
        for (i, up) in self.up.iter().enumerate() {
            x = up.deconv.forward(relu(x));
            if let Some(norm) = &up.norm {
                x = norm.forward(x, statistics);
            }
            if let Some(noise) = noise.as_deref_mut().filter(|_| i < 3) {
                x = noise.dropout(x, self.dropout);
            }
            if let Some(skip) = skips.pop() {
                x = Tensor::cat(vec![skip, x], 1);
            }
        }
        x.tanh()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiny() -> UNetConfig {
        UNetConfig { width: 4, levels: 5, output: Output::Ab, dropout: 0.5 }
    }

    #[test]
    fn the_output_has_the_inputs_size_and_two_channels_within_one() {
        let device = Device::flex();
        let x = Tensor::<4>::zeros([2, 1, 64, 32], &device);
        let y = tiny().init(&device).forward(x, Statistics::Batch, None);
        assert_eq!(y.dims(), [2, 2, 64, 32]);
        assert!(y.abs().max().into_scalar::<f32>() <= 1.0);
    }

    #[test]
    fn full_width_has_the_54_million_parameters_of_pix2pix() {
        let net =
            UNetConfig { width: 64, levels: 8, output: Output::Rgb, dropout: 0.5 }.init(&Device::flex());
        // PyTorch's pix2pix has 54.41 M with three input channels and three output channels.
        let millions = net.num_params() as f64 / 1e6;
        assert!((millions - 54.4).abs() < 0.1, "{millions}");
    }

    #[test]
    fn dropout_varies_the_answer_only_when_noise_is_given() {
        let device = Device::flex();
        let net = tiny().init(&device);
        let x = Tensor::<4>::random([1, 1, 32, 32], burn::tensor::Distribution::Uniform(-1.0, 1.0), &device);
        let run = |noise: Option<&mut Noise>| {
            net.forward(x.clone(), Statistics::Batch, noise).into_data().try_to_vec::<f32>().unwrap()
        };
        assert_eq!(run(None), run(None));
        assert_ne!(run(Some(&mut Noise::new(1, 1))), run(Some(&mut Noise::new(1, 2))));
    }
}
