//! Dense convolutions and their transposes as matrix products.

use std::ops::Range;

use super::matrix::{Columns, Matrix, copy_piece};
use super::{Instructions, Map};
use crate::graph::{Activation, Convolution};

/// A convolution that mixes all channels.
#[derive(Debug)]
pub(super) struct Dense {
    matrix: Matrix,
    taps: Vec<[isize; 2]>,
    stride: usize,
    activation: Activation,
}

impl Dense {
    pub(super) fn new(convolution: &Convolution, instructions: Instructions) -> Self {
        let kernel = convolution.weight.shape[2];
        let before = convolution.padding[0] as isize;
        let offset = |i: usize| i as isize - before;
        let taps = (0..kernel * kernel).map(|i| [offset(i / kernel), offset(i % kernel)]).collect();
        Self {
            matrix: Matrix::new(&convolution.weight.values, &convolution.bias, instructions),
            taps,
            stride: convolution.stride,
            activation: convolution.activation,
        }
    }

    pub(super) fn run(&self, input: &Map) -> Map {
        let (height, width) = (input.height / self.stride, input.width / self.stride);
        let columns = Patches::new(input, &self.taps, self.stride, [height, width]);
        let values = self.matrix.times(&columns, height * width, self.activation);
        Map { channels: self.matrix.rows(), height, width, values }
    }
}

/// A transposed convolution with stride 2: four convolutions, one for each parity of the output's row and column.
#[derive(Debug)]
pub(super) struct Transposed {
    phases: [(Matrix, Vec<[isize; 2]>); 4],
}

impl Transposed {
    pub(super) fn new(convolution: &Convolution, instructions: Instructions) -> Self {
        let kernel = convolution.weight.shape[2];
        let output = convolution.bias.len();
        let weights = &convolution.weight.values;
        let inputs = convolution.weight.shape[0];
        let before = convolution.padding[0];
        // An output row 2y + p takes input row y + offset through those rows of the kernel that have its parity.
        let along = |parity: usize| {
            let rows = (0..kernel).filter(move |k| (parity + before + kernel - k) % 2 == kernel % 2);
            rows.map(move |k| (k, (parity as isize + before as isize - k as isize) / 2)).collect::<Vec<_>>()
        };
        let phase = |p: usize| {
            let taps: Vec<_> = along(p / 2)
                .into_iter()
                .flat_map(|(ky, dy)| {
                    along(p % 2).into_iter().map(move |(kx, dx)| (ky * kernel + kx, [dy, dx]))
                })
                .collect();
            let mut values = Vec::with_capacity(output * inputs * taps.len());
            for o in 0..output {
                for i in 0..inputs {
                    let filter = &weights[(i * output + o) * kernel * kernel..][..kernel * kernel];
                    values.extend(taps.iter().map(|(k, _)| filter[*k]));
                }
            }
            let matrix = Matrix::new(&values, &convolution.bias, instructions);
            (matrix, taps.into_iter().map(|(_, offset)| offset).collect())
        };
        Self { phases: [0, 1, 2, 3].map(phase) }
    }

    pub(super) fn run(&self, input: &Map) -> Map {
        let (height, width) = (input.height, input.width);
        let mut out = Map::zeros(self.phases[0].0.rows(), 2 * height, 2 * width);
        for (p, (matrix, taps)) in self.phases.iter().enumerate() {
            let columns = Patches::new(input, taps, 1, [height, width]);
            let values = matrix.times(&columns, height * width, Activation::None);
            let rows = out.values.chunks_exact_mut(2 * width).skip(p / 2).step_by(2);
            for (to, from) in rows.zip(values.chunks_exact(width)) {
                to[p % 2..].iter_mut().step_by(2).zip(from).for_each(|(to, &from)| *to = from);
            }
        }
        out
    }
}

/// The patches under a kernel as columns of a matrix (im2col), never written out as a whole.
struct Patches<'a> {
    input: &'a Map,
    taps: &'a [[isize; 2]],
    stride: usize,
    /// Samples in a row of the output.
    width: usize,
}

impl<'a> Patches<'a> {
    fn new(input: &'a Map, taps: &'a [[isize; 2]], stride: usize, [_, width]: [usize; 2]) -> Self {
        Self { input, taps, stride, width }
    }
}

impl Columns for Patches<'_> {
    #[inline(always)]
    fn pack(&self, columns: Range<usize>, panel: &mut [f32], pitch: usize) {
        let planes = self.input.values.chunks_exact(self.input.area());
        if self.stride == 1 && self.taps == [[0, 0]] {
            for (row, plane) in panel.chunks_exact_mut(pitch).zip(planes) {
                copy_piece(&plane[columns.clone()], row);
            }
            return;
        }
        // The columns as pieces of output rows: (first column in the panel, length, row, first sample of the row).
        let mut pieces = Vec::with_capacity(pitch);
        let mut column = columns.start;
        while column < columns.end {
            let (y, x) = (column / self.width, column % self.width);
            let length = (self.width - x).min(columns.end - column);
            pieces.push((column - columns.start, length, y, x));
            column += length;
        }
        let mut rows = panel.chunks_exact_mut(pitch);
        for plane in planes {
            for (&[dy, dx], row) in self.taps.iter().zip(&mut rows) {
                for &(at, length, y, x) in &pieces {
                    let to = &mut row[at..at + length];
                    let y = (y * self.stride) as isize + dy;
                    if y < 0 || y >= self.input.height as isize {
                        to.fill(0.0);
                    } else {
                        let from = &plane[y as usize * self.input.width..][..self.input.width];
                        copy(from, (x * self.stride) as isize + dx, self.stride, to);
                    }
                }
            }
        }
    }
}

/// Every `stride`th sample from `start`, zeros beyond both ends.
#[inline(always)]
fn copy(from: &[f32], start: isize, stride: usize, to: &mut [f32]) {
    let before = start.min(0).unsigned_abs().div_ceil(stride).min(to.len());
    let (zeros, to) = to.split_at_mut(before);
    zeros.fill(0.0);
    let first = (start + (before * stride) as isize) as usize;
    let inside = from.len().saturating_sub(first).div_ceil(stride).min(to.len());
    let (to, zeros) = to.split_at_mut(inside);
    zeros.fill(0.0);
    if stride == 1 {
        copy_piece(&from[first..first + inside], to);
    } else {
        to.iter_mut()
            .zip(from[first.min(from.len())..].iter().step_by(stride))
            .for_each(|(to, &from)| *to = from);
    }
}
