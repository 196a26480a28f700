//! Which parts of a picture are one colour in truth, and how far ours spreads there.
//!
//! An eye dislikes patchwork more than a wrong colour: a lawn that is green on one side and gray on the other. A region of
//! one colour is a thing that a mask names, or a connected part of nearly one colour where there are no masks; it covers
//! at least a 25th of the picture, and the truth's colours in it spread by less than 8 units of ab.

use autochrome_color::Chroma;
use autochrome_color::resize::{Filter, resize_chroma};

use crate::statistics::{mean, quantile};

/// Cells along a side over which colours are averaged before their spread is measured.
const CELLS: usize = 14;
/// Parts of a cell along its side; what belongs to a region is decided for each.
const PARTS: usize = 4;
/// Parts of a picture along its side.
const SIDE: usize = CELLS * PARTS;
/// Least share of the picture that a region covers.
const LEAST_SHARE: f64 = 0.04;
/// The truth spreads by less than this many units of ab in a region of one colour.
pub const ONE_COLOUR: f64 = 8.0;
/// A spread beyond this many units of ab is a patchwork.
pub const PATCHY: f64 = 12.0;
/// Neighbours further apart in ab belong to different parts of a picture without masks.
const STEP: f32 = 3.0;
/// The same for any place of a part and the one that it was grown from.
const REACH: f32 = 6.0;

/// A region of one colour and how ours spreads in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// The class that a mask gives it; `None` for a part found by its colour.
    pub thing: Option<u8>,
    /// From the 5th to the 95th percentile of our colours along their main axis, in units of ab.
    pub span: f64,
    /// The same for the truth.
    pub true_span: f64,
}

/// Regions of one colour of a picture.
#[derive(Clone, Debug)]
pub(crate) struct Regions(Vec<Found>);

/// One region.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    thing: Option<u8>,
    /// Which of the [`SIDE`]² parts of the picture belong to it.
    parts: Vec<bool>,
    true_span: f64,
}

impl Regions {
    /// The regions of a picture with these true colours; `things` has the class of every pixel, [`UNKNOWN`](crate::masks::UNKNOWN)
    /// where none is known.
    pub fn new(truth: &Chroma, things: Option<&[u8]>) -> Self {
        let (width, height) = truth.size();
        if width < CELLS || height < CELLS {
            return Self(Vec::new());
        }
        let small = shrunk(truth);
        let labelled = match things {
            Some(things) => by_things(things, width, height),
            None => by_colour(&small),
        };
        let large = |(_, parts): &(Option<u8>, Vec<bool>)| {
            parts.iter().filter(|&&inside| inside).count() as f64 >= LEAST_SHARE * (SIDE * SIDE) as f64
        };
        let found = |(thing, parts): (Option<u8>, Vec<bool>)| {
            let true_span = span(&cells(&small, &parts))?;
            (true_span < ONE_COLOUR).then_some(Found { thing, parts, true_span })
        };
        Self(labelled.into_iter().filter(large).filter_map(found).collect())
    }

    /// How `painted` spreads in each.
    pub fn measure(&self, painted: &Chroma) -> Vec<Region> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let small = shrunk(painted);
        let measured = |region: &Found| {
            let span = span(&cells(&small, &region.parts))?;
            Some(Region { thing: region.thing, span, true_span: region.true_span })
        };
        self.0.iter().filter_map(measured).collect()
    }

    /// The largest one whose mean colour in `truth` is at least `chroma` from gray.
    pub fn largest(&self, truth: &Chroma, chroma: f64) -> Option<&Found> {
        let small = shrunk(truth);
        let coloured = |region: &&Found| {
            let [a, b] = region.mean(&small);
            a.hypot(b) >= chroma
        };
        self.0.iter().filter(coloured).max_by_key(|region| region.parts.iter().filter(|&&p| p).count())
    }
}

impl Found {
    /// Whether a pixel of a picture of this size lies in it.
    pub fn contains(&self, x: usize, y: usize, (width, height): (usize, usize)) -> bool {
        self.parts[(y * SIDE / height) * SIDE + x * SIDE / width]
    }

