//! A wash of the tone that a picture had: its sepia under the colours that it got.

use autochrome_color::resize::{Filter, fit_within, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};
use autochrome_media::ToneCurve;

/// How much of the tone stays.
const SHARE: f32 = 0.4;

/// Chroma is made at least this large, in pixels of its longer side, so that the tone follows the lightness.
const LEAST_PX: usize = 256;

/// `chroma` with a share of the colour that each lightness had; `luma` is that of the picture.
pub(crate) fn with_wash(chroma: &Chroma, luma: &Plane, tone: &ToneCurve) -> Chroma {
    let (mut width, mut height) = chroma.size();
    if width.max(height) < LEAST_PX {
        (width, height) = fit_within(luma.width(), luma.height(), LEAST_PX);
    }
    let mut chroma = resize_chroma(chroma, width, height, Filter::Bilinear);
    let luma = resize_plane(luma, width, height, Filter::Area);
    let Chroma { a, b } = &mut chroma;
    for ((&l, a), b) in luma.data().iter().zip(a.data_mut()).zip(b.data_mut()) {
        let [tone_a, tone_b] = tone.at(l);
        *a += SHARE * tone_a;
        *b += SHARE * tone_b;
    }
    chroma
}
