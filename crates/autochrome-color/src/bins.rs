//! The 313 colours that classify chroma: a grid of ab in steps of 10, cut to what sRGB can show.
//!
//! # Source
//! Zhang, Isola, Efros, "Colorful Image Colorization", ECCV 2016, sections 2.1 to 2.3.

use std::sync::LazyLock;

/// Number of bins.
pub const BINS: usize = 313;

/// Distance between neighbouring bins in a and in b.
pub const STEP: f32 = 10.0;

/// Deviation of the Gaussian that [`soft_encode`] weighs neighbours with.
pub const SIGMA: f32 = 5.0;

/// Temperature of [`annealed_mean`] that the paper settles on.
pub const TEMPERATURE: f32 = 0.38;

/// Share of the uniform distribution in [`class_weights`] that the paper settles on.
pub const LAMBDA: f64 = 0.5;

const LOWEST_A: i32 = -90;
const ROWS: usize = 20;

/// Lowest and highest b of every row of bins; a rises from -90 in steps of 10. No simple gamut test gives this set.
const SPANS: [(i32, i32); ROWS] = [
    (50, 90),
    (20, 90),
    (0, 90),
    (-20, 90),
    (-30, 100),
    (-40, 100),
    (-50, 100),
    (-50, 100),
    (-60, 100),
    (-70, 100),
    (-80, 90),
    (-80, 90),
    (-90, 90),
    (-100, 90),
    (-100, 80),
    (-110, 80),
    (-110, 80),
    (-110, 70),
    (-110, 70),
    (-90, 0),
];

/// Index of the first bin of every row, and the number of bins.
const STARTS: [usize; ROWS + 1] = {
    let mut starts = [0; ROWS + 1];
    let mut row = 0;
    while row < ROWS {
        starts[row + 1] = starts[row] + ((SPANS[row].1 - SPANS[row].0) / 10 + 1) as usize;
        row += 1;
    }
    assert!(starts[ROWS] == BINS);
    starts
};

const CENTERS: [[f32; 2]; BINS] = {
    let mut centers = [[0.0; 2]; BINS];
    let mut row = 0;
    while row < ROWS {
        let mut bin = STARTS[row];
        while bin < STARTS[row + 1] {
            let b = SPANS[row].0 + 10 * (bin - STARTS[row]) as i32;
            centers[bin] = [(LOWEST_A + 10 * row as i32) as f32, b as f32];
            bin += 1;
        }
        row += 1;
    }
    centers
};

/// The a and b of every bin, a ascending, then b ascending.
#[must_use]
pub fn centers() -> &'static [[f32; 2]; BINS] {
    &CENTERS
}

/// The bin at column `b` of `row`, the column limited to what the row has.
fn closest_in_row(row: usize, b: f32) -> usize {
    let last = STARTS[row + 1] - STARTS[row] - 1;
    let column = ((b - SPANS[row].0 as f32) / STEP).round();
    // NaN and what lies below become 0, what lies above the last column.
    STARTS[row] + (column as usize).min(last)
}

fn distance_squared(bin: usize, a: f32, b: f32) -> f32 {
    let [center_a, center_b] = CENTERS[bin];
    (center_a - a) * (center_a - a) + (center_b - b) * (center_b - b)
}

/// The row whose a is closest, and the grid's column of `b`, counted from b = -110.
fn cell(a: f32, b: f32) -> (usize, usize) {
    let row = (((a - LOWEST_A as f32) / STEP).round() as usize).min(ROWS - 1);
    let column = (((b + 110.0) / STEP).round() as usize).min(COLUMNS - 1);
    (row, column)
}

const COLUMNS: usize = 22;

/// The bin closest to a colour; colours outside the set go to its border. NaN counts as 0.
#[must_use]
pub fn nearest(a: f32, b: f32) -> usize {
    let (a, b) = (finite(a), finite(b));
    let (row, _) = cell(a, b);
    let bin = closest_in_row(row, b);
    if (CENTERS[bin][0] - a).abs() <= STEP / 2.0 && (CENTERS[bin][1] - b).abs() <= STEP / 2.0 {
        return bin;
    }
    let closest = (0..ROWS).map(|row| closest_in_row(row, b));
    closest.min_by(|&x, &y| distance_squared(x, a, b).total_cmp(&distance_squared(y, a, b))).unwrap_or(bin)
}

/// `value` near enough to all bins that its square is exact enough to compare; 0 for what is no number.
fn finite(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-1000.0, 1000.0) }
}

