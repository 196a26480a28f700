//! The flagship generator: a pretrained encoder, a light U-Net decoder, colour classes and a refinement.
//!
//! Sources: classes over ab with annealed-mean decoding from Zhang, Isola, Efros, "Colorful Image Colorization" (2016);
//! sparse colour hints as extra input planes from Zhang et al., "Real-Time User-Guided Image Colorization with Learned
//! Deep Priors" (2017); the U-Net with skips and the PatchGAN that judges it from Isola et al. (2016), as Pandey and
//! Rana use them. The encoder is [EfficientNet-Lite](super::efficientnet).

use autochrome_color::bins;
use autochrome_engine::networks::chroma_net::KNOWN_EPSILON;
pub use autochrome_engine::networks::chroma_net::{AB_SCALE, ChromaNetConfig, HINT_CHANNELS, MULTIPLE_PX};
use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::activation::softmax;
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Device, Tensor, TensorData};

use super::Init;
use super::efficientnet::EfficientNetLite;
use super::hint_attention::HintAttention;
use super::self_attention::SelfAttention;
use crate::layers::{ConvNormRelu, Noise, conv, convolve, upsample_nearest};
use crate::norm::Statistics;

impl Init for ChromaNetConfig {
    type Module = ChromaNet;

    fn init(&self, device: &Device) -> ChromaNet {
        let [c32, c16, c8, c4, c2] = self.decoder;
        let taps = self.encoder.tap_channels();
        let block = |input, output| ConvNormRelu::new([input, output], 3, device);
        ChromaNet {
            encoder: EfficientNetLite::new(self.encoder, 1 + HINT_CHANNELS, device),
            at_32: ConvNormRelu::new([taps[4], c32], 1, device),
            at_16: block(c32 + taps[3] + HINT_CHANNELS, c16),
            whole: (0..self.attention_blocks).map(|_| SelfAttention::new(c16, device)).collect(),
            attention: HintAttention::new(c16, device),
            at_8: block(c16 + HintAttention::CHANNELS + taps[2] + HINT_CHANNELS, c8),
            at_4: block(c8 + taps[1] + HINT_CHANNELS, c4),
            at_4_deep: block(c4, c4),
            classes: conv([c4, bins::BINS], 1, 1, true, device),
            narrow: ConvNormRelu::new([c4, c2], 1, device),
            at_2: block(c2 + taps[0] + HINT_CHANNELS, c2),
            refine: conv([c2, 2], 3, 1, true, device),
        }
    }
}

/// What the network says of a batch.
#[derive(Debug)]
pub struct Prediction {
    /// Logits of the 313 ab classes, `[n, 313, h/4, w/4]`.
    pub logits: Tensor<4>,
    /// Correction to the decoded ab, divided by 110, `[n, 2, h/2, w/2]`.
    pub refinement: Tensor<4>,
}

impl Prediction {
    /// ab divided by 110: the annealed mean of the classes, lifted to half size, plus the refinement.
    ///
    /// # Shapes
    /// `[n, 2, h/2, w/2]`.
    ///
    /// # Source
    /// Zhang 2016, equation 5; temperature 1 is the mean, smaller is more vivid.
    #[must_use]
    pub fn ab(&self, temperature: f32) -> Tensor<4> {
        let mean = annealed_mean(self.logits.clone(), temperature);
        upsample_nearest(mean).add(self.refinement.clone())
    }
}

/// Softmax of logits / T, then the expectation of the bin centres, divided by 110.
///
/// # Shapes
/// `[n, 313, h, w]` to `[n, 2, h, w]`.
fn annealed_mean(logits: Tensor<4>, temperature: f32) -> Tensor<4> {
    let device = logits.device();
    let [n, _, height, width] = logits.dims();
    // Classes last: a training step's logits lie so in memory, and softmax and product read them in order.
    let by_place = logits.permute([0, 2, 3, 1]).reshape([n * height * width, bins::BINS]);
    let probabilities = softmax(by_place.div_scalar(temperature), 1);
    let centers = bins::centers().iter().flatten().map(|v| v / AB_SCALE).collect::<Vec<_>>();
    let centers = Tensor::<2>::from_data(TensorData::new(centers, [bins::BINS, 2]), &device);
    probabilities.matmul(centers).reshape([n, height, width, 2]).permute([0, 3, 1, 2])
}

/// EfficientNet-Lite encoder, light U-Net decoder, 313 classes and ab refinement.
#[derive(Module, Debug)]
pub struct ChromaNet {
    encoder: EfficientNetLite,
    at_32: ConvNormRelu,
    at_16: ConvNormRelu,
    whole: Vec<SelfAttention>,
    attention: HintAttention,
    at_8: ConvNormRelu,
    at_4: ConvNormRelu,
    at_4_deep: ConvNormRelu,
    classes: Conv2d,
    narrow: ConvNormRelu,
    at_2: ConvNormRelu,
    refine: Conv2d,
}

impl ChromaNet {
    /// What the encoder sees, the finest scale first; shapes as in [`ChromaNet::forward`].
    #[must_use]
    pub fn features(&self, gray: Tensor<4>, hints: Tensor<4>, encoder: Statistics) -> Vec<Tensor<4>> {
        self.encoder.forward(Tensor::cat(vec![gray, hints], 1), encoder).into()
    }

