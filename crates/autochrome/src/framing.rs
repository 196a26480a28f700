//! Keeps borders around a photograph from a method: it sees what lies within, and its answer is put back in place.

use std::borrow::Cow;

use autochrome_color::{Chroma, Plane};
use autochrome_media::Inner;
use autochrome_methods::{Answer, Area, Fixes, Guidance, Part};

/// The part of `luma` within its borders.
pub(crate) fn cropped(luma: &Plane, inner: Inner) -> Plane {
    let rows = luma.data().chunks_exact(luma.width().max(1)).skip(inner.y).take(inner.height);
    let data = rows.flat_map(|row| row[inner.x..inner.x + inner.width].iter().copied()).collect();
    Plane::from_vec(inner.width, inner.height, data).unwrap_or_default()
}

/// The guidance for what lies within the borders of a picture of `size`; `None` where it speaks of the borders too, or holds planes of
/// the whole picture.
pub(crate) fn within<'a>(
    guidance: &'a Guidance,
    size: (usize, usize),
    inner: Inner,
) -> Option<Cow<'a, Guidance>> {
    if guidance.marks.is_some() || guidance.colors.is_some() {
        return None;
    }
    if guidance.points.is_empty() && guidance.strokes.is_empty() && guidance.swatches.is_empty() {
        return Some(Cow::Borrowed(guidance));
    }
    let (width, height) = (size.0 as f32, size.1 as f32);
    let (inner_width, inner_height) = (inner.width as f32, inner.height as f32);
    let x = |x: f32| (x * width - inner.x as f32) / inner_width;
    let y = |y: f32| (y * height - inner.y as f32) / inner_height;
    let is_within = |place: f32| (0.0..=1.0).contains(&place);
    let longer = width.max(height) / inner_width.max(inner_height);
    let mut moved = guidance.clone();
    for point in &mut moved.points {
        (point.x, point.y, point.radius) = (x(point.x), y(point.y), point.radius * longer);
    }
    for stroke in &mut moved.strokes {
        stroke.path.iter_mut().for_each(|place| *place = [x(place[0]), y(place[1])]);
        stroke.width *= longer;
    }
    for swatch in &mut moved.swatches {
        let Area { x: left, y: top, width: wide, height: high } = swatch.picture;
        swatch.picture = Area {
            x: x(left),
            y: y(top),
            width: wide * width / inner_width,
            height: high * height / inner_height,
        };
    }
    let places = moved.points.iter().map(|point| [point.x, point.y]);
    let places = places.chain(moved.strokes.iter().flat_map(|stroke| stroke.path.iter().copied()));
    let areas = moved.swatches.iter().map(|swatch| swatch.picture);
    let corners = areas.flat_map(|area| [[area.x, area.y], [area.x + area.width, area.y + area.height]]);
    places.chain(corners).all(|[x, y]| is_within(x) && is_within(y)).then_some(Cow::Owned(moved))
}

/// Fixes for what lies within the borders of a picture of `size`: places outside move to the edge.
pub(crate) fn fixes_within(fixes: &Fixes, size: (usize, usize), inner: Inner) -> Fixes {
    let (width, height) = (size.0 as f32, size.1 as f32);
    let x = |x: f32| ((x * width - inner.x as f32) / inner.width as f32).clamp(0.0, 1.0);
    let y = |y: f32| ((y * height - inner.y as f32) / inner.height as f32).clamp(0.0, 1.0);
    let mut moved = fixes.clone();
    for fix in &mut moved.changes {
        match &mut fix.part {
            Part::Whole | Part::Thing(_) => {}
            Part::Around(place) => *place = [x(place[0]), y(place[1])],
            Part::Rectangle(area) => {
                let (left, top) = (x(area.x), y(area.y));
                let (right, bottom) = (x(area.x + area.width), y(area.y + area.height));
                *area = Area { x: left, y: top, width: right - left, height: bottom - top };
            }
        }
    }
    moved
}

