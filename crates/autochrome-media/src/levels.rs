//! Lightness as the file has it, gray or RGB: floats for a whole picture would be as large as the file again, or four times as large.

use std::ops::Range;

use autochrome_color::{Parallel as _, Plane, lab, resize::fit_within};

use crate::{
    icc::Profile,
    samples::{Data, Samples},
    spans::Spans,
};

/// L of CIELAB (D65), 0..=100, of every pixel, as samples of 1 or 2 bytes.
pub struct Levels {
    width: usize,
    height: usize,
    samples: Data,
    meaning: Meaning,
}

/// What samples mean.
enum Meaning {
    /// L of every value of the one sample of a pixel.
    Gray(Vec<f32>),
    /// Red, green and blue of sRGB.
    Rgb,
}

impl Levels {
    /// Those of gray samples under the curve of their profile, or that of sRGB.
    pub(crate) fn gray(samples: Samples, profile: Option<&Profile>, warnings: &mut Vec<String>) -> Self {
        let is_eight = matches!(samples.data, Data::U8(_));
        let of_profile = |profile: &Profile| profile.gray_levels(if is_eight { 256 } else { 65_536 });
        let table = match profile.map(of_profile) {
            Some(Ok(Some(table))) => table,
            other => {
                if let Some(Err(why)) = other {
                    warnings.push(crate::decode::ignored_profile(&why));
                }
                let plane = if is_eight {
                    lab::gray8_to_luma(&(0..=u8::MAX).collect::<Vec<_>>(), 256, 1)
                } else {
                    lab::gray16_to_luma(&(0..=u16::MAX).collect::<Vec<_>>(), 65_536, 1)
                };
                plane.into_vec()
            }
        };
        let meaning = Meaning::Gray(table);
        Self { width: samples.width, height: samples.height, samples: samples.data, meaning }
    }

    /// Those of RGB samples of sRGB.
    pub(crate) fn rgb(samples: Samples) -> Self {
        Self { width: samples.width, height: samples.height, samples: samples.data, meaning: Meaning::Rgb }
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// L of some rows, one after the other.
    ///
    /// # Panics
    /// When there are no such rows.
    #[must_use]
    pub fn rows(&self, rows: Range<usize>) -> Vec<f32> {
        let (width, height) = (self.width, rows.len());
        match (&self.meaning, &self.samples) {
            (Meaning::Gray(table), Data::U8(data)) => {
                look_up(&data[rows.start * width..rows.end * width], table)
            }
            (Meaning::Gray(table), Data::U16(data)) => {
                look_up(&data[rows.start * width..rows.end * width], table)
            }
            (Meaning::Rgb, Data::U8(data)) => {
                lab::rgb8_to_luma(&data[3 * rows.start * width..3 * rows.end * width], width, height)
                    .into_vec()
            }
            (Meaning::Rgb, Data::U16(data)) => {
                lab::rgb16_to_luma(&data[3 * rows.start * width..3 * rows.end * width], width, height)
                    .into_vec()
            }
        }
    }

    /// L of all pixels.
    pub(crate) fn into_plane(self) -> Plane {
        let luma = self.rows(0..self.height);
        Plane::from_vec(self.width, self.height, luma).unwrap_or_default()
    }

    /// A copy with a longer side of at most `side_px`; each sample is the mean over the area that it covers.
    pub(crate) fn reduced(&self, side_px: usize) -> Plane {
        let (width, height) = fit_within(self.width, self.height, side_px);
        let (columns, rows) = (Spans::new(self.width, width), Spans::new(self.height, height));
        let mut plane = Plane::filled(width, height, 0.0);
        plane.data_mut().chunks_mut(width).enumerate().parallel_for_each(|(y, mean)| {
            let (first, weights) = rows.of(y);
            let luma = self.rows(first..first + weights.len());
            for (row, weight) in luma.chunks(self.width).zip(weights) {
                columns.add(row, *weight, mean);
            }
        });
        plane
    }
}

fn look_up<T: Copy + Into<usize> + Sync>(codes: &[T], table: &[f32]) -> Vec<f32> {
    const PIECE: usize = 1 << 16;
    let mut luma = vec![0.0; codes.len()];
    luma.chunks_mut(PIECE).zip(codes.chunks(PIECE)).parallel_for_each(|(luma, codes)| {
        for (l, &code) in luma.iter_mut().zip(codes) {
            *l = table[code.into()];
        }
    });
    luma
}

#[cfg(test)]
mod tests {
    use autochrome_color::resize::{Filter, resize_plane};

    use super::*;
    use crate::samples::Layout;

    #[test]
    fn a_smaller_copy_is_that_of_the_plane() {
        let data: Vec<u8> = (0..123 * 77).map(|i| ((i * i / 7 + i) % 256) as u8).collect();
        let samples = Samples { width: 123, height: 77, layout: Layout::Gray, data: Data::U8(data.clone()) };
        let levels = Levels::gray(samples, None, &mut Vec::new());
        let plane = lab::gray8_to_luma(&data, 123, 77);
        assert_eq!(levels.rows(3..5), plane.data()[3 * 123..5 * 123]);
        let (ours, wanted) = (levels.reduced(50), resize_plane(&plane, 50, 31, Filter::Area));
        assert!(ours.size() == (50, 31));
        assert!(ours.data().iter().zip(wanted.data()).all(|(is, wanted)| (is - wanted).abs() < 1e-3));
        assert_eq!(levels.into_plane(), plane);
    }

    #[test]
    fn rows_of_colours_are_those_of_the_plane() {
        let data: Vec<u16> = (0..3 * 41 * 23_u32).map(|i| (i * i * 31 % 65_536) as u16).collect();
        let plane = lab::rgb16_to_luma(&data, 41, 23);
        let samples = Samples { width: 41, height: 23, layout: Layout::Rgb, data: Data::U16(data) };
        let levels = Levels::rgb(samples);
        assert_eq!(levels.rows(7..9), plane.data()[7 * 41..9 * 41]);
        assert_eq!(levels.into_plane(), plane);
    }
}
