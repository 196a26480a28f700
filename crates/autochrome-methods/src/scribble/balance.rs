//! Scales of equations with which each node is followed as much as it follows.
//!
//! Pixels in the middle of an edge follow both sides, while nobody follows them; sums over groups of pixels would take that for a
//! bridge between the sides. With the right scales every column adds up to what its row does, on coarser levels too, and plain
//! groups are safe. These scales are the stationary distribution of a walk along the weights. Sweeps over a level set right
//! what lies a few nodes apart, and hardly anything that lies further: whole pieces of nearly constant colour would stay out of
//! balance with those around. So the groups of a level are balanced as the nodes of the next, and what that says multiplies the
//! scales of all members.
//!
//! # Source
//! Horton, Leutenegger, "A multi-level solution algorithm for steady-state Markov chains", SIGMETRICS 1994; its two levels are from
//! Koury, McAllister, Stewart, "Iterative methods for computing stationary distributions of nearly completely decomposable Markov
//! chains", SIAM J. Alg. Disc. Meth. 5, 1984.

use autochrome_color::{Parallel as _, parallel};

use super::affinity::{Affinity, Pulled};
use super::graph::{BLOCK, Graph, Sums, propagate};
use super::groups::{ALONE, Groups};
use super::operator::{Couplings, Scaled};
use super::walk::Walk;

/// Rounds over the first coarser level in each round over the pixels: what the first leaves, pixels change anyway.
const ROUNDS: [usize; 2] = [1, COARSE_ROUNDS];

/// Sweeps over the pixels each time.
const WALKS: usize = 4;

/// Rounds over a coarser level and the next for each over the level above.
const COARSE_ROUNDS: usize = 2;

/// Sweeps over a coarser level each time.
const SWEEPS: usize = 2;

/// Number of nodes that are balanced exactly.
const FEW: usize = 160;

/// Least scale of an equation, which keeps products of scales and weights normal numbers.
pub(super) const LEAST_SCALE: f32 = 1e-12;

/// Coarser levels, one below the other.
#[derive(Default)]
pub(super) struct Levels {
    pub(super) graphs: Vec<Graph>,
    /// The groups of each graph's nodes, which are the nodes of the next.
    pub(super) groups: Vec<Groups>,
    /// How to sum up the next.
    sums: Vec<Sums>,
}

impl Levels {
    /// Balances a level and those below it in so many rounds: the scales of the level's nodes. Their rows are left scaled by all but the last
    /// round, as they are to be summed up anew.
    fn balance(&mut self, level: usize, rounds: usize) -> Vec<f32> {
        let nodes = Couplings::nodes(&self.graphs[level]);
        if nodes <= FEW {
            return stationary(&self.graphs[level]);
        }
        let mut scale = vec![1.0; nodes];
        let mut last: Option<Vec<f32>> = None;
        for _ in 0..rounds {
            if let Some(last) = &last {
                self.graphs[level].scale(last);
            }
            let mut more = gauss_seidel_scales(&self.graphs[level]);
            let ends = !self.sum(level, &more);
            if !ends {
                let coarse = self.balance(level + 1, COARSE_ROUNDS);
                multiply(&mut more, &spread(&coarse, &self.groups[level], nodes));
            }
            multiply(&mut scale, &more);
            if ends {
                break;
            }
            last = Some(more);
        }
        scale
    }

    /// Sums up the level below one whose rows are multiplied by these scales; false when there is none.
    fn sum(&mut self, level: usize, scale: &[f32]) -> bool {
        let (above, below) = self.graphs.split_at_mut(level + 1);
        let graph = &above[level];
        let rows = Scaled { rows: graph, scale };
        if let Some(groups) = self.groups.get(level) {
            below[0].refresh(&self.sums[level], groups, &rows);
            return true;
        }
        let groups = Groups::new(graph);
        // Nodes that hardly follow one another any more are settled by sweeps alone.
        if groups.len() * 10 > Couplings::nodes(graph) * 9 {
            return false;
        }
        let (coarser, sums) = Graph::new(&groups, &rows);
        self.graphs.push(coarser);
        self.groups.push(groups);
        self.sums.push(sums);
        true
    }
}

