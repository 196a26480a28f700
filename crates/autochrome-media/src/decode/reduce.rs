//! Colour samples to CIELAB at a smaller size, without planes of the full size between them.

use autochrome_color::resize::fit_within;
use autochrome_color::{Chroma, Parallel as _, Plane, lab};

use crate::{
    kind::Thumbnail,
    samples::{Data, Samples},
    spans::Spans,
};

/// L, a and b of sRGB samples with a longer side of at most `side_px`: each new sample is the mean over the area that it covers.
/// `None` when the samples are as small already.
pub(super) fn reduced(samples: &Samples, side_px: usize) -> Option<(Plane, Chroma)> {
    let size = (samples.width, samples.height);
    let (width, height) = fit_within(size.0, size.1, side_px);
    if (width, height) == size {
        return None;
    }
    let columns = Spans::new(size.0, width);
    let rows = Spans::new(size.1, height);
    let mut lab = [(); 3].map(|()| vec![0.0; width * height]);
    let [l, a, b] = &mut lab;
    let lines = l.chunks_mut(width).zip(a.chunks_mut(width)).zip(b.chunks_mut(width));
    lines.enumerate().parallel_for_each(|(y, ((l, a), b))| {
        let (first, weights) = rows.of(y);
        let range = 3 * size.0 * first..3 * size.0 * (first + weights.len());
        let (luma, chroma) = match &samples.data {
            Data::U8(data) => lab::rgb8_to_lab(&data[range], size.0, weights.len()),
            Data::U16(data) => lab::rgb16_to_lab(&data[range], size.0, weights.len()),
        };
        for (row, weight) in weights.iter().enumerate() {
            columns.add(luma.row(row), *weight, l);
            columns.add(chroma.a.row(row), *weight, a);
            columns.add(chroma.b.row(row), *weight, b);
        }
    });
    let [l, a, b] = lab.map(|values| Plane::from_vec(width, height, values).unwrap_or_default());
    Some((l, Chroma { a, b }))
}

/// A small copy of RGB samples, each of its own the mean of at most 16 samples, evenly spread over the area that it stands for.
pub(super) fn thumbnail(samples: &Samples) -> Thumbnail {
    const EACH_WAY: usize = 4;
    let (width, height) = fit_within(samples.width, samples.height, Thumbnail::SIDE_PX);
    let places = |new: usize, old: usize, i: usize| {
        let (start, end) = (i * old / new, ((i + 1) * old / new).max(i * old / new + 1));
        let count = (end - start).min(EACH_WAY);
        (0..count).map(move |k| start + (2 * k + 1) * (end - start) / (2 * count))
    };
    let at = |i: usize| match &samples.data {
        Data::U8(data) => u32::from(data[i]) * 257,
        Data::U16(data) => u32::from(data[i]),
    };
    let mut rgb = Vec::with_capacity(3 * width * height);
    for y in 0..height {
        for x in 0..width {
            let (mut sums, mut count) = ([0_u32; 3], 0);
            for row in places(height, samples.height, y) {
                for column in places(width, samples.width, x) {
                    let first = 3 * (row * samples.width + column);
                    for (channel, sum) in sums.iter_mut().enumerate() {
                        *sum += at(first + channel);
                    }
                    count += 1;
                }
            }
            rgb.extend(sums.map(|sum| (sum / count) as u16));
        }
    }
    let (luma, chroma) = lab::rgb16_to_lab(&rgb, width, height);
    Thumbnail { luma, chroma }
}

#[cfg(test)]
mod tests {
    use autochrome_color::resize::{Filter, resize_plane};

    use super::*;
    use crate::samples::Layout;

    fn samples(width: usize, height: usize) -> Samples {
        let data = (0..3 * width * height).map(|i| ((i * i / 7 + i) % 256) as u8).collect();
        Samples { width, height, layout: Layout::Rgb, data: Data::U8(data) }
    }

    #[test]
    fn row_by_row_is_as_all_at_once() {
        let samples = samples(123, 77);
        let Data::U8(data) = &samples.data else { panic!("8 bits") };
        let (luma, chroma) = lab::rgb8_to_lab(data, 123, 77);
        let (l, ab) = reduced(&samples, 50).unwrap();
        assert_eq!(l.size(), (50, 31));
        for (reduced, whole) in [(&l, &luma), (&ab.a, &chroma.a), (&ab.b, &chroma.b)] {
            let wanted = resize_plane(whole, 50, 31, Filter::Area);
            for (is, wanted) in reduced.data().iter().zip(wanted.data()) {
                assert!((is - wanted).abs() < 1e-3, "{is} instead of {wanted}");
            }
        }
    }

    #[test]
    fn a_thumbnail_has_the_mean_of_what_it_stands_for() {
        let small = samples(40, 30);
        let (luma, _) = lab::rgb8_to_lab(
            match &small.data {
                Data::U8(data) => data,
                Data::U16(_) => panic!("8 bits"),
            },
            40,
            30,
        );
        let copy = thumbnail(&small);
        assert!(copy.luma.data().iter().zip(luma.data()).all(|(is, wanted)| (is - wanted).abs() < 0.01));
        let flat = Samples { data: Data::U8([10, 200, 90].repeat(500 * 300)), ..samples(500, 300) };
        let copy = thumbnail(&flat);
        assert_eq!(copy.luma.size(), (128, 77));
        assert!(copy.chroma.a.data().iter().all(|a| (a - copy.chroma.a.data()[0]).abs() < 1e-4));
    }

    #[test]
    fn what_is_small_enough_stays_as_it_is() {
        assert!(reduced(&samples(40, 30), 40).is_none());
    }
}
