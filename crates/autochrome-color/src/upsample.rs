//! Chroma at the size of luma, its edges drawn by luma.
//!
//! Around every sample of small chroma c the picture is taken to follow its luma along a line, c + s · (L − l), where l is luma
//! averaged to chroma's size and s the slope of a regression over the 3 × 3 neighbourhood. Slopes and offsets are interpolated
//! bilinearly and applied to L at full size. Flat neighbourhoods have slope 0, which leaves plain bilinear interpolation; ε keeps
//! noise and fine texture from counting as a line.
//!
//! Two steps keep this cheap: chroma is lifted to at most [`WORKING_SIDE_PX`], where its means over the old samples are put right
//! (without that, interpolation loses colour), and from there rows are made one at a time, so nothing but the result has full size.
//!
//! # Source
//! Coefficients at low resolution, applied at full resolution: He, Sun, "Fast Guided Filter", arXiv:1505.00996, 2015.
//! Putting means right: Irani, Peleg, "Improving resolution by image registration", CVGIP 53(3), 1991 (iterative back-projection).

use std::borrow::Cow;

use crate::resize::{Filter, fit_within, resize_chroma, resize_plane};
use crate::{Chroma, Parallel as _, Plane, vectorized};

/// Longest side of the size at which coefficients live.
pub const WORKING_SIDE_PX: usize = 1024;

/// Variance of L under which luma says little about chroma.
const EPSILON: f32 = 30.0;

/// Rows that a thread makes one after another, so that they can share what lies between.
pub(crate) const ROWS_AT_A_TIME: usize = 16;

/// One-dimensional weights of a sample's neighbour and of itself: a Gaussian of deviation ½.
const BESIDE: f32 = 0.106_507;
const CENTRE: f32 = 1.0 - 2.0 * BESIDE;

/// Chroma at the size of `luma`, from chroma of any smaller or equal size; chroma of luma's size comes back as it is.
///
/// Pictures that are only to be shown should go through [`render8`](crate::render::render8), which needs no full-size chroma.
///
/// # Panics
/// When the planes of `chroma` differ in size.
#[must_use]
pub fn upsample(luma: &Plane, chroma: &Chroma) -> Chroma {
    let (width, height) = luma.size();
    match Source::new((width, height), luma, chroma) {
        Source::Whole(whole) => whole.into_owned(),
        Source::Cells(cells) => {
            let mut full = Chroma::neutral(width, height);
            cells.add_to(&mut full, luma);
            full
        }
    }
}

/// Where the rows of full-size chroma come from.
pub(crate) enum Source<'a> {
    /// Chroma has luma's size already.
    Whole(Cow<'a, Chroma>),
    /// Lines to apply to luma.
    Cells(Cells),
}

impl<'a> Source<'a> {
    /// For a picture of a size; `luma` is its own or a smaller copy, whose longer side has at least [`WORKING_SIDE_PX`].
    pub(crate) fn new((width, height): (usize, usize), luma: &Plane, chroma: &'a Chroma) -> Self {
        assert_eq!(chroma.a.size(), chroma.b.size(), "a and b have one size");
        if chroma.size() == (width, height) {
            return Self::Whole(Cow::Borrowed(chroma));
        }
        if chroma.a.data().is_empty() || luma.data().is_empty() {
            return Self::Cells(Cells { width: 1, height: 1, lines: vec![[0.0; 4]] });
        }
        let (small_w, small_h) = (chroma.a.width().min(width), chroma.a.height().min(height));
        let mut small = resize_chroma(&finite(chroma), small_w, small_h, Filter::Area);
        if (small_w, small_h) == (width, height) {
            return Self::Whole(Cow::Owned(small));
        }
        let (working_w, working_h) = fit_within(width, height, WORKING_SIDE_PX);
        let working = (working_w.max(small_w), working_h.max(small_h));
        let luma_working = if working == luma.size() {
            Cow::Borrowed(luma)
        } else {
            Cow::Owned(resize_plane(luma, working.0, working.1, Filter::Area))
        };
        if small.size() != working {
            small = upsample_keeping_means(&luma_working, &small);
        }
        if working == (width, height) {
            return Self::Whole(Cow::Owned(small));
        }
        Self::Cells(Cells::fit_lines(&luma_working, &small))
    }
}

