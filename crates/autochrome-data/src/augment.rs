//! What a century does to a photograph, done to the luma that a network sees, and a jitter of the true colours.

mod compress;
mod damage;
mod film;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::random::Draw;

/// How samples are degraded, so that a network trained on sharp new pictures can read old ones.
///
/// Only the luma that goes into the network is degraded; the truth stays what it was. The effects come in the order
/// in which they befall a photograph: the lens blurs, the film sees some colours better than others and adds grain,
/// developing bends the tones, the print fades and is scratched, and the scan is compressed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AugmentOptions {
    /// Share of the samples that are degraded, 0..=1; 0 turns degradation off.
    pub probability: f32,
    /// Share of the degraded samples that are blurred (Gaussian, deviation up to 1.5 px at 128 px).
    pub blur: f32,
    /// Share of the degraded samples taken on film that sees reds darker or lighter, and blues too, than an eye does.
    pub sensitivity: f32,
    /// Share of the degraded samples with film grain and sensor noise (deviation up to 8 of 100).
    pub noise: f32,
    /// Share of the degraded samples with a changed gamma (0.6..1.7).
    pub gamma: f32,
    /// Share of the degraded samples that have faded: lifted blacks, dull whites, uneven over the print.
    pub fading: f32,
    /// Share of the degraded samples with scratches, dust and hairs.
    pub scratches: f32,
    /// Share of the degraded samples that went through JPEG (quality 12..75).
    pub jpeg: f32,
    /// Multiplies the strength of every effect; 1 is a worn family photograph.
    pub strength: f32,
    /// Saturation of the true colours is multiplied by a number drawn uniformly from this range, in every sample.
    pub saturation: (f32, f32),
    /// True colours are turned by up to this many degrees of hue either way, in every sample.
    pub hue_deg: f32,
}

impl Default for AugmentOptions {
    fn default() -> Self {
        Self {
            probability: 0.0,
            blur: 0.4,
            sensitivity: 0.5,
            noise: 0.6,
            gamma: 0.4,
            fading: 0.5,
            scratches: 0.3,
            jpeg: 0.4,
            strength: 1.0,
            saturation: (1.0, 1.0),
            hue_deg: 0.0,
        }
    }
}

impl AugmentOptions {
    /// Old-photograph degradation of a share of the samples.
    #[must_use]
    pub fn old_photographs(probability: f32) -> Self {
        Self { probability, ..Self::default() }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let fail = |option, reason: &str| Err(Error::Option { option, reason: reason.to_owned() });
        for (option, share) in [
            ("augment.probability", self.probability),
            ("augment.blur", self.blur),
            ("augment.sensitivity", self.sensitivity),
            ("augment.noise", self.noise),
            ("augment.gamma", self.gamma),
            ("augment.fading", self.fading),
            ("augment.scratches", self.scratches),
            ("augment.jpeg", self.jpeg),
        ] {
            if !(0.0..=1.0).contains(&share) {
                return fail(option, "must lie in 0..=1");
            }
        }
        if !(0.0..=4.0).contains(&self.strength) {
            return fail("augment.strength", "must lie in 0..=4");
        }
        if !(self.saturation.0 >= 0.0 && self.saturation.0 <= self.saturation.1 && self.saturation.1 <= 4.0) {
            return fail("augment.saturation", "must be two numbers in 0..=4, the smaller first");
        }
        if !(0.0..=180.0).contains(&self.hue_deg) {
            return fail("augment.hue_deg", "must lie in 0..=180");
        }
        Ok(())
    }

    /// Degrades the luma (0..=100) of one square sample with these true colours, a and b one after the other, or leaves
    /// it alone.
    pub(crate) fn degrade(&self, luma: &mut [f32], ab: &[f32], size_px: usize, rng: &mut Rng) {
        if !rng.chance(self.probability) {
            return;
        }
        let strength = self.strength;
        if rng.chance(self.blur) {
            film::blur(luma, size_px, strength, rng);
        }
        if rng.chance(self.sensitivity) {
            film::expose(luma, ab, strength, rng);
        }
        if rng.chance(self.noise) {
            film::grain(luma, size_px, strength, rng);
        }
        if rng.chance(self.gamma) {
            film::apply_gamma(luma, strength, rng);
        }
        if rng.chance(self.fading) {
            film::fade(luma, size_px, strength, rng);
        }
        if rng.chance(self.scratches) {
            damage::add_damage(luma, size_px, strength, rng);
        }
        luma.iter_mut().for_each(|l| *l = l.clamp(0.0, 100.0));
        if rng.chance(self.jpeg) {
            compress::jpeg(luma, size_px, strength, rng);
        }
    }