/// For every cell of the grid, the nine bins around it, when all nine exist: then the five closest are among them.
static SURROUNDED: LazyLock<[[Option<[usize; 9]>; COLUMNS]; ROWS]> = LazyLock::new(|| {
    let bin_at = |row: usize, column: usize| {
        let b = -110 + 10 * column as i32;
        let (low, high) = SPANS[row];
        (low..=high).contains(&b).then(|| STARTS[row] + ((b - low) / 10) as usize)
    };
    std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            if row == 0 || row + 1 == ROWS || column == 0 || column + 1 == COLUMNS {
                return None;
            }
            let mut around = [0; 9];
            for (i, slot) in around.iter_mut().enumerate() {
                *slot = bin_at(row + i / 3 - 1, column + i % 3 - 1)?;
            }
            Some(around)
        })
    })
});

/// The five bins closest to a colour with their weights, closest first; weights are Gaussian and sum to 1. NaN counts as 0.
///
/// # Source
/// Zhang 2016, section 2.2 ("soft-encoding scheme", σ 5).
#[must_use]
pub fn soft_encode(a: f32, b: f32) -> [(usize, f32); 5] {
    let (a, b) = (finite(a), finite(b));
    let mut best = [(usize::MAX, f32::INFINITY); 5];
    let mut offer = |bin: usize| {
        let mut candidate = (bin, distance_squared(bin, a, b));
        for slot in &mut best {
            if candidate.1 < slot.1 {
                std::mem::swap(slot, &mut candidate);
            }
        }
    };
    let (row, column) = cell(a, b);
    let inside = (a - (LOWEST_A as f32 + STEP * row as f32)).abs() <= STEP / 2.0
        && (b + 110.0 - STEP * column as f32).abs() <= STEP / 2.0;
    match SURROUNDED[row][column] {
        Some(around) if inside => around.into_iter().for_each(&mut offer),
        // At the border: the five closest of every row, which lie in a run around the closest.
        _ => {
            for row in 0..ROWS {
                let middle = closest_in_row(row, b);
                (middle.saturating_sub(4).max(STARTS[row])..(middle + 5).min(STARTS[row + 1]))
                    .for_each(&mut offer);
            }
        }
    }
    // Relative to the closest, so that colours far outside do not divide nothing by nothing.
    let closest = best[0].1;
    let mut sum = 0.0;
    for (_, weight) in &mut best {
        *weight = ((closest - *weight) / (2.0 * SIGMA * SIGMA)).exp();
        sum += *weight;
    }
    best.map(|(bin, weight)| (bin, weight / sum))
}

/// The mean colour of a distribution over the bins, sharpened towards its mode by a low temperature.
///
/// `logits` are scores before softmax, or logarithms of probabilities, which give the same. Temperature 1 is the plain mean,
/// [`TEMPERATURE`] the paper's choice, 0 the most likely bin. Scores that are not numbers count as impossible.
///
/// # Source
/// Zhang 2016, section 2.3, equation 5.
#[must_use]
pub fn annealed_mean(logits: &[f32], temperature: f32) -> [f32; 2] {
    let highest = logits.iter().take(BINS).copied().fold(f32::NEG_INFINITY, f32::max);
    if !highest.is_finite() {
        return [0.0, 0.0];
    }
    let scale = 1.0 / temperature.max(1e-4);
    let mut sum = [0.0_f32; 3];
    for (logit, [a, b]) in logits.iter().zip(&CENTERS) {
        let weight = if logit.is_nan() { 0.0 } else { ((logit - highest) * scale).exp() };
        sum[0] += weight * a;
        sum[1] += weight * b;
        sum[2] += weight;
    }
    [sum[0] / sum[2], sum[1] / sum[2]]
}

