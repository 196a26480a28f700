//! Borders around photographs: white rims, black edges of film, mounts.

use autochrome_color::Plane;

use crate::Overview;

/// L of a border that is black, at most, and of its samples.
const BLACK: (f32, f32) = (12.0, 18.0);
/// L of a border that is white, at least, and of its samples.
const WHITE: (f32, f32) = (90.0, 86.0);
/// How far the samples of any other border may lie from its usual L.
const FLAT: f32 = 7.0;
/// Least step of L from a border to the picture.
const STEP: f32 = 10.0;
/// Widest border, as a share of the picture's width or height: black and white ones, and others, which might be a sky.
const WIDEST: (f32, f32) = (0.3, 0.06);
/// Up to this share a border may have stains, words and frayed edges; a wider one must be plain.
const NARROW: f32 = 0.08;
/// Least shares of a line that belong to a border, and of the next that do not: plain ones, narrow black or white ones, other narrow ones.
const PLAIN: (f32, f32) = (0.9, 0.8);
const FRAYED: (f32, f32) = (0.6, 0.65);
const MOUNT: (f32, f32) = (0.75, 0.75);
/// How many lines an edge may take, blurred and not quite straight.
const EDGE: usize = 4;
/// Share of a line at either end that is not looked at: other borders cross it there.
const CORNER: f32 = 0.1;
/// How many borders may lie within each other: the black edge of a film within white paper within a mount.
const NESTED: usize = 4;
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

impl Inner {
    /// The same part of the picture at another size: columns and rows.
    #[must_use]
    pub fn scaled(self, (full_width, full_height): (usize, usize), (width, height): (usize, usize)) -> Self {
        let x = |x: usize| (x * width).div_ceil(full_width).min(width);
        let y = |y: usize| (y * height).div_ceil(full_height).min(height);
        let (left, top) = (x(self.x), y(self.y));
        Self { x: left, y: top, width: x(self.x + self.width) - left, height: y(self.y + self.height) - top }
    }
}

/// What lies within the borders of a picture with this luma (L of CIELAB, 0..=100); `None` where there are none.
///
/// A border is flat, reaches along a whole side of what is left, and ends at a straight edge. Of 44 historical photographs it finds the ten that
/// have one by eye; it takes no sky for one unless that is white or black and ends at a straight line.
#[must_use]
pub fn find_frame(luma: &Plane) -> Option<Inner> {
    Overview::of(luma).inner()
}

impl Overview {
    /// What lies within the borders of the picture, as [`find_frame`] tells.
    #[must_use]
    pub fn inner(&self) -> Option<Inner> {
        inner(&self.small, self.size)
    }
}

fn inner(small: &Plane, (width, height): (usize, usize)) -> Option<Inner> {
    let (small_width, small_height) = small.size();
    if small_width < 32 || small_height < 32 {
        return None;
    }
    let whole = Area { left: 0, right: small_width, top: 0, bottom: small_height };
    let mut inner = whole;
    for _ in 0..NESTED {
        let next = within(small, inner);
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
    let (width, height) = (right - left, bottom - top);
    let inset = |from: usize, to: usize| {
        let corner = (CORNER * (to - from) as f32) as usize;
        from + corner..to - corner
    };
    let row = |y: usize| plane.row(y)[inset(left, right)].to_vec();
    let column = |x: usize| inset(top, bottom).map(|y| plane.row(y)[x]).collect::<Vec<f32>>();
    Area {
        left: left + border(width, |i| column(left + i)),
        right: right - border(width, |i| column(right - 1 - i)),
        top: top + border(height, |i| row(top + i)),
        bottom: bottom - border(height, |i| row(bottom - 1 - i)),
    }
}

/// How many lines from the outside belong to a border; `line` counts from there, and there are `count`. The first few may be the edge of
/// another border, or of the scanner's glass.
fn border(count: usize, line: impl Fn(usize) -> Vec<f32>) -> usize {
    let skipped = (0..EDGE).filter(|skip| skip + EDGE < count);
    let border = |skip: usize| {
        let lines = border_at(count - skip, |i| line(skip + i));
        (lines > 0).then_some(skip + lines)
    };
    skipped.into_iter().find_map(border).unwrap_or(0)
}

fn border_at(count: usize, line: impl Fn(usize) -> Vec<f32>) -> usize {
    let level = median(line(0));
    let plain = lines_like(level, count, PLAIN, &line);
    if plain > 0 {
        return plain;
    }
    let shares = if is_extreme(level) { FRAYED } else { MOUNT };
    let frayed = lines_like(level, count, shares, &line);
    if frayed as f32 <= NARROW * count as f32 { frayed } else { 0 }
}

/// How many lines are a border of this level that ends at an edge; 0 where it has no edge or is too wide.
fn lines_like(
    level: f32,
    count: usize,
    (least, edge): (f32, f32),
    line: &impl Fn(usize) -> Vec<f32>,
) -> usize {
    let share = |line: &[f32], wanted: &dyn Fn(f32) -> bool| {
        line.iter().filter(|&&l| wanted(l)).count() as f32 / line.len().max(1) as f32
    };
    let belongs = |l: f32| match level {
        level if level <= BLACK.0 => l <= BLACK.1,
        level if level >= WHITE.0 => l >= WHITE.1,
        _ => (l - level).abs() <= FLAT,
    };
    let widest = if is_extreme(level) { WIDEST.0 } else { WIDEST.1 };
    let most = (widest * count as f32) as usize;
    let flat = (0..=most).take_while(|&i| share(&line(i), &belongs) >= least).count();
    if flat == 0 || flat > most {
        return 0;
    }
    let behind = flat..(flat + EDGE).min(count);
    let is_other = |l: f32| (l - level).abs() >= STEP;
    behind.into_iter().find(|&i| share(&line(i), &is_other) >= edge).unwrap_or(0)
}

fn is_extreme(level: f32) -> bool {
    level <= BLACK.0 || level >= WHITE.0
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
        let framed = plane(1600, 1000, |x, y| if x < 160 { 2.0 } else { scene(x / 8, y / 8) });
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
