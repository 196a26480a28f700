//! From luma at full size and chroma at any size to finished pixels, row by row.
//!
//! Every method's chroma takes this road: [upsampling](crate::upsample), [tone](crate::tone), [gamut](crate::gamut), encoding.
//! Luma arrives in the output as it is, to the rounding of the samples. No plane of full size is made besides the result.

use crate::gamut::fit_block;
use crate::lab::{BLOCK, encode_block_8, encode_block_16, linear_block};
use crate::tone::Tone;
use crate::upsample::{Columns, ROWS_AT_A_TIME, Source, Stretched};
use crate::{Chroma, Parallel as _, Plane, vectorized};

/// sRGB bytes (red, green, blue, interleaved) at the size of `luma` (L of CIELAB, D65, 0..=100).
///
/// `chroma` may have any size up to luma's; samples that are not numbers count as 0.
///
/// # Panics
/// When the planes of `chroma` differ in size.
///
/// ```
/// use autochrome_color::{Chroma, Plane, Tone, render::render8};
/// let gray = render8(&Plane::filled(4, 2, 100.0), &Chroma::neutral(1, 1), &Tone::default());
/// assert_eq!(gray, [255; 4 * 2 * 3]);
/// ```
#[must_use]
pub fn render8(luma: &Plane, chroma: &Chroma, tone: &Tone) -> Vec<u8> {
    Renderer::new(luma.size(), luma, chroma, tone).rows8(0, luma.data())
}

/// 16-bit sRGB samples (red, green, blue, interleaved) at the size of `luma` (L of CIELAB, D65, 0..=100).
///
/// `chroma` may have any size up to luma's; samples that are not numbers count as 0.
///
/// # Panics
/// When the planes of `chroma` differ in size.
#[must_use]
pub fn render16(luma: &Plane, chroma: &Chroma, tone: &Tone) -> Vec<u16> {
    Renderer::new(luma.size(), luma, chroma, tone).rows16(0, luma.data())
}

/// What a thread needs besides its rows of the result.
#[derive(Default)]
struct Room {
    stretched: Stretched,
    a: Vec<f32>,
    b: Vec<f32>,
}

/// A picture that is rendered some rows at a time, for those whose result is too large to be whole in memory.
pub struct Renderer<'a> {
    source: Source<'a>,
    columns: Columns,
    tone: Tone,
    size: (usize, usize),
}

impl<'a> Renderer<'a> {
    /// Renders a picture of `size`, columns and rows; `luma` is its own (L of CIELAB, D65, 0..=100) or a copy whose longer side is not
    /// below [`WORKING_SIDE_PX`](crate::upsample::WORKING_SIDE_PX).
    ///
    /// # Panics
    /// When the planes of `chroma` differ in size.
    #[must_use]
    pub fn new(size: (usize, usize), luma: &Plane, chroma: &'a Chroma, tone: &Tone) -> Self {
        let source = Source::new(size, luma, chroma);
        let columns = match &source {
            Source::Whole(_) => Columns::new(1, 0),
            Source::Cells(cells) => Columns::new(cells.width, size.0),
        };
        Self { source, columns, tone: *tone, size }
    }

    /// sRGB bytes of the rows from `first` on whose lightness `luma` is.
    #[must_use]
    pub fn rows8(&self, first: usize, luma: &[f32]) -> Vec<u8> {
        self.rows(first, luma, encode_block_8)
    }

    /// 16-bit sRGB samples of the rows from `first` on whose lightness `luma` is.
    #[must_use]
    pub fn rows16(&self, first: usize, luma: &[f32]) -> Vec<u16> {
        self.rows(first, luma, encode_block_16)
    }

