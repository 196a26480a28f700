//! Randomness that is a pure function of what it is for.
//!
//! Nothing here carries state from one sample to the next: every sample, and every epoch's order, gets its own
//! generator seeded by a hash of (seed, purpose, number). Resuming at sample k therefore needs nothing but k, and
//! the number of threads cannot matter.

use fastrand::Rng;

/// What a generator is for, so that two purposes with one number do not share their randomness.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Order = 1,
    Crop = 2,
    Hints = 3,
    Augment = 4,
    Colour = 5,
}

/// The generator for one purpose of one numbered thing.
pub(crate) fn generator(seed: u64, purpose: Purpose, number: u64) -> Rng {
    Rng::with_seed(mix(mix(mix(seed) ^ purpose as u64) ^ number))
}

/// Steele, Lea and Flood's SplitMix64 step: every bit of the input reaches every bit of the output.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The distributions that augmentation draws from.
pub(crate) trait Draw {
    /// True with probability `p`.
    fn chance(&mut self, p: f32) -> bool;
    /// Uniform between two bounds.
    fn uniform(&mut self, low: f32, high: f32) -> f32;
    /// Uniform in the logarithm between two positive bounds.
    fn log_between(&mut self, low: f32, high: f32) -> f32;
    /// Standard normal, exact.
    fn normal(&mut self) -> f32;
}

impl Draw for Rng {
    fn chance(&mut self, p: f32) -> bool {
        self.f32() < p
    }

    fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.f32()
    }

    fn log_between(&mut self, low: f32, high: f32) -> f32 {
        self.uniform(low.ln(), high.ln()).exp()
    }

    fn normal(&mut self) -> f32 {
        // Box and Muller; 1 - u keeps the logarithm away from zero.
        let radius = (-2.0 * (1.0 - self.f32()).ln()).sqrt();
        radius * (std::f32::consts::TAU * self.f32()).cos()
    }
}

/// Fills `noise` with nearly normal samples of mean 0 and deviation 1, cheaply: four 16-bit uniforms are summed,
/// which no eye can tell from a Gaussian in film grain.
pub(crate) fn fill_noise(rng: &mut Rng, noise: &mut [f32]) {
    // A sum of four uniforms on 0..65536 has the deviation 65536 · sqrt(4/12).
    const SCALE: f32 = 1.0 / (65536.0 * 0.577_350_3);
    for sample in noise {
        let bits = rng.u64(..);
        let sum: u32 = (0..4).map(|i| (bits >> (16 * i)) as u32 & 0xffff).sum();
        *sample = (sum as f32 - 131_070.0) * SCALE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_purposes_and_numbers_are_independent() {
        let first = |seed, purpose, number| generator(seed, purpose, number).u64(..);
        let reference = first(1, Purpose::Crop, 7);
        assert_eq!(reference, first(1, Purpose::Crop, 7));
        for other in [first(2, Purpose::Crop, 7), first(1, Purpose::Hints, 7), first(1, Purpose::Crop, 8)] {
            assert_ne!(reference, other);
        }
    }

    #[test]
    fn consecutive_numbers_give_unrelated_draws() {
        let draws: Vec<f64> = (0..10_000).map(|k| generator(0, Purpose::Crop, k).f64()).collect();
        let mean = draws.iter().sum::<f64>() / 1e4;
        let lag: f64 = draws.windows(2).map(|w| (w[0] - 0.5) * (w[1] - 0.5)).sum::<f64>() / 1e4 * 12.0;
        assert!((mean - 0.5).abs() < 0.01 && lag.abs() < 0.04, "mean {mean}, correlation {lag}");
    }

    #[test]
    fn both_normal_draws_have_mean_0_and_deviation_1() {
        let mut rng = Rng::with_seed(1);
        let exact: Vec<f32> = (0..50_000).map(|_| rng.normal()).collect();
        let mut cheap = vec![0.0; 50_000];
        fill_noise(&mut rng, &mut cheap);
        for draws in [exact, cheap] {
            let mean = draws.iter().sum::<f32>() / 5e4;
            let power = draws.iter().map(|x| x * x).sum::<f32>() / 5e4;
            assert!(mean.abs() < 0.02 && (power - 1.0).abs() < 0.03, "mean {mean}, power {power}");
        }
    }
}
