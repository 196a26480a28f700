//! Which colours a place may have: what the network would paint, and what such things usually have.
//!
//! Source: the suggestions of Zhang et al., "Real-Time User-Guided Image Colorization with Learned Deep Priors" (2017), with
//! colours of things in place of colour classes.

use autochrome_color::delta_e::ciede2000;
use autochrome_color::gamut;
use autochrome_engine::{Segmentation, Session};

use crate::{Srgb, Suggestion};

/// Most suggestions.
const MOST: usize = 5;

/// Nearest that two suggestions may be.
const APART: f32 = 10.0;

/// What the network's own answer counts beside everything that such things have.
const OWN: f32 = 0.3;

/// Difference of luma, in units of L, at which a usual colour counts for a third: dark hair is seldom blond.
const LUMA: f32 = 25.0;

/// Probability below which a class is not thought of.
const LEAST: f32 = 0.03;

/// The likeliest colours of a cell whose luma is `luma` and to which the network gives `own`.
pub(super) fn likeliest(
    session: &Session,
    segmentation: &Segmentation,
    cell: usize,
    luma: f32,
    own: [f32; 2],
) -> Vec<Suggestion> {
    let mut all = vec![(OWN, own)];
    for (class, &probability) in segmentation.probabilities().vector(cell).iter().enumerate() {
        if probability < LEAST {
            continue;
        }
        let colors = session.usual_colors(class).iter();
        let weighed =
            colors.map(|color| (fitting(color.share, color.lab[0] - luma), [color.lab[1], color.lab[2]]));
        let weighed: Vec<(f32, [f32; 2])> = weighed.collect();
        let sum: f32 = weighed.iter().map(|(weight, _)| weight).sum();
        let share = (1.0 - OWN) * probability / sum.max(f32::MIN_POSITIVE);
        all.extend(weighed.into_iter().map(|(weight, ab)| (share * weight, ab)));
    }
    let total: f32 = all.iter().map(|(weight, _)| weight).sum();
    all.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut found: Vec<(f32, [f32; 3])> = Vec::new();
    for (weight, [a, b]) in all {
        let here = gamut::clip_chroma([luma, a, b]);
        match found.iter_mut().find(|(_, other)| ciede2000(here, *other) < APART) {
            Some((sum, _)) => *sum += weight,
            None => found.push((weight, here)),
        }
    }
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    found.truncate(MOST);
    let suggestion = |(weight, lab)| Suggestion { color: Srgb::from_lab(lab), probability: weight / total };
    found.into_iter().map(suggestion).collect()
}

/// How much a usual colour counts whose luma differs by this much.
pub(super) fn fitting(share: f32, difference: f32) -> f32 {
    share * (-(difference / LUMA).powi(2)).exp()
}
