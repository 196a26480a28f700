//! The colours of places that look alike, over the network's own.
//!
//! A cell's colours move as a whole, so that what the network sees within it stays.

use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};

use autochrome_engine::Segmentation;

use super::deep::Match;
use super::vote::{self, Ballot};
use crate::change;
use crate::neural::region::{same, step};

/// Likeness of a place from which on, and up to which, its remembered colour is taken. Places of pictures that have nothing to do with one
/// another lie below in 93 of 100 cases, places of the same clip and person above in 85 to 100.
const ALIKE: [f32; 2] = [0.35, 0.55];

/// Cells to each side that a place's likeness is averaged with: a single cell may be alike by chance.
const AROUND: usize = 5;

/// Distance in ab by which a point of colour moves a cell at which half of what is recalled counts there.
const SAID: f32 = 10.0;

/// What has one colour on one person in one light.
const OF_PEOPLE: [&str; 13] = [
    "skin", "hair", "lips", "top", "dress", "skirt", "trousers", "hat", "shoes", "bag", "tie", "scarf",
    "hosiery",
];

/// Probability of being of a person from which on, and up to which, a cell takes the colour of the whole thing.
const SURE: [f32; 2] = [0.3, 0.7];

/// Mean share over a thing from which on, and up to which, all of it is recalled.
const RECALLED: [f32; 2] = [0.1, 0.35];

/// Distance, as a share of the picture's longer side, and difference of luma, in units of L, at which cells of a thing count for a third.
const NEAR: [f32; 2] = [0.3, 10.0];

/// Powers by which what cells have in common, how surely they are of a person, and how sure their colour is count: a cell on a border
/// has the colour of both sides.
const LIKENESS: i32 = 5;
const PURITY: i32 = 3;
const SURENESS: i32 = 4;

/// What other pictures say of the cells of a grid over a picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recalled {
    /// Columns and rows.
    size: (usize, usize),
    /// a and b of each cell, row by row.
    colors: Vec<[f32; 2]>,
    /// How much of its colour a cell takes, 0..=1.
    shares: Vec<f32>,
}

impl Recalled {
    /// What the matches of a grid's cells say.
    pub(super) fn new(size: (usize, usize), found: &[Match]) -> Self {
        let likeness: Vec<f32> = found.iter().map(|found| found.likeness).collect();
        let share = |(cell, found): (usize, &Match)| {
            let likeness = 0.5 * (found.likeness + mean_around(&likeness, size, cell));
            found.support * ((likeness - ALIKE[0]) / (ALIKE[1] - ALIKE[0])).clamp(0.0, 1.0)
        };
        let shares = found.iter().enumerate().map(share).collect();
        Self { size, colors: found.iter().map(|found| found.ab).collect(), shares }
    }

    /// The same with what people wear, and their skin and hair, recalled as a whole: cells of one thing take the colour that the surest of
    /// them agree on.
    ///
    /// `segmentation` says what lies where in the picture with this luma; without one on the same grid nothing changes.
    #[must_use]
    pub fn evened(mut self, segmentation: Option<&Segmentation>, luma: &Plane) -> Self {
        let Some(segmentation) = segmentation.filter(|segmentation| segmentation.size() == self.size) else {
            return self;
        };
        let people = People::new(segmentation, luma);
        let even = |cell| (people.beliefs[cell] > 0.0).then(|| self.of_thing(&people, cell));
        let evened: Vec<_> = (0..self.shares.len()).map(even).collect();
        for (cell, (ab, share)) in
            evened.into_iter().enumerate().filter_map(|(cell, even)| Some((cell, even?)))
        {
            let belief = step(people.beliefs[cell], SURE);
            let (old, new) = (self.shares[cell] * (1.0 - belief), share * belief);
            let total = old + new;
            let mixed = |was: f32, is: f32| (old * was + new * is) / total.max(f32::MIN_POSITIVE);
            self.colors[cell] = [mixed(self.colors[cell][0], ab[0]), mixed(self.colors[cell][1], ab[1])];
            self.shares[cell] = total;
        }
        self
    }

    /// The colour of the thing in a cell, and how much of it the cell takes.
    fn of_thing(&self, people: &People<'_>, cell: usize) -> ([f32; 2], f32) {
        let (mut ballots, mut shares, mut weights) = (Vec::new(), 0.0, 0.0);
        for (other, &share) in self.shares.iter().enumerate() {
            let weight = people.likeness(cell, other);
            ballots.push(Ballot { ab: self.colors[other], weight: weight * share.powi(SURENESS) });
            shares += weight * share;
            weights += weight;
        }
        let mean: f32 = shares / weights.max(f32::MIN_POSITIVE);
        (vote::count(&ballots).0, step(mean, RECALLED))
    }

    /// Moves the colours of `chroma`, an answer for a picture with this luma, to those that are recalled. Where `chroma` follows points
    /// of colour, `own` is the answer without them: what they changed keeps their colours.
    pub fn blend(&self, luma: &Plane, own: Option<&Chroma>, chroma: &mut Chroma) {
        let (width, height) = self.size;
        let small = resize_chroma(chroma, width, height, Filter::Area);
        let own = own.map(|own| resize_chroma(own, width, height, Filter::Area));
        let mut change = Chroma::neutral(width, height);
        for (cell, ([a, b], share)) in self.colors.iter().zip(&self.shares).enumerate() {
            let at = |chroma: &Chroma| [chroma.a.data()[cell], chroma.b.data()[cell]];
            let here = at(&small);
            let said = own.as_ref().map_or(0.0, |own| {
                let own = at(own);
                (here[0] - own[0]).hypot(here[1] - own[1]) / SAID
            });
            let share = share / (1.0 + said * said);
            change.a.data_mut()[cell] = share * (a - here[0]);
            change.b.data_mut()[cell] = share * (b - here[1]);
        }
        change::add(&change, luma, chroma);
    }
}

