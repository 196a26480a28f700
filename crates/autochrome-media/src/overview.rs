//! A small copy of a picture's luma, from which its borders and its kind are told.

use autochrome_color::resize::fit_within;
use autochrome_color::{Parallel as _, Plane};

/// Longer side, in pixels.
const SIDE_PX: usize = 384;

/// Rows of the picture that a row of the copy is the mean of, at most: more would cost time and tell no more.
const ROWS: usize = 4;

/// A small copy of the luma of a picture. Making it looks at a part of the pixels, all else at the copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// Columns and rows of the picture.
    pub(crate) size: (usize, usize),
    /// L of CIELAB, 0..=100; the picture itself where that is small.
    pub(crate) small: Plane,
}

impl Overview {
    /// That of a picture with this luma (L of CIELAB, 0..=100, full resolution).
    #[must_use]
    pub fn of(luma: &Plane) -> Self {
        let size = luma.size();
        let (width, height) = fit_within(size.0, size.1, SIDE_PX);
        let span = |i: usize, small: usize, full: usize| i * full / small..(i + 1) * full / small;
        let rows = (0..height).parallel_map(|y| {
            let all = span(y, height, size.1);
            let count = all.len().min(ROWS);
            let mut means = vec![0.0; width];
            for k in 0..count {
                let row = luma.row(all.start + (2 * k + 1) * all.len() / (2 * count));
                for (x, mean) in means.iter_mut().enumerate() {
                    let samples = &row[span(x, width, size.0)];
                    *mean += samples.iter().sum::<f32>() / (samples.len() * count) as f32;
                }
            }
            means
        });
        Self { size, small: Plane::from_vec(width, height, rows.concat()).unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use autochrome_color::resize::{Filter, resize_plane};

    use super::*;

    #[test]
    fn a_small_picture_is_its_own_overview() {
        let plane = Plane::from_vec(3, 2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!(Overview::of(&plane).small, plane);
        assert_eq!(Overview::of(&Plane::default()).small, Plane::default());
    }

    #[test]
    fn a_large_picture_is_seen_as_by_means_over_areas() {
        let at = |i: usize| 50.0 + 40.0 * ((i % 2000) as f32 / 90.0).sin() * ((i / 2000) as f32 / 70.0).cos();
        let plane = Plane::from_vec(2000, 1500, (0..3_000_000).map(at).collect()).unwrap();
        let (ours, means) = (Overview::of(&plane).small, resize_plane(&plane, 384, 288, Filter::Area));
        assert_eq!(ours.size(), (384, 288));
        let worst = ours.data().iter().zip(means.data()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1.0, "{worst}");
    }
}
