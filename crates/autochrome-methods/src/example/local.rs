//! Means and deviations around every pixel, in time that does not depend on how far around.

use autochrome_color::{Parallel as _, Plane};

/// The mean over the square of `2 * radius_px + 1` pixels around every pixel, cut off at the picture's edges.
pub(super) fn mean(plane: &Plane, radius_px: usize) -> Plane {
    let values: Vec<f64> = plane.data().iter().map(|&v| f64::from(v)).collect();
    let means = box_means(values, plane.size(), radius_px);
    plane_of(plane.size(), means.into_iter().map(|v| v as f32).collect())
}

/// The standard deviation over the same square.
pub(super) fn deviation(plane: &Plane, radius_px: usize) -> Plane {
    let values: Vec<f64> = plane.data().iter().map(|&v| f64::from(v)).collect();
    let squares = values.iter().map(|v| v * v).collect();
    let means = box_means(values, plane.size(), radius_px);
    let squares = box_means(squares, plane.size(), radius_px);
    let deviations = squares.iter().zip(&means).map(|(s, m)| (s - m * m).max(0.0).sqrt() as f32).collect();
    plane_of(plane.size(), deviations)
}

pub(super) fn plane_of((width, height): (usize, usize), values: Vec<f32>) -> Plane {
    Plane::from_vec(width, height, values).unwrap_or_default()
}

/// Means by running sums along rows, then along columns.
fn box_means(mut values: Vec<f64>, (width, height): (usize, usize), radius: usize) -> Vec<f64> {
    if values.is_empty() {
        return values;
    }
    values.chunks_mut(width).parallel_for_each_with(Vec::new, |copy, row| {
        copy.clear();
        copy.extend_from_slice(row);
        let mut sum: f64 = copy[..radius.min(width)].iter().sum();
        for (x, value) in row.iter_mut().enumerate() {
            if x + radius < width {
                sum += copy[x + radius];
            }
            if x > radius {
                sum -= copy[x - radius - 1];
            }
            *value = sum / window(x, width, radius);
        }
    });
    let copy = values.clone();
    let row = |y: usize| &copy[y * width..][..width];
    let mut sums = vec![0.0; width];
    let add = |sums: &mut [f64], y: usize, sign: f64| {
        sums.iter_mut().zip(row(y)).for_each(|(sum, v)| *sum += sign * v);
    };
    (0..radius.min(height)).for_each(|y| add(&mut sums, y, 1.0));
    for (y, out) in values.chunks_exact_mut(width).enumerate() {
        if y + radius < height {
            add(&mut sums, y + radius, 1.0);
        }
        if y > radius {
            add(&mut sums, y - radius - 1, -1.0);
        }
        let size = window(y, height, radius);
        out.iter_mut().zip(&sums).for_each(|(value, sum)| *value = sum / size);
    }
    values
}

/// How many samples of a side lie within `radius` of `at`.
fn window(at: usize, side: usize, radius: usize) -> f64 {
    ((at + radius).min(side - 1) - at.saturating_sub(radius) + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: usize, height: usize) -> Plane {
        let value = |i: usize| (i as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32 * 100.0;
        plane_of((width, height), (0..width * height).map(value).collect())
    }

    #[test]
    fn running_sums_are_plain_sums() {
        for (width, height, radius) in [(9, 7, 2), (3, 11, 4), (1, 1, 3), (5, 2, 0)] {
            let plane = noise(width, height);
            let (means, deviations) = (mean(&plane, radius), deviation(&plane, radius));
            for i in 0..width * height {
                let (x, y) = (i % width, i / width);
                let near = |at: usize, side: usize| at.saturating_sub(radius)..=(at + radius).min(side - 1);
                let window: Vec<f32> =
                    near(y, height).flat_map(|y| plane.row(y)[near(x, width)].to_vec()).collect();
                let (m, d) = super::super::mean_and_deviation(&window);
                assert!((means.data()[i] - m).abs() < 1e-3 && (deviations.data()[i] - d).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn a_constant_plane_has_no_deviation() {
        let deviations = deviation(&Plane::filled(300, 200, 63.7), 2);
        assert!(deviations.data().iter().all(|d| *d < 1e-3));
    }
}
