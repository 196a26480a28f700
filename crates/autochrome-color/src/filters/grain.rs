//! Coloured grain: a picture seen through dyed grains of potato starch.

/// The dyes in sRGB, relative to their mean: orange, green and violet.
///
/// # Source
/// Lumière brothers, 1904: a screen of starch grains dyed orange-red, green and blue-violet, whose sum is a neutral gray.
const DYES: [[f32; 3]; 3] = [[0.42, -0.08, -0.38], [-0.28, 0.26, -0.14], [-0.14, -0.18, 0.52]];

/// Grains along the longer side of a picture, so that every size shows the same picture.
const GRAINS: usize = 900;

/// Side of a grain in pixels, at least one.
pub(super) fn side_px(longer_side_px: usize) -> usize {
    longer_side_px.div_ceil(GRAINS).max(1)
}

/// What a grain adds to sRGB (0..=1) in the cell `x`, `y` at the given strength, for a pixel of middle brightness `mid` 0..=1.
pub(super) fn tint(x: usize, y: usize, strength: f32, mid: f32) -> [f32; 3] {
    let hash = mix(x as u32, y as u32);
    let dye = DYES[(hash % 3) as usize];
    let density = 0.5 + 0.5 * ((hash >> 8) & 0xff) as f32 / 255.0;
    let k = strength * density * (0.15 + 0.85 * mid);
    [k * dye[0], k * dye[1], k * dye[2]]
}

/// A hash that is the same everywhere (the finaliser of MurmurHash3).
fn mix(x: u32, y: u32) -> u32 {
    let mut h = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77);
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grains_of_all_dyes_together_are_nearly_neutral() {
        let mut sum = [0.0_f64; 3];
        for y in 0..300 {
            for x in 0..300 {
                for (sum, v) in sum.iter_mut().zip(tint(x, y, 1.0, 1.0)) {
                    *sum += f64::from(v);
                }
            }
        }
        assert!(sum.iter().all(|v| (v / 90_000.0).abs() < 0.01), "{sum:?}");
    }

    #[test]
    fn a_small_picture_has_grains_of_one_pixel() {
        assert_eq!([side_px(10), side_px(900), side_px(901), side_px(4000)], [1, 1, 2, 5]);
    }
}