/// Balances the weights of pixels, each of which is to be pulled towards known colours by this share of them, and sums up the levels
/// below, the first of which has the `groups` of pixels as its nodes.
pub(super) fn balance(affinity: &mut Affinity, groups: &Groups, pull: f32) -> Levels {
    let mut levels = Levels::default();
    let walk = Walk::new(affinity);
    let mut scale = walk.start();
    let pulled = Pulled { affinity, pull };
    let mut sums = None;
    for rounds in ROUNDS {
        (0..WALKS).for_each(|_| walk.sweep(&mut scale));
        let rows = Scaled { rows: &pulled, scale: &scale };
        match &sums {
            Some(sums) => levels.graphs[0].refresh(sums, groups, &rows),
            None => {
                let (first, first_sums) = Graph::new(groups, &rows);
                levels.graphs.push(first);
                sums = Some(first_sums);
            }
        }
        let more = levels.balance(0, rounds);
        multiply(&mut scale, &spread(&more, groups, affinity.len()));
    }
    if let Some(sums) = sums {
        levels.graphs[0].refresh(&sums, groups, &Scaled { rows: &pulled, scale: &scale });
    }
    for level in 0..levels.groups.len() {
        let nodes = Couplings::nodes(&levels.graphs[level]);
        levels.sum(level, &vec![1.0; nodes]);
    }
    affinity.scale(&scale);
    levels
}

/// What groups are multiplied by, for each of their nodes.
fn spread(scale: &[f32], groups: &Groups, nodes: usize) -> Vec<f32> {
    let of = |node| match groups.of(node) {
        ALONE => 1.0,
        group => scale[group as usize],
    };
    parallel::map_numbers(nodes, BLOCK, of)
}

/// Multiplies scales, and all of them so that the largest is 1.
fn multiply(scale: &mut [f32], more: &[f32]) {
    parallel::for_each_mut(scale, BLOCK, |node, scale| *scale *= more[node]);
    let largest = scale.iter().copied().fold(0.0, f32::max);
    parallel::for_each_mut(scale, BLOCK, |_, scale| *scale = (*scale / largest).max(LEAST_SCALE));
}

/// Scales after sweeps of Gauss-Seidel over all nodes, in order and against it; between blocks with the scales from before.
///
/// Rows say where things flow from a node, sweeps ask what flows to it: so each node passes on what it changes.
fn gauss_seidel_scales(graph: &Graph) -> Vec<f32> {
    let nodes = Couplings::nodes(graph);
    let sum = |node| graph.row(node).iter().map(|(_, weight)| weight).sum::<f32>();
    let out: Vec<f32> = parallel::map_numbers(nodes, BLOCK, sum);
    let mut missing: Vec<f32> = out.iter().map(|out| -out).collect();
    let mut scale = vec![1.0; nodes];
    let mut change = vec![1.0; nodes];
    for sweep in 0..=SWEEPS {
        let blocks = missing.chunks_mut(BLOCK).zip(scale.chunks_mut(BLOCK));
        let blocks = blocks.zip(change.chunks_mut(BLOCK)).enumerate();
        blocks.parallel_for_each(|(block, ((missing, scale), change))| {
            let first = block * BLOCK;
            for step in 0..scale.len() {
                let node = if sweep % 2 == 1 { step } else { scale.len() - 1 - step };
                let out = out[first + node];
                // Before the first sweep, what flows from scales of 1 is all that is passed on.
                if sweep > 0 {
                    let wanted = if out > 0.0 { missing[node] / out } else { 0.0 };
                    change[node] = wanted.max(LEAST_SCALE - scale[node]);
                    scale[node] += change[node];
                    missing[node] -= change[node] * out;
                }
                let [earlier, later, _] = graph.kinds(first + node);
                propagate(change[node], earlier, missing, first);
                propagate(change[node], later, missing, first);
            }
        });
        for (node, &change) in change.iter().enumerate() {
            let [.., outside] = graph.kinds(node);
            propagate(change, outside, &mut missing, 0);
        }
    }
    scale
}

