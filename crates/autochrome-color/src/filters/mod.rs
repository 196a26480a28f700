//! Looks that are put over a finished picture: named filters and contrast.
//!
//! A [`Filter`] is a function of one colour in CIELAB (D65), and some have grain. A [`Look`] is a filter with its amount, and
//! contrast. To be applied it is sampled once into a [`Cube`], a table over sRGB, so that every look costs the
//! same few operations a pixel, and so that a preview elsewhere that is given the table shows exactly what is written here.
//! What acts on chroma alone is no look but a [`Tone`](crate::Tone).
//!
//! ```
//! use autochrome_color::filters::{Cube, Look, find};
//!
//! let sepia = Look { filter: find("sepia"), amount: 0.8, ..Look::default() };
//! let mut rgb = [128, 128, 128];
//! Cube::new(&sepia).apply8(&mut rgb, 1);
//! assert!(rgb[0] > rgb[1] && rgb[1] > rgb[2]);
//! ```

mod cube;
mod grain;
mod look;
mod recipes;

pub use cube::{Cube, SIDE};
pub use look::{AMOUNT, CONTRAST, CONTROLS, Look};

/// A named look.
#[derive(Debug)]
pub struct Filter {
    /// Short lower-case name: `--filter ID`.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// Strength of the coloured grain at amount 1, 0..=1; 0 is none.
    pub grain: f32,
    /// The colour that it makes of a colour; both CIELAB (D65), L 0..=100.
    change: fn([f32; 3]) -> [f32; 3],
}

/// Every filter, in the order in which people should meet them.
#[must_use]
pub fn all() -> &'static [Filter] {
    &recipes::ALL
}

/// The filter of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Filter> {
    recipes::ALL.iter().find(|filter| filter.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_can_be_typed() {
        let ids: BTreeSet<&str> = all().iter().map(|filter| filter.id).collect();
        assert_eq!(ids.len(), all().len());
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
    }

    #[test]
    fn no_filter_makes_a_number_that_is_none() {
        for filter in all() {
            for l in 0..=10 {
                for (a, b) in [(0.0, 0.0), (98.0, 60.0), (-86.0, 83.0), (79.0, -107.0)] {
                    let lab = (filter.change)([l as f32 * 10.0, a, b]);
                    assert!(lab.iter().all(|v| v.is_finite()), "{} gives {lab:?}", filter.id);
                }
            }
        }
    }
}
