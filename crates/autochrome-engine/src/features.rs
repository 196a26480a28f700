//! What an encoder sees in a picture.

use crate::engine::Map;
use crate::frame::Frame;

/// One vector for every cell of a grid over a picture, at one scale of an encoder.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    channels: usize,
    width: usize,
    height: usize,
    /// Sides of a cell, as shares of the picture's width and height.
    cell: (f32, f32),
    /// Vector by vector, row by row.
    values: Vec<f32>,
}

impl Features {
    /// The cells of `map` that lie in the picture and not in its padding.
    pub(crate) fn new(map: &Map, frame: &Frame) -> Self {
        let (frame_width, frame_height) = frame.size();
        let side_px = (frame.padded_width / map.width.max(1)).max(1);
        let (width, height) = (frame_width.div_ceil(side_px), frame_height.div_ceil(side_px));
        let mut values = Vec::with_capacity(map.channels * width * height);
        for y in 0..height {
            for x in 0..width {
                let at = y * map.width + x;
                values.extend((0..map.channels).map(|channel| map.values[channel * map.area() + at]));
            }
        }
        let cell = (side_px as f32 / frame_width as f32, side_px as f32 / frame_height as f32);
        Self { channels: map.channels, width, height, cell, values }
    }

    /// Features of `size` cells, each with this share of the picture's width and height, from vectors of `channels` values row by row; `None`
    /// where the numbers do not fit each other.
    #[must_use]
    pub fn from_parts(
        channels: usize,
        (width, height): (usize, usize),
        [across, down]: [f32; 2],
        values: Vec<f32>,
    ) -> Option<Self> {
        let fits = width > 0 && height > 0 && channels > 0 && values.len() == channels * width * height;
        (fits && across > 0.0 && down > 0.0).then_some(Self {
            channels,
            width,
            height,
            cell: (across, down),
            values,
        })
    }

    /// Sides of a cell, as shares of the picture's width and height.
    #[must_use]
    pub fn cell(&self) -> [f32; 2] {
        [self.cell.0, self.cell.1]
    }

    /// Length of a vector.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Columns and rows of the grid.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The vector of cell `index`, counted row by row.
    ///
    /// # Panics
    /// When there are no more cells than that.
    #[must_use]
    pub fn vector(&self, index: usize) -> &[f32] {
        &self.values[index * self.channels..][..self.channels]
    }

    /// Every vector, row by row of the grid.
    pub fn vectors(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.channels.max(1))
    }

    /// The same, to be changed.
    pub(crate) fn vectors_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.values.chunks_exact_mut(self.channels.max(1))
    }

    /// The four edges of cell `index`, counted row by row: left, top, right and bottom, 0..=1 of the picture's sides.
    #[must_use]
    pub fn area(&self, index: usize) -> [f32; 4] {
        let (x, y) = ((index % self.width.max(1)) as f32, (index / self.width.max(1)) as f32);
        let (w, h) = self.cell;
        [x * w, y * h, ((x + 1.0) * w).min(1.0), ((y + 1.0) * h).min(1.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_left_out_and_areas_cover_the_picture() {
        // 4:1, so that the height is padded from 48 to 64.
        let frame = Frame::new((400, 100), 96, 32);
        let (width, height) = (frame.padded_width / 16, frame.padded_height / 16);
        let values = (0..2 * width * height).map(|i| i as f32).collect();
        let features = Features::new(&Map { channels: 2, height, width, values }, &frame);
        assert_eq!(features.size(), (12, 3));
        let second = features.vectors().nth(13).unwrap();
        assert_eq!(second, [(width + 1) as f32, (width * height + width + 1) as f32], "row 1, column 1");
        assert_eq!(features.area(0)[..2], [0.0, 0.0]);
        let last = features.area(12 * 3 - 1);
        assert!((last[2] - 1.0).abs() < 1e-6 && (last[3] - 1.0).abs() < 1e-6, "{last:?}");
    }
}
