//! Surfaces of one kind get one colour: a lawn is no patchwork.
//!
//! A network decides for every place by itself how likely grass is to be green there; where it doubts, it answers gray. What
//! a segmentation takes for the same surface is averaged here, cells of the same luma foremost, and those that the network
//! gave a colour before those that it left gray.
//!
//! Source: the mean over alike places after Buades, Coll, Morel, "A non-local algorithm for image denoising" (2005), with
//! likeness of meaning in place of likeness of pixels.

use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::upsample::upsample;
use autochrome_color::{Chroma, Plane};
use autochrome_engine::Segmentation;

use super::region::step;

/// Classes of things that have one colour all over.
const SURFACES: [&str; 5] = ["sky", "grass", "water", "road", "mountain"];

/// Probability of being a surface from which on, and up to which, a cell takes part.
const SURE: [f32; 2] = [0.4, 0.8];

/// Difference between 1 and the cosine of two cells' probabilities at which they count for a third.
const LIKENESS: f32 = 0.05;

/// Difference of luma, in units of L, at which two cells count for a third.
const LUMA: f32 = 25.0;

/// Chroma, in units of ab, that a gray cell counts as having.
const GRAY: f32 = 3.0;

/// Moves the colours of surfaces in `chroma`, an answer for a picture with this luma, to what cells of the same surface have.
pub(super) fn agree(segmentation: &Segmentation, luma: &Plane, chroma: &mut Chroma) {
    let (width, height) = segmentation.size();
    let cells = Cells::new(segmentation, luma, chroma);
    if cells.members.is_empty() {
        return;
    }
    let mut change = Chroma::neutral(width, height);
    for (place, member) in cells.members.iter().enumerate() {
        let [a, b] = cells.mean(place);
        change.a.data_mut()[member.index] = member.belief * (a - member.ab[0]);
        change.b.data_mut()[member.index] = member.belief * (b - member.ab[1]);
    }
    let (width, height) = chroma.size();
    let change = upsample(&resize_plane(luma, width, height, Filter::Area), &change);
    for (plane, change) in [(&mut chroma.a, &change.a), (&mut chroma.b, &change.b)] {
        plane.data_mut().iter_mut().zip(change.data()).for_each(|(sample, change)| *sample += change);
    }
}

/// A cell of a surface.
struct Member {
    index: usize,
    belief: f32,
    luma: f32,
    ab: [f32; 2],
    /// Its probabilities, scaled to length 1.
    meaning: Vec<f32>,
}

struct Cells {
    members: Vec<Member>,
}

impl Cells {
    fn new(segmentation: &Segmentation, luma: &Plane, chroma: &Chroma) -> Self {
        let (width, height) = segmentation.size();
        let luma = resize_plane(luma, width, height, Filter::Area);
        let small = resize_chroma(chroma, width, height, Filter::Area);
        let surfaces: Vec<usize> = (0..segmentation.classes().len())
            .filter(|&class| SURFACES.contains(&segmentation.classes()[class].as_str()))
            .collect();
        let vectors = segmentation.probabilities().vectors().enumerate();
        let members = vectors.filter_map(|(index, vector)| {
            let belief = step(surfaces.iter().map(|&class| vector[class]).sum(), SURE);
            let length = vector.iter().map(|p| p * p).sum::<f32>().sqrt();
            (belief > 0.0).then(|| Member {
                index,
                belief,
                luma: luma.data()[index],
                ab: [small.a.data()[index], small.b.data()[index]],
                meaning: vector.iter().map(|p| p / length).collect(),
            })
        });
        Self { members: members.collect() }
    }

    /// The colour of the cells like one of them.
    fn mean(&self, place: usize) -> [f32; 2] {
        let here = &self.members[place];
        let (mut sums, mut weights) = ([0.0; 2], 0.0);
        for other in &self.members {
            let cosine: f32 = here.meaning.iter().zip(&other.meaning).map(|(p, q)| p * q).sum();
            let far = (1.0 - cosine) / LIKENESS + (here.luma - other.luma).abs() / LUMA;
            let weight = other.belief * (GRAY + other.ab[0].hypot(other.ab[1])) * (-far).exp();
            sums = [sums[0] + weight * other.ab[0], sums[1] + weight * other.ab[1]];
            weights += weight;
        }
        sums.map(|sum| sum / weights)
    }
}

#[cfg(test)]
mod tests {
    use autochrome_engine::tests_support::segmentation;

    use super::*;

    #[test]
    fn a_lawn_gets_one_green_and_a_dress_on_it_keeps_its_colours() {
        // Grass, with a dress in the middle.
        let is_dress = |x: usize, y: usize| usize::from((6..10).contains(&x) && (6..10).contains(&y));
        let cells: Vec<usize> = (0..256).map(|i| is_dress(i % 16, i / 16)).collect();
        let luma = Plane::filled(128, 128, 50.0);
        // Green on the right, gray on the left; red and gray on the dress.
        let paint = |i: usize| match (is_dress(i % 128 / 8, i / 128 / 8) == 1, i % 128 < 64) {
            (_, true) => 0.0,
            (true, false) => 50.0,
            (false, false) => -30.0,
        };
        let a = Plane::from_vec(128, 128, (0..128 * 128).map(paint).collect()).unwrap();
        let mut chroma = Chroma { a, b: Plane::filled(128, 128, 0.0) };
        agree(&segmentation(&["grass", "dress"], &cells, 16), &luma, &mut chroma);
        let at = |x: usize, y: usize| chroma.a.row(y)[x];
        assert!((at(10, 20) - at(120, 20)).abs() < 1.0, "{} and {}", at(10, 20), at(120, 20));
        assert!(at(10, 20) < -20.0, "more green than gray: {}", at(10, 20));
        assert!(at(57, 68).abs() < 3.0 && at(70, 68) > 47.0, "{} and {}", at(57, 68), at(70, 68));
    }

    #[test]
    fn a_picture_without_surfaces_stays_as_it_is() {
        let luma = Plane::filled(64, 64, 50.0);
        let mut chroma = Chroma { a: Plane::filled(64, 64, 9.0), b: Plane::filled(64, 64, 1.0) };
        let before = chroma.clone();
        agree(&segmentation(&["dress", "grass"], &[0; 64], 8), &luma, &mut chroma);
        assert_eq!(chroma, before);
    }
}
