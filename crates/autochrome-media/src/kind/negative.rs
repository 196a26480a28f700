//! Whether light and dark are exchanged.
//!
//! Nothing in the lightness tells a negative for certain. A small network ([`polarity`]) compares the picture with its inverse; the threshold is
//! where fewer than one of 200 pictures is taken for a negative, so that plain cases are named and others are not. `tools/polarity/measure.py`
//! counts: docs/training/polarity.md has the figures. Colour film has an orange mask, which tells more: 4 of 887 pictures in colour look as if they had one.

use autochrome_color::Plane;

use super::{Thumbnail, percentiles, polarity};

/// What [`polarity::score`] of a negative is below.
const THRESHOLD: f32 = -3.3;

/// The same for a picture with an orange mask.
const THRESHOLD_MASKED: f32 = 0.0;

/// Shortest side of a picture of which there is something to see, in pixels.
const LEAST_PX: usize = 48;

/// Whether a picture with this luma, made small, is a negative.
pub(super) fn is_negative(luma: &Plane, thumbnail: Option<&Thumbnail>) -> bool {
    if luma.width().min(luma.height()) < LEAST_PX {
        return false;
    }
    let threshold = if thumbnail.is_some_and(has_mask) { THRESHOLD_MASKED } else { THRESHOLD };
    polarity::score(luma) < threshold
}

/// Whether everything is seen through the orange mask of colour negative film: all of it yellow or red, the lightest most of all, and
/// nothing near white.
fn has_mask(Thumbnail { luma, chroma }: &Thumbnail) -> bool {
    let [light, lightest] = percentiles(luma.data(), [0.9, 0.98]);
    if lightest > 88.0 {
        return false;
    }
    let pixels = || luma.data().iter().zip(chroma.a.data().iter().zip(chroma.b.data()));
    let count = pixels().count().max(1);
    let warm = pixels().filter(|&(_, (_, &b))| b > 4.0).count();
    let (mut bright, mut a, mut b) = (0.0_f32, 0.0, 0.0);
    for (_, (&pa, &pb)) in pixels().filter(|&(&l, _)| l >= light) {
        (bright, a, b) = (bright + 1.0, a + pa, b + pb);
    }
    let (a, b) = (a / bright.max(1.0), b / bright.max(1.0));
    let hue = b.atan2(a).to_degrees();
    warm as f32 >= 0.97 * count as f32 && a.hypot(b) >= 25.0 && (30.0..=80.0).contains(&hue)
}
