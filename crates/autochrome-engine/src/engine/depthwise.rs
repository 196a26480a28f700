//! Convolutions of every channel with its own kernel.
//!
//! A plane is copied into a frame of zeros, and then one run over all of it, row after row without a break, gives every output: what is
//! computed between the rows is thrown away, and vectors are full however narrow the plane is.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::matrix::{bounds, copy_piece};
use super::{Instructions, Map};
use crate::graph::{Activation, Convolution};

/// Vectors that share the reading of a weight.
const TOGETHER: usize = 4;

/// The most samples that [`TOGETHER`] vectors have.
const MOST_SAMPLES: usize = 64;

/// A depthwise convolution.
#[derive(Debug)]
pub(super) struct Depthwise {
    instructions: Instructions,
    convolution: Convolution,
}

impl Depthwise {
    pub(super) fn new(convolution: Convolution, instructions: Instructions) -> Self {
        Self { instructions, convolution }
    }

    pub(super) fn run(&self, input: &Map) -> Map {
        let Convolution { weight, bias, stride, activation, .. } = &self.convolution;
        let (height, width) = (input.height / stride, input.width / stride);
        let layout = Layout::new(&self.convolution, input);
        let taps = layout.offsets.len();
        let mut out = Map::zeros(input.channels, height, width);
        let planes = out.values.par_chunks_exact_mut(height * width).with_min_len(8);
        planes.enumerate().for_each_init(
            || layout.room(),
            |room, (channel, out)| {
                self.instructions.dispatch(Slide {
                    plane: &input.values[channel * input.area()..][..input.area()],
                    layout: &layout,
                    room,
                    weights: &weight.values[channel * taps..][..taps],
                    bias: bias[channel],
                    activation: *activation,
                    out,
                    width,
                });
            },
        );
        out
    }
}

/// How a plane lies in its frame: with stride 2 the rows and columns of each parity apart, so that every tap reads its samples in order.
struct Layout {
    before: usize,
    stride: usize,
    /// Samples in a row of the plane.
    width: usize,
    /// Samples in a row of the frame's parts.
    pitch: usize,
    /// Samples in a part.
    part: usize,
    /// Where each tap's samples begin.
    offsets: Vec<usize>,
    /// Outputs, those between the rows included.
    count: usize,
}

/// Where one plane after the other is worked on.
struct Room {
    frame: Vec<f32>,
    sums: Vec<f32>,
}

impl Layout {
    fn new(convolution: &Convolution, input: &Map) -> Self {
        let Convolution { stride, padding: [before, after], .. } = *convolution;
        let kernel = convolution.weight.shape[2];
        let pitch = (before + input.width + after).div_ceil(stride);
        let part = (before + input.height + after).div_ceil(stride) * pitch;
        let offset = |tap: usize| {
            let (y, x) = (tap / kernel, tap % kernel);
            (y % stride * stride + x % stride) * part + y / stride * pitch + x / stride
        };
        let offsets = (0..kernel * kernel).map(offset).collect();
        Self {
            before,
            stride,
            width: input.width,
            pitch,
            part,
            offsets,
            count: input.height / stride * pitch,
        }
    }

    fn room(&self) -> Room {
        // The last vectors read past the last row.
        let past = self.offsets.last().map_or(0, |last| last % self.part) + MOST_SAMPLES;
        let frame = vec![0.0; self.stride * self.stride * self.part + past];
        Room { frame, sums: vec![0.0; self.count.next_multiple_of(MOST_SAMPLES)] }
    }
}

/// One plane.
struct Slide<'a> {
    plane: &'a [f32],
    layout: &'a Layout,
    room: &'a mut Room,
    weights: &'a [f32],
    bias: f32,
    activation: Activation,
    out: &'a mut [f32],
    /// Samples in a row of `out`.
    width: usize,
}

impl WithSimd for Slide<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        self.frame();
        let lanes = S::F32_LANES;
        let vectors = self.layout.count.div_ceil(lanes);
        let whole = vectors - vectors % TOGETHER;
        (0..whole).step_by(TOGETHER).for_each(|vector| self.sum::<S, TOGETHER>(simd, vector * lanes));
        (whole..vectors).for_each(|vector| self.sum::<S, 1>(simd, vector * lanes));
        let rows = self.room.sums.chunks_exact(self.layout.pitch);
        for (out, row) in self.out.chunks_exact_mut(self.width).zip(rows) {
            copy_piece(row, out);
        }
        if bounds(self.activation).is_none() {
            self.out.iter_mut().for_each(|x| *x = self.activation.apply(*x));
        }
    }
}

impl Slide<'_> {
    /// Copies the plane into its frame, whose zeros stay.
    #[inline(always)]
    fn frame(&mut self) {
        let Layout { before, stride, pitch, part, .. } = *self.layout;
        for (y, row) in self.plane.chunks_exact(self.layout.width).enumerate() {
            let y = before + y;
            let start = y % stride * stride * part + y / stride * pitch;
            for x in 0..stride.min(row.len()) {
                let column = before + x;
                let to = &mut self.room.frame[start + column % stride * part + column / stride..];
                match stride {
                    1 => copy_piece(row, &mut to[..row.len()]),
                    2 => {
                        let (pairs, rest) = row[x..].as_chunks::<2>();
                        to.iter_mut().zip(pairs).for_each(|(to, [first, _])| *to = *first);
                        to[pairs.len()..].iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                    }
                    _ => {
                        to.iter_mut().zip(row[x..].iter().step_by(stride)).for_each(|(to, from)| *to = *from)
                    }
                }
            }
        }
    }

    /// N vectors of outputs, from the `start`th on.
    #[inline(always)]
    fn sum<S: Simd, const N: usize>(&mut self, simd: S, start: usize) {
        let lanes = S::F32_LANES;
        let mut sums = [simd.splat_f32s(self.bias); N];
        for (&offset, &weight) in self.layout.offsets.iter().zip(self.weights) {
            let weight = simd.splat_f32s(weight);
            let from = S::as_simd_f32s(&self.room.frame[offset + start..][..N * lanes]).0;
            for (sum, &from) in sums.iter_mut().zip(from) {
                *sum = simd.mul_add_e_f32s(weight, from, *sum);
            }
        }
        let [low, high] = bounds(self.activation).unwrap_or([f32::NEG_INFINITY, f32::INFINITY]);
        let (low, high) = (simd.splat_f32s(low), simd.splat_f32s(high));
        let to = S::as_mut_simd_f32s(&mut self.room.sums[start..][..N * lanes]).0;
        for (to, sum) in to.iter_mut().zip(sums) {
            *to = simd.min_f32s(simd.max_f32s(sum, low), high);
        }
    }
}
