//! The shapes of our networks as data: what weights files, graphs and training modules agree on.

pub mod chroma_net;
pub mod efficientnet;
pub mod segmentation;
pub mod self_attention;
pub mod unet;

/// Added to variances by the batch norms of all networks but the pretrained encoder.
pub const NORM_EPSILON: f64 = 1e-5;
