//! The shape of the paper's generator, the U-Net of pix2pix.
//!
//! Pandey and Rana, "Coloring of Grayscale Images using Generative Adversarial Network", section III, after Isola, Zhu,
//! Zhou, Efros, "Image-to-Image Translation with Conditional Adversarial Networks" (2016), section 6.1.

use serde::{Deserialize, Serialize};

/// What the last layer's tanh stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// a and b of CIELAB (D65), divided by 110.
    #[default]
    Ab,
    /// sRGB, 0..=1 mapped to -1..=1.
    Rgb,
}

impl Output {
    /// Number of output channels.
    #[must_use]
    pub fn channels(self) -> usize {
        match self {
            Self::Ab => 2,
            Self::Rgb => 3,
        }
    }
}

/// The shape of the U-Net.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UNetConfig {
    /// Channels of the first layer; pix2pix has 64.
    pub width: usize,
    /// Halvings down to 1×1: 8 at 256 px, 7 at 128 px.
    pub levels: usize,
    /// What the output channels are.
    #[serde(default)]
    pub output: Output,
    /// Dropout rate in the first three layers of the decoder; pix2pix has 0.5.
    pub dropout: f64,
}