/// The exact scales of a few nodes.
///
/// # Source
/// Grassmann, Taksar, Heyman, "Regenerative analysis and steady state distributions for Markov chains", Operations Research 33, 1985:
/// elimination without a subtraction, which loses no digits where nodes are nearly apart.
fn stationary(graph: &Graph) -> Vec<f32> {
    let nodes = Couplings::nodes(graph);
    let mut flow = vec![0.0_f64; nodes * nodes];
    for node in 0..nodes {
        graph
            .row(node)
            .iter()
            .for_each(|&(other, weight)| flow[node * nodes + other as usize] += f64::from(weight));
    }
    let mut out = vec![0.0; nodes];
    for last in (1..nodes).rev() {
        let (earlier, row) = flow.split_at_mut(last * nodes);
        let row = &row[..last];
        out[last] = row.iter().sum::<f64>();
        for earlier in earlier.chunks_exact_mut(nodes).filter(|_| out[last] > 0.0) {
            let share = earlier[last] / out[last];
            earlier.iter_mut().zip(row).for_each(|(flow, more)| *flow += share * more);
        }
    }
    let mut scale = vec![1.0_f64; nodes];
    for node in 1..nodes {
        let sum: f64 = (0..node).map(|other| scale[other] * flow[other * nodes + node]).sum();
        scale[node] = if out[node] > 0.0 { sum / out[node] } else { 1.0 };
    }
    let largest = scale.iter().copied().fold(0.0, f64::max);
    scale.into_iter().map(|scale| ((scale / largest) as f32).max(LEAST_SCALE)).collect()
}

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::*;
    use crate::scribble::operator::Rows;

    /// Nodes in a row, each followed by the next with one strength and following it with another.
    struct Row(Vec<[f32; 2]>);

    impl Rows for Row {
        fn for_each_neighbor(&self, node: usize, mut visit: impl FnMut(Option<usize>, f32)) {
            self.0.get(node).into_iter().for_each(|pair| visit(Some(node + 1), pair[0]));
            node.checked_sub(1).into_iter().for_each(|before| visit(Some(before), self.0[before][1]));
        }
    }

    #[test]
    fn a_few_nodes_are_balanced_exactly_even_where_they_are_nearly_apart() {
        let row = Row(vec![[1.0, 2.0], [1e-6, 3e-6], [5.0, 1.0]]);
        let (graph, _) = Graph::new(&Groups::each(4), &row);
        let scale = stationary(&graph);
        for (node, [there, back]) in row.0.iter().enumerate() {
            let (right, ours) = (there / back, scale[node + 1] / scale[node]);
            assert!((ours / right - 1.0).abs() < 1e-5, "{ours} instead of {right}");
        }
    }

    #[test]
    fn pieces_of_constant_colour_are_followed_as_much_as_they_follow() {
        // Nine squares of constant luma behind soft borders; what flows between squares is what sweeps would need long for.
        let (side, pieces) = (180, 3);
        let size = side / pieces;
        let sample = |i: usize| {
            let (x, y) = (i % side, i / side);
            let piece = |x: usize, y: usize| 20.0 + (x / size * 37 + y / size * 53) as f32 % 60.0;
            let left = (size - 1 - x % size).min(3) as f32 / 3.0;
            left * piece(x, y) + (1.0 - left) * piece((x + 4).min(side - 1), y)
        };
        let luma = Plane::from_vec(side, side, (0..side * side).map(sample).collect()).unwrap();
        let mut affinity = Affinity::new(&luma);
        let groups = Groups::new(&affinity);
        balance(&mut affinity, &groups, 0.0);
        let mut flow = [[0.0_f64; 2]; 9];
        let piece = |place: usize| {
            let (x, y) = (place % affinity.stride() - 1, place / affinity.stride() - 1);
            y / size * pieces + x / size
        };
        for place in (0..side * side).map(|i| affinity.place(i % side, i / side)) {
            for (_, other, weight) in
                affinity.row(place).filter(|(_, other, _)| piece(place) != piece(*other))
            {
                flow[piece(place)][0] += f64::from(weight);
                flow[piece(other)][1] += f64::from(weight);
            }
        }
        for [out, into] in flow {
            assert!((into / out - 1.0).abs() < 0.02, "{into} flows in and {out} out: {flow:?}");
        }
    }
}
