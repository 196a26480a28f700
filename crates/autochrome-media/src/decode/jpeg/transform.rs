//! From coefficients to samples: the inverse cosine transform, chroma brought to full size, and colours.
//!
//! # Source
//! ITU-T T.81, annex A.3; the flow graph is that of Loeffler, Ligtenberg and Moschytz (1989), as in libjpeg's `jidctint`.
//! Upsampling is libjpeg's "fancy" one, a triangle filter.

use autochrome_color::{Parallel as _, vectorized};
use std::num::Wrapping;

use super::frame::{Component, Frame};

/// What a sample is stored in: 8 bits, or 12 within 16.
pub(super) trait Sample: Copy + Default + Send + Sync + Into<u16> {
    /// The largest value.
    const MAX: u16;
    fn narrow(value: u16) -> Self;
}

impl Sample for u8 {
    const MAX: u16 = 255;
    #[inline(always)]
    fn narrow(value: u16) -> Self {
        value as Self
    }
}

impl Sample for u16 {
    const MAX: u16 = 4095;
    #[inline(always)]
    fn narrow(value: u16) -> Self {
        value
    }
}

/// Transforms whole rows of blocks into rows of samples.
pub(super) fn blocks<T: Sample>(coefficients: &[i16], table: &[u16; 64], stride: usize, to: &mut [T]) {
    // Damaged products run over as they do in libjpeg-turbo, which multiplies in 16 bits.
    let table = table.map(|v| v as i16);
    to.chunks_exact_mut(stride * 64).zip(coefficients.chunks_exact(stride * 64)).parallel_for_each(
        |(rows, from)| {
            vectorized(
                #[inline(always)]
                || {
                    for (x, block) in from.chunks_exact(64).enumerate() {
                        let samples = inverse::<T>(block, &table);
                        for (y, line) in samples.chunks_exact(8).enumerate() {
                            rows[y * stride * 8 + x * 8..][..8].copy_from_slice(line);
                        }
                    }
                },
            );
        },
    );
}

#[inline(always)]
fn inverse<T: Sample>(block: &[i16], table: &[i16; 64]) -> [T; 64] {
    let centre = (f32::from(T::MAX) + 1.0) / 2.0;
    let level = |v: f32| {
        // Beside 2^23 the last bits of a float are those of a whole number: rounding without a conversion.
        let v = v.clamp(0.0, f32::from(T::MAX)) + 8_388_608.0;
        T::narrow(v.to_bits() as u16)
    };
    if block[1..].iter().all(|&v| v == 0) {
        return [level(f32::from(block[0].wrapping_mul(table[0])) / 8.0 + centre); 64];
    }
    let mut rows = [[0f32; 8]; 8];
    for (i, row) in rows.iter_mut().enumerate() {
        for (j, v) in row.iter_mut().enumerate() {
            *v = f32::from(block[i * 8 + j].wrapping_mul(table[i * 8 + j]));
        }
    }
    // Between the passes it keeps 16 bits, two of them a fraction.
    let rows = pass(rows).map(|row| row.map(|v| v.clamp(-8192.0, 8191.75)));
    let rows = transposed(pass(transposed(rows)));
    let mut samples = [T::default(); 64];
    for (i, row) in rows.iter().enumerate() {
        for (j, &v) in row.iter().enumerate() {
            samples[i * 8 + j] = level(v / 8.0 + centre);
        }
    }
    samples
}

#[inline(always)]
fn transposed(rows: [[f32; 8]; 8]) -> [[f32; 8]; 8] {
    std::array::from_fn(|i| std::array::from_fn(|j| rows[j][i]))
}

type Lane = [f32; 8];

#[inline(always)]
fn add(a: Lane, b: Lane) -> Lane {
    std::array::from_fn(|i| a[i] + b[i])
}

#[inline(always)]
fn sub(a: Lane, b: Lane) -> Lane {
    std::array::from_fn(|i| a[i] - b[i])
}

#[inline(always)]
fn mul(a: Lane, factor: f32) -> Lane {
    a.map(|v| v * factor)
}

/// The transform of eight columns at once.
#[inline(always)]
fn pass(r: [Lane; 8]) -> [Lane; 8] {
    let z1 = mul(add(r[2], r[6]), 0.541_196_1);
    let (t2, t3) = (sub(z1, mul(r[6], 1.847_759_1)), add(z1, mul(r[2], 0.765_366_9)));
    let (t0, t1) = (add(r[0], r[4]), sub(r[0], r[4]));
    let (e0, e3, e1, e2) = (add(t0, t3), sub(t0, t3), add(t1, t2), sub(t1, t2));

    let (z1, z2) = (mul(add(r[7], r[1]), -0.899_976_2), mul(add(r[5], r[3]), -2.562_915_5));
    let (z3, z4) = (add(r[7], r[3]), add(r[5], r[1]));
    let z5 = mul(add(z3, z4), 1.175_875_6);
    let (z3, z4) = (add(mul(z3, -1.961_570_6), z5), add(mul(z4, -0.390_180_64), z5));
    let o0 = add(mul(r[7], 0.298_631_34), add(z1, z3));
    let o1 = add(mul(r[5], 2.053_12), add(z2, z4));
    let o2 = add(mul(r[3], 3.072_711), add(z2, z3));
    let o3 = add(mul(r[1], 1.501_321_1), add(z1, z4));
    [add(e0, o3), add(e1, o2), add(e2, o1), add(e3, o0), sub(e3, o0), sub(e2, o1), sub(e1, o2), sub(e0, o3)]
}

