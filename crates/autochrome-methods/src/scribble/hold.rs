//! What a person said holds, whatever a network made of it.
//!
//! A network that was shown hints follows them more or less: it knows places of 4 pixels, and weighs a hint against what it
//! finds likely. So the difference between what was said and what was painted is spread over what looks alike around, as
//! strokes are, and added. It fades with the distance: far from every hint the network knows better.

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::{Chroma, Plane};

use super::canvas::Canvas;
use super::solver::{Accuracy, Solver};
use crate::{Guidance, MethodError};

/// How strongly a difference is pulled towards none; chosen on validation pictures with 1 to 50 hints, docs/training/flagship.md.
const PULL: f32 = 5e-5;

/// Makes `chroma`, a network's answer for a picture with this luma, agree with the points, strokes and marks of `guidance`.
///
/// # Errors
/// None for guidance that fits the picture; those of the solver otherwise.
pub(crate) fn keep_marked_colors(
    luma: &Plane,
    guidance: &Guidance,
    chroma: &mut Chroma,
) -> Result<(), MethodError> {
    let size = chroma.size();
    let canvas = Canvas::new(guidance, size);
    if !canvas.is_marked() {
        return Ok(());
    }
    let mut difference = canvas.colors;
    for (said, painted) in [(&mut difference.a, &chroma.a), (&mut difference.b, &chroma.b)] {
        said.data_mut().iter_mut().zip(painted.data()).for_each(|(said, painted)| *said -= painted);
    }
    let small = resize_plane(luma, size.0, size.1, Filter::Area);
    let mut solver = Solver::new(&small, PULL);
    let (spread, _) = solver.solve(&difference, &canvas.marked, Accuracy::default())?;
    for (painted, more) in [(&mut chroma.a, &spread.a), (&mut chroma.b, &spread.b)] {
        painted.data_mut().iter_mut().zip(more.data()).for_each(|(painted, more)| *painted += more);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Point, Srgb};

    fn red_at(x: f32, y: f32) -> Guidance {
        let mut guidance = Guidance::default();
        guidance.points.push(Point { x, y, radius: 0.0, color: Srgb { red: 200, green: 40, blue: 30 } });
        guidance
    }

    #[test]
    fn a_point_has_its_colour_and_what_looks_alike_follows() {
        // A dark half and a bright one, painted blue by the network.
        let luma: Vec<f32> = (0..64 * 32).map(|i| if i % 64 < 32 { 30.0 } else { 80.0 }).collect();
        let luma = Plane::from_vec(64, 32, luma).unwrap();
        let mut chroma = Chroma { a: Plane::filled(64, 32, 0.0), b: Plane::filled(64, 32, -20.0) };
        keep_marked_colors(&luma, &red_at(0.25, 0.5), &mut chroma).unwrap();
        let [there, beside, across] = [16, 4, 60].map(|x| chroma.a.row(16)[x]);
        assert!(there > 50.0, "{there}");
        assert!(beside > 40.0 && beside < there, "{beside} fades a little from {there}");
        assert!(across.abs() < 10.0, "{across} lies across an edge");
    }

    #[test]
    fn nothing_said_changes_nothing() {
        let mut chroma = Chroma { a: Plane::filled(8, 8, 3.0), b: Plane::filled(8, 8, -4.0) };
        let before = chroma.clone();
        keep_marked_colors(&Plane::filled(16, 16, 50.0), &Guidance::default(), &mut chroma).unwrap();
        keep_marked_colors(&Plane::filled(16, 16, 50.0), &red_at(7.0, 7.0), &mut chroma).unwrap();
        assert_eq!(chroma, before, "points outside say nothing");
    }
}
