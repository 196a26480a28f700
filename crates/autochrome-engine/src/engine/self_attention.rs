//! Attention of every cell to every other.

use std::ops::Range;

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::matrix::{Columns, Matrix, copy_piece};
use super::pointwise::exp;
use super::{Instructions, Map};
use crate::graph::Activation;

/// Cells whose scores are held at once, so that memory does not grow with the square of the picture.
const CHUNK: usize = 256;

/// What every cell sees in all cells.
///
/// # Shapes
/// Queries, keys and values, one after the other, `[3·c, h, w]`, to `[c, h, w]`.
pub(super) fn attend(mixed: &Map, [heads, length]: [usize; 2], on: Instructions) -> Map {
    let cells = mixed.area();
    let channels = heads * length;
    let scale = (length as f32).sqrt().recip();
    let part =
        |i: usize, head: usize| &mixed.values[(i * channels + head * length) * cells..][..length * cells];
    let tasks: Vec<(usize, usize)> =
        (0..heads).flat_map(|head| (0..cells).step_by(CHUNK).map(move |start| (head, start))).collect();
    let packed: Vec<[Matrix; 2]> = (0..heads)
        .map(|head| {
            let mut keys = vec![0.0; length * cells];
            for (i, plane) in part(1, head).chunks_exact(cells).enumerate() {
                keys[i..].iter_mut().step_by(length).zip(plane).for_each(|(to, &from)| *to = from * scale);
            }
            let values = Matrix::new(part(2, head), &vec![0.0; length], on);
            [Matrix::new(&keys, &vec![0.0; cells], on), values]
        })
        .collect();
    let answers: Vec<Vec<f32>> = tasks
        .par_iter()
        .map(|&(head, start)| {
            let count = CHUNK.min(cells - start);
            let [keys, values] = &packed[head];
            let queries = Rows { values: part(0, head), pitch: cells, start };
            let mut shares = keys.times(&queries, count, Activation::None); // [cells, count]
            let totals = on.dispatch(Exponentials { scores: &mut shares, count });
            let columns = Rows { values: &shares, pitch: count, start: 0 };
            let mut seen = values.times(&columns, count, Activation::None); // [length, count]
            for row in seen.chunks_exact_mut(count) {
                row.iter_mut().zip(&totals).for_each(|(seen, total)| *seen /= total);
            }
            seen
        })
        .collect();
    let mut out = Map::zeros(channels, mixed.height, mixed.width);
    for ((head, start), seen) in tasks.into_iter().zip(answers) {
        let count = CHUNK.min(cells - start);
        for (i, row) in seen.chunks_exact(count).enumerate() {
            out.values[(head * length + i) * cells + start..][..count].copy_from_slice(row);
        }
    }
    out
}

/// Columns of a matrix that is written row by row, from the `start`th on.
struct Rows<'a> {
    values: &'a [f32],
    pitch: usize,
    start: usize,
}

impl Columns for Rows<'_> {
    #[inline(always)]
    fn pack(&self, columns: Range<usize>, panel: &mut [f32], pitch: usize) {
        let columns = self.start + columns.start..self.start + columns.end;
        for (to, row) in panel.chunks_exact_mut(pitch).zip(self.values.chunks_exact(self.pitch)) {
            copy_piece(&row[columns.clone()], to);
        }
    }
}

/// Puts e to the score, less the column's largest, in the place of each score, and sums them column by column.
struct Exponentials<'a> {
    scores: &'a mut [f32],
    count: usize,
}

impl WithSimd for Exponentials<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Vec<f32> {
        let mut most = vec![f32::NEG_INFINITY; self.count];
        for row in self.scores.chunks_exact(self.count) {
            most.iter_mut().zip(row).for_each(|(most, &score)| *most = most.max(score));
        }
        let mut totals = vec![0.0; self.count];
        for row in self.scores.chunks_exact_mut(self.count) {
            for ((score, total), most) in row.iter_mut().zip(&mut totals).zip(&most) {
                *score = exp(*score - most);
                *total += *score;
            }
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, sample by sample.
    fn reference_attention(mixed: &Map, heads: usize) -> Vec<f32> {
        let (cells, channels) = (mixed.area(), mixed.channels / 3);
        let length = channels / heads;
        let at = |channel: usize, cell: usize| f64::from(mixed.values[channel * cells + cell]);
        let mut out = vec![0.0; channels * cells];
        for head in 0..heads {
            let channels_of = |i: usize| i * channels + head * length..i * channels + (head + 1) * length;
            for query in 0..cells {
                let score = |key: usize| {
                    let products = channels_of(0).zip(channels_of(1)).map(|(q, k)| at(q, query) * at(k, key));
                    (products.sum::<f64>() / (length as f64).sqrt()).exp()
                };
                let shares: Vec<f64> = (0..cells).map(score).collect();
                let total: f64 = shares.iter().sum();
                for (i, value) in channels_of(2).enumerate() {
                    let sum: f64 =
                        shares.iter().enumerate().map(|(cell, share)| share * at(value, cell)).sum();
                    out[(head * length + i) * cells + query] = (sum / total) as f32;
                }
            }
        }
        out
    }

    #[test]
    fn every_cell_sees_the_mean_of_what_is_like_it_in_chunks_too() {
        for (height, width) in [(2, 3), (18, 17)] {
            let mut mixed = Map::zeros(24, height, width);
            mixed.values.iter_mut().enumerate().for_each(|(i, x)| *x = 2.0 * (0.7 * i as f32).sin());
            let right = reference_attention(&mixed, 4);
            for on in Instructions::all() {
                let ours = attend(&mixed, [4, 2], on);
                assert_eq!((ours.channels, ours.height, ours.width), (8, height, width));
                for (ours, right) in ours.values.iter().zip(&right) {
                    assert!((ours - right).abs() < 1e-5, "{ours} for {right} with {on:?}");
                }
            }
        }
    }
}
