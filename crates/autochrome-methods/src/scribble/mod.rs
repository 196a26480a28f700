//! Colours from strokes: neighbouring pixels of like luma get like colour.

mod affinity;
mod graph;
mod groups;
mod krylov;
mod multigrid;
mod operator;
mod solver;

use autochrome_color::{Chroma, Plane};

use crate::MethodError;

pub(crate) use solver::{Accuracy, Solution, Solver};

/// a and b of a pixel, or whatever is worked out for both at once.
type Pair = [f32; 2];

/// Spreads the colours of `marked` pixels over the whole picture along its luma; marked pixels keep theirs.
///
/// `luma` is L of CIELAB (D65), 0..=100. [`Solver`] does the same for one picture again and again.
///
/// # Shapes
/// `colors` and `marked` have the size of `luma`; what is not marked may hold anything.
///
/// # Errors
/// When the picture is empty, nothing is marked, or a size differs.
pub(crate) fn spread(luma: &Plane, colors: &Chroma, marked: &[bool]) -> Result<Chroma, MethodError> {
    if luma.data().is_empty() {
        return Err(MethodError::EmptyPicture);
    }
    Ok(Solver::new(luma).solve(colors, marked, None, Accuracy::default())?.chroma)
}
