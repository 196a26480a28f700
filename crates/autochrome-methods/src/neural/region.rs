//! How far what was said about a place or a thing reaches: to the border of the thing.

use std::collections::BinaryHeap;

use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};
use autochrome_engine::{Features, Segmentation};

use crate::scribble::spread;
use crate::words::Thing;
use crate::{MethodError, Srgb};

/// Difference of luma, in units of L, at which likeness is a third.
const LUMA_REACH: f32 = 40.0;

/// Distance, as a share of the picture's longer side, at which likeness is a third.
const DISTANCE_REACH: f32 = 1.0;

/// Likeness to a place from which on, and up to which, it begins to count as the same thing.
const ALIKE: [f32; 2] = [0.2, 0.5];

/// Probability of a thing from which on, and up to which, a cell begins to belong to it.
const PRESENT: [f32; 2] = [0.25, 0.55];

/// Probability of a thing below which a cell of its colour does not belong to it.
const DOUBT: f32 = 0.01;

/// Classes that a picture is full of and that are mistaken for one another: what has the colour of its neighbour is one with it.
const WEAK: [&str; 4] = ["other", "road", "wall", "mountain"];

/// Probability of all other classes together from which on a cell is something for certain.
const CERTAIN: f32 = 0.5;

/// Least chroma, in units of ab, by which a surface can be told from others.
const COLORED: f32 = 8.0;

/// Most that two cells of one surface differ by, in units of ab and of L.
const SAME_COLOR: [f32; 2] = [14.0, 25.0];

/// Probability that the most certain cell of a thing must have for the thing to be there.
const FOUND: f32 = 0.45;

/// Weights between which it is open whether a pixel belongs to a region.
const INSIDE: [f32; 2] = [0.1, 0.9];

/// Least share of a colour's chroma that is left in the dark.
const LEAST_LIGHT: f32 = 0.25;