    fn rows<S: Copy + Default + Send>(
        &self,
        first: usize,
        luma: &[f32],
        encode: impl Fn(&[[f32; BLOCK]; 3], &mut [S]) + Sync,
    ) -> Vec<S> {
        let (width, height) = self.size;
        let mut rgb = vec![S::default(); 3 * luma.len()];
        if width == 0 {
            return rgb;
        }
        let pieces = rgb.chunks_mut(ROWS_AT_A_TIME * 3 * width).zip(luma.chunks(ROWS_AT_A_TIME * width));
        let pieces = (first..).step_by(ROWS_AT_A_TIME).zip(pieces);
        pieces.parallel_for_each_with(Room::default, |room, (first, (rgb, luma))| {
            for (y, (rgb, luma)) in (first..).zip(rgb.chunks_mut(3 * width).zip(luma.chunks(width))) {
                vectorized(
                    #[inline(always)]
                    || {
                        let (a, b) = match &self.source {
                            Source::Whole(whole) => (whole.a.row(y), whole.b.row(y)),
                            Source::Cells(cells) => {
                                for row in [&mut room.a, &mut room.b] {
                                    row.clear();
                                    row.resize(width, 0.0);
                                }
                                let (a, b) = (&mut room.a[..], &mut room.b[..]);
                                cells.add_row(luma, (y, height), &self.columns, &mut room.stretched, a, b);
                                (&room.a[..], &room.b[..])
                            }
                        };
                        let planes = luma.chunks(BLOCK).zip(a.chunks(BLOCK)).zip(b.chunks(BLOCK));
                        for (rgb, ((l, a), b)) in rgb.chunks_mut(3 * BLOCK).zip(planes) {
                            encode(&finish_block(l, a, b, &self.tone), rgb);
                        }
                    },
                );
            }
        });
        rgb
    }
}

/// Linear sRGB inside the gamut of up to [`BLOCK`] pixels.
#[inline(always)]
fn finish_block(l: &[f32], a: &[f32], b: &[f32], tone: &Tone) -> [[f32; BLOCK]; 3] {
    let count = l.len();
    let mut lab = [[0.0; BLOCK]; 3];
    let [lab_l, lab_a, lab_b] = &mut lab;
    for (slot, l) in lab_l.iter_mut().zip(l) {
        // In this order, NaN becomes black.
        let l = if *l > 0.0 { *l } else { 0.0 };
        *slot = if l < 100.0 { l } else { 100.0 };
    }
    for (((slot_a, slot_b), a), b) in lab_a.iter_mut().zip(lab_b).zip(a).zip(b) {
        let (a, b) = tone.apply(sane(*a), sane(*b));
        (*slot_a, *slot_b) = (sane(a), sane(b));
    }
    let mut linear = linear_block(&lab[0][..count], &lab[1][..count], &lab[2][..count]);
    fit_block(&lab, &mut linear, count);
    linear
}

