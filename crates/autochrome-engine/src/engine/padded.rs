//! Planes in frames of zeros, so that a kernel reads its samples in order wherever it lies.
//!
//! One run over a frame, row after row without a break, gives every output: what is computed between the rows is thrown away, and vectors
//! are full however narrow the plane is.

use super::Map;
use super::matrix::copy_piece;

/// How a plane lies in its frame: with stride 2 the rows and columns of each parity apart, so that every tap reads its samples in order.
#[derive(Debug)]
pub(super) struct PaddedLayout {
    before: usize,
    stride: usize,
    /// Samples in a row of the plane.
    width: usize,
    /// Samples in a row of the frame's parts, and of what is computed.
    pub pitch: usize,
    /// Samples in a part.
    part: usize,
    /// Rows of outputs.
    rows: usize,
}

impl PaddedLayout {
    /// For planes like those of `input`, with zeros before the first row and column and after the last.
    pub(super) fn new(input: &Map, [before, after]: [usize; 2], stride: usize) -> Self {
        let whole = (before + input.width + after).div_ceil(stride);
        // Zeros behind a row are those before the next.
        let pitch = if stride == 1 { input.width + before.max(after) } else { whole };
        let part = (before + input.height + after).div_ceil(stride) * pitch + (whole - pitch);
        Self { before, stride, width: input.width, pitch, part, rows: input.height / stride }
    }

    /// Where the samples begin that the tap at row `y` and column `x` of a kernel reads.
    pub(super) fn offset(&self, y: usize, x: usize) -> usize {
        let stride = self.stride;
        (y % stride * stride + x % stride) * self.part + y / stride * self.pitch + x / stride
    }

    /// Outputs, those between the rows included.
    pub(super) fn count(&self) -> usize {
        self.rows * self.pitch
    }

    /// Samples of a frame.
    pub(super) fn size(&self) -> usize {
        self.stride * self.stride * self.part
    }

    /// Copies a plane into a frame, whose zeros stay.
    #[inline(always)]
    pub(super) fn fill(&self, plane: &[f32], frame: &mut [f32]) {
        let Self { before, stride, pitch, part, .. } = *self;
        for (y, row) in plane.chunks_exact(self.width).enumerate() {
            let y = before + y;
            let start = y % stride * stride * part + y / stride * pitch;
            for x in 0..stride.min(row.len()) {
                let column = before + x;
                let to = &mut frame[start + column % stride * part + column / stride..];
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
}
