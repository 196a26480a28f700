//! A change of colours, known on a grid over CIELAB and interpolated in between.

use autochrome_color::{Chroma, Parallel as _, Plane, parallel};

/// Steps of 6.25 in L and of 4 in a and b.
const L_NODES: usize = 17;
const L_STEP: f32 = 100.0 / (L_NODES - 1) as f32;
const AB_NODES: usize = 57;
const AB_STEP: f32 = 4.0;
const AB_LEAST: f32 = -112.0;

/// What every colour becomes: a and b of CIELAB (D65) for nodes of L, a and b; L itself stays.
pub(super) struct Lattice {
    nodes: Vec<[f32; 2]>,
}

impl Lattice {
    /// Every colour stays as it is.
    pub(super) fn identity() -> Self {
        let node = |i: usize| {
            let (a, b) = (i / AB_NODES % AB_NODES, i % AB_NODES);
            [a, b].map(|at| AB_LEAST + AB_STEP * at as f32)
        };
        Self { nodes: (0..L_NODES * AB_NODES * AB_NODES).map(node).collect() }
    }

    /// Makes another change of what came out so far; `change` is given L, a and b.
    pub(super) fn compose(&mut self, change: impl Fn([f32; 3]) -> [f32; 2] + Sync) {
        parallel::for_each_mut(&mut self.nodes, AB_NODES * AB_NODES, |i, node| {
            let l = (i / (AB_NODES * AB_NODES)) as f32 * L_STEP;
            *node = change([l, node[0], node[1]]);
        });
    }

    /// `colors` after the change, or between before and after by `strength`, 0..=1.
    ///
    /// # Shapes
    /// `luma` and `colors` have one size.
    pub(super) fn apply(&self, luma: &Plane, colors: &Chroma, strength: f32) -> Chroma {
        let mut changed = colors.clone();
        const PIECE: usize = 4096;
        let planes = changed.a.data_mut().chunks_mut(PIECE).zip(changed.b.data_mut().chunks_mut(PIECE));
        planes.zip(luma.data().chunks(PIECE)).parallel_for_each(|((a, b), luma)| {
            for ((a, b), &l) in a.iter_mut().zip(b).zip(luma) {
                let [new_a, new_b] = self.interpolate([l, *a, *b]);
                *a += strength * (new_a - *a);
                *b += strength * (new_b - *b);
            }
        });
        changed
    }

    /// What one colour becomes: between the eight nodes around it, by how near they are.
    fn interpolate(&self, [l, a, b]: [f32; 3]) -> [f32; 2] {
        let (l, l_share) = cell(l / L_STEP, L_NODES);
        let (a, a_share) = cell((a - AB_LEAST) / AB_STEP, AB_NODES);
        let (b, b_share) = cell((b - AB_LEAST) / AB_STEP, AB_NODES);
        let mut sum = [0.0; 2];
        for corner in 0..8_usize {
            let (up_l, up_a, up_b) = (corner >> 2, corner >> 1 & 1, corner & 1);
            let share = |up: usize, share: f32| if up == 1 { share } else { 1.0 - share };
            let weight = share(up_l, l_share) * share(up_a, a_share) * share(up_b, b_share);
            let node = self.nodes[((l + up_l) * AB_NODES + a + up_a) * AB_NODES + b + up_b];
            sum[0] += weight * node[0];
            sum[1] += weight * node[1];
        }
        sum
    }
}

/// The cell of a coordinate in steps, and the share of its upper side; what lies outside belongs to the border.
fn cell(at: f32, nodes: usize) -> (usize, f32) {
    let last = (nodes - 1) as f32;
    let at = if at > 0.0 { at.min(last) } else { 0.0 };
    let cell = (at as usize).min(nodes - 2);
    (cell, at - cell as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_change_is_no_change() {
        for color in [[0.0, 0.0, 0.0], [50.0, 30.3, -61.7], [100.0, -86.0, 83.0], [33.3, 98.0, 94.0]] {
            let [a, b] = Lattice::identity().interpolate(color);
            assert!((a - color[1]).abs() < 1e-4 && (b - color[2]).abs() < 1e-4, "{color:?} became {a}, {b}");
        }
    }

    #[test]
    fn changes_follow_one_another() {
        let mut lattice = Lattice::identity();
        lattice.compose(|[_, a, b]| [a + 8.0, b]);
        lattice.compose(|[l, a, b]| [2.0 * a, b + l]);
        let [a, b] = lattice.interpolate([50.0, 1.0, 2.0]);
        assert!((a - 18.0).abs() < 1e-4 && (b - 52.0).abs() < 1e-4, "{a}, {b}");
    }
}
