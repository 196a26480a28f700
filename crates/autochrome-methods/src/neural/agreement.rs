//! Surfaces of one kind get one colour: a lawn is no patchwork.
//!
//! A network decides for every place by itself how likely grass is to be green there; where it doubts, it answers gray. What
//! a segmentation takes for the same surface is averaged here, cells of the same luma foremost. Of skin, the cells that the network
//! gave a colour count before those that it left gray, so that hands have the colour of the face.
//!
//! Source: the mean over alike places after Buades, Coll, Morel, "A non-local algorithm for image denoising" (2005), with
//! likeness of meaning in place of likeness of pixels.

use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};
use autochrome_engine::{Segmentation, Session};

use super::region::step;
use crate::change;

/// What agrees with itself.
struct Kind {
    /// The classes that it is made of.
    classes: &'static [&'static str],
    /// Difference of luma, in units of L, at which two cells count for a third.
    luma: f32,
    /// Whether coloured cells count before gray ones, and only gray ones change.
    colored_first: bool,
}

const KINDS: [Kind; 2] = [
    Kind { classes: &["sky", "grass", "water", "road"], luma: 8.0, colored_first: false },
    Kind { classes: &["skin"], luma: 25.0, colored_first: true },
];

/// Probability of being of a kind from which on, and up to which, a cell takes part.
const SURE: [f32; 2] = [0.5, 0.9];

/// Difference between 1 and the cosine of two cells' probabilities at which they count for a third.
const LIKENESS: f32 = 0.05;

/// Chroma, in units of ab, from which on, and up to which, a cell stops being gray.
const COLORED: [f32; 2] = [6.0, 12.0];

/// Squared chroma that a gray cell counts as having where coloured cells count first.
const GRAY: f32 = 4.0;

/// How many cells count as having the usual colour of their kind where coloured cells count first.
const USUAL_CELLS: f32 = 2.0;

/// Moves the colours of surfaces and skin in `chroma`, an answer for a picture with this luma, to what cells like them have.
pub(super) fn agree(session: &Session, segmentation: &Segmentation, luma: &Plane, chroma: &mut Chroma) {
    let (width, height) = segmentation.size();
    let small_luma = resize_plane(luma, width, height, Filter::Area);
    let small = resize_chroma(chroma, width, height, Filter::Area);
    let mut change = Chroma::neutral(width, height);
    let mut changes = false;
    for kind in &KINDS {
        let cells = Cells::new(kind, session, segmentation, &small_luma, &small);
        changes |= !cells.members.is_empty();
        for (place, member) in cells.members.iter().enumerate() {
            let [a, b] = cells.mean(place);
            let grayness = 1.0 - step(member.ab[0].hypot(member.ab[1]), COLORED);
            let share = member.belief * if kind.colored_first { grayness } else { 1.0 };
            change.a.data_mut()[member.index] += share * (a - member.ab[0]);
            change.b.data_mut()[member.index] += share * (b - member.ab[1]);
        }
    }
    if !changes {
        return;
    }
    change::add(&change, luma, chroma);
}

/// A cell of a kind.
struct Member {
    index: usize,
    belief: f32,
    luma: f32,
    ab: [f32; 2],
    /// Its probabilities, scaled to length 1.
    meaning: Vec<f32>,
}

/// The cells of one kind in a picture.
struct Cells<'a> {
    kind: &'a Kind,
    members: Vec<Member>,
    /// What counts besides: a colour and how much.
    usual: ([f32; 2], f32),
}

impl<'a> Cells<'a> {
    fn new(
        kind: &'a Kind,
        session: &Session,
        segmentation: &Segmentation,
        luma: &Plane,
        chroma: &Chroma,
    ) -> Self {
        let meant: Vec<usize> = (0..segmentation.classes().len())
            .filter(|&class| kind.classes.contains(&segmentation.classes()[class].as_str()))
            .collect();
        let vectors = segmentation.probabilities().vectors().enumerate();
        let members = vectors.filter_map(|(index, vector)| {
            let belief = step(meant.iter().map(|&class| vector[class]).sum(), SURE);
            let length = vector.iter().map(|p| p * p).sum::<f32>().sqrt();
            (belief > 0.0).then(|| Member {
                index,
                belief,
                luma: luma.data()[index],
                ab: [chroma.a.data()[index], chroma.b.data()[index]],
                meaning: vector.iter().map(|p| p / length).collect(),
            })
        });
        let members = members.collect();
        let usual = if kind.colored_first { usual(session, &meant) } else { ([0.0; 2], 0.0) };
        Self { kind, members, usual }
    }