/// `chroma` with everything that is not a number at 0.
fn finite(chroma: &Chroma) -> Chroma {
    let mut chroma = chroma.clone();
    for sample in chroma.a.data_mut().iter_mut().chain(chroma.b.data_mut()) {
        *sample = if sample.is_finite() { *sample } else { 0.0 };
    }
    chroma
}

/// `chroma` at the size of `luma`, with the same means over the areas of its old samples as before.
fn upsample_keeping_means(luma: &Plane, chroma: &Chroma) -> Chroma {
    let (width, height) = luma.size();
    let (small_w, small_h) = chroma.size();
    let luma_small = resize_plane(luma, small_w, small_h, Filter::Area);
    let cells = Cells::fit_lines(&luma_small, chroma);
    let mut lifted = Chroma::neutral(width, height);
    cells.add_to(&mut lifted, luma);
    let means = resize_chroma(&lifted, small_w, small_h, Filter::Area);
    Cells::difference(chroma, &means).add_to(&mut lifted, luma);
    lifted
}

/// Lines from L to a and b, on a grid: slope and offset for a, slope and offset for b.
pub(crate) struct Cells {
    pub(crate) width: usize,
    height: usize,
    lines: Vec<[f32; 4]>,
}

/// For every column of the result the cell to its left and the weight of the cell to its right.
pub(crate) struct Columns(Vec<(usize, f32)>);

impl Columns {
    pub(crate) fn new(cells: usize, columns: usize) -> Self {
        Self((0..columns).map(|x| position(x, columns, cells)).collect())
    }
}

/// The old sample before new sample `index`, and how far the new one lies towards the next.
fn position(index: usize, new: usize, old: usize) -> (usize, f32) {
    let at = ((index as f32 + 0.5) * old as f32 / new as f32 - 0.5).clamp(0.0, (old - 1) as f32);
    (at as usize, at.fract())
}

/// Two rows of cells at the width of the result: what lies between them needs no look at single cells.
#[derive(Default)]
pub(crate) struct Stretched {
    rows: [(Option<usize>, [Vec<f32>; 4]); 2],
}

impl Cells {
    /// The lines that go through every sample of `chroma`; `luma` has the same size.
    fn fit_lines(luma: &Plane, chroma: &Chroma) -> Self {
        let (width, height) = luma.size();
        let mut lines = vec![[0.0; 4]; width * height];
        lines.chunks_mut(width).enumerate().parallel_for_each_with(Default::default, |room, (y, lines)| {
            let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
            let room: &mut [[Vec<f32>; 3]; 3] = room;
            for (plane, room) in [luma, &chroma.a, &chroma.b].into_iter().zip(room.iter_mut()) {
                for (y, padded) in rows.into_iter().zip(room) {
                    let row = plane.row(y);
                    padded.clear();
                    padded.push(row[0]);
                    padded.extend_from_slice(row);
                    padded.push(row[width - 1]);
                }
            }
            vectorized(
                #[inline(always)]
                || fit_row(room, lines),
            );
        });
        Self { width, height, lines }
    }

    /// What `means` lack of `chroma`, as lines without slope.
    fn difference(chroma: &Chroma, means: &Chroma) -> Self {
        let (width, height) = chroma.size();
        let a = chroma.a.data().iter().zip(means.a.data()).map(|(wanted, mean)| wanted - mean);
        let b = chroma.b.data().iter().zip(means.b.data()).map(|(wanted, mean)| wanted - mean);
        Self { width, height, lines: a.zip(b).map(|(a, b)| [0.0, a, 0.0, b]).collect() }
    }

    /// Row `y` of cells at the width of the result.
    fn stretch(&self, y: usize, columns: &Columns, rows: &mut [Vec<f32>; 4]) {
        let cells = &self.lines[y * self.width..][..self.width];
        rows.iter_mut().for_each(|row| row.resize(columns.0.len(), 0.0));
        let [r0, r1, r2, r3] = rows;
        let rows = r0.iter_mut().zip(r1).zip(r2).zip(r3);
        for ((((v0, v1), v2), v3), &(left, weight)) in rows.zip(&columns.0) {
            let (left, right) = (&cells[left], &cells[(left + 1).min(self.width - 1)]);
            let mixed: [f32; 4] = std::array::from_fn(|i| left[i] + weight * (right[i] - left[i]));
            (*v0, *v1, *v2, *v3) = (mixed[0], mixed[1], mixed[2], mixed[3]);
        }
    }

