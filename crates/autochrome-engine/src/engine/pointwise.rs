//! Operations that look at each sample, channel or cell by itself.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::{Instructions, Map};
use crate::graph::Activation;
use crate::networks::chroma_net::KNOWN_EPSILON;

/// scale·x + shift; vectors of one value hold for all channels.
pub(super) fn affine(mut x: Map, scale: &[f32], shift: &[f32]) -> Map {
    let area = x.area();
    for (channel, plane) in x.values.chunks_exact_mut(area).enumerate() {
        let (scale, shift) = (scale[channel % scale.len()], shift[channel % shift.len()]);
        plane.iter_mut().for_each(|x| *x = *x * scale + shift);
    }
    x
}

/// Whitens every channel, then scale·x + shift.
pub(super) fn instance_norm(
    mut x: Map,
    [scale, shift]: [&[f32]; 2],
    epsilon: f32,
    instructions: Instructions,
) -> Map {
    let area = x.area();
    for ((plane, &scale), &shift) in x.values.chunks_exact_mut(area).zip(scale).zip(shift) {
        instructions.dispatch(Whiten { plane, scale, shift, epsilon });
    }
    x
}

/// Sums that are kept apart, so that adding to one need not wait for another.
const SUMS: usize = 64;

struct Whiten<'a> {
    plane: &'a mut [f32],
    scale: f32,
    shift: f32,
    epsilon: f32,
}

impl WithSimd for Whiten<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let mean = mean_of(self.plane, |x| x);
        let variance = mean_of(self.plane, |x| (x - mean) * (x - mean));
        let scale = self.scale / (variance + self.epsilon).sqrt();
        let shift = self.shift - mean * scale;
        self.plane.iter_mut().for_each(|x| *x = *x * scale + shift);
    }
}

/// The mean of a function of samples.
#[inline(always)]
fn mean_of(samples: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = samples.as_chunks::<SUMS>();
    let mut sums = [0.0; SUMS];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, &x)| *sum += of(x));
    }
    let rest = rest.iter().map(|&x| of(x));
    (sums.into_iter().chain(rest).map(f64::from).sum::<f64>() / samples.len() as f64) as f32
}

/// A function of each sample.
pub(super) fn activate(mut x: Map, activation: Activation, instructions: Instructions) -> Map {
    instructions.dispatch(Activate { values: &mut x.values, activation });
    x
}

struct Activate<'a> {
    values: &'a mut [f32],
    activation: Activation,
}

impl WithSimd for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        // Which function it is is asked once.
        match self.activation {
            Activation::LeakyRelu(slope) => {
                self.values.iter_mut().for_each(|x| *x = Activation::LeakyRelu(slope).apply(*x))
            }
            Activation::Relu => self.values.iter_mut().for_each(|x| *x = Activation::Relu.apply(*x)),
            Activation::Tanh => self.values.iter_mut().for_each(|x| *x = tanh(*x)),
            other => self.values.iter_mut().for_each(|x| *x = other.apply(*x)),
        }
    }
}

/// x + y.
pub(super) fn add(mut x: Map, y: &Map) -> Map {
    x.values.iter_mut().zip(&y.values).for_each(|(x, y)| *x += y);
    x
}

/// Maps of one size, their planes one after the other.
pub(super) fn concat<'a>(maps: impl Iterator<Item = &'a Map>) -> Map {
    let mut out = Map::default();
    for map in maps {
        (out.height, out.width) = (map.height, map.width);
        out.channels += map.channels;
        out.values.extend_from_slice(&map.values);
    }
    out
}

/// Twice the size, every sample four times.
pub(super) fn upsample(x: &Map) -> Map {
    let mut values = Vec::with_capacity(4 * x.values.len());
    for row in x.values.chunks_exact(x.width.max(1)) {
        let start = values.len();
        values.extend(row.iter().flat_map(|&x| [x, x]));
        values.extend_from_within(start..);
    }
    Map { channels: x.channels, height: 2 * x.height, width: 2 * x.width, values }
}

