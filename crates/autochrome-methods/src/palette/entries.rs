//! The few colours that a picture is made of, and what becomes of all others when these are changed.

use autochrome_color::{Chroma, Plane};

use super::in_words;
use crate::{GuidanceKind, MethodError, Recolor, Srgb};

/// Bins a side of the histogram that the palette is found in.
const BINS: usize = 16;

/// Distance over which a colour that was chosen keeps others from being chosen.
const APART: f32 = 40.0;

/// Rounds of putting colours to their nearest entry; a palette hardly changes after ten.
const ROUNDS: usize = 30;

/// A colour of a picture's palette.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PaletteEntry {
    /// The nearest colour that sRGB can show.
    pub color: Srgb,
    /// Share of the pixels that are nearest to it, 0..=1.
    pub share: f32,
}

/// The few colours that a picture is made of, the one that covers most of it first; at most `count`, and fewer where there are no more.
///
/// These are the entries that [`Recolor::Entry`] counts and [`Recolor::Nearest`] finds, as the method `palette` sees them.
#[must_use]
pub fn palette(luma: &Plane, colors: &Chroma, count: usize) -> Vec<PaletteEntry> {
    let Entries { colors, shares } = Entries::of(luma, colors, count);
    colors
        .into_iter()
        .zip(shares)
        .map(|(lab, share)| PaletteEntry { color: Srgb::from_lab(lab), share })
        .collect()
}

/// The palette of a picture.
pub(super) struct Entries {
    /// L, a and b of CIELAB (D65), the one that covers most of the picture first.
    colors: Vec<[f32; 3]>,
    /// Share of the picture that is nearest to each, 0..=1.
    shares: Vec<f32>,
}

impl Entries {
    /// At most `count` colours, found without chance: the most frequent first, each next one far from those before.
    ///
    /// # Source
    /// Chang et al., "Palette-based Photo Recoloring", ACM Transactions on Graphics 34, 2015, section 3.2.
    pub(super) fn of(luma: &Plane, colors: &Chroma, count: usize) -> Self {
        let bins = histogram(luma, colors);
        let mut weights: Vec<f32> = bins.iter().map(|(_, weight)| *weight).collect();
        let mut centres: Vec<[f32; 3]> = Vec::new();
        while centres.len() < count {
            let most = (0..bins.len())
                .max_by(|&one, &other| weights[one].total_cmp(&weights[other]).then(other.cmp(&one)));
            let Some(most) = most.filter(|&most| weights[most] > 0.0) else { break };
            let centre = bins[most].0;
            for (weight, (color, _)) in weights.iter_mut().zip(&bins) {
                *weight *= 1.0 - (-square_distance(*color, centre) / (APART * APART)).exp();
            }
            weights[most] = 0.0;
            centres.push(centre);
        }
        let mut covered = vec![0.0; centres.len()];
        for _ in 0..ROUNDS {
            let mut sums = vec![[0.0_f64; 4]; centres.len()];
            for (color, weight) in &bins {
                let sum = &mut sums[nearest(&centres, *color)];
                let weight = f64::from(*weight);
                (0..3).for_each(|k| sum[k] += weight * f64::from(color[k]));
                sum[3] += weight;
            }
            let before = centres.clone();
            for ((centre, sum), covered) in centres.iter_mut().zip(&sums).zip(&mut covered) {
                *covered = sum[3];
                if sum[3] > 0.0 {
                    *centre = std::array::from_fn(|k| (sum[k] / sum[3]) as f32);
                }
            }
            if before == centres {
                break;
            }
        }
        let mut order: Vec<usize> = (0..centres.len()).collect();
        order.sort_by(|&one, &other| covered[other].total_cmp(&covered[one]));
        let all = covered.iter().sum::<f64>().max(1.0);
        Self {
            colors: order.iter().map(|&i| centres[i]).collect(),
            shares: order.iter().map(|&i| (covered[i] / all) as f32).collect(),
        }
    }

