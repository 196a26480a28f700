//! A discriminator that looks through a pretrained network.
//!
//! Sauer, Chitta, Müller, Geiger, "Projected GANs Converge Faster" (2021): real and generated pictures are told apart in the features of a
//! network that was trained on photographs and stays as it is, by small heads at several scales. A PatchGAN must first learn what grass is
//! before it can tell that grass is never brown; this one knows from the first step on.

use autochrome_engine::NetError;
use autochrome_engine::networks::efficientnet::Variant;
use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::chroma_net::{AB_SCALE, single_precision};
use super::efficientnet::EfficientNetLite;
use crate::layers::{conv, convolve, leaky_relu, upsample_nearest};
use crate::norm::Statistics;
use crate::weights::{self, Tensors};

/// The shape of a [`ProjectedGan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectedGanConfig {
    /// The network it looks through.
    pub features: Variant,
    /// Channels of each head.
    pub width: usize,
}

impl ProjectedGanConfig {
    /// Fresh heads, on features that are random until [`ProjectedGan::look_through`].
    #[must_use]
    pub fn init(&self, device: &Device) -> ProjectedGan {
        let [_, _, taps @ ..] = self.features.tap_channels();
        ProjectedGan {
            features: EfficientNetLite::new(self.features, 3, device),
            heads: taps.map(|channels| Head::new(channels, self.width, device)).into(),
        }
    }
}

/// Says at every place of one scale whether it looks real.
#[derive(Module, Debug)]
struct Head {
    narrow: Conv2d,
    look: Conv2d,
    judge: Conv2d,
}

