//! The shape of the flagship.
//!
//! Sources: classes over ab with annealed-mean decoding from Zhang, Isola, Efros, "Colorful Image Colorization" (2016);
//! sparse colour hints as extra input planes from Zhang et al., "Real-Time User-Guided Image Colorization with Learned
//! Deep Priors" (2017); attention from every cell to the hints after Vaswani et al., "Attention Is All You Need" (2017).

use serde::{Deserialize, Serialize};

use super::efficientnet::Variant;

/// Planes of a hint: a, b (divided by 110) and the mask.
pub const HINT_CHANNELS: usize = 3;

/// Input sides must be multiples of this many pixels.
pub const MULTIPLE_PX: usize = 32;

/// Networks see ab divided by this, so that every colour of sRGB lies within -1..=1.
pub const AB_SCALE: f32 = 110.0;

/// Added to the mask before the division, so that unknown cells stay zero.
pub const KNOWN_EPSILON: f32 = 1e-5;

/// Attention heads; each may prefer another mixture of likeness and nearness.
pub const HEADS: usize = 4;

/// Length of queries and keys.
pub const KEY_CHANNELS: usize = 32;

/// How a cell without a hint is scored: far below anything learnt, finite for half precision.
pub const UNKNOWN: f32 = -60.0;

/// Planes that the attention adds: a, b and how much of a hint was found, per head.
pub const FOUND_CHANNELS: usize = 3 * HEADS;

/// The shape of the flagship, `ChromaNet` where it is trained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChromaNetConfig {
    /// The pretrained encoder.
    #[serde(default)]
    pub encoder: Variant,
    /// Decoder channels at 1/32, 1/16, 1/8, 1/4 and 1/2.
    #[serde(default = "decoder")]
    pub decoder: [usize; 5],
    /// Blocks of [self-attention](super::self_attention) at 1/16.
    #[serde(default)]
    pub attention_blocks: usize,
}

fn decoder() -> [usize; 5] {
    [256, 192, 128, 80, 24]
}

impl Default for ChromaNetConfig {
    fn default() -> Self {
        Self { encoder: Variant::default(), decoder: decoder(), attention_blocks: 0 }
    }
}
