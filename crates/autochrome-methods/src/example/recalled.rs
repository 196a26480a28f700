//! The colours of places that look alike, over the network's own.
//!
//! A cell's colours move as a whole, so that what the network sees within it stays.

use autochrome_color::resize::{Filter, resize_chroma};
use autochrome_color::{Chroma, Plane};

use super::deep::Match;
use crate::change;

/// Likeness of a place from which on, and up to which, its remembered colour is taken. Places of pictures that have nothing to do with one
/// another lie below in 93 of 100 cases, places of the same clip and person above in 85 to 100.
const ALIKE: [f32; 2] = [0.35, 0.55];

/// Cells to each side that a place's likeness is averaged with: a single cell may be alike by chance.
const AROUND: usize = 5;

/// Distance in ab by which a point of colour moves a cell at which half of what is recalled counts there.
const SAID: f32 = 10.0;

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

/// The mean of the values no farther than [`AROUND`] from `cell` along both sides.
fn mean_around(values: &[f32], (width, height): (usize, usize), cell: usize) -> f32 {
    let near = |at: usize, side: usize| at.saturating_sub(AROUND)..(at + AROUND + 1).min(side);
    let (columns, rows) = (near(cell % width, width), near(cell / width, height));
    let count = columns.len() * rows.len();
    rows.map(|row| values[row * width..][columns.clone()].iter().sum::<f32>()).sum::<f32>() / count as f32
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn what_a_point_has_coloured_keeps_its_colour() {
        let green = Chroma { b: Plane::filled(32, 32, 60.0), ..brown() };
        assert!(middle(&blue(0.9), Some(&brown()), green) > 50.0);
    }
}
