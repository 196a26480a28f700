//! The matrix product behind every dense convolution.
//!
//! A tile of output rows × columns stays in registers while the whole depth passes by: weights are packed so that the
//! rows of a tile lie side by side, and the columns of a panel are packed just before use, so that both are read in order.
//! After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).

use std::cell::Cell;
use std::ops::Range;

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::Instructions;
use crate::graph::Activation;

/// Rows of a tile and vectors in each, where there are 32 vector registers.
const LARGE: (usize, usize) = (8, 3);
/// The same where there are 16.
const SMALL: (usize, usize) = (6, 2);
/// Columns of the widest tile.
pub(super) const MOST_COLUMNS: usize = 192;
/// The same for the few rows of a last layer: more vectors share each weight, so that no accumulator is wasted.
const FEW_LARGE: (usize, usize) = (2, 12);
const FEW_SMALL: (usize, usize) = (2, 5);
/// Multiplications below which a second thread costs more than it gives.
const WORTH_A_THREAD: usize = 1 << 20;

thread_local! {
    /// Where a thread packs columns.
    static PANEL: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Where the columns of the right-hand matrix come from.
pub(super) trait Columns: Sync {
    /// Writes `columns` of every row of depth to `panel`, which has `pitch` samples a row; what is left over stays as it is.
    fn pack(&self, columns: Range<usize>, panel: &mut [f32], pitch: usize);
}

/// Columns of the right-hand matrix that lie in frames, in the order in which a product takes them, and so need no packing: one for every
/// sample of an output row and for what lies between that and the next.
pub(super) struct PaddedColumns<'a> {
    /// All frames.
    pub values: &'a [f32],
    /// Where the columns of each row of depth begin.
    pub starts: &'a [usize],
    /// Columns of an output row, and those that count.
    pub pitch: usize,
    pub width: usize,
    /// Output rows.
    pub height: usize,
}

/// A left-hand matrix with a bias a row, laid out in tiles.
#[derive(Debug)]
pub(super) struct Matrix {
    instructions: Instructions,
    rows: usize,
    depth: usize,
    tile_rows: usize,
    /// `[tiles, depth, tile_rows]`, the last tile filled up with zeros.
    tiles: Vec<f32>,
    /// Filled up like the tiles.
    bias: Vec<f32>,
}

impl Matrix {
    /// Packs `values`, `[rows, depth]`, for some instructions.
    pub(super) fn new(values: &[f32], bias: &[f32], instructions: Instructions) -> Self {
        let rows = bias.len();
        let depth = values.len() / rows;
        let tile_rows = if rows <= FEW_LARGE.0 { FEW_LARGE.0 } else { instructions.dispatch(TileRows) };
        let tiles_count = rows.div_ceil(tile_rows);
        let mut tiles = vec![0.0; tiles_count * depth * tile_rows];
        for (row, source) in values.chunks_exact(depth).enumerate() {
            let tile = &mut tiles[row / tile_rows * depth * tile_rows..][..depth * tile_rows];
            tile[row % tile_rows..]
                .iter_mut()
                .step_by(tile_rows)
                .zip(source)
                .for_each(|(to, &from)| *to = from);
        }
        let mut padded = bias.to_vec();
        padded.resize(tiles_count * tile_rows, 0.0);
        Self { instructions, rows, depth, tile_rows, tiles, bias: padded }
    }

    /// Number of rows of the product.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// activation(self × columns + bias), `[rows, count]`.
    pub(super) fn times<C: Columns>(&self, columns: &C, count: usize, activation: Activation) -> Vec<f32> {
        self.in_parts(count, 16, |start, out| {
            let range = start..start + out[0].len();
            self.instructions.dispatch(Product { matrix: self, columns, range, activation, out });
        })
    }

    /// The same for columns that lie in padded planes, without those between the rows.
    pub(super) fn times_padded(&self, columns: &PaddedColumns<'_>, activation: Activation) -> Vec<f32> {
        self.in_parts(columns.height * columns.width, columns.width, |start, out| {
            let row = start / columns.width;
            self.instructions.dispatch(PaddedProduct { matrix: self, columns, row, activation, out });
        })
    }

