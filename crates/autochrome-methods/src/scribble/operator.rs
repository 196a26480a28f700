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

    /// The neighbours of a node: which, how strongly the node follows it, and how strongly it follows the node.
    fn couplings(&self, node: usize) -> impl Iterator<Item = (usize, f32, f32)>;
}
