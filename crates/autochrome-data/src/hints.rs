//! Simulated hints: little patches of true colour, as a person would click them.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::random::Draw;

/// How hints are drawn for training.
///
/// # Source
/// Zhang, Zhu, Isola, Geng, Lin, Yu, Efros: "Real-Time User-Guided Image Colorization with Learned Deep Priors"
/// (2017), section 3.2: the number of points is geometric with p = 1/8, positions are normal around the middle with
/// a quarter of the size as deviation, patch sides are uniform in 1..=9 pixels, and the mean colour of the patch is
/// what the network gets to see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HintOptions {
    /// Share of the samples that may get hints, 0..=1; 0 turns hints off.
    pub fraction: f32,
    /// Probability p, above 0 and at most 1, that no further point follows: (1-p)/p points in the mean, none included.
    pub stop_probability: f32,
    /// Smallest and largest side of a patch in pixels, at least 1.
    pub patch_px: (usize, usize),
    /// Deviation of the patch's position from the middle, relative to the sample's side.
    pub spread: f32,
    /// Share of the hinted samples that show all of their true colour, so that the network learns to trust hints.
    pub reveal_all: f32,
}

impl Default for HintOptions {
    fn default() -> Self {
        Self { fraction: 0.0, stop_probability: 0.125, patch_px: (1, 9), spread: 0.25, reveal_all: 0.0 }
    }
}

/// A square patch of a sample, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Left column.
    pub x: usize,
    /// Top row.
    pub y: usize,
    /// Side; patches that reach beyond the sample are cut off there.
    pub side_px: usize,
}

impl HintOptions {
    /// The distribution of Zhang 2017 for a share of the samples.
    #[must_use]
    pub fn zhang(fraction: f32) -> Self {
        Self { fraction, ..Self::default() }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let fail = |option, reason: &str| Err(Error::Option { option, reason: reason.to_owned() });
        if !(0.0..=1.0).contains(&self.fraction) {
            return fail("hints.fraction", "must lie in 0..=1");
        }
        if !(self.stop_probability > 0.0 && self.stop_probability <= 1.0) {
            return fail("hints.stop_probability", "must be above 0 and at most 1");
        }
        if self.patch_px.0 == 0 || self.patch_px.0 > self.patch_px.1 {
            return fail("hints.patch_px", "must be two whole numbers of at least 1, the smaller first");
        }
        if !(self.spread.is_finite() && self.spread >= 0.0) {
            return fail("hints.spread", "must be 0 or more");
        }
        if !(0.0..=1.0).contains(&self.reveal_all) {
            return fail("hints.reveal_all", "must lie in 0..=1");
        }
        Ok(())
    }

    /// Simulates the hints of one sample; the slices are as for [`reveal`].
    pub(crate) fn simulate(
        &self,
        ab: &[f32],
        size_px: usize,
        rng: &mut Rng,
        hint_ab: &mut [f32],
        hint_mask: &mut [f32],
    ) {
        if !rng.chance(self.fraction) {
            return;
        }
        if rng.chance(self.reveal_all) {
            hint_ab.copy_from_slice(ab);
            hint_mask.fill(1.0);
            return;
        }
        reveal(ab, size_px, &self.patches(size_px, rng), hint_ab, hint_mask);
    }

    /// Draws the patches of one sample that gets hints.
    fn patches(&self, size_px: usize, rng: &mut Rng) -> Vec<Patch> {
        let mut patches = Vec::new();
        while !rng.chance(self.stop_probability) {
            let side_px = rng.usize(self.patch_px.0..=self.patch_px.1).min(size_px);
            let most = (size_px - side_px) as f32;
            let mut corner = || {
                // Half a pixel up, because the cast rounds down; both ends of the range are then as wide as the rest.
                let offset = rng.normal() * self.spread * size_px as f32;
                (most / 2.0 + offset + 0.5).clamp(0.0, most) as usize
            };
            let (x, y) = (corner(), corner());
            patches.push(Patch { x, y, side_px });
        }
        patches
    }
}