    /// A product of `count` columns whose parts, each a multiple of `unit` columns of all rows, are given to `product` with their start.
    fn in_parts(
        &self,
        count: usize,
        unit: usize,
        product: impl Fn(usize, Vec<&mut [f32]>) + Sync,
    ) -> Vec<f32> {
        let mut out = vec![0.0; self.rows * count];
        if out.is_empty() {
            return out;
        }
        let worth = self.rows * self.depth * count / WORTH_A_THREAD;
        let parts = rayon::current_num_threads().min(worth).min(count.div_ceil(64)).max(1);
        let size = count.div_ceil(parts).next_multiple_of(unit);
        let starts: Vec<usize> = (0..count).step_by(size).collect();
        let mut pieces: Vec<Vec<&mut [f32]>> = starts.iter().map(|_| Vec::with_capacity(self.rows)).collect();
        for row in out.chunks_exact_mut(count) {
            pieces.iter_mut().zip(row.chunks_mut(size)).for_each(|(piece, part)| piece.push(part));
        }
        if parts == 1 {
            pieces.into_iter().zip(starts).for_each(|(out, start)| product(start, out));
        } else {
            pieces.into_par_iter().zip(starts).for_each(|(out, start)| product(start, out));
        }
        out
    }
}

struct TileRows;

impl WithSimd for TileRows {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> usize {
        if S::REGISTER_COUNT < 32 { SMALL.0 } else { LARGE.0 }
    }
}

/// Some columns of a product.
struct Product<'a, C> {
    matrix: &'a Matrix,
    columns: &'a C,
    range: Range<usize>,
    activation: Activation,
    /// Those columns of every row of the product.
    out: Vec<&'a mut [f32]>,
}

impl<C: Columns> WithSimd for Product<'_, C> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match (S::REGISTER_COUNT < 32, self.matrix.tile_rows) {
            (true, 2) => self.run::<S, { FEW_SMALL.0 }, 3>(simd),
            (true, _) => self.run::<S, { SMALL.0 }, { SMALL.1 }>(simd),
            (false, 2) => self.run::<S, { FEW_LARGE.0 }, 3>(simd),
            (false, _) => self.run::<S, { LARGE.0 }, { LARGE.1 }>(simd),
        }
    }
}

impl<C: Columns> Product<'_, C> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const V: usize>(mut self, simd: S) {
        // Columns take as long to pack as a small product takes; room for them need not be found, and filled with zeros, anew each time.
        let mut buffer = PANEL.take();
        let lanes = S::F32_LANES;
        let size = self.matrix.depth * V * lanes + lanes;
        if buffer.len() < size {
            buffer.resize(size, 0.0);
        }
        self.fill::<S, R, V>(simd, &mut buffer);
        PANEL.set(buffer);
    }

    #[inline(always)]
    fn fill<S: Simd, const R: usize, const V: usize>(&mut self, simd: S, buffer: &mut [f32]) {
        let depth = self.matrix.depth;
        let lanes = S::F32_LANES;
        // Loads that straddle cache lines cost double.
        let aligned = buffer.as_ptr().align_offset(4 * lanes).min(lanes);
        let count = self.range.len();
        let mut column = 0;
        while column < count {
            // Panels of about the same width: one of a single vector spends most of its time on reading weights.
            let left = (count - column).div_ceil(lanes);
            let vectors = left.div_ceil(left.div_ceil(V));
            let pitch = vectors * lanes;
            let panel = &mut buffer[aligned..][..depth * pitch];
            let width = pitch.min(count - column);
            let from = self.range.start + column;
            self.columns.pack(from..from + width, panel, pitch);
            match vectors {
                1 => self.panel::<S, R, 1>(simd, panel, column, width),
                2 => self.panel::<S, R, 2>(simd, panel, column, width),
                _ => self.panel::<S, R, V>(simd, panel, column, width),
            }
            column += pitch;
        }
        if bounds(self.activation).is_none() {
            self.out.iter_mut().flat_map(|row| row.iter_mut()).for_each(|x| *x = self.activation.apply(*x));
        }
    }

    /// All rows of a few columns.
    #[inline(always)]
    fn panel<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        panel: &[f32],
        column: usize,
        width: usize,
    ) {
        let [low, high] = bounds(self.activation).unwrap_or([f32::NEG_INFINITY, f32::INFINITY]);
        let (low, high) = (simd.splat_f32s(low), simd.splat_f32s(high));
        let panel = S::as_simd_f32s(panel).0.as_chunks::<V>().0;
        let tiles = self.matrix.tiles.chunks_exact(self.matrix.depth * R);
        for ((index, tile), bias) in tiles.enumerate().zip(self.matrix.bias.as_chunks::<R>().0) {
            let sums = multiply::<S, R, V>(simd, tile.as_chunks::<R>().0, panel, bias);
            for (row, sums) in self.out[index * R..].iter_mut().zip(&sums) {
                let out = row[column..][..width].chunks_mut(S::F32_LANES);
                for (out, &sum) in out.zip(sums) {
                    store(simd, out, simd.min_f32s(simd.max_f32s(sum, low), high));
                }
            }
        }
    }
}

