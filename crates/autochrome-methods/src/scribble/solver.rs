//! Known colours spread over a picture: the least change of colour where luma changes least.

use autochrome_color::{Chroma, Plane};
use rayon::prelude::*;

use super::Pair;
use super::affinity::{Affinity, Equations};
use super::graph::Graph;
use super::groups::Groups;
use super::krylov::{add_scaled, dot, largest, subtract};
use super::multigrid::{Coarse, ratio};
use super::operator::Operator;
use crate::{GuidanceKind, MethodError};

/// Directions that a new one is made independent of.
const REMEMBERED: usize = 4;

/// How exactly to solve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accuracy {
    /// Largest error that may be left anywhere, as a share of the strongest colour that is known; an estimate.
    pub tolerance: f32,
    /// Steps after which the answer is taken as it is.
    pub most_steps: usize,
}

impl Default for Accuracy {
    /// A hundredth of what an eye could see in the strongest colours.
    fn default() -> Self {
        Self { tolerance: 1e-4, most_steps: 60 }
    }
}

/// A picture, ready to have colours spread over it again and again.
///
/// What depends on luma alone is worked out once, so that a stroke more costs less than the first.
pub(crate) struct Solver {
    affinity: Affinity,
    groups: Groups,
}

/// Colours for every pixel.
pub(crate) struct Solution {
    /// a and b of CIELAB (D65), at the size of the picture.
    pub chroma: Chroma,
    /// How many steps it took.
    pub steps: usize,
}

impl Solver {
    /// For a picture with this luma (L of CIELAB, D65, 0..=100), of at least one pixel.
    pub(crate) fn new(luma: &Plane) -> Self {
        let affinity = Affinity::new(luma);
        let groups = Groups::new(&affinity);
        Self { affinity, groups }
    }

    /// Spreads the colours of the pixels that are `marked` over all others; marked ones keep theirs.
    ///
    /// `start` is an answer for nearly the same marks, from which less is left to do.
    ///
    /// # Shapes
    /// `colors`, `marked` and `start` have the size of the picture.
    ///
    /// # Errors
    /// When nothing is marked, or a size differs.
    pub(crate) fn solve(
        &self,
        colors: &Chroma,
        marked: &[bool],
        start: Option<&Chroma>,
        accuracy: Accuracy,
    ) -> Result<Solution, MethodError> {
        let (width, height) = self.affinity.size();
        if colors.size() != (width, height)
            || marked.len() != width * height
            || start.is_some_and(|start| start.size() != (width, height))
        {
            return Err(MethodError::GuidanceUnfit {
                kind: GuidanceKind::Marks,
                reason: format!("they are not {width} × {height} pixels, as the picture is"),
            });
        }
        if !marked.contains(&true) {
            return Err(MethodError::GuidanceUnfit {
                kind: GuidanceKind::Marks,
                reason: "nothing is marked; mark at least one pixel".to_owned(),
            });
        }
        let mut known = vec![false; self.affinity.len()];
        let mut values = vec![[0.0; 2]; self.affinity.len()];
        for y in 0..height {
            let row = y * width..(y + 1) * width;
            let place = self.affinity.place(0, y);
            known[place..place + width].copy_from_slice(&marked[row.clone()]);
            for (x, i) in row.enumerate() {
                let source = if marked[i] { Some(colors) } else { start };
                values[place + x] = source.map_or([0.0; 2], |chroma| [chroma.a.data()[i], chroma.b.data()[i]].map(finite));
            }
        }
        let steps = self.relax(&known, &mut values, accuracy);
        let plane = |channel: usize| {
            let rows = (0..height).flat_map(|y| &values[self.affinity.place(0, y)..][..width]);
            Plane::from_vec(width, height, rows.map(|pair| pair[channel]).collect()).unwrap_or_default()
        };
        Ok(Solution { chroma: Chroma { a: plane(0), b: plane(1) }, steps })
    }

    /// Settles what is not `known`; the number of steps it took.
    fn relax(&self, known: &[bool], values: &mut [Pair], accuracy: Accuracy) -> usize {
        let equations = Equations::new(&self.affinity, known);
        let first = Graph::new(&self.groups, |place, tell| {
            if equations.is_unknown(place) {
                self.affinity.row(place).for_each(|(other, weight)| {
                    tell(equations.is_unknown(other).then_some(other), weight);
                });
            }
        });
        let coarse = Coarse::new(first);
        if std::env::var("TRACE").is_ok() { eprintln!("{:?}", coarse.sizes()); }

        let enough = accuracy.tolerance * largest(values);
        let mut rest = vec![[0.0; 2]; values.len()];
        equations.apply(values, &mut rest);
        rest.par_iter_mut().with_min_len(4096).for_each(|pair| *pair = [-pair[0], -pair[1]]);
        // Generalised conjugate residuals: directions, what the equations make of them, and the squares of that.
        let mut directions: Vec<(Vec<Pair>, Vec<Pair>, [f64; 2])> = Vec::new();
        for step in 0..accuracy.most_steps {
            let mut direction = coarse.cycle(&equations, &self.groups, &rest);
            let missing = largest(&direction);
            if std::env::var("TRACE").is_ok() { eprintln!("{step}: missing {missing} enough {enough} rest {:?}", dot(&rest,&rest)); }
            if missing <= enough {
                add_scaled(values, [1.0; 2], &direction);
                return step + 1;
            }
            let mut image = vec![[0.0; 2]; values.len()];
            equations.apply(&direction, &mut image);
            for (old, old_image, square) in &directions {
                let overlap = ratio(dot(&image, old_image), *square);
                subtract(&mut direction, overlap, old);
                subtract(&mut image, overlap, old_image);
            }
            let square = dot(&image, &image);
            let share = ratio(dot(&rest, &image), square);
            add_scaled(values, share, &direction);
            subtract(&mut rest, share, &image);
            if directions.len() == REMEMBERED {
                directions.remove(0);
            }
            directions.push((direction, image, square));
        }
        accuracy.most_steps
    }
}

fn finite(value: f32) -> f32 {
    if value.is_finite() { value } else { 0.0 }
}
