//! Answers at several sizes, averaged by how sure the network is of each.
//!
//! Source: the ensemble of Cheng, Yang, Sheng, "Colorization Using Neural Network Ensemble" (2017), with one network at several sizes
//! in place of many networks. A network that doubts answers gray, so that strength of colour stands for confidence.

use autochrome_color::resize::{Filter, resize_chroma};
use autochrome_color::{Chroma, Plane};
use autochrome_engine::{Hint, PredictOptions, Session};

use crate::MethodError;

/// Sizes beside the usual one, as shares of it: the smaller sees the whole better, the larger the details.
const SHARES: [f32; 2] = [0.75, 1.5];

/// Smallest and largest size, in pixels.
const RANGE_PX: [f32; 2] = [16.0, 2048.0];

/// Squared chroma that a gray answer counts as having.
const GRAY: f32 = 100.0;

/// Averages `chroma`, the network's answer at the size that `ask` names, with those at other sizes.
pub(super) fn join(
    session: &Session,
    luma: &Plane,
    hints: &[Hint],
    ask: &PredictOptions,
    chroma: &mut Chroma,
) -> Result<(), MethodError> {
    let (width, height) = chroma.size();
    let usual_px = ask.size_px.unwrap_or(session.card().inference.size_px) as f32;
    let mut answers = vec![std::mem::take(chroma)];
    for share in SHARES {
        let size_px = Some((share * usual_px).clamp(RANGE_PX[0], RANGE_PX[1]) as usize);
        let view = session.view(luma, size_px)?;
        let answer = session.predict_view(&view, hints, &PredictOptions { size_px, ..*ask })?;
        let filter = if share > 1.0 { Filter::Area } else { Filter::Bilinear };
        answers.push(resize_chroma(&answer, width, height, filter));
    }
    *chroma = mean(&answers);
    Ok(())
}

/// The mean of answers of one size, coloured ones first.
fn mean(answers: &[Chroma]) -> Chroma {
    let (width, height) = answers.first().map_or((0, 0), Chroma::size);
    let mut mean = Chroma::neutral(width, height);
    for (i, (a, b)) in mean.a.data_mut().iter_mut().zip(mean.b.data_mut()).enumerate() {
        let mut weights = 0.0;
        for answer in answers {
            let (one, other) = (answer.a.data()[i], answer.b.data()[i]);
            let weight = GRAY + one * one + other * other;
            (*a, *b, weights) = (*a + weight * one, *b + weight * other, weights + weight);
        }
        (*a, *b) = (*a / weights, *b / weights);
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sure_of_a_colour_counts_before_what_doubts() {
        let plain = |a: f32| Chroma { a: Plane::filled(4, 4, a), b: Plane::filled(4, 4, 0.0) };
        let mean = mean(&[plain(30.0), plain(0.0)]);
        assert!(mean.a.data()[0] > 20.0 && mean.a.data()[0] < 30.0, "{}", mean.a.data()[0]);
        assert_eq!(super::mean(&[plain(7.0), plain(7.0)]), plain(7.0));
    }

    #[test]
    fn sizes_are_averaged_at_the_usual_one() {
        let session = Session::from_bytes(&autochrome_engine::tests_support::tiny_weights()).unwrap();
        let luma = Plane::from_vec(64, 64, (0..4096).map(|i| (i % 97) as f32).collect()).unwrap();
        let ask = PredictOptions::default();
        let alone = session.predict(&luma, &[], &ask).unwrap();
        let mut joined = alone.clone();
        join(&session, &luma, &[], &ask, &mut joined).unwrap();
        assert_eq!(joined.size(), alone.size());
        assert_ne!(joined, alone);
    }
}
