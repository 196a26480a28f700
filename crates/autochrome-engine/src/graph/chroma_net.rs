//! The [`ChromaNetConfig`]'s network as a graph.

use autochrome_color::bins;

use super::{Activation, Attention, Build, Convolution, HINT_PLANES, HINTS, Op, Shape, Value};
use crate::NetError;
use crate::networks::NORM_EPSILON;
use crate::networks::chroma_net::{AB_SCALE, ChromaNetConfig, FOUND_CHANNELS, HEADS, KEY_CHANNELS, UNKNOWN};
use crate::networks::efficientnet::{EPSILON, STEM_CHANNELS, Variant};
use crate::networks::self_attention;

const RELU: Activation = Activation::Relu;

pub(super) fn build(build: &mut Build<'_>, config: &ChromaNetConfig) -> Result<(), NetError> {
    let [c32, c16, c8, c4, c2] = config.decoder;
    let luma = build.luma();
    let hints = build.push(Op::Input { name: HINTS, channels: HINT_PLANES }, &[]);
    let scale = vec![1.0 / AB_SCALE, 1.0 / AB_SCALE, 1.0];
    let hints = build.push(Op::Affine { scale, shift: vec![0.0] }, &[hints]);
    let channels = config.encoder.tap_channels();
    let taps = encoder(build, config.encoder, luma, hints)?;
    build.graph.taps.clone_from(&taps);

    let x = block(build, "at_32", [channels[4], c32], 1, taps[4])?;
    let hints_16 = build.push(Op::KnownMean(16), &[hints]);
    let x = join(build, x, taps[3], hints_16);
    let mut x = block(build, "at_16", [c32 + channels[3] + HINT_PLANES, c16], 3, x)?;
    for index in 0..config.attention_blocks {
        x = self_attention(build, &format!("whole.{index}"), c16, x)?;
    }
    let found = attention(build, c16, x, hints_16)?;
    let x = build.push(Op::Concat, &[x, found]);
    let hints_8 = build.push(Op::KnownMean(8), &[hints]);
    let x = join(build, x, taps[2], hints_8);
    let input = c16 + FOUND_CHANNELS + channels[2] + HINT_PLANES;
    let x = block(build, "at_8", [input, c8], 3, x)?;
    let hints_4 = build.push(Op::KnownMean(4), &[hints]);
    let x = join(build, x, taps[1], hints_4);
    let x = block(build, "at_4", [c8 + channels[1] + HINT_PLANES, c4], 3, x)?;
    let x = block(build, "at_4_deep", [c4, c4], 3, x)?;
    let logits = plain(build, "classes", [c4, bins::BINS], 1, x)?;
    let centers = (0..2).flat_map(|i| bins::centers().iter().map(move |ab| ab[i])).collect();
    let mean = build.push(Op::AnnealedMean { centers }, &[logits]);
    let x = block(build, "narrow", [c4, c2], 1, x)?;
    let hints_2 = build.push(Op::KnownMean(2), &[hints]);
    let x = join(build, x, taps[0], hints_2);
    let x = block(build, "at_2", [c2 + channels[0] + HINT_PLANES, c2], 3, x)?;
    let refinement = plain(build, "refine", [c2, 2], 3, x)?;
    let refinement = build.push(Op::Affine { scale: vec![AB_SCALE], shift: vec![0.0] }, &[refinement]);
    let mean = build.push(Op::Upsample, &[mean]);
    build.push(Op::Add, &[mean, refinement]);
    Ok(())
}

fn encoder(
    build: &mut Build<'_>,
    variant: Variant,
    luma: Value,
    hints: Value,
) -> Result<Vec<Value>, NetError> {
    const RELU6: Activation = Activation::Relu6;
    let stem = Shape { channels: [1 + HINT_PLANES, STEM_CHANNELS], kernel: 3, stride: 2, groups: 1 };
    let mut stem = build.folded_convolution("encoder.stem", stem, EPSILON, RELU6)?;
    // An encoder that never learnt to look at hints sees the same whatever they are.
    let x = if drop_blind_inputs(&mut stem) { luma } else { build.push(Op::Concat, &[luma, hints]) };
    let mut x = build.push(Op::Convolve(stem), &[x]);
    let mut taps = Vec::new();
    for (index, block) in variant.blocks().into_iter().enumerate() {
        let path = |layer: &str| format!("encoder.blocks.{index}.{layer}");
        let (inner, [input, output]) = (block.inner(), block.channels);
        let pointwise = |channels| Shape { channels, kernel: 1, stride: 1, groups: 1 };
        let mut y = x;
        if block.expansion > 1 {
            y = build.folded(&path("expand"), pointwise([input, inner]), EPSILON, RELU6, y)?;
        }
        let depthwise =
            Shape { channels: [inner, inner], kernel: block.kernel, stride: block.stride, groups: inner };
        y = build.folded(&path("depthwise"), depthwise, EPSILON, RELU6, y)?;
        y = build.folded(&path("project"), pointwise([inner, output]), EPSILON, Activation::None, y)?;
        x = if block.is_residual() { build.push(Op::Add, &[y, x]) } else { y };
        if block.tap {
            taps.push(x);
        }
    }
    Ok(taps)
}

