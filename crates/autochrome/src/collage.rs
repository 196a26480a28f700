//! The paper's picture: input on the left, result on the right.

use autochrome_media::{Alpha, MediaError, Pixels, Raster};

use crate::Error;
use crate::colored::raster;

/// Width of the white gap between the halves, as a share of the width of one.
const GAP: f32 = 0.02;

/// `left` (`width` columns wide) and `right` with a white gap between them.
pub(crate) fn side_by_side(width: usize, left: &Pixels, right: &Raster) -> Result<Raster, Error> {
    let (gap, height) = (gap_px(width), right.height() as usize);
    let fits = right.width() as usize == width && left.samples() == right.pixels().samples();
    let pixels = match (left, right.pixels()) {
        (Pixels::Rgb8(l), Pixels::Rgb8(r)) if fits => Pixels::Rgb8(join(l, r, 3 * width, 3 * gap, u8::MAX)),
        (Pixels::Rgb16(l), Pixels::Rgb16(r)) if fits => {
            Pixels::Rgb16(join(l, r, 3 * width, 3 * gap, u16::MAX))
        }
        _ => {
            let (width, height) = (right.width(), right.height());
            return Err(MediaError::Shape { width, height, samples: left.samples() }.into());
        }
    };
    let alpha = right.alpha().map(|alpha| match alpha {
        Alpha::Eight(a) => Alpha::Eight(join(a, a, width, gap, u8::MAX)),
        Alpha::Sixteen(a) => Alpha::Sixteen(join(a, a, width, gap, u16::MAX)),
    });
    Ok(raster(2 * width + gap, height, pixels)?.with_alpha(alpha)?)
}

/// Columns between the halves, at least one.
fn gap_px(width: usize) -> usize {
    ((width as f32 * GAP).round() as usize).max(1)
}

fn join<S: Copy>(left: &[S], right: &[S], row: usize, gap: usize, white: S) -> Vec<S> {
    let height = left.len() / row;
    let mut joined = Vec::with_capacity(height * (2 * row + gap));
    for (left, right) in left.chunks_exact(row).zip(right.chunks_exact(row)) {
        joined.extend_from_slice(left);
        joined.resize(joined.len() + gap, white);
        joined.extend_from_slice(right);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_beside_each_other_with_a_white_gap() {
        let left = Pixels::Rgb8(vec![10, 10, 10, 20, 20, 20]);
        let right = Raster::new(1, 2, Pixels::Rgb8(vec![1, 2, 3, 4, 5, 6])).unwrap();
        let both = side_by_side(1, &left, &right).unwrap();
        assert_eq!((both.width(), both.height()), (3, 2));
        let expected = vec![10, 10, 10, 255, 255, 255, 1, 2, 3, 20, 20, 20, 255, 255, 255, 4, 5, 6];
        assert_eq!(both.into_pixels(), Pixels::Rgb8(expected));
    }

    #[test]
    fn opacity_is_that_of_the_result_on_both_sides() {
        let left = Pixels::Rgb8(vec![0; 6]);
        let right = Raster::new(2, 1, Pixels::Rgb8(vec![9; 6])).unwrap();
        let right = right.with_alpha(Some(Alpha::Eight(vec![7, 8]))).unwrap();
        let both = side_by_side(2, &left, &right).unwrap();
        assert_eq!(both.alpha(), Some(&Alpha::Eight(vec![7, 8, 255, 7, 8])));
    }

    #[test]
    fn halves_of_different_size_are_refused() {
        let right = Raster::new(2, 1, Pixels::Rgb8(vec![9; 6])).unwrap();
        assert_eq!(side_by_side(1, &Pixels::Rgb8(vec![0; 3]), &right).unwrap_err().code(), "wrong-shape");
    }
}
