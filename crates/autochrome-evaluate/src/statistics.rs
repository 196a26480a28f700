//! Means, quantiles and intervals.

use fastrand::Rng;

/// A figure and the interval that holds it in 95 % of the resampled sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The figure over the whole set.
    pub value: f64,
    /// The 2.5th percentile of the figure over resampled sets.
    pub low: f64,
    /// The 97.5th percentile.
    pub high: f64,
}

/// How intervals are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// How many sets are drawn, each as large as the set itself, with replacement; 0 gives intervals without width.
    pub resamples: usize,
    /// Seed of the draws; the same seed draws the same pictures for every row, so that rows differ by themselves alone.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { resamples: 1000, seed: 1 }
    }
}

impl Bootstrap {
    /// The estimate of `figure` over `pictures` pictures; `figure` is given their indices, repeats included.
    ///
    /// # Source
    /// Efron, "Bootstrap methods: another look at the jackknife", 1979: the percentile interval.
    ///
    /// ```
    /// use autochrome_evaluate::Bootstrap;
    /// let values = [1.0, 2.0, 3.0, 4.0];
    /// let mean = |picked: &[usize]| picked.iter().map(|&i| values[i]).sum::<f64>() / picked.len() as f64;
    /// let estimate = Bootstrap::default().estimate(values.len(), mean);
    /// assert!(estimate.value == 2.5 && estimate.low < 2.5 && estimate.high > 2.5);
    /// ```
    pub fn estimate(&self, pictures: usize, figure: impl Fn(&[usize]) -> f64) -> Estimate {
        let all: Vec<usize> = (0..pictures).collect();
        let value = figure(&all);
        if pictures == 0 || self.resamples == 0 {
            return Estimate { value, low: value, high: value };
        }
        let mut rng = Rng::with_seed(self.seed);
        let mut picked = all;
        let mut draws: Vec<f64> = (0..self.resamples)
            .map(|_| {
                picked.iter_mut().for_each(|i| *i = rng.usize(..pictures));
                figure(&picked)
            })
            .collect();
        Estimate { value, low: quantile(&mut draws, 0.025), high: quantile(&mut draws, 0.975) }
    }
}

/// The mean; 0 of nothing.
pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0_usize), |(sum, count), v| (sum + v, count + 1));
    sum / count.max(1) as f64
}

/// The mean of what is there; `None` when nothing is.
pub(crate) fn mean_of_some(values: impl IntoIterator<Item = Option<f32>>) -> Option<f64> {
    let present: Vec<f64> = values.into_iter().flatten().map(f64::from).collect();
    (!present.is_empty()).then(|| mean(present))
}

/// The quantile `q` in 0..=1, linear between neighbours (as NumPy's default); sorts its argument; 0 of nothing.
pub(crate) fn quantile(values: &mut [f64], q: f64) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_by(f64::total_cmp);
    let place = q * (values.len() - 1) as f64;
    let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        let mut values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(quantile(&mut values, 0.0), 1.0);
        assert_eq!(quantile(&mut values, 0.5), 2.5);
        assert!((quantile(&mut values, 0.95) - 3.85).abs() < 1e-12);
        assert_eq!(quantile(&mut [], 0.5), 0.0);
    }

    #[test]
    fn the_interval_of_a_mean_is_as_wide_as_theory_says() {
        // Uniform on 0..1: deviation of the mean of 400 is 0.2887 / 20, so 95 % lie within ±0.0283.
        let values: Vec<f64> = (0..400).map(|i| (f64::from(i) + 0.5) / 400.0).collect();
        let estimate = Bootstrap { resamples: 4000, seed: 3 }
            .estimate(400, |picked| mean(picked.iter().map(|&i| values[i])));
        assert!((estimate.value - 0.5).abs() < 1e-12);
        assert!((estimate.high - estimate.low - 0.0566).abs() < 0.004, "{estimate:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let figure = |picked: &[usize]| mean(picked.iter().map(|&i| i as f64));
        let once = Bootstrap::default().estimate(20, figure);
        assert_eq!(once, Bootstrap::default().estimate(20, figure));
        assert_ne!(once, Bootstrap { seed: 2, ..Bootstrap::default() }.estimate(20, figure));
    }

    #[test]
    fn a_set_of_equal_pictures_is_certain() {
        let estimate = Bootstrap::default().estimate(9, |_| 7.0);
        assert_eq!(estimate, Estimate { value: 7.0, low: 7.0, high: 7.0 });
    }
}
