//! How close a colourised picture is to the truth, and how colourful it is.

use rayon::prelude::*;

use crate::bins::{self, BINS};
use crate::{Chroma, Plane};

/// Peak signal-to-noise ratio in decibels over 8-bit samples, all channels together; infinite for equal pictures.
///
/// # Panics
/// When the pictures differ in length.
#[must_use]
pub fn psnr(prediction: &[u8], truth: &[u8]) -> f32 {
    assert_eq!(prediction.len(), truth.len(), "two pictures of one size");
    let squares: u64 = prediction
        .par_chunks(1 << 16)
        .zip(truth.par_chunks(1 << 16))
        .map(|(p, t)| p.iter().zip(t).map(|(p, t)| u64::from(p.abs_diff(*t)).pow(2)).sum::<u64>())
        .sum();
    if squares == 0 {
        return f32::INFINITY;
    }
    let mean = squares as f64 / prediction.len() as f64;
    (10.0 * (255.0 * 255.0 / mean).log10()) as f32
}

const WINDOW: usize = 11;
const WINDOW_SIGMA: f64 = 1.5;

/// Mean structural similarity of two planes whose samples span 0..=`range`; `None` when a side is under 11 samples.
///
/// An 11 × 11 Gaussian window of deviation 1.5, at every place where it lies inside the picture, with K₁ 0.01 and K₂ 0.03.
///
/// # Panics
/// When the planes differ in size.
///
/// # Source
/// Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE TIP 2004;
/// the same figures as scikit-image with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`.
#[must_use]
pub fn ssim(prediction: &Plane, truth: &Plane, range: f32) -> Option<f32> {
    assert_eq!(prediction.size(), truth.size(), "two pictures of one size");
    let (width, height) = truth.size();
    if width < WINDOW || height < WINDOW {
        return None;
    }
    let mut kernel: [f64; WINDOW] = std::array::from_fn(|i| {
        let distance = i as f64 - (WINDOW / 2) as f64;
        (-distance * distance / (2.0 * WINDOW_SIGMA * WINDOW_SIGMA)).exp()
    });
    let sum: f64 = kernel.iter().sum();
    kernel.iter_mut().for_each(|weight| *weight /= sum);
    let c1 = (0.01 * f64::from(range)).powi(2);
    let c2 = (0.03 * f64::from(range)).powi(2);

    let (rows, columns) = (height + 1 - WINDOW, width + 1 - WINDOW);
    let total: f64 = (0..rows)
        .into_par_iter()
        .map_init(
            || vec![[0.0_f64; 5]; width],
            |moments, top| {
                moments.fill([0.0; 5]);
                for (dy, weight) in kernel.iter().enumerate() {
                    let samples = prediction.row(top + dy).iter().zip(truth.row(top + dy));
                    for (moments, (p, t)) in moments.iter_mut().zip(samples) {
                        let (p, t) = (f64::from(*p), f64::from(*t));
                        for (moment, value) in moments.iter_mut().zip([p, t, p * p, t * t, p * t]) {
                            *moment += weight * value;
                        }
                    }
                }
                let mut sum = 0.0;
                for window in moments.windows(WINDOW) {
                    let mut m = [0.0; 5];
                    for (moments, weight) in window.iter().zip(&kernel) {
                        for (m, moment) in m.iter_mut().zip(moments) {
                            *m += weight * moment;
                        }
                    }
                    let [mean_p, mean_t, pp, tt, pt] = m;
                    let (var_p, var_t, cov) =
                        (pp - mean_p * mean_p, tt - mean_t * mean_t, pt - mean_p * mean_t);
                    sum += ((2.0 * mean_p * mean_t + c1) * (2.0 * cov + c2))
                        / ((mean_p * mean_p + mean_t * mean_t + c1) * (var_p + var_t + c2));
                }
                sum
            },
        )
        .sum();
    Some((total / (rows * columns) as f64) as f32)
}

