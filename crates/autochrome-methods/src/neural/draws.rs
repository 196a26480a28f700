//! Other answers that may be true: things get colours that such things have, and everything else drifts as far as nobody can know.
//!
//! Source: several plausible answers after Deshpande et al., "Learning Diverse Image Colorization" (2017), and Cao et al.,
//! "Unsupervised Diverse Colorization via Generative Adversarial Networks" (2017). Here nothing is drawn pixel by pixel: a thing has one
//! colour, and what drifts drifts by the spread of the colours of its class ([`uncertainty`](super::uncertainty)), all things about the same
//! way, so that a draw holds together. Seeds that follow one another drift by the golden angle, so that few of them spread.

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::{Chroma, Plane, gamut};
use autochrome_engine::{Segmentation, Session, UsualColor};

use super::region::Region;
use super::suggestions::fitting;
use super::uncertainty;
use crate::{Srgb, change};

/// Classes of things that come in many colours.
const FREE: &[&str] = &[
    "top", "dress", "skirt", "trousers", "hat", "shoes", "bag", "tie", "scarf", "car", "bus", "bicycle",
    "boat", "flower", "chair", "curtain",
];

/// Share of a picture that a thing must cover to be given a colour of its own.
const LEAST_SHARE: f32 = 0.006;

/// How far colours drift, in deviations of what they may be.
const DRIFT: f32 = 0.54;

/// Degrees of CIELAB's hue from which the ways are counted, so that those of the first four seeds lie around the way that the truth takes least,
/// towards yellow-green (on validation pictures).
const START: f32 = 151.0;

/// Degrees between the ways of two seeds that follow one another.
const GOLDEN_ANGLE: f32 = 137.507_77;

/// Degrees on either side by which the way of a class differs from that of the picture, at most.
const OWN_WAY: f32 = 45.0;

/// Moves the colours of `chroma` to others that are about as likely, the way that `seed` gives; nothing where the model does not say
/// which colours things have.
pub(super) fn drift(
    session: &Session,
    segmentation: &Segmentation,
    luma: &Plane,
    seed: u64,
    chroma: &mut Chroma,
) {
    let (width, height) = segmentation.size();
    let grid = resize_plane(luma, width, height, Filter::Area);
    let mut random = Random(seed.wrapping_mul(0xd134_2543_de82_ef95));
    // Whole turns are taken off before seeds become inexact as a float.
    let turns = (seed % 8192) as f32 * (GOLDEN_ANGLE / 360.0);
    let ways: Vec<[f32; 2]> = (0..segmentation.classes().len())
        .map(|_| {
            let own = OWN_WAY * (2.0 * random.next() - 1.0);
            let (b, a) = (START + 360.0 * turns.fract() + own).to_radians().sin_cos();
            [a, b]
        })
        .collect();
    let mut change = Chroma::neutral(width, height);
    let covariances = uncertainty::covariances(session, segmentation, &grid);
    let cells = covariances.iter().zip(segmentation.probabilities().vectors()).enumerate();
    for (cell, (covariance, probabilities)) in cells {
        let mixed = probabilities
            .iter()
            .zip(&ways)
            .fold([0.0; 2], |[a, b], (share, way)| [a + share * way[0], b + share * way[1]]);
        let length = mixed[0].hypot(mixed[1]).max(1e-6);
        let [a, b] = covariance.root().times(mixed.map(|part| DRIFT * part / length));
        (change.a.data_mut()[cell], change.b.data_mut()[cell]) = (a, b);
    }
    change::add(&change, luma, chroma);
}

/// Every thing of a picture that could have another colour, with the colour that `seed` gives it.
pub(super) fn draw(
    session: &Session,
    segmentation: &Segmentation,
    luma: &Plane,
    seed: u64,
) -> Vec<(Region, Srgb)> {
    let (width, height) = segmentation.size();
    let small = resize_plane(luma, width, height, Filter::Area);
    let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
    let parts = Region::parts(segmentation, FREE, (LEAST_SHARE * (width * height) as f32).ceil() as usize);
    let colored = parts.into_iter().filter_map(|(class, region)| {
        let lightness = region.mean(&small);
        let color = pick(session.usual_colors(class), lightness, random.next())?;
        Some((region, Srgb::from_lab(gamut::clip_chroma([lightness, color.lab[1], color.lab[2]]))))
    });
    colored.collect()
}

/// The colour at this share, 0..1, of all, those counting most that are about as light.
fn pick(colors: &[UsualColor], lightness: f32, share: f32) -> Option<&UsualColor> {
    let weight = |color: &UsualColor| fitting(color.share, color.lab[0] - lightness);
    let mut left = share * colors.iter().map(weight).sum::<f32>();
    colors.iter().find(|color| {
        left -= weight(color);
        left < 0.0
    })
}

/// SplitMix64.
struct Random(u64);

impl Random {
    /// 0..1.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use autochrome_engine::PredictOptions;

    use super::*;
    use crate::ModelSource;

    #[test]
    fn seeds_drift_apart_and_the_same_seed_the_same_way() {
        let session = ModelSource::open(None).unwrap();
        let luma =
            Plane::from_vec(96, 64, (0..96 * 64).map(|i| 30.0 + (i % 96) as f32 / 2.0).collect()).unwrap();
        let (own, segmentation) = session
            .predict_and_segment(&session.view(&luma, None).unwrap(), &[], &PredictOptions::default())
            .unwrap();
        let drifted = |seed| {
            let mut chroma = own.clone();
            drift(&session, &segmentation.clone().unwrap(), &luma, seed, &mut chroma);
            let mean = |plane: &Plane| plane.data().iter().sum::<f32>() / plane.data().len() as f32;
            [mean(&chroma.a) - mean(&own.a), mean(&chroma.b) - mean(&own.b)]
        };
        let ways = [1, 2, 3, 4].map(drifted);
        assert_eq!(ways[0], drifted(1));
        for (i, one) in ways.iter().enumerate() {
            assert!(one[0].hypot(one[1]) > 1.0, "{one:?}");
            for other in &ways[..i] {
                assert!((one[0] - other[0]).hypot(one[1] - other[1]) > 1.0, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn colours_are_drawn_as_often_as_things_have_them() {
        let color = |l: f32, share: f32| UsualColor { lab: [l, 0.0, 0.0], share };
        let colors = [color(50.0, 0.7), color(50.0, 0.2), color(50.0, 0.1)];
        let mut random = Random(7);
        let drawn: Vec<f32> = (0..3000).map(|_| pick(&colors, 50.0, random.next()).unwrap().share).collect();
        for color in colors {
            let share = drawn.iter().filter(|&&share| share == color.share).count() as f32 / 3000.0;
            assert!((share - color.share).abs() < 0.04, "{share} for {}", color.share);
        }
        let dark = [color(10.0, 0.5), color(90.0, 0.5)];
        assert!((0..50).all(|i| pick(&dark, 15.0, i as f32 / 51.0).unwrap().lab[0] == 10.0));
        assert!(pick(&[], 50.0, 0.5).is_none());
    }
}
