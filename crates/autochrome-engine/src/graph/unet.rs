//! The [`UNetConfig`]'s network as a graph: batch statistics at batch 1 are those of the instance.

use super::{Activation, Build, Convolution, Op, Value};
use crate::NetError;
use crate::networks::NORM_EPSILON;
use crate::networks::chroma_net::AB_SCALE;
use crate::networks::unet::{Output, UNetConfig};

pub(super) fn build(build: &mut Build<'_>, config: &UNetConfig) -> Result<(), NetError> {
    let levels = config.levels;
    let channels: Vec<usize> = (0..levels).map(|i| config.width * (1 << i.min(3))).collect();
    let last = levels - 1;
    let mut skips = Vec::with_capacity(levels);
    let mut x = build.luma();
    for i in 0..levels {
        if i > 0 {
            x = build.push(Op::Activate(Activation::LeakyRelu(0.2)), &[x]);
        }
        let input = if i == 0 { 1 } else { channels[i - 1] };
        let path = format!("down.{i}");
        let down = layer(build, &format!("{path}.conv"), [channels[i], input], channels[i])?;
        x = build.push(Op::Convolve(down), &[x]);
        if i != 0 && i != last {
            x = norm(build, &path, channels[i], x)?;
        }
        skips.push(x);
    }
    skips.pop();
    for (step, i) in (0..levels).rev().enumerate() {
        let input = if i == last { channels[i] } else { 2 * channels[i] };
        let output = if i == 0 { config.output.channels() } else { channels[i - 1] };
        let path = format!("up.{step}");
        x = build.push(Op::Activate(Activation::Relu), &[x]);
        let up = layer(build, &format!("{path}.deconv"), [input, output], output)?;
        x = build.push(Op::ConvolveTransposed(up), &[x]);
        if i != 0 {
            x = norm(build, &path, output, x)?;
        }
        if let Some(skip) = skips.pop() {
            x = build.push(Op::Concat, &[skip, x]);
        }
    }
    x = build.push(Op::Activate(Activation::Tanh), &[x]);
    if config.output == Output::Ab {
        build.push(Op::Affine { scale: vec![AB_SCALE], shift: vec![0.0] }, &[x]);
    }
    Ok(())
}

/// A 4×4 convolution with stride 2; `outer` and the next number are the first two sizes of its weights.
fn layer(
    build: &mut Build<'_>,
    path: &str,
    [outer, inner]: [usize; 2],
    output: usize,
) -> Result<Convolution, NetError> {
    let weight = build.tensor(&format!("{path}.weight"), &[outer, inner, 4, 4])?;
    let bias = match build.tensors.contains_key(&format!("{path}.bias")) {
        true => build.vector(&format!("{path}.bias"), output)?,
        false => vec![0.0; output],
    };
    Ok(Convolution { weight, bias, stride: 2, padding: [1, 1], groups: 1, activation: Activation::None })
}

fn norm(build: &mut Build<'_>, path: &str, channels: usize, x: Value) -> Result<Value, NetError> {
    let scale = build.vector(&format!("{path}.norm.gamma"), channels)?;
    let shift = build.vector(&format!("{path}.norm.beta"), channels)?;
    let epsilon = NORM_EPSILON as f32;
    Ok(build.push(Op::InstanceNorm { scale, shift, epsilon }, &[x]))
}
