//! Changes of colour that are known cell by cell.

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::upsample::upsample;
use autochrome_color::{Chroma, Plane};

/// Adds a change of a and b, of any size, to the colours of a picture with this luma, along the picture's edges.
pub(crate) fn add(change: &Chroma, luma: &Plane, chroma: &mut Chroma) {
    let (width, height) = chroma.size();
    let change = upsample(&resize_plane(luma, width, height, Filter::Area), change);
    for (plane, change) in [(&mut chroma.a, &change.a), (&mut chroma.b, &change.b)] {
        plane.data_mut().iter_mut().zip(change.data()).for_each(|(sample, change)| *sample += change);
    }
}
