//! A fingerprint that survives another size, another codec and another brightness.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Side of the luma that is transformed.
pub(crate) const SIDE: usize = 32;
const KEPT: usize = 8;

/// 63 signs of the lowest frequencies of a picture's luma; near pictures have few that differ.
///
/// # Source
/// "pHash" of Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, section 3.2.1: the signs of the
/// lowest 8 × 8 coefficients of a DCT against their median, without the mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hash(pub u64);

impl Hash {
    /// Of `SIDE * SIDE` luma samples.
    pub(crate) fn of(luma: &[u8]) -> Self {
        // cosines[k][i] = cos(π k (2i + 1) / 2n), k = 0..8
        let cosines: [[f32; SIDE]; KEPT] = std::array::from_fn(|k| {
            std::array::from_fn(|i| {
                (std::f32::consts::PI * k as f32 * (2 * i + 1) as f32 / (2 * SIDE) as f32).cos()
            })
        });
        let mut rows = [[0.0_f32; KEPT]; SIDE];
        for (row, samples) in rows.iter_mut().zip(luma.chunks_exact(SIDE)) {
            for (out, cosines) in row.iter_mut().zip(&cosines) {
                *out = cosines.iter().zip(samples).map(|(c, v)| c * f32::from(*v)).sum();
            }
        }
        let mut coefficients = [0.0_f32; KEPT * KEPT];
        for (i, out) in coefficients.iter_mut().enumerate() {
            let (v, u) = (i / KEPT, i % KEPT);
            *out = rows.iter().zip(&cosines[v]).map(|(row, c)| row[u] * c).sum();
        }
        let mut sorted = coefficients[1..].to_vec();
        sorted.sort_by(f32::total_cmp);
        let median = sorted[sorted.len() / 2];
        let bits = coefficients[1..].iter().fold(0, |bits, c| bits << 1 | u64::from(*c > median));
        Self(bits)
    }

    /// How many of the 63 signs differ.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(seed: u64) -> Vec<u8> {
        let mut rng = fastrand::Rng::with_seed(seed);
        let waves: Vec<[f32; 4]> =
            (0..12).map(|_| [rng.f32() * 0.5, rng.f32() * 0.5, rng.f32() * 6.3, rng.f32() * 18.0]).collect();
        let value = |x: usize, y: usize| -> f32 {
            waves.iter().map(|[u, v, phase, size]| size * (u * x as f32 + v * y as f32 + phase).sin()).sum()
        };
        (0..SIDE * SIDE).map(|i| (128.0 + value(i % SIDE, i / SIDE)).clamp(0.0, 255.0) as u8).collect()
    }

    #[test]
    fn a_darker_noisier_copy_is_near() {
        let original = picture(1);
        let mut rng = fastrand::Rng::with_seed(9);
        let copy: Vec<u8> = original.iter().map(|v| (f32::from(*v) * 0.8 + 6.0 * rng.f32()) as u8).collect();
        assert!(Hash::of(&original).distance(Hash::of(&copy)) <= 6);
    }

    #[test]
    fn other_pictures_are_far() {
        for seed in 2..20 {
            assert!(Hash::of(&picture(1)).distance(Hash::of(&picture(seed))) > 14, "{seed}");
        }
    }

    #[test]
    fn it_is_written_as_sixteen_digits() {
        let hash = Hash(0x00ab_cdef_0123_4567);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, "\"00abcdef01234567\"");
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
    }
}
