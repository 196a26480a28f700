//! How loud waves of eight directions and five lengths are around every pixel.
//!
//! A round Gabor filter is a Gaussian times a plane wave, and both fall apart into one factor for x and one for y, so that a
//! filter costs two passes of one dimension.

use std::f32::consts::PI;

use autochrome_color::{Parallel as _, Plane};

use super::super::mean_and_deviation;

/// Directions of the waves.
const DIRECTIONS: usize = 8;
/// Angular frequencies in radians a pixel, a factor of √2 apart.
const FREQUENCIES: [f32; 5] = [1.571, 1.111, 0.785, 0.555, 0.393];
/// Waves under a Gaussian: its deviation times the frequency.
const SPAN: f32 = 2.5;
/// Number of filters.
pub(super) const FILTERS: usize = DIRECTIONS * FREQUENCIES.len();

/// The magnitude of every filter's answer, pixel by pixel, filter by filter.
pub(super) fn magnitudes(luma: &Plane) -> Vec<Vec<f32>> {
    let (mean, _) = mean_and_deviation(luma.data());
    let values: Vec<f32> = luma.data().iter().map(|l| l - mean).collect();
    let filter = |i: usize| {
        let (frequency, angle) =
            (FREQUENCIES[i / DIRECTIONS], PI * (i % DIRECTIONS) as f32 / DIRECTIONS as f32);
        magnitude(&values, luma.size(), [frequency * angle.cos(), frequency * angle.sin()], SPAN / frequency)
    };
    (0..FILTERS).parallel_map(filter)
}

/// A complex number.
type Complex = [f32; 2];

fn magnitude(values: &[f32], (width, height): (usize, usize), wave: [f32; 2], sigma: f32) -> Vec<f32> {
    let (across, down) = (kernel(wave[0], sigma), kernel(wave[1], sigma));
    let radius = across.len() / 2;
    let near = |at: usize, k: usize, side: usize| (at + k).saturating_sub(radius).min(side - 1);
    let mut rows: Vec<Complex> = Vec::with_capacity(values.len());
    let mut padded = vec![0.0; width + 2 * radius];
    for row in values.chunks_exact(width) {
        padded.iter_mut().enumerate().for_each(|(k, v)| *v = row[near(0, k, width)]);
        rows.extend((0..width).map(|x| {
            let mut sum = [0.0; 2];
            for (&[re, im], v) in across.iter().zip(&padded[x..]) {
                sum[0] += re * v;
                sum[1] += im * v;
            }
            sum
        }));
    }
    let mut magnitudes = Vec::with_capacity(values.len());
    let mut sums = vec![[0.0_f32; 2]; width];
    for y in 0..height {
        sums.fill([0.0; 2]);
        for (k, &[re, im]) in down.iter().enumerate() {
            let row = &rows[near(y, k, height) * width..][..width];
            for (sum, &[x, i]) in sums.iter_mut().zip(row) {
                sum[0] += re * x - im * i;
                sum[1] += re * i + im * x;
            }
        }
        magnitudes.extend(sums.iter().map(|[re, im]| re.hypot(*im)));
    }
    magnitudes
}

/// One factor of the filter.
fn kernel(frequency: f32, sigma: f32) -> Vec<Complex> {
    let radius = (2.5 * sigma).ceil() as i32;
    let bell = |k: i32| (-(k * k) as f32 / (2.0 * sigma * sigma)).exp();
    let total: f32 = (-radius..=radius).map(bell).sum();
    (-radius..=radius)
        .map(|k| {
            let (sine, cosine) = (frequency * k as f32).sin_cos();
            [bell(k) / total * cosine, bell(k) / total * sine]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_loudest_in_the_filter_of_its_own_direction_and_length() {
        for (filter, wave) in
            [(2 * DIRECTIONS, [FREQUENCIES[2], 0.0]), (2 * DIRECTIONS + 4, [0.0, FREQUENCIES[2]])]
        {
            let value =
                |i: usize| 50.0 + 20.0 * (wave[0] * (i % 64) as f32 + wave[1] * (i / 64) as f32).sin();
            let luma = Plane::from_vec(64, 64, (0..64 * 64).map(value).collect()).unwrap();
            let magnitudes = magnitudes(&luma);
            let middle = |f: &usize| magnitudes[*f][32 * 64 + 32];
            let loudest = (0..FILTERS).max_by(|a, b| middle(a).total_cmp(&middle(b))).unwrap();
            assert_eq!(loudest, filter);
        }
    }

    #[test]
    fn a_constant_picture_is_silent() {
        let magnitudes = magnitudes(&Plane::filled(30, 20, 70.0));
        assert_eq!(magnitudes.len(), FILTERS);
        assert!(magnitudes.iter().flatten().all(|m| m.abs() < 1e-3));
    }
}
