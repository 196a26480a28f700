//! Line drawings: regions between lines take the colours that are marked in them.
//!
//! On white paper luma cannot tell where a colour ends; lines do, and people do not close their lines. So colours spread in the
//! order of how wide the way is: everything that can be reached far from lines comes first, what lies behind a narrow gap last.
//! Two colours meet in the narrowest place between them, and a region with a wide middle and no mark of its own stays paper.
//!
//! # Source
//! The order is that of a watershed with markers on the distance to lines: Meyer, "Topographic distance and watershed lines",
//! Signal Processing 38, 1994. Wide middles that hold against what comes through gaps: the trapped ball of Zhang et al.,
//! "Vectorizing cartoon animations", IEEE TVCG 15, 2009.

use std::collections::VecDeque;

use autochrome_color::{Chroma, Plane};

use super::canvas::Canvas;
use crate::Answer;

/// Nobody's yet.
const FREE: u32 = u32::MAX;
/// Stays paper.
const PAPER: u32 = u32::MAX - 1;

/// Steps of the distance: straight and diagonal, a third of a pixel each.
const STRAIGHT: u16 = 3;
const DIAGONAL: u16 = 4;

/// Largest distance that is told from larger ones, in thirds of a pixel.
const FAR: u16 = 3 * 1000;

/// A drawing in colour, with the luma of colours that lie on its paper under its lines.
///
/// `gap` is the widest gap that holds colours back, as a share of the longer side.
///
/// # Shapes
/// `canvas` has the size of `luma`, L of CIELAB (D65).
pub(super) fn fill(luma: &Plane, canvas: &Canvas, gap: f32) -> Answer {
    let (width, height) = luma.size();
    let (ink, paper) = levels(luma);
    let is_ink: Vec<bool> = luma.data().iter().map(|&l| l < ink).collect();
    let grid = Grid { width, height };
    let distance = grid.distances(&is_ink);
    let half_gap =
        (gap * width.max(height) as f32 / 2.0 * f32::from(STRAIGHT)).min(f32::from(FAR - 1)) as u16;
    let owner = grid.regions(&is_ink, &distance, &canvas.marked, half_gap);

    let mut painted = luma.clone();
    let mut chroma = Chroma::neutral(width, height);
    for (i, &owner) in owner.iter().enumerate().filter(|(_, owner)| **owner < PAPER) {
        let owner = owner as usize;
        // The colour as if printed on the paper below the lines: linear light is multiplied, which scales L + 16, a and b alike.
        let shade = ((luma.data()[i] + 16.0) / (paper + 16.0)).clamp(0.0, 1.0);
        painted.data_mut()[i] = ((canvas.luma.data()[owner] + 16.0) * shade - 16.0).max(0.0);
        chroma.a.data_mut()[i] = canvas.colors.a.data()[owner] * shade;
        chroma.b.data_mut()[i] = canvas.colors.b.data()[owner] * shade;
    }
    Answer { luma: Some(painted), ..Answer::from(chroma) }
}

/// L below which a pixel belongs to a line, and L of the paper.
fn levels(luma: &Plane) -> (f32, f32) {
    let mut histogram = [0_u64; 101];
    luma.data().iter().for_each(|&l| histogram[if l > 0.0 { l.min(100.0) as usize } else { 0 }] += 1);
    let total: u64 = histogram.iter().sum();
    // The paper: nine tenths of all are darker, or what is lightest in a drawing that is mostly ink.
    let mut below = 0;
    let paper = histogram.iter().position(|count| {
        below += count;
        below * 10 > total * 9
    });
    let paper = paper.unwrap_or(100) as f32 + 1.0;
    // Otsu's threshold: the two halves differ most.
    let sum: f64 = histogram.iter().enumerate().map(|(l, &count)| l as f64 * count as f64).sum();
    let (mut dark, mut dark_sum, mut best, mut threshold) = (0.0, 0.0, 0.0, 50.0);
    for (l, &count) in histogram.iter().enumerate() {
        dark += count as f64;
        dark_sum += l as f64 * count as f64;
        let light = total as f64 - dark;
        if dark > 0.0 && light > 0.0 {
            let difference = dark_sum / dark - (sum - dark_sum) / light;
            let between = dark * light * difference * difference;
            if between > best {
                (best, threshold) = (between, l as f32 + 1.0);
            }
        }
    }
    // Faint pencil is a line as well, the grain of paper is none.
    (threshold.clamp(0.3 * paper, 0.9 * paper), paper)
}

struct Grid {
    width: usize,
    height: usize,
}

