//! What the neighbourhood of a pixel looks like, in a few numbers.

use std::f64::consts::{PI, SQRT_2};

use autochrome_color::{Parallel as _, Plane, parallel};

/// Side of the neighbourhood that is transformed.
const SIDE: usize = 13;
/// Frequencies u and v with u + v below this are kept.
const FREQUENCIES: usize = 6;
/// Coefficients of a pixel.
pub(super) const COEFFICIENTS: usize = FREQUENCIES * (FREQUENCIES + 1) / 2;

/// The low frequencies of the discrete cosine transform (DCT-II, orthonormal, divided by the side) of the 13×13 pixels
/// around each of `places`, one after the other; the picture's edge is repeated. The first coefficient is the mean.
pub(super) fn cosines(plane: &Plane, places: &[usize]) -> Vec<f32> {
    let (width, height) = plane.size();
    let waves = cosine_basis();
    // Rows first: the transform of a square is that of its rows, then of its columns.
    let mut rows = vec![0.0_f32; width * height * FREQUENCIES];
    rows.chunks_mut(width * FREQUENCIES).zip(plane.data().chunks(width)).parallel_for_each(|(out, row)| {
        for (x, out) in out.chunks_exact_mut(FREQUENCIES).enumerate() {
            for k in 0..SIDE {
                let l = row[(x + k).saturating_sub(SIDE / 2).min(width - 1)];
                out.iter_mut().zip(&waves).for_each(|(sum, wave)| *sum += wave[k] * l);
            }
        }
    });
    let transform = |place: usize| {
        let (x, y) = (place % width, place / width);
        let mut square = [[0.0_f32; FREQUENCIES]; FREQUENCIES];
        for k in 0..SIDE {
            let y = (y + k).saturating_sub(SIDE / 2).min(height - 1);
            let row = &rows[(y * width + x) * FREQUENCIES..][..FREQUENCIES];
            for (v, (sums, wave)) in square.iter_mut().zip(&waves).enumerate() {
                sums[..FREQUENCIES - v].iter_mut().zip(row).for_each(|(sum, value)| *sum += wave[k] * value);
            }
        }
        let mut kept = [0.0; COEFFICIENTS];
        let low = square.iter().enumerate().flat_map(|(v, row)| &row[..FREQUENCIES - v]);
        kept.iter_mut().zip(low).for_each(|(kept, value)| *kept = *value);
        kept
    };
    parallel::map_numbers(places.len(), 1024, |i| transform(places[i])).concat()
}

/// The first cosines of a row of [`SIDE`] samples, rounded from double precision: whether a compiler works a cosine out beforehand or
/// the system does later must not decide between two neighbours that are about as near.
fn cosine_basis() -> [[f32; SIDE]; FREQUENCIES] {
    std::array::from_fn(|u| {
        let scale = if u == 0 { 1.0 } else { SQRT_2 } / SIDE as f64;
        std::array::from_fn(|k| (scale * (PI * (k as f64 + 0.5) * u as f64 / SIDE as f64).cos()) as f32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_neighbourhood_has_a_mean_and_nothing_else() {
        let cosines = cosines(&Plane::filled(20, 5, 37.0), &(0..100).collect::<Vec<_>>());
        for pixel in cosines.chunks_exact(COEFFICIENTS) {
            assert!((pixel[0] - 37.0).abs() < 1e-3 && pixel[1..].iter().all(|v| v.abs() < 1e-3), "{pixel:?}");
        }
    }

    #[test]
    fn a_wave_is_found_at_its_frequency() {
        // Three half waves across the neighbourhood of the pixel in the middle: u = 3, v = 0.
        let wave = |x: usize| (std::f32::consts::PI * (x as f32 + 0.5) * 3.0 / SIDE as f32).cos();
        let values = (0..SIDE * SIDE).map(|i| 10.0 * wave(i % SIDE)).collect();
        let plane = Plane::from_vec(SIDE, SIDE, values).unwrap();
        let middle = cosines(&plane, &[SIDE * SIDE / 2]);
        let loudest = middle.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).unwrap();
        assert_eq!(loudest.0, 3, "{middle:?}");
        assert!((loudest.1 - 10.0 / std::f32::consts::SQRT_2).abs() < 1e-3);
    }
}
