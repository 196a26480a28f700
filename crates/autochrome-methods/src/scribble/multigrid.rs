//! An approximate solution of all equations at once, in time linear in their number.
//!
//! Nodes that follow one another closely are grouped, groups are grouped again, until so few are left that they are solved
//! exactly. Sweeps of Gauss-Seidel settle what differs within a group, coarser levels what differs between groups. Each coarser
//! level takes two steps that are weighed so that the residual is least, which makes plain groups as good as smoothed ones.
//!
//! # Source
//! Notay, Vassilevski, "Recursive Krylov-based multigrid cycles", Numerical Linear Algebra with Applications 15, 2008 (the K-cycle);
//! Notay, "Aggregation-based algebraic multigrid for convection-diffusion equations", SIAM J. Sci. Comput. 34, 2012.

use autochrome_color::parallel;

use super::Pair;
use super::balance::Levels;
use super::graph::Graph;
use super::groups::Groups;
use super::krylov::{Pool, add_scaled, dots, mix, ratio};
use super::operator::Operator;

/// What groups leave is made so much larger for the groups of groups: things that move as one block look stiffer than they are, and what
/// is said about them is too small. Photographs take a step less in ten with it. Pixels are left as they are: from 1.2 on, large smooth
/// pictures need up to twice the steps.
///
/// # Source
/// Braess, "Towards algebraic multigrid for elliptic problems of second order", Computing 55, 1995, section 4, where it is 1.8.
const MORE: f32 = 1.4;

/// Everything below the pixels.
pub(super) struct Coarse {
    /// The groups of each level, which are the nodes of the next; those of the pixels are kept elsewhere.
    levels: Vec<(Graph, Groups)>,
    last: Graph,
    exact: Exact,
}

impl Coarse {
    /// From levels that are balanced.
    pub(super) fn new(levels: Levels) -> Self {
        let mut graphs = levels.graphs;
        let last = graphs.pop().unwrap_or_default();
        Self { exact: Exact::new(&last), levels: graphs.into_iter().zip(levels.groups).collect(), last }
    }

    /// Brings all levels up to date after the equations of some pixels changed; `nodes` are the groups of those, each once.
    pub(super) fn renew(&mut self, mut nodes: Vec<u32>, renew: impl FnOnce(&mut Graph, &[u32])) {
        let first = self.levels.first_mut().map_or(&mut self.last, |(graph, _)| graph);
        renew(first, &nodes);
        for level in 0..self.levels.len() {
            let (above, below) = self.levels.split_at_mut(level + 1);
            let (graph, groups) = &above[level];
            nodes = groups.groups_of(nodes.iter().map(|&node| node as usize));
            let coarser = below.first_mut().map_or(&mut self.last, |(graph, _)| graph);
            coarser.renew(&nodes, groups, graph);
        }
        self.exact = Exact::new(&self.last);
    }

    /// One cycle for the equations of the pixels: a step, and its image under them.
    pub(super) fn cycle(
        &self,
        pixels: &impl Operator,
        groups: &Groups,
        right: &[Pair],
        pool: &mut Pool,
    ) -> (Vec<Pair>, Vec<Pair>) {
        self.down_and_up(pixels, groups, 0, right, pool)
    }

    /// Sweeps on one level, whose groups are the nodes of `level`, and what that says in between.
    fn down_and_up(
        &self,
        fine: &impl Operator,
        groups: &Groups,
        level: usize,
        right: &[Pair],
        pool: &mut Pool,
    ) -> (Vec<Pair>, Vec<Pair>) {
        let [mut values, mut image] = [pool.take(fine.nodes()), pool.take(fine.nodes())];
        fine.sweep_down(right, &mut values, &mut image);
        let mut coarse = pool.take(groups.len());
        let more = if level == 0 { 1.0 } else { MORE };
        parallel::for_each_mut(&mut coarse, 4096, |group, sum| {
            *sum = [0.0; 2];
            for &node in groups.members(group) {
                let left = image[node as usize];
                *sum = [sum[0] + left[0], sum[1] + left[1]];
            }
            *sum = sum.map(|sum| more * sum);
        });
        let correction = match self.levels.get(level) {
            None => self.exact.solve(&coarse),
            Some((graph, groups)) => self.two_steps(graph, groups, level, &coarse, pool),
        };
        let mut out = pool.take(fine.nodes());
        fine.sweep_up(&mut values, (groups, &correction), right, &mut out, &mut image);
        [values, coarse, correction].into_iter().for_each(|used| pool.recycle(used));
        (out, image)
    }

