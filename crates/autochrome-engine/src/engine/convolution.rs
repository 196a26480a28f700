//! Dense convolutions and their transposes as matrix products.

use std::cell::Cell;
use std::ops::Range;

use rayon::prelude::*;

use super::matrix::{Columns, MOST_COLUMNS, Matrix, PaddedColumns, copy_piece};
use super::padded::PaddedLayout;
use super::{Instructions, Map};
use crate::graph::{Activation, Convolution};

/// Rows of output samples narrower than this are packed: between short rows too much would be computed for nothing.
const WIDE: usize = 8;

thread_local! {
    /// Where a thread lays planes into frames.
    static FRAMES: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// A convolution that mixes all channels.
#[derive(Debug)]
pub(super) struct Dense {
    kernel: Kernel,
    activation: Activation,
}

impl Dense {
    pub(super) fn new(convolution: &Convolution, instructions: Instructions) -> Self {
        let side = convolution.weight.shape[2];
        let kernel = Kernel {
            matrix: Matrix::new(&convolution.weight.values, &convolution.bias, instructions),
            taps: (0..side * side).map(|i| [i / side, i % side]).collect(),
            padding: convolution.padding,
            stride: convolution.stride,
        };
        Self { kernel, activation: convolution.activation }
    }

    pub(super) fn run(&self, input: &Map) -> Map {
        let (height, width) = (input.height / self.kernel.stride, input.width / self.kernel.stride);
        let values = self.kernel.padded(input).over(&[&self.kernel], self.activation).remove(0);
        Map { channels: self.kernel.matrix.rows(), height, width, values }
    }
}

/// A transposed convolution with stride 2: four convolutions, one for each parity of the output's row and column.
#[derive(Debug)]
pub(super) struct Transposed {
    phases: [Kernel; 4],
}

impl Transposed {
    pub(super) fn new(convolution: &Convolution, instructions: Instructions) -> Self {
        let side = convolution.weight.shape[2];
        let channels = convolution.bias.len();
        let inputs = convolution.weight.shape[0];
        let before = convolution.padding[0];
        // An output row 2y + p takes the input row under a tap, y + tap - 1, through this row of the kernel.
        let along = |p: usize| {
            let row = move |tap: usize| Some((tap, (p + before + 2).checked_sub(2 * tap)?));
            (0..3).filter_map(row).filter(move |&(_, row)| row < side).collect::<Vec<_>>()
        };
        let phase = |p: usize| {
            let columns = along(p % 2);
            let pairs = along(p / 2).into_iter().flat_map(|y| columns.iter().map(move |&x| (y, x)));
            let (taps, places): (Vec<_>, Vec<_>) =
                pairs.map(|((y, ky), (x, kx))| ([y, x], ky * side + kx)).unzip();
            let mut values = Vec::with_capacity(channels * inputs * taps.len());
            for o in 0..channels {
                for i in 0..inputs {
                    let filter = &convolution.weight.values[(i * channels + o) * side * side..];
                    values.extend(places.iter().map(|&place| filter[place]));
                }
            }
            let matrix = Matrix::new(&values, &convolution.bias, instructions);
            Kernel { matrix, taps, padding: [1, 1], stride: 1 }
        };
        Self { phases: [0, 1, 2, 3].map(phase) }
    }

    pub(super) fn run(&self, input: &Map) -> Map {
        let (height, width) = (input.height, input.width);
        let phases = self.phases[0].padded(input).over(&self.phases.each_ref(), Activation::None);
        let mut out = Map::zeros(self.phases[0].matrix.rows(), 2 * height, 2 * width);
        for (y, to) in out.values.chunks_exact_mut(2 * width).enumerate() {
            let [left, right] = [0, 1].map(|p| &phases[y % 2 * 2 + p][y / 2 * width..][..width]);
            for ((to, &left), &right) in to.as_chunks_mut::<2>().0.iter_mut().zip(left).zip(right) {
                *to = [left, right];
            }
        }
        out
    }
}

/// A matrix and where its columns lie.
#[derive(Debug)]
struct Kernel {
    /// Its depth is channel by channel, in each tap by tap.
    matrix: Matrix,
    /// Row and column in the kernel.
    taps: Vec<[usize; 2]>,
    /// Zeros before the first row and column, and after the last.
    padding: [usize; 2],
    stride: usize,
}

impl Kernel {
    /// The input of kernels with this one's padding and stride.
    fn padded<'a>(&self, input: &'a Map) -> PaddedInput<'a> {
        PaddedInput { input, padding: self.padding, stride: self.stride }
    }

    /// Where each tap lies from the sample that an output has its place at.
    fn offsets(&self) -> Vec<[isize; 2]> {
        let before = self.padding[0] as isize;
        self.taps.iter().map(|tap| tap.map(|at| at as isize - before)).collect()
    }
}

/// The input of some kernels.
struct PaddedInput<'a> {
    input: &'a Map,
    padding: [usize; 2],
    stride: usize,
}

