//! One file a network; each opens with its paper.

pub mod chroma_net;
pub mod efficientnet;
pub mod hint_attention;
pub mod patch_gan;
pub mod projected_gan;
pub mod self_attention;
pub mod unet;

use burn::module::Module;
use burn::tensor::Device;

/// The shape of a network that becomes a module.
pub trait Init {
    /// The network.
    type Module: Module;

    /// A network with fresh weights.
    #[must_use]
    fn init(&self, device: &Device) -> Self::Module;
}
