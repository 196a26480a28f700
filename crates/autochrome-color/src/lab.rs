//! sRGB ↔ XYZ ↔ CIELAB (D65), one pixel at a time and whole pictures at once.
//!
//! Whole pictures go through blocks of 128 pixels: a table decodes, a branch-free loop that the compiler vectorises does
//! the arithmetic, a table encodes. XYZ is relative to the white point everywhere (white is 1, 1, 1), which folds the division
//! by the white point into the matrices and makes gray exactly colourless.

use rayon::prelude::*;

use crate::srgb::{self, DECODE_8, DECODE_16, ENCODE_8, ENCODE_16, Encode8};
use crate::{Chroma, Plane, vectorized};

/// Linear sRGB to XYZ (D65), Y of white is 1.
///
/// # Source
/// IEC 61966-2-1, primaries and white point to seven digits.
pub const RGB_TO_XYZ: [[f64; 3]; 3] = [
    [0.412_456_4, 0.357_576_1, 0.180_437_5],
    [0.212_672_9, 0.715_152_2, 0.072_175_0],
    [0.019_333_9, 0.119_192_0, 0.950_304_1],
];

/// XYZ of the white point D65: the row sums of [`RGB_TO_XYZ`].
pub const WHITE: [f64; 3] = [
    RGB_TO_XYZ[0][0] + RGB_TO_XYZ[0][1] + RGB_TO_XYZ[0][2],
    RGB_TO_XYZ[1][0] + RGB_TO_XYZ[1][1] + RGB_TO_XYZ[1][2],
    RGB_TO_XYZ[2][0] + RGB_TO_XYZ[2][1] + RGB_TO_XYZ[2][2],
];

/// Linear sRGB to XYZ relative to white.
pub(crate) const FORWARD: [[f32; 3]; 3] = {
    let mut matrix = [[0.0; 3]; 3];
    let mut row = 0;
    while row < 3 {
        let mut column = 0;
        while column < 3 {
            matrix[row][column] = (RGB_TO_XYZ[row][column] / WHITE[row]) as f32;
            column += 1;
        }
        row += 1;
    }
    matrix
};

/// XYZ relative to white to linear sRGB: the inverse of [`FORWARD`], by cofactors.
pub(crate) const BACKWARD: [[f32; 3]; 3] = {
    let m = RGB_TO_XYZ;
    let determinant = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    let mut matrix = [[0.0; 3]; 3];
    let mut row = 0;
    while row < 3 {
        let mut column = 0;
        while column < 3 {
            let (r1, r2, c1, c2) = ((column + 1) % 3, (column + 2) % 3, (row + 1) % 3, (row + 2) % 3);
            let cofactor = m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
            matrix[row][column] = (cofactor / determinant * WHITE[column]) as f32;
            column += 1;
        }
        row += 1;
    }
    matrix
};

/// Where the cube root of CIELAB gives way to a straight line: (6/29)³.
const EPSILON: f32 = 216.0 / 24_389.0;
/// The line's slope, 841/108, and the value at which it meets the root, 6/29.
const SLOPE: f32 = 841.0 / 108.0;
const MEETING: f32 = 6.0 / 29.0;
const OFFSET: f32 = 4.0 / 29.0;

/// Cube root of a positive normal number to one unit in the last place or so, without a branch or a call.
#[inline(always)]
fn cube_root(value: f32) -> f32 {
    // A third of the bits is a third of the exponent: within 4 %. Halley's step triples the correct digits.
    let mut root = f32::from_bits(value.to_bits() / 3 + 0x2a51_4067);
    for _ in 0..2 {
        let cube = root * root * root;
        root *= (cube + value + value) / (cube + cube + value);
    }
    root
}

/// CIELAB's f: cube root above [`EPSILON`], a straight line below.
#[inline(always)]
fn compress(t: f32) -> f32 {
    let root = cube_root(if t > EPSILON { t } else { EPSILON });
    let line = SLOPE * t + OFFSET;
    if t > EPSILON { root } else { line }
}

