//! Borders around photographs: white rims, black edges of film, mounts.

use autochrome_color::Plane;
use autochrome_color::resize::{Filter, fit_within, resize_plane};

/// Longer side at which borders are looked for, in pixels.
const SIDE_PX: usize = 384;
/// How far the samples of a border may lie from its usual L.
const FLAT: f32 = 5.0;
/// Least share of a line that must be flat: a border has stains and words on it.
const FLAT_SHARE: f32 = 0.9;
/// Least step of L from a border to the picture.
const STEP: f32 = 8.0;
/// Least share of a side along which there is such a step: a sky that fades is no border.
const STEP_SHARE: f32 = 0.8;
/// How far behind a border the picture is compared with it, in samples: edges are blurred.
const BEHIND: usize = 3;
/// Widest border, as a share of the picture's width or height.
const WIDEST: f32 = 0.3;
/// How many borders may lie within each other: the black edge of a film within white paper within a mount.
const NESTED: usize = 3;
/// Least share of the picture's width and height that must be left.
const LEAST: f32 = 0.4;

/// The part of a picture within its borders, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inner {
    /// First column.
    pub x: usize,
    /// First row.
    pub y: usize,
    /// Columns, at least one.
    pub width: usize,
    /// Rows, at least one.
    pub height: usize,
}

/// What lies within the borders of a picture with this luma (L of CIELAB, 0..=100); `None` where there are none.
///
/// A border is flat, reaches along a whole side of what is left, and ends at a straight edge.
#[must_use]
pub fn find_frame(luma: &Plane) -> Option<Inner> {
    let (width, height) = luma.size();
    let (small_width, small_height) = fit_within(width, height, SIDE_PX);
    if small_width < 32 || small_height < 32 {
        return None;
    }
    let small = resize_plane(luma, small_width, small_height, Filter::Area);
    let whole = Area { left: 0, right: small_width, top: 0, bottom: small_height };
    let mut inner = whole;
    for _ in 0..NESTED {
        let next = within(&small, inner);
        if next == inner {
            break;
        }
        inner = next;
    }
    let left = |is: usize, all: usize| is as f32 >= LEAST * all as f32;
    if inner == whole
        || !left(inner.right - inner.left, small_width)
        || !left(inner.bottom - inner.top, small_height)
    {
        return None;
    }
    // One sample more than the border: its last is a mixture.
    let scale = |at: usize, small: usize, full: usize| at * full / small;
    let start = |at: usize, small: usize, full: usize| if at == 0 { 0 } else { scale(at + 1, small, full) };
    let end =
        |at: usize, small: usize, full: usize| if at == small { full } else { scale(at - 1, small, full) };
    let (x, y) = (start(inner.left, small_width, width), start(inner.top, small_height, height));
    let (right, bottom) = (end(inner.right, small_width, width), end(inner.bottom, small_height, height));
    (right > x && bottom > y).then(|| Inner { x, y, width: right - x, height: bottom - y })
}

/// Columns `left..right` and rows `top..bottom`.
#[derive(Clone, Copy, PartialEq)]
struct Area {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

/// What is left of `area` without the outermost border at each of its sides.
fn within(plane: &Plane, area: Area) -> Area {
    let Area { left, right, top, bottom } = area;
    let row = |y: usize| plane.row(y)[left..right].to_vec();
    let column = |x: usize| (top..bottom).map(|y| plane.row(y)[x]).collect::<Vec<f32>>();
    let (width, height) = (right - left, bottom - top);
    Area {
        left: left + border(width, |i| column(left + i)),
        right: right - border(width, |i| column(right - 1 - i)),
        top: top + border(height, |i| row(top + i)),
        bottom: bottom - border(height, |i| row(bottom - 1 - i)),
    }
}

/// How many lines from the outside belong to a border; `line` counts from there, and there are `count`.
fn border(count: usize, line: impl Fn(usize) -> Vec<f32>) -> usize {
    let most = (WIDEST * count as f32) as usize;
    let level = median(line(0));
    let is_flat = |line: &[f32]| {
        let near = line.iter().filter(|&&l| (l - level).abs() <= FLAT).count();
        near as f32 >= FLAT_SHARE * line.len() as f32
    };
    let flat = (0..most).take_while(|&i| is_flat(&line(i))).count();
    if flat == 0 || flat == most || flat + BEHIND >= count {
        return 0;
    }
    let behind = line(flat + BEHIND - 1);
    let steps = behind.iter().filter(|&&l| (l - level).abs() >= STEP).count();
    if steps as f32 >= STEP_SHARE * behind.len() as f32 { flat } else { 0 }
}

fn median(mut values: Vec<f32>) -> f32 {
    let middle = values.len() / 2;
    if values.is_empty() { 0.0 } else { *values.select_nth_unstable_by(middle, f32::total_cmp).1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something like a photograph: all values from 20 to 80, and no line flat.
    fn scene(x: usize, y: usize) -> f32 {
        20.0 + ((x * 7 + y * 13 + x * y / 5) % 61) as f32
    }

    fn plane(width: usize, height: usize, at: impl Fn(usize, usize) -> f32) -> Plane {
        let data = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
        Plane::from_vec(width, height, data).unwrap()
    }

    #[test]
    fn a_picture_without_borders_has_none() {
        assert_eq!(find_frame(&plane(300, 200, scene)), None);
        assert_eq!(find_frame(&Plane::filled(300, 200, 95.0)), None);
        assert_eq!(find_frame(&plane(20, 20, scene)), None);
    }

    #[test]
    fn a_white_border_is_found_to_its_edge() {
        let framed = plane(300, 200, |x, y| {
            if (20..280).contains(&x) && (12..170).contains(&y) { scene(x, y) } else { 96.0 }
        });
        let inner = find_frame(&framed).unwrap();
        assert!((20..=22).contains(&inner.x) && (12..=14).contains(&inner.y), "{inner:?}");
        assert!((278..=280).contains(&(inner.x + inner.width)), "{inner:?}");
        assert!((168..=170).contains(&(inner.y + inner.height)), "{inner:?}");
    }

    #[test]
    fn a_border_within_a_border_is_found_too() {
        let framed = plane(300, 300, |x, y| match x.min(y).min(299 - x).min(299 - y) {
            0..14 => 97.0,
            14..20 => 3.0,
            _ => scene(x, y),
        });
        let inner = find_frame(&framed).unwrap();
        assert!((20..=22).contains(&inner.x) && (256..=260).contains(&inner.width), "{inner:?}");
    }

    #[test]
    fn a_large_picture_has_its_border_in_its_own_pixels() {
        let framed =
            plane(1600, 1000, |x, _| if x < 160 { 2.0 } else { 60.0 + 20.0 * ((x / 50) % 2) as f32 });
        let inner = find_frame(&framed).unwrap();
        assert!((160..=170).contains(&inner.x) && inner.x + inner.width == 1600, "{inner:?}");
        assert_eq!((inner.y, inner.height), (0, 1000));
    }

    #[test]
    fn a_sky_is_no_border() {
        // A flat sky above hills: the line between them is not straight.
        let hills = plane(300, 200, |x, y| {
            let horizon = 40 + (x % 90) / 2;
            if y < horizon { 92.0 } else { scene(x, y) }
        });
        assert_eq!(find_frame(&hills), None);
    }
}