impl Grid {
    /// The four pixels that share a side with pixel `i`.
    fn neighbors(&self, i: usize) -> impl Iterator<Item = usize> {
        let (x, y) = (i % self.width, i / self.width);
        let sides = [
            (x > 0).then(|| i - 1),
            (x + 1 < self.width).then_some(i + 1),
            (y > 0).then(|| i - self.width),
            (y + 1 < self.height).then_some(i + self.width),
        ];
        sides.into_iter().flatten()
    }

    /// How far every pixel is from a line, in thirds of a pixel; the border of the picture is no line.
    fn distances(&self, is_ink: &[bool]) -> Vec<u16> {
        let mut distance: Vec<u16> = is_ink.iter().map(|&ink| if ink { 0 } else { FAR }).collect();
        let width = self.width;
        let mut settle = |x: usize, y: usize, forward: bool| {
            let i = y * width + x;
            let mut least = distance[i];
            let mut look = |possible: bool, other: usize, step: u16| {
                if possible {
                    least = least.min(distance[other] + step);
                }
            };
            let (left, right) = (x > 0, x + 1 < width);
            if forward {
                look(left, i.wrapping_sub(1), STRAIGHT);
                look(y > 0, i.wrapping_sub(width), STRAIGHT);
                look(y > 0 && left, i.wrapping_sub(width + 1), DIAGONAL);
                look(y > 0 && right, (i + 1).wrapping_sub(width), DIAGONAL);
            } else {
                let below = y + 1 < self.height;
                look(right, i + 1, STRAIGHT);
                look(below, i + width, STRAIGHT);
                look(below && right, i + width + 1, DIAGONAL);
                look(below && left, (i + width).wrapping_sub(1), DIAGONAL);
            }
            distance[i] = least.min(FAR);
        };
        for y in 0..self.height {
            (0..width).for_each(|x| settle(x, y, true));
        }
        for y in (0..self.height).rev() {
            (0..width).rev().for_each(|x| settle(x, y, false));
        }
        distance
    }

    /// The marked pixel whose colour each pixel takes, or [`PAPER`], or [`FREE`] for what nothing reached.
    fn regions(&self, is_ink: &[bool], distance: &[u16], marked: &[bool], half_gap: u16) -> Vec<u32> {
        let mut owner = vec![FREE; marked.len()];
        let mut waiting: Vec<VecDeque<u32>> = vec![VecDeque::new(); usize::from(FAR) + 1];
        for i in (0..marked.len()).filter(|&i| marked[i]) {
            owner[i] = i as u32;
            if !is_ink[i] {
                waiting[usize::from(distance[i])].push_back(i as u32);
            }
        }
        self.keep_unmarked_middles(distance, half_gap, &mut owner, &mut waiting);
        // The widest way first: a pixel comes up for the narrowest place on the way to it.
        let mut width = usize::from(FAR);
        loop {
            let Some(i) = waiting[width].pop_front() else {
                if width == 0 {
                    break;
                }
                width -= 1;
                continue;
            };
            for other in self.neighbors(i as usize) {
                if owner[other] == FREE && !is_ink[other] {
                    owner[other] = owner[i as usize];
                    waiting[usize::from(distance[other]).min(width)].push_back(other as u32);
                }
            }
        }
        self.grow_under_lines(is_ink, &mut owner);
        owner
    }

    /// Makes paper of everything that is cut off by gaps, has no mark, and is somewhere twice as wide as a gap: what is narrower
    /// is a nook of its neighbour.
    fn keep_unmarked_middles(
        &self,
        distance: &[u16],
        half_gap: u16,
        owner: &mut [u32],
        waiting: &mut [VecDeque<u32>],
    ) {
        let mut seen = vec![false; owner.len()];
        let mut middle = Vec::new();
        for start in 0..owner.len() {
            if seen[start] || distance[start] <= half_gap {
                continue;
            }
            seen[start] = true;
            middle.clear();
            middle.push(start);
            let (mut next, mut has_mark, mut widest) = (0, false, 0);
            while let Some(&i) = middle.get(next) {
                next += 1;
                has_mark |= owner[i] != FREE;
                widest = widest.max(distance[i]);
                for other in self.neighbors(i) {
                    if !seen[other] && distance[other] > half_gap {
                        seen[other] = true;
                        middle.push(other);
                    }
                }
            }
            if !has_mark && widest >= 2 * half_gap {
                for &i in &middle {
                    owner[i] = PAPER;
                    waiting[usize::from(distance[i])].push_back(i as u32);
                }
            }
        }
    }

