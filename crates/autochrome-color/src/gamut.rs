//! Colours that sRGB cannot show, brought inside along their hue with L as it is.

use crate::lab::{BLOCK, lab_to_linear};

/// How far linear light may leave 0..=1 and still count as inside: what f32 loses between sRGB and CIELAB and back. Below 0 it is
/// two codes of 16 bits at most, above 1 a tenth of one.
const BELOW: f32 = 2e-6;
const ABOVE: f32 = 4e-6;

/// Halvings of the search for the gamut's border: to 1 / 16384 of the colour's chroma.
const HALVINGS: usize = 14;

#[inline(always)]
fn is_inside([red, green, blue]: [f32; 3]) -> bool {
    let inside = |value: f32| {
        // Without the branch that `contains` has: this runs on vectors.
        let (high_enough, low_enough) = (value >= -BELOW, value <= 1.0 + ABOVE);
        high_enough & low_enough
    };
    inside(red) & inside(green) & inside(blue)
}

/// Whether sRGB can show a colour of CIELAB (D65).
#[must_use]
pub fn contains(lab: [f32; 3]) -> bool {
    is_inside(lab_to_linear(lab))
}

/// The colour of the same L (limited to 0..=100) and hue that sRGB can show; colours inside stay as they are, others move
/// towards gray until they touch the border. Above an L of about 90 sRGB grows a horn of bright yellow, which a way towards gray may
/// leave and enter again: there colours outside end at its tip or at its root.
///
/// ```
/// use autochrome_color::gamut;
/// let [l, a, b] = gamut::clip_chroma([50.0, -180.0, 90.0]);
/// assert!(gamut::contains([l, a, b]) && l == 50.0 && (a / b + 2.0).abs() < 1e-4);
/// ```
#[must_use]
pub fn clip_chroma([l, a, b]: [f32; 3]) -> [f32; 3] {
    let l = l.clamp(0.0, 100.0);
    if contains([l, a, b]) {
        return [l, a, b];
    }
    let mut scale = 0.0;
    let mut step = 0.5;
    for _ in 0..HALVINGS {
        if contains([l, a * (scale + step), b * (scale + step)]) {
            scale += step;
        }
        step *= 0.5;
    }
    [l, a * scale, b * scale]
}

/// [`fit`] for the `count` first pixels of a block; `linear` holds their linear sRGB and is put right where it lay outside.
#[inline(always)]
pub(crate) fn fit_block(lab: &[[f32; BLOCK]; 3], linear: &mut [[f32; BLOCK]; 3], count: usize) {
    let [red, green, blue] = linear;
    let mut all_inside = true;
    for ((red, green), blue) in red.iter().zip(green.iter()).zip(blue.iter()).take(count) {
        all_inside &= is_inside([*red, *green, *blue]);
    }
    if all_inside {
        return;
    }

    // The pixels outside, packed so that the search below runs on full vectors.
    let mut places = [0_usize; BLOCK];
    let mut outside = [[0.0_f32; BLOCK]; 3];
    let mut packed = 0;
    for i in 0..count {
        if !is_inside([red[i], green[i], blue[i]]) {
            places[packed] = i;
            for (outside, lab) in outside.iter_mut().zip(lab) {
                outside[packed] = lab[i];
            }
            packed += 1;
        }
    }
    let [l, a, b] = &outside;
    let mut scale = [0.0_f32; BLOCK];
    // Sixteen at a time, also where fewer are left: a fixed number becomes vectors.
    let pieces = scale.as_chunks_mut::<16>().0.iter_mut().zip(l.as_chunks::<16>().0);
    let pieces = pieces.zip(a.as_chunks::<16>().0).zip(b.as_chunks::<16>().0);
    for (((scale, l), a), b) in pieces.take(packed.div_ceil(16)) {
        let mut step = 0.5;
        for _ in 0..HALVINGS {
            for i in 0..16 {
                let further = scale[i] + step;
                let inside = is_inside(lab_to_linear([l[i], a[i] * further, b[i] * further]));
                scale[i] += if inside { step } else { 0.0 };
            }
            step *= 0.5;
        }
    }
    for i in 0..packed {
        let place = places[i];
        [red[place], green[place], blue[place]] = lab_to_linear([l[i], a[i] * scale[i], b[i] * scale[i]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delta_e::ciede2000;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn fitted_colours_are_inside_with_their_luma_and_hue(l in 0.0_f32..=100.0, a in -180.0_f32..180.0, b in -180.0_f32..180.0) {
            let [fit_l, fit_a, fit_b] = clip_chroma([l, a, b]);
            prop_assert_eq!(fit_l, l);
            prop_assert!(contains([fit_l, fit_a, fit_b]));
            prop_assert!((fit_a * b - fit_b * a).abs() < 1e-2);
            prop_assert!(fit_a.hypot(fit_b) <= a.hypot(b) + 1e-3);
        }

        #[test]
        fn colours_of_srgb_stay(red in 0.0_f32..=1.0, green in 0.0_f32..=1.0, blue in 0.0_f32..=1.0) {
            let lab = crate::lab::srgb_to_lab([red, green, blue]);
            prop_assert_eq!(clip_chroma(lab), [lab[0].clamp(0.0, 100.0), lab[1], lab[2]]);
        }

        #[test]
        fn the_border_has_no_steps_below_the_yellow_horn(l in 5.0_f32..88.0, hue in 0.0_f32..std::f32::consts::TAU, chroma in 20.0_f32..180.0) {
            // A step in the request far too small to see is no visible step in the answer.
            let at = |chroma: f32, hue: f32| clip_chroma([l, chroma * hue.cos(), chroma * hue.sin()]);
            prop_assert!(ciede2000(at(chroma, hue), at(chroma + 0.1, hue)) < 0.1);
            prop_assert!(ciede2000(at(chroma, hue), at(chroma, hue + 0.001)) < 0.5);
        }
    }

    #[test]
    fn the_surface_of_srgb_is_inside() {
        let decode = &*crate::srgb::DECODE_8;
        for (face, level) in [(0, 0), (0, 255), (1, 0), (1, 255), (2, 0), (2, 255)] {
            for (u, v) in (0..=255).flat_map(|u| (0..=255).map(move |v| (u, v))) {
                let mut rgb = [u, v, u];
                rgb[(face + 1) % 3] = v;
                rgb[face] = level;
                let (luma, chroma) = crate::lab::rgb8_to_lab(&rgb, 1, 1);
                let linear = lab_to_linear([luma.data()[0], chroma.a.data()[0], chroma.b.data()[0]]);
                assert!(
                    is_inside(linear),
                    "{rgb:?}: {linear:?} for {:?}",
                    rgb.map(|code| decode[code as usize])
                );
            }
        }
    }

    #[test]
    fn a_block_agrees_with_single_colours() {
        let mut lab = [[0.0; BLOCK]; 3];
        let [l, a, b] = &mut lab;
        for (i, ((l, a), b)) in l.iter_mut().zip(a).zip(b).enumerate() {
            *l = i as f32 / BLOCK as f32 * 100.0;
            *a = (i * 37 % 360) as f32 - 180.0;
            *b = (i * 91 % 240) as f32 - 120.0;
        }
        let mut linear = crate::lab::linear_block(&lab[0], &lab[1], &lab[2]);
        fit_block(&lab, &mut linear, BLOCK);
        for i in 0..BLOCK {
            let wanted = lab_to_linear(clip_chroma([lab[0][i], lab[1][i], lab[2][i]]));
            for channel in 0..3 {
                assert!((linear[channel][i] - wanted[channel]).abs() < 1e-6);
            }
        }
    }
}
