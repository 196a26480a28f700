//! What a person may ask of the colours after a method gave them.

/// Adjustments to chroma between a method and the finished picture; the default changes nothing, and none of them touches L.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Factor on a and b: 0 is gray, 1 as is, 2 twice as vivid.
    pub saturation: f32,
    /// Added to b of CIELAB after saturation: positive is warmer (yellow), negative cooler (blue); useful within ±30.
    pub temperature: f32,
    /// Added to a of CIELAB after saturation: positive is more magenta, negative greener; useful within ±30.
    pub tint: f32,
}

impl Default for Tone {
    fn default() -> Self {
        Self { saturation: 1.0, temperature: 0.0, tint: 0.0 }
    }
}

impl Tone {
    /// The adjusted a and b.
    #[inline(always)]
    #[must_use]
    pub fn apply(&self, a: f32, b: f32) -> (f32, f32) {
        (a * self.saturation + self.tint, b * self.saturation + self.temperature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_changes_nothing() {
        assert_eq!(Tone::default().apply(12.5, -70.25), (12.5, -70.25));
    }

    #[test]
    fn every_adjustment_does_its_own() {
        let tone = Tone { saturation: 2.0, temperature: 5.0, tint: -3.0 };
        assert_eq!(tone.apply(10.0, 20.0), (17.0, 45.0));
    }
}
