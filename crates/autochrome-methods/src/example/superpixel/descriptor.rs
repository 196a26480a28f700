//! What a superpixel is recognised by.

use autochrome_color::{Parallel as _, Plane};

use super::super::local;
use super::gabor::{self, FILTERS};
use super::slic::Superpixels;

/// Kinds of features, in the order in which they narrow the choice.
pub(super) const KINDS: usize = 4;
/// How much each kind counts in the end: Gabor, SURF, brightness, deviation.
///
/// # Source
/// Gupta et al. (2012), section 3.3.
pub(super) const WEIGHTS: [f32; KINDS] = [0.2, 0.5, 0.2, 0.1];

/// Squares of the SURF-like descriptor along a side.
const SQUARES: usize = 4;
/// Samples of a square along a side.
const SAMPLES: usize = 5;
/// Length of the SURF-like descriptor.
const SURF: usize = SQUARES * SQUARES * 4;

/// Features of all superpixels of a picture.
pub(super) struct Descriptors {
    /// Kind by kind: how many numbers a superpixel has, and the numbers, superpixel by superpixel.
    pub kinds: [(usize, Vec<f32>); KINDS],
}

impl Descriptors {
    pub fn of(luma: &Plane, superpixels: &Superpixels) -> Self {
        let gabor: Vec<Vec<f32>> =
            gabor::magnitudes(luma).iter().parallel_map(|filter| superpixels.means(filter));
        let gabor = (0..superpixels.len()).flat_map(|i| gabor.iter().map(move |filter| filter[i])).collect();
        let centres = superpixels.centres.iter();
        let surf = centres.parallel_map(|centre| surf(luma, *centre)).concat();
        let brightness = with_surroundings(superpixels, luma.data());
        let deviation = with_surroundings(superpixels, local::deviation(luma, 2).data());
        Self { kinds: [(FILTERS, gabor), (SURF, surf), (2, brightness), (2, deviation)] }
    }

    /// Squared distance in one kind between a superpixel here and one there.
    pub fn distance(&self, kind: usize, i: usize, other: &Self, j: usize) -> f32 {
        let dims = self.kinds[kind].0;
        let (one, two) = (&self.kinds[kind].1[i * dims..][..dims], &other.kinds[kind].1[j * dims..][..dims]);
        one.iter().zip(two).map(|(a, b)| (a - b) * (a - b)).sum()
    }
}

/// Puts each kind of all pictures on one scale: the mean squared distance between two superpixels becomes about 1.
pub(super) fn normalise(pictures: &mut [&mut Descriptors]) {
    for kind in 0..KINDS {
        let Some(dims) = pictures.first().map(|picture| picture.kinds[kind].0) else { return };
        let mut variance = 0.0;
        for d in 0..dims {
            let along: Vec<f32> =
                pictures.iter().flat_map(|p| p.kinds[kind].1[d..].iter().step_by(dims).copied()).collect();
            variance += super::super::mean_and_deviation(&along).1.powi(2);
        }
        // What never varies says nothing, however small it is.
        let scale = if variance > 1e-8 { (2.0 * variance).sqrt().recip() } else { 0.0 };
        for picture in &mut *pictures {
            picture.kinds[kind].1.iter_mut().for_each(|v| *v *= scale);
        }
    }
}

/// The mean of `values` over each superpixel, and over those around it.
fn with_surroundings(superpixels: &Superpixels, values: &[f32]) -> Vec<f32> {
    let means = superpixels.means(values);
    let around = |list: &Vec<usize>| list.iter().map(|&other| means[other]).sum::<f32>() / list.len() as f32;
    let lists = superpixels.neighbours.iter().enumerate();
    lists.flat_map(|(i, list)| [means[i], if list.is_empty() { means[i] } else { around(list) }]).collect()
}

/// Sums of dx, |dx|, dy and |dy| over 4×4 squares of 5×5 samples around a place, scaled to length 1; upright.
///
/// # Source
/// Bay, Tuytelaars, Van Gool, "SURF: Speeded Up Robust Features" (2006), section 4.2, without rotation: both pictures are
/// taken to stand upright.
fn surf(luma: &Plane, [cx, cy]: [f32; 2]) -> [f32; SURF] {
    const SIDE: usize = SQUARES * SAMPLES;
    let (width, height) = luma.size();
    let at = |x: i64, y: i64| {
        luma.row(y.clamp(0, height as i64 - 1) as usize)[x.clamp(0, width as i64 - 1) as usize]
    };
    let mut sums = [0.0_f32; SURF];
    for row in 0..SIDE {
        for column in 0..SIDE {
            let (dx, dy) = (column as f32 + 0.5 - SIDE as f32 / 2.0, row as f32 + 0.5 - SIDE as f32 / 2.0);
            let bell = (-(dx * dx + dy * dy) / (2.0 * 6.6 * 6.6)).exp();
            let (x, y) = ((cx + dx).round() as i64, (cy + dy).round() as i64);
            let (across, down) = (at(x + 1, y) - at(x - 1, y), at(x, y + 1) - at(x, y - 1));
            let square = &mut sums[(row / SAMPLES * SQUARES + column / SAMPLES) * 4..][..4];
            for (sum, value) in square.iter_mut().zip([across, across.abs(), down, down.abs()]) {
                *sum += bell * value;
            }
        }
    }
    let length = sums.iter().map(|v| v * v).sum::<f32>().sqrt();
    // Under this there is nothing but noise, whose direction would mean nothing.
    sums.map(|v| v / length.max(20.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_descriptor_of_an_edge_depends_on_its_direction_and_not_on_its_contrast() {
        let edge = |contrast: f32, across: bool| {
            let bright = |i: usize| if across { i % 40 >= 20 } else { i / 40 >= 20 };
            let value = |i: usize| if bright(i) { 40.0 + contrast } else { 40.0 };
            surf(&Plane::from_vec(40, 40, (0..1600).map(value).collect()).unwrap(), [20.0, 20.0])
        };
        let distance = |one: [f32; SURF], two: [f32; SURF]| {
            one.iter().zip(two).map(|(a, b)| (a - b) * (a - b)).sum::<f32>()
        };
        assert!(distance(edge(20.0, true), edge(50.0, true)) < 1e-6);
        assert!(distance(edge(20.0, true), edge(20.0, false)) > 0.5);
    }

    #[test]
    fn kinds_are_put_on_one_scale() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut value = |i: usize| (i % 40) as f32 + (i / 400 * 10) as f32 + 8.0 * random.f32();
        let luma = Plane::from_vec(40, 40, (0..1600).map(&mut value).collect()).unwrap();
        let mut descriptors = Descriptors::of(&luma, &Superpixels::cut(&luma, 40.0));
        normalise(&mut [&mut descriptors]);
        for kind in 0..KINDS {
            let n = descriptors.kinds[2].1.len() / 2;
            assert!(n > 20);
            let sum: f32 = (0..n * n).map(|i| descriptors.distance(kind, i / n, &descriptors, i % n)).sum();
            assert!((sum / (n * n) as f32 - 1.0).abs() < 0.02, "{kind}: {}", sum / (n * n) as f32);
        }
    }
}