/// A sample of chroma, or 0 for what is no number or beyond all colours.
#[inline(always)]
fn sane(sample: f32) -> f32 {
    if sample.abs() < 10_000.0 { sample } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{lab_to_rgb8, rgb8_to_lab, rgb8_to_luma, rgb16_to_luma};
    use crate::metrics::luma_change;
    use crate::{Control, tone};
    use proptest::prelude::*;

    fn noise(seed: u32, count: usize) -> impl Iterator<Item = f32> {
        let mut state = seed;
        std::iter::repeat_with(move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0
        })
        .take(count)
    }

    #[test]
    fn colours_of_srgb_pass_at_full_size_byte_for_byte() {
        let rgb: Vec<u8> = noise(7, 3 * 200 * 40).map(|v| (v * 256.0) as u8).collect();
        let (luma, chroma) = rgb8_to_lab(&rgb, 200, 40);
        assert_eq!(render8(&luma, &chroma, &Tone::default()), rgb);
    }

    #[test]
    fn no_saturation_is_gray() {
        let (luma, chroma) = rgb8_to_lab(&[200, 10, 90, 10, 20, 250], 2, 1);
        let rgb = render8(&luma, &chroma, &Tone { saturation: 0.0, ..Tone::default() });
        assert!(rgb.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
    }

    #[test]
    fn an_empty_picture_renders_to_nothing() {
        assert!(render8(&Plane::default(), &Chroma::default(), &Tone::default()).is_empty());
        assert!(render16(&Plane::filled(0, 5, 0.0), &Chroma::neutral(2, 2), &Tone::default()).is_empty());
    }

    #[test]
    fn an_absurd_tone_still_renders() {
        let luma = Plane::filled(3, 1, f32::NAN);
        let tone = Tone { saturation: f32::NAN, temperature: f32::INFINITY, tint: 1e30 };
        assert_eq!(render8(&luma, &Chroma::neutral(3, 1), &tone), [0; 9]);
    }

    #[test]
    fn eight_and_sixteen_bits_agree() {
        let luma = Plane::from_vec(90, 60, noise(3, 5400).map(|v| v * 100.0).collect()).unwrap();
        let a = Plane::from_vec(9, 6, noise(4, 54).map(|v| v * 200.0 - 100.0).collect()).unwrap();
        let b = Plane::from_vec(9, 6, noise(5, 54).map(|v| v * 200.0 - 100.0).collect()).unwrap();
        let chroma = Chroma { a, b };
        let narrow = render8(&luma, &chroma, &Tone::default());
        let wide = render16(&luma, &chroma, &Tone::default());
        for (narrow, wide) in narrow.iter().zip(&wide) {
            assert!((f32::from(*narrow) - f32::from(*wide) / 257.0).abs() < 0.51);
        }
    }

    #[test]
    fn inside_the_gamut_rendering_is_plain_conversion() {
        let luma = Plane::from_vec(64, 1, (0..64).map(|i| 30.0 + i as f32 * 0.6).collect()).unwrap();
        let chroma = Chroma { a: Plane::filled(64, 1, 12.0), b: Plane::filled(64, 1, -15.0) };
        assert_eq!(render8(&luma, &chroma, &Tone::default()), lab_to_rgb8(&luma, &chroma));
    }

    /// The default in half of all cases, else anything that the controls allow.
    fn any_tone() -> impl Strategy<Value = Tone> {
        let range = |control: &Control| control.min..=control.max;
        let within = (range(&tone::SATURATION), range(&tone::TEMPERATURE), range(&tone::TINT));
        prop_oneof![
            Just(Tone::default()),
            within.prop_map(|(saturation, temperature, tint)| Tone { saturation, temperature, tint }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn luma_is_sacred(
            seed in any::<u32>(), w in 1_usize..40, h in 1_usize..30, small_w in 1_usize..40, small_h in 1_usize..30,
            reach in prop::sample::select(vec![0.0_f32, 30.0, 110.0, 180.0, 1000.0]), holes in any::<bool>(),
            tone in any_tone(),
        ) {
            let luma = Plane::from_vec(w, h, noise(seed, w * h).map(|v| v * 100.0).collect()).unwrap();
            let wild = |seed: u32| {
                let samples = noise(seed, small_w * small_h).map(|v| match v {
                    v if holes && v < 0.1 => f32::NAN,
                    v if v < 0.2 => -reach,
                    v if v > 0.8 => reach,
                    v => (v * 2.0 - 1.0) * reach,
                });
                Plane::from_vec(small_w, small_h, samples.collect()).unwrap()
            };
            let chroma = Chroma { a: wild(seed ^ 1), b: wild(seed ^ 2) };
            let rgb = render8(&luma, &chroma, &tone);
            let change = luma_change(&rgb8_to_luma(&rgb, w, h), &luma);
            prop_assert!(change <= 1.0, "{} steps", change);
            let rgb = render16(&luma, &chroma, &tone);
            let change = luma_change(&rgb16_to_luma(&rgb, w, h), &luma);
            prop_assert!(change <= 0.01, "{} steps", change);
        }
    }
}