/// [`ssim`] of sRGB bytes (red, green, blue, interleaved): the mean over the three channels.
///
/// # Panics
/// When the pictures do not hold `3 * width * height` bytes.
#[must_use]
pub fn ssim_rgb8(prediction: &[u8], truth: &[u8], width: usize, height: usize) -> Option<f32> {
    let mut sum = 0.0;
    for channel in 0..3 {
        sum += ssim(
            &channel_plane(prediction, channel, width, height),
            &channel_plane(truth, channel, width, height),
            255.0,
        )?;
    }
    Some(sum / 3.0)
}

fn channel_plane(rgb: &[u8], channel: usize, width: usize, height: usize) -> Plane {
    assert_eq!(rgb.len(), 3 * width * height, "an RGB picture has three samples a pixel");
    let mut plane = Plane::filled(width, height, 0.0);
    for (sample, pixel) in plane.data_mut().iter_mut().zip(rgb.chunks_exact(3)) {
        *sample = f32::from(pixel[channel]);
    }
    plane
}

/// How colourful sRGB bytes (red, green, blue, interleaved) look: 0 is gray, photographs have about 38, 100 is garish.
///
/// # Source
/// Hasler, Süsstrunk, "Measuring colourfulness in natural images", SPIE 2003, section 5, with the opponent axes' absolute values
/// as colourisation papers compute it.
#[must_use]
pub fn colourfulness(rgb: &[u8]) -> f32 {
    // Integers are exact: rg is |R − G| and yb is |R + G − 2B|, twice the paper's.
    let [rg, rg_squares, yb, yb_squares] = rgb
        .par_chunks(3 << 16)
        .map(|rgb| {
            let mut sums = [0_u64; 4];
            for pixel in rgb.chunks_exact(3) {
                let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
                let (rg, yb) = (u64::from((r - g).unsigned_abs()), u64::from((r + g - 2 * b).unsigned_abs()));
                sums[0] += rg;
                sums[1] += rg * rg;
                sums[2] += yb;
                sums[3] += yb * yb;
            }
            sums
        })
        .reduce(|| [0; 4], |x, y| std::array::from_fn(|i| x[i] + y[i]));
    let count = (rgb.len() / 3).max(1) as f64;
    let (mean_rg, mean_yb) = (rg as f64 / count, yb as f64 / count / 2.0);
    let variance_rg = rg_squares as f64 / count - mean_rg * mean_rg;
    let variance_yb = yb_squares as f64 / count / 4.0 - mean_yb * mean_yb;
    ((variance_rg + variance_yb).max(0.0).sqrt() + 0.3 * mean_rg.hypot(mean_yb)) as f32
}

/// The largest change of L (0..=100) at any pixel, in steps of 1/255 of its range; rounding colours to 8 bits costs less
/// than one.
///
/// # Panics
/// When the planes differ in size.
#[must_use]
pub fn luma_change(painted: &Plane, given: &Plane) -> f32 {
    assert_eq!(painted.size(), given.size(), "two pictures of one size");
    let change = |(painted, given): (&f32, &f32)| (painted - given).abs() * (255.0 / 100.0);
    painted.data().par_iter().zip(given.data()).with_min_len(1 << 12).map(change).reduce(|| 0.0, f32::max)
}

/// ΔCF of a set of pictures: how far the mean colourfulness of predictions lies from that of the truths.
#[must_use]
pub fn delta_cf(predictions: &[f32], truths: &[f32]) -> f32 {
    let mean =
        |values: &[f32]| values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len().max(1) as f64;
    (mean(predictions) - mean(truths)).abs() as f32
}

const THRESHOLDS: usize = 151;

/// Area under the curve of the share of pixels whose ab error lies within a threshold, thresholds 0 to 150.
///
/// Gathers any number of pictures; pixels of all pictures count alike, unless weighted by the colour they should have had.
///
/// # Source
/// Zhang 2016, section 3.1 ("raw accuracy" and its class-rebalanced form, which weighs by 1/p of the true colour's bin).
#[derive(Clone, Debug, PartialEq)]
pub struct Auc {
    /// Weight of the pixels whose error first fits under each threshold; the last entry fits under none.
    fits: [f64; THRESHOLDS + 1],
}

