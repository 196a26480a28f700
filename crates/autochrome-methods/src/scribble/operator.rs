//! What the levels of the multigrid have in common, whether their nodes are pixels or groups of them.

use super::Pair;
use super::groups::Groups;

/// A system of linear equations with two right-hand sides, for the colours a and b at once.
///
/// Sweeps work on nodes in fixed blocks; within a block in order or against it, between blocks with the values from before,
/// so that the outcome is the same with any number of threads. Each tells what it leaves too: a sweep has just met most of a
/// row's terms, so that costs half of what applying the equations would.
pub(super) trait Operator: Sync {
    /// Number of rows, those without an unknown included; the latter stay 0 everywhere.
    fn nodes(&self) -> usize;

    /// One sweep of Gauss-Seidel in order, from 0 towards `right`: `values`, and the residual.
    fn sweep_down(&self, right: &[Pair], values: &mut [Pair], residual: &mut [Pair]);

    /// One sweep against the order, from `values` with the `correction` of their groups towards `right`: `out`, and its image
    /// under the equations.
    ///
    /// `values` may be used as room.
    fn sweep_up(
        &self,
        values: &mut [Pair],
        correction: (&Groups, &[Pair]),
        right: &[Pair],
        out: &mut [Pair],
        image: &mut [Pair],
    );
}

/// A graph with weights that may differ in the two directions of an edge.
pub(super) trait Couplings: Sync {
    /// Number of nodes.
    fn nodes(&self) -> usize;

    /// The neighbours of a node: which, how strongly the node follows it, and how strongly it follows the node.
    fn couplings(&self, node: usize) -> impl Iterator<Item = (usize, f32, f32)>;
}

/// Rows of equations, one neighbour after the other.
pub(super) trait Rows: Sync {
    /// Calls back with each unknown neighbour of a node and how strongly the node follows it, and with `None` for what is known
    /// or pulls.
    fn tell(&self, node: usize, tell: impl FnMut(Option<usize>, f32));
}
