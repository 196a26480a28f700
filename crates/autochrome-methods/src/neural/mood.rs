//! Moves an answer as a whole: to a mean colour, and to a strength of its colours.
//!
//! The mean moves by the distribution of each place's colour: a normal one with the [covariance](super::uncertainty) C of what such things may
//! have, weighed by exp(λ·ab), has its mean moved by C·λ, and one λ for the picture is found that gives the mean that was asked for. What
//! can have but one colour stays, and what nobody knows takes the change.

use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};
use autochrome_engine::{Segmentation, Session};

use super::uncertainty::{self, Matrix};
use crate::{Mood, change};

/// Least and most factor by which the strength of colours changes.
const FACTORS: [f32; 2] = [0.0, 4.0];

/// Chroma, in units of ab, below which an answer has no colour that could be made stronger.
const COLORLESS: f32 = 0.5;

/// Variance of every place's colour, in squared units of ab, where the model does not say what things may have.
const VARIANCE: f32 = 100.0;

/// Side of the grid that changes are found on, where there is no segmentation.
const CELLS: usize = 28;

/// Moves `chroma`, an answer for a picture with this luma, to a mood.
pub(super) fn steer(
    session: &Session,
    segmentation: Option<&Segmentation>,
    luma: &Plane,
    mood: &Mood,
    chroma: &mut Chroma,
) {
    if let Some(wanted) = mood.chroma {
        let ab = chroma.a.data().iter().zip(chroma.b.data());
        let now = ab.map(|(a, b)| a.hypot(*b)).sum::<f32>() / chroma.a.data().len().max(1) as f32;
        let factor = (wanted / now.max(COLORLESS)).clamp(FACTORS[0], FACTORS[1]);
        for plane in [&mut chroma.a, &mut chroma.b] {
            plane.data_mut().iter_mut().for_each(|sample| *sample *= factor);
        }
    }
    let Some(wanted) = mood.mean else { return };
    let (width, height) = segmentation.map_or((CELLS, CELLS), Segmentation::size);
    let grid = resize_plane(luma, width, height, Filter::Area);
    let known = segmentation.map(|segmentation| uncertainty::covariances(session, segmentation, &grid));
    let told = known.filter(|known| known.iter().any(|covariance| *covariance != Matrix::default()));
    let covariances = told.unwrap_or_else(|| uncertainty::alike(&grid, VARIANCE));
    let count = covariances.len() as f32;
    let sum = covariances.iter().fold(Matrix::default(), |sum, covariance| sum.plus(*covariance));
    let now = resize_chroma(chroma, width, height, Filter::Area);
    let missing = [(&now.a, wanted[0]), (&now.b, wanted[1])]
        .map(|(plane, wanted)| wanted - plane.data().iter().sum::<f32>() / count);
    let tilt = sum.scaled(1.0 / count).solve(missing);
    let mut change = Chroma::neutral(width, height);
    for (cell, covariance) in covariances.iter().enumerate() {
        let [a, b] = covariance.times(tilt);
        (change.a.data_mut()[cell], change.b.data_mut()[cell]) = (a, b);
    }
    change::add(&change, luma, chroma);
}

#[cfg(test)]
mod tests {
    use autochrome_engine::PredictOptions;
    use autochrome_engine::tests_support::tiny_weights;

    use super::*;
    use crate::ModelSource;

    fn luma() -> Plane {
        Plane::from_vec(96, 64, (0..96 * 64).map(|i| 30.0 + (i % 96) as f32 / 2.0).collect()).unwrap()
    }

    #[test]
    fn the_mean_and_the_strength_become_what_was_asked() {
        for source in [None, Some(ModelSource::Bytes(&tiny_weights()))] {
            let session = ModelSource::open(source).unwrap();
            let (own, segmentation) = session
                .predict_and_segment(&session.view(&luma(), None).unwrap(), &[], &PredictOptions::default())
                .unwrap();
            let steered = |mood: Mood| {
                let mut chroma = own.clone();
                steer(&session, segmentation.as_ref(), &luma(), &mood, &mut chroma);
                Mood::of(&chroma)
            };
            let moved = steered(Mood { mean: Some([-6.0, 9.0]), chroma: None }).mean.unwrap();
            assert!((moved[0] + 6.0).abs() < 0.7 && (moved[1] - 9.0).abs() < 0.7, "{moved:?}");
            let gray = steered(Mood { mean: None, chroma: Some(0.0) });
            assert_eq!(gray.chroma, Some(0.0));
            let own = Mood::of(&own).chroma.unwrap();
            if own > 1.0 {
                let strong = steered(Mood { mean: None, chroma: Some(2.0 * own) }).chroma.unwrap();
                assert!((strong - 2.0 * own).abs() < 0.1, "{strong} of {own}");
            }
        }
    }
}
