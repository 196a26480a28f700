//! A look as a table over sRGB, and its application to whole pictures.

use rayon::prelude::*;

use super::{Look, grain};
use crate::{Tone, gamut, lab::srgb_to_lab};

/// Nodes along each edge of the table.
pub const SIDE: usize = 33;

/// A [`Look`] sampled at 33 × 33 × 33 colours of sRGB; colours between are interpolated within tetrahedra.
///
/// Tetrahedra keep grays on the line from black to white, where interpolation between eight corners would tint them.
#[derive(Clone, Debug)]
pub struct Cube {
    /// sRGB 0..=1 at every node; red runs fastest, blue slowest.
    nodes: Vec<[f32; 3]>,
    grain: f32,
}

impl Cube {
    /// The table of a look.
    #[must_use]
    pub fn new(look: &Look) -> Self {
        Self::sample(look.grain(), |rgb| look.apply(rgb))
    }

    /// The table of a tone with a look over it, for previews: a [`Tone`] that acts on chroma itself is exact, a table of it is
    /// good to about a code of 8 bits.
    #[must_use]
    pub fn with_tone(tone: &Tone, look: &Look) -> Self {
        if tone.is_identity() {
            return Self::new(look);
        }
        Self::sample(look.grain(), |rgb| {
            let [l, a, b] = srgb_to_lab(rgb);
            let (a, b) = tone.apply(a, b);
            look.apply_lab(gamut::clip_chroma([l, a, b]))
        })
    }

    fn sample(grain: f32, change: impl Fn([f32; 3]) -> [f32; 3] + Sync) -> Self {
        let at = |index: usize| (index % SIDE) as f32 / (SIDE - 1) as f32;
        let nodes = (0..SIDE * SIDE * SIDE)
            .into_par_iter()
            .map(|i| change([at(i), at(i / SIDE), at(i / (SIDE * SIDE))]))
            .collect();
        Self { nodes, grain }
    }

    /// The table that [`Cube::to_bytes`] wrote; `None` when the length is another.
    #[must_use]
    pub fn from_bytes(bytes: &[u8], grain: f32) -> Option<Self> {
        let (samples, rest) = bytes.as_chunks::<2>();
        let (nodes, odd) = samples.as_chunks::<3>();
        let node = |node: &[[u8; 2]; 3]| node.map(|sample| f32::from(u16::from_le_bytes(sample)) / 65_535.0);
        (rest.is_empty() && odd.is_empty() && nodes.len() == SIDE * SIDE * SIDE)
            .then(|| Self { nodes: nodes.iter().map(node).collect(), grain })
    }

