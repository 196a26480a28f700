//! An approximate solution of all equations at once, in time linear in their number.
//!
//! Nodes that follow one another closely are grouped, groups are grouped again, until so few are left that they are solved
//! exactly. Sweeps of Gauss-Seidel settle what differs within a group, coarser levels what differs between groups. Each coarser
//! level takes two steps that are weighed so that the residual is least, which makes plain groups as good as smoothed ones.
//!
//! # Source
//! Notay, Vassilevski, "Recursive Krylov-based multigrid cycles", Numerical Linear Algebra with Applications 15, 2008 (the K-cycle);
//! Notay, "Aggregation-based algebraic multigrid for convection-diffusion equations", SIAM J. Sci. Comput. 34, 2012.

use rayon::prelude::*;

use super::Pair;
use super::graph::Graph;
use super::groups::{ALONE, Groups};
use super::krylov::{add_scaled, dot, subtract};
use super::operator::{Couplings as _, Operator};

/// Number of nodes that are solved exactly.
const FEW: usize = 160;

/// Share of the residual below which the first step on a coarser level is enough.
const ENOUGH: f64 = 0.25;

/// Everything below the pixels.
pub(super) struct Coarse {
    /// The groups of each level, which are the nodes of the next; those of the pixels are kept elsewhere.
    levels: Vec<(Graph, Groups)>,
    last: Exact,
}

impl Coarse {
    /// From the level above.
    pub(super) fn new(first: Graph) -> Self {
        let mut levels = Vec::new();
        let mut graph = first;
        while Operator::nodes(&graph) > FEW {
            if std::env::var("CB").is_ok() { graph.balance(); }
            let groups = Groups::new(&graph);
            // Nodes that hardly follow one another any more are settled by sweeps as well.
            if groups.len() * 10 > Operator::nodes(&graph) * 9 {
                break;
            }
            let coarser = graph.coarser(&groups);
            levels.push((graph, groups));
            graph = coarser;
        }
        Self { levels, last: Exact::new(&graph) }
    }

    /// Number of levels, pixels not counted.
    pub(super) fn depth(&self) -> usize {
        self.levels.len() + 1
    }

    /// One cycle for the equations of the pixels.
    pub(super) fn cycle(&self, pixels: &impl Operator, groups: &Groups, right: &[Pair]) -> Vec<Pair> {
        cycle(pixels, groups, &self.levels, &self.last, right)
    }
}

/// Down, below, and up again.
fn cycle(
    fine: &impl Operator,
    groups: &Groups,
    below: &[(Graph, Groups)],
    last: &Exact,
    right: &[Pair],
) -> Vec<Pair> {
    let mut values = vec![[0.0; 2]; fine.nodes()];
    fine.sweep(None, right, &mut values, true);
    let mut rest = vec![[0.0; 2]; fine.nodes()];
    fine.apply(&values, &mut rest);
    let mut coarse = vec![[0.0; 2]; groups.len()];
    coarse.par_iter_mut().enumerate().with_min_len(1024).for_each(|(group, sum)| {
        for &node in groups.members(group) {
            let node = node as usize;
            if fine.is_unknown(node) {
                sum[0] += right[node][0] - rest[node][0];
                sum[1] += right[node][1] - rest[node][1];
            }
        }
    });
    if let Some(s) = below.first().map(|(g, _)| &g.scale).filter(|s| !s.is_empty()) {
        coarse.iter_mut().zip(s).for_each(|(c, s)| if *s > 0.0 { c[0] *= s; c[1] *= s; });
    }
    let correction = match below.split_first() {
        None => last.solve(&coarse),
        Some(((graph, groups), below)) => two_steps(graph, groups, below, last, &coarse),
    };
    values.par_iter_mut().enumerate().with_min_len(4096).for_each(|(node, value)| {
        let group = groups.of(node);
        if group != ALONE && fine.is_unknown(node) {
            let correction = correction[group as usize];
            value[0] += correction[0];
            value[1] += correction[1];
        }
    });
    fine.sweep(Some(&values), right, &mut rest, false);
    rest
}

/// At most two cycles of a coarser level, weighed so that the residual is least.
fn two_steps(graph: &Graph, groups: &Groups, below: &[(Graph, Groups)], last: &Exact, right: &[Pair]) -> Vec<Pair> {
    let mut first = cycle(graph, groups, below, last, right);
    let mut first_image = vec![[0.0; 2]; first.len()];
    graph.apply(&first, &mut first_image);
    let square = dot(&first_image, &first_image);
    let share = ratio(dot(&first_image, right), square);
    let mut rest = right.to_vec();
    subtract(&mut rest, share, &first_image);
    let (before, after) = (dot(right, right), dot(&rest, &rest));
    if (0..2).all(|k| after[k] <= ENOUGH * ENOUGH * before[k]) {
        first.par_iter_mut().with_min_len(4096).for_each(|value| {
            *value = [value[0] * share[0] as f32, value[1] * share[1] as f32];
        });
        return first;
    }
    let second = cycle(graph, groups, below, last, &rest);
    let mut second_image = vec![[0.0; 2]; second.len()];
    graph.apply(&second, &mut second_image);
    let overlap = ratio(dot(&second_image, &first_image), square);
    subtract(&mut second_image, overlap, &first_image);
    let second_share = ratio(dot(&second_image, &rest), dot(&second_image, &second_image));
    let first_share = std::array::from_fn(|k| share[k] - second_share[k] * overlap[k]);
    let mut sum = vec![[0.0; 2]; first.len()];
    add_scaled(&mut sum, first_share, &first);
    add_scaled(&mut sum, second_share, &second);
    sum
}

/// Quotients, 0 where there is nothing to divide by.
pub(super) fn ratio(over: [f64; 2], under: [f64; 2]) -> [f64; 2] {
    std::array::from_fn(|k| if under[k] > 0.0 { over[k] / under[k] } else { 0.0 })
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
impl Coarse { pub(super) fn sizes(&self) -> Vec<(usize, usize)> { self.levels.iter().map(|(g, _)| (Operator::nodes(g), (0..Operator::nodes(g)).map(|n| g.row(n).len()).sum())).chain([(self.last.nodes, 0)]).collect() } }
