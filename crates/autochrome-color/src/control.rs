//! Numbers that a person may set, as data: help texts, sliders, checks and documentation are made from them.

/// A number with its range, as a slider shows it.
#[derive(Debug)]
pub struct Control {
    /// Short lower-case name: `--saturation`, `look.saturation`.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// One line on what it does.
    pub help: &'static str,
    /// Smallest allowed value.
    pub min: f32,
    /// Largest allowed value.
    pub max: f32,
    /// Value that changes nothing, which holds when none is given.
    pub default: f32,
    /// Step of a slider; any number between is allowed all the same.
    pub step: f32,
    /// What it is measured in; empty for a factor.
    pub unit: &'static str,
}

impl Control {
    /// The value, if it lies within the range. It is compared before it is rounded: what lies a hair beyond a bound is beyond it.
    #[must_use]
    pub fn accept(&self, value: f64) -> Option<f32> {
        (f64::from(self.min)..=f64::from(self.max)).contains(&value).then_some(value as f32)
    }

    /// The range in words: `0 to 4`.
    #[must_use]
    pub fn range(&self) -> String {
        format!("{} to {}", self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{filters, tone};

    fn all() -> impl Iterator<Item = &'static Control> {
        tone::CONTROLS.iter().chain(filters::CONTROLS).copied()
    }

    #[test]
    fn a_hair_beyond_a_bound_is_refused() {
        let control = &tone::SATURATION;
        assert_eq!((control.accept(4.0), control.accept(0.0)), (Some(4.0), Some(0.0)));
        assert_eq!((control.accept(4.000_000_000_1), control.accept(f64::NAN)), (None, None));
        assert_eq!(control.range(), "0 to 4");
    }

    #[test]
    fn defaults_lie_on_a_step_within_the_range_and_ids_are_unique() {
        for control in all() {
            assert!(control.accept(control.default.into()).is_some(), "{}", control.id);
            let steps = (control.default - control.min) / control.step;
            assert!((steps - steps.round()).abs() < 1e-3, "{}", control.id);
        }
        assert_eq!(all().map(|control| control.id).collect::<BTreeSet<_>>().len(), all().count());
    }
}
