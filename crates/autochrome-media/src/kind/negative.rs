//! Whether light and dark are exchanged.
//!
//! Nothing in the lightness tells a negative for certain. The score is a logistic regression over six statistics of it, fitted on 3,000
//! colour pictures made gray and on the same as negatives. At the threshold it finds an eighth of 600 other negatives, and takes 14 of 887
//! positives and one of 44 historical photographs for one: it names the plain cases and is silent on the others. Colour film has an orange mask, which tells
//! more: 4 of 887 pictures in colour look as if they had one.

use autochrome_color::Plane;

use super::{Thumbnail, percentiles};

/// Scores above are negatives.
const THRESHOLD: f32 = 2.5;

/// What the score of a picture with an orange mask must be, at least.
const THRESHOLD_MASKED: f32 = -1.0;

/// Whether a picture with this luma, at most [`Thumbnail::SIDE_PX`] wide and high, is a negative.
pub(super) fn is_negative(luma: &Plane, thumbnail: Option<&Thumbnail>) -> bool {
    if luma.width() < 16 || luma.height() < 16 {
        return false;
    }
    let threshold = if thumbnail.is_some_and(has_mask) { THRESHOLD_MASKED } else { THRESHOLD };
    score(luma) > threshold
}

/// Whether everything is seen through the orange mask of colour negative film: all of it yellow or red, the lightest most of all, and
/// nothing near white.
fn has_mask(Thumbnail { luma, chroma }: &Thumbnail) -> bool {
    let [light, lightest] = percentiles(luma.data(), [0.9, 0.98]);
    if lightest > 88.0 {
        return false;
    }
    let pixels = || luma.data().iter().zip(chroma.a.data().iter().zip(chroma.b.data()));
    let count = pixels().count().max(1);
    let warm = pixels().filter(|&(_, (_, &b))| b > 4.0).count();
    let (mut bright, mut a, mut b) = (0.0_f32, 0.0, 0.0);
    for (_, (&pa, &pb)) in pixels().filter(|&(&l, _)| l >= light) {
        (bright, a, b) = (bright + 1.0, a + pa, b + pb);
    }
    let (a, b) = (a / bright.max(1.0), b / bright.max(1.0));
    let hue = b.atan2(a).to_degrees();
    warm as f32 >= 0.97 * count as f32 && a.hypot(b) >= 25.0 && (30.0..=80.0).contains(&hue)
}

/// How much a picture looks like a negative, as log odds.
fn score(luma: &Plane) -> f32 {
    let (width, height) = luma.size();
    let all = luma.data();
    let (average, spread) = (mean(all), deviation(all) + 1.0);
    let (fine, coarse) = (blurred(luma, 3), blurred(luma, 8));
    let bands: Vec<f32> = fine.data().iter().zip(coarse.data()).map(|(fine, coarse)| fine - coarse).collect();
    let texture = {
        let squares = all.iter().zip(fine.data()).map(|(l, mean)| (l - mean).powi(2)).collect();
        let squares = Plane::from_vec(width, height, squares).unwrap_or_default();
        blurred(&squares, 3).data().iter().map(|square| square.max(0.0).sqrt()).collect::<Vec<f32>>()
    };
    let middle = mean_of(luma, width / 4..width - width / 4, height / 4..height - height / 4);
    let top = mean_of(luma, 0..width, 0..height / 3);
    let share =
        |wanted: &dyn Fn(f32) -> bool| all.iter().filter(|&&l| wanted(l)).count() as f32 / all.len() as f32;
    9.71 * (average - 50.0) / 50.0
        + 0.96 * skewness(&bands)
        + 2.36 * correlation(fine.data(), &texture)
        + 1.26 * (average - middle) / spread
        + 4.85 * (share(&|l| l < 8.0) - share(&|l| l > 92.0))
        - 1.26 * (top - middle) / spread
        - 0.21
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

fn deviation(values: &[f32]) -> f32 {
    let average = mean(values);
    let square: f32 = values.iter().map(|value| (value - average).powi(2)).sum();
    (square / values.len().max(1) as f32).sqrt()
}

fn skewness(values: &[f32]) -> f32 {
    let (average, spread) = (mean(values), deviation(values) + 1e-3);
    let cube: f32 = values.iter().map(|value| ((value - average) / spread).powi(3)).sum();
    (cube / values.len().max(1) as f32).clamp(-4.0, 4.0)
}

fn correlation(one: &[f32], other: &[f32]) -> f32 {
    let (mean_one, mean_other) = (mean(one), mean(other));
    let product: f32 = one.iter().zip(other).map(|(a, b)| (a - mean_one) * (b - mean_other)).sum();
    let spreads = deviation(one) * deviation(other) * one.len() as f32;
    if spreads > 1e-3 { product / spreads } else { 0.0 }
}

fn mean_of(plane: &Plane, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> f32 {
    let count = (columns.len() * rows.len()).max(1);
    rows.map(|y| plane.row(y)[columns.clone()].iter().sum::<f32>()).sum::<f32>() / count as f32
}

/// The mean over a square around each sample, as far as `radius`; beyond the edges the outermost samples go on.
fn blurred(plane: &Plane, radius: usize) -> Plane {
    let (width, height) = plane.size();
    let around = |i: usize, side: usize| {
        (0..=2 * radius).map(move |offset| (i + offset).saturating_sub(radius).min(side - 1))
    };
    let scale = 1.0 / (2 * radius + 1) as f32;
    let rows: Vec<f32> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| around(x, width).map(|x| plane.row(y)[x]).sum::<f32>() * scale)
        .collect();
    let both = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| around(y, height).map(|y| rows[y * width + x]).sum::<f32>() * scale)
        .collect();
    Plane::from_vec(width, height, both).unwrap_or_default()
}
