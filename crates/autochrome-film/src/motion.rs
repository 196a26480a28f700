//! Where each block of a frame lies in another frame.
//!
//! Blocks of 8 × 8 overlap by half. Each tries where its neighbours, its parent at half the size and the same block of the frame
//! before lay, and the places beside the best of these. That costs some twenty comparisons a block, follows motion of any length
//! that grows over several frames, and gives neighbours like motion without an equation to solve.
//!
//! # Source
//! De Haan, Biezen, Huijgen, Ojo, "True-motion estimation with 3-D recursive search block matching", IEEE Transactions on
//! Circuits and Systems for Video Technology 3(5), 1993; here with a pyramid for what appears at once.

use crate::small::{Gray, Pyramid};

/// Side of a block.
pub(crate) const BLOCK_PX: usize = 8;
/// From one block to the next.
pub(crate) const STEP_PX: usize = 4;
/// What a pixel of difference from the likeliest motion costs, in sums of differences of a block.
const SMOOTHNESS: u32 = 12;
/// How far is searched at the smallest size.
const REACH_PX: i16 = 4;
/// Steps towards a better place at the other sizes.
const REFINEMENTS: usize = 2;

/// Ratios of contrast that motion and cuts of light within a scene make as well: nothing is done about them.
const SAME_CONTRAST: std::ops::Range<f32> = 0.8..1.25;

/// A displacement in pixels, to the right and down.
pub(crate) type Vector = [i16; 2];

/// For every block where it lies, and how much it differs there.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    pub columns: usize,
    pub rows: usize,
    pub vectors: Vec<Vector>,
    /// What `difference` says of each.
    pub differences: Vec<u32>,
}

/// Where the blocks of `from` lie in `to`; `likely` is where those of the frame beside `from` lay.
pub(crate) fn seek(from: &Pyramid, to: &Pyramid, likely: Option<&Motion>) -> Motion {
    let levelled = levelled(to, from);
    let to = levelled.as_ref().unwrap_or(to);
    let mut coarse: Option<Motion> = None;
    for (level, (from, to)) in from.levels.iter().zip(&to.levels).enumerate().rev() {
        let search = Search { from, to, coarse: coarse.as_ref(), likely, level };
        coarse = Some(search.run());
    }
    coarse.unwrap_or(Motion { columns: 0, rows: 0, vectors: Vec::new(), differences: Vec::new() })
}

/// A frame with the mean and contrast of another, where a flash or a fade has changed its contrast; differences of blocks bear a
/// change of brightness, but none of contrast.
fn levelled(frame: &Pyramid, like: &Pyramid) -> Option<Pyramid> {
    let ((mean, deviation), (wanted_mean, wanted)) =
        (mean_and_deviation(frame.levels.last()?), mean_and_deviation(like.levels.last()?));
    let gain = wanted / deviation.max(1.0);
    if SAME_CONTRAST.contains(&gain) || wanted < 1.0 {
        return None;
    }
    let level = |value: u8| ((f32::from(value) - mean) * gain + wanted_mean).round() as u8;
    let table: Vec<u8> = (0..=u8::MAX).map(level).collect();
    let levels = frame.levels.each_ref().map(|gray| Gray {
        data: gray.data.iter().map(|&value| table[usize::from(value)]).collect(),
        ..*gray
    });
    Some(Pyramid { levels })
}

fn mean_and_deviation(gray: &Gray) -> (f32, f32) {
    let count = gray.data.len().max(1) as f32;
    let mean = gray.data.iter().map(|&value| f32::from(value)).sum::<f32>() / count;
    let variance = gray.data.iter().map(|&value| (f32::from(value) - mean).powi(2)).sum::<f32>() / count;
    (mean, variance.sqrt())
}

impl Motion {
    /// The vector of the block that is nearest to the place of block (`column`, `row`) on a grid of `columns` × `rows`.
    fn nearest_vector(&self, column: usize, row: usize, columns: usize, rows: usize) -> Vector {
        let x = (column * self.columns / columns.max(1)).min(self.columns.saturating_sub(1));
        let y = (row * self.rows / rows.max(1)).min(self.rows.saturating_sub(1));
        self.vectors.get(y * self.columns + x).copied().unwrap_or_default()
    }
}

