//! Whether colour ends where things end.

use autochrome_color::{Chroma, Plane};

/// Rise of L a pixel, in either direction, from which a place counts as an edge of the picture.
const LUMA_EDGE: f32 = 3.0;

/// How many pixels beside such an edge colour may still change: chroma is coarser than luma in most photographs.
const NEAR_PX: usize = 2;

/// Mean chroma gradient below which a picture has no colour edges to judge.
const LEAST_GRADIENT: f64 = 0.05;

/// How colour edges lie to the edges of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edges {
    /// Σ|∇C|·|∇L| ⁄ √(Σ|∇C|²·Σ|∇L|²), 0..=1: how alike the strengths of colour and luma edges are distributed.
    pub agreement: f32,
    /// Share of Σ|∇C|² farther than 2 px from any |∇L| of 3 or more, 0..=1: colour that changes where nothing ends.
    pub bleeding: f32,
}

/// Edges of a picture in CIELAB (D65); `None` when it has no colour edges, or no edges at all.
///
/// Gradients are central differences; |∇C|² is |∇a|² + |∇b|². Photographs have colour edges without luma edges too, so a
/// figure means something only beside the truth's.
///
/// # Panics
/// When the planes differ in size.
#[must_use]
pub fn edges(luma: &Plane, chroma: &Chroma) -> Option<Edges> {
    assert!(luma.size() == chroma.a.size() && luma.size() == chroma.b.size(), "planes of one size");
    let luma_squares = gradient_squares(luma);
    let mut chroma_squares = gradient_squares(&chroma.a);
    chroma_squares.iter_mut().zip(gradient_squares(&chroma.b)).for_each(|(sum, b)| *sum += b);
    let near = near_edges(&luma_squares, luma.width());

    let (mut cross, mut luma_power, mut chroma_power, mut far_power, mut chroma_sum) =
        (0.0, 0.0, 0.0, 0.0, 0.0);
    for ((&l, &c), near) in luma_squares.iter().zip(&chroma_squares).zip(near) {
        let (l, c) = (f64::from(l), f64::from(c));
        cross += (l * c).sqrt();
        luma_power += l;
        chroma_power += c;
        chroma_sum += c.sqrt();
        far_power += if near { 0.0 } else { c };
    }
    let judged = chroma_sum >= LEAST_GRADIENT * luma_squares.len() as f64 && luma_power * chroma_power > 0.0;
    judged.then(|| Edges {
        agreement: (cross / (luma_power * chroma_power).sqrt()) as f32,
        bleeding: (far_power / chroma_power) as f32,
    })
}

/// Squared length of the gradient at every sample; the border repeats.
fn gradient_squares(plane: &Plane) -> Vec<f32> {
    let (width, height) = plane.size();
    let mut squares = Vec::with_capacity(width * height);
    for y in 0..height {
        let (above, row, below) =
            (plane.row(y.saturating_sub(1)), plane.row(y), plane.row((y + 1).min(height - 1)));
        for x in 0..width {
            let dx = 0.5 * (row[(x + 1).min(width - 1)] - row[x.saturating_sub(1)]);
            let dy = 0.5 * (below[x] - above[x]);
            squares.push(dx * dx + dy * dy);
        }
    }
    squares
}

/// Whether an edge of the picture lies within [`NEAR_PX`] of each sample, rows first, then columns.
fn near_edges(luma_squares: &[f32], width: usize) -> Vec<bool> {
    let edge: Vec<bool> = luma_squares.iter().map(|&square| square >= LUMA_EDGE * LUMA_EDGE).collect();
    let height = edge.len().checked_div(width).unwrap_or(0);
    let window = |i: usize, size: usize| i.saturating_sub(NEAR_PX)..(i + NEAR_PX + 1).min(size);
    let mut beside = Vec::with_capacity(edge.len());
    for row in edge.chunks_exact(width.max(1)) {
        beside.extend((0..width).map(|x| row[window(x, width)].contains(&true)));
    }
    (0..edge.len()).map(|i| window(i / width, height).any(|y| beside[y * width + i % width])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two halves, dark and light, and a colour that begins `late` pixels after the light half.
    fn halves(late: usize) -> (Plane, Chroma) {
        let plane = |edge: usize, low: f32, high: f32| {
            let row: Vec<f32> = (0..64).map(|x| if x < edge { low } else { high }).collect();
            Plane::from_vec(64, 40, row.repeat(40)).unwrap()
        };
        (plane(32, 20.0, 80.0), Chroma { a: plane(32 + late, 0.0, 40.0), b: plane(32 + late, 0.0, 30.0) })
    }

    #[test]
    fn colour_that_ends_with_its_thing_agrees_and_does_not_bleed() {
        let (luma, chroma) = halves(0);
        let edges = edges(&luma, &chroma).unwrap();
        assert!((edges.agreement - 1.0).abs() < 1e-6 && edges.bleeding == 0.0, "{edges:?}");
    }

    #[test]
    fn colour_that_runs_over_bleeds() {
        let (luma, chroma) = halves(8);
        let edges = edges(&luma, &chroma).unwrap();
        assert!(edges.agreement < 1e-6 && (edges.bleeding - 1.0).abs() < 1e-6, "{edges:?}");
    }

    #[test]
    fn two_pixels_beside_an_edge_are_forgiven() {
        let (luma, chroma) = halves(1);
        assert_eq!(edges(&luma, &chroma).unwrap().bleeding, 0.0);
    }

    #[test]
    fn a_picture_without_colour_edges_is_not_judged() {
        let (luma, _) = halves(0);
        assert_eq!(edges(&luma, &Chroma::neutral(64, 40)), None);
        assert_eq!(edges(&Plane::default(), &Chroma::default()), None);
    }
}
