//! From samples to quantised coefficients: colours, the cosine transform, quantisation.
//!
//! Sixteen blocks that lie side by side are worked on at once, each in a lane of its own, so that the compiler makes vectors of
//! everything and no block is ever transposed.
//!
//! # Source
//! ITU-T T.81, annex A.3; the transform is that of Loeffler, Ligtenberg and Moschytz (1989) in whole numbers, as in libjpeg's
//! `jfdctint`, the colours those of JFIF (ITU-T T.871, section 7).

use super::tables::{Quantisation, ZIGZAG};

/// Blocks that are transformed at once.
pub(super) const LANES: usize = 16;
/// Columns of so many blocks.
pub(super) const COLUMNS: usize = 8 * LANES;

type Lane = [i32; LANES];

/// Quantised coefficients of blocks that lie side by side.
pub(super) struct Group {
    /// By place in the block, in natural order, and by block.
    pub values: [[i16; LANES]; 64],
    /// For every block a bit for each coefficient that is not 0, in the order in which they are stored.
    pub present: [u64; LANES],
}

impl Group {
    pub(super) fn new() -> Self {
        Self { values: [[0; LANES]; 64], present: [0; LANES] }
    }
}

/// Eight lines of samples of a component.
pub(super) type Lines = [[u8; COLUMNS]; 8];

/// Y, Cb and Cr of a line of RGB.
#[inline(always)]
pub(super) fn split_colors(rgb: &[u8], [luma, cb, cr]: [&mut [u8; COLUMNS]; 3]) {
    for (((rgb, luma), cb), cr) in rgb.chunks_exact(3).zip(luma).zip(cb).zip(cr) {
        let [r, g, b] = [rgb[0], rgb[1], rgb[2]].map(i32::from);
        // 16 bits of fraction.
        *luma = ((19595 * r + 38470 * g + 7471 * b + 0x7fff) >> 16) as u8;
        *cb = ((-11059 * r - 21709 * g + 32768 * b + (128 << 16) + 0x7fff) >> 16) as u8;
        *cr = ((32768 * r - 27439 * g - 5329 * b + (128 << 16) + 0x7fff) >> 16) as u8;
    }
}

/// Transforms and quantises sixteen blocks.
#[inline(always)]
pub(super) fn transform(lines: &Lines, table: &Quantisation, to: &mut Group) {
    let mut rows = [[[0; LANES]; 8]; 8];
    for (line, row) in lines.iter().zip(&mut rows) {
        let mut words = [0; LANES];
        for (word, bytes) in words.iter_mut().zip(line.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        let sample = |x: usize| words.map(|word| (word >> (8 * x)) as u8 as i32 - 128);
        *row = pass::<11>(std::array::from_fn(sample), |sum| sum << 2);
    }
    let mut present = [0; LANES];
    for x in 0..8 {
        let column = pass::<15>(std::array::from_fn(|y| rows[y][x]), |sum| (sum + 2) >> 2);
        for (y, values) in column.iter().enumerate() {
            let place = 8 * y + x;
            let (reciprocal, correction) = (table.reciprocals[place], table.corrections[place]);
            let bit = 1_u64 << STORED_AT[place];
            for ((to, present), &value) in to.values[place].iter_mut().zip(&mut present).zip(values) {
                let size = ((value.abs() + correction) * reciprocal) >> Quantisation::SHIFT;
                *to = if value < 0 { -size } else { size } as i16;
                *present |= if size == 0 { 0 } else { bit };
            }
        }
    }
    to.present = present;
}

/// The place in storage of every place in a block.
const STORED_AT: [u8; 64] = {
    let mut at = [0; 64];
    let mut i = 0;
    while i < 64 {
        at[ZIGZAG[i] as usize] = i as u8;
        i += 1;
    }
    at
};

/// One dimension of the transform: `scale` is for sums without a product, those with one lose `SHIFT` bits.
#[inline(always)]
fn pass<const SHIFT: i32>(s: [Lane; 8], scale: impl Fn(i32) -> i32) -> [Lane; 8] {
    let sum = |v: Lane| v.map(&scale);
    let product = |v: Lane| v.map(|v| (v + (1 << (SHIFT - 1))) >> SHIFT);
    let (a0, a7) = (add(s[0], s[7]), sub(s[0], s[7]));
    let (a1, a6) = (add(s[1], s[6]), sub(s[1], s[6]));
    let (a2, a5) = (add(s[2], s[5]), sub(s[2], s[5]));
    let (a3, a4) = (add(s[3], s[4]), sub(s[3], s[4]));

    let (b0, b3, b1, b2) = (add(a0, a3), sub(a0, a3), add(a1, a2), sub(a1, a2));
    let z = mul(add(b2, b3), 4433);
    let even = [
        sum(add(b0, b1)),
        product(add(z, mul(b3, 6270))),
        sum(sub(b0, b1)),
        product(add(z, mul(b2, -15137))),
    ];

    let (z1, z2) = (mul(add(a4, a7), -7373), mul(add(a5, a6), -20995));
    let (z3, z4) = (add(a4, a6), add(a5, a7));
    let z5 = mul(add(z3, z4), 9633);
    let (z3, z4) = (add(mul(z3, -16069), z5), add(mul(z4, -3196), z5));
    let o7 = product(add(mul(a4, 2446), add(z1, z3)));
    let o5 = product(add(mul(a5, 16819), add(z2, z4)));
    let o3 = product(add(mul(a6, 25172), add(z2, z3)));
    let o1 = product(add(mul(a7, 12299), add(z1, z4)));
    [even[0], o1, even[1], o3, even[2], o5, even[3], o7]
}

#[inline(always)]
fn add(a: Lane, b: Lane) -> Lane {
    std::array::from_fn(|i| a[i] + b[i])
}

#[inline(always)]
fn sub(a: Lane, b: Lane) -> Lane {
    std::array::from_fn(|i| a[i] - b[i])
}

#[inline(always)]
fn mul(a: Lane, factor: i32) -> Lane {
    a.map(|v| v * factor)
}
