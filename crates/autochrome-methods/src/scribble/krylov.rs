//! Sums over whole pictures, for both colours at once.

use rayon::prelude::*;

use super::Pair;

/// Samples that are summed in one piece; fixed, so that sums do not depend on the number of threads.
const PIECE: usize = 8192;

/// Inner products of both channels.
pub(super) fn dot(one: &[Pair], other: &[Pair]) -> [f64; 2] {
    let pieces: Vec<[f64; 2]> = one
        .par_chunks(PIECE)
        .zip(other.par_chunks(PIECE))
        .map(|(one, other)| {
            let mut sum = [0.0_f64; 2];
            for (one, other) in one.iter().zip(other) {
                sum[0] += f64::from(one[0]) * f64::from(other[0]);
                sum[1] += f64::from(one[1]) * f64::from(other[1]);
            }
            sum
        })
        .collect();
    pieces.into_iter().fold([0.0; 2], |sum, piece| [sum[0] + piece[0], sum[1] + piece[1]])
}

/// Adds `scale` times `other`.
pub(super) fn add_scaled(values: &mut [Pair], scale: [f64; 2], other: &[Pair]) {
    let scale = scale.map(|scale| scale as f32);
    values.par_chunks_mut(PIECE).zip(other.par_chunks(PIECE)).for_each(|(values, other)| {
        for (value, other) in values.iter_mut().zip(other) {
            value[0] += scale[0] * other[0];
            value[1] += scale[1] * other[1];
        }
    });
}

/// Subtracts `scale` times `other`.
pub(super) fn subtract(values: &mut [Pair], scale: [f64; 2], other: &[Pair]) {
    add_scaled(values, scale.map(|scale| -scale), other);
}

/// The largest absolute value of both channels.
pub(super) fn largest(values: &[Pair]) -> f32 {
    values.par_iter().with_min_len(PIECE).map(|pair| pair[0].abs().max(pair[1].abs())).reduce(|| 0.0, f32::max)
}
