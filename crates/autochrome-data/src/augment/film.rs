//! Lens, film, darkroom and daylight: blur, grain, gamma and fading.

use fastrand::Rng;

use crate::random::{Draw, fill_noise};

/// A soft lens or a missed focus: Gaussian blur.
pub(super) fn blur(luma: &mut [f32], size_px: usize, strength: f32, rng: &mut Rng) {
    let sigma_px = strength * rng.log_between(0.4, 1.5) * scale(size_px);
    gaussian(luma, size_px, sigma_px);
}

/// Film that is not as sensitive to the colours as an eye: orthochromatic film sees no red, so that lips and bricks
/// come out dark, and too much blue, so that skies and eyes come out light.
pub(super) fn expose(luma: &mut [f32], ab: &[f32], strength: f32, rng: &mut Rng) {
    let to_red = strength * rng.uniform(-0.35, 0.15);
    let to_yellow = strength * rng.uniform(-0.3, 0.15);
    let (a, b) = ab.split_at(ab.len() / 2);
    for (l, (a, b)) in luma.iter_mut().zip(a.iter().zip(b)) {
        *l = (*l + to_red * a + to_yellow * b).clamp(0.0, 100.0);
    }
}

/// Film grain, coarse or fine, strongest in the middle tones, as silver halide has it.
pub(super) fn grain(luma: &mut [f32], size_px: usize, strength: f32, rng: &mut Rng) {
    let coarseness_px = rng.uniform(0.0, 1.1) * scale(size_px);
    // Coarse grain hides more of the picture than fine grain of the same deviation.
    let deviation = strength * rng.log_between(1.0, 8.0) / (1.0 + 0.6 * coarseness_px);
    let even = rng.f32();
    let mut noise = vec![0.0; luma.len()];
    fill_noise(rng, &mut noise);
    if coarseness_px > 0.3 {
        gaussian(&mut noise, size_px, coarseness_px);
        let power = noise.iter().map(|n| n * n).sum::<f32>() / noise.len() as f32;
        let gain = power.max(1e-6).sqrt().recip();
        noise.iter_mut().for_each(|n| *n *= gain);
    }
    for (l, n) in luma.iter_mut().zip(&noise) {
        let tone = *l / 100.0;
        let midtone = 4.0 * tone * (1.0 - tone);
        *l += deviation * n * (even + (1.0 - even) * midtone.max(0.15));
    }
}

/// Over- and underdeveloped: a gamma.
pub(super) fn apply_gamma(luma: &mut [f32], strength: f32, rng: &mut Rng) {
    let gamma = (strength * rng.uniform(0.6_f32.ln(), 1.7_f32.ln())).exp();
    luma.iter_mut().for_each(|l| *l = 100.0 * (l.clamp(0.0, 100.0) / 100.0).powf(gamma));
}

/// Faded: blacks turn gray, whites turn dull, and more so towards one side or the corners.
pub(super) fn fade(luma: &mut [f32], size_px: usize, strength: f32, rng: &mut Rng) {
    let black = 100.0 * (strength * rng.uniform(0.0, 0.32)).min(0.6);
    let white = 100.0 * (1.0 - (strength * rng.uniform(0.0, 0.28)).min(0.35));
    // A plane of light over the print, and a darkening or bleaching of its corners.
    let tilt = strength * rng.uniform(0.0, 10.0);
    let (slope_y, slope_x) = rng.uniform(0.0, std::f32::consts::TAU).sin_cos();
    let corners = strength * rng.uniform(-14.0, 8.0) * if rng.bool() { 1.0 } else { 0.0 };
    for (y, row) in luma.chunks_exact_mut(size_px).enumerate() {
        let v = position(y, size_px);
        for (x, l) in row.iter_mut().enumerate() {
            let u = position(x, size_px);
            let uneven = tilt * (slope_x * u + slope_y * v) + corners * (u * u + v * v) * 0.5;
            *l = black + *l * (white - black) / 100.0 + uneven;
        }
    }
}

