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
    let mut block = [[0; LANES]; 64];
    for (y, line) in lines.iter().enumerate() {
        spread(line, &mut block[8 * y..][..8]);
        pass::<1, 11>(&mut block[8 * y..][..8], |sum| sum << 2);
    }
    for x in 0..8 {
        pass::<8, 15>(&mut block[x..][..57], |sum| (sum + 2) >> 2);
    }
    let mut present = [0; LANES];
    for (place, (values, to)) in block.iter().zip(&mut to.values).enumerate() {
        let (reciprocal, correction) = (table.reciprocals[place], table.corrections[place]);
        let bit = 1_u64 << STORED_AT[place];
        for i in 0..LANES {
            let size = ((values[i].abs() + correction) * reciprocal) >> Quantisation::SHIFT;
            to[i] = if values[i] < 0 { -size } else { size } as i16;
            present[i] |= if size == 0 { 0 } else { bit };
        }
    }
    to.present = present;
}

/// Samples about 0 by column and block.
#[inline(always)]
fn spread(line: &[u8; COLUMNS], to: &mut [Lane]) {
    let blocks = line.as_chunks::<8>().0;
    for (x, to) in to.iter_mut().enumerate() {
        for i in 0..LANES {
            to[i] = (u64::from_le_bytes(blocks[i]) >> (8 * x)) as u8 as i32 - 128;
        }
    }
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

/// One dimension of the transform, of eight values that lie `STEP` apart: `scale` is for sums without a product, those with one lose
/// `SHIFT` bits. Lanes are the innermost loop, which the compiler makes vectors of.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "a lane is a column of `values`")]
fn pass<const STEP: usize, const SHIFT: i32>(values: &mut [Lane], scale: impl Fn(i32) -> i32) {
    let values = &mut values[..7 * STEP + 1];
    let product = |v: i32| (v + (1 << (SHIFT - 1))) >> SHIFT;
    for i in 0..LANES {
        let s: [i32; 8] = std::array::from_fn(|k| values[k * STEP][i]);
        let (a0, a7) = (s[0] + s[7], s[0] - s[7]);
        let (a1, a6) = (s[1] + s[6], s[1] - s[6]);
        let (a2, a5) = (s[2] + s[5], s[2] - s[5]);
        let (a3, a4) = (s[3] + s[4], s[3] - s[4]);

        let (b0, b3, b1, b2) = (a0 + a3, a0 - a3, a1 + a2, a1 - a2);
        let z = (b2 + b3) * 4433;
        values[0][i] = scale(b0 + b1);
        values[4 * STEP][i] = scale(b0 - b1);
        values[2 * STEP][i] = product(z + b3 * 6270);
        values[6 * STEP][i] = product(z + b2 * -15137);

        let (z1, z2) = ((a4 + a7) * -7373, (a5 + a6) * -20995);
        let z5 = (a4 + a6 + a5 + a7) * 9633;
        let (z3, z4) = ((a4 + a6) * -16069 + z5, (a5 + a7) * -3196 + z5);
        values[7 * STEP][i] = product(a4 * 2446 + z1 + z3);
        values[5 * STEP][i] = product(a5 * 16819 + z2 + z4);
        values[3 * STEP][i] = product(a6 * 25172 + z2 + z3);
        values[STEP][i] = product(a7 * 12299 + z1 + z4);
    }
}