/// A picture as its segmentation sees it: what lies where, how light it is, and which colour the network gives it.
pub(super) struct Scene<'a> {
    pub(super) segmentation: &'a Segmentation,
    /// L at the size of the grid.
    luma: Plane,
    /// The network's own answer at the size of the grid.
    chroma: Chroma,
    weak: Vec<usize>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(segmentation: &'a Segmentation, luma: &Plane, chroma: &Chroma) -> Self {
        let (width, height) = segmentation.size();
        let mut scene = Self {
            segmentation,
            luma: resize_plane(luma, width, height, Filter::Area),
            chroma: resize_chroma(chroma, width, height, Filter::Area),
            weak: Vec::new(),
        };
        scene.weak = scene.classes(&|name| WEAK.contains(&name));
        scene
    }

    fn size(&self) -> (usize, usize) {
        self.segmentation.size()
    }

    /// The indices of some classes.
    fn classes(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<usize> {
        let names = self.segmentation.classes();
        (0..names.len()).filter(|&class| wanted(&names[class])).collect()
    }

    fn probability(&self, cell: usize, classes: &[usize]) -> f32 {
        let vector = self.segmentation.probabilities().vector(cell);
        classes.iter().map(|&class| vector[class]).sum()
    }

    /// 1 where two cells are one surface by their colour, and at least one of them is nothing else for certain; else 0.
    fn same_color(&self, one: usize, other: usize) -> f32 {
        let ab = |cell: usize| [self.chroma.a.data()[cell], self.chroma.b.data()[cell]];
        let ([a, b], [c, d]) = (ab(one), ab(other));
        let is_weak = |cell: usize| self.probability(cell, &self.weak) > CERTAIN;
        let alike = a.hypot(b) > COLORED
            && (a - c).hypot(b - d) < SAME_COLOR[0]
            && (self.luma.data()[one] - self.luma.data()[other]).abs() < SAME_COLOR[1];
        f32::from(u8::from(alike && (is_weak(one) || is_weak(other))))
    }
}

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

    /// What lies under a place, and what is like it and joined to it.
    pub(super) fn around(scene: &Scene<'_>, place: [f32; 2]) -> Self {
        let (width, height) = scene.size();
        let start = cell_at(place, (width, height));
        let (column, row) = (start % width, start / width);
        let longer = width.max(height) as f32;
        let likeness = (0..width * height).map(|i| {
            let distance =
                ((i % width) as f32 - column as f32).hypot((i / width) as f32 - row as f32) / longer;
            let luma = (scene.luma.data()[i] - scene.luma.data()[start]).abs();
            let same = same(scene.segmentation, start, i).max(scene.same_color(start, i));
            step(same * (-luma / LUMA_REACH - distance / DISTANCE_REACH).exp(), ALIKE)
        });
        let weights = joined(&likeness.collect::<Vec<f32>>(), &[start], width);
        Self { width, height, weights }
    }

    /// Where a thing is; `None` when it is nowhere.
    pub(super) fn of_thing(scene: &Scene<'_>, thing: &Thing) -> Option<Self> {
        let (width, height) = scene.size();
        let meant = scene.classes(&|name| thing.classes().any(|class| class == name));
        let likelihoods: Vec<f32> = (0..width * height).map(|i| scene.probability(i, &meant)).collect();
        let sure: Vec<usize> = (0..width * height).filter(|&i| likelihoods[i] >= FOUND).collect();
        // What has the colour of the thing beside it, and is nothing else for certain, belongs to it.
        let heart = *sure.iter().max_by(|&&i, &&j| likelihoods[i].total_cmp(&likelihoods[j]))?;
        let near = |i: usize| if likelihoods[i] > DOUBT { scene.same_color(heart, i) } else { 0.0 };
        let weights = (0..width * height).map(|i| step(likelihoods[i], PRESENT).max(near(i)));
        let weights = joined(&weights.collect::<Vec<f32>>(), &sure, width);
        Some(Self { width, height, weights })
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
            let part = joined(&weights, &[start], width);
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

    /// Adds what another region means.
    pub(super) fn join(&mut self, other: &Self) {
        self.weights.iter_mut().zip(&other.weights).for_each(|(mine, theirs)| *mine = mine.max(*theirs));
    }

    /// Leaves what lies outside as it was before.
    pub(super) fn limit(&self, luma: &Plane, before: &Chroma, after: &mut Chroma) -> Result<(), MethodError> {
        let (width, height) = after.size();
        let weights = self.drawn(&resize_plane(luma, width, height, Filter::Area))?;
        for (after, before) in [(&mut after.a, &before.a), (&mut after.b, &before.b)] {
            let samples = after.data_mut().iter_mut().zip(before.data()).zip(weights.data());
            samples.for_each(|((after, before), weight)| *after = before + weight * (*after - before));
        }
        Ok(())
    }

    /// Gives what is meant a colour, weaker where the picture is darker than the colour, as paint in the shade is.
    pub(super) fn paint(&self, luma: &Plane, color: Srgb, chroma: &mut Chroma) -> Result<(), MethodError> {
        let (width, height) = chroma.size();
        let small = resize_plane(luma, width, height, Filter::Area);
        let weights = self.drawn(&small)?;
        let [lightness, a, b] = color.to_lab();
        let lightness = lightness.max(1.0);
        for (plane, value) in [(&mut chroma.a, a), (&mut chroma.b, b)] {
            let samples = plane.data_mut().iter_mut().zip(small.data()).zip(weights.data());
            samples.for_each(|((sample, l), weight)| {
                let shaded = value * (l / lightness).clamp(LEAST_LIGHT, 1.0);
                *sample += weight * (shaded - *sample);
            });
        }
        Ok(())
    }

    /// The weights at the size of `luma`, their borders along its edges: what is surely inside and surely outside is known, and spread
    /// over the rest as colours are.
    pub(super) fn drawn(&self, luma: &Plane) -> Result<Plane, MethodError> {
        let (width, height) = luma.size();
        let Some(grid) = Plane::from_vec(self.width, self.height, self.weights.clone()) else {
            return Ok(Plane::filled(width, height, 0.0));
        };
        let smooth = resize_plane(&grid, width, height, Filter::Bilinear);
        let known = Chroma { a: smooth.clone(), b: Plane::filled(width, height, 0.0) };
        let marked: Vec<bool> = smooth.data().iter().map(|w| !(INSIDE[0]..=INSIDE[1]).contains(w)).collect();
        if !marked.contains(&true) {
            return Ok(smooth);
        }
        Ok(spread(luma, &known, &marked)?.a)
    }
}