    /// The middle of the part that is furthest from what does not belong to it, both 0..=1.
    pub fn inner_point(&self) -> [f32; 2] {
        let at = |x: isize, y: isize, parts: &[bool]| {
            let inside = (0..SIDE as isize).contains(&x) && (0..SIDE as isize).contains(&y);
            inside && parts[y as usize * SIDE + x as usize]
        };
        let mut parts = self.parts.clone();
        loop {
            let kept = |i: usize| {
                let (x, y) = ((i % SIDE) as isize, (i / SIDE) as isize);
                (-1..=1).all(|dy| (-1..=1).all(|dx| at(x + dx, y + dy, &parts)))
            };
            let next: Vec<bool> = (0..SIDE * SIDE).map(kept).collect();
            if !next.contains(&true) {
                let first = parts.iter().position(|&inside| inside).unwrap_or(0);
                return [first % SIDE, first / SIDE].map(|i| (i as f32 + 0.5) / SIDE as f32);
            }
            parts = next;
        }
    }

    fn mean(&self, small: &Chroma) -> [f64; 2] {
        [&small.a, &small.b].map(|plane| {
            let inside = plane.data().iter().zip(&self.parts).filter(|(_, inside)| **inside);
            mean(inside.map(|(&v, _)| f64::from(v)))
        })
    }
}

fn shrunk(chroma: &Chroma) -> Chroma {
    resize_chroma(chroma, SIDE, SIDE, Filter::Area)
}

/// The parts of every class that occurs; a part belongs to the class of its middle.
fn by_things(things: &[u8], width: usize, height: usize) -> Vec<(Option<u8>, Vec<bool>)> {
    let middle = |i: usize, of: usize| (2 * i + 1) * of / (2 * SIDE);
    let of_part = |i: usize| things[middle(i / SIDE, height) * width + middle(i % SIDE, width)];
    let parts: Vec<u8> = (0..SIDE * SIDE).map(of_part).collect();
    let mut present = parts.clone();
    present.sort_unstable();
    present.dedup();
    present.retain(|&thing| thing != crate::masks::UNKNOWN && thing != crate::masks::OTHER);
    present
        .into_iter()
        .map(|thing| (Some(thing), parts.iter().map(|&of_part| of_part == thing).collect()))
        .collect()
}

/// Connected parts of nearly one colour, grown from the top left on.
fn by_colour(small: &Chroma) -> Vec<(Option<u8>, Vec<bool>)> {
    let colour = |i: usize| [small.a.data()[i], small.b.data()[i]];
    let near = |i: usize, j: usize, most: f32| {
        let ([a, b], [c, d]) = (colour(i), colour(j));
        (a - c).hypot(b - d) <= most
    };
    let mut taken = vec![false; SIDE * SIDE];
    let mut regions = Vec::new();
    for seed in 0..SIDE * SIDE {
        if taken[seed] {
            continue;
        }
        let mut parts = vec![false; SIDE * SIDE];
        let mut border = vec![seed];
        taken[seed] = true;
        while let Some(i) = border.pop() {
            parts[i] = true;
            let (x, y) = (i % SIDE, i / SIDE);
            let neighbours = [
                (x > 0).then(|| i - 1),
                (x + 1 < SIDE).then_some(i + 1),
                (y > 0).then(|| i - SIDE),
                (y + 1 < SIDE).then_some(i + SIDE),
            ];
            for j in neighbours.into_iter().flatten() {
                if !taken[j] && near(i, j, STEP) && near(seed, j, REACH) {
                    taken[j] = true;
                    border.push(j);
                }
            }
        }
        regions.push((None, parts));
    }
    regions
}

/// Mean colours of the cells of which at least half belongs to the region.
fn cells(small: &Chroma, parts: &[bool]) -> Vec<[f64; 2]> {
    let cell = |cell: usize| {
        let (left, top) = (cell % CELLS * PARTS, cell / CELLS * PARTS);
        let inside: Vec<usize> = (0..PARTS * PARTS)
            .map(|i| (top + i / PARTS) * SIDE + left + i % PARTS)
            .filter(|&i| parts[i])
            .collect();
        let of = |plane: &autochrome_color::Plane| mean(inside.iter().map(|&i| f64::from(plane.data()[i])));
        (2 * inside.len() >= PARTS * PARTS).then(|| [of(&small.a), of(&small.b)])
    };
    (0..CELLS * CELLS).filter_map(cell).collect()
}

