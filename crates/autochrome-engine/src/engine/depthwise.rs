//! Convolutions of every channel with its own kernel.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::matrix::store;
use super::{Instructions, Map};
use crate::graph::{Activation, Convolution};

/// A depthwise convolution, 3×3 or 5×5.
#[derive(Debug)]
pub(super) struct Depthwise {
    instructions: Instructions,
    convolution: Convolution,
    kernel: usize,
}

impl Depthwise {
    pub(super) fn new(convolution: Convolution, instructions: Instructions) -> Self {
        let kernel = convolution.weight.shape[2];
        Self { instructions, convolution, kernel }
    }

    pub(super) fn run(&self, input: &Map) -> Map {
        let Convolution { weight, bias, stride, .. } = &self.convolution;
        let (height, width) = (input.height / stride, input.width / stride);
        let mut out = Map::zeros(input.channels, height, width);
        let planes = out.values.par_chunks_exact_mut(height * width).with_min_len(8);
        planes.enumerate().for_each_init(Vec::new, |padded, (channel, out)| {
            let plane = &input.values[channel * input.area()..][..input.area()];
            let pitch = self.pad(plane, input.width, padded);
            let weights = &weight.values[channel * self.kernel * self.kernel..][..self.kernel * self.kernel];
            let (bias, activation) = (bias[channel], self.convolution.activation);
            let slide = Slide { padded, pitch, stride: *stride, weights, bias, activation, out, width };
            self.instructions.dispatch(slide);
        });
        out
    }

    /// The plane with its zeros around it; with stride 2, even columns before odd ones, so that taps are contiguous.
    fn pad(&self, plane: &[f32], width: usize, padded: &mut Vec<f32>) -> usize {
        let Convolution { stride, padding: [before, after], .. } = self.convolution;
        let height = plane.len() / width;
        let part = (before + width + after).div_ceil(stride);
        let pitch = part * stride;
        padded.clear();
        // A last vector may read past the last row.
        padded.resize((before + height + after) * pitch + 64, 0.0);
        let rows = padded.chunks_exact_mut(pitch).skip(before);
        for (to, from) in rows.zip(plane.chunks_exact(width)) {
            if stride == 1 {
                to[before..before + width].copy_from_slice(from);
            } else {
                for (x, &value) in from.iter().enumerate() {
                    to[(before + x) % stride * part + (before + x) / stride] = value;
                }
            }
        }
        pitch
    }
}

/// One plane.
struct Slide<'a> {
    padded: &'a [f32],
    pitch: usize,
    stride: usize,
    weights: &'a [f32],
    bias: f32,
    activation: Activation,
    out: &'a mut [f32],
    width: usize,
}

impl WithSimd for Slide<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.weights.len() {
            9 => self.run::<S, 3>(simd),
            _ => self.run::<S, 5>(simd),
        }
    }
}

impl Slide<'_> {
    #[inline(always)]
    fn run<S: Simd, const K: usize>(self, simd: S) {
        let lanes = S::F32_LANES;
        let part = self.pitch / self.stride;
        let bias = simd.splat_f32s(self.bias);
        for (y, out) in self.out.chunks_exact_mut(self.width).enumerate() {
            for (i, out) in out.chunks_mut(lanes).enumerate() {
                let mut sum = bias;
                for ky in 0..K {
                    let row = &self.padded[(y * self.stride + ky) * self.pitch + i * lanes..];
                    for kx in 0..K {
                        let from = &row[kx % self.stride * part + kx / self.stride..][..lanes];
                        let weight = simd.splat_f32s(self.weights[ky * K + kx]);
                        sum = simd.mul_add_e_f32s(weight, S::as_simd_f32s(from).0[0], sum);
                    }
                }
                store(simd, out, sum);
            }
            out.iter_mut().for_each(|x| *x = self.activation.apply(*x));
        }
    }
}