/// How three or four components become colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colors {
    /// As they are: gray, RGB, inks.
    Plain,
    /// The first three are Y, Cb and Cr.
    YCbCr,
    /// Y, Cb and Cr of inverted inks, and inverted black: what results is amounts of ink.
    Ycck,
}

/// All components at full size, interleaved, in `T`'s own range.
pub(super) fn interleaved<T: Sample>(frame: &Frame, planes: &[Vec<T>], colors: Colors, to: &mut [T]) {
    let (width, channels) = (frame.width, planes.len());
    to.chunks_exact_mut(width * channels).enumerate().parallel_for_each_with(
        || (vec![vec![T::default(); width + 2]; channels], Vec::new()),
        |(lines, column), (y, row)| {
            vectorized(
                #[inline(always)]
                || {
                    for ((component, plane), line) in
                        frame.components.iter().zip(planes).zip(lines.iter_mut())
                    {
                        full_size_row(frame, component, plane, y, column, line);
                    }
                    combine(lines, colors, width, row);
                },
            );
        },
    );
}

#[inline(always)]
fn full_size_row<T: Sample>(
    frame: &Frame,
    component: &Component,
    plane: &[T],
    y: usize,
    column: &mut Vec<u16>,
    line: &mut [T],
) {
    let stride = component.stride * 8;
    let (wide, high) = (
        (frame.width * component.h).div_ceil(frame.h_max),
        (frame.height * component.v).div_ceil(frame.v_max),
    );
    let row = |at: usize| &plane[at * stride..][..wide];
    let is_double = |of: usize, max: usize| of * 2 == max;
    // libjpeg smooths where both directions are whole or halved, and repeats samples elsewhere.
    let wide_double = is_double(component.h, frame.h_max);
    let tall_double = is_double(component.v, frame.v_max);
    let is_smooth = match (wide_double, component.h == frame.h_max) {
        (true, _) => wide > 2 && (tall_double || component.v == frame.v_max),
        (_, is_whole) => is_whole && tall_double,
    };
    if component.h == frame.h_max && component.v == frame.v_max {
        line[..wide].copy_from_slice(row(y));
        return;
    }
    // Three parts of the nearer row and one of the farther; scaled by 4.
    column.clear();
    if tall_double && is_smooth {
        let near = (y / 2).min(high - 1);
        let far = if y.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(high - 1) };
        column.extend(row(near).iter().zip(row(far)).map(|(&a, &b)| {
            let (a, b): (u16, u16) = (a.into(), b.into());
            3 * a + b
        }));
    } else {
        column.extend(row((y * component.v / frame.v_max).min(high - 1)).iter().map(|&v| v.into() * 4));
    }
    if wide_double && is_smooth {
        let (first, last) = (column[0], column[wide - 1]);
        let shifted = |v: u32| T::narrow((v >> 4) as u16);
        line[0] = shifted(u32::from(first) * 4 + 8);
        // Between two samples lie two pixels.
        for (pair, out) in column.windows(2).zip(line[1..].chunks_exact_mut(2)) {
            let (a, b) = (u32::from(pair[0]), u32::from(pair[1]));
            out[0] = shifted(3 * a + b + 7);
            out[1] = shifted(a + 3 * b + 8);
        }
        if wide * 2 - 1 < line.len() {
            line[wide * 2 - 1] = shifted(u32::from(last) * 4 + 7);
        }
    } else if component.h == frame.h_max {
        for (out, &v) in line.iter_mut().zip(column.iter()) {
            *out = T::narrow((v + 2) >> 2);
        }
    } else {
        for (x, out) in line[..frame.width].iter_mut().enumerate() {
            let v = column[(x * component.h / frame.h_max).min(wide - 1)];
            *out = T::narrow((v + 2) >> 2);
        }
    }
}

#[inline(always)]
fn combine<T: Sample>(lines: &[Vec<T>], colors: Colors, width: usize, row: &mut [T]) {
    match (lines, colors) {
        ([gray], _) => row.copy_from_slice(&gray[..width]),
        ([y, cb, cr], Colors::YCbCr) => {
            let samples = y.iter().zip(cb).zip(cr);
            for (pixel, ((&y, &cb), &cr)) in row.as_chunks_mut::<3>().0.iter_mut().zip(samples) {
                *pixel = to_rgb(y, cb, cr);
            }
        }
        ([y, cb, cr, k], Colors::Ycck) => {
            for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
                let [c, m, y] = to_rgb(y[x], cb[x], cr[x]);
                pixel.copy_from_slice(&[c, m, y, T::narrow(T::MAX - k[x].into())]);
            }
        }
        _ => {
            let channels = lines.len();
            for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
                for (to, line) in pixel.iter_mut().zip(lines) {
                    *to = line[x];
                }
            }
        }
    }
}

/// # Source
/// ITU-R BT.601 at full range, as JFIF has it; 14 bits of fraction.
#[inline(always)]
fn to_rgb<T: Sample>(y: T, cb: T, cr: T) -> [T; 3] {
    const ONE: f64 = 16384.0;
    let middle = i32::from(T::MAX / 2 + 1);
    let wide = |v: T| Wrapping(i32::from(v.into()));
    let (y, cb, cr) = (wide(y), wide(cb) - Wrapping(middle), wide(cr) - Wrapping(middle));
    let base = (y << 14) + Wrapping(1 << 13);
    let part = |v: Wrapping<i32>, factor: f64| v * Wrapping((factor * ONE).round() as i32);
    let narrow = |v: Wrapping<i32>| T::narrow((v >> 14).0.clamp(0, i32::from(T::MAX)) as u16);
    [
        narrow(base + part(cr, 1.402)),
        narrow(base - part(cb, 0.344_136) - part(cr, 0.714_136)),
        narrow(base + part(cb, 1.772)),
    ]
}