/// Shows patches of the true colour: the mean ab of each patch goes to `hint_ab`, 1 to `hint_mask`.
///
/// Later patches cover earlier ones. Patches outside of the sample do nothing.
///
/// # Shapes
/// `ab` and `hint_ab` are [2, s, s], `hint_mask` is [1, s, s], with s = `size_px`.
///
/// # Panics
/// When the slices do not have these shapes.
pub fn reveal(ab: &[f32], size_px: usize, patches: &[Patch], hint_ab: &mut [f32], hint_mask: &mut [f32]) {
    let pixels = size_px * size_px;
    assert!(ab.len() == 2 * pixels && hint_ab.len() == 2 * pixels && hint_mask.len() == pixels);
    for patch in patches {
        let columns = patch.x.min(size_px)..patch.x.saturating_add(patch.side_px).min(size_px);
        let rows = patch.y.min(size_px)..patch.y.saturating_add(patch.side_px).min(size_px);
        let area = columns.len() * rows.len();
        if area == 0 {
            continue;
        }
        for (truth, hint) in ab.chunks_exact(pixels).zip(hint_ab.chunks_exact_mut(pixels)) {
            let row = |y: usize| y * size_px + columns.start..y * size_px + columns.end;
            let sum: f32 = rows.clone().map(|y| truth[row(y)].iter().sum::<f32>()).sum();
            rows.clone().for_each(|y| hint[row(y)].fill(sum / area as f32));
        }
        rows.for_each(|y| hint_mask[y * size_px + columns.start..y * size_px + columns.end].fill(1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE_PX: usize = 128;

    fn draws(count: usize) -> Vec<Vec<Patch>> {
        let mut rng = Rng::with_seed(1);
        (0..count).map(|_| HintOptions::zhang(1.0).patches(SIZE_PX, &mut rng)).collect()
    }

    #[test]
    fn the_number_of_points_is_geometric() {
        let draws = draws(20_000);
        let share =
            |count: usize| draws.iter().filter(|d| d.len() == count).count() as f64 / draws.len() as f64;
        let mean = draws.iter().map(Vec::len).sum::<usize>() as f64 / draws.len() as f64;
        // (1-p)/p with p = 1/8; three deviations of the mean of 20,000 are 0.16.
        assert!((mean - 7.0).abs() < 0.16, "mean {mean}");
        for count in 0..4 {
            let expected = 0.125 * 0.875_f64.powi(count as i32);
            assert!((share(count) - expected).abs() < 0.008, "{count}: {}", share(count));
        }
    }

    #[test]
    fn patch_sides_are_uniform_from_1_to_9() {
        let patches = draws(5_000).concat();
        for side_px in 1..=9 {
            let share = patches.iter().filter(|p| p.side_px == side_px).count() as f64 / patches.len() as f64;
            assert!((share - 1.0 / 9.0).abs() < 0.006, "{side_px}: {share}");
        }
    }

    #[test]
    fn positions_are_normal_around_the_middle_and_inside() {
        let patches = draws(5_000).concat();
        assert!(patches.iter().all(|p| p.x + p.side_px <= SIZE_PX && p.y + p.side_px <= SIZE_PX));
        let single: Vec<&Patch> = patches.iter().filter(|p| p.side_px == 1).collect();
        for coordinate in [|p: &Patch| p.x, |p: &Patch| p.y] {
            let values: Vec<f64> = single.iter().map(|p| coordinate(p) as f64 + 0.5).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            assert!((mean - 64.0).abs() < 1.6, "mean {mean}");
            // 68.3 % of a normal distribution lie within one deviation, here 32 px.
            let within =
                values.iter().filter(|v| (*v - 64.0).abs() < 32.0).count() as f64 / values.len() as f64;
            assert!((within - 0.683).abs() < 0.025, "within one deviation {within}");
        }
    }

    #[test]
    fn a_patch_shows_the_mean_of_its_true_colours() {
        let ab: Vec<f32> = (0..32).map(|i| i as f32).collect();
        let (mut hint_ab, mut mask) = (vec![0.0; 32], vec![0.0; 16]);
        reveal(&ab, 4, &[Patch { x: 1, y: 2, side_px: 2 }], &mut hint_ab, &mut mask);
        for i in 0..16 {
            let inside = [9, 10, 13, 14].contains(&i);
            assert_eq!(mask[i], if inside { 1.0 } else { 0.0 });
            assert_eq!(hint_ab[i], if inside { 11.5 } else { 0.0 });
            assert_eq!(hint_ab[16 + i], if inside { 27.5 } else { 0.0 });
        }
    }

    #[test]
    fn patches_beyond_the_sample_are_cut_off() {
        let ab = vec![3.0; 8];
        let (mut hint_ab, mut mask) = (vec![0.0; 8], vec![0.0; 4]);
        let patches = [Patch { x: 1, y: 1, side_px: usize::MAX }, Patch { x: 9, y: 0, side_px: 2 }];
        reveal(&ab, 2, &patches, &mut hint_ab, &mut mask);
        assert_eq!(mask, [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(hint_ab, [0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 3.0]);
    }

    #[test]
    fn revealing_all_copies_the_truth() {
        let ab: Vec<f32> = (0..8).map(|i| i as f32).collect();
        let (mut hint_ab, mut mask) = (vec![0.0; 8], vec![0.0; 4]);
        let options = HintOptions { reveal_all: 1.0, ..HintOptions::zhang(1.0) };
        options.simulate(&ab, 2, &mut Rng::with_seed(5), &mut hint_ab, &mut mask);
        assert_eq!((hint_ab, mask), (ab, vec![1.0; 4]));
    }
}
