//! A filter with its amount, and contrast.

use std::hash::{Hash, Hasher};

use super::Filter;
use crate::lab::{lab_to_srgb, srgb_to_lab};
use crate::{Control, gamut};

/// How much of the filter.
pub static AMOUNT: Control = Control {
    id: "amount",
    name: "Amount",
    help: "How much of the filter: 0 is none, 1 all of it",
    min: 0.0,
    max: 1.0,
    default: 1.0,
    step: 0.01,
    unit: "",
};

/// Factor on the distance of L from 50.
pub static CONTRAST: Control = Control {
    id: "contrast",
    name: "Contrast",
    help: "Contrast: 1 as is; changes lightness, as filters may",
    min: 0.5,
    max: 2.0,
    default: 1.0,
    step: 0.01,
    unit: "",
};

/// Everything that can be set beside the choice of a filter.
pub static CONTROLS: &[&Control] = &[&AMOUNT, &CONTRAST];

/// What a person wants of a finished picture; the default changes nothing.
///
/// Two are equal when their filters are one and the bits of their numbers are, so that they can be hashed.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The filter, if any.
    pub filter: Option<&'static Filter>,
    /// [`AMOUNT`]: how much of the filter, 0..=1.
    pub amount: f32,
    /// [`CONTRAST`]: factor on the distance of L from 50, 0.5..=2.
    pub contrast: f32,
}

impl Default for Look {
    fn default() -> Self {
        Self { filter: None, amount: AMOUNT.default, contrast: CONTRAST.default }
    }
}

impl Look {
    /// A look of a filter and a value for each of [`CONTROLS`].
    ///
    /// # Errors
    /// What `value` says.
    pub fn from_values<E>(
        filter: Option<&'static Filter>,
        mut value: impl FnMut(&'static Control) -> Result<f32, E>,
    ) -> Result<Self, E> {
        Ok(Self { filter, amount: value(&AMOUNT)?, contrast: value(&CONTRAST)? })
    }

    /// The value of each of [`CONTROLS`].
    #[must_use]
    pub fn values(&self) -> [(&'static Control, f32); 2] {
        [(&AMOUNT, self.amount), (&CONTRAST, self.contrast)]
    }

    /// Whether it changes nothing, so that luma stays exactly what it was.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        (self.filter.is_none() || self.amount == 0.0) && self.contrast == 1.0
    }

    /// Strength of the grain, 0..=1.
    #[must_use]
    pub fn grain(&self) -> f32 {
        self.filter.map_or(0.0, |filter| filter.grain * self.amount)
    }

    /// The colour it makes of a colour, both sRGB 0..=1; contrast acts first, the filter last.
    #[must_use]
    pub fn apply(&self, rgb: [f32; 3]) -> [f32; 3] {
        self.apply_lab(srgb_to_lab(rgb))
    }

    /// The colour it makes of a colour of CIELAB (D65), as sRGB 0..=1.
    pub(super) fn apply_lab(&self, [l, a, b]: [f32; 3]) -> [f32; 3] {
        let mut lab = [(50.0 + self.contrast * (l - 50.0)).clamp(0.0, 100.0), a, b];
        if let Some(filter) = self.filter {
            let changed = (filter.change)(lab);
            for (lab, changed) in lab.iter_mut().zip(changed) {
                *lab += self.amount * (changed - *lab);
            }
        }
        lab[0] = lab[0].clamp(0.0, 100.0);
        lab_to_srgb(gamut::clip_chroma(lab)).map(|v| v.clamp(0.0, 1.0))
    }

    fn bits(&self) -> (Option<&'static str>, [u32; 2]) {
        let Self { filter, amount, contrast } = self;
        (filter.map(|filter| filter.id), [amount.to_bits(), contrast.to_bits()])
    }
}

impl PartialEq for Look {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Look {}

impl Hash for Look {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
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
