//! How far what was said about a place or a thing reaches: to the border of the thing.

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::upsample::upsample;
use autochrome_color::{Chroma, Plane};
use autochrome_engine::{Features, Segmentation};

use crate::words::Thing;
use crate::{Point, Srgb};

/// Difference of luma, in units of L, at which likeness is a third.
const LUMA_REACH: f32 = 40.0;

/// Distance, as a share of the picture's longer side, at which likeness is a third.
const DISTANCE_REACH: f32 = 1.0;

/// Likeness to a place from which on, and up to which, it begins to count as the same thing.
const ALIKE: [f32; 2] = [0.2, 0.5];

/// Probability of a thing from which on, and up to which, a cell begins to belong to it.
const PRESENT: [f32; 2] = [0.25, 0.55];

/// Probability that the most certain cell of a thing must have for the thing to be there.
const FOUND: f32 = 0.45;

/// Most places of a thing that a network is told the colour of.
const MOST_PLACES: usize = 12;

/// How much every cell of a grid over a picture is meant, 0..=1.
#[derive(Clone, Debug)]
pub(super) struct Region {
    width: usize,
    height: usize,
    weights: Vec<f32>,
}

impl Region {
    pub(super) fn nowhere(segmentation: &Segmentation) -> Self {
        let (width, height) = segmentation.size();
        Self { width, height, weights: vec![0.0; width * height] }
    }

    /// What lies under a point, and what is like it and joined to it.
    pub(super) fn around(segmentation: &Segmentation, luma: &Plane, place: [f32; 2]) -> Self {
        let (width, height) = segmentation.size();
        let small = resize_plane(luma, width, height, Filter::Area);
        let start = cell_at(place, (width, height));
        let (column, row) = (start % width, start / width);
        let longer = width.max(height) as f32;
        let likeness = (0..width * height).map(|i| {
            let distance =
                ((i % width) as f32 - column as f32).hypot((i / width) as f32 - row as f32) / longer;
            let luma = (small.data()[i] - small.data()[start]).abs();
            same(segmentation, start, i) * (-luma / LUMA_REACH - distance / DISTANCE_REACH).exp()
        });
        let likeness: Vec<f32> = likeness.map(|likeness| step(likeness, ALIKE)).collect();
        Self { width, height, weights: joined(&likeness, start, width) }
    }

    /// Where a thing is; `None` when it is nowhere.
    pub(super) fn of_thing(segmentation: &Segmentation, thing: &Thing) -> Option<Self> {
        let (width, height) = segmentation.size();
        let meant: Vec<usize> = (0..segmentation.classes().len())
            .filter(|&class| thing.classes().any(|name| name == segmentation.classes()[class]))
            .collect();
        let probability = |vector: &[f32]| meant.iter().map(|&class| vector[class]).sum::<f32>();
        let probabilities: Vec<f32> = segmentation.probabilities().vectors().map(probability).collect();
        let most = probabilities.iter().copied().fold(0.0, f32::max);
        let weights = probabilities.into_iter().map(|probability| step(probability, PRESENT)).collect();
        (most >= FOUND).then_some(Self { width, height, weights })
    }

    /// The parts of a picture that are things of these classes: connected cells that are most likely of one class, at least
    /// `least_cells` of them, each with its class.
    pub(super) fn parts(
        segmentation: &Segmentation,
        classes: &[&str],
        least_cells: usize,
    ) -> Vec<(usize, Self)> {
        let (width, height) = segmentation.size();
        let best: Vec<(usize, f32)> = segmentation.probabilities().vectors().map(most_likely).collect();
        let wanted = |class: usize| classes.contains(&segmentation.classes()[class].as_str());
        let mut taken = vec![false; best.len()];
        let mut parts = Vec::new();
        for start in 0..best.len() {
            let class = best[start].0;
            if taken[start] || !wanted(class) {
                continue;
            }
            let weights: Vec<f32> = best.iter().map(|cell| f32::from(u8::from(cell.0 == class))).collect();
            let part = joined(&weights, start, width);
            part.iter().zip(&mut taken).for_each(|(inside, taken)| *taken |= *inside > 0.0);
            if part.iter().filter(|inside| **inside > 0.0).count() >= least_cells {
                let sure = |(inside, cell): (&f32, &(usize, f32))| inside * step(cell.1, PRESENT);
                let weights = part.iter().zip(&best).map(sure).collect();
                parts.push((class, Self { width, height, weights }));
            }
        }
        parts
    }

    /// The weights as a plane.
    pub(super) fn into_plane(self) -> Plane {
        Plane::from_vec(self.width, self.height, self.weights).unwrap_or_default()
    }