    /// Changes the true colours of one sample, a and b one after the other; nothing with the default ranges.
    pub(crate) fn jitter(&self, ab: &mut [f32], rng: &mut Rng) {
        let saturation = rng.uniform(self.saturation.0, self.saturation.1);
        let (sine, cosine) = (rng.uniform(-self.hue_deg, self.hue_deg).to_radians()).sin_cos();
        if saturation == 1.0 && sine == 0.0 {
            return;
        }
        let (a, b) = ab.split_at_mut(ab.len() / 2);
        for (a, b) in a.iter_mut().zip(b) {
            (*a, *b) = (saturation * (cosine * *a - sine * *b), saturation * (sine * *a + cosine * *b));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn always() -> AugmentOptions {
        AugmentOptions {
            blur: 1.0,
            sensitivity: 1.0,
            noise: 1.0,
            gamma: 1.0,
            fading: 1.0,
            scratches: 1.0,
            jpeg: 1.0,
            ..AugmentOptions::old_photographs(1.0)
        }
    }

    #[test]
    fn degraded_luma_stays_in_range_at_every_size_and_strength() {
        let mut rng = Rng::with_seed(1);
        for size_px in [1, 2, 3, 7, 8, 9, 17, 64] {
            for strength in [0.0, 1.0, 4.0] {
                let options = AugmentOptions { strength, ..always() };
                for level in [0.0, 100.0, f32::NAN] {
                    let uneven = |i: usize| if level.is_nan() { (i * 37 % 101) as f32 } else { level };
                    let mut luma: Vec<f32> = (0..size_px * size_px).map(uneven).collect();
                    let ab = vec![30.0; 2 * luma.len()];
                    options.degrade(&mut luma, &ab, size_px, &mut rng);
                    assert!(
                        luma.iter().all(|l| (0.0..=100.0).contains(l)),
                        "{size_px} px, strength {strength}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_effect_changes_the_picture_and_keeps_it_recognisable() {
        let clean: Vec<f32> = (0..64 * 64).map(|i| 50.0 + 40.0 * ((i % 64) as f32 / 9.0).sin()).collect();
        let none = AugmentOptions {
            blur: 0.0,
            sensitivity: 0.0,
            noise: 0.0,
            gamma: 0.0,
            fading: 0.0,
            scratches: 0.0,
            jpeg: 0.0,
            ..always()
        };
        let single: [(&str, AugmentOptions); 7] = [
            ("blur", AugmentOptions { blur: 1.0, ..none.clone() }),
            ("sensitivity", AugmentOptions { sensitivity: 1.0, ..none.clone() }),
            ("noise", AugmentOptions { noise: 1.0, ..none.clone() }),
            ("gamma", AugmentOptions { gamma: 1.0, ..none.clone() }),
            ("fading", AugmentOptions { fading: 1.0, ..none.clone() }),
            ("scratches", AugmentOptions { scratches: 1.0, ..none.clone() }),
            ("jpeg", AugmentOptions { jpeg: 1.0, ..none.clone() }),
        ];
        let ab: Vec<f32> = (0..2 * 64 * 64).map(|i| 30.0 * ((i / 64) as f32 / 11.0).cos()).collect();
        for (name, options) in single {
            let mut changed = 0;
            for seed in 0..40 {
                let mut luma = clean.clone();
                options.degrade(&mut luma, &ab, 64, &mut Rng::with_seed(seed));
                changed += usize::from(luma != clean);
                let correlation = correlation(&clean, &luma);
                assert!(correlation > 0.8, "{name}, seed {seed}: correlation {correlation}");
            }
            assert!(changed > 30, "{name} changed {changed} of 40");
        }
    }

    #[test]
    fn hue_turns_and_saturation_scales() {
        let options = AugmentOptions { saturation: (2.0, 2.0), hue_deg: 0.0, ..AugmentOptions::default() };
        let mut ab = vec![3.0, -4.0, 0.0, 1.0];
        options.jitter(&mut ab, &mut Rng::with_seed(1));
        assert_eq!(ab, [6.0, -8.0, 0.0, 2.0]);

        let options = AugmentOptions { hue_deg: 20.0, ..AugmentOptions::default() };
        for seed in 0..50 {
            let mut ab = vec![10.0, 0.0];
            options.jitter(&mut ab, &mut Rng::with_seed(seed));
            assert!((ab[0].hypot(ab[1]) - 10.0).abs() < 1e-4);
            assert!(ab[1].atan2(ab[0]).to_degrees().abs() <= 20.001);
        }
    }

    fn correlation(x: &[f32], y: &[f32]) -> f32 {
        let mean = |v: &[f32]| v.iter().sum::<f32>() / v.len() as f32;
        let (mx, my) = (mean(x), mean(y));
        let sum = |f: &dyn Fn(f32, f32) -> f32| x.iter().zip(y).map(|(x, y)| f(x - mx, y - my)).sum::<f32>();
        sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
    }
}