/// An answer for what lies within, as one for the whole picture: without colour in the borders.
pub(crate) fn restore_borders(answer: Answer, luma: &Plane, inner: Inner) -> Answer {
    let Answer { chroma, luma: own, notes } = answer;
    let chroma = Chroma {
        a: placed(&chroma.a, luma.size(), inner, 0.0),
        b: placed(&chroma.b, luma.size(), inner, 0.0),
    };
    // A drawing that was painted over keeps its paper around it.
    let own = own.map(|own| {
        let mut whole = luma.clone();
        for (y, row) in own.data().chunks_exact(own.width().max(1)).enumerate() {
            let start = (inner.y + y) * luma.width() + inner.x;
            whole.data_mut()[start..start + row.len()].copy_from_slice(row);
        }
        whole
    });
    Answer { chroma, luma: own, notes }
}

/// `part` at its place within a plane that stands for a whole picture of `size`, at the scale of `part`.
fn placed(part: &Plane, size: (usize, usize), inner: Inner, around: f32) -> Plane {
    let (across, down) =
        (part.width() as f64 / inner.width as f64, part.height() as f64 / inner.height as f64);
    let scaled = |px: usize, scale: f64| (px as f64 * scale).round() as usize;
    let (x, y) = (scaled(inner.x, across), scaled(inner.y, down));
    let width = scaled(size.0, across).max(x + part.width());
    let height = scaled(size.1, down).max(y + part.height());
    let mut whole = Plane::filled(width, height, around);
    for (row, line) in part.data().chunks_exact(part.width().max(1)).enumerate() {
        let start = (y + row) * width + x;
        whole.data_mut()[start..start + line.len()].copy_from_slice(line);
    }
    whole
}

#[cfg(test)]
mod tests {
    use autochrome_methods::{Point, Srgb};

    use super::*;

    const INNER: Inner = Inner { x: 20, y: 10, width: 160, height: 80 };
    const SIZE: (usize, usize) = (200, 100);

    fn point(x: f32, y: f32) -> Guidance {
        let mut guidance = Guidance::default();
        guidance.points.push(Point { x, y, radius: 0.1, color: Srgb { red: 1, green: 2, blue: 3 } });
        guidance
    }

    #[test]
    fn a_place_within_the_picture_is_the_same_place_within_its_borders() {
        let middle = point(0.5, 0.5);
        let moved = within(&middle, SIZE, INNER).unwrap();
        let place = &moved.points[0];
        assert!((place.x - 0.5).abs() < 1e-6 && (place.y - 0.5).abs() < 1e-6);
        assert!((place.radius - 0.125).abs() < 1e-6, "{}", place.radius);
        let corner = point(0.1, 0.1);
        let moved = within(&corner, SIZE, INNER).unwrap();
        assert!(moved.points[0].x.abs() < 1e-6 && moved.points[0].y.abs() < 1e-6);
    }

    #[test]
    fn who_colours_the_border_means_the_whole_picture() {
        assert!(within(&point(0.02, 0.5), SIZE, INNER).is_none());
        assert!(within(&Guidance::default(), SIZE, INNER).is_some());
    }

    #[test]
    fn an_answer_comes_back_to_its_place_with_nothing_around() {
        let chroma = Chroma { a: Plane::filled(40, 20, 9.0), b: Plane::filled(40, 20, -3.0) };
        let luma = Plane::filled(200, 100, 50.0);
        let whole = restore_borders(chroma.into(), &luma, INNER).chroma;
        assert_eq!(whole.size(), (50, 25));
        assert_eq!(whole.a.data().iter().filter(|&&a| a != 0.0).count(), 800);
        assert_eq!(
            (whole.a.row(1)[10], whole.a.row(12)[4], whole.a.row(12)[5], whole.b.row(12)[5]),
            (0.0, 0.0, 9.0, -3.0)
        );
        assert_eq!(cropped(&luma, INNER).size(), (160, 80));
    }
}
