//! The shape of the pretrained encoder, EfficientNet-Lite.
//!
//! Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019), in the Lite variant
//! (2020): no squeeze-and-excitation, ReLU6 everywhere, stem and head not scaled.

use serde::{Deserialize, Serialize};

/// Stages of Lite0 as (expansion, kernel, stride, repeats, channels), table 1 of the paper; the others scale the last two.
const STAGES: [(usize, usize, usize, usize, usize); 7] = [
    (1, 3, 1, 1, 16),
    (6, 3, 2, 2, 24),
    (6, 5, 2, 2, 40),
    (6, 3, 2, 3, 80),
    (6, 5, 1, 3, 112),
    (6, 5, 2, 4, 192),
    (6, 3, 1, 1, 320),
];

/// Stages after which a tap is taken: the last ones at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input.
const TAPS: [usize; 5] = [0, 1, 2, 4, 6];

/// Channels of the stem, which no variant scales.
pub const STEM_CHANNELS: usize = 32;

/// The size of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// 3.4 million parameters without the classifier; 75.1 % of ImageNet with it.
    #[default]
    Lite0,
    /// Deeper: 4.1 million, 76.7 %.
    Lite1,
    /// Deeper and wider: 4.8 million, 77.5 %.
    Lite2,
}

/// The numbers of one inverted residual block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockShape {
    /// In and out.
    pub channels: [usize; 2],
    /// By how much the depthwise convolution is wider than the input.
    pub expansion: usize,
    /// Side of the depthwise kernel.
    pub kernel: usize,
    /// Step of the depthwise convolution.
    pub stride: usize,
    /// Whether its result is a tap.
    pub tap: bool,
}

impl BlockShape {
    /// Channels between expansion and projection.
    #[must_use]
    pub fn inner(self) -> usize {
        self.channels[0] * self.expansion
    }

    /// Whether the block's input is added to its result.
    #[must_use]
    pub fn is_residual(self) -> bool {
        self.stride == 1 && self.channels[0] == self.channels[1]
    }
}

impl Variant {
    /// Factors on channels and on repeats.
    fn scale(self) -> (f64, f64) {
        match self {
            Self::Lite0 => (1.0, 1.0),
            Self::Lite1 => (1.0, 1.1),
            Self::Lite2 => (1.1, 1.2),
        }
    }

    /// All blocks, in order.
    #[must_use]
    pub fn blocks(self) -> Vec<BlockShape> {
        let (width, depth) = self.scale();
        let mut blocks = Vec::new();
        let mut input = STEM_CHANNELS;
        for (stage, &(expansion, kernel, first_stride, repeats, channels)) in STAGES.iter().enumerate() {
            let output = round_channels(channels as f64 * width);
            // The Lite variants leave the first and the last stage as deep as they are.
            let scaled = !matches!(stage, 0 | 6);
            let repeats = if scaled { (repeats as f64 * depth).ceil() as usize } else { repeats };
            for repeat in 0..repeats {
                let stride = if repeat == 0 { first_stride } else { 1 };
                let tap = TAPS.contains(&stage) && repeat + 1 == repeats;
                blocks.push(BlockShape { channels: [input, output], expansion, kernel, stride, tap });
                input = output;
            }
        }
        blocks
    }

    /// Channels of the taps, at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input.
    #[must_use]
    pub fn tap_channels(self) -> [usize; 5] {
        let (width, _) = self.scale();
        TAPS.map(|stage| round_channels(STAGES[stage].4 as f64 * width))
    }
}

/// The multiple of 8 that is nearest, but never more than a tenth below.
fn round_channels(channels: f64) -> usize {
    let nearest = ((channels + 4.0) as usize / 8 * 8).max(8);
    if (nearest as f64) < 0.9 * channels { nearest + 8 } else { nearest }
}

/// Added to variances by batch norms.
pub const EPSILON: f64 = 1e-3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variants_have_the_published_blocks() {
        assert_eq!(Variant::Lite0.blocks().len(), 16);
        assert_eq!(Variant::Lite2.blocks().len(), 21);
        assert_eq!(Variant::Lite0.tap_channels(), [16, 24, 40, 112, 320]);
        assert_eq!(Variant::Lite2.tap_channels(), [16, 24, 48, 120, 352]);
    }
}
