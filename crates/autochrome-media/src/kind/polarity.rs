//! A small network that tells a picture from its negative.
//!
//! It looks at the order of the lightness alone, at 96×96 samples: each is replaced by the share of samples that are darker. What film, scanner and
//! age do to lightness keeps that order, and a negative turns it around, so that a score is the same for every such curve and its sign changes
//! with the picture's. Lightness itself would tell more about pictures that were inverted in a program, and mislead about scanned film, whose
//! densities are those of the film and of whoever scanned it.
//!
//! `tools/polarity/train.py` makes the weights: [`WEIGHTS`] are 8-bit filters with a scale and a bias each.

use std::sync::LazyLock;

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::{Plane, vectorized};

/// Samples of a side that the network sees.
const SIDE: usize = 96;

/// Channels in, channels out and stride of the 3×3 convolutions. Those of stride 1 add what they saw.
const LAYERS: [[usize; 3]; 6] = [[1, 16, 2], [16, 32, 2], [32, 32, 1], [32, 64, 2], [64, 64, 1], [64, 96, 2]];

/// Channels of the last one.
const LAST: usize = 96;

/// Output channels that are worked out at a time, a divisor of all numbers of them.
const WIDE: usize = 16;

/// Pixels of a row that are worked out at a time, a divisor of all widths.
const LONG: usize = 6;

/// Bytes of the weights.
const BYTES: usize = {
    let (mut bytes, mut i) = (4 * (3 * LAST + 1), 0);
    while i < LAYERS.len() {
        let [input, output, _] = LAYERS[i];
        bytes += output * (4 + 4 + 9 * input);
        i += 1;
    }
    bytes
};

/// For each layer its biases and scales (`f32`, little-endian) and its filters `[out, in, 3, 3]` (`i8`); then the factors of the means, of
/// the vertical moments and of the radial moments of the last channels, and the bias of the score.
static WEIGHTS: &[u8; BYTES] = include_bytes!("polarity.bin");

static NETWORK: LazyLock<Network> = LazyLock::new(|| Network::read(WEIGHTS));

/// Log odds above which one view of a picture is enough: nobody would call it a negative then.
const CLEAR: f32 = -1.0;

/// Share of the width and height that the inner view shows.
const INNER: f32 = 0.85;

/// How much a picture with this luma (L of CIELAB, 0..=100) looks like a positive rather than a negative, as log odds: the mean of the picture,
/// its mirror image and its inner part, unless the first is clear.
pub(super) fn score(luma: &Plane) -> f32 {
    let whole = seen(luma);
    let first = odds(&whole);
    if first > CLEAR {
        return first;
    }
    let mut mirrored = whole;
    mirrored.data_mut().chunks_exact_mut(SIDE).for_each(<[f32]>::reverse);
    (first + odds(&mirrored) + odds(&seen(&inner(luma)))) / 3.0
}

/// A picture at the size that the network sees.
fn seen(luma: &Plane) -> Plane {
    resize_plane(luma, SIDE, SIDE, Filter::Area)
}

/// The picture without its rim.
fn inner(luma: &Plane) -> Plane {
    let kept = |side: usize| ((INNER * side as f32).round() as usize).clamp(1, side.max(1));
    let (width, height) = (kept(luma.width()), kept(luma.height()));
    let (left, top) = ((luma.width() - width) / 2, (luma.height() - height) / 2);
    let rows = (top..top + height).flat_map(|y| luma.row(y)[left..left + width].iter().copied());
    Plane::from_vec(width, height, rows.collect()).unwrap_or_default()
}

/// The log odds of what is seen: half of the difference to those of its inverse, which has the opposite then.
fn odds(seen: &Plane) -> f32 {
    let ranks = ranks(seen);
    let inverse: Vec<f32> = ranks.iter().map(|rank| -rank).collect();
    (NETWORK.run(ranks) - NETWORK.run(inverse)) / 2.0
}