/// Weights that make rare colours count: ∝ ((1−λ)p + λ/Q)⁻¹, scaled so that the mean weight under `prior` is 1.
///
/// `prior` holds how often each class occurs, in any unit; λ = 1 gives equal weights. A class that never occurs under λ = 0
/// has weight 0.
///
/// # Source
/// Zhang 2016, section 2.2, equation 4.
#[must_use]
pub fn class_weights(prior: &[f64], lambda: f64) -> Vec<f32> {
    let total: f64 = prior.iter().sum();
    let total = if total > 0.0 { total } else { 1.0 };
    let mixed = |p: f64| (1.0 - lambda) * p / total + lambda / prior.len() as f64;
    let raw: Vec<f64> = prior.iter().map(|&p| if mixed(p) > 0.0 { 1.0 / mixed(p) } else { 0.0 }).collect();
    let mean: f64 = raw.iter().zip(prior).map(|(weight, p)| weight * p / total).sum();
    let mean = if mean > 0.0 { mean } else { 1.0 };
    raw.iter().map(|weight| (weight / mean) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_distance(a: f32, b: f32) -> Vec<(usize, f32)> {
        let mut all: Vec<_> = (0..BINS).map(|bin| (bin, distance_squared(bin, a, b))).collect();
        all.sort_by(|x, y| x.1.total_cmp(&y.1));
        all
    }

    #[test]
    fn the_order_is_a_then_b() {
        assert_eq!(centers()[0], [-90.0, 50.0]);
        assert_eq!(centers()[4], [-90.0, 90.0]);
        assert_eq!(centers()[5], [-80.0, 20.0]);
        assert_eq!(centers()[BINS - 1], [100.0, 0.0]);
        assert!(centers().windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn every_center_is_its_own_nearest_bin() {
        for (bin, &[a, b]) in centers().iter().enumerate() {
            assert_eq!(nearest(a, b), bin);
            assert_eq!(soft_encode(a, b)[0].0, bin);
        }
    }

    #[test]
    fn a_sure_distribution_decodes_to_its_bin() {
        for bin in [0, 100, 312] {
            let mut logits = vec![-50.0; BINS];
            logits[bin] = 50.0;
            assert_eq!(annealed_mean(&logits, TEMPERATURE), centers()[bin]);
        }
    }

    #[test]
    fn a_lower_temperature_moves_towards_the_mode() {
        let mut logits = vec![-1000.0; BINS];
        let (gray, red) = (nearest(0.0, 0.0), nearest(80.0, 60.0));
        (logits[gray], logits[red]) = (0.4_f32.ln(), 0.6_f32.ln());
        assert!((annealed_mean(&logits, 1.0)[0] - 48.0).abs() < 1e-3);
        // 0.6^(1/0.38) / (0.6^(1/0.38) + 0.4^(1/0.38)) = 0.74401
        assert!((annealed_mean(&logits, TEMPERATURE)[0] - 80.0 * 0.744_01).abs() < 0.01);
        assert_eq!(annealed_mean(&logits, 0.0), [80.0, 60.0]);
    }

    #[test]
    fn a_useless_distribution_decodes_to_gray() {
        assert_eq!(annealed_mean(&[], 0.38), [0.0, 0.0]);
        assert_eq!(annealed_mean(&[f32::NAN; BINS], 0.38), [0.0, 0.0]);
    }

    #[test]
    fn weights_follow_the_paper() {
        let prior = [0.7, 0.2, 0.1, 0.0];
        let weights = class_weights(&prior, 0.5);
        let mean: f64 = prior.iter().zip(&weights).map(|(p, &w)| p * f64::from(w)).sum();
        assert!((mean - 1.0).abs() < 1e-6);
        // (0.35 + 0.125) / (0.1 + 0.125)
        assert!((weights[1] / weights[0] - 0.475 / 0.225).abs() < 1e-5);
        assert_eq!(class_weights(&prior, 1.0), [1.0; 4]);
        assert_eq!(class_weights(&prior, 0.0)[3], 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn nearest_is_what_a_search_of_all_bins_finds(a in -160.0_f32..160.0, b in -160.0_f32..160.0) {
            prop_assert_eq!(distance_squared(nearest(a, b), a, b), by_distance(a, b)[0].1);
        }

        #[test]
        fn the_five_closest_are_what_a_search_of_all_bins_finds(a in -160.0_f32..160.0, b in -160.0_f32..160.0) {
            let encoded = soft_encode(a, b);
            for (i, (bin, _)) in encoded.iter().enumerate() {
                prop_assert!((distance_squared(*bin, a, b) - by_distance(a, b)[i].1).abs() < 1e-2);
            }
            prop_assert!((encoded.iter().map(|(_, weight)| weight).sum::<f32>() - 1.0).abs() < 1e-5);
            prop_assert!(encoded.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        }

        #[test]
        fn wild_colours_still_encode(a in any::<f32>(), b in any::<f32>()) {
            prop_assert!(nearest(a, b) < BINS);
            prop_assert!(soft_encode(a, b).iter().all(|(bin, weight)| *bin < BINS && (0.0..=1.0).contains(weight)));
        }
    }
}