    /// What becomes of every colour when some entries become others.
    ///
    /// # Errors
    /// When there is no entry of that number; the error lists those that there are.
    pub(super) fn changes(&self, recolors: &[Recolor]) -> Result<Changes, MethodError> {
        let mut shifts = vec![[0.0; 2]; self.colors.len()];
        for recolor in recolors {
            let (index, to) = match *recolor {
                Recolor::Entry { index, to } => (index, to),
                Recolor::Nearest { from, to } => (nearest(&self.colors, from.to_lab()), to),
                Recolor::Hues { .. } => continue,
            };
            let Some(color) = self.colors.get(index) else {
                let reason = format!("the palette has no entry {index}; {}", in_words(&self.colors));
                return Err(MethodError::GuidanceUnfit { kind: GuidanceKind::Recolors, reason });
            };
            let [_, a, b] = to.to_lab();
            shifts[index] = [a - color[1], b - color[2]];
        }
        Ok(Changes::new(&self.colors, shifts))
    }
}

/// Shifts of the entries, and how much of each a colour takes part in.
pub(super) struct Changes {
    colors: Vec<[f32; 3]>,
    shifts: Vec<[f32; 2]>,
    /// Row i: how the nearness to every entry adds up to the share of entry i.
    mixing: Vec<Vec<f32>>,
    /// 1 / (2 σ²) of nearness.
    falloff: f32,
}

impl Changes {
    /// Shares are radial functions that are 1 at their own entry and 0 at all others.
    ///
    /// # Source
    /// Chang et al. 2015, section 3.5, with the mean distance between entries as σ.
    fn new(colors: &[[f32; 3]], shifts: Vec<[f32; 2]>) -> Self {
        let count = colors.len();
        let (mut sum, mut pairs) = (0.0, 0.0);
        for i in 0..count {
            for j in 0..i {
                sum += square_distance(colors[i], colors[j]).sqrt();
                pairs += 1.0;
            }
        }
        let sigma: f32 = if pairs > 0.0 { (sum / pairs).max(1.0) } else { 1.0 };
        let falloff = 1.0 / (2.0 * sigma * sigma);
        let near = |one: [f32; 3], other: [f32; 3]| f64::from((-square_distance(one, other) * falloff).exp());
        let matrix: Vec<Vec<f64>> =
            colors.iter().map(|&one| colors.iter().map(|&other| near(one, other)).collect()).collect();
        let mixing =
            inverse(matrix).into_iter().map(|row| row.into_iter().map(|v| v as f32).collect()).collect();
        Self { colors: colors.to_vec(), shifts, mixing, falloff }
    }

    /// a and b of what a colour becomes.
    pub(super) fn apply(&self, lab: [f32; 3]) -> [f32; 2] {
        let near: Vec<f32> =
            self.colors.iter().map(|&entry| (-square_distance(entry, lab) * self.falloff).exp()).collect();
        let shares: Vec<f32> = self
            .mixing
            .iter()
            .map(|row| row.iter().zip(&near).map(|(mixing, near)| mixing * near).sum::<f32>().max(0.0))
            .collect();
        let sum: f32 = shares.iter().sum();
        if sum <= f32::EPSILON {
            // Far from every entry: with the nearest.
            let [a, b] = self.shifts.get(nearest(&self.colors, lab)).copied().unwrap_or_default();
            return [lab[1] + a, lab[2] + b];
        }
        let shift = |k: usize| {
            shares.iter().zip(&self.shifts).map(|(share, shift)| share * shift[k]).sum::<f32>() / sum
        };
        [lab[1] + shift(0), lab[2] + shift(1)]
    }
}

/// The mean colours of all bins that are not empty, and how many pixels each has.
fn histogram(luma: &Plane, colors: &Chroma) -> Vec<([f32; 3], f32)> {
    let mut bins = vec![[0.0_f64; 4]; BINS * BINS * BINS];
    let bin = |share: f32| ((share * BINS as f32).max(0.0) as usize).min(BINS - 1);
    for ((&l, &a), &b) in luma.data().iter().zip(colors.a.data()).zip(colors.b.data()) {
        let index = (bin(l / 100.0) * BINS + bin((a + 112.0) / 224.0)) * BINS + bin((b + 112.0) / 224.0);
        let sums = &mut bins[index];
        [l, a, b, 1.0].iter().zip(sums).for_each(|(&value, sum)| *sum += f64::from(value));
    }
    let mean = |[l, a, b, n]: [f64; 4]| ([(l / n) as f32, (a / n) as f32, (b / n) as f32], n as f32);
    bins.into_iter().filter(|sums| sums[3] > 0.0).map(mean).collect()
}

