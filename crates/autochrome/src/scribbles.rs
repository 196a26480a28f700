//! Strokes that were painted in another program, and strokes for methods that know only points.

use autochrome_color::lab;
use autochrome_media::{Alpha, Picture};
use autochrome_methods::{Guidance, GuidanceKind, Marks, MethodError, MethodInfo, Point, Srgb, Stroke};

use crate::Error;

/// Most points that are made of strokes and marks: beyond, they say nothing new to a network.
const MOST_POINTS: usize = 400;

/// Cells along the longer side in which marks become points.
const CELLS: usize = 48;

/// Difference from the picture, summed over red, green and blue in 0..=1, from which a pixel of a copy is marked.
///
/// # Source
/// Levin, Lischinski, Weiss, "Colorization using Optimization", SIGGRAPH 2004: the authors' released code.
const MARKED: f32 = 0.01;

/// A picture with strokes of colour.
#[derive(Clone, Debug)]
pub enum Scribbles {
    /// Strokes alone, everything else transparent: they go over any picture.
    Overlay(Marks),
    /// A copy of the picture that was painted over: what differs is marked.
    Copy(Box<Picture>),
}

impl Scribbles {
    /// Strokes alone when anything is transparent, else a copy. The picture must have been read with its colours.
    #[must_use]
    pub fn new(picture: Picture) -> Self {
        match overlay(&picture) {
            Some(marks) => Self::Overlay(marks),
            None => Self::Copy(Box::new(picture)),
        }
    }

    /// Whether the colours that the picture has are needed to tell what was painted over.
    #[must_use]
    pub fn needs_colors(&self) -> bool {
        matches!(self, Self::Copy(_))
    }

    /// What is marked on `picture`.
    ///
    /// # Errors
    /// When nothing is, or a copy has another size than the picture.
    pub fn marks(&self, picture: &Picture) -> Result<Marks, Error> {
        let marks = match self {
            Self::Overlay(marks) => marks.clone(),
            Self::Copy(copy) => differences(picture, copy)?,
        };
        if !marks.marked.contains(&true) {
            return Err(unfit(
                "nothing is painted there; paint over a copy of the picture and keep it without loss (PNG), or paint on \
                 a transparent picture"
                    .to_owned(),
            ));
        }
        Ok(marks)
    }
}

fn unfit(reason: String) -> Error {
    MethodError::GuidanceUnfit { kind: GuidanceKind::Marks, reason }.into()
}

/// What is opaque in a picture; `None` when all of it is.
#[must_use]
pub fn overlay(picture: &Picture) -> Option<Marks> {
    let marked = match picture.alpha.as_ref()? {
        Alpha::Eight(alpha) => alpha.iter().map(|&alpha| alpha >= 1 << 7).collect(),
        Alpha::Sixteen(alpha) => alpha.iter().map(|&alpha| alpha >= 1 << 15).collect(),
    };
    let (width, height) = picture.luma.size();
    let chroma = picture.chroma.clone().unwrap_or_else(|| autochrome_color::Chroma::neutral(width, height));
    Some(Marks { chroma, luma: picture.luma.clone(), marked })
}

/// Where a painted copy differs from the picture, be it from its colours or from its gray.
fn differences(picture: &Picture, copy: &Picture) -> Result<Marks, Error> {
    if picture.luma.size() != copy.luma.size() {
        let size = |picture: &Picture| format!("{} × {}", picture.width(), picture.height());
        return Err(unfit(format!(
            "the painted copy has {} pixels, the picture {}; paint over a copy of the same size, or on a transparent picture",
            size(copy),
            size(picture)
        )));
    }
    let at = |picture: &Picture, i: usize| {
        let ab = picture.chroma.as_ref().map_or([0.0; 2], |chroma| [chroma.a.data()[i], chroma.b.data()[i]]);
        lab::lab_to_srgb([picture.luma.data()[i], ab[0], ab[1]])
    };
    let far =
        |one: [f32; 3], other: [f32; 3]| (0..3).map(|k| (one[k] - other[k]).abs()).sum::<f32>() > MARKED;
    let marked = (0..picture.luma.data().len()).map(|i| {
        let painted = at(copy, i);
        let gray = lab::lab_to_srgb([picture.luma.data()[i], 0.0, 0.0]);
        far(painted, at(picture, i)) && far(painted, gray)
    });
    let marked = marked.collect();
    let (width, height) = copy.luma.size();
    let chroma = copy.chroma.clone().unwrap_or_else(|| autochrome_color::Chroma::neutral(width, height));
    Ok(Marks { chroma, luma: copy.luma.clone(), marked })
}

/// Turns strokes and marks into points for a method that takes those alone.
pub fn fit(guidance: &mut Guidance, info: &MethodInfo) {
    let takes = |kind| info.guidance.contains(&kind);
    if !takes(GuidanceKind::Points) {
        return;
    }
    if !takes(GuidanceKind::Strokes) && !guidance.strokes.is_empty() {
        let room = (MOST_POINTS / guidance.strokes.len()).max(1);
        let strokes = std::mem::take(&mut guidance.strokes);
        guidance.points.extend(strokes.iter().flat_map(|stroke| along(stroke, room)));
    }
    if !takes(GuidanceKind::Marks)
        && let Some(marks) = guidance.marks.take()
    {
        guidance.points.extend(within(&marks));
    }
}