/// Blocks along a side.
pub(crate) fn blocks(side_px: usize) -> usize {
    (side_px.saturating_sub(BLOCK_PX)) / STEP_PX + 1
}

struct Search<'a> {
    from: &'a Gray,
    to: &'a Gray,
    coarse: Option<&'a Motion>,
    likely: Option<&'a Motion>,
    level: usize,
}

impl Search<'_> {
    fn run(&self) -> Motion {
        let (columns, rows) = (blocks(self.from.width), blocks(self.from.height));
        let mut motion = Motion {
            columns,
            rows,
            vectors: Vec::with_capacity(columns * rows),
            differences: Vec::with_capacity(columns * rows),
        };
        for row in 0..rows {
            for column in 0..columns {
                let (vector, difference) = self.block(column, row, &motion);
                motion.vectors.push(vector);
                motion.differences.push(difference);
            }
        }
        motion
    }

    fn block(&self, column: usize, row: usize, done: &Motion) -> (Vector, u32) {
        let (columns, rows) = (done.columns, done.rows);
        let (x, y) = (column * STEP_PX, row * STEP_PX);
        let before = done.vectors.len();
        let left = (column > 0).then(|| done.vectors[before - 1]);
        let above = (row > 0).then(|| done.vectors[before - columns]);
        let above_right = (row > 0 && column + 1 < columns).then(|| done.vectors[before - columns + 1]);
        let parent =
            self.coarse.map(|coarse| coarse.nearest_vector(column, row, columns, rows).map(|v| v * 2));
        let earlier = self
            .likely
            .map(|likely| likely.nearest_vector(column, row, columns, rows).map(|v| v >> self.level));
        let expected = left.or(above).or(parent).or(earlier).unwrap_or_default();

        let mut best =
            Best { search: self, x, y, expected, vector: [0; 2], cost: u32::MAX, difference: u32::MAX };
        let candidates = [Some([0; 2]), earlier, parent, left, above, above_right];
        candidates.into_iter().flatten().for_each(|vector| best.consider(vector));
        if self.coarse.is_none() {
            let centre = best.vector;
            for dy in -REACH_PX..=REACH_PX {
                for dx in -REACH_PX..=REACH_PX {
                    best.consider([centre[0] + dx, centre[1] + dy]);
                }
            }
        }
        for _ in 0..REFINEMENTS {
            let [dx, dy] = best.vector;
            for [right, down] in [[1, 0], [-1, 0], [0, 1], [0, -1]] {
                best.consider([dx + right, dy + down]);
            }
            if best.vector == [dx, dy] {
                break;
            }
        }
        (best.vector, best.difference)
    }
}

struct Best<'a> {
    search: &'a Search<'a>,
    x: usize,
    y: usize,
    expected: Vector,
    vector: Vector,
    cost: u32,
    difference: u32,
}

impl Best<'_> {
    /// Takes `vector`, as far as it stays inside of the frame, when it is better than the best.
    fn consider(&mut self, vector: Vector) {
        let Search { from, to, .. } = self.search;
        let inside = |at: usize, by: i16, side: usize| {
            (at as i32 + i32::from(by)).clamp(0, side.saturating_sub(BLOCK_PX) as i32)
        };
        let (to_x, to_y) = (inside(self.x, vector[0], to.width), inside(self.y, vector[1], to.height));
        let vector = [(to_x - self.x as i32) as i16, (to_y - self.y as i32) as i16];
        if vector == self.vector && self.cost != u32::MAX {
            return;
        }
        let unlike: i16 = (vector[0] - self.expected[0]).abs() + (vector[1] - self.expected[1]).abs();
        let toll = SMOOTHNESS * unlike.unsigned_abs().min(8) as u32;
        let difference = difference(from, (self.x, self.y), to, (to_x as usize, to_y as usize));
        if difference + toll < self.cost {
            (self.vector, self.cost, self.difference) = (vector, difference + toll, difference);
        }
    }
}

