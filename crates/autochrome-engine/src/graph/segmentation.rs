//! The [head that finds things](crate::networks::segmentation) as a graph.

use super::chroma_net::{block, plain};
use super::{Activation, Build, Op, Shape, Value};
use crate::NetError;
use crate::networks::NORM_EPSILON;
use crate::networks::segmentation::{BLOCKS, PREFIX, WIDTH};

/// The inputs: what the encoder sees at 1/4, 1/8, 1/16 and 1/32.
pub(crate) const SCALES: [&str; 4] = ["at_4", "at_8", "at_16", "at_32"];

/// Leaves two results: the last hidden layer, and the scores of `classes` classes.
pub(super) fn build(build: &mut Build<'_>, channels: [usize; 4], classes: usize) -> Result<(), NetError> {
    let path = |layer: &str| format!("{PREFIX}.{layer}");
    let mut inputs = SCALES.into_iter().zip(channels);
    let mut input = || {
        let (name, channels) = inputs.next().unwrap_or_default();
        build.push(Op::Input { name, channels }, &[])
    };
    let [at_4, at_8, at_16, at_32]: [Value; 4] = [input(), input(), input(), input()];
    let at_4 = depthwise(build, &path("finest"), channels[0], 3, 2, at_4)?;
    let at_16 = build.push(Op::Upsample, &[at_16]);
    let at_32 = build.push(Op::Upsample, &[at_32]);
    let at_32 = build.push(Op::Upsample, &[at_32]);
    let x = build.push(Op::Concat, &[at_4, at_8, at_16, at_32]);
    let mut x = block(build, &path("enter"), [channels.iter().sum(), WIDTH], 1, x)?;
    for index in 0..BLOCKS {
        let y = depthwise(build, &path(&format!("around.{index}")), WIDTH, 5, 1, x)?;
        let y = block(build, &path(&format!("mix.{index}")), [WIDTH; 2], 1, y)?;
        x = build.push(Op::Add, &[y, x]);
    }
    let scores = plain(build, &path("classes"), [WIDTH, classes], 1, x)?;
    build.graph.taps = vec![x, scores];
    Ok(())
}

fn depthwise(
    build: &mut Build<'_>,
    path: &str,
    channels: usize,
    kernel: usize,
    stride: usize,
    x: Value,
) -> Result<Value, NetError> {
    let shape = Shape { channels: [channels; 2], kernel, stride, groups: channels };
    build.folded(path, shape, NORM_EPSILON, Activation::Relu, x)
}
