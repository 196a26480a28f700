//! Convolutions of every channel with its own kernel.
//!
//! A plane is copied into a [frame of zeros](super::padded), and one run over all of it gives every output.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::matrix::{bounds, copy_piece};
use super::padded::PaddedLayout;
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
        let Convolution { weight, bias, stride, padding, activation, .. } = &self.convolution;
        let (height, width) = (input.height / stride, input.width / stride);
        let kernel = weight.shape[2];
        let taps = kernel * kernel;
        let layout = PaddedLayout::new(input, *padding, *stride);
        let offsets: Vec<usize> = (0..taps).map(|tap| layout.offset(tap / kernel, tap % kernel)).collect();
        // The last vectors read past the last row.
        let past = offsets[taps - 1] + MOST_SAMPLES;
        let mut out = Map::zeros(input.channels, height, width);
        let planes = out.values.par_chunks_exact_mut(height * width).with_min_len(8);
        planes.enumerate().for_each_init(
            || Room {
                frame: vec![0.0; layout.size() + past],
                sums: vec![0.0; layout.count().next_multiple_of(MOST_SAMPLES)],
            },
            |room, (channel, out)| {
                self.instructions.dispatch(Slide {
                    plane: &input.values[channel * input.area()..][..input.area()],
                    layout: &layout,
                    offsets: &offsets,
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

/// Where one plane after the other is worked on.
struct Room {
    frame: Vec<f32>,
    sums: Vec<f32>,
}

/// One plane.
struct Slide<'a> {
    plane: &'a [f32],
    layout: &'a PaddedLayout,
    /// Where each tap's samples begin.
    offsets: &'a [usize],
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
        self.layout.fill(self.plane, &mut self.room.frame);
        let lanes = S::F32_LANES;
        let vectors = self.layout.count().div_ceil(lanes);
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
    /// N vectors of outputs, from the `start`th on.
    #[inline(always)]
    fn sum<S: Simd, const N: usize>(&mut self, simd: S, start: usize) {
        let lanes = S::F32_LANES;
        let mut sums = [simd.splat_f32s(self.bias); N];
        for (&offset, &weight) in self.offsets.iter().zip(self.weights) {
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
