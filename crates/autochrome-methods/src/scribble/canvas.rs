//! Points, strokes and painted marks as pixels.

use autochrome_color::{Chroma, Plane};

use crate::{Guidance, Marks, Point, Stroke};

/// What a person marked, at some size of the picture.
pub(super) struct Canvas {
    /// L of CIELAB (D65) of the marks.
    pub(super) luma: Plane,
    /// a and b of CIELAB (D65) of the marks.
    pub(super) colors: Chroma,
    /// Which pixels are marked.
    pub(super) marked: Vec<bool>,
    width: usize,
    height: usize,
}

impl Canvas {
    /// Marks first, then strokes in their order, then points; what comes later holds.
    pub(super) fn new(guidance: &Guidance, (width, height): (usize, usize)) -> Self {
        let mut canvas = Self {
            luma: Plane::filled(width, height, 0.0),
            colors: Chroma::neutral(width, height),
            marked: vec![false; width * height],
            width,
            height,
        };
        if let Some(marks) = &guidance.marks {
            canvas.draw_scaled(marks);
        }
        guidance.strokes.iter().for_each(|stroke| canvas.stroke(stroke));
        guidance.points.iter().for_each(|point| canvas.point(point));
        canvas
    }

    /// Whether any pixel is marked.
    pub(super) fn is_marked(&self) -> bool {
        self.marked.contains(&true)
    }

    fn mark(&mut self, x: usize, y: usize, [l, a, b]: [f32; 3]) {
        let i = y * self.width + x;
        self.marked[i] = true;
        self.luma.data_mut()[i] = l;
        self.colors.a.data_mut()[i] = a;
        self.colors.b.data_mut()[i] = b;
    }

    /// The longer side in pixels, which sizes of brushes are shares of.
    fn longer_side_px(&self) -> f32 {
        self.width.max(self.height) as f32
    }

