//! A filter with its amount, and the sliders beside it.

use super::Filter;
use crate::gamut;
use crate::lab::{lab_to_srgb, srgb_to_lab};

/// What a person wants of a finished picture; the default changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The filter, if any.
    pub filter: Option<&'static Filter>,
    /// How much of the filter: 0 is none, 1 all of it.
    pub amount: f32,
    /// Factor on a and b of CIELAB: 0 is gray, 1 as is; at most 4.
    pub saturation: f32,
    /// Added to b of CIELAB, -50..=50: positive is warmer.
    pub temperature: f32,
    /// Added to a of CIELAB, -50..=50: positive is more magenta, negative greener.
    pub tint: f32,
    /// Factor on the distance of L from 50: 1 as is, 0.5..=2.
    pub contrast: f32,
}

impl Default for Look {
    fn default() -> Self {
        Self { filter: None, amount: 1.0, saturation: 1.0, temperature: 0.0, tint: 0.0, contrast: 1.0 }
    }
}

impl Look {
    /// Whether it changes nothing, so that luma stays exactly what it was.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        (self.filter.is_none() || self.amount == 0.0)
            && (self.saturation, self.temperature, self.tint, self.contrast) == (1.0, 0.0, 0.0, 1.0)
    }

    /// Strength of the grain, 0..=1.
    #[must_use]
    pub fn grain(&self) -> f32 {
        self.filter.map_or(0.0, |filter| filter.grain * self.amount)
    }

    /// The colour it makes of a colour, both sRGB 0..=1; the sliders act first, the filter last.
    #[must_use]
    pub fn apply(&self, rgb: [f32; 3]) -> [f32; 3] {
        let [l, a, b] = srgb_to_lab(rgb);
        let l = (50.0 + self.contrast * (l - 50.0)).clamp(0.0, 100.0);
        let mut lab = [l, self.saturation * a + self.tint, self.saturation * b + self.temperature];
        if let Some(filter) = self.filter {
            let changed = (filter.change)(lab);
            for (lab, changed) in lab.iter_mut().zip(changed) {
                *lab += self.amount * (changed - *lab);
            }
        }
        lab[0] = lab[0].clamp(0.0, 100.0);
        lab_to_srgb(gamut::fit(lab)).map(|v| v.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::{all, find};

    #[test]
    fn the_default_changes_nothing() {
        assert!(Look::default().is_identity());
        let rgb = [0.8, 0.3, 0.1];
        for (got, wanted) in Look::default().apply(rgb).iter().zip(rgb) {
            assert!((got - wanted).abs() < 1e-4);
        }
    }

    #[test]
    fn amount_nought_of_any_filter_changes_nothing() {
        for filter in all() {
            let look = Look { filter: Some(filter), amount: 0.0, ..Look::default() };
            assert!(look.is_identity(), "{}", filter.id);
        }
    }

    #[test]
    fn black_and_white_is_gray_and_keeps_luma() {
        let look = Look { filter: find("black-and-white"), ..Look::default() };
        let [r, g, b] = look.apply([0.9, 0.2, 0.4]);
        assert!((r - g).abs() < 2e-3 && (g - b).abs() < 2e-3, "{r} {g} {b}");
        assert!((srgb_to_lab([r, g, b])[0] - srgb_to_lab([0.9, 0.2, 0.4])[0]).abs() < 0.1);
    }

    #[test]
    fn warm_is_warmer_and_cool_is_cooler() {
        let b_of = |id| srgb_to_lab(Look { filter: find(id), ..Look::default() }.apply([0.5; 3]))[2];
        assert!(b_of("warm") > 10.0 && b_of("cool") < -10.0);
    }
}