impl Head {
    fn new(input: usize, width: usize, device: &Device) -> Self {
        Self {
            narrow: conv([input, width], 1, 1, true, device),
            look: conv([width, width], 3, 1, true, device),
            judge: conv([width, 1], 1, 1, true, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = leaky_relu(convolve(&self.narrow, x), 0.2);
        let x = leaky_relu(convolve(&self.look, x), 0.2);
        single_precision(convolve(&self.judge, x))
    }
}

/// Tells real from generated colours in a pretrained network's features.
#[derive(Module, Debug)]
pub struct ProjectedGan {
    features: EfficientNetLite,
    heads: Vec<Head>,
}

impl ProjectedGan {
    /// The same heads on the features of a pretrained network.
    ///
    /// # Errors
    /// [`NetError::Weights`] when a tensor, named as in [`EfficientNetLite`], is missing or has another shape.
    pub fn look_through(mut self, pretrained: &Tensors) -> Result<Self, NetError> {
        self.features = weights::apply(self.features, pretrained, |_| true)?;
        Ok(self)
    }

    /// Whether the parameter at `path` learns; the features never do.
    #[must_use]
    pub fn learns(path: &str) -> bool {
        !path.starts_with("features")
    }

    /// What the pretrained network sees of a picture, at 1/8, 1/16 and 1/32 of its size.
    ///
    /// # Shapes
    /// Gray `[n, 1, h, w]`, L mapped to -1..=1, and ab divided by 110, `[n, 2, h/2, w/2]`; h and w multiples of 32.
    #[must_use]
    pub fn see(&self, gray: &Tensor<4>, ab: Tensor<4>) -> Vec<Tensor<4>> {
        let rgb = srgb(gray, &upsample_nearest(ab));
        #[cfg(feature = "libtorch")]
        let rgb = crate::native::channels_last(rgb);
        let [_, _, seen @ ..] = self.features.forward(rgb, Statistics::Running);
        seen.into_iter().map(single_precision).collect()
    }

    /// Logits of "real" at every place of every scale.
    ///
    /// # Shapes
    /// What [`see`](Self::see) gives to `[n, 1, h, w]` each.
    #[must_use]
    pub fn tell(&self, seen: &[Tensor<4>]) -> Vec<Tensor<4>> {
        self.heads.iter().zip(seen).map(|(head, x)| head.forward(x.clone())).collect()
    }
}

/// sRGB in -1..=1 as the EfficientNet-Lite networks take it; colours out of gamut are clipped.
///
/// Values are held until the result is there, see `losses`.
fn srgb(gray: &Tensor<4>, ab: &Tensor<4>) -> Tensor<4> {
    let [n, _, h, w] = ab.dims();
    let channel = |k: usize| ab.clone().slice([0..n, k..k + 1, 0..h, 0..w]).mul_scalar(AB_SCALE);
    let (a, b) = (channel(0), channel(1));
    // L = 50·gray + 50.
    let y = gray.clone().mul_scalar(50.0 / 116.0).add_scalar(66.0 / 116.0);
    let x = a.clone().div_scalar(500.0).add(y.clone());
    let z = b.clone().div_scalar(-200.0).add(y.clone());
    let [x, y, z] =
        [(x, 0.950_47), (y, 1.0), (z, 1.088_83)].map(|(f, white)| inverse_f(&f).mul_scalar(white));
    let rows = [
        [3.240_454_2, -1.537_138_5, -0.498_531_4],
        [-0.969_266, 1.876_010_8, 0.041_556],
        [0.055_643_4, -0.204_025_9, 1.057_225_2],
    ];
    let planes = rows.map(|[p, q, r]: [f32; 3]| {
        let linear = x.clone().mul_scalar(p).add(y.clone().mul_scalar(q)).add(z.clone().mul_scalar(r));
        // Below the foot of sRGB's curve all is black to the eye.
        let linear = linear.clone().clamp(0.003_130_8, 1.0);
        let encoded = linear.clone().powf_scalar(1.0 / 2.4);
        encoded.clone().mul_scalar(2.0 * 1.055).sub_scalar(2.0 * 0.055 + 1.0)
    });
    Tensor::cat(planes.into(), 1)
}

/// CIELAB's inverse compression, its straight foot as a tangent.
fn inverse_f(f: &Tensor<4>) -> Tensor<4> {
    let high = f.clone().clamp_min(6.0 / 29.0);
    let square = high.clone().mul(high.clone());
    let cube = square.clone().mul(high.clone());
    let low =
        f.clone().clamp_max(6.0 / 29.0).sub_scalar(6.0 / 29.0).mul_scalar(3.0 * (6.0_f32 / 29.0).powi(2));
    cube.clone().add(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: ProjectedGanConfig = ProjectedGanConfig { features: Variant::Lite0, width: 4 };

    #[test]
    fn colours_are_those_of_srgb_and_the_darkest_a_little_lighter() {
        let device = Device::flex();
        for lab in
            [[50.0, 0.0, 0.0], [70.0, 30.0, -20.0], [30.0, -20.0, 25.0], [95.0, 2.0, 4.0], [5.0, 1.0, 1.0]]
        {
            let plane = |value: f32| Tensor::<4>::full([1, 1, 1, 1], value, &device);
            let ab = Tensor::cat(vec![plane(lab[1] / AB_SCALE), plane(lab[2] / AB_SCALE)], 1);
            let ours = srgb(&plane(lab[0] / 50.0 - 1.0), &ab).into_data().try_to_vec::<f32>().unwrap();
            let right = autochrome_color::lab::lab_to_srgb(lab);
            for (ours, right) in ours.into_iter().zip(right) {
                let right = right.clamp(0.0405, 1.0) * 2.0 - 1.0;
                assert!((ours - right).abs() < 4e-3, "{lab:?}: {ours} instead of {right}");
            }
        }
    }

    #[test]
    fn it_answers_at_every_place_of_three_scales() {
        let device = Device::flex();
        let network = CONFIG.init(&device);
        let seen =
            network.see(&Tensor::zeros([2, 1, 64, 96], &device), Tensor::zeros([2, 2, 32, 48], &device));
        let told = network.tell(&seen);
        let sizes: Vec<_> = told.iter().map(|x| x.dims()).collect();
        assert_eq!(sizes, [[2, 1, 8, 12], [2, 1, 4, 6], [2, 1, 2, 3]]);
    }

    #[test]
    fn what_it_looks_through_is_replaced_and_never_learns() {
        let device = Device::flex();
        let pretrained = weights::collect(&EfficientNetLite::new(Variant::Lite0, 3, &device));
        let network = CONFIG.init(&device).look_through(&pretrained).unwrap();
        let all = weights::collect(&network);
        let features =
            all.iter().filter_map(|(path, tensor)| Some((path.strip_prefix("features.")?, tensor)));
        assert!(
            features.clone().count() > 100
                && features.clone().all(|(path, tensor)| pretrained[path] == *tensor)
        );
        assert!(all.keys().all(|path| ProjectedGan::learns(path) == path.starts_with("heads")));
        assert!(CONFIG.init(&device).look_through(&Tensors::new()).is_err());
    }
}