/// For every sample the share of samples that are darker less that of those that are lighter, as far as 256 codes tell them apart.
fn ranks(plane: &Plane) -> Vec<f32> {
    let code = |l: f32| (2.55 * l.clamp(0.0, 100.0)).round() as usize;
    let mut counts = [0_u32; 256];
    plane.data().iter().for_each(|&l| counts[code(l)] += 1);
    let all = plane.data().len().max(1) as f32;
    let mut darker = 0;
    let table = counts.map(|count| {
        let rank = (2 * darker + count) as f32 / all - 1.0;
        darker += count;
        rank
    });
    plane.data().iter().map(|&l| table[code(l)]).collect()
}

struct Network {
    layers: Vec<Layer>,
    /// Of the means, the vertical moments and the radial ones.
    head: Vec<f32>,
    bias: f32,
}

struct Layer {
    stride: usize,
    bias: Vec<f32>,
    /// `[out / WIDE, 3, 3, in, WIDE]`.
    filters: Vec<[f32; WIDE]>,
}

impl Network {
    fn read(mut bytes: &[u8]) -> Self {
        let floats = |bytes: &mut &[u8], count: usize| -> Vec<f32> {
            let (now, rest) = bytes.split_at(4 * count);
            *bytes = rest;
            now.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
        };
        let layers = LAYERS.map(|[input, output, stride]| {
            let bias = floats(&mut bytes, output);
            let scales = floats(&mut bytes, output);
            let (values, rest) = bytes.split_at(output * input * 9);
            bytes = rest;
            let filters = (0..output / WIDE).flat_map(|wide| {
                let scales = &scales;
                (0..9 * input).map(move |i| {
                    let (tap, channel) = (i / input, i % input);
                    std::array::from_fn(|lane| {
                        let out = wide * WIDE + lane;
                        let value = values[(out * input + channel) * 9 + tap].cast_signed();
                        scales[out] * f32::from(value)
                    })
                })
            });
            Layer { stride, bias, filters: filters.collect() }
        });
        let head = floats(&mut bytes, 3 * LAST);
        let bias = floats(&mut bytes, 1)[0];
        Self { layers: layers.into(), head, bias }
    }

    /// The log odds of `ranks`, `[SIDE, SIDE]`.
    fn run(&self, ranks: Vec<f32>) -> f32 {
        let (mut side, mut map) = (SIDE, ranks);
        for layer in &self.layers {
            map = vectorized(
                #[inline(always)]
                || layer.run(&map, side),
            );
            side /= layer.stride;
        }
        let place = |i: usize| 2.0 * i as f32 / (side - 1) as f32 - 1.0;
        let mut sum = 0.0;
        for (i, pixel) in map.chunks_exact(LAST).enumerate() {
            let (y, x) = (place(i / side), place(i % side));
            let weights = [1.0, y, (x * x + y * y) / 2.0];
            for (head, weight) in self.head.chunks_exact(LAST).zip(weights) {
                sum += weight * head.iter().zip(pixel).map(|(head, value)| head * value).sum::<f32>();
            }
        }
        self.bias + sum / (side * side) as f32
    }
}