impl PaddedInput<'_> {
    /// The product of each kernel, `[rows, area]`.
    fn over(&self, kernels: &[&Kernel], activation: Activation) -> Vec<Vec<f32>> {
        let input = self.input;
        let (height, width) = (input.height / self.stride, input.width / self.stride);
        if width < WIDE || kernels.iter().all(|kernel| kernel.taps.len() == 1) {
            let packed = |kernel: &&Kernel| {
                let columns = Patches { input, taps: &kernel.offsets(), stride: self.stride, width };
                kernel.matrix.times(&columns, height * width, activation)
            };
            return kernels.iter().map(packed).collect();
        }
        let layout = PaddedLayout::new(input, self.padding, self.stride);
        let size = layout.size();
        let mut values = FRAMES.take();
        // The last vectors read past the last row.
        values.resize(input.channels * size + 4 * layout.pitch + PAST, 0.0);
        let planes = input.values.par_chunks_exact(input.area()).with_min_len(8);
        values.par_chunks_exact_mut(size).zip(planes).for_each(|(frame, plane)| {
            frame.fill(0.0);
            layout.fill(plane, frame);
        });
        let product = |kernel: &&Kernel| {
            let offsets: Vec<usize> = kernel.taps.iter().map(|&[y, x]| layout.offset(y, x)).collect();
            let starts: Vec<usize> = (0..input.channels)
                .flat_map(|c| offsets.iter().map(move |offset| c * size + offset))
                .collect();
            let columns =
                PaddedColumns { values: &values, starts: &starts, pitch: layout.pitch, width, height };
            kernel.matrix.times_padded(&columns, activation)
        };
        let products = kernels.iter().map(product).collect();
        FRAMES.set(values);
        products
    }
}

/// Samples that the last vectors of a product may read behind the last row.
const PAST: usize = MOST_COLUMNS;

/// The patches under a kernel as columns of a matrix (im2col), never written out as a whole.
struct Patches<'a> {
    input: &'a Map,
    taps: &'a [[isize; 2]],
    stride: usize,
    /// Samples in a row of the output.
    width: usize,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::NamedTensor;

    fn noise(count: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919 + 13) % 97) as f32 / 97.0 - 0.4).collect()
    }

    fn map(channels: usize, height: usize, width: usize) -> Map {
        Map { channels, height, width, values: noise(channels * height * width) }
    }

    fn convolution(shape: [usize; 4], outputs: usize, stride: usize, padding: [usize; 2]) -> Convolution {
        let weight = NamedTensor { shape: shape.to_vec(), values: noise(shape.iter().product()) };
        Convolution { weight, bias: noise(outputs), stride, padding, groups: 1, activation: Activation::Relu }
    }

    fn assert_close(ours: &Map, right: &[f32], what: &str) {
        assert_eq!(ours.values.len(), right.len(), "{what}");
        for (i, (ours, right)) in ours.values.iter().zip(right).enumerate() {
            assert!((ours - right).abs() < 1e-3, "{what}, sample {i}: {ours} instead of {right}");
        }
    }

    #[test]
    fn a_convolution_is_the_sum_under_its_kernel_however_wide_the_planes_are() {
        for (side, stride, padding) in [(1, 1, [0, 0]), (3, 1, [1, 1]), (3, 2, [0, 1]), (4, 2, [1, 1])] {
            for (height, width) in [(6, 4), (8, 14), (4, 16), (10, 30), (4, 100)] {
                let input = map(3, height, width);
                let convolution = convolution([11, 3, side, side], 11, stride, padding);
                let mut right = Vec::new();
                for o in 0..11 {
                    for (y, x) in (0..height / stride).flat_map(|y| (0..width / stride).map(move |x| (y, x)))
                    {
                        let mut sum = convolution.bias[o];
                        for (i, ky, kx) in
                            (0..3 * side * side).map(|k| (k / side / side, k / side % side, k % side))
                        {
                            let (y, x) = (
                                (y * stride + ky).wrapping_sub(padding[0]),
                                (x * stride + kx).wrapping_sub(padding[0]),
                            );
                            if y < height && x < width {
                                let weight = convolution.weight.values[((o * 3 + i) * side + ky) * side + kx];
                                sum += weight * input.values[(i * height + y) * width + x];
                            }
                        }
                        right.push(sum.max(0.0));
                    }
                }
                for on in Instructions::all() {
                    let ours = Dense::new(&convolution, on).run(&input);
                    assert_close(
                        &ours,
                        &right,
                        &format!("{side}x{side} by {stride} over {width}, {}", on.name()),
                    );
                }
            }
        }
    }

    #[test]
    fn a_transposed_convolution_spreads_every_sample_under_its_kernel() {
        for (outputs, height, width) in [(2, 3, 4), (2, 6, 32), (9, 3, 4), (9, 6, 32), (9, 2, 50)] {
            let input = map(3, height, width);
            let convolution = convolution([3, outputs, 4, 4], outputs, 2, [1, 1]);
            let area = 4 * height * width;
            let mut right: Vec<f32> = convolution.bias.iter().flat_map(|&bias| vec![bias; area]).collect();
            for (i, y, x) in
                (0..3 * height * width).map(|p| (p / height / width, p / width % height, p % width))
            {
                for (o, ky, kx) in (0..outputs * 16).map(|k| (k / 16, k / 4 % 4, k % 4)) {
                    let (to_y, to_x) = ((2 * y + ky).wrapping_sub(1), (2 * x + kx).wrapping_sub(1));
                    if to_y < 2 * height && to_x < 2 * width {
                        let weight = convolution.weight.values[((i * outputs + o) * 4 + ky) * 4 + kx];
                        right[o * area + to_y * 2 * width + to_x] +=
                            weight * input.values[(i * height + y) * width + x];
                    }
                }
            }
            for on in Instructions::all() {
                let ours = Transposed::new(&convolution, on).run(&input);
                assert_close(&ours, &right, &format!("{outputs} outputs over {width}, {}", on.name()));
            }
        }
    }
}
