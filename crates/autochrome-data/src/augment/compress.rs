//! A scan that was saved as JPEG: quantised 8×8 cosine blocks, without the detour over bytes.

use std::f32::consts::PI;
use std::sync::LazyLock;

use fastrand::Rng;

use crate::random::Draw;

/// Luminance quantisation of ITU-T T.81, table K.1, at quality 50.
#[rustfmt::skip]
const QUANTISATION: [u8; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
];

/// Row k holds the k-th orthonormal cosine of the 8-point DCT-II.
static COSINES: LazyLock<[[f32; 8]; 8]> = LazyLock::new(|| {
    let mut cosines = [[0.0; 8]; 8];
    for (k, row) in cosines.iter_mut().enumerate() {
        let norm = if k == 0 { 8.0_f32.sqrt().recip() } else { 0.5 };
        for (n, c) in row.iter_mut().enumerate() {
            *c = norm * ((2 * n + 1) as f32 * k as f32 * PI / 16.0).cos();
        }
    }
    cosines
});

/// Compresses luma (0..=100) at a random quality with a random position of the block grid.
pub(super) fn jpeg(luma: &mut [f32], size_px: usize, strength: f32, rng: &mut Rng) {
    let quality = 100.0 - (100.0 - rng.uniform(12.0, 75.0)) * strength.min(1.0);
    let shift = (rng.usize(0..8), rng.usize(0..8));
    quantise(luma, size_px, quality, shift);
}

/// Quantises every block of the grid that begins `shift` pixels before the first row and column.
fn quantise(luma: &mut [f32], size_px: usize, quality: f32, shift: (usize, usize)) {
    // The scaling of the Independent JPEG Group's encoder.
    let factor = if quality < 50.0 { 50.0 / quality } else { 2.0 - quality / 50.0 };
    let steps = QUANTISATION.map(|q| (f32::from(q) * factor).round().clamp(1.0, 255.0));
    let last = size_px - 1;
    for top in (0..size_px + shift.1).step_by(8) {
        for left in (0..size_px + shift.0).step_by(8) {
            // Blocks that hang over the border repeat its pixels.
            let column = |x: usize| (left + x).saturating_sub(shift.0).min(last);
            let line = |y: usize| (top + y).saturating_sub(shift.1).min(last);
            let mut block = [[0.0; 8]; 8];
            for (y, row) in block.iter_mut().enumerate() {
                for (x, value) in row.iter_mut().enumerate() {
                    *value = luma[line(y) * size_px + column(x)] * 2.55 - 128.0;
                }
            }
            let mut spectrum = transform(&block, &COSINES);
            for (value, step) in spectrum.as_flattened_mut().iter_mut().zip(&steps) {
                *value = (*value / step).round() * step;
            }
            let block = inverse(&spectrum, &COSINES);
            for (y, row) in block.iter().enumerate() {
                let inside =
                    |start: usize, i: usize, shift: usize| (shift..size_px + shift).contains(&(start + i));
                if inside(top, y, shift.1) {
                    for (x, value) in row.iter().enumerate().filter(|(x, _)| inside(left, *x, shift.0)) {
                        luma[line(y) * size_px + column(x)] = ((value + 128.0) / 2.55).clamp(0.0, 100.0);
                    }
                }
            }
        }
    }
}

/// C · B · Cᵀ
fn transform(block: &[[f32; 8]; 8], cosines: &[[f32; 8]; 8]) -> [[f32; 8]; 8] {
    let rows = multiply(cosines, block);
    multiply(&rows, &transpose(cosines))
}

/// Cᵀ · S · C
fn inverse(spectrum: &[[f32; 8]; 8], cosines: &[[f32; 8]; 8]) -> [[f32; 8]; 8] {
    let rows = multiply(&transpose(cosines), spectrum);
    multiply(&rows, cosines)
}

fn multiply(left: &[[f32; 8]; 8], right: &[[f32; 8]; 8]) -> [[f32; 8]; 8] {
    let mut product = [[0.0; 8]; 8];
    for (out, factors) in product.iter_mut().zip(left) {
        for (factor, row) in factors.iter().zip(right) {
            out.iter_mut().zip(row).for_each(|(out, value)| *out += factor * value);
        }
    }
    product
}

fn transpose(matrix: &[[f32; 8]; 8]) -> [[f32; 8]; 8] {
    let mut out = [[0.0; 8]; 8];
    for (y, row) in matrix.iter().enumerate() {
        for (x, value) in row.iter().enumerate() {
            out[x][y] = *value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Draw;

    #[test]
    fn transforming_forth_and_back_gives_the_block() {
        let mut rng = Rng::with_seed(1);
        let block = [[(); 8]; 8].map(|row| row.map(|()| rng.uniform(-128.0, 127.0)));
        let back = inverse(&transform(&block, &COSINES), &COSINES);
        for (a, b) in block.as_flattened().iter().zip(back.as_flattened()) {
            assert!((a - b).abs() < 1e-3);
        }
    }

    #[test]
    fn a_constant_picture_stays_constant_to_half_a_step() {
        for shift in [(0, 0), (3, 7)] {
            let mut luma = vec![61.0; 20 * 20];
            quantise(&mut luma, 20, 50.0, shift);
            // The step of the mean is 16 eighths of a level of 255.
            assert!(
                luma.iter().all(|l| (l - luma[0]).abs() < 1e-3 && (l - 61.0).abs() < 0.5 * 2.0 / 2.55 + 1e-3)
            );
        }
    }

    #[test]
    fn lower_quality_costs_more() {
        let mut rng = Rng::with_seed(2);
        let original: Vec<f32> = (0..32 * 32).map(|_| rng.uniform(20.0, 80.0)).collect();
        let error = |quality: f32| {
            let mut luma = original.clone();
            quantise(&mut luma, 32, quality, (5, 2));
            luma.iter().zip(&original).map(|(a, b)| (a - b).powi(2)).sum::<f32>() / luma.len() as f32
        };
        assert!(error(100.0) < 0.1);
        assert!(error(75.0) > error(100.0) && error(20.0) > error(75.0));
    }
}
