//! The shape of the head that finds things in gray pictures: semantic segmentation on the encoder's features.
//!
//! Source: features of several scales side by side after Hariharan et al., "Hypercolumns for Object Segmentation and
//! Fine-grained Localization" (2015), and depthwise residual blocks after Chollet, "Xception" (2017).

/// Channels of every layer but the last.
pub const WIDTH: usize = 128;

/// Residual blocks: a depthwise 5×5 convolution and a pointwise one.
pub const BLOCKS: usize = 3;

/// Pixels of the network's input that share one cell of the answer, in each direction.
pub const CELL_PX: usize = 8;

/// Where the head's tensors lie in a weights file.
pub const PREFIX: &str = "segmentation";
