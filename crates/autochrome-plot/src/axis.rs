//! From values to pixels.

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally long.
    Linear,
    /// Equal ratios are equally long; for values above 0.
    Logarithmic,
}

/// Maps values to pixels along one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Value at `from_px`.
    pub low: f64,
    /// Value at `to_px`.
    pub high: f64,
    /// Where the axis begins.
    pub from_px: f64,
    /// Where it ends.
    pub to_px: f64,
    /// How it is divided.
    pub scale: Scale,
}

impl Axis {
    /// A linear axis around `values` with some air, and from 0 (or below) when `zero`.
    #[must_use]
    pub fn covering(values: impl Iterator<Item = f64>, zero: bool, from_px: f64, to_px: f64) -> Self {
        let (mut low, mut high) = range(values);
        let air = ((high - low) * 0.08).max(0.01);
        (low, high) = (if zero { low.min(0.0) } else { low - air }, high + air);
        Self { low, high, from_px, to_px, scale: Scale::Linear }
    }

    /// A logarithmic axis around `values`, of which those that are not above 0 are left out, with some air.
    #[must_use]
    pub fn logarithmic(values: impl Iterator<Item = f64>, from_px: f64, to_px: f64) -> Self {
        let (low, high) = range(values.filter(|value| *value > 0.0));
        let low = if low > 0.0 { low } else { high / 10.0 };
        Self { low: low / 1.15, high: high * 1.15, from_px, to_px, scale: Scale::Logarithmic }
    }

    /// The place of a value in pixels.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        self.from_px + share * (self.to_px - self.from_px)
    }

    /// Round values inside, five or so.
    #[must_use]
    pub fn ticks(&self) -> Vec<f64> {
        if self.scale == Scale::Logarithmic {
            let powers = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
            return powers
                .flat_map(|power| [1.0, 2.0, 5.0].map(|k| k * 10_f64.powi(power)))
                .filter(|tick| (self.low..=self.high).contains(tick))
                .collect();
        }
        let rough = (self.high - self.low) / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|k| k * power).into_iter().find(|s| *s >= rough).unwrap_or(rough);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        (first..=last).map(|k| k as f64 * step).collect()
    }
}

/// Smallest and largest of the values that are numbers; 0 and 1 when none is.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high { (0.0, 1.0) } else { (low, high) }
}

/// At most three decimals, without zeros at the end.
#[must_use]
pub fn format_number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_ticks_inside() {
        let axis = Axis::covering([21.3, 28.9].into_iter(), false, 300.0, 40.0);
        let ticks = axis.ticks();
        assert_eq!(ticks, [22.0, 24.0, 26.0, 28.0]);
        assert!(axis.at(21.3) > axis.at(28.9) && axis.at(28.9) > 40.0 && axis.at(21.3) < 300.0);
        assert_eq!((format_number(22.0), format_number(0.25)), ("22".to_owned(), "0.25".to_owned()));
    }

    #[test]
    fn an_axis_around_one_value_or_none_still_has_a_length() {
        for values in [vec![], vec![5.0], vec![f64::NAN]] {
            let axis = Axis::covering(values.iter().copied(), false, 0.0, 100.0);
            assert!((axis.at(axis.high) - 100.0).abs() < 1e-9 && axis.high > axis.low);
            let axis = Axis::logarithmic(values.into_iter(), 0.0, 100.0);
            assert!((axis.at(axis.high) - 100.0).abs() < 1e-9 && axis.high > axis.low && axis.low > 0.0);
        }
    }

    #[test]
    fn a_logarithmic_axis_gives_ratios_equal_lengths() {
        let axis = Axis::logarithmic([0.5, 0.0, 50.0].into_iter(), 0.0, 100.0);
        assert_eq!(axis.ticks(), [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]);
        assert!((axis.at(10.0) - axis.at(1.0) - (axis.at(50.0) - axis.at(5.0))).abs() < 1e-9);
    }
}