/// Points along a stroke, one for every width of the brush, at most `most`.
fn along(stroke: &Stroke, most: usize) -> Vec<Point> {
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
    use autochrome_media::{Depth, Format, Metadata};
    use autochrome_methods::registry;

    use super::*;

    const RED: Srgb = Srgb { red: 255, green: 0, blue: 0 };

    fn picture(rgb: &[u8], width: usize, alpha: Option<Vec<u8>>) -> Picture {
        let (luma, chroma) = lab::rgb8_to_lab(rgb, width, rgb.len() / 3 / width);
        Picture {
            luma,
            chroma: Some(chroma),
            alpha: alpha.map(Alpha::Eight),
            depth: Depth::Eight,
            format: Format::Png,
            metadata: Metadata::default(),
            was_gray: false,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_stroke_becomes_points_along_it() {
        let stroke = Stroke { path: vec![[0.1, 0.5], [0.5, 0.5], [0.5, 0.9]], width: 0.1, color: RED };
        let points = along(&stroke, 100);
        assert_eq!(points.len(), 9);
        assert!((points[4].x - 0.5).abs() < 1e-5 && (points[4].y - 0.5).abs() < 1e-5, "{:?}", points[4]);
        assert!((points[8].x - 0.5).abs() < 1e-5 && (points[8].y - 0.9).abs() < 1e-5, "{:?}", points[8]);
        assert!(along(&Stroke { width: 0.0, ..stroke }, 7).len() <= 7);
    }

    #[test]
    fn one_dab_of_the_brush_is_one_point() {
        let stroke = Stroke { path: vec![[0.3, 0.4]], width: 0.02, color: RED };
        assert_eq!(along(&stroke, 5), [Point { x: 0.3, y: 0.4, radius: 0.01, color: RED }]);
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
        fit(&mut guidance, info);
        let points_only = !info.guidance.contains(&GuidanceKind::Strokes);
        assert_eq!(guidance.strokes.is_empty(), points_only);
        assert_eq!(guidance.points.is_empty(), !points_only);
    }

    #[test]
    fn what_differs_from_the_picture_is_marked() {
        let before = picture(&[100; 12], 2, None);
        let mut rgb = [100; 12];
        // One step of 255 is below the threshold in all three channels together, three steps are not.
        rgb[3..6].copy_from_slice(&[101, 100, 100]);
        rgb[6..9].copy_from_slice(&[103, 100, 100]);
        rgb[9..12].copy_from_slice(&[200, 40, 40]);
        let copy = Scribbles::new(picture(&rgb, 2, None));
        let marks = copy.marks(&before).unwrap();
        assert_eq!(marks.marked, [false, false, true, true]);
        assert!(copy.needs_colors() && marks.chroma.a.data()[3] > 40.0);
    }

    #[test]
    fn a_copy_painted_over_the_gray_of_a_sepia_scan_is_marked_where_it_was_painted() {
        let sepia = picture(&[120, 100, 80].repeat(4), 2, None);
        let gray = lab::lab_to_rgb8(&sepia.luma, &autochrome_color::Chroma::neutral(2, 2));
        let mut painted = gray.clone();
        painted[..3].copy_from_slice(&[0, 160, 0]);
        let marked =
            |rgb: &[u8]| Scribbles::new(picture(rgb, 2, None)).marks(&sepia).map(|marks| marks.marked);
        assert_eq!(marked(&painted).unwrap(), [true, false, false, false]);
        let error = marked(&gray).unwrap_err();
        assert!(error.to_string().contains("nothing is painted"), "{error}");
    }

    #[test]
    fn a_copy_of_another_size_is_refused_and_an_overlay_fits_all() {
        let small = picture(&[100; 12], 2, None);
        let large = picture(&[100; 27], 3, None);
        let error = Scribbles::new(large).marks(&small).unwrap_err().to_string();
        assert!(error.contains("3 × 3") && error.contains("2 × 2"), "{error}");
        let over = Scribbles::new(picture(&[9; 27], 3, Some(vec![0, 0, 0, 255, 0, 0, 0, 0, 0])));
        assert!(!over.needs_colors());
        assert_eq!(over.marks(&small).unwrap().marked.iter().position(|marked| *marked), Some(3));
        assert_eq!(overlay(&picture(&[9; 27], 3, None)), None);
    }

    #[test]
    fn an_empty_overlay_says_what_to_do() {
        let over = Scribbles::new(picture(&[9; 12], 2, Some(vec![0; 4])));
        let error = over.marks(&picture(&[9; 12], 2, None)).unwrap_err();
        assert_eq!(error.code(), "guidance-unfit");
    }
}