    /// Classes and refinement from gray and hints.
    ///
    /// `encoder` and `decoder` say which statistics each half normalises with, so that a pretrained encoder can keep its
    /// own. With `dropout`, channels of the two deepest taps are hidden from the decoder at that rate: the encoder knows
    /// every training picture by some of them.
    ///
    /// # Shapes
    /// Gray `[n, 1, h, w]`, L mapped to -1..=1, and hints `[n, 3, h, w]` (a and b divided by 110, mask; zero where
    /// nothing is known), h and w multiples of [`MULTIPLE_PX`].
    #[must_use]
    pub fn forward(
        &self,
        gray: Tensor<4>,
        hints: Tensor<4>,
        encoder: Statistics,
        decoder: Statistics,
        dropout: Option<(&mut Noise, f64)>,
    ) -> Prediction {
        #[cfg(feature = "libtorch")]
        let (gray, hints) = (crate::native::channels_last(gray), crate::native::channels_last(hints));
        let [half, quarter, eighth, mut sixteenth, mut deepest] =
            self.encoder.forward(Tensor::cat(vec![gray, hints.clone()], 1), encoder);
        if let Some((noise, rate)) = dropout {
            sixteenth = noise.drop_channels(sixteenth, rate);
            deepest = noise.drop_channels(deepest, rate);
        }
        let hints_at = |factor| known_mean(hints.clone(), factor);
        let join = |x: Tensor<4>, skip: Tensor<4>, hints: Tensor<4>| {
            let hints = cast_like(&x, hints);
            Tensor::cat(vec![upsample_nearest(x), skip, hints], 1)
        };

        let x = self.at_32.forward(deepest, decoder); // [n, 256, h/32, w/32]
        let x = self.at_16.forward(join(x, sixteenth, hints_at(16)), decoder); // [n, 192, h/16, w/16]
        let x = self.whole.iter().fold(x, |x, block| block.forward(x, decoder));
        let found = self.attention.forward(single_precision(x.clone()), hints_at(16)); // [n, 12, h/16, w/16]
        let found = cast_like(&x, found);
        let x = Tensor::cat(vec![x, found], 1);
        let x = self.at_8.forward(join(x, eighth, hints_at(8)), decoder); // [n, 128, h/8, w/8]
        let x = self.at_4.forward(join(x, quarter, hints_at(4)), decoder); // [n, 80, h/4, w/4]
        let x = self.at_4_deep.forward(x, decoder);
        let logits = single_precision(convolve(&self.classes, x.clone())); // [n, 313, h/4, w/4]
        let x = self.narrow.forward(x, decoder); // [n, 24, h/4, w/4]
        let x = self.at_2.forward(join(x, half, hints_at(2)), decoder); // [n, 24, h/2, w/2]
        Prediction { logits, refinement: single_precision(convolve(&self.refine, x)) }
    }
}

/// Losses and attention are exact whatever the precision of the convolutions.
pub(super) fn single_precision(x: Tensor<4>) -> Tensor<4> {
    #[cfg(feature = "libtorch")]
    return crate::native::single_precision(x);
    #[cfg(not(feature = "libtorch"))]
    x
}

/// `x` in the precision and layout of `other`, ready to be joined with it.
pub(super) fn cast_like(other: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
    // One input that lies otherwise in memory would turn the whole of what is joined, and everything behind it.
    #[cfg(feature = "libtorch")]
    return crate::native::channels_last(crate::native::precision_of(other, x));
    #[cfg(not(feature = "libtorch"))]
    {
        let _ = other;
        x
    }
}

/// Hints at a smaller size: the mean colour of what is known in each cell, and 1 in the mask where anything is.
///
/// Dividing by the mask matters: a click covers a hundredth of a cell and would otherwise arrive as a whisper.
fn known_mean(hints: Tensor<4>, factor: usize) -> Tensor<4> {
    let [n, channels, ..] = hints.dims();
    let sums = avg_pool2d(hints, AvgPoolOptions::new([factor, factor]).with_stride([factor, factor]));
    let [_, _, height, width] = sums.dims();
    let known = sums.clone().slice([0..n, channels - 1..channels, 0..height, 0..width]);
    sums.div(known.add_scalar(KNOWN_EPSILON))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_have_the_documented_shapes_and_the_network_is_small() {
        let device = Device::flex();
        let net = ChromaNetConfig::default().init(&device);
        let millions = net.num_params() as f64 / 1e6;
        assert!(millions < 8.0, "{millions}");
        let gray = Tensor::zeros([1, 1, 64, 96], &device);
        let hints = Tensor::zeros([1, HINT_CHANNELS, 64, 96], &device);
        let out = net.forward(gray, hints, Statistics::Running, Statistics::Running, None);
        assert_eq!(out.logits.dims(), [1, bins::BINS, 16, 24]);
        assert_eq!(out.ab(0.38).dims(), [1, 2, 32, 48]);
    }

    #[test]
    fn a_click_keeps_its_colour_however_large_the_cell() {
        let device = Device::flex();
        let mut hints = vec![0.0f32; 3 * 256];
        let at = 5 * 16 + 9;
        (hints[at], hints[256 + at], hints[512 + at]) = (0.5, -0.25, 1.0);
        let hints = Tensor::from_data(TensorData::new(hints, [1, 3, 16, 16]), &device);
        let cell = known_mean(hints, 16).into_data().try_to_vec::<f32>().unwrap();
        for (is, should) in cell.iter().zip([0.5, -0.25, 1.0]) {
            assert!((is - should).abs() < 5e-3, "{cell:?}");
        }
    }

    #[test]
    fn a_certain_class_decodes_to_its_centre() {
        let device = Device::flex();
        let mut logits = vec![0.0f32; bins::BINS];
        logits[200] = 50.0;
        let logits = Tensor::<4>::from_data(TensorData::new(logits, [1, bins::BINS, 1, 1]), &device);
        let ab = annealed_mean(logits, 1.0).into_data().try_to_vec::<f32>().unwrap();
        let [a, b] = bins::centers()[200];
        assert!((ab[0] * AB_SCALE - a).abs() < 1e-2 && (ab[1] * AB_SCALE - b).abs() < 1e-2, "{ab:?}");
    }
}