/// Some rows of outputs of a product with columns in frames.
struct PaddedProduct<'a> {
    matrix: &'a Matrix,
    columns: &'a PaddedColumns<'a>,
    /// The first of those rows.
    row: usize,
    activation: Activation,
    /// The columns that count of those rows, of every row of the product.
    out: Vec<&'a mut [f32]>,
}

impl WithSimd for PaddedProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match (S::REGISTER_COUNT < 32, self.matrix.tile_rows) {
            (true, 2) => self.run::<S, { FEW_SMALL.0 }, { FEW_SMALL.1 }>(simd),
            (true, _) => self.run::<S, { SMALL.0 }, { SMALL.1 }>(simd),
            (false, 2) => self.run::<S, { FEW_LARGE.0 }, { FEW_LARGE.1 }>(simd),
            (false, _) => self.run::<S, { LARGE.0 }, { LARGE.1 }>(simd),
        }
    }
}

impl PaddedProduct<'_> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const V: usize>(mut self, simd: S) {
        let PaddedColumns { pitch, width, .. } = *self.columns;
        let count = self.out[0].len() / width * pitch - (pitch - width);
        let lanes = S::F32_LANES;
        let mut column = 0;
        while column < count {
            // As in `Product::fill`; what few rows leave over goes vector by vector.
            let left = (count - column).div_ceil(lanes);
            let vectors = if V > 3 { if left < V { 1 } else { V } } else { left.div_ceil(left.div_ceil(V)) };
            match vectors {
                1 => self.panel::<S, R, 1>(simd, column),
                2 => self.panel::<S, R, 2>(simd, column),
                _ => self.panel::<S, R, V>(simd, column),
            }
            column += vectors * lanes;
        }
        if bounds(self.activation).is_none() {
            self.out.iter_mut().flat_map(|row| row.iter_mut()).for_each(|x| *x = self.activation.apply(*x));
        }
    }

    /// All rows of a few columns, from `column` of the part on.
    #[inline(always)]
    fn panel<S: Simd, const R: usize, const V: usize>(&mut self, simd: S, column: usize) {
        let PaddedColumns { values, starts, pitch, width, .. } = *self.columns;
        let [low, high] = bounds(self.activation).unwrap_or([f32::NEG_INFINITY, f32::INFINITY]);
        let (low, high) = (simd.splat_f32s(low), simd.splat_f32s(high));
        let values = &values[self.row * pitch + column..];
        let matrix = self.matrix;
        let tiles = matrix.tiles.chunks_exact(matrix.depth * R);
        for ((index, tile), bias) in tiles.enumerate().zip(matrix.bias.as_chunks::<R>().0) {
            let sums = multiply_padded::<S, R, V>(simd, tile.as_chunks::<R>().0, values, starts, bias);
            for (row, sums) in self.out[index * R..].iter_mut().zip(sums) {
                let mut samples = [0.0; MOST_COLUMNS];
                for (to, sum) in S::as_mut_simd_f32s(&mut samples).0.iter_mut().zip(sums) {
                    *to = simd.min_f32s(simd.max_f32s(sum, low), high);
                }
                let end = column + V * S::F32_LANES;
                for y in column / pitch..end.div_ceil(pitch) {
                    let start = (y * pitch).max(column);
                    let stop = (y * pitch + width).min(end);
                    let at = start - y * pitch + y * width;
                    if start < stop && at < row.len() {
                        copy_piece(&samples[start - column..stop - column], &mut row[at..at + stop - start]);
                    }
                }
            }
        }
    }
}