/// How likely two cells are to be of one thing: what both may be (Bhattacharyya's coefficient), times how alike the head sees them.
/// Of seven ways to compare cells and their mixtures with distance this one tells things apart best (area under ROC 0.961 over 468
/// regions of labelled pictures, docs/training/segmentation.md).
pub(crate) fn same(segmentation: &Segmentation, one: usize, other: usize) -> f32 {
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
pub(crate) fn step(value: f32, [low, high]: [f32; 2]) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}

/// For every cell the best way to it from one of `starts`: as good as its worst cell.
fn joined(weights: &[f32], starts: &[usize], width: usize) -> Vec<f32> {
    let height = weights.len() / width;
    let mut best = vec![0.0_f32; weights.len()];
    let mut open: BinaryHeap<Place> = starts.iter().map(|&index| Place { weight: 1.0, index }).collect();
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

    fn scene(segmentation: &Segmentation) -> Scene<'_> {
        Scene::new(segmentation, &Plane::filled(128, 128, 50.0), &Chroma::neutral(128, 128))
    }

    fn weight(region: &Region, x: usize, y: usize) -> f32 {
        region.weights[y * region.width + x]
    }

    #[test]
    fn a_spot_reaches_its_thing_and_not_the_next_one_of_that_kind() {
        let region = Region::around(&scene(&dresses()), [0.2, 0.8]);
        assert_eq!(weight(&region, 3, 12), 1.0, "under the spot");
        assert!(weight(&region, 1, 9) > 0.9, "the dress");
        assert_eq!(weight(&region, 3, 2), 0.0, "the sky");
        assert_eq!(weight(&region, 13, 12), 0.0, "another dress");
    }

    #[test]
    fn a_word_means_every_thing_of_that_kind_and_none_that_is_not_there() {
        let thing = |text: &str| wishes(text).unwrap()[0].thing;
        let region = Region::of_thing(&scene(&dresses()), thing("red dress")).unwrap();
        assert_eq!(
            [(3, 12), (13, 12), (8, 12), (3, 2)].map(|(x, y)| weight(&region, x, y)),
            [1.0, 1.0, 0.0, 0.0]
        );
        assert!(Region::of_thing(&scene(&dresses()), thing("red hat")).is_none());
    }

    #[test]
    fn a_colour_is_weaker_in_the_shade() {
        let luma = Plane::from_vec(
            128,
            128,
            (0..128 * 128).map(|i| if i / 128 < 96 { 60.0 } else { 20.0 }).collect(),
        );
        let mut chroma = Chroma::neutral(128, 128);
        let thing = wishes("red dress").unwrap()[0].thing;
        Region::of_thing(&scene(&dresses()), thing).unwrap().paint(&luma.unwrap(), RED, &mut chroma).unwrap();
        let at = |x: usize, y: usize| chroma.a.row(y)[x];
        assert!(at(20, 80) > 55.0, "{}", at(20, 80));
        assert!(at(20, 120) < 0.6 * at(20, 80), "{}", at(20, 120));
        assert_eq!(at(64, 10), 0.0, "the sky");
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
        Region::around(&scene(&dresses()), [0.2, 0.8]).limit(&luma, &before, &mut after).unwrap();
        assert_eq!(after.a.row(10)[20], 0.0);
        assert!(after.a.row(100)[20] > 39.0);
    }
}