    /// The nodes as 16-bit little-endian samples, red, green, blue, red running fastest.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let sample = |v: &f32| ((v * 65_535.0).round() as u16).to_le_bytes();
        self.nodes.iter().flatten().flat_map(sample).collect()
    }

    /// Strength of the grain that [`Cube::apply8`] adds, 0..=1.
    #[must_use]
    pub fn grain(&self) -> f32 {
        self.grain
    }

    /// Changes interleaved sRGB bytes, rows of `width` pixels.
    pub fn apply8(&self, rgb: &mut [u8], width: usize) {
        self.apply(rgb, width, 255.0, f32::from, |v| v as u8);
    }

    /// Changes interleaved 16-bit sRGB samples, rows of `width` pixels.
    pub fn apply16(&self, rgb: &mut [u16], width: usize) {
        self.apply(rgb, width, 65_535.0, f32::from, |v| v as u16);
    }

    fn apply<S: Copy + Send>(
        &self,
        rgb: &mut [S],
        width: usize,
        white: f32,
        decode: impl Fn(S) -> f32 + Sync,
        encode: impl Fn(f32) -> S + Sync,
    ) {
        if width == 0 {
            return;
        }
        let height = rgb.len() / (3 * width);
        let side_px = grain::side_px(width.max(height));
        rgb.par_chunks_exact_mut(3 * width).enumerate().for_each(|(y, row)| {
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let color = [decode(pixel[0]) / white, decode(pixel[1]) / white, decode(pixel[2]) / white];
                let mut color = self.look_up(color);
                if self.grain > 0.0 {
                    let mid = (color[0] + color[1] + color[2]) / 3.0;
                    let tint = grain::tint(x / side_px, y / side_px, self.grain, 4.0 * mid * (1.0 - mid));
                    for (color, tint) in color.iter_mut().zip(tint) {
                        *color = (*color + tint).clamp(0.0, 1.0);
                    }
                }
                for (sample, color) in pixel.iter_mut().zip(color) {
                    *sample = encode(color * white + 0.5);
                }
            }
        });
    }

    /// The colour between the nodes around `rgb`, both sRGB 0..=1.
    #[inline]
    fn look_up(&self, rgb: [f32; 3]) -> [f32; 3] {
        const STEPS: [usize; 3] = [1, SIDE, SIDE * SIDE];
        let mut base = 0;
        let mut part = [0.0; 3];
        for channel in 0..3 {
            let place = rgb[channel] * (SIDE - 1) as f32;
            let cell = (place as usize).min(SIDE - 2);
            base += cell * STEPS[channel];
            part[channel] = place - cell as f32;
        }
        // Walk from the darkest corner to the lightest along the channels, the one that is furthest first.
        let mut order = [0, 1, 2];
        order.sort_unstable_by(|&i, &j| part[j].total_cmp(&part[i]));
        let [i, j, k] = order;
        let corners =
            [base, base + STEPS[i], base + STEPS[i] + STEPS[j], base + STEPS[0] + STEPS[1] + STEPS[2]];
        let weights = [1.0 - part[i], part[i] - part[j], part[j] - part[k], part[k]];
        let mut color = [0.0; 3];
        for (corner, weight) in corners.into_iter().zip(weights) {
            for (color, node) in color.iter_mut().zip(self.nodes[corner]) {
                *color += weight * node;
            }
        }
        color
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::{all, find};

    #[test]
    fn a_table_of_nothing_changes_no_byte() {
        let cube = Cube::new(&Look::default());
        let before: Vec<u8> =
            (0..3 * 4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let mut after = before.clone();
        cube.apply8(&mut after, 64);
        assert_eq!(after, before);
    }

    #[test]
    fn the_table_is_close_to_the_function_it_samples() {
        // Saturated corners have kinks where sRGB ends; inside, a table of 33 is good to about a code of 8 bits.
        for filter in all().iter().filter(|filter| filter.grain == 0.0) {
            let look = Look { filter: Some(filter), amount: 0.7, contrast: 1.1 };
            let cube = Cube::new(&look);
            for rgb in [[0.41, 0.37, 0.33], [0.62, 0.55, 0.48], [0.2, 0.24, 0.27], [0.8, 0.77, 0.73]] {
                for (got, wanted) in cube.look_up(rgb).iter().zip(look.apply(rgb)) {
                    assert!((got - wanted).abs() < 1.5 / 255.0, "{}: {got} for {wanted}", filter.id);
                }
            }
        }
    }

    #[test]
    fn grays_stay_gray_between_the_nodes() {
        let cube = Cube::new(&Look { filter: find("black-and-white"), contrast: 1.3, ..Look::default() });
        let mut rgb: Vec<u8> = (0..=255).flat_map(|v| [v; 3]).collect();
        cube.apply8(&mut rgb, 256);
        assert!(rgb.chunks_exact(3).all(|p| p[0].abs_diff(p[1]) <= 1 && p[1].abs_diff(p[2]) <= 1));
    }

    #[test]
    fn eight_and_sixteen_bits_agree() {
        let cube = Cube::new(&Look { filter: find("autochrome"), ..Look::default() });
        let mut narrow: Vec<u8> = (0..=254).collect();
        let mut wide: Vec<u16> = narrow.iter().map(|&v| u16::from(v) * 257).collect();
        cube.apply8(&mut narrow, 5);
        cube.apply16(&mut wide, 5);
        for (narrow, wide) in narrow.iter().zip(&wide) {
            assert!((f32::from(*narrow) - f32::from(*wide) / 257.0).abs() <= 0.51);
        }
    }

    #[test]
    fn bytes_hold_every_node_red_fastest() {
        let bytes = Cube::new(&Look::default()).to_bytes();
        assert_eq!(bytes.len(), 6 * SIDE * SIDE * SIDE);
        let sample = |i: usize| u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]);
        assert!(sample(3).abs_diff(2048) <= 6 && sample(4) <= 6, "{} {}", sample(3), sample(4));
        assert!(sample(3 * SIDE + 1).abs_diff(2048) <= 6);
    }

    #[test]
    fn a_table_is_read_back_from_its_bytes() {
        let cube = Cube::new(&Look { filter: find("vintage"), ..Look::default() });
        let again = Cube::from_bytes(&cube.to_bytes(), cube.grain()).unwrap();
        let largest =
            |one: &[f32; 3], two: &[f32; 3]| (0..3).map(|k| (one[k] - two[k]).abs()).fold(0.0, f32::max);
        assert!(cube.nodes.iter().zip(&again.nodes).all(|(one, two)| largest(one, two) < 1e-5));
        assert!(Cube::from_bytes(&cube.to_bytes()[6..], 0.0).is_none());
    }

    #[test]
    fn a_table_of_a_tone_is_close_to_the_tone() {
        let tone = Tone { saturation: 1.4, temperature: 6.0, tint: -4.0 };
        let before: Vec<u8> = [[105, 94, 84], [158, 140, 122], [51, 61, 69], [204, 196, 186]].concat();
        let mut previewed = before.clone();
        Cube::with_tone(&tone, &Look::default()).apply8(&mut previewed, 4);
        let (luma, chroma) = crate::lab::rgb8_to_lab(&before, 4, 1);
        let exact = crate::render::render8(&luma, &chroma, &tone);
        assert!(
            previewed.iter().zip(&exact).all(|(one, two)| one.abs_diff(*two) <= 1),
            "{previewed:?} {exact:?}"
        );
    }

    #[test]
    fn grain_is_seen_in_grays_and_spares_white() {
        let cube = Cube::new(&Look { filter: find("autochrome"), ..Look::default() });
        let mut rgb = vec![128_u8; 3 * 64];
        cube.apply8(&mut rgb, 8);
        let reds: std::collections::BTreeSet<u8> = rgb.chunks_exact(3).map(|p| p[0]).collect();
        assert!(reds.len() > 8, "{reds:?}");
    }
}