/// How far colours spread along their main axis, from the 5th to the 95th percentile; `None` for fewer than four.
fn span(colours: &[[f64; 2]]) -> Option<f64> {
    if colours.len() < 4 {
        return None;
    }
    let middle = [0, 1].map(|i| mean(colours.iter().map(|c| c[i])));
    let moment = |i: usize, j: usize| mean(colours.iter().map(|c| (c[i] - middle[i]) * (c[j] - middle[j])));
    let angle = 0.5 * (2.0 * moment(0, 1)).atan2(moment(0, 0) - moment(1, 1));
    let mut along: Vec<f64> = colours.iter().map(|c| c[0] * angle.cos() + c[1] * angle.sin()).collect();
    Some(quantile(&mut along, 0.95) - quantile(&mut along, 0.05))
}

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::*;

    const PX: usize = 112;

    /// A picture whose colour at each pixel is `ab(x, y)`.
    fn picture(ab: impl Fn(usize, usize) -> [f32; 2]) -> Chroma {
        let plane = |k: usize| {
            Plane::from_vec(PX, PX, (0..PX * PX).map(|i| ab(i % PX, i / PX)[k]).collect()).unwrap()
        };
        Chroma { a: plane(0), b: plane(1) }
    }

    /// A green lawn under a blue sky.
    fn meadow(_: usize, y: usize) -> [f32; 2] {
        if y < PX / 2 { [-5.0, -30.0] } else { [-25.0, 30.0] }
    }

    #[test]
    fn sky_and_lawn_are_two_regions_and_the_truth_spreads_by_nothing_in_them() {
        let truth = picture(meadow);
        let measured = Regions::new(&truth, None).measure(&truth);
        assert_eq!(measured.len(), 2);
        assert!(measured.iter().all(|r| r.thing.is_none() && r.span < 1e-3 && r.true_span < 1e-3));
    }

    #[test]
    fn a_lawn_that_is_half_gray_is_a_patchwork_and_a_sky_of_another_blue_is_none() {
        let painted = picture(|x, y| match (x < PX / 2, y < PX / 2) {
            (_, true) => [0.0, -15.0],
            (true, false) => [-25.0, 30.0],
            (false, false) => [0.0, 0.0],
        });
        let measured = Regions::new(&picture(meadow), None).measure(&painted);
        assert!(measured[0].span < 1e-3, "{measured:?}");
        assert!((measured[1].span - 25_f64.hypot(30.0)).abs() < 0.5, "{measured:?}");
    }

    #[test]
    fn a_mask_names_its_things_and_what_truly_has_many_colours_is_left_out() {
        let truth = picture(|x, y| if y < PX / 2 { [-5.0, -30.0] } else { [x as f32 - 50.0, 30.0] });
        let things: Vec<u8> = (0..PX * PX).map(|i| if i / PX < PX / 2 { 0 } else { 2 }).collect();
        let measured = Regions::new(&truth, Some(&things)).measure(&truth);
        assert_eq!(measured.iter().map(|r| r.thing).collect::<Vec<_>>(), [Some(0)]);
    }

    #[test]
    fn small_and_unlabelled_parts_are_no_regions() {
        let truth = picture(meadow);
        let mut things = vec![crate::masks::UNKNOWN; PX * PX];
        (0..20 * PX).filter(|i| i % PX < 20).for_each(|i| things[i] = 7);
        assert!(Regions::new(&truth, Some(&things)).measure(&truth).is_empty());
        assert!(Regions::new(&Chroma::neutral(5, 5), None).0.is_empty());
    }

    #[test]
    fn the_heart_of_a_region_lies_in_its_middle() {
        let truth = picture(meadow);
        let regions = Regions::new(&truth, None);
        let sky = regions.largest(&truth, 8.0).unwrap();
        let [x, y] = sky.inner_point();
        assert!((0.2..0.8).contains(&x) && (0.2..0.8).contains(&y), "{x} {y}");
        assert!(regions.largest(&truth, 60.0).is_none(), "nothing is that colourful");
    }
}