/// The inverse of [`compress`].
#[inline(always)]
pub(crate) fn expand(f: f32) -> f32 {
    let cube = f * f * f;
    let line = (f - OFFSET) / SLOPE;
    if f > MEETING { cube } else { line }
}

#[inline(always)]
pub(crate) fn transform(matrix: &[[f32; 3]; 3], [x, y, z]: [f32; 3]) -> [f32; 3] {
    [
        matrix[0][0] * x + matrix[0][1] * y + matrix[0][2] * z,
        matrix[1][0] * x + matrix[1][1] * y + matrix[1][2] * z,
        matrix[2][0] * x + matrix[2][1] * y + matrix[2][2] * z,
    ]
}

#[inline(always)]
fn linear_to_lab(rgb: [f32; 3]) -> [f32; 3] {
    let [x, y, z] = transform(&FORWARD, rgb).map(compress);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// Linear sRGB of CIELAB, outside 0..=1 when the colour is outside the gamut.
#[inline(always)]
pub(crate) fn lab_to_linear([l, a, b]: [f32; 3]) -> [f32; 3] {
    let y = (l + 16.0) * (1.0 / 116.0);
    let x = y + a * (1.0 / 500.0);
    let z = y - b * (1.0 / 200.0);
    transform(&BACKWARD, [expand(x), expand(y), expand(z)])
}

/// XYZ (D65, Y of white is 1) of linear sRGB in 0..=1.
#[must_use]
pub fn linear_to_xyz(rgb: [f32; 3]) -> [f32; 3] {
    let relative = transform(&FORWARD, rgb);
    std::array::from_fn(|i| relative[i] * WHITE[i] as f32)
}

/// Linear sRGB of XYZ (D65, Y of white is 1), outside 0..=1 when the colour is outside the gamut.
#[must_use]
pub fn xyz_to_linear(xyz: [f32; 3]) -> [f32; 3] {
    transform(&BACKWARD, std::array::from_fn(|i| xyz[i] / WHITE[i] as f32))
}

/// CIELAB (D65) of XYZ (Y of white is 1): L in 0..=100, a and b about -110..=100.
///
/// # Source
/// CIE 15:2004, section 8.2.1.
#[must_use]
pub fn xyz_to_lab(xyz: [f32; 3]) -> [f32; 3] {
    let [x, y, z] = std::array::from_fn(|i| compress(xyz[i] / WHITE[i] as f32));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// XYZ (Y of white is 1) of CIELAB (D65).
///
/// # Source
/// CIE 15:2004, section 8.2.1 and its inverse in appendix D.
#[must_use]
pub fn lab_to_xyz([l, a, b]: [f32; 3]) -> [f32; 3] {
    let y = (l + 16.0) / 116.0;
    let f = [y + a / 500.0, y, y - b / 200.0];
    std::array::from_fn(|i| expand(f[i]) * WHITE[i] as f32)
}

/// CIELAB (D65) of sRGB-encoded red, green and blue in 0..=1.
///
/// ```
/// let [l, a, b] = autochrome_color::lab::srgb_to_lab([1.0, 0.0, 0.0]);
/// assert!((l - 53.24).abs() < 0.01 && (a - 80.09).abs() < 0.01 && (b - 67.20).abs() < 0.01);
/// ```
#[must_use]
pub fn srgb_to_lab(rgb: [f32; 3]) -> [f32; 3] {
    linear_to_lab(rgb.map(srgb::to_linear))
}

/// sRGB-encoded red, green and blue of CIELAB (D65), outside 0..=1 when the colour is outside the gamut.
#[must_use]
pub fn lab_to_srgb(lab: [f32; 3]) -> [f32; 3] {
    lab_to_linear(lab).map(srgb::from_linear)
}

/// Pixels in a block: three planes of it stay in the first-level cache.
pub(crate) const BLOCK: usize = 128;
/// Blocks a thread takes at a time.
const RUN: usize = 64 * BLOCK;

/// L, a and b of sRGB bytes (red, green, blue, interleaved).
///
/// # Panics
/// When `rgb` does not hold `3 * width * height` bytes.
#[must_use]
pub fn rgb8_to_lab(rgb: &[u8], width: usize, height: usize) -> (Plane, Chroma) {
    let table = &*DECODE_8;
    rgb_to_lab(rgb, width, height, |code| table[code as usize])
}

/// L, a and b of 16-bit sRGB samples (red, green, blue, interleaved).
///
/// # Panics
/// When `rgb` does not hold `3 * width * height` samples.
#[must_use]
pub fn rgb16_to_lab(rgb: &[u16], width: usize, height: usize) -> (Plane, Chroma) {
    let table = &DECODE_16[..65_536];
    rgb_to_lab(rgb, width, height, |code| table[code as usize])
}

fn rgb_to_lab<S: Copy + Sync>(
    rgb: &[S],
    width: usize,
    height: usize,
    decode: impl Fn(S) -> f32 + Sync,
) -> (Plane, Chroma) {
    assert_eq!(rgb.len(), 3 * width * height, "an RGB picture has three samples a pixel");
    let mut luma = Plane::filled(width, height, 0.0);
    let mut chroma = Chroma::neutral(width, height);
    let planes = luma
        .data_mut()
        .par_chunks_mut(RUN)
        .zip(chroma.a.data_mut().par_chunks_mut(RUN))
        .zip(chroma.b.data_mut().par_chunks_mut(RUN));
    rgb.par_chunks(3 * RUN).zip(planes).for_each(|(rgb, ((l, a), b))| {
        vectorized(
            #[inline(always)]
            || {
                let planes = l.chunks_mut(BLOCK).zip(a.chunks_mut(BLOCK)).zip(b.chunks_mut(BLOCK));
                for (rgb, ((l, a), b)) in rgb.chunks(3 * BLOCK).zip(planes) {
                    let [red, green, blue] = decode_block(rgb, &decode);
                    let count = l.len();
                    let (red, green, blue) = (&red[..count], &green[..count], &blue[..count]);
                    let (a, b) = (&mut a[..count], &mut b[..count]);
                    for i in 0..count {
                        [l[i], a[i], b[i]] = linear_to_lab([red[i], green[i], blue[i]]);
                    }
                }
            },
        );
    });
    (luma, chroma)
}

#[inline(always)]
fn decode_block<S: Copy>(rgb: &[S], decode: impl Fn(S) -> f32) -> [[f32; BLOCK]; 3] {
    let mut linear = [[0.0; BLOCK]; 3];
    let [red, green, blue] = &mut linear;
    for (((pixel, red), green), blue) in rgb.chunks_exact(3).zip(red).zip(green).zip(blue) {
        *red = decode(pixel[0]);
        *green = decode(pixel[1]);
        *blue = decode(pixel[2]);
    }
    linear
}

/// L alone of sRGB bytes (red, green, blue, interleaved).
///
/// # Panics
/// When `rgb` does not hold `3 * width * height` bytes.
#[must_use]
pub fn rgb8_to_luma(rgb: &[u8], width: usize, height: usize) -> Plane {
    let table = &*DECODE_8;
    rgb_to_luma(rgb, width, height, |code| table[code as usize])
}

/// L alone of 16-bit sRGB samples (red, green, blue, interleaved).
///
/// # Panics
/// When `rgb` does not hold `3 * width * height` samples.
#[must_use]
pub fn rgb16_to_luma(rgb: &[u16], width: usize, height: usize) -> Plane {
    let table = &DECODE_16[..65_536];
    rgb_to_luma(rgb, width, height, |code| table[code as usize])
}

fn rgb_to_luma<S: Copy + Sync>(
    rgb: &[S],
    width: usize,
    height: usize,
    decode: impl Fn(S) -> f32 + Sync,
) -> Plane {
    assert_eq!(rgb.len(), 3 * width * height, "an RGB picture has three samples a pixel");
    let mut luma = Plane::filled(width, height, 0.0);
    rgb.par_chunks(3 * RUN).zip(luma.data_mut().par_chunks_mut(RUN)).for_each(|(rgb, l)| {
        vectorized(
            #[inline(always)]
            || {
                for (rgb, l) in rgb.chunks(3 * BLOCK).zip(l.chunks_mut(BLOCK)) {
                    let [red, green, blue] = decode_block(rgb, &decode);
                    for (((l, red), green), blue) in l.iter_mut().zip(&red).zip(&green).zip(&blue) {
                        let y = FORWARD[1][0] * red + FORWARD[1][1] * green + FORWARD[1][2] * blue;
                        *l = 116.0 * compress(y) - 16.0;
                    }
                }
            },
        );
    });
    luma
}

/// L of gray bytes under the curve of sRGB.
///
/// # Panics
/// When `gray` does not hold `width * height` bytes.
#[must_use]
pub fn gray8_to_luma(gray: &[u8], width: usize, height: usize) -> Plane {
    let table: [f32; 256] = std::array::from_fn(|code| linear_to_lab([DECODE_8[code]; 3])[0]);
    gray_to_luma(gray, width, height, |code| table[code as usize])
}

/// L of 16-bit gray samples under the curve of sRGB.
///
/// # Panics
/// When `gray` does not hold `width * height` samples.
#[must_use]
pub fn gray16_to_luma(gray: &[u16], width: usize, height: usize) -> Plane {
    let table = &DECODE_16[..65_536];
    gray_to_luma(gray, width, height, |code| linear_to_lab([table[code as usize]; 3])[0])
}

fn gray_to_luma<S: Copy + Sync>(
    gray: &[S],
    width: usize,
    height: usize,
    luma_of: impl Fn(S) -> f32 + Sync,
) -> Plane {
    assert_eq!(gray.len(), width * height, "a gray picture has one sample a pixel");
    let mut luma = Plane::filled(width, height, 0.0);
    gray.par_chunks(RUN).zip(luma.data_mut().par_chunks_mut(RUN)).for_each(|(gray, luma)| {
        for (gray, luma) in gray.iter().zip(luma) {
            *luma = luma_of(*gray);
        }
    });
    luma
}

/// sRGB bytes (red, green, blue, interleaved) of L, a and b; what lies outside the gamut is cut channel by channel.
///
/// To keep L when colours may lie outside the gamut, use [`render8`](crate::render::render8).
///
/// # Panics
/// When the planes differ in size.
#[must_use]
pub fn lab_to_rgb8(luma: &Plane, chroma: &Chroma) -> Vec<u8> {
    lab_to_rgb(luma, chroma, encode_block_8)
}

/// 16-bit sRGB samples (red, green, blue, interleaved) of L, a and b; what lies outside the gamut is cut channel by channel.
///
/// To keep L when colours may lie outside the gamut, use [`render16`](crate::render::render16).
///
/// # Panics
/// When the planes differ in size.
#[must_use]
pub fn lab_to_rgb16(luma: &Plane, chroma: &Chroma) -> Vec<u16> {
    lab_to_rgb(luma, chroma, encode_block_16)
}

fn lab_to_rgb<S: Copy + Default + Send>(
    luma: &Plane,
    chroma: &Chroma,
    encode: impl Fn(&[[f32; BLOCK]; 3], &mut [S]) + Sync,
) -> Vec<S> {
    assert!(chroma.a.size() == luma.size() && chroma.b.size() == luma.size(), "L, a and b have one size");
    let mut rgb = vec![S::default(); 3 * luma.data().len()];
    let planes =
        luma.data().par_chunks(RUN).zip(chroma.a.data().par_chunks(RUN)).zip(chroma.b.data().par_chunks(RUN));
    rgb.par_chunks_mut(3 * RUN).zip(planes).for_each(|(rgb, ((l, a), b))| {
        vectorized(
            #[inline(always)]
            || {
                let planes = l.chunks(BLOCK).zip(a.chunks(BLOCK)).zip(b.chunks(BLOCK));
                for (rgb, ((l, a), b)) in rgb.chunks_mut(3 * BLOCK).zip(planes) {
                    encode(&linear_block(l, a, b), rgb);
                }
            },
        );
    });
    rgb
}

/// Linear sRGB of up to [`BLOCK`] pixels.
#[inline(always)]
pub(crate) fn linear_block(l: &[f32], a: &[f32], b: &[f32]) -> [[f32; BLOCK]; 3] {
    let count = l.len().min(BLOCK);
    let (l, a, b) = (&l[..count], &a[..count], &b[..count]);
    let mut linear = [[0.0; BLOCK]; 3];
    let [red, green, blue] = &mut linear;
    for i in 0..count {
        [red[i], green[i], blue[i]] = lab_to_linear([l[i], a[i], b[i]]);
    }
    linear
}

/// Bytes of up to [`BLOCK`] pixels of linear sRGB.
#[inline(always)]
pub(crate) fn encode_block_8(linear: &[[f32; BLOCK]; 3], rgb: &mut [u8]) {
    let table = &*ENCODE_8;
    let mut cells = [[0; BLOCK]; 3];
    for (cells, linear) in cells.iter_mut().zip(linear) {
        for (cell, linear) in cells.iter_mut().zip(linear) {
            *cell = Encode8::cell(srgb::unit(*linear));
        }
    }
    let mut codes = [[0; BLOCK]; 3];
    for ((codes, linear), cells) in codes.iter_mut().zip(linear).zip(&cells) {
        for ((code, linear), cell) in codes.iter_mut().zip(linear).zip(cells) {
            *code = table.code(*linear, *cell);
        }
    }
    for (i, pixel) in rgb.as_chunks_mut::<3>().0.iter_mut().enumerate().take(BLOCK) {
        *pixel = [codes[0][i], codes[1][i], codes[2][i]];
    }
}

/// 16-bit samples of up to [`BLOCK`] pixels of linear sRGB.
#[inline(always)]
pub(crate) fn encode_block_16(linear: &[[f32; BLOCK]; 3], rgb: &mut [u16]) {
    let table = &*ENCODE_16;
    for (i, pixel) in rgb.chunks_exact_mut(3).enumerate().take(BLOCK) {
        for channel in 0..3 {
            pixel[channel] = table.code(srgb::unit(linear[channel][i]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use palette::{IntoColor, Lab, Srgb, white_point::D65};

    #[test]
    fn every_8_bit_colour_survives_the_round_trip() {
        (0..=255_u8).into_par_iter().for_each(|red| {
            let mut rgb = Vec::with_capacity(3 * 65_536);
            for green in 0..=255 {
                for blue in 0..=255 {
                    rgb.extend([red, green, blue]);
                }
            }
            let (luma, chroma) = rgb8_to_lab(&rgb, 256, 256);
            assert!(lab_to_rgb8(&luma, &chroma) == rgb, "red {red} changed");
        });
    }

    #[test]
    fn a_grid_of_16_bit_colours_survives_to_one_code() {
        let steps: Vec<u16> = (0..=51).map(|i| i * 1285).chain([1, 2, 3, 100, 1000, 65_534]).collect();
        let mut rgb = Vec::new();
        for &red in &steps {
            for &green in &steps {
                for &blue in &steps {
                    rgb.extend([red, green, blue]);
                }
            }
        }
        let (luma, chroma) = rgb16_to_lab(&rgb, rgb.len() / 3, 1);
        for (got, wanted) in lab_to_rgb16(&luma, &chroma).iter().zip(&rgb) {
            assert!(got.abs_diff(*wanted) <= 1, "{got} for {wanted}");
        }
    }

    #[test]
    fn planes_agree_with_palette() {
        let mut rgb = Vec::new();
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    rgb.extend([red as u8, green as u8, blue as u8]);
                }
            }
        }
        let (luma, chroma) = rgb8_to_lab(&rgb, rgb.len() / 3, 1);
        for (i, pixel) in rgb.chunks_exact(3).enumerate() {
            let wanted: Lab<D65, f64> =
                Srgb::new(pixel[0], pixel[1], pixel[2]).into_format::<f64>().into_color();
            let got = [luma.data()[i], chroma.a.data()[i], chroma.b.data()[i]];
            for (got, wanted) in got.iter().zip([wanted.l, wanted.a, wanted.b]) {
                assert!((f64::from(*got) - wanted).abs() < 0.02, "{pixel:?}: {got} for {wanted}");
            }
        }
    }

    #[test]
    fn gray_has_no_colour_and_the_same_luma_by_every_road() {
        let gray: Vec<u8> = (0..=255).collect();
        let rgb: Vec<u8> = gray.iter().flat_map(|&v| [v; 3]).collect();
        let gray_16: Vec<u16> = gray.iter().map(|&v| u16::from(v) * 257).collect();
        let rgb_16: Vec<u16> = rgb.iter().map(|&v| u16::from(v) * 257).collect();
        let (luma, chroma) = rgb8_to_lab(&rgb, 256, 1);
        let roads = [
            gray8_to_luma(&gray, 256, 1),
            gray16_to_luma(&gray_16, 256, 1),
            rgb8_to_luma(&rgb, 256, 1),
            rgb16_to_luma(&rgb_16, 256, 1),
        ];
        for road in roads {
            for (got, wanted) in road.data().iter().zip(luma.data()) {
                assert!((got - wanted).abs() < 1e-4);
            }
        }
        assert!(chroma.a.data().iter().chain(chroma.b.data()).all(|v| v.abs() < 1e-4));
        assert!(luma.data()[0].abs() < 1e-5 && (luma.data()[255] - 100.0).abs() < 1e-4);
    }

    #[test]
    fn one_pixel_agrees_with_a_plane_of_one_pixel() {
        let (luma, chroma) = rgb8_to_lab(&[200, 30, 90], 1, 1);
        let lab = srgb_to_lab([200.0 / 255.0, 30.0 / 255.0, 90.0 / 255.0]);
        assert!((lab[0] - luma.data()[0]).abs() < 1e-4);
        assert!((lab[1] - chroma.a.data()[0]).abs() < 1e-3);
        assert!((lab[2] - chroma.b.data()[0]).abs() < 1e-3);
        let back = lab_to_srgb(lab);
        assert!((back[0] - 200.0 / 255.0).abs() < 1e-5);
        let xyz = lab_to_xyz(lab);
        let again = xyz_to_lab(linear_to_xyz(xyz_to_linear(xyz)));
        assert!(again.iter().zip(lab).all(|(x, y)| (x - y).abs() < 1e-3));
    }

    #[test]
    fn the_cube_root_is_right_to_a_few_units_in_the_last_place() {
        for step in 0..100_000 {
            let value = EPSILON + step as f32 * 1.2e-5;
            let wanted = f64::from(value).cbrt();
            assert!((f64::from(cube_root(value)) / wanted - 1.0).abs() < 2.5e-7);
        }
    }

    #[test]
    fn an_empty_picture_is_no_trouble() {
        let (luma, chroma) = rgb8_to_lab(&[], 0, 0);
        assert!(lab_to_rgb8(&luma, &chroma).is_empty());
    }
}