impl Default for Auc {
    fn default() -> Self {
        Self { fits: [0.0; THRESHOLDS + 1] }
    }
}

impl Auc {
    /// Adds the pixels of a picture; `weights` are per bin of the true colour, see [`bins::class_weights`] with λ = 0.
    ///
    /// # Panics
    /// When the planes differ in size.
    pub fn add(&mut self, prediction: &Chroma, truth: &Chroma, weights: Option<&[f32; BINS]>) {
        assert_eq!(prediction.size(), truth.size(), "two pictures of one size");
        let predicted = prediction.a.data().iter().zip(prediction.b.data());
        let wanted = truth.a.data().iter().zip(truth.b.data());
        for ((a, b), (true_a, true_b)) in predicted.zip(wanted) {
            let error = (a - true_a).hypot(b - true_b);
            let first = if error.is_nan() { THRESHOLDS } else { (error.ceil() as usize).min(THRESHOLDS) };
            self.fits[first] +=
                weights.map_or(1.0, |weights| f64::from(weights[bins::nearest(*true_a, *true_b)]));
        }
    }

    /// The area, 0..=1; 0 when nothing was added.
    #[must_use]
    pub fn value(&self) -> f32 {
        let total: f64 = self.fits.iter().sum();
        if total <= 0.0 {
            return 0.0;
        }
        let mut within = 0.0;
        let mut area = 0.0;
        for fits in &self.fits[..THRESHOLDS] {
            within += fits;
            area += within / total;
        }
        (area / THRESHOLDS as f64) as f32
    }
}

/// [`Auc`] of one picture, every pixel alike.
///
/// # Panics
/// When the planes differ in size.
#[must_use]
pub fn auc(prediction: &Chroma, truth: &Chroma) -> f32 {
    let mut curve = Auc::default();
    curve.add(prediction, truth, None);
    curve.value()
}