    /// The mean of a plane of the grid's size, over what is meant.
    pub(super) fn mean(&self, plane: &Plane) -> f32 {
        let sum: f32 = self.weights.iter().sum();
        let weighed = self.weights.iter().zip(plane.data()).map(|(weight, value)| weight * value);
        weighed.sum::<f32>() / sum.max(f32::MIN_POSITIVE)
    }

    /// Places well inside, far from each other, the surest first.
    pub(super) fn places(&self, color: Srgb) -> Vec<Point> {
        let mut order: Vec<(f32, usize)> = (0..self.weights.len()).map(|i| (self.depth(i), i)).collect();
        order.sort_by(|one, other| other.0.total_cmp(&one.0));
        let apart = self.width.max(self.height) as f32 / 9.0;
        let mut chosen: Vec<(usize, usize)> = Vec::new();
        for (depth, i) in order {
            let (x, y) = (i % self.width, i / self.width);
            let far = |&(a, b): &(usize, usize)| (x as f32 - a as f32).hypot(y as f32 - b as f32) >= apart;
            if depth < 0.5 && !chosen.is_empty() || chosen.len() == MOST_PLACES {
                break;
            }
            if chosen.iter().all(far) {
                chosen.push((x, y));
            }
        }
        let (width, height) = (self.width as f32, self.height as f32);
        let point = |(x, y): (usize, usize)| Point {
            x: (x as f32 + 0.5) / width,
            y: (y as f32 + 0.5) / height,
            radius: 0.3 / width.max(height),
            color,
        };
        chosen.into_iter().map(point).collect()
    }

    /// The mean weight of a cell and those around it: high where a border is far.
    fn depth(&self, i: usize) -> f32 {
        let (x, y) = (i % self.width, i / self.width);
        let rows = y.saturating_sub(1)..(y + 2).min(self.height);
        let sum: f32 = rows
            .flat_map(|y| (x.saturating_sub(1)..(x + 2).min(self.width)).map(move |x| y * self.width + x))
            .map(|i| self.weights[i])
            .sum();
        // A cell at the edge of the picture lies less deep.
        self.weights[i] * sum / 9.0
    }

    /// Adds what another region means.
    pub(super) fn join(&mut self, other: &Self) {
        self.weights.iter_mut().zip(&other.weights).for_each(|(mine, theirs)| *mine = mine.max(*theirs));
    }

    /// Leaves what lies outside as it was before.
    pub(super) fn limit(&self, luma: &Plane, before: &Chroma, after: &mut Chroma) {
        let (width, height) = after.size();
        let weights = self.drawn(&resize_plane(luma, width, height, Filter::Area));
        for (after, before) in [(&mut after.a, &before.a), (&mut after.b, &before.b)] {
            let samples = after.data_mut().iter_mut().zip(before.data()).zip(weights.data());
            samples.for_each(|((after, before), weight)| *after = before + weight * (*after - before));
        }
    }

    /// The weights at the size of `luma`, with its edges.
    fn drawn(&self, luma: &Plane) -> Plane {
        let scale = |factor: f32| self.weights.iter().map(|weight| weight * factor).collect();
        let Some(a) = Plane::from_vec(self.width, self.height, scale(100.0)) else { return Plane::default() };
        let b = Plane::filled(self.width, self.height, 0.0);
        let mut drawn = upsample(luma, &Chroma { a, b }).a;
        drawn.data_mut().iter_mut().for_each(|weight| *weight = (*weight / 100.0).clamp(0.0, 1.0));
        drawn
    }
}

/// How likely two cells are to be of one thing: what both may be (Bhattacharyya's coefficient), times how alike the head sees them.
/// Of seven ways to compare cells and their mixtures with distance this one tells things apart best (area under ROC 0.961 over 468
/// regions of labelled pictures, docs/training/segmentation.md).
fn same(segmentation: &Segmentation, one: usize, other: usize) -> f32 {
    let products = |features: &Features| -> Vec<(f32, f32)> {
        features.vector(one).iter().copied().zip(features.vector(other).iter().copied()).collect()
    };
    let overlap: f32 = products(segmentation.probabilities()).iter().map(|(p, q)| (p * q).sqrt()).sum();
    let hidden = products(segmentation.hidden());
    let dot = |of: &dyn Fn(&(f32, f32)) -> f32| hidden.iter().map(of).sum::<f32>();
    let lengths = (dot(&|(p, _)| p * p) * dot(&|(_, q)| q * q)).sqrt();
    overlap * dot(&|(p, q)| p * q) / lengths.max(f32::MIN_POSITIVE)
}

