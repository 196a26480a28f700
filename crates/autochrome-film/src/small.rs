//! Frames as motion is sought in them: small and gray.

use std::sync::Arc;

/// Longer side of the size at which motion is sought and colours are carried.
const SIDE_PX: usize = 320;
/// Sides are multiples of this, so that blocks fill them.
const STEP_PX: usize = 4;
/// Shorter sides would leave no block.
const LEAST_PX: usize = 16;
/// A plane of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gray {
    pub width: usize,
    pub height: usize,
    pub data: Vec<u8>,
}

/// A small frame at three sizes, each half the one before.
#[derive(Clone, Debug)]
pub(crate) struct Pyramid {
    pub levels: [Gray; 3],
}

/// Columns and rows at which colours of a film are carried, from its size with square pixels.
pub(crate) fn working_size(width: usize, height: usize) -> (usize, usize) {
    let scale = SIDE_PX as f64 / width.max(height).max(1) as f64;
    let scaled = |side: usize| {
        let steps = (side as f64 * scale.min(1.0) / STEP_PX as f64).round() as usize;
        (steps * STEP_PX).max(LEAST_PX)
    };
    (scaled(width), scaled(height))
}

impl Gray {
    /// The mean of the area that each new sample covers. `white` is the code of white in `codes`.
    pub fn shrink(
        codes: &[u16],
        (width, height): (usize, usize),
        (to_width, to_height): (usize, usize),
        white: f32,
    ) -> Self {
        let columns: Vec<(usize, usize)> = (0..to_width).map(|x| covered(x, width, to_width)).collect();
        let mut data = Vec::with_capacity(to_width * to_height);
        let mut sums = vec![0_u32; width];
        for y in 0..to_height {
            let (top, bottom) = covered(y, height, to_height);
            sums.fill(0);
            for row in codes[top * width..bottom * width].chunks_exact(width) {
                sums.iter_mut().zip(row).for_each(|(sum, code)| *sum += u32::from(*code));
            }
            data.extend(columns.iter().map(|&(left, right)| {
                let sum: u32 = sums[left..right].iter().sum();
                let mean = sum as f32 / ((right - left) * (bottom - top)) as f32;
                (mean * 255.0 / white).min(255.0) as u8
            }));
        }
        Self { width: to_width, height: to_height, data }
    }

    /// The same at half the size.
    fn half(&self) -> Self {
        let (width, height) = ((self.width / 2).max(8), (self.height / 2).max(8));
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            let (top, bottom) = covered(y, self.height, height);
            for x in 0..width {
                let (left, right) = covered(x, self.width, width);
                let rows = (top..bottom).flat_map(|row| &self.data[row * self.width..][left..right]);
                let sum: u32 = rows.map(|v| u32::from(*v)).sum();
                data.push((sum / ((right - left) * (bottom - top)) as u32) as u8);
            }
        }
        Self { width, height, data }
    }

    /// At the size at which cuts are sought.
    pub fn for_cuts(&self) -> Vec<u8> {
        let codes: Vec<u16> = self.data.iter().map(|v| u16::from(*v)).collect();
        let size = (crate::SMALL_WIDTH, crate::SMALL_HEIGHT);
        Self::shrink(&codes, (self.width, self.height), size, 255.0).data
    }

    /// At three sizes.
    pub fn pyramid(&self) -> Arc<Pyramid> {
        let half = self.half();
        let quarter = half.half();
        Arc::new(Pyramid { levels: [self.clone(), half, quarter] })
    }
}

/// The old samples that new sample `at` covers: at least one.
fn covered(at: usize, old: usize, new: usize) -> (usize, usize) {
    let first = (at * old / new).min(old.saturating_sub(1));
    (first, ((at + 1) * old / new).clamp(first + 1, old.max(first + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_sizes_keep_the_shape_and_are_made_of_blocks() {
        assert_eq!(working_size(1280, 720), (320, 180));
        assert_eq!(working_size(720, 1280), (180, 320));
        assert_eq!(working_size(2, 2), (16, 16));
        assert_eq!(working_size(10_000, 10), (320, 16));
    }

    #[test]
    fn a_frame_may_be_smaller_than_its_working_size() {
        let gray = Gray::shrink(&[0, 255, 255, 0], (2, 2), (16, 16), 255.0);
        assert_eq!((gray.data[0], gray.data[15], gray.data[255]), (0, 255, 0));
    }
}
