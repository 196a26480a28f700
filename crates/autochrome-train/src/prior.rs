//! How common each colour class is in the training pictures.

use autochrome_color::bins::{self, BINS};
use autochrome_data::{Index, centre_sample};

/// Weight of each class in the rebalanced loss; the mean over the pictures' pixels is near 1, none is above `most`.
///
/// # Source
/// Zhang 2016, section 2.2: the empirical distribution, smoothed by the soft encoding, mixed half and half with the
/// uniform one, inverted, and normalised.
pub(crate) fn class_weights(index: &Index, pictures: usize, most: f32) -> Vec<f32> {
    let mut prior = vec![0.0f64; BINS];
    let stride = (index.len() / pictures.max(1)).max(1);
    for i in (0..index.len()).step_by(stride) {
        // A picture that cannot be read is the loader's business to report.
        let Ok(sample) = centre_sample(index.path(i), 64) else { continue };
        let (a, b) = sample.ab.split_at(sample.ab.len() / 2);
        for (&a, &b) in a.iter().zip(b).step_by(4) {
            for (class, share) in bins::soft_encode(a, b) {
                prior[class] += f64::from(share);
            }
        }
    }
    let total: f64 = prior.iter().sum();
    if total <= 0.0 {
        return vec![1.0; BINS];
    }
    prior.iter_mut().for_each(|p| *p /= total);
    let mut weights = bins::class_weights(&prior, bins::LAMBDA);
    weights.iter_mut().for_each(|w| *w = w.min(most));
    let mean: f64 = prior.iter().zip(&weights).map(|(p, &w)| p * f64::from(w)).sum();
    weights.iter_mut().for_each(|w| *w = (f64::from(*w) / mean) as f32);
    weights
}