    /// Lets colours run under the lines, where the paper shines through their soft edges.
    fn grow_under_lines(&self, is_ink: &[bool], owner: &mut [u32]) {
        let mut waiting: VecDeque<usize> = (0..owner.len()).filter(|&i| owner[i] != FREE).collect();
        while let Some(i) = waiting.pop_front() {
            for other in self.neighbors(i) {
                if owner[other] == FREE && is_ink[other] {
                    owner[other] = owner[i];
                    waiting.push_back(other);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Guidance, Point, Srgb};

    const RED: Srgb = Srgb { red: 220, green: 30, blue: 40 };
    const BLUE: Srgb = Srgb { red: 40, green: 60, blue: 200 };

    /// A box of black lines from 20 to 79 on paper of 100 × 100, with a gap of so many pixels in its right side.
    fn drawing(gap_px: usize) -> Plane {
        let mut luma = Plane::filled(100, 100, 98.0);
        for at in 20..80 {
            for line in [20, 79] {
                luma.data_mut()[line * 100 + at] = 5.0;
                if line == 20 || !(50..50 + gap_px).contains(&at) {
                    luma.data_mut()[at * 100 + line] = 5.0;
                }
            }
        }
        luma
    }

    fn filled(luma: &Plane, gap: f32, points: &[(f32, f32, Srgb)]) -> Answer {
        let point = |&(x, y, color): &(f32, f32, Srgb)| Point { x, y, radius: 0.01, color };
        let guidance = Guidance { points: points.iter().map(point).collect(), ..Guidance::default() };
        fill(luma, &Canvas::new(&guidance, luma.size()), gap)
    }

    #[test]
    fn a_mark_fills_its_region_and_no_other() {
        let answer = filled(&drawing(0), 0.02, &[(0.5, 0.5, RED)]);
        for (x, y, inside) in
            [(21, 21, true), (78, 78, true), (50, 30, true), (10, 50, false), (90, 90, false)]
        {
            assert_eq!(answer.chroma.a.row(y)[x] > 30.0, inside, "({x}, {y})");
        }
        let luma = answer.luma.unwrap();
        assert!(
            (luma.row(50)[50] - 46.0).abs() < 3.0,
            "paper gets the colour's own luma: {}",
            luma.row(50)[50]
        );
        assert_eq!(luma.row(90)[90], 98.0, "unmarked paper stays paper");
        assert!(luma.row(20)[50] < 10.0, "lines stay dark");
    }

    #[test]
    fn colours_do_not_leak_through_a_small_gap() {
        let answer = filled(&drawing(3), 0.06, &[(0.5, 0.5, RED)]);
        assert!(answer.chroma.a.row(50)[70] > 30.0 && answer.chroma.a.row(52)[90].abs() < 1e-6);
        let answer = filled(&drawing(3), 0.0, &[(0.5, 0.5, RED)]);
        assert!(answer.chroma.a.row(52)[90] > 30.0, "gap 0 lets them out");
    }

    #[test]
    fn a_nook_hardly_wider_than_its_opening_belongs_to_its_neighbour() {
        let mut luma = drawing(0);
        // A wall at a distance of 6 from the left side of the box, with an opening of 3.
        (21..79).filter(|y| !(48..51).contains(y)).for_each(|y| luma.data_mut()[y * 100 + 27] = 5.0);
        assert!(filled(&luma, 0.06, &[(0.6, 0.6, RED)]).chroma.a.row(30)[23] > 30.0);
    }

    #[test]
    fn two_colours_meet_in_the_gap_between_them() {
        let answer = filled(&drawing(6), 0.0, &[(0.3, 0.5, RED), (0.05, 0.05, BLUE)]);
        assert!(answer.chroma.a.row(70)[75] > 30.0, "inside stays red to its far corner");
        assert!(answer.chroma.b.row(52)[82] < -30.0, "outside stays blue, near the gap too");
    }

    #[test]
    fn a_drawing_without_any_line_is_filled_all_over() {
        let answer = filled(&Plane::filled(40, 30, 95.0), 0.02, &[(0.5, 0.5, BLUE)]);
        assert!(answer.chroma.b.data().iter().all(|&b| b < -30.0));
    }

    #[test]
    fn faint_pencil_is_a_line() {
        let mut luma = drawing(0);
        luma.data_mut().iter_mut().filter(|l| **l < 50.0).for_each(|l| *l = 70.0);
        let answer = filled(&luma, 0.02, &[(0.5, 0.5, RED)]);
        assert!(answer.chroma.a.row(50)[50] > 30.0 && answer.chroma.a.row(90)[90].abs() < 1e-6);
    }
}
