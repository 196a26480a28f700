//! Sums and sums of products over whole pictures, for both colours at once, in as few passes over memory as there can be.

use std::collections::HashMap;

use autochrome_color::{Parallel as _, vectorized};

use super::Pair;

/// Samples that are worked on in one piece; fixed, so that sums do not depend on the number of threads.
const PIECE: usize = 8192;

/// A factor or a sum for each channel.
pub(super) type Factors = [f64; 2];

/// Vectors that were used before and are to be used again: fresh memory costs more than the work that is done in it.
#[derive(Default)]
pub(super) struct Pool {
    free: HashMap<usize, Vec<Vec<Pair>>>,
}

impl Pool {
    /// A vector of this length that holds anything; 0 where nobody ever wrote.
    pub(super) fn take(&mut self, len: usize) -> Vec<Pair> {
        self.free.get_mut(&len).and_then(Vec::pop).unwrap_or_else(|| vec![[0.0; 2]; len])
    }

    /// Takes a vector back.
    pub(super) fn recycle(&mut self, values: Vec<Pair>) {
        self.free.entry(values.len()).or_default().push(values);
    }
}

/// Sums of squares that are nothing beside any colour: rounding is all that is left in them.
const NOTHING: f64 = 1e-30;

/// Quotients, 0 where there is nothing to divide by.
pub(super) fn ratio(over: Factors, under: Factors) -> Factors {
    std::array::from_fn(|k| if under[k] > NOTHING { over[k] / under[k] } else { 0.0 })
}

/// Inner products of `N` pairs of vectors.
pub(super) fn dots<const N: usize>(pairs: [(&[Pair], &[Pair]); N]) -> [Factors; N] {
    let len = pairs.first().map_or(0, |(one, _)| one.len());
    let pieces: Vec<[Factors; N]> = (0..len.div_ceil(PIECE)).parallel_map(|piece| {
        let range = piece * PIECE..len.min((piece + 1) * PIECE);
        pairs.map(|(one, other)| dot_piece(&one[range.clone()], &other[range.clone()]))
    });
    let add = |sum: Factors, more: Factors| [sum[0] + more[0], sum[1] + more[1]];
    let sums = |sums: [Factors; N], more: [Factors; N]| std::array::from_fn(|n| add(sums[n], more[n]));
    pieces.into_iter().fold([[0.0; 2]; N], sums)
}

fn dot_piece(one: &[Pair], other: &[Pair]) -> Factors {
    vectorized(
        #[inline(always)]
        || {
            // Short runs in single precision, added up in double: as exact as is needed, and fast. Runs go side by side.
            let mut sum = [0.0_f64; 2];
            for (one, other) in one.chunks(512).zip(other.chunks(512)) {
                let mut runs = [[0.0_f32; 2]; 16];
                let ((ones, rest), (others, other_rest)) = (one.as_chunks::<16>(), other.as_chunks::<16>());
                for (one, other) in ones.iter().zip(others) {
                    for i in 0..16 {
                        runs[i][0] += one[i][0] * other[i][0];
                        runs[i][1] += one[i][1] * other[i][1];
                    }
                }
                for (run, (one, other)) in runs.iter_mut().zip(rest.iter().zip(other_rest)) {
                    run[0] += one[0] * other[0];
                    run[1] += one[1] * other[1];
                }
                for run in runs {
                    sum[0] += f64::from(run[0]);
                    sum[1] += f64::from(run[1]);
                }
            }
            sum
        },
    )
}

/// Adds `scale` times `other` to `values`.
pub(super) fn add_scaled(values: &mut [Pair], scale: Factors, other: &[Pair]) {
    values
        .chunks_mut(PIECE)
        .zip(other.chunks(PIECE))
        .parallel_for_each(|(values, other)| add_piece(values, scale, other));
}

fn add_piece(values: &mut [Pair], scale: Factors, other: &[Pair]) {
    let scale = scale.map(|scale| scale as f32);
    for (value, other) in values.iter_mut().zip(other) {
        value[0] += scale[0] * other[0];
        value[1] += scale[1] * other[1];
    }
}

/// Adds several scaled vectors to one.
pub(super) fn add_all(values: &mut [Pair], others: &[(Factors, &[Pair])]) {
    values.chunks_mut(PIECE).enumerate().parallel_for_each(|(piece, values)| {
        let range = piece * PIECE..piece * PIECE + values.len();
        others.iter().for_each(|(scale, other)| add_piece(values, *scale, &other[range.clone()]));
    });
}

/// Sets `values` to `scale` times themselves and adds `other_scale` times `other`.
pub(super) fn mix(values: &mut [Pair], scale: Factors, other_scale: Factors, other: &[Pair]) {
    let [scale, other_scale] = [scale, other_scale].map(|scale| scale.map(|scale| scale as f32));
    values.chunks_mut(PIECE).zip(other.chunks(PIECE)).parallel_for_each(|(values, other)| {
        for (value, other) in values.iter_mut().zip(other) {
            value[0] = scale[0] * value[0] + other_scale[0] * other[0];
            value[1] = scale[1] * value[1] + other_scale[1] * other[1];
        }
    });
}

/// The largest absolute value of both channels.
pub(super) fn largest(values: &[Pair]) -> f32 {
    let largest = |pairs: &[Pair]| pairs.iter().fold(0.0, |most: f32, [a, b]| most.max(a.abs()).max(b.abs()));
    values.chunks(PIECE).parallel_map(largest).into_iter().fold(0.0, f32::max)
}
