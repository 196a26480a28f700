//! From colours at the places that are sure to colours everywhere.

use autochrome_color::{Chroma, Plane};

use crate::{MethodError, scribble};

/// A pixel whose colour is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    /// Place in the plane, row by row.
    pub index: usize,
    /// a and b of CIELAB.
    pub ab: [f32; 2],
}

/// The confidence that this share of all pixels has or exceeds.
pub(super) fn of_the_surest(confidence: &Plane, share: f32) -> f32 {
    let mut sorted = confidence.data().to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted.get(((1.0 - share) * sorted.len() as f32) as usize).copied().unwrap_or(0.0)
}

/// The most confident pixel of every cell of `cell_px`², where its confidence is `least` or more.
pub(super) fn confident(confidence: &Plane, cell_px: usize, least: f32) -> Vec<usize> {
    let (width, height) = confidence.size();
    let mut chosen = Vec::new();
    for top in (0..height).step_by(cell_px.max(1)) {
        for left in (0..width).step_by(cell_px.max(1)) {
            let cell = (top..(top + cell_px).min(height))
                .flat_map(|y| (left..(left + cell_px).min(width)).map(move |x| y * width + x));
            let best = cell.fold(None, |best: Option<usize>, i| match best {
                Some(b) if confidence.data()[b] >= confidence.data()[i] => best,
                _ => Some(i),
            });
            chosen.extend(best.filter(|&i| confidence.data()[i] >= least && confidence.data()[i] > 0.0));
        }
    }
    chosen
}

/// Chroma at the size of `luma` that has the known colours at their places and changes where luma does; gray when nothing is
/// known.
///
/// # Errors
/// When `luma` has no pixels.
pub(super) fn spread(luma: &Plane, known: &[Known]) -> Result<Chroma, MethodError> {
    let (width, height) = luma.size();
    let mut colours = Chroma::neutral(width, height);
    if known.is_empty() {
        return Ok(colours);
    }
    let mut marked = vec![false; luma.data().len()];
    for known in known {
        marked[known.index] = true;
        [colours.a.data_mut()[known.index], colours.b.data_mut()[known.index]] = known.ab;
    }
    scribble::spread(luma, &colours, &marked)
}