/// Planes a, b and mask averaged over cells and divided by the cell's mask.
pub(super) fn known_mean(hints: &Map, factor: usize) -> Map {
    let (height, width) = (hints.height / factor, hints.width / factor);
    let mut out = Map::zeros(hints.channels, height, width);
    for (plane, out) in
        hints.values.chunks_exact(hints.area()).zip(out.values.chunks_exact_mut(height * width))
    {
        for (y, row) in plane.chunks_exact(hints.width).enumerate() {
            let out = &mut out[y / factor * width..][..width];
            out.iter_mut()
                .zip(row.chunks_exact(factor))
                .for_each(|(out, row)| *out += row.iter().sum::<f32>());
        }
    }
    let share = 1.0 / (factor * factor) as f32;
    let (colours, mask) = out.values.split_at_mut((hints.channels - 1) * height * width);
    for colour in colours.chunks_exact_mut(height * width) {
        for (colour, mask) in colour.iter_mut().zip(mask.iter()) {
            *colour = *colour * share / (mask * share + KNOWN_EPSILON);
        }
    }
    mask.iter_mut().for_each(|mask| *mask = *mask * share / (*mask * share + KNOWN_EPSILON));
    out
}

/// Softmax over channels of x / temperature, then the expectation of `centers`, `[2, channels]`.
pub(super) fn annealed_mean(x: &Map, centers: &[f32], temperature: f32, instructions: Instructions) -> Map {
    let area = x.area();
    let strips: Vec<[[f32; STRIP]; 2]> = (0..area.div_ceil(STRIP))
        .into_par_iter()
        .with_min_len(16)
        .map(|strip| {
            instructions.dispatch(Expectation {
                x,
                centers,
                sharpness: 1.0 / temperature,
                start: strip * STRIP,
            })
        })
        .collect();
    let plane = |i: usize| strips.iter().flat_map(move |strip| strip[i]).take(area);
    Map { channels: 2, height: x.height, width: x.width, values: plane(0).chain(plane(1)).collect() }
}

/// Pixels that are decoded together.
const STRIP: usize = 64;

struct Expectation<'a> {
    x: &'a Map,
    centers: &'a [f32],
    sharpness: f32,
    start: usize,
}

impl WithSimd for Expectation<'_> {
    type Output = [[f32; STRIP]; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Self::Output {
        let area = self.x.area();
        let width = STRIP.min(area - self.start);
        let rows = || self.x.values.chunks_exact(area).map(|plane| &plane[self.start..self.start + width]);
        let mut most = [f32::NEG_INFINITY; STRIP];
        for row in rows() {
            most.iter_mut().zip(row).for_each(|(most, &x)| *most = most.max(x));
        }
        let mut sums = [[0.0; STRIP]; 3];
        let (a, b) = self.centers.split_at(self.centers.len() / 2);
        for ((row, a), b) in rows().zip(a).zip(b) {
            for (i, &x) in row.iter().enumerate() {
                let share = exp((x - most[i]) * self.sharpness);
                sums[0][i] += share;
                sums[1][i] += share * a;
                sums[2][i] += share * b;
            }
        }
        let [total, mut a, mut b] = sums;
        for i in 0..width {
            a[i] /= total[i];
            b[i] /= total[i];
        }
        [a, b]
    }
}

/// e to the x for x at most 0, to seven digits, in operations that compilers turn into vectors.
///
/// # Source
/// Cody and Waite's reduction to 2ⁿ·eʳ with |r| ≤ ½·ln 2, and the Taylor polynomial of eʳ.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Below the least normal number the answer does not matter.
    let x = x.max(-87.0);
    let n = (x * std::f32::consts::LOG2_E + 0.5).floor();
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r / 720.0)))));
    p * f32::from_bits(((n as i32 + 127) << 23) as u32)
}

/// The hyperbolic tangent to six digits of 1, in operations that compilers turn into vectors.
#[inline(always)]
fn tanh(x: f32) -> f32 {
    let shrunk = exp(-2.0 * x.abs());
    ((1.0 - shrunk) / (1.0 + shrunk)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hyperbolic_tangent_is_right_to_six_digits_of_one() {
        for i in -2000..=2000 {
            let x = 0.01 * i as f32;
            let error = (f64::from(tanh(x)) - f64::from(x).tanh()).abs();
            assert!(error < 1e-6, "tanh({x}): {error}");
        }
    }

    #[test]
    fn the_exponential_is_right_to_six_digits() {
        for i in 0..8700 {
            let x = -0.01 * i as f32;
            let error = (f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs();
            assert!(error < 1e-6, "exp({x}): {error}");
        }
    }

    #[test]
    fn upsampling_repeats_every_sample_four_times() {
        let x = Map { channels: 1, height: 2, width: 2, values: vec![1.0, 2.0, 3.0, 4.0] };
        let y = upsample(&x).values;
        assert_eq!(y, [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 3.0, 3.0, 4.0, 4.0]);
    }
}
