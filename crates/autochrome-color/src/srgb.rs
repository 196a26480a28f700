//! The transfer curve of sRGB, as formulas and as the tables that make it fast.

use std::sync::LazyLock;

/// Linear light of an sRGB-encoded value; both 0..=1, the linear segment continues below 0 and the power above 1.
///
/// # Source
/// IEC 61966-2-1.
///
/// ```
/// assert!((autochrome_color::srgb::to_linear(0.5) - 0.214_041).abs() < 1e-6);
/// ```
#[must_use]
pub fn to_linear(encoded: f32) -> f32 {
    if encoded <= 0.04045 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

/// sRGB-encoded value of linear light; both 0..=1, the inverse of [`to_linear`].
///
/// # Source
/// IEC 61966-2-1.
#[must_use]
pub fn from_linear(linear: f32) -> f32 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

fn to_linear_exact(encoded: f64) -> f64 {
    if encoded <= 0.04045 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

fn from_linear_exact(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

/// Adding this to a float in 0..2^22 leaves the nearest integer in the low bits: a rounding that every machine vectorises.
const ROUND_MAGIC: f32 = 8_388_608.0;

/// The nearest integer of a value in 0..2^22.
#[inline(always)]
fn round_to_u32(value: f32) -> u32 {
    (value + ROUND_MAGIC).to_bits() & 0x003f_ffff
}

/// `value` limited to 0..=1; NaN becomes 0.
#[inline(always)]
pub(crate) fn unit(value: f32) -> f32 {
    // Comparisons in this order compile to one `max` and one `min`, and send NaN to 0.
    let value = if value > 0.0 { value } else { 0.0 };
    if value < 1.0 { value } else { 1.0 }
}

/// Linear light of every 8-bit code.
pub(crate) static DECODE_8: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|code| to_linear_exact(code as f64 / 255.0) as f32));

/// Linear light of every 16-bit code.
pub(crate) static DECODE_16: LazyLock<Vec<f32>> = LazyLock::new(|| {
    (0..=65_535_u32).map(|code| to_linear_exact(f64::from(code) / 65_535.0) as f32).collect()
});

const GUESS_STEPS: f32 = 4095.0;

/// Linear light to the nearest 8-bit code: a guess by table, put right by one comparison.
///
/// Two thresholds are never closer than 1 / (255 · 12.92), so a cell of the guess table holds at most one.
///
/// Codes have 32 bits so that the compiler can gather many at once.
pub(crate) struct Encode8 {
    guess: [u32; 4096],
    threshold: [f32; 256],
}

pub(crate) static ENCODE_8: LazyLock<Encode8> = LazyLock::new(|| Encode8 {
    guess: std::array::from_fn(|cell| {
        let lowest = ((cell as f64 - 0.5) / f64::from(GUESS_STEPS) - 1e-6).max(0.0);
        (from_linear_exact(lowest) * 255.0).round().min(255.0) as u32
    }),
    threshold: std::array::from_fn(|code| match code {
        255 => f32::INFINITY,
        _ => to_linear_exact((code as f64 + 0.5) / 255.0) as f32,
    }),
});

impl Encode8 {
    /// The cell of the guess table for linear light in 0..=1.
    #[inline(always)]
    pub(crate) fn cell(linear: f32) -> u32 {
        round_to_u32(linear * GUESS_STEPS)
    }

    /// The code for `linear`, whose cell is `cell`.
    #[inline(always)]
    pub(crate) fn code(&self, linear: f32, cell: u32) -> u8 {
        let guess = self.guess[(cell & 0xfff) as usize];
        (guess + u32::from(linear >= self.threshold[(guess & 0xff) as usize])) as u8
    }
}

const KNEE: f32 = 0.003_130_8;
/// The table starts at 2^-9, below the knee, and has 256 straight pieces an octave.
const PIECE_SHIFT: u32 = 15;
const FIRST_PIECE: u32 = (118 << 23) >> PIECE_SHIFT;
const PIECES: usize = 9 * 256 + 1;

/// Linear light to the nearest 16-bit code by straight pieces, at most 0.04 codes off the curve.
pub(crate) struct Encode16 {
    pieces: Vec<[f32; 2]>,
}

pub(crate) static ENCODE_16: LazyLock<Encode16> = LazyLock::new(|| Encode16 {
    pieces: (0..PIECES as u32)
        .map(|piece| {
            let edge = |at: u32| f64::from(f32::from_bits((FIRST_PIECE + at) << PIECE_SHIFT));
            let curve = |linear: f64| (1.055 * linear.powf(1.0 / 2.4) - 0.055) * 65_535.0;
            let (left, right) = (edge(piece), edge(piece + 1));
            let slope = (curve(right) - curve(left)) / (right - left);
            // Half of the sag in the middle of the piece, so that the error has both signs.
            let middle = f64::midpoint(left, right);
            let sag = curve(middle) - f64::midpoint(curve(left), curve(right));
            [slope as f32, (curve(left) - slope * left + sag / 2.0) as f32]
        })
        .collect(),
});

impl Encode16 {
    /// The code for linear light in 0..=1.
    #[inline(always)]
    pub(crate) fn code(&self, linear: f32) -> u16 {
        let piece = (linear.to_bits() >> PIECE_SHIFT).wrapping_sub(FIRST_PIECE) as usize;
        let [slope, offset] =
            if linear <= KNEE { [12.92 * 65_535.0, 0.0] } else { self.pieces[piece.min(PIECES - 1)] };
        round_to_u32(slope * linear + offset).min(65_535) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_8_bit_code_survives_decoding_and_encoding() {
        for code in 0..=255_u8 {
            let linear = DECODE_8[code as usize];
            assert_eq!(ENCODE_8.code(linear, Encode8::cell(linear)), code);
        }
    }

    #[test]
    fn every_16_bit_code_survives_decoding_and_encoding() {
        for code in 0..=65_535_u16 {
            assert_eq!(ENCODE_16.code(DECODE_16[code as usize]), code);
        }
    }

    #[test]
    fn the_8_bit_table_rounds_as_the_formula_does() {
        for step in 0..=1_000_000_u32 {
            let linear = step as f32 / 1e6;
            let wanted = from_linear_exact(f64::from(linear)) * 255.0;
            let got = f64::from(ENCODE_8.code(linear, Encode8::cell(linear)));
            assert!((got - wanted).abs() <= 0.5 + 1e-4, "{linear}: {got} for {wanted}");
        }
    }

    #[test]
    fn the_16_bit_table_rounds_as_the_formula_does() {
        for step in 0..=1_000_000_u32 {
            let linear = step as f32 / 1e6;
            let wanted = from_linear_exact(f64::from(linear)) * 65_535.0;
            let got = f64::from(ENCODE_16.code(linear));
            assert!((got - wanted).abs() <= 0.55, "{linear}: {got} for {wanted}");
        }
    }

    #[test]
    fn the_curve_and_its_inverse_agree() {
        for step in 0..=1000 {
            let value = step as f32 / 1000.0;
            assert!((from_linear(to_linear(value)) - value).abs() < 2e-6);
        }
    }

    #[test]
    fn unit_sends_nan_to_black() {
        assert_eq!([unit(f32::NAN), unit(-1.0), unit(0.25), unit(7.0)], [0.0, 0.0, 0.25, 1.0]);
    }
}
