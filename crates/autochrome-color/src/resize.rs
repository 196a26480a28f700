//! Planes at another size.

use rayon::prelude::*;

use crate::resample::{Kernel, taps};
use crate::{Chroma, Parallel as _, Plane, vectorized};

/// How samples are weighed when a plane changes its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The exact mean of the area that each new sample covers: the choice for making smaller.
    Area,
    /// A triangle, widened when making smaller.
    Bilinear,
    /// A windowed sinc of three lobes, widened when making smaller; overshoots at edges.
    Lanczos3,
}

/// `plane` at `width` × `height`; all zero when there is nothing to sample.
#[must_use]
pub fn resize_plane(plane: &Plane, width: usize, height: usize, filter: Filter) -> Plane {
    if plane.size() == (width, height) {
        return plane.clone();
    }
    if plane.data().is_empty() || width == 0 || height == 0 {
        return Plane::filled(width, height, 0.0);
    }
    match filter {
        Filter::Area => area(plane, width, height),
        Filter::Bilinear => convolve(plane, width, height, Kernel::Bilinear),
        Filter::Lanczos3 => convolve(plane, width, height, Kernel::Lanczos3),
    }
}

/// Both planes of `chroma` at `width` × `height`.
#[must_use]
pub fn resize_chroma(chroma: &Chroma, width: usize, height: usize, filter: Filter) -> Chroma {
    Chroma {
        a: resize_plane(&chroma.a, width, height, filter),
        b: resize_plane(&chroma.b, width, height, filter),
    }
}

/// The largest size of the same shape whose longer side is at most `max_side`; never larger than given, never below 1.
///
/// ```
/// use autochrome_color::resize::fit_within;
/// assert_eq!(fit_within(4000, 3000, 256), (256, 192));
/// assert_eq!(fit_within(100, 50, 256), (100, 50));
/// ```
#[must_use]
pub fn fit_within(width: usize, height: usize, max_side: usize) -> (usize, usize) {
    let longer = width.max(height);
    if longer <= max_side {
        return (width, height);
    }
    let scale = max_side as f64 / longer as f64;
    let scaled = |side: usize| ((side as f64 * scale).round() as usize).clamp(1, max_side.max(1));
    (scaled(width), scaled(height))
}

/// First old sample and the weights of the old samples that new sample `index` covers; weights sum to 1.
fn coverage(index: usize, new: usize, old: usize) -> (usize, impl Iterator<Item = f32>) {
    let scale = old as f64 / new as f64;
    let (start, end) = (index as f64 * scale, ((index + 1) as f64 * scale).min(old as f64));
    let first = (start as usize).min(old - 1);
    let last = (end.ceil() as usize).clamp(first + 1, old);
    let weights = (first..last)
        .map(move |i| ((end.min((i + 1) as f64) - start.max(i as f64)) / (end - start)).max(0.0) as f32);
    (first, weights)
}

fn area(plane: &Plane, width: usize, height: usize) -> Plane {
    let columns: Vec<(usize, Vec<f32>)> = (0..width)
        .map(|x| {
            let (first, weights) = coverage(x, width, plane.width());
            (first, weights.collect())
        })
        .collect();
    let mut resized = Plane::filled(width, height, 0.0);
    resized.data_mut().chunks_mut(width).enumerate().parallel_for_each_with(
        || vec![0.0_f32; plane.width()],
        |sum, (y, row)| {
            sum.fill(0.0);
            vectorized(
                #[inline(always)]
                || {
                    let (first, weights) = coverage(y, height, plane.height());
                    for (offset, weight) in weights.enumerate() {
                        for (sum, sample) in sum.iter_mut().zip(plane.row(first + offset)) {
                            *sum += weight * sample;
                        }
                    }
                },
            );
            for (sample, (first, weights)) in row.iter_mut().zip(&columns) {
                *sample = sum[*first..].iter().zip(weights).map(|(sum, weight)| sum * weight).sum();
            }
        },
    );
    resized
}

fn convolve(plane: &Plane, width: usize, height: usize, kernel: Kernel) -> Plane {
    let columns = taps(kernel, plane.width(), [0.0, plane.width() as f64], width);
    let rows = taps(kernel, plane.height(), [0.0, plane.height() as f64], height);
    let mut resized = Plane::filled(width, height, 0.0);
    resized.data_mut().par_chunks_mut(width).zip(&rows).for_each_init(
        || vec![0.0_f32; plane.width()],
        |sum, (row, taps)| {
            sum.fill(0.0);
            for (y, &weight) in (taps.first..).zip(&taps.weights) {
                sum.iter_mut().zip(plane.row(y)).for_each(|(sum, sample)| *sum += weight as f32 * sample);
            }
            for (sample, taps) in row.iter_mut().zip(&columns) {
                let samples = sum[taps.first..].iter().zip(&taps.weights);
                *sample = samples.map(|(sum, &weight)| sum * weight as f32).sum();
            }
        },
    );
    resized
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILTERS: [Filter; 3] = [Filter::Area, Filter::Bilinear, Filter::Lanczos3];

    #[test]
    fn the_area_filter_takes_exact_means() {
        let plane = Plane::from_vec(3, 2, vec![0.0, 3.0, 6.0, 6.0, 9.0, 12.0]).unwrap();
        assert_eq!(resize_plane(&plane, 1, 1, Filter::Area).data(), [6.0]);
        let halves = resize_plane(&plane, 2, 1, Filter::Area);
        // Each half covers one whole column and half of the middle one.
        assert!((halves.data()[0] - 4.0).abs() < 1e-6 && (halves.data()[1] - 8.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_becomes_zeros_and_the_same_size_a_copy() {
        assert_eq!(resize_plane(&Plane::default(), 2, 2, Filter::Area), Plane::filled(2, 2, 0.0));
        let plane = Plane::from_vec(2, 1, vec![1.0, 2.0]).unwrap();
        assert_eq!(resize_plane(&plane, 2, 1, Filter::Lanczos3), plane);
    }

    proptest! {
        #[test]
        fn a_constant_plane_stays_constant(
            w in 1_usize..40, h in 1_usize..40, new_w in 1_usize..60, new_h in 1_usize..60, value in -110.0_f32..110.0,
        ) {
            for filter in FILTERS {
                let resized = resize_plane(&Plane::filled(w, h, value), new_w, new_h, filter);
                prop_assert_eq!(resized.size(), (new_w, new_h));
                prop_assert!(resized.data().iter().all(|v| (v - value).abs() < 1e-3));
            }
        }

        #[test]
        fn the_area_filter_keeps_the_mean(
            w in 1_usize..30, h in 1_usize..30, new_w in 1_usize..30, new_h in 1_usize..30, seed in any::<u32>(),
        ) {
            let data: Vec<f32> = (0..w * h).map(|i| ((i as u32).wrapping_mul(2_654_435_761) ^ seed) as f32 / u32::MAX as f32).collect();
            let mean = |data: &[f32]| data.iter().sum::<f32>() / data.len() as f32;
            let plane = Plane::from_vec(w, h, data).unwrap();
            let resized = resize_plane(&plane, new_w, new_h, Filter::Area);
            prop_assert!((mean(plane.data()) - mean(resized.data())).abs() < 1e-4);
        }

        #[test]
        fn fitted_sizes_fit(w in 1_usize..100_000, h in 1_usize..100_000, side in 1_usize..2000) {
            let (fit_w, fit_h) = fit_within(w, h, side);
            prop_assert!(fit_w >= 1 && fit_h >= 1 && fit_w <= side.max(1) && fit_h <= side.max(1));
            prop_assert!(fit_w <= w && fit_h <= h);
        }
    }
}
