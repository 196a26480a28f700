//! What the levels of the multigrid have in common, whether their nodes are pixels or groups of them.

use super::Pair;

/// A system of linear equations with two right-hand sides, for the colours a and b at once.
pub(super) trait Operator: Sync {
    /// Number of rows, those without an unknown included.
    fn nodes(&self) -> usize;

    /// Whether the node has an equation; the others stay 0 everywhere.
    fn is_unknown(&self, node: usize) -> bool;

    /// The operator applied to `values`.
    fn apply(&self, values: &[Pair], out: &mut [Pair]);

    /// One sweep of Gauss-Seidel towards `right`, from `values` or, where there are none, from 0.
    ///
    /// Nodes are worked on in fixed blocks; within a block in order or against it, between blocks with the values from before,
    /// so that the outcome is the same with any number of threads.
    fn sweep(&self, values: Option<&[Pair]>, right: &[Pair], out: &mut [Pair], forward: bool);
}

/// A graph with weights that may differ in the two directions of an edge.
pub(super) trait Couplings: Sync {
    /// Number of nodes.
    fn nodes(&self) -> usize;

    /// Sum of all that a node is coupled to.
    fn diagonal(&self, node: usize) -> f32;

    /// The neighbours of a node: which, how strongly the node follows it, and how strongly it follows the node.
    fn couplings(&self, node: usize) -> impl Iterator<Item = (usize, f32, f32)>;
}

pub(super) fn balance(graph: &impl Couplings) -> Vec<f32> {
    let rounds: usize = std::env::var("ROUNDS").map_or(4, |r| r.parse().unwrap());
    let nodes = graph.nodes();
    let mut scale: Vec<f32> = (0..nodes).map(|n| 1.0 / graph.diagonal(n)).map(|s| if s.is_finite() { s } else { 0.0 }).collect();
    let gs = std::env::var("GS").is_ok();
    for round in 0..rounds {
        if gs {
            for step in 0..nodes {
                let n = if round % 2 == 0 { step } else { nodes - 1 - step };
                let d = graph.diagonal(n);
                if d <= 0.0 { continue; }
                let inflow: f32 = graph.couplings(n).map(|(other, _, theirs)| scale[other] * theirs).sum();
                scale[n] = (inflow / d).max(1e-6);
            }
            continue;
        }
        scale = (0..nodes).map(|n| {
            let d = graph.diagonal(n);
            if d <= 0.0 { return 0.0; }
            let inflow: f32 = graph.couplings(n).map(|(other, _, theirs)| scale[other] * theirs).sum();
            (0.5 * scale[n] + 0.5 * inflow / d).max(1e-6)
        }).collect();
    }
    scale
}
