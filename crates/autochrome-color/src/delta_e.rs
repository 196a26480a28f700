//! CIEDE2000, the difference between two colours as people see it.

use rayon::prelude::*;

use crate::{Chroma, Plane};

/// 25⁷: above a chroma of 25 the corrections for neutral colours fade.
const FADE: f64 = 6_103_515_625.0;

/// CIEDE2000 between two colours in CIELAB (same white), all parametric factors 1: 0 is equal, about 1 just noticeable.
///
/// # Source
/// Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", Color Research & Application 30(1), 2005.
///
/// ```
/// let difference = autochrome_color::delta_e::ciede2000([50.0, 2.5, 0.0], [50.0, 0.0, -2.5]);
/// assert!((difference - 4.3065).abs() < 5e-5);
/// ```
#[must_use]
pub fn ciede2000(one: [f32; 3], two: [f32; 3]) -> f32 {
    let [l1, a1, b1] = one.map(f64::from);
    let [l2, a2, b2] = two.map(f64::from);
    let fading = |chroma: f64| {
        let seventh = chroma.powi(7);
        (seventh / (seventh + FADE)).sqrt()
    };

    let mean_chroma = f64::midpoint(a1.hypot(b1), a2.hypot(b2));
    let stretch = 1.0 + 0.5 * (1.0 - fading(mean_chroma));
    let (a1, a2) = (a1 * stretch, a2 * stretch);
    let (chroma1, chroma2) = (a1.hypot(b1), a2.hypot(b2));
    // Hue in degrees, 0..360; a colourless colour has hue 0, as atan2 gives it.
    let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
    let (hue1, hue2) = (hue(a1, b1), hue(a2, b2));
    let colourless = chroma1 * chroma2 == 0.0;

    let hue_step = match hue2 - hue1 {
        _ if colourless => 0.0,
        step if step > 180.0 => step - 360.0,
        step if step < -180.0 => step + 360.0,
        step => step,
    };
    let lightness_step = l2 - l1;
    let chroma_step = chroma2 - chroma1;
    let hue_distance = 2.0 * (chroma1 * chroma2).sqrt() * (hue_step / 2.0).to_radians().sin();

    let lightness = f64::midpoint(l1, l2);
    let chroma = f64::midpoint(chroma1, chroma2);
    let hue = match hue1 + hue2 {
        sum if colourless => sum,
        sum if (hue1 - hue2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };

    let cosine = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cosine(hue - 30.0) + 0.24 * cosine(2.0 * hue) + 0.32 * cosine(3.0 * hue + 6.0)
        - 0.20 * cosine(4.0 * hue - 63.0);
    let from_middle = (lightness - 50.0) * (lightness - 50.0);
    let lightness_scale = 1.0 + 0.015 * from_middle / (20.0 + from_middle).sqrt();
    let chroma_scale = 1.0 + 0.045 * chroma;
    let hue_scale = 1.0 + 0.015 * chroma * t;
    let turn = 30.0 * (-((hue - 275.0) / 25.0).powi(2)).exp();
    let rotation = -2.0 * fading(chroma) * (2.0 * turn).to_radians().sin();

    let (l, c, h) = (lightness_step / lightness_scale, chroma_step / chroma_scale, hue_distance / hue_scale);
    (l * l + c * c + h * h + rotation * c * h).max(0.0).sqrt() as f32
}

/// CIEDE2000 of every pixel of two pictures.
///
/// # Panics
/// When the planes differ in size.
#[must_use]
pub fn ciede2000_plane(luma1: &Plane, chroma1: &Chroma, luma2: &Plane, chroma2: &Chroma) -> Plane {
    let size = luma1.size();
    let sizes = [luma2.size(), chroma1.a.size(), chroma1.b.size(), chroma2.a.size(), chroma2.b.size()];
    assert!(sizes.iter().all(|other| *other == size), "two pictures of one size");
    let mut differences = Plane::filled(size.0, size.1, 0.0);
    differences.data_mut().par_iter_mut().with_min_len(1024).enumerate().for_each(|(i, difference)| {
        let at = |luma: &Plane, chroma: &Chroma| [luma.data()[i], chroma.a.data()[i], chroma.b.data()[i]];
        *difference = ciede2000(at(luma1, chroma1), at(luma2, chroma2));
    });
    differences
}

/// Mean CIEDE2000 over all pixels of two pictures; 0 when they have none.
///
/// # Panics
/// When the planes differ in size.
#[must_use]
pub fn mean_ciede2000(luma1: &Plane, chroma1: &Chroma, luma2: &Plane, chroma2: &Chroma) -> f32 {
    let differences = ciede2000_plane(luma1, chroma1, luma2, chroma2);
    let sum: f64 = differences.data().iter().map(|&difference| f64::from(difference)).sum();
    (sum / differences.data().len().max(1) as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sharma 2005, table 1: L, a, b twice and the difference.
    const PAIRS: [[f32; 7]; 34] = [
        [50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425],
        [50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615],
        [50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412],
        [50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669],
        [50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461],
        [50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065],
        [50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492],
        [50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977],
        [50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030],
        [50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
        [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
        [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
        [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
        [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
        [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
        [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
        [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
        [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
        [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ];

    #[test]
    fn sharmas_34_pairs_agree_in_both_directions() {
        for [l1, a1, b1, l2, a2, b2, wanted] in PAIRS {
            for got in [ciede2000([l1, a1, b1], [l2, a2, b2]), ciede2000([l2, a2, b2], [l1, a1, b1])] {
                // The table is rounded to four digits and its colours to f32: 5e-5 and a trifle.
                assert!((got - wanted).abs() <= 5.0e-5 + 2e-6, "{got} for {wanted}");
            }
        }
    }

    #[test]
    fn the_mean_is_over_all_pixels() {
        let luma = Plane::filled(2, 1, 50.0);
        let gray = Chroma::neutral(2, 1);
        let half = Chroma {
            a: Plane::from_vec(2, 1, vec![0.0, -1.0]).unwrap(),
            b: Plane::from_vec(2, 1, vec![0.0, 2.0]).unwrap(),
        };
        assert!((mean_ciede2000(&luma, &gray, &luma, &half) - 2.3669 / 2.0).abs() < 5e-5);
    }

    proptest! {
        #[test]
        fn a_colour_does_not_differ_from_itself(l in 0.0_f32..100.0, a in -110.0_f32..110.0, b in -110.0_f32..110.0) {
            prop_assert_eq!(ciede2000([l, a, b], [l, a, b]), 0.0);
        }
    }
}
