//! Weights of a separable resampling filter, and RGB bytes resampled with them.
//!
//! The sums are those of Pillow-SIMD and of the crate `fast_image_resize`, to the bit, as a test holds. The crate itself is not
//! used because its generic code took half a minute to compile for the two pixel types that are needed.

use crate::vectorized;

/// How samples are weighed, widened when making smaller so that nothing aliases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// The mean of the area that each new sample covers.
    Box,
    /// A triangle.
    Bilinear,
    /// A cubic through the samples; overshoots a little at edges.
    CatmullRom,
    /// A windowed sinc of three lobes; overshoots at edges.
    Lanczos3,
}

impl Kernel {
    /// Distance, in samples, beyond which nothing has a weight.
    fn support(self) -> f64 {
        match self {
            Self::Box => 0.5,
            Self::Bilinear => 1.0,
            Self::CatmullRom => 2.0,
            Self::Lanczos3 => 3.0,
        }
    }

    fn at(self, x: f64) -> f64 {
        let far = x.abs();
        match self {
            // One of two samples at the same distance.
            Self::Box if x > -0.5 && x <= 0.5 => 1.0,
            Self::Bilinear if far < 1.0 => 1.0 - far,
            // Keys 1981 with a = −½.
            Self::CatmullRom if far < 1.0 => (1.5 * far - 2.5) * far * far + 1.0,
            Self::CatmullRom if far < 2.0 => (((far - 5.0) * far + 8.0) * far - 4.0) * -0.5,
            Self::Lanczos3 if far < 3.0 => sinc(x) * sinc(x / 3.0),
            _ => 0.0,
        }
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    let x = x * std::f64::consts::PI;
    x.sin() / x
}

/// The old samples that a new one is made of.
#[derive(Debug)]
pub(crate) struct Taps<W> {
    /// The first of them.
    pub first: usize,
    /// Their weights.
    pub weights: Vec<W>,
}

/// The taps of `count` new samples between `start` and `end` among `size` old ones; weights sum to 1.
pub(crate) fn taps(kernel: Kernel, size: usize, [start, end]: [f64; 2], count: usize) -> Vec<Taps<f64>> {
    let scale = (end - start) / count as f64;
    let widened = scale.max(1.0);
    let radius = kernel.support() * widened;
    let narrow = 1.0 / widened;
    let tap = |index: usize| {
        let centre = start + (index as f64 + 0.5) * scale;
        let (low, high) = ((centre - radius).floor().max(0.0), (centre + radius).ceil().min(size as f64));
        let centre = centre - 0.5;
        let mut first = low as usize;
        let mut weights: Vec<f64> =
            (first..high as usize).map(|x| kernel.at((x as f64 - centre) * narrow)).collect();
        let zeros = weights.iter().take_while(|weight| **weight == 0.0).count();
        weights.drain(..zeros);
        first += zeros;
        let sum: f64 = weights.iter().sum();
        if sum != 0.0 {
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        while weights.last() == Some(&0.0) {
            weights.pop();
        }
        Taps { first, weights }
    };
    (0..count).map(tap).collect()
}

/// A part of a picture, in pixels; sides need not be whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Columns to the left of it.
    pub left: f64,
    /// Rows above it.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// The `window` of `rgb` (8 bits a channel, `size` wide and high) at the size `to`.
///
/// The filter sees what lies around the window, as if the whole picture had been resampled and then cropped.
///
/// # Panics
/// When `rgb` holds fewer pixels than `size` says, or when the window leaves the picture.
#[must_use]
pub fn resample_rgb8(
    rgb: &[u8],
    (width, height): (usize, usize),
    window: Window,
    to: (usize, usize),
    kernel: Kernel,
) -> Vec<u8> {
    assert!(rgb.len() >= 3 * width * height, "{} bytes are no {width} × {height}", rgb.len());
    let Window { left, top, width: across, height: down } = window;
    // What a sum of sides is beyond them by rounding changes nothing: taps end with the picture.
    let inside = |from: f64, length: f64, size: usize| from >= 0.0 && from + length <= size as f64 + 1e-6;
    let inside = inside(left, across, width) && inside(top, down, height);
    assert!(inside, "{window:?} leaves {width} × {height}");
    if to.0 == 0 || to.1 == 0 || across <= 0.0 || down <= 0.0 {
        return vec![0; 3 * to.0 * to.1];
    }
    let same = |from: f64, length: f64, count: usize| count as f64 == length && from == from.round();
    let (columns, across_precision) = match same(left, across, to.0) {
        true => (copied(left, to.0), 0),
        false => fixed(taps(kernel, width, [left, left + across], to.0)),
    };
    let (rows, down_precision) = match same(top, down, to.1) {
        true => (copied(top, to.1), 0),
        false => fixed(taps(kernel, height, [top, top + down], to.1)),
    };
    // Columns first, over those that rows will ask for.
    let first = columns[0].first;
    let end = columns.last().map_or(first, |last| last.first + last.weights.len());
    let mut out = Vec::with_capacity(3 * to.0 * to.1);
    let mut sums = vec![0i32; 3 * (end - first)];
    let mut line = vec![0u8; sums.len()];
    for row in &rows {
        vectorized(
            #[inline(always)]
            || {
                sums.fill(half(down_precision));
                for (y, &weight) in (row.first..).zip(&row.weights) {
                    let from = &rgb[3 * (y * width + first)..][..sums.len()];
                    sums.iter_mut().zip(from).for_each(|(sum, &x)| *sum += i32::from(x) * i32::from(weight));
                }
                line.iter_mut().zip(&sums).for_each(|(to, &sum)| *to = clip(sum, down_precision));
            },
        );
        for column in &columns {
            let pixels = line[3 * (column.first - first)..].as_chunks::<3>().0;
            let mut sums = [half(across_precision); 3];
            for (pixel, &weight) in pixels.iter().zip(&column.weights) {
                for (sum, &x) in sums.iter_mut().zip(pixel) {
                    *sum += i32::from(x) * i32::from(weight);
                }
            }
            out.extend(sums.map(|sum| clip(sum, across_precision)));
        }
    }
    out
}

/// Taps of samples that stay what they are.
fn copied(start: f64, count: usize) -> Vec<Taps<i16>> {
    (0..count).map(|i| Taps { first: start as usize + i, weights: vec![1] }).collect()
}

/// Taps with whole weights, and how many bits of them are a fraction: as many as leave room for the sum.
fn fixed(taps: Vec<Taps<f64>>) -> (Vec<Taps<i16>>, u8) {
    const MOST_BITS: u8 = 32 - 8 - 2;
    let largest = taps.iter().flat_map(|taps| &taps.weights).fold(0.0, |most: f64, &weight| most.max(weight));
    let fits = |bits: u8| (largest * f64::from(1 << (bits + 1))).round() < f64::from(1 << 15);
    let bits = (0..MOST_BITS).find(|&bits| !fits(bits)).unwrap_or(MOST_BITS - 1);
    let scale = f64::from(1 << bits);
    let whole =
        |weights: Vec<f64>| weights.into_iter().map(|weight| (weight * scale).round() as i16).collect();
    (taps.into_iter().map(|Taps { first, weights }| Taps { first, weights: whole(weights) }).collect(), bits)
}

/// What is added before the fraction is cut off.
fn half(bits: u8) -> i32 {
    (1 << bits) >> 1
}

fn clip(sum: i32, bits: u8) -> u8 {
    (sum >> bits).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use fast_image_resize::images::{TypedImage, TypedImageRef};
    use fast_image_resize::pixels::U8x3;
    use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
    use proptest::prelude::*;

    fn picture(width: usize, height: usize) -> Vec<u8> {
        (0..3 * width * height).map(|i| ((i * i / 7 + 31 * i) % 256) as u8).collect()
    }

    /// The same by the crate whose sums these are.
    fn reference(
        rgb: &[u8],
        size: (usize, usize),
        window: Window,
        to: (usize, usize),
        kernel: Kernel,
    ) -> Vec<u8> {
        let filter = match kernel {
            Kernel::Box => FilterType::Box,
            Kernel::Bilinear => FilterType::Bilinear,
            Kernel::CatmullRom => FilterType::CatmullRom,
            Kernel::Lanczos3 => FilterType::Lanczos3,
        };
        let options = ResizeOptions::new()
            .crop(window.left, window.top, window.width, window.height)
            .resize_alg(ResizeAlg::Convolution(filter));
        let mut out = vec![0; 3 * to.0 * to.1];
        let source = TypedImageRef::<U8x3>::from_buffer(size.0 as u32, size.1 as u32, rgb).unwrap();
        let mut target = TypedImage::<U8x3>::from_buffer(to.0 as u32, to.1 as u32, &mut out).unwrap();
        Resizer::new().resize_typed(&source, &mut target, &options).unwrap();
        out
    }

    #[test]
    fn a_box_takes_means_of_each_channel() {
        let rgb = [0, 10, 200, 100, 30, 100];
        let whole = Window { left: 0.0, top: 0.0, width: 2.0, height: 1.0 };
        assert_eq!(resample_rgb8(&rgb, (2, 1), whole, (1, 1), Kernel::Box), [50, 20, 150]);
    }

    proptest! {
        #[test]
        fn bytes_are_those_of_fast_image_resize(
            width in 1_usize..70, height in 1_usize..50, to_width in 1_usize..60, to_height in 1_usize..60,
            left in 0.0_f64..0.5, top in 0.0_f64..0.5, across in 0.1_f64..=0.5, down in 0.1_f64..=0.5, whole in any::<bool>(),
        ) {
            let (w, h) = (width as f64, height as f64);
            let mut window = Window { left: left * w, top: top * h, width: across * w, height: down * h };
            if whole {
                window = Window { left: window.left.floor(), top: window.top.floor(), width: 1.0, height: 1.0 };
            }
            let rgb = picture(width, height);
            for kernel in [Kernel::Box, Kernel::Bilinear, Kernel::CatmullRom, Kernel::Lanczos3] {
                for to in [(to_width, to_height), (1, to_height), (to_width, 1)] {
                    let ours = resample_rgb8(&rgb, (width, height), window, to, kernel);
                    prop_assert_eq!(ours, reference(&rgb, (width, height), window, to, kernel));
                }
            }
        }
    }
}