    /// Adds row `y` of `height` to chroma, which lies under the row `luma`.
    #[inline(always)]
    pub(crate) fn add_row(
        &self,
        luma: &[f32],
        (y, height): (usize, usize),
        columns: &Columns,
        stretched: &mut Stretched,
        a: &mut [f32],
        b: &mut [f32],
    ) {
        let (above, weight) = position(y, height, self.height);
        let wanted = [above, (above + 1).min(self.height - 1)];
        let rows = &mut stretched.rows;
        // The lower row of the last call is mostly the upper one of this.
        if rows[0].0 != Some(wanted[0]) && rows[1].0 == Some(wanted[0]) {
            rows.swap(0, 1);
        }
        for (row, wanted) in rows.iter_mut().zip(wanted) {
            if row.0 != Some(wanted) {
                self.stretch(wanted, columns, &mut row.1);
                row.0 = Some(wanted);
            }
        }
        let count = luma.len();
        let [above, below] = rows;
        let [above, below] = [&above.1, &below.1].map(|rows| rows.each_ref().map(|row| &row[..count]));
        let (a, b) = (&mut a[..count], &mut b[..count]);
        for x in 0..count {
            let [slope_a, offset_a, slope_b, offset_b] =
                std::array::from_fn(|i| above[i][x] + weight * (below[i][x] - above[i][x]));
            a[x] += slope_a * luma[x] + offset_a;
            b[x] += slope_b * luma[x] + offset_b;
        }
    }

    /// Adds all rows to chroma of the size of `luma`.
    fn add_to(&self, chroma: &mut Chroma, luma: &Plane) {
        let (width, height) = luma.size();
        let columns = Columns::new(self.width, width);
        let pieces = ROWS_AT_A_TIME * width;
        let rows = chroma.a.data_mut().chunks_mut(pieces).zip(chroma.b.data_mut().chunks_mut(pieces));
        rows.enumerate().parallel_for_each_with(Stretched::default, |stretched, (piece, (a, b))| {
            let rows = a.chunks_mut(width).zip(b.chunks_mut(width));
            for (y, (a, b)) in (piece * ROWS_AT_A_TIME..).zip(rows) {
                vectorized(
                    #[inline(always)]
                    || self.add_row(luma.row(y), (y, height), &columns, stretched, a, b),
                );
            }
        });
    }
}