/// Sum of absolute differences of two blocks. A change of brightness of the whole block, as in a flash or a fade, counts a
/// quarter.
#[inline]
fn difference(from: &Gray, (x, y): (usize, usize), to: &Gray, (to_x, to_y): (usize, usize)) -> u32 {
    let mut differences = [0_i16; BLOCK_PX * BLOCK_PX];
    for (line, differences) in differences.as_chunks_mut::<BLOCK_PX>().0.iter_mut().enumerate() {
        let one = &from.data[(y + line) * from.width + x..][..BLOCK_PX];
        let other = &to.data[(to_y + line) * to.width + to_x..][..BLOCK_PX];
        for ((difference, a), b) in differences.iter_mut().zip(one).zip(other) {
            *difference = i16::from(*a) - i16::from(*b);
        }
    }
    let brighter = differences.iter().sum::<i16>() / (BLOCK_PX * BLOCK_PX) as i16;
    let rest: u16 = differences.iter().map(|difference| (difference - brighter).unsigned_abs()).sum();
    u32::from(rest) + u32::from(brighter.unsigned_abs()) * (BLOCK_PX * BLOCK_PX / 4) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Soft spots, moved by (`dx`, `dy`).
    fn spots(dx: i32, dy: i32) -> Gray {
        let (width, height) = (160, 96);
        let value = |x: i32, y: i32| {
            let (x, y) = ((x - dx) as f32, (y - dy) as f32);
            128.0
                + 50.0 * (x * 0.13 + (y * 0.05).sin() * 3.0).sin()
                + 50.0 * (y * 0.17 + (x * 0.031).cos() * 4.0).cos()
        };
        let data = (0..height).flat_map(|y| (0..width).map(move |x| value(x, y) as u8)).collect();
        Gray { width: width as usize, height: height as usize, data }
    }

    fn share_with_vector(motion: &Motion, vector: Vector) -> f32 {
        let right = motion.vectors.iter().filter(|found| **found == vector).count();
        right as f32 / motion.vectors.len() as f32
    }

    #[test]
    fn what_rests_is_found_where_it_was() {
        let motion = seek(&spots(0, 0).pyramid(), &spots(0, 0).pyramid(), None);
        assert_eq!((share_with_vector(&motion, [0, 0]), motion.differences.iter().sum::<u32>()), (1.0, 0));
    }

    #[test]
    fn a_shift_is_found_at_once() {
        for (dx, dy) in [(3, -2), (11, 6), (-14, 0)] {
            let motion = seek(&spots(0, 0).pyramid(), &spots(dx, dy).pyramid(), None);
            // Blocks at the edge have left the frame.
            assert!(share_with_vector(&motion, [dx as i16, dy as i16]) > 0.6, "{dx} {dy}");
        }
    }

    #[test]
    fn a_pan_of_many_frames_is_followed() {
        let key = spots(0, 0).pyramid();
        let mut likely = None;
        for frame in 1..=8 {
            likely = Some(seek(&spots(5 * frame, 0).pyramid(), &key, likely.as_ref()));
        }
        assert!(share_with_vector(&likely.unwrap(), [-40, 0]) > 0.5);
    }

    #[test]
    fn a_flash_moves_nothing() {
        let (gray, mut bright) = (spots(0, 0), spots(0, 0));
        bright.data.iter_mut().for_each(|value| *value = *value / 2 + 90);
        let motion = seek(&bright.pyramid(), &gray.pyramid(), None);
        assert!(share_with_vector(&motion, [0, 0]) > 0.8, "{}", share_with_vector(&motion, [0, 0]));
    }

    #[test]
    fn the_smallest_frame_has_a_block() {
        let gray = Gray { width: 16, height: 16, data: vec![9; 256] };
        let motion = seek(&gray.pyramid(), &gray.pyramid(), None);
        assert_eq!((motion.columns, motion.rows, motion.vectors.len()), (3, 3, 9));
    }
}
