//! One file a network; each opens with its paper.

pub mod chroma_net;
pub mod efficientnet;
pub mod hint_attention;
pub mod patch_gan;
pub mod self_attention;
pub mod unet;

/// Tiny weights for examples and tests.
#[doc(hidden)]
pub mod tests_support {
    use super::unet::{Output, UNetConfig};
    use crate::card::{Inference, ModelCard, NetworkConfig};
    use crate::weights;

    /// The file of an untrained two-channel U-Net.
    ///
    /// # Panics
    /// Never: fresh weights fit half precision.
    #[must_use]
    pub fn tiny_weights() -> Vec<u8> {
        let config = UNetConfig { width: 2, levels: 3, output: Output::Ab, dropout: 0.5 };
        let device = burn::tensor::Device::flex();
        device.seed(1);
        let card = ModelCard {
            id: "tiny".into(),
            summary: "An untrained network for tests.".into(),
            network: NetworkConfig::Unet(config.clone()),
            inference: Inference {
                size_px: 64,
                temperature: 1.0,
                saturation: 1.0,
                neutral_chroma: 0.0,
                flip: false,
            },
            recipe: String::new(),
            samples: 0,
            data: "none".into(),
            licence: "CC0-1.0".into(),
            metrics: Default::default(),
            date: "2026-01-01".into(),
        };
        match weights::to_bytes(&weights::collect(&config.init(&device)), &card) {
            Ok(bytes) => bytes,
            Err(error) => panic!("{error}"),
        }
    }
}
