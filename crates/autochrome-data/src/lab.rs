//! Crops to CIELAB.

use autochrome_color::lab::rgb8_to_lab;

use crate::picture::Picture;

/// L (0..=100) of every pixel into `luma`, a and b one after the other into `ab` (D65).
pub(crate) fn convert(picture: &Picture, luma: &mut [f32], ab: &mut [f32]) {
    let (l, chroma) = rgb8_to_lab(&picture.rgb, picture.width, picture.height);
    // The conversion's rounding may pass white by a few millionths.
    luma.iter_mut().zip(l.data()).for_each(|(out, l)| *out = l.clamp(0.0, 100.0));
    let (a, b) = ab.split_at_mut(luma.len());
    a.copy_from_slice(chroma.a.data());
    b.copy_from_slice(chroma.b.data());
}