/// [`Auc`] of one picture, pixels weighed by the bin of their true colour.
///
/// # Panics
/// When the planes differ in size.
#[must_use]
pub fn auc_rebalanced(prediction: &Chroma, truth: &Chroma, weights: &[f32; BINS]) -> f32 {
    let mut curve = Auc::default();
    curve.add(prediction, truth, Some(weights));
    curve.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The picture and the distorted copy that `tools/reference/color_ssim.py` draws.
    fn pair(width: usize, height: usize, seed: u32, strength: i32) -> (Vec<u8>, Vec<u8>) {
        let (mut truth, mut prediction) = (Vec::new(), Vec::new());
        for y in 0..height as u32 {
            for x in 0..width as u32 {
                for c in 0..3_u32 {
                    let value = ((x * 3 + y * 5 + c * 40 + ((x * y) >> 3)) & 255) as i32;
                    let hash = x.wrapping_mul(73_856_093)
                        ^ y.wrapping_mul(19_349_663)
                        ^ c.wrapping_mul(83_492_791)
                        ^ seed.wrapping_mul(2_654_435_761);
                    let noise = ((hash >> 8) % (2 * strength as u32 + 1)) as i32 - strength;
                    truth.push(value as u8);
                    prediction.push((value + noise).clamp(0, 255) as u8);
                }
            }
        }
        (prediction, truth)
    }

    #[test]
    fn ssim_and_psnr_agree_with_scikit_image() {
        let reference = include_str!("../testdata/ssim.tsv");
        let mut rows = 0;
        for line in reference.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let number = |i: usize| fields[i].parse::<f64>().unwrap();
            let (width, height) = (number(0) as usize, number(1) as usize);
            let (prediction, truth) = pair(width, height, number(2) as u32, number(3) as i32);
            let got = f64::from(ssim_rgb8(&prediction, &truth, width, height).unwrap());
            assert!((got - number(4)).abs() < 1e-4, "{got} for {line}");
            let got = f64::from(psnr(&prediction, &truth));
            assert!((got - number(5)).abs() < 1e-3, "{got} for {line}");
            rows += 1;
        }
        assert_eq!(rows, 6);
    }

    #[test]
    fn equal_pictures_are_perfectly_similar() {
        let (picture, _) = pair(20, 15, 1, 9);
        assert_eq!(psnr(&picture, &picture), f32::INFINITY);
        assert!((ssim_rgb8(&picture, &picture, 20, 15).unwrap() - 1.0).abs() < 1e-6);
        assert_eq!(ssim_rgb8(&[0; 300], &[0; 300], 10, 10), None);
    }

    #[test]
    fn black_against_white_has_no_signal() {
        assert!(psnr(&[0; 30], &[255; 30]).abs() < 1e-6);
    }

    #[test]
    fn colourfulness_follows_its_formula() {
        assert_eq!(colourfulness(&[77; 300]), 0.0);
        // One colour: no deviation, rg = 255, yb = 127.5.
        assert!((colourfulness(&[255, 0, 0].repeat(10)) - 0.3 * 255.0_f32.hypot(127.5)).abs() < 1e-3);
        // Half gray, half red: both means and both deviations are half of that.
        let half: Vec<u8> = [[255, 0, 0], [9, 9, 9]].concat();
        assert!((colourfulness(&half) - (0.5 + 0.3 * 0.5) * 255.0_f32.hypot(127.5)).abs() < 1e-3);
        assert_eq!(colourfulness(&[]), 0.0);
    }

    #[test]
    fn the_largest_change_of_luma_counts_in_steps_of_255() {
        let plane = |l: [f32; 4]| Plane::from_vec(4, 1, l.to_vec()).unwrap();
        let given = plane([0.0, 20.0, 50.0, 100.0]);
        assert_eq!(luma_change(&given, &given), 0.0);
        assert!((luma_change(&plane([0.1, 20.0, 48.0, 100.0]), &given) - 5.1).abs() < 1e-4);
        assert_eq!(luma_change(&Plane::default(), &Plane::default()), 0.0);
    }

    #[test]
    fn colourfulness_of_photographs_is_that_of_numpy() {
        let (photographs, figures) =
            (include_bytes!("../testdata/colourfulness.rgb"), include_str!("../testdata/colourfulness.tsv"));
        let mut rest = &photographs[..];
        for line in figures.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let (photograph, more) = rest.split_at(fields[1].parse::<usize>().unwrap());
            let (got, wanted) = (colourfulness(photograph), fields[2].parse::<f32>().unwrap());
            assert!((got - wanted).abs() < 1e-3, "{got} for {line}");
            rest = more;
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn delta_cf_is_between_means() {
        assert_eq!(delta_cf(&[10.0, 20.0], &[30.0, 40.0]), 20.0);
    }

    #[test]
    fn auc_counts_thresholds() {
        let truth = Chroma::neutral(1, 2);
        assert_eq!(auc(&truth, &truth), 1.0);
        let mut wrong = Chroma::neutral(1, 2);
        wrong.a.data_mut()[0] = 75.5;
        // One pixel is right at every threshold, the other from 76 to 150.
        assert!((auc(&wrong, &truth) - (151.0 + 75.0) / 302.0).abs() < 1e-6);
        wrong.a.data_mut()[1] = f32::NAN;
        assert!((auc(&wrong, &truth) - 75.0 / 302.0).abs() < 1e-6);
    }

    #[test]
    fn rebalancing_lets_rare_colours_count() {
        let mut truth = Chroma::neutral(1, 2);
        truth.a.data_mut()[0] = 60.0;
        let gray = Chroma::neutral(1, 2);
        let mut weights = [1.0; BINS];
        weights[bins::nearest(60.0, 0.0)] = 3.0;
        // The red pixel is wrong below 60 and counts three times.
        let wanted = (151.0 + 3.0 * 91.0) / (4.0 * 151.0);
        assert!((auc_rebalanced(&gray, &truth, &weights) - wanted).abs() < 1e-6);
    }
}
