//! A picture as one vector of what the built-in model's encoder sees in it, colours included.

use autochrome_color::lab::gray8_to_luma;
use autochrome_engine::{NetError, Session};
use autochrome_methods::models;

/// The encoder looks at pictures of this size, that of its pretraining.
const SIDE_PX: usize = 224;

/// Length of a vector. Far fewer than a validation set has pictures, so that their covariance means something.
pub(crate) const DIMENSIONS: usize = 64;

/// The encoder of the default model: always that one, whatever is measured, so that figures of one version compare.
pub(crate) struct Encoder {
    session: Session,
}

impl Encoder {
    pub fn builtin() -> Result<Self, NetError> {
        let model =
            models::builtin().first().ok_or_else(|| NetError::Input("no model is built in".into()))?;
        Ok(Self { session: Session::from_bytes(model.bytes)? })
    }

    /// Id and date of the model.
    pub fn name(&self) -> String {
        let card = self.session.card();
        format!("{} of {}", card.id, card.date)
    }

    /// The vector of an sRGB picture: red, green and blue each go through the encoder as a gray picture, since the encoder sees
    /// luma alone; the means over space of its deepest features, one after the other, are projected onto [`DIMENSIONS`] axes.
    pub fn features(&self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<f32>, NetError> {
        let mut features = Vec::new();
        for channel in 0..3 {
            let gray: Vec<u8> = rgb.iter().skip(channel).step_by(3).copied().collect();
            let scales = self.session.features(&gray8_to_luma(&gray, width, height), Some(SIDE_PX))?;
            let Some(deepest) = scales.last() else { continue };
            let mut mean = vec![0.0; deepest.channels()];
            for vector in deepest.vectors() {
                mean.iter_mut().zip(vector).for_each(|(sum, v)| *sum += v / deepest.vectors().len() as f32);
            }
            features.extend(mean);
        }
        Ok(project(&features))
    }
}

/// Sums with signs that look random and never change; distances stay about what they were.
///
/// # Source
/// Achlioptas, "Database-friendly random projections", 2001.
fn project(features: &[f32]) -> Vec<f32> {
    let scale = (DIMENSIONS as f32).sqrt().recip();
    let mut axes = vec![0.0; DIMENSIONS];
    for (i, feature) in features.iter().enumerate() {
        let mut signs = splitmix64(i as u64);
        for axis in &mut axes {
            *axis += if signs & 1 == 0 { scale * feature } else { -scale * feature };
            signs >>= 1;
        }
    }
    axes
}

/// Steele, Lea and Flood's mixer: 64 bits, one an axis.
fn splitmix64(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projections_keep_distances() {
        // Other numbers than those that the signs are made of.
        let point = |seed: u64| -> Vec<f32> {
            (0..960).map(|i| (splitmix64((1 << 40) + seed * 1000 + i) >> 40) as f32 / 16_777_216.0).collect()
        };
        let apart = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt();
        let mut ratios = Vec::new();
        for pair in 0..20 {
            let (x, y) = (point(2 * pair), point(2 * pair + 1));
            ratios.push(apart(&project(&x), &project(&y)) / apart(&x, &y));
        }
        let mean = ratios.iter().sum::<f32>() / 20.0;
        assert!((mean - 1.0).abs() < 0.1 && ratios.iter().all(|r| (0.6..1.5).contains(r)), "{ratios:?}");
    }

    #[test]
    fn the_encoder_sees_colour() {
        let encoder = Encoder::builtin().unwrap();
        let picture = |tint: [u8; 3]| -> Vec<u8> {
            (0..64 * 64).flat_map(|i| tint.map(|t| t.saturating_add((i % 64) as u8))).collect()
        };
        let features = |tint| encoder.features(&picture(tint), 64, 64).unwrap();
        let (gray, red) = (features([90; 3]), features([150, 60, 60]));
        assert_eq!((gray.len(), &gray), (DIMENSIONS, &features([90; 3])));
        let apart: f32 = gray.iter().zip(&red).map(|(x, y)| (x - y).powi(2)).sum();
        let length: f32 = gray.iter().map(|x| x * x).sum();
        assert!(apart > 1e-3 * length, "{apart} of {length}");
    }
}