/// Leaves the first input of a convolution alone, where the weights of all others are zero; else changes nothing and answers no.
fn drop_blind_inputs(convolution: &mut Convolution) -> bool {
    let [_, inputs, kernel @ ..] = convolution.weight.shape.as_slice() else { return false };
    let (area, inputs) = (kernel.iter().product::<usize>(), *inputs);
    let filters = || convolution.weight.values.chunks_exact(area * inputs);
    if filters().any(|filter| filter[area..].iter().any(|&weight| weight != 0.0)) {
        return false;
    }
    convolution.weight.values = filters().flat_map(|filter| filter[..area].to_vec()).collect();
    convolution.weight.shape[1] = 1;
    true
}

fn attention(build: &mut Build<'_>, channels: usize, x: Value, hints: Value) -> Result<Value, NetError> {
    let shape = Shape { channels: [channels, HEADS * KEY_CHANNELS], kernel: 1, stride: 1, groups: 1 };
    let mut query = build.convolution("attention.query", shape)?;
    let scale = (KEY_CHANNELS as f32).sqrt().recip();
    query.weight.values.iter_mut().chain(&mut query.bias).for_each(|w| *w *= scale);
    let key = build.convolution("attention.key", shape)?;
    let nothing = build.vector("attention.nothing", HEADS)?;
    let nearness = build.vector("attention.nearness", HEADS)?;
    let query = build.push(Op::Convolve(query), &[x]);
    let key = build.push(Op::Convolve(key), &[x]);
    let attention = Attention { nothing, nearness, unknown: -UNKNOWN };
    Ok(build.push(Op::Attend(attention), &[query, key, hints]))
}

fn self_attention(build: &mut Build<'_>, path: &str, channels: usize, x: Value) -> Result<Value, NetError> {
    let layer = |layer: &str| format!("{path}.{layer}");
    let pointwise = |channels| Shape { channels, kernel: 1, stride: 1, groups: 1 };
    let depthwise = Shape { channels: [channels; 2], kernel: 3, stride: 1, groups: channels };
    let mut position = build.convolution(&layer("position"), depthwise)?;
    // What was there is added by the kernel's own centre.
    position.weight.values.chunks_exact_mut(9).for_each(|kernel| kernel[4] += 1.0);
    let x = build.push(Op::Convolve(position), &[x]);
    let wide = 3 * channels;
    let path = layer("query_key_value");
    let mixed = build.folded(&path, pointwise([channels, wide]), NORM_EPSILON, Activation::None, x)?;
    let attend = Op::SelfAttend { heads: self_attention::HEADS, length: channels / self_attention::HEADS };
    let seen = build.push(attend, &[mixed]);
    let seen = plain(build, &layer("output"), [channels; 2], 1, seen)?;
    let x = build.push(Op::Add, &[seen, x]);
    let wide = self_attention::EXPANSION * channels;
    let y = block(build, &layer("expand"), [channels, wide], 1, x)?;
    let y = plain(build, &layer("project"), [wide, channels], 1, y)?;
    Ok(build.push(Op::Add, &[y, x]))
}

fn join(build: &mut Build<'_>, x: Value, skip: Value, hints: Value) -> Value {
    let x = build.push(Op::Upsample, &[x]);
    build.push(Op::Concat, &[x, skip, hints])
}

pub(super) fn block(
    build: &mut Build<'_>,
    path: &str,
    channels: [usize; 2],
    kernel: usize,
    x: Value,
) -> Result<Value, NetError> {
    build.folded(path, Shape { channels, kernel, stride: 1, groups: 1 }, NORM_EPSILON, RELU, x)
}

pub(super) fn plain(
    build: &mut Build<'_>,
    path: &str,
    channels: [usize; 2],
    kernel: usize,
    x: Value,
) -> Result<Value, NetError> {
    let convolution = build.convolution(path, Shape { channels, kernel, stride: 1, groups: 1 })?;
    Ok(build.push(Op::Convolve(convolution), &[x]))
}
