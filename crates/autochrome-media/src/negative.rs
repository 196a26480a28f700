//! Negatives made positive.

use autochrome_color::lab::{lab_to_xyz, xyz_to_lab};
use autochrome_color::srgb::{from_linear, to_linear};
use autochrome_color::{Parallel as _, Plane, lab};

use crate::Picture;

/// Share of the pixels at either end that may become plain black or white: dust, and the rim of the film.
const CLIPPED: f32 = 0.002;

/// Steps in which lightness is looked up.
const LEVELS: usize = 4096;

impl Picture {
    /// The positive of a negative: the lightest, where the film is clear, becomes black and the densest white, and what lies between
    /// is exchanged in the values of sRGB. Colours are dropped, those of a film's mask among them.
    #[must_use]
    pub fn inverted(&self) -> Self {
        Self {
            luma: inverted(&self.luma),
            chroma: None,
            thumbnail: None,
            alpha: self.alpha.clone(),
            metadata: self.metadata.clone(),
            warnings: self.warnings.clone(),
            was_gray: true,
            ..*self
        }
    }
}

fn inverted(luma: &Plane) -> Plane {
    let level = |l: f32| ((l / 100.0).clamp(0.0, 1.0) * (LEVELS - 1) as f32).round() as usize;
    let mut counts = vec![0_usize; LEVELS];
    luma.data().iter().for_each(|&l| counts[level(l)] += 1);
    let most = (CLIPPED * luma.data().len() as f32) as usize;
    let end = |levels: &mut dyn Iterator<Item = usize>| {
        let mut passed = 0;
        for level in levels {
            passed += counts[level];
            if passed > most {
                return level;
            }
        }
        0
    };
    let gray = |level: usize| gray_of(100.0 * level as f32 / (LEVELS - 1) as f32);
    let (low, high) = (gray(end(&mut (0..LEVELS))), gray(end(&mut (0..LEVELS).rev())));
    let span = (high - low).max(1e-3);
    let table: Vec<f32> =
        (0..LEVELS).map(|level| luma_of(((high - gray(level)) / span).clamp(0.0, 1.0))).collect();
    let mut positive = Plane::filled(luma.width(), luma.height(), 0.0);
    positive
        .data_mut()
        .chunks_mut(luma.width().max(1))
        .zip(luma.data().chunks(luma.width().max(1)))
        .parallel_for_each(|(to, from)| {
            for (to, &l) in to.iter_mut().zip(from) {
                // Between two levels the straight line is right to a hundredth of L.
                let place = (l / 100.0).clamp(0.0, 1.0) * (LEVELS - 1) as f32;
                let (below, share) = (place as usize, place.fract());
                let above = (below + 1).min(LEVELS - 1);
                *to = table[below] * (1.0 - share) + table[above] * share;
            }
        });
    positive
}

/// The gray of sRGB, 0..=1, with this L.
fn gray_of(l: f32) -> f32 {
    from_linear(lab_to_xyz([l, 0.0, 0.0])[1])
}

/// L of a gray of sRGB, 0..=1.
fn luma_of(gray: f32) -> f32 {
    let y = to_linear(gray);
    let white = lab::linear_to_xyz([1.0; 3]);
    xyz_to_lab(white.map(|component| component * y))[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_of_a_negative_is_the_picture_again() {
        let ramp: Vec<f32> = (0..400).map(|i| 100.0 * i as f32 / 399.0).collect();
        let plane = Plane::from_vec(20, 20, ramp).unwrap();
        let negative = inverted(&plane);
        assert!(negative.data()[0] > 99.0 && negative.data()[399] < 1.0);
        assert!(negative.data().windows(2).all(|pair| pair[0] >= pair[1]));
        let again = inverted(&negative);
        let error = again.data().iter().zip(plane.data()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(error < 0.5, "{error}");
    }

    #[test]
    fn the_clear_film_becomes_black_and_the_densest_white() {
        let values: Vec<f32> = (0..400).map(|i| 30.0 + 40.0 * i as f32 / 399.0).collect();
        let positive = inverted(&Plane::from_vec(20, 20, values).unwrap());
        assert!(positive.data()[0] > 99.0 && positive.data()[399] < 1.0);
    }

    #[test]
    fn a_plane_of_one_lightness_is_no_division_by_nothing() {
        let positive = inverted(&Plane::filled(8, 8, 40.0));
        assert!(positive.data().iter().all(|l| l.is_finite() && (0.0..=100.0).contains(l)));
    }
}
