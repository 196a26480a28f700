//! What a person may ask of the colours after a method gave them.
//!
//! A tone acts on chroma at full size, before the colours are brought into the gamut and rounded, and L stays as it is:
//!
//! ```text
//! a' = saturation · a + tint
//! b' = saturation · b + temperature
//! ```
//!
//! on a and b of CIELAB (D65). [`gamut`](crate::gamut) then moves what sRGB cannot show towards gray, L and hue kept.

use std::hash::{Hash, Hasher};

use crate::Control;

/// Factor on a and b.
pub static SATURATION: Control = Control {
    id: "saturation",
    name: "Saturation",
    help: "Strength of the colours: 0 is gray, 1 as found",
    min: 0.0,
    max: 4.0,
    default: 1.0,
    step: 0.01,
    unit: "",
};

/// Added to b.
pub static TEMPERATURE: Control = Control {
    id: "temperature",
    name: "Temperature",
    help: "Warmth of the colours: bluer below 0, yellower above",
    min: -50.0,
    max: 50.0,
    default: 0.0,
    step: 1.0,
    unit: "b of CIELAB",
};

/// Added to a.
pub static TINT: Control = Control {
    id: "tint",
    name: "Tint",
    help: "Tint of the colours: greener below 0, more magenta above",
    min: -50.0,
    max: 50.0,
    default: 0.0,
    step: 1.0,
    unit: "a of CIELAB",
};

/// Everything that can be set, in the order in which people should meet it.
pub static CONTROLS: &[&Control] = &[&SATURATION, &TEMPERATURE, &TINT];

/// Adjustments to chroma between a method and the finished picture; the default changes nothing, and none of them touches L.
///
/// Two are equal when their bits are, so that they can be hashed.
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    /// [`SATURATION`]: factor on a and b of CIELAB.
    pub saturation: f32,
    /// [`TEMPERATURE`]: added to b after saturation; positive is warmer (yellow), negative cooler (blue).
    pub temperature: f32,
    /// [`TINT`]: added to a after saturation; positive is more magenta, negative greener.
    pub tint: f32,
}

impl Default for Tone {
    fn default() -> Self {
        Self { saturation: SATURATION.default, temperature: TEMPERATURE.default, tint: TINT.default }
    }
}

impl Tone {
    /// A tone of a value for each of [`CONTROLS`].
    ///
    /// # Errors
    /// What `value` says.
    pub fn from_values<E>(mut value: impl FnMut(&'static Control) -> Result<f32, E>) -> Result<Self, E> {
        Ok(Self { saturation: value(&SATURATION)?, temperature: value(&TEMPERATURE)?, tint: value(&TINT)? })
    }

    /// The value of each of [`CONTROLS`].
    #[must_use]
    pub fn values(&self) -> [(&'static Control, f32); 3] {
        let Self { saturation, temperature, tint } = *self;
        [(&SATURATION, saturation), (&TEMPERATURE, temperature), (&TINT, tint)]
    }

    /// The adjusted a and b.
    #[inline(always)]
    #[must_use]
    pub fn apply(&self, a: f32, b: f32) -> (f32, f32) {
        (a * self.saturation + self.tint, b * self.saturation + self.temperature)
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        (self.saturation, self.temperature, self.tint) == (1.0, 0.0, 0.0)
    }

    fn bits(&self) -> [u32; 3] {
        let Self { saturation, temperature, tint } = self;
        [saturation, temperature, tint].map(|value| value.to_bits())
    }
}

impl PartialEq for Tone {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Tone {}

impl Hash for Tone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_changes_nothing() {
        assert!(Tone::default().is_identity());
        assert_eq!(Tone::default().apply(12.5, -70.25), (12.5, -70.25));
    }

    #[test]
    fn every_adjustment_does_its_own() {
        let tone = Tone { saturation: 2.0, temperature: 5.0, tint: -3.0 };
        assert_eq!(tone.apply(10.0, 20.0), (17.0, 45.0));
        assert!(!tone.is_identity());
    }
}
