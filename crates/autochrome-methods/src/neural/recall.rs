//! The colours of a memory over the network's own.
//!
//! A cell's colours move as a whole, so that what the network sees within it stays.

use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};

use super::uncertainty;
use crate::example::memory::Recalled;

/// Distance in ab by which a point of colour moves a cell at which half of the memory counts there.
const SAID: f32 = 10.0;

/// Moves the colours of `chroma`, an answer for a picture with this luma, to those that are remembered. Where `chroma` follows points of
/// colour, `own` is the answer without them: what they changed keeps their colours.
pub(super) fn blend(recalled: &Recalled, luma: &Plane, own: Option<&Chroma>, chroma: &mut Chroma) {
    let (width, height) = recalled.size;
    let small = resize_chroma(chroma, width, height, Filter::Area);
    let own = own.map(|own| resize_chroma(own, width, height, Filter::Area));
    let mut change = Chroma::neutral(width, height);
    for (cell, ([a, b], share)) in recalled.colors.iter().zip(&recalled.shares).enumerate() {
        let at = |chroma: &Chroma| [chroma.a.data()[cell], chroma.b.data()[cell]];
        let here = at(&small);
        let said = own.as_ref().map_or(0.0, |own| {
            let own = at(own);
            (here[0] - own[0]).hypot(here[1] - own[1]) / SAID
        });
        let share = share / (1.0 + said * said);
        change.a.data_mut()[cell] = share * (a - here[0]);
        change.b.data_mut()[cell] = share * (b - here[1]);
    }
    let (width, height) = chroma.size();
    uncertainty::add(&change, &resize_plane(luma, width, height, Filter::Area), chroma);
}
