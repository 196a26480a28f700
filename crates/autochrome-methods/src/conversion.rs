//! Guidance as a method can use it: strokes and marks for methods that know only points, references without what none looks at.

use autochrome_color::lab;

use crate::{Guidance, GuidanceKind, Marks, MethodInfo, Point, Srgb, Stroke};

/// Most points that are made of strokes and marks: beyond, they say nothing new to a network.
const MOST_POINTS: usize = 400;

/// Cells along the longer side in which marks become points.
const CELLS: usize = 48;

impl Guidance {
    /// Turns strokes and marks into points for a method that takes points but not them.
    pub fn convert_for(&mut self, info: &MethodInfo) {
        let takes = |kind| info.takes.contains(&kind);
        if !takes(GuidanceKind::Points) {
            return;
        }
        if !takes(GuidanceKind::Strokes) && !self.strokes.is_empty() {
            let room = (MOST_POINTS / self.strokes.len()).max(1);
            let strokes = std::mem::take(&mut self.strokes);
            self.points.extend(strokes.iter().flat_map(|stroke| sample_stroke(stroke, room)));
        }
        if !takes(GuidanceKind::Marks)
            && let Some(marks) = self.marks.take()
        {
            self.points.extend(within(&marks));
        }
    }
}

/// Points along a stroke, one for every width of the brush, at most `most`.
fn sample_stroke(stroke: &Stroke, most: usize) -> Vec<Point> {
    let length = |[from, to]: &[[f32; 2]; 2]| (to[0] - from[0]).hypot(to[1] - from[1]);
    let pieces: Vec<[[f32; 2]; 2]> = stroke.path.windows(2).map(|two| [two[0], two[1]]).collect();
    let all: f32 = pieces.iter().map(length).sum();
    let step = stroke.width.max(all / most as f32).max(f32::EPSILON);
    let point = |[x, y]: [f32; 2]| Point { x, y, radius: stroke.width / 2.0, color: stroke.color };
    let mut points: Vec<Point> = stroke.path.first().map(|&place| point(place)).into_iter().collect();
    let mut next = step;
    for piece @ [from, to] in &pieces {
        let long = length(piece);
        while next <= long && points.len() < most {
            let share = next / long;
            points.push(point([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]));
            next += step;
        }
        next -= long;
    }
    points
}

/// A point with the mean colour of the marks in every cell of a grid that is mostly marked.
fn within(marks: &Marks) -> Vec<Point> {
    let (width, height) = marks.chroma.size();
    let cell = width.max(height).div_ceil(CELLS).max(1);
    let columns = width.div_ceil(cell);
    // Number of marked pixels, sums of x and y, sums of L, a and b.
    let mut cells = vec![[0.0_f64; 6]; columns * height.div_ceil(cell)];
    for (i, _) in marks.marked.iter().enumerate().filter(|(_, marked)| **marked) {
        let (x, y) = (i % width, i / width);
        let lab = [&marks.luma, &marks.chroma.a, &marks.chroma.b].map(|plane| f64::from(plane.data()[i]));
        let values = [1.0, x as f64, y as f64, lab[0], lab[1], lab[2]];
        let sums = &mut cells[y / cell * columns + x / cell];
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    let mut full: Vec<[f64; 6]> = cells.into_iter().filter(|sums| sums[0] > 0.0).collect();
    full.sort_by(|one, other| other[0].total_cmp(&one[0]));
    full.truncate(MOST_POINTS);
    let longer = width.max(height) as f32;
    full.into_iter()
        .map(|[n, x, y, l, a, b]| {
            let rgb = lab::lab_to_srgb([l / n, a / n, b / n].map(|value| value as f32));
            let [red, green, blue] = rgb.map(|value| (255.0 * value.clamp(0.0, 1.0)).round() as u8);
            Point {
                x: (x / n + 0.5) as f32 / width as f32,
                y: (y / n + 0.5) as f32 / height as f32,
                // A square of as many pixels as were marked.
                radius: n.sqrt() as f32 / (2.0 * longer),
                color: Srgb { red, green, blue },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    const RED: Srgb = Srgb { red: 255, green: 0, blue: 0 };

    #[test]
    fn a_stroke_becomes_points_along_it() {
        let stroke = Stroke { path: vec![[0.1, 0.5], [0.5, 0.5], [0.5, 0.9]], width: 0.1, color: RED };
        let points = sample_stroke(&stroke, 100);
        assert_eq!(points.len(), 9);
        assert!((points[4].x - 0.5).abs() < 1e-5 && (points[4].y - 0.5).abs() < 1e-5, "{:?}", points[4]);
        assert!((points[8].x - 0.5).abs() < 1e-5 && (points[8].y - 0.9).abs() < 1e-5, "{:?}", points[8]);
        assert!(sample_stroke(&Stroke { width: 0.0, ..stroke }, 7).len() <= 7);
    }

    #[test]
    fn one_dab_of_the_brush_is_one_point() {
        let stroke = Stroke { path: vec![[0.3, 0.4]], width: 0.02, color: RED };
        assert_eq!(sample_stroke(&stroke, 5), [Point { x: 0.3, y: 0.4, radius: 0.01, color: RED }]);
    }

    #[test]
    fn marks_become_points_with_their_mean_colour() {
        let (luma, chroma) = lab::rgb8_to_lab(&[200, 40, 60].repeat(100 * 50), 100, 50);
        // A square of 6 pixels in the upper left corner of one cell.
        let marked = (0..100 * 50).map(|i| i % 100 < 3 && i / 100 < 2).collect();
        let points = within(&Marks { chroma, luma, marked });
        let mean_x = points.iter().map(|point| point.x).sum::<f32>() / points.len() as f32;
        assert!(mean_x < 0.03, "{points:?}");
        let Srgb { red, green, blue } = points[0].color;
        assert!(red.abs_diff(200) <= 1 && green.abs_diff(40) <= 1 && blue.abs_diff(60) <= 1, "{points:?}");
    }

    #[test]
    fn only_methods_without_strokes_get_points_instead() {
        let info = registry::find("neural").unwrap().info;
        let mut guidance = Guidance::default();
        guidance.strokes.push(Stroke { path: vec![[0.0, 0.0], [1.0, 1.0]], width: 0.01, color: RED });
        guidance.convert_for(info);
        let points_only = !info.takes.contains(&GuidanceKind::Strokes);
        assert_eq!(guidance.strokes.is_empty(), points_only);
        assert_eq!(guidance.points.is_empty(), !points_only);
    }
}