    /// Two cycles of a coarser level, weighed so that the residual is least.
    fn two_steps(
        &self,
        graph: &Graph,
        groups: &Groups,
        level: usize,
        right: &[Pair],
        pool: &mut Pool,
    ) -> Vec<Pair> {
        let (mut first, first_image) = self.down_and_up(graph, groups, level + 1, right, pool);
        let [square, along] = dots([(&first_image, &first_image), (&first_image, right)]);
        let share = ratio(along, square);
        let mut rest = pool.take(right.len());
        rest.copy_from_slice(right);
        add_scaled(&mut rest, share.map(|share| -share), &first_image);
        let (second, mut second_image) = self.down_and_up(graph, groups, level + 1, &rest, pool);
        let [overlap] = dots([(&second_image, &first_image)]);
        let overlap = ratio(overlap, square);
        add_scaled(&mut second_image, overlap.map(|overlap| -overlap), &first_image);
        let [along, square] = dots([(&second_image, &rest), (&second_image, &second_image)]);
        let second_share = ratio(along, square);
        let first_share = std::array::from_fn(|k| share[k] - second_share[k] * overlap[k]);
        mix(&mut first, first_share, second_share, &second);
        [first_image, rest, second, second_image].into_iter().for_each(|used| pool.recycle(used));
        first
    }
}

/// The coarsest level as a full matrix, factorised.
struct Exact {
    nodes: usize,
    /// Lower and upper triangle, the pivots in the diagonal; no pivoting is needed, the matrix being diagonally dominant.
    factors: Vec<f64>,
}

impl Exact {
    fn new(graph: &Graph) -> Self {
        let nodes = Operator::nodes(graph);
        let mut factors = vec![0.0_f64; nodes * nodes];
        for node in 0..nodes {
            let mut diagonal = f64::from(graph.pull(node));
            for &(other, weight) in graph.row(node) {
                factors[node * nodes + other as usize] -= f64::from(weight);
                diagonal += f64::from(weight);
            }
            factors[node * nodes + node] = diagonal;
        }
        for pivot in 0..nodes {
            let (upper, lower) = factors.split_at_mut((pivot + 1) * nodes);
            let row = &upper[pivot * nodes..];
            if row[pivot] <= 0.0 {
                continue;
            }
            for below in lower.chunks_exact_mut(nodes) {
                let factor = below[pivot] / row[pivot];
                below[pivot] = factor;
                if factor != 0.0 {
                    below[pivot + 1..].iter_mut().zip(&row[pivot + 1..]).for_each(|(b, r)| *b -= factor * r);
                }
            }
        }
        Self { nodes, factors }
    }

    fn solve(&self, right: &[Pair]) -> Vec<Pair> {
        let nodes = self.nodes;
        let mut values: Vec<[f64; 2]> = right.iter().map(|pair| pair.map(f64::from)).collect();
        for node in 0..nodes {
            for other in 0..node {
                let factor = self.factors[node * nodes + other];
                let known = values[other];
                values[node][0] -= factor * known[0];
                values[node][1] -= factor * known[1];
            }
        }
        for node in (0..nodes).rev() {
            for other in node + 1..nodes {
                let factor = self.factors[node * nodes + other];
                let known = values[other];
                values[node][0] -= factor * known[0];
                values[node][1] -= factor * known[1];
            }
            let pivot = self.factors[node * nodes + node];
            values[node] = values[node].map(|value| if pivot > 0.0 { value / pivot } else { 0.0 });
        }
        values.into_iter().map(|pair| pair.map(|value| value as f32)).collect()
    }
}
