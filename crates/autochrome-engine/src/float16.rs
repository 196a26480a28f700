//! Half precision (IEEE 754 binary16), as weights are stored.

/// The value of a half.
pub(crate) fn to_f32(half: u16) -> f32 {
    let (sign, magnitude) = (u32::from(half & 0x8000) << 16, u32::from(half & 0x7fff) << 13);
    let value = if magnitude < 0x0f80_0000 {
        // The exponent's bias differs by 112; the factor holds for subnormal halves too.
        f32::from_bits(magnitude) * f32::from_bits((127 + 112) << 23)
    } else {
        f32::from_bits(magnitude | 0x7f80_0000)
    };
    f32::from_bits(value.to_bits() | sign)
}

/// The nearest half, of two the even one; `None` where that is not finite.
pub(crate) fn from_f32(value: f32) -> Option<u16> {
    let (sign, magnitude) = ((value.to_bits() >> 16) as u16 & 0x8000, value.abs());
    // NaN is in no range.
    let half = match magnitude {
        // Subnormal halves are multiples of 2⁻²⁴.
        0.0..6.103_515_6e-5 => (magnitude * 16_777_216.0).round_ties_even() as u16,
        6.103_515_6e-5..65520.0 => {
            let bits = magnitude.to_bits() - (112 << 23);
            ((bits + 0xfff + (bits >> 13 & 1)) >> 13) as u16
        }
        _ => return None,
    };
    Some(sign | half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_the_value_of_the_crate_and_comes_back() {
        for bits in 0..=u16::MAX {
            let (ours, theirs) = (to_f32(bits), half::f16::from_bits(bits).to_f32());
            assert!(ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(), "{bits:#x}");
            assert_eq!(from_f32(ours), theirs.is_finite().then_some(bits), "{bits:#x}");
        }
    }

    #[test]
    fn values_between_halves_round_as_in_the_crate() {
        for bits in (0..=u32::MAX).step_by(9973) {
            let value = f32::from_bits(bits);
            let theirs = half::f16::from_f32(value);
            assert_eq!(from_f32(value), theirs.is_finite().then_some(theirs.to_bits()), "{value}");
        }
    }
}