/// The lines through a row of samples: L, a and b of the row before, of itself and of the one after, each with its ends repeated.
#[inline(always)]
fn fit_row([l, a, b]: &[[Vec<f32>; 3]; 3], lines: &mut [[f32; 4]]) {
    let width = lines.len();
    let [l, a, b] = [l, a, b].map(|rows| rows.each_ref().map(|row| &row[..width + 2]));
    for (x, line) in lines.iter_mut().enumerate() {
        let (l0, a0, b0) = (l[1][x + 1], a[1][x + 1], b[1][x + 1]);
        // Moments about the sample in the middle, which keeps f32 from cancelling.
        let [mut sl, mut sa, mut sb, mut sll, mut sla, mut slb] = [0.0; 6];
        for (i, row_weight) in [BESIDE, CENTRE, BESIDE].into_iter().enumerate() {
            for (j, column_weight) in [BESIDE, CENTRE, BESIDE].into_iter().enumerate() {
                let weight = row_weight * column_weight;
                let (dl, da, db) = (l[i][x + j] - l0, a[i][x + j] - a0, b[i][x + j] - b0);
                sl += weight * dl;
                sa += weight * da;
                sb += weight * db;
                sll += weight * dl * dl;
                sla += weight * dl * da;
                slb += weight * dl * db;
            }
        }
        let scale = 1.0 / (sll - sl * sl + EPSILON);
        let (slope_a, slope_b) = ((sla - sl * sa) * scale, (slb - sl * sb) * scale);
        *line = [slope_a, a0 - slope_a * l0, slope_b, b0 - slope_b * l0];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A red disc, bright on dark green, with a ripple in luma.
    fn disc(width: usize, height: usize) -> (Plane, Chroma) {
        let mut luma = Plane::filled(width, height, 0.0);
        let mut chroma = Chroma::neutral(width, height);
        for y in 0..height {
            for x in 0..width {
                let (dx, dy) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
                let inside = dx.hypot(dy) < 0.3;
                let i = y * width + x;
                luma.data_mut()[i] = if inside { 65.0 } else { 35.0 } + (x as f32 * 0.9).sin();
                chroma.a.data_mut()[i] = if inside { 50.0 } else { -20.0 };
                chroma.b.data_mut()[i] = if inside { 30.0 } else { 10.0 };
            }
        }
        (luma, chroma)
    }

    fn error(got: &Chroma, wanted: &Chroma) -> f32 {
        let difference = |got: &Plane, wanted: &Plane| {
            got.data().iter().zip(wanted.data()).map(|(g, w)| (g - w).abs()).sum::<f32>()
                / wanted.data().len() as f32
        };
        difference(&got.a, &wanted.a) + difference(&got.b, &wanted.b)
    }

    #[test]
    fn edges_of_luma_sharpen_chroma() {
        let (luma, truth) = disc(160, 120);
        let small = resize_chroma(&truth, 20, 15, Filter::Area);
        let bilinear = resize_chroma(&small, 160, 120, Filter::Bilinear);
        let guided = upsample(&luma, &small);
        assert!(error(&guided, &truth) < 0.5 * error(&bilinear, &truth));
    }

    #[test]
    fn edges_sharpen_beyond_the_working_size_too() {
        let (luma, truth) = disc(1600, 1200);
        let small = resize_chroma(&truth, 100, 75, Filter::Area);
        let bilinear = resize_chroma(&small, 1600, 1200, Filter::Bilinear);
        let guided = upsample(&luma, &small);
        assert!(error(&guided, &truth) < 0.5 * error(&bilinear, &truth));
    }

    #[test]
    fn chroma_of_lumas_size_comes_back_as_it_is() {
        let (luma, chroma) = disc(33, 21);
        assert_eq!(upsample(&luma, &chroma), chroma);
    }

    #[test]
    fn chroma_larger_than_luma_is_averaged() {
        let (luma, _) = disc(16, 12);
        let (_, large) = disc(64, 48);
        assert_eq!(upsample(&luma, &large), resize_chroma(&large, 16, 12, Filter::Area));
    }

    #[test]
    fn no_chroma_is_gray() {
        let (luma, _) = disc(16, 12);
        assert_eq!(upsample(&luma, &Chroma::default()), Chroma::neutral(16, 12));
    }

    proptest! {
        #[test]
        fn a_constant_colour_stays_constant(
            w in 1_usize..60, h in 1_usize..60, small_w in 1_usize..60, small_h in 1_usize..60,
            a in -100.0_f32..100.0, b in -100.0_f32..100.0,
        ) {
            let (luma, _) = disc(w, h);
            let small = Chroma { a: Plane::filled(small_w, small_h, a), b: Plane::filled(small_w, small_h, b) };
            let full = upsample(&luma, &small);
            prop_assert!(full.a.data().iter().all(|v| (v - a).abs() < 1e-3));
            prop_assert!(full.b.data().iter().all(|v| (v - b).abs() < 1e-3));
        }

        #[test]
        fn constant_luma_leaves_a_picture_within_its_range(seed in any::<u32>()) {
            // Back-projection may overshoot a little, never run away.
            let noise = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) ^ seed) as f32 / u32::MAX as f32 * 100.0 - 50.0;
            let plane = Plane::from_vec(8, 6, (0..48).map(noise).collect()).unwrap();
            let full = upsample(&Plane::filled(64, 48, 50.0), &Chroma { a: plane.clone(), b: plane });
            prop_assert!(full.a.data().iter().all(|v| v.abs() < 120.0));
        }
    }
}