impl Layer {
    /// What becomes of a map of `side` rows and columns, a pixel's channels side by side.
    #[inline(always)]
    fn run(&self, map: &[f32], side: usize) -> Vec<f32> {
        let (inputs, outputs) = (map.len() / (side * side), self.bias.len());
        let pitch = side + 2;
        let mut padded = vec![0.0; pitch * pitch * inputs];
        for (row, from) in
            padded.chunks_exact_mut(pitch * inputs).skip(1).zip(map.chunks_exact(side * inputs))
        {
            row[inputs..(side + 1) * inputs].copy_from_slice(from);
        }
        let small = side / self.stride;
        let mut out = vec![0.0; small * small * outputs];
        let groups = self.filters.chunks_exact(9 * inputs).zip(self.bias.as_chunks::<WIDE>().0);
        for (group, (filters, bias)) in groups.enumerate() {
            for y in 0..small {
                for x in (0..small).step_by(LONG) {
                    // Six sums with names stay in registers, an array of them does not: five times as fast.
                    let [mut s0, mut s1, mut s2, mut s3, mut s4, mut s5] = [*bias; LONG];
                    for (tap, filters) in filters.chunks_exact(inputs).enumerate() {
                        let first = (y * self.stride + tap / 3) * pitch + x * self.stride + tap % 3;
                        let pixel = |i: usize| padded[(first + i * self.stride) * inputs..][..inputs].iter();
                        let pixels =
                            pixel(0).zip(pixel(1)).zip(pixel(2)).zip(pixel(3)).zip(pixel(4)).zip(pixel(5));
                        for (filter, (((((p0, p1), p2), p3), p4), p5)) in filters.iter().zip(pixels) {
                            add(&mut s0, *p0, filter);
                            add(&mut s1, *p1, filter);
                            add(&mut s2, *p2, filter);
                            add(&mut s3, *p3, filter);
                            add(&mut s4, *p4, filter);
                            add(&mut s5, *p5, filter);
                        }
                    }
                    for (i, sums) in [s0, s1, s2, s3, s4, s5].iter().enumerate() {
                        let at = (y * small + x + i) * outputs + group * WIDE;
                        out[at..at + WIDE].iter_mut().zip(sums).for_each(|(out, sum)| *out = sum.max(0.0));
                    }
                }
            }
        }
        if self.stride == 1 {
            out.iter_mut().zip(map).for_each(|(out, seen)| *out += seen);
        }
        out
    }
}

#[inline(always)]
fn add(sums: &mut [f32; WIDE], value: f32, filter: &[f32; WIDE]) {
    sums.iter_mut().zip(filter).for_each(|(sum, weight)| *sum += value * weight);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(at: impl Fn(usize, usize) -> f32) -> Plane {
        Plane::from_vec(120, 90, (0..120 * 90).map(|i| at(i % 120, i / 120)).collect()).unwrap()
    }

    #[test]
    fn ranks_are_the_order_alone() {
        let ramp = plane(|x, y| (x + y) as f32 / 3.0);
        let curved = plane(|x, y| 20.0 + 60.0 * ((x + y) as f32 / 300.0).powf(1.5));
        let ranks = [ramp, curved].map(|plane| ranks(&plane));
        let apart = ranks[0].iter().zip(&ranks[1]).map(|(a, b)| (a - b).abs());
        assert!(apart.fold(0.0, f32::max) < 0.08);
        assert!((ranks[0].iter().sum::<f32>() / 10_800.0).abs() < 1e-3);
    }

    #[test]
    fn an_inverse_has_the_opposite_odds() {
        let wave = |x: usize, y: usize| 50.0 + 30.0 * (x as f32 / 9.0).sin() * (y as f32 / 40.0).cos();
        let (positive, negative) = (plane(wave), plane(|x, y| 100.0 - wave(x, y)));
        let [positive, negative] = [positive, negative].map(|plane| odds(&seen(&plane)));
        assert!((positive + negative).abs() < 0.05 + 0.02 * positive.abs(), "{positive} {negative}");
        assert_eq!(score(&plane(|_, _| 40.0)), 0.0);
    }

    #[test]
    fn odds_are_those_of_the_network_that_was_trained() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/photos/camera.png");
        let photo = image::open(path).unwrap().to_luma8();
        let (width, height) = (photo.width() as usize, photo.height() as usize);
        let luma = autochrome_color::lab::gray8_to_luma(&photo, width, height);
        // `tools/polarity/train.py --score`, which makes the picture small in two steps.
        assert!((odds(&seen(&luma)) - 13.841).abs() < 0.7, "{}", odds(&seen(&luma)));
    }
}