/// The range that an activation cuts values to, for those that do nothing else.
#[inline(always)]
pub(super) fn bounds(activation: Activation) -> Option<[f32; 2]> {
    match activation {
        Activation::None => Some([f32::NEG_INFINITY, f32::INFINITY]),
        Activation::Relu => Some([0.0, f32::INFINITY]),
        Activation::Relu6 => Some([0.0, 6.0]),
        Activation::LeakyRelu(_) | Activation::Tanh => None,
    }
}

/// Copies a piece of a row: what is at most three vectors long in copies of a fixed size, which take no call.
#[inline(always)]
pub(super) fn copy_piece(from: &[f32], to: &mut [f32]) {
    let length = to.len().min(from.len());
    let (from, to) = (&from[..length], &mut to[..length]);
    if let (Some(first), Some(to)) = (from.first_chunk::<32>(), to.first_chunk_mut::<32>()) {
        *to = *first;
    } else if let (Some(first), Some(to)) = (from.first_chunk::<16>(), to.first_chunk_mut::<16>()) {
        *to = *first;
    } else {
        to.copy_from_slice(from);
        return;
    }
    if length > 48 {
        to[32..].copy_from_slice(&from[32..]);
    } else if let (Some(last), Some(to)) = (from.last_chunk::<16>(), to.last_chunk_mut::<16>()) {
        *to = *last;
    }
}

/// Writes a vector, or as much of it as fits.
#[inline(always)]
pub(super) fn store<S: Simd>(simd: S, out: &mut [f32], values: S::f32s) {
    match S::as_mut_simd_f32s(out).0 {
        // A masked write costs ten plain ones on some machines.
        [whole] => *whole = values,
        _ => simd.partial_store_f32s(out, values),
    }
}

/// One tile: R rows × V vectors of columns.
#[inline(always)]
fn multiply<S: Simd, const R: usize, const V: usize>(
    simd: S,
    tile: &[[f32; R]],
    panel: &[[S::f32s; V]],
    bias: &[f32; R],
) -> [[S::f32s; V]; R] {
    let mut sums = [[simd.splat_f32s(0.0); V]; R];
    for (sums, &bias) in sums.iter_mut().zip(bias) {
        *sums = [simd.splat_f32s(bias); V];
    }
    for (weights, columns) in tile.iter().zip(panel) {
        for (sums, &weight) in sums.iter_mut().zip(weights) {
            let weight = simd.splat_f32s(weight);
            for (sum, &column) in sums.iter_mut().zip(columns) {
                *sum = simd.mul_add_e_f32s(weight, column, *sum);
            }
        }
    }
    sums
}

/// The same with columns that lie in frames, the first of each row of depth `starts` samples from the beginning of `values`.
#[inline(always)]
fn multiply_padded<S: Simd, const R: usize, const V: usize>(
    simd: S,
    tile: &[[f32; R]],
    values: &[f32],
    starts: &[usize],
    bias: &[f32; R],
) -> [[S::f32s; V]; R] {
    let mut sums = [[simd.splat_f32s(0.0); V]; R];
    for (sums, &bias) in sums.iter_mut().zip(bias) {
        *sums = [simd.splat_f32s(bias); V];
    }
    for (weights, &start) in tile.iter().zip(starts) {
        let columns = S::as_simd_f32s(&values[start..][..V * S::F32_LANES]).0.as_chunks::<V>().0;
        let Some(columns) = columns.first() else { continue };
        for (sums, &weight) in sums.iter_mut().zip(weights) {
            let weight = simd.splat_f32s(weight);
            for (sum, &column) in sums.iter_mut().zip(columns) {
                *sum = simd.mul_add_e_f32s(weight, column, *sum);
            }
        }
    }
    sums
}