/// The index of the sample at a place, 0..=1 of width and height.
pub(super) fn cell_at([x, y]: [f32; 2], (width, height): (usize, usize)) -> usize {
    let column = ((x * width as f32) as usize).min(width - 1);
    ((y * height as f32) as usize).min(height - 1) * width + column
}

/// The class that is likeliest, and how likely it is.
pub(super) fn most_likely(probabilities: &[f32]) -> (usize, f32) {
    let (class, most) =
        probabilities.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1)).unwrap_or((0, &0.0));
    (class, *most)
}

/// From 0 to 1 between two values.
pub(super) fn step(value: f32, [low, high]: [f32; 2]) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}

/// For every cell the best way from `start` to it: as good as its worst cell.
fn joined(weights: &[f32], start: usize, width: usize) -> Vec<f32> {
    let height = weights.len() / width;
    let mut best = vec![0.0_f32; weights.len()];
    let mut open = std::collections::BinaryHeap::from([Place { weight: 1.0, index: start }]);
    while let Some(Place { weight, index }) = open.pop() {
        if weight <= best[index] {
            continue;
        }
        best[index] = weight;
        let (x, y) = (index % width, index / width);
        let sides = [
            (x > 0).then(|| index - 1),
            (x + 1 < width).then(|| index + 1),
            (y > 0).then(|| index - width),
            (y + 1 < height).then(|| index + width),
        ];
        open.extend(sides.into_iter().flatten().filter_map(|next| {
            let through = weight.min(weights[next]);
            (through > best[next]).then_some(Place { weight: through, index: next })
        }));
    }
    best
}

/// A cell that can be reached, ordered by how well.
struct Place {
    weight: f32,
    index: usize,
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.weight.total_cmp(&other.weight).then(self.index.cmp(&other.index))
    }
}

#[cfg(test)]
mod tests {
    use autochrome_engine::tests_support::segmentation;

    use super::*;
    use crate::words::wishes;

    const CLASSES: [&str; 3] = ["sky", "dress", "hat"];
    const RED: Srgb = Srgb { red: 200, green: 30, blue: 30 };

    /// Sky, with a dress on the left, another one on the right and a gap between them.
    fn dresses() -> Segmentation {
        let cell = |x: usize, y: usize| usize::from(y >= 8 && !(6..10).contains(&x));
        segmentation(&CLASSES, &(0..256).map(|i| cell(i % 16, i / 16)).collect::<Vec<_>>(), 16)
    }

    fn weight(region: &Region, x: usize, y: usize) -> f32 {
        region.weights[y * region.width + x]
    }

    #[test]
    fn a_spot_reaches_its_thing_and_not_the_next_one_of_that_kind() {
        let luma = Plane::filled(128, 128, 50.0);
        let region = Region::around(&dresses(), &luma, [0.2, 0.8]);
        assert_eq!(weight(&region, 3, 12), 1.0, "under the spot");
        assert!(weight(&region, 1, 9) > 0.9, "the dress");
        assert_eq!(weight(&region, 3, 2), 0.0, "the sky");
        assert_eq!(weight(&region, 13, 12), 0.0, "another dress");
    }

    #[test]
    fn a_word_means_every_thing_of_that_kind_and_none_that_is_not_there() {
        let thing = |text: &str| wishes(text).unwrap()[0].thing;
        let region = Region::of_thing(&dresses(), thing("red dress")).unwrap();
        assert_eq!(
            [(3, 12), (13, 12), (8, 12), (3, 2)].map(|(x, y)| weight(&region, x, y)),
            [1.0, 1.0, 0.0, 0.0]
        );
        assert!(Region::of_thing(&dresses(), thing("red hat")).is_none());
        let places = region.places(RED);
        assert!((2..=MOST_PLACES).contains(&places.len()));
        assert!(places.iter().all(|point| point.y > 0.5 && !(0.375..0.625).contains(&point.x)), "{places:?}");
    }

    #[test]
    fn parts_of_one_kind_are_told_apart() {
        let parts = Region::parts(&dresses(), &["dress"], 4);
        assert_eq!(parts.len(), 2);
        assert!(Region::parts(&dresses(), &["dress"], 60).is_empty(), "too small");
    }

    #[test]
    fn outside_of_a_region_nothing_changes() {
        let luma = Plane::filled(128, 128, 50.0);
        let before = Chroma::neutral(128, 128);
        let mut after = Chroma { a: Plane::filled(128, 128, 40.0), b: Plane::filled(128, 128, 40.0) };
        Region::around(&dresses(), &luma, [0.2, 0.8]).limit(&luma, &before, &mut after);
        assert_eq!(after.a.row(10)[20], 0.0);
        assert!(after.a.row(100)[20] > 39.0);
    }
}
