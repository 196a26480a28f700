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

/// How a node and one of its neighbours follow one another.
pub(super) struct Coupling {
    /// The neighbour's number among those of the node.
    pub(super) number: usize,
    /// Which node the neighbour is.
    pub(super) other: usize,
    /// How strongly the node follows the neighbour.
    pub(super) ours: f32,
    /// How strongly the neighbour follows the node.
    pub(super) theirs: f32,
}

/// A graph with weights that may differ in the two directions of an edge.
pub(super) trait Couplings: Sync {
    /// Number of nodes.
    fn nodes(&self) -> usize;

    /// Nodes in a run, within which groups are begun; fixed, so that they do not depend on the number of threads.
    fn run(&self) -> usize;

    /// The neighbours of a node.
    fn couplings(&self, node: usize) -> impl Iterator<Item = Coupling>;

    /// The neighbour of a node by its number.
    fn neighbour(&self, node: usize, number: usize) -> usize;
}

/// Rows of equations, one neighbour after the other.
pub(super) trait Rows: Sync {
    /// Calls back with each unknown neighbour of a node and how strongly the node follows it, and with `None` for what is known
    /// or pulls; the same neighbours in the same order whenever the equations differ in their weights alone.
    fn for_each_neighbor(&self, node: usize, visit: impl FnMut(Option<usize>, f32));
}

/// The rows of equations, each multiplied by the scale of its node.
pub(super) struct Scaled<'a, R> {
    pub(super) rows: &'a R,
    pub(super) scale: &'a [f32],
}

impl<R: Rows> Rows for Scaled<'_, R> {
    #[inline]
    fn for_each_neighbor(&self, node: usize, mut visit: impl FnMut(Option<usize>, f32)) {
        let scale = self.scale[node];
        self.rows.for_each_neighbor(node, |other, weight| visit(other, scale * weight));
    }
}