/// The cells of a picture that show people.
struct People<'a> {
    segmentation: &'a Segmentation,
    /// How likely each cell is to be one.
    beliefs: Vec<f32>,
    /// L of each cell.
    luma: Plane,
}

impl<'a> People<'a> {
    fn new(segmentation: &'a Segmentation, luma: &Plane) -> Self {
        let (width, height) = segmentation.size();
        let names = segmentation.classes();
        let meant: Vec<usize> =
            (0..names.len()).filter(|&class| OF_PEOPLE.contains(&names[class].as_str())).collect();
        let belief = |vector: &[f32]| {
            let sum: f32 = meant.iter().map(|&class| vector[class]).sum();
            if sum > SURE[0] { sum } else { 0.0 }
        };
        let beliefs = segmentation.probabilities().vectors().map(belief).collect();
        Self { segmentation, beliefs, luma: resize_plane(luma, width, height, Filter::Area) }
    }

    /// How much a cell counts for the thing in another one.
    fn likeness(&self, cell: usize, other: usize) -> f32 {
        let purity = self.beliefs[other].powi(PURITY);
        if purity == 0.0 {
            return 0.0;
        }
        let (width, height) = self.segmentation.size();
        let across = (cell % width).abs_diff(other % width) as f32;
        let away = across.hypot((cell / width).abs_diff(other / width) as f32) / width.max(height) as f32;
        let darker = (self.luma.data()[cell] - self.luma.data()[other]).abs();
        let near = (-away / NEAR[0] - darker / NEAR[1]).exp();
        purity * near * same(self.segmentation, cell, other).powi(LIKENESS)
    }
}

/// The mean of the values no farther than [`AROUND`] from `cell` along both sides.
fn mean_around(values: &[f32], (width, height): (usize, usize), cell: usize) -> f32 {
    let near = |at: usize, side: usize| at.saturating_sub(AROUND)..(at + AROUND + 1).min(side);
    let (columns, rows) = (near(cell % width, width), near(cell / width, height));
    let count = columns.len() * rows.len();
    rows.map(|row| values[row * width..][columns.clone()].iter().sum::<f32>()).sum::<f32>() / count as f32
}

#[cfg(test)]
mod tests {
    use autochrome_engine::tests_support::segmentation;

    use super::*;

    const SIZE: (usize, usize) = (8, 8);

    /// Blue everywhere, as alike as said.
    fn blue(likeness: f32) -> Recalled {
        let found = |cell| Match { cell, ab: [0.0, -30.0], likeness, support: 1.0, mutual: 1.0 };
        Recalled::new(SIZE, &(0..64).map(found).collect::<Vec<_>>())
    }

    fn middle(recalled: &Recalled, own: Option<&Chroma>, mut chroma: Chroma) -> f32 {
        recalled.blend(&Plane::filled(32, 32, 50.0), own, &mut chroma);
        chroma.b.data()[16 * 32 + 16]
    }

    fn brown() -> Chroma {
        Chroma { a: Plane::filled(32, 32, 0.0), b: Plane::filled(32, 32, 20.0) }
    }

    #[test]
    fn what_is_alike_takes_the_colour_and_what_is_not_keeps_its_own() {
        let at = |likeness| middle(&blue(likeness), None, brown());
        assert!((at(0.9) + 30.0).abs() < 0.1 && (at(0.2) - 20.0).abs() < 0.1);
        assert!((at(0.45) + 5.0).abs() < 0.1, "half way: {}", at(0.45));
    }

    /// A thing on the left half, something else on the right, of which the upper three quarters are recalled: blue, and one cell red.
    fn mostly_recalled(thing: &str) -> Recalled {
        let found = |cell: usize| Match {
            cell,
            ab: if cell == 0 { [50.0, 0.0] } else { [0.0, -30.0] },
            likeness: if cell < 48 { 0.9 } else { 0.0 },
            support: 1.0,
            mutual: 1.0,
        };
        let cells: Vec<usize> = (0..64).map(|i| i % 8 / 4).collect();
        let recalled = Recalled::new(SIZE, &(0..64).map(found).collect::<Vec<_>>());
        recalled.evened(Some(&segmentation(&[thing, "wall"], &cells, 8)), &Plane::filled(64, 64, 50.0))
    }

    #[test]
    fn a_garment_is_recalled_as_a_whole_in_the_colour_that_most_of_it_has() {
        let recalled = mostly_recalled("dress");
        for cell in [0, 1, 57, 58] {
            let [a, b] = recalled.colors[cell];
            assert!(a.abs() < 3.0 && (b + 30.0).abs() < 3.0, "cell {cell}: {a}, {b}");
            assert!(recalled.shares[cell] > 0.9, "cell {cell}: {}", recalled.shares[cell]);
        }
    }

    #[test]
    fn what_is_no_part_of_a_person_is_recalled_cell_by_cell() {
        let tree = mostly_recalled("tree");
        assert_eq!((tree.colors[0], tree.shares[58]), ([50.0, 0.0], 0.0));
        let dress = mostly_recalled("dress");
        assert_eq!((dress.colors[7], dress.shares[62]), ([0.0, -30.0], 0.0), "the wall beside it");
    }

    #[test]
    fn what_a_point_has_coloured_keeps_its_colour() {
        let green = Chroma { b: Plane::filled(32, 32, 60.0), ..brown() };
        assert!(middle(&blue(0.9), Some(&brown()), green) > 50.0);
    }
}