    /// The pixel under a place in pixels; `None` outside of the picture.
    fn pixel(&self, [x, y]: [f32; 2]) -> Option<(usize, usize)> {
        let (width, height) = (self.width as f32, self.height as f32);
        let inside = (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
        inside.then(|| ((x as usize).min(self.width - 1), (y as usize).min(self.height - 1)))
    }

    /// The pixels of one side whose centres lie in `low..=high`.
    fn centres(low: f32, high: f32, side: usize) -> std::ops::Range<usize> {
        let end = (high + 0.5).floor().clamp(0.0, side as f32) as usize;
        (low - 0.5).ceil().clamp(0.0, side as f32) as usize..end
    }

    fn point(&mut self, point: &Point) {
        let lab = point.color.to_lab();
        let [x, y] = [point.x * self.width as f32, point.y * self.height as f32];
        let radius = point.radius.max(0.0) * self.longer_side_px();
        if ![x, y, radius].iter().all(|value| value.is_finite()) {
            return;
        }
        for row in Self::centres(y - radius, y + radius, self.height) {
            for column in Self::centres(x - radius, x + radius, self.width) {
                self.mark(column, row, lab);
            }
        }
        if let Some((x, y)) = self.pixel([x, y]) {
            self.mark(x, y, lab);
        }
    }

    fn stroke(&mut self, stroke: &Stroke) {
        let lab = stroke.color.to_lab();
        // Half a pixel at least, so that a line has no holes.
        let radius = (stroke.width * self.longer_side_px() / 2.0).max(0.5);
        let scale = |[x, y]: [f32; 2]| [x * self.width as f32, y * self.height as f32];
        let path: Vec<[f32; 2]> = stroke.path.iter().map(|&place| scale(place)).collect();
        if !radius.is_finite() || !path.iter().flatten().all(|value| value.is_finite()) {
            return;
        }
        let corners = thinned(&path);
        for pair in corners.windows(2) {
            self.segment(pair[0], pair[1], radius, lab);
        }
        if let [dab] = corners[..] {
            self.segment(dab, dab, radius, lab);
        }
        for corner in path {
            if let Some((x, y)) = self.pixel(corner) {
                self.mark(x, y, lab);
            }
        }
    }

    /// Every pixel whose centre is at most `radius` from a straight line.
    fn segment(&mut self, from: [f32; 2], to: [f32; 2], radius: f32, lab: [f32; 3]) {
        let along = [to[0] - from[0], to[1] - from[1]];
        let square = along[0] * along[0] + along[1] * along[1];
        for row in Self::centres(from[1].min(to[1]) - radius, from[1].max(to[1]) + radius, self.height) {
            let down = row as f32 + 0.5 - from[1];
            // The part of the line that this row can be near to: a long oblique line has few pixels in each row.
            let (near, far) = if along[1].abs() > f32::EPSILON {
                let ends = [(down - radius) / along[1], (down + radius) / along[1]];
                let end = |share: f32| from[0] + share.clamp(0.0, 1.0) * along[0];
                (end(ends[0]), end(ends[1]))
            } else {
                (from[0], to[0])
            };
            for column in Self::centres(near.min(far) - radius, near.max(far) + radius, self.width) {
                let place = [column as f32 + 0.5 - from[0], down];
                let share = if square > 0.0 {
                    ((place[0] * along[0] + place[1] * along[1]) / square).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let beside = [place[0] - share * along[0], place[1] - share * along[1]];
                if beside[0] * beside[0] + beside[1] * beside[1] <= radius * radius {
                    self.mark(column, row, lab);
                }
            }
        }
    }

    /// Marks of any size over the whole picture; a pixel is marked when any of what it covers is, with the mean of that.
    fn draw_scaled(&mut self, marks: &Marks) {
        let (width, height) = marks.chroma.size();
        if marks.luma.size() != (width, height)
            || marks.marked.len() != width * height
            || marks.marked.is_empty()
        {
            return;
        }
        let covered = |index: usize, new: usize, old: usize| {
            let first = (index * old / new).min(old - 1);
            first..((index + 1) * old).div_ceil(new).clamp(first + 1, old)
        };
        for y in 0..self.height {
            for x in 0..self.width {
                let (mut sum, mut count) = ([0.0_f32; 3], 0.0);
                for row in covered(y, self.height, height) {
                    for i in covered(x, self.width, width).map(|column| row * width + column) {
                        if marks.marked[i] {
                            let planes = [&marks.luma, &marks.chroma.a, &marks.chroma.b];
                            sum.iter_mut().zip(planes).for_each(|(sum, plane)| *sum += plane.data()[i]);
                            count += 1.0;
                        }
                    }
                }
                if count > 0.0 {
                    self.mark(x, y, sum.map(|sum| sum / count));
                }
            }
        }
    }
}

/// The corners of a line in pixels without those that lie within half a pixel of the last one before: a hand that rests draws thousands.
fn thinned(path: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut corners: Vec<[f32; 2]> = Vec::new();
    for (place, corner) in path.iter().enumerate() {
        let is_end = place + 1 == path.len() && corners.len() > 1;
        let near = corners.last().is_some_and(|last| (corner[0] - last[0]).hypot(corner[1] - last[1]) < 0.5);
        if !near || is_end {
            corners.push(*corner);
        }
    }
    corners
}

#[cfg(test)]
mod tests {
    use autochrome_color::lab;

    use super::*;
    use crate::Srgb;

    const RED: Srgb = Srgb { red: 255, green: 0, blue: 0 };
    const BLUE: Srgb = Srgb { red: 0, green: 0, blue: 255 };

    fn drawn(canvas: &Canvas) -> Vec<String> {
        canvas
            .marked
            .chunks(canvas.width)
            .map(|row| row.iter().map(|&marked| if marked { '#' } else { '.' }).collect())
            .collect()
    }

    fn strokes(strokes: Vec<Stroke>, size: (usize, usize)) -> Canvas {
        Canvas::new(&Guidance { strokes, ..Guidance::default() }, size)
    }

    #[test]
    fn a_line_without_width_is_one_pixel_wide_and_has_no_holes() {
        let line = Stroke { path: vec![[0.0, 0.1], [1.0, 0.9]], width: 0.0, color: RED };
        let canvas = strokes(vec![line], (9, 5));
        for x in 0..9 {
            assert!((0..5).any(|y| canvas.marked[y * 9 + x]), "column {x} of {:?}", drawn(&canvas));
        }
        assert!(canvas.marked.iter().filter(|marked| **marked).count() <= 14, "{:?}", drawn(&canvas));
    }

    #[test]
    fn a_brush_has_its_width() {
        let line = Stroke { path: vec![[0.0, 0.5], [1.0, 0.5]], width: 0.3, color: RED };
        assert_eq!(
            drawn(&strokes(vec![line], (10, 5))),
            ["..........", "##########", "##########", "##########", ".........."]
        );
    }

    #[test]
    fn a_long_stroke_of_very_many_points_is_drawn_in_a_moment() {
        let spiral = |points: usize| {
            let place = |i: usize| {
                let turn = i as f32 / points as f32;
                let (sin, cos) = (40.0 * turn).sin_cos();
                [0.5 + 0.4 * turn * cos, 0.5 + 0.4 * turn * sin]
            };
            Stroke { path: (0..points).map(place).collect(), width: 0.01, color: RED }
        };
        let zigzag = Stroke {
            path: (0..100_000_u32)
                .map(|i| [(i % 2) as f32, (i.wrapping_mul(2_654_435_761) >> 8) as f32 / 16_777_216.0])
                .collect(),
            width: 0.0,
            color: RED,
        };
        let start = std::time::Instant::now();
        let many = strokes(vec![spiral(100_000)], (512, 512));
        strokes(vec![zigzag], (64, 64));
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
        // Fewer points mean shorter chords: all but the rim is the same.
        let few = strokes(vec![spiral(20_000)], (512, 512));
        let differ = many.marked.iter().zip(&few.marked).filter(|(a, b)| a != b).count();
        assert!(differ < 200, "{differ}");
    }

    #[test]
    fn where_strokes_cross_the_last_one_holds() {
        let line = |path: [[f32; 2]; 2], color| Stroke { path: path.to_vec(), width: 0.0, color };
        let canvas =
            strokes(vec![line([[0.0, 0.5], [1.0, 0.5]], RED), line([[0.5, 0.0], [0.5, 1.0]], BLUE)], (5, 5));
        assert!(canvas.colors.b.row(2)[2] < -100.0 && canvas.colors.b.row(2)[0] > 60.0);
    }

    #[test]
    fn what_lies_outside_marks_nothing() {
        let outside = |x: f32| Stroke { path: vec![[x, 2.0], [x, 3.0]], width: 0.1, color: RED };
        assert!(!strokes(vec![outside(0.5), outside(f32::NAN), outside(f32::INFINITY)], (8, 8)).is_marked());
        let through = Stroke { path: vec![[-1.0, 0.5], [2.0, 0.5]], width: 0.0, color: RED };
        assert_eq!(strokes(vec![through], (8, 7)).marked.iter().filter(|marked| **marked).count(), 8);
    }

    #[test]
    fn a_point_is_a_square_and_at_least_one_pixel() {
        let points = vec![Point { x: 0.25, y: 0.5, radius: 0.125, color: RED }];
        let canvas = Canvas::new(&Guidance { points, ..Guidance::default() }, (8, 4));
        assert_eq!(drawn(&canvas), ["........", ".##.....", ".##.....", "........"]);
        let points = vec![Point { x: 1.0, y: 1.0, radius: 0.0, color: RED }];
        let canvas = Canvas::new(&Guidance { points, ..Guidance::default() }, (8, 4));
        assert_eq!(canvas.marked.iter().position(|marked| *marked), Some(31));
    }

    #[test]
    fn thin_marks_of_a_large_picture_survive_in_a_small_one() {
        let (luma, chroma) = lab::rgb8_to_lab(&[255, 0, 0].repeat(100 * 100), 100, 100);
        let marked = (0..100 * 100).map(|i| i / 100 == 50).collect();
        let marks = Some(Marks { luma, chroma, marked });
        let canvas = Canvas::new(&Guidance { marks, ..Guidance::default() }, (10, 10));
        assert_eq!(canvas.marked.iter().filter(|marked| **marked).count(), 10);
        assert!((canvas.colors.a.row(5)[3] - 80.1).abs() < 0.2);
    }
}