/// The entry nearest to a colour, the first of equals.
fn nearest(entries: &[[f32; 3]], color: [f32; 3]) -> usize {
    let distance = |i: &usize| square_distance(entries[*i], color);
    (0..entries.len()).min_by(|one, other| distance(one).total_cmp(&distance(other))).unwrap_or(0)
}

fn square_distance(one: [f32; 3], other: [f32; 3]) -> f32 {
    (0..3).map(|k| (one[k] - other[k]).powi(2)).sum()
}

/// The inverse of a small matrix by elimination with pivots; what cannot be inverted stays as the identity.
fn inverse(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let count = matrix.len();
    let mut result: Vec<Vec<f64>> =
        (0..count).map(|i| (0..count).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for pivot in 0..count {
        let best = (pivot..count)
            .max_by(|&one, &other| matrix[one][pivot].abs().total_cmp(&matrix[other][pivot].abs()));
        let Some(best) = best.filter(|&best| matrix[best][pivot].abs() > 1e-9) else { continue };
        matrix.swap(pivot, best);
        result.swap(pivot, best);
        let scale = 1.0 / matrix[pivot][pivot];
        matrix[pivot].iter_mut().chain(&mut result[pivot]).for_each(|value| *value *= scale);
        let (row, row_result) = (matrix[pivot].clone(), result[pivot].clone());
        for other in (0..count).filter(|&other| other != pivot) {
            let factor = matrix[other][pivot];
            matrix[other].iter_mut().zip(&row).for_each(|(value, row)| *value -= factor * row);
            result[other].iter_mut().zip(&row_result).for_each(|(value, row)| *value -= factor * row);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use autochrome_color::lab;

    use super::*;

    #[test]
    fn entries_are_the_colours_of_a_poster_by_their_share() {
        let pixels: Vec<u8> = [[200, 30, 30]; 60]
            .into_iter()
            .chain([[30, 30, 200]; 30])
            .chain([[240, 240, 240]; 10])
            .flatten()
            .collect();
        let (luma, colors) = lab::rgb8_to_lab(&pixels, 10, 10);
        let entries = palette(&luma, &colors, 6);
        let shown: Vec<Srgb> = entries.iter().map(|entry| entry.color).collect();
        let near = |one: &Srgb, red: u8, blue: u8| one.red.abs_diff(red) < 3 && one.blue.abs_diff(blue) < 3;
        assert_eq!(shown.len(), 3, "{shown:?}");
        assert!(
            near(&shown[0], 200, 30) && near(&shown[1], 30, 200) && near(&shown[2], 240, 240),
            "{shown:?}"
        );
        let shares: Vec<f32> = entries.iter().map(|entry| entry.share).collect();
        assert_eq!(shares, [0.6, 0.3, 0.1]);
    }

    #[test]
    fn a_changed_entry_moves_as_it_was_told_and_the_others_stay() {
        let colors = vec![[50.0, 60.0, 30.0], [40.0, 20.0, -60.0], [90.0, 0.0, 0.0]];
        let entries = Entries { colors, shares: vec![0.5, 0.3, 0.2] };
        let to = Srgb { red: 40, green: 140, blue: 60 };
        let changes = entries.changes(&[Recolor::Entry { index: 0, to }]).unwrap();
        let [_, a, b] = to.to_lab();
        let moved = changes.apply(entries.colors[0]);
        assert!((moved[0] - a).abs() < 0.1 && (moved[1] - b).abs() < 0.1, "{moved:?}");
        for still in &entries.colors[1..] {
            let [a, b] = changes.apply(*still);
            assert!((a - still[1]).abs() < 0.1 && (b - still[2]).abs() < 0.1, "{still:?} became {a}, {b}");
        }
    }

    #[test]
    fn an_entry_that_does_not_exist_is_an_error_that_lists_them() {
        let entries = Entries { colors: vec![[50.0, 0.0, 0.0]], shares: vec![1.0] };
        let to = Srgb { red: 0, green: 0, blue: 0 };
        let error = entries.changes(&[Recolor::Entry { index: 3, to }]).err().unwrap().to_string();
        assert!(error.contains("no entry 3; 0 is #777777"), "{error}");
    }
}