    /// The colour of the cells like one of them.
    fn mean(&self, place: usize) -> [f32; 2] {
        let here = &self.members[place];
        let ([a, b], weight) = self.usual;
        let (mut sums, mut weights) = ([weight * a, weight * b], weight);
        for other in &self.members {
            let cosine: f32 = here.meaning.iter().zip(&other.meaning).map(|(p, q)| p * q).sum();
            let far = (1.0 - cosine) / LIKENESS + (here.luma - other.luma).abs() / self.kind.luma;
            let vividness = if self.kind.colored_first { vividness(other.ab) } else { 1.0 };
            let weight = other.belief * vividness * (-far).exp();
            sums = [sums[0] + weight * other.ab[0], sums[1] + weight * other.ab[1]];
            weights += weight;
        }
        sums.map(|sum| sum / weights)
    }
}

/// How much a colour counts where coloured cells count first.
fn vividness([a, b]: [f32; 2]) -> f32 {
    GRAY + a * a + b * b
}

/// The colour that things of these classes usually have, and how much it counts; nothing where the model does not say.
fn usual(session: &Session, classes: &[usize]) -> ([f32; 2], f32) {
    let (mut sums, mut weights) = ([0.0; 2], 0.0);
    for color in classes.iter().flat_map(|&class| session.usual_colors(class)) {
        let [_, a, b] = color.lab;
        let weight = color.share * vividness([a, b]);
        sums = [sums[0] + weight * a, sums[1] + weight * b];
        weights += weight;
    }
    if weights == 0.0 {
        return ([0.0; 2], 0.0);
    }
    let mean = sums.map(|sum| sum / weights);
    (mean, USUAL_CELLS * vividness(mean))
}

#[cfg(test)]
mod tests {
    use autochrome_engine::tests_support::{segmentation, tiny_weights};

    use super::*;

    fn session() -> Session {
        Session::from_bytes(&tiny_weights()).unwrap()
    }

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
        agree(&session(), &segmentation(&["grass", "dress"], &cells, 16), &luma, &mut chroma);
        let at = |x: usize, y: usize| chroma.a.row(y)[x];
        assert!((at(10, 20) - at(120, 20)).abs() < 1.0, "{} and {}", at(10, 20), at(120, 20));
        assert!(at(10, 20) < -10.0, "{}", at(10, 20));
        assert!(at(57, 68).abs() < 3.0 && at(70, 68) > 47.0, "{} and {}", at(57, 68), at(70, 68));
    }

    #[test]
    fn a_gray_hand_gets_the_colour_of_the_face() {
        // A face above, a hand below, a wall between them.
        let cells: Vec<usize> = (0..64).map(|i| usize::from(!(16..48).contains(&i))).collect();
        let luma = Plane::filled(64, 64, 60.0);
        let plane = |face: f32| {
            Plane::from_vec(64, 64, (0..4096).map(|i| if i < 1024 { face } else { 0.0 }).collect()).unwrap()
        };
        let mut chroma = Chroma { a: plane(12.0), b: plane(16.0) };
        agree(&session(), &segmentation(&["wall", "skin"], &cells, 8), &luma, &mut chroma);
        assert!(chroma.b.row(60)[30] > 14.0, "{}", chroma.b.row(60)[30]);
        assert!(chroma.b.row(32)[30].abs() < 1.0, "{}", chroma.b.row(32)[30]);
    }

    #[test]
    fn a_picture_without_surfaces_stays_as_it_is() {
        let luma = Plane::filled(64, 64, 50.0);
        let mut chroma = Chroma { a: Plane::filled(64, 64, 9.0), b: Plane::filled(64, 64, 1.0) };
        let before = chroma.clone();
        agree(&session(), &segmentation(&["dress", "grass"], &[0; 64], 8), &luma, &mut chroma);
        assert_eq!(chroma, before);
    }
}