/// Gaussian blur with mirrored borders, in place; deviations under 0.2 px do nothing.
pub(super) fn gaussian(plane: &mut [f32], size_px: usize, sigma_px: f32) {
    if sigma_px < 0.2 || size_px < 2 {
        return;
    }
    // Half a kernel is enough: it is symmetric.
    let radius = ((3.0 * sigma_px).ceil() as usize).min(size_px - 1);
    let mut kernel: Vec<f32> = (0..=radius).map(|i| (-0.5 * (i as f32 / sigma_px).powi(2)).exp()).collect();
    let sum = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
    kernel.iter_mut().for_each(|k| *k /= sum);

    let mut padded = vec![0.0; size_px + 2 * radius];
    for row in plane.chunks_exact_mut(size_px) {
        padded[radius..radius + size_px].copy_from_slice(row);
        for i in 0..radius {
            padded[radius - 1 - i] = row[i];
            padded[radius + size_px + i] = row[size_px - 1 - i];
        }
        row.iter_mut().zip(&padded[radius..]).for_each(|(out, l)| *out = kernel[0] * l);
        for (i, k) in kernel.iter().enumerate().skip(1) {
            let sides = padded[radius - i..].iter().zip(&padded[radius + i..]);
            row.iter_mut().zip(sides).for_each(|(out, (left, right))| *out += k * (left + right));
        }
    }
    // Columns: whole rows are added to each other, which the compiler vectorises and the cache likes.
    let source = plane.to_vec();
    let row = |y: usize| &source[y * size_px..][..size_px];
    for (y, out) in plane.chunks_exact_mut(size_px).enumerate() {
        out.iter_mut().zip(row(y)).for_each(|(out, l)| *out = kernel[0] * l);
        for (i, k) in kernel.iter().enumerate().skip(1) {
            let above = row(if y >= i { y - i } else { i - 1 - y });
            let below = row(if y + i < size_px { y + i } else { 2 * size_px - 1 - y - i });
            out.iter_mut().zip(above.iter().zip(below)).for_each(|(out, (a, b))| *out += k * (a + b));
        }
    }
}

/// Effects are described at 128 px and grow with the square root of the size: a larger crop shows a larger print,
/// but also shows it closer.
pub(super) fn scale(size_px: usize) -> f32 {
    (size_px as f32 / 128.0).sqrt()
}

/// -1 at the first pixel, 1 at the last.
fn position(i: usize, size_px: usize) -> f32 {
    (2 * i + 1) as f32 / size_px as f32 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurring_keeps_a_constant_plane_and_the_mean_of_any() {
        let mut constant = vec![37.0; 81];
        gaussian(&mut constant, 9, 1.3);
        assert!(constant.iter().all(|l| (l - 37.0).abs() < 1e-4));

        let mut rng = Rng::with_seed(1);
        for size_px in [2, 3, 9, 40] {
            let mut plane: Vec<f32> = (0..size_px * size_px).map(|_| rng.uniform(0.0, 100.0)).collect();
            let before = plane.iter().sum::<f32>();
            gaussian(&mut plane, size_px, 1.5);
            // Mirrored borders send every sample's weight back inside.
            assert!((plane.iter().sum::<f32>() - before).abs() < 1e-3 * before, "{size_px}");
        }
    }

    #[test]
    fn a_blurred_point_is_a_gaussian() {
        let mut plane = vec![0.0; 33 * 33];
        plane[16 * 33 + 16] = 1.0;
        gaussian(&mut plane, 33, 1.5);
        let expected = |dx: f32, dy: f32| (-(dx * dx + dy * dy) / 4.5).exp() / (std::f32::consts::TAU * 2.25);
        for (x, y) in [(16, 16), (18, 16), (16, 13), (19, 18)] {
            let (dx, dy) = (x as f32 - 16.0, y as f32 - 16.0);
            // The kernel ends at three deviations, which leaves 0.3 % out.
            assert!((plane[y * 33 + x] - expected(dx, dy)).abs() < 5e-4);
        }
    }

    #[test]
    fn grain_has_no_bias_and_the_strength_that_was_asked_for() {
        let mut rng = Rng::with_seed(3);
        for _ in 0..20 {
            let mut luma = vec![50.0; 128 * 128];
            grain(&mut luma, 128, 1.0, &mut rng);
            let mean = luma.iter().sum::<f32>() / luma.len() as f32;
            let deviation = (luma.iter().map(|l| (l - mean).powi(2)).sum::<f32>() / luma.len() as f32).sqrt();
            assert!((mean - 50.0).abs() < 0.5, "mean {mean}");
            assert!((0.5..8.5).contains(&deviation), "deviation {deviation}");
        }
    }
}
