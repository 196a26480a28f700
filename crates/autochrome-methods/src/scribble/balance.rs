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

use super::affinity::Affinity;
use super::graph::Graph;
use super::groups::{ALONE, Groups};
use super::operator::Couplings;
use super::walk::{Scaled, Walk};

/// Rounds over the first coarser level in each round over the pixels: what the first leaves, pixels change anyway.
const ROUNDS: [usize; 2] = [1, COARSE_ROUNDS];

/// Sweeps over the pixels each time.
const WALKS: usize = 4;

/// Rounds over a coarser level and the next for each over the level above.
const COARSE_ROUNDS: usize = 2;

/// Sweeps over a coarser level each time.
const SWEEPS: usize = 4;

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
}

impl Levels {
    /// Sums all levels up anew, from the first.
    pub(super) fn sum(&mut self, first: Graph) {
        let mut last = first;
        for (graph, groups) in self.graphs.iter_mut().zip(&self.groups) {
            let coarser = last.coarser(groups);
            *graph = std::mem::replace(&mut last, coarser);
        }
        if let Some(graph) = self.graphs.last_mut() {
            *graph = last;
        }
    }

    /// Balances a level and those below it in so many rounds; the factors by which that scaled the level's nodes.
    fn balance(&mut self, level: usize, graph: Graph, rounds: usize) -> Vec<f32> {
        if self.graphs.len() == level {
            self.graphs.push(graph);
        } else {
            self.graphs[level] = graph;
        }
        let nodes = Couplings::nodes(&self.graphs[level]);
        if nodes <= FEW {
            return stationary(&self.graphs[level]);
        }
        let mut scale = vec![1.0; nodes];
        for _ in 0..rounds {
            let more = swept(&self.graphs[level]);
            self.graphs[level].scale(&more);
            multiply(&mut scale, &more);
            if self.groups.len() == level {
                let groups = Groups::new(&self.graphs[level]);
                // Nodes that hardly follow one another any more are settled by sweeps alone.
                if groups.len() * 10 > nodes * 9 {
                    return scale;
                }
                self.groups.push(groups);
            }
            let coarser = self.graphs[level].coarser(&self.groups[level]);
            let more = self.balance(level + 1, coarser, COARSE_ROUNDS);
            let more = spread(&more, &self.groups[level], nodes);
            self.graphs[level].scale(&more);
            multiply(&mut scale, &more);
        }
        scale
    }
}

/// Balances the weights of pixels, whose `groups` are the nodes of the first coarser level; the levels, grouped but summed up before
/// the last change.
pub(super) fn balance(affinity: &mut Affinity, groups: &Groups) -> Levels {
    let mut levels = Levels::default();
    let walk = Walk::new(affinity);
    let mut scale = walk.start();
    for rounds in ROUNDS {
        (0..WALKS).for_each(|_| walk.sweep(&mut scale));
        let first = Graph::new(groups, &Scaled(affinity, &scale));
        let more = levels.balance(0, first, rounds);
        multiply(&mut scale, &spread(&more, groups, affinity.len()));
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
    (0..nodes).map(of).collect()
}

/// Multiplies scales, and all of them so that the largest is 1.
fn multiply(scale: &mut [f32], more: &[f32]) {
    scale.iter_mut().zip(more).for_each(|(scale, more)| *scale *= more);
    let largest = scale.iter().copied().fold(0.0, f32::max);
    scale.iter_mut().for_each(|scale| *scale = (*scale / largest).max(LEAST_SCALE));
}

/// Scales after sweeps of Gauss-Seidel over all nodes, in order and against it.
///
/// Rows say where things flow from a node, sweeps ask what flows to it: so each node passes on what it changes.
fn swept(graph: &Graph) -> Vec<f32> {
    let nodes = Couplings::nodes(graph);
    let out: Vec<f32> =
        (0..nodes).map(|node| graph.row(node).iter().map(|(_, weight)| weight).sum()).collect();
    let mut missing: Vec<f32> = out.iter().map(|out| -out).collect();
    for node in 0..nodes {
        graph.row(node).iter().for_each(|&(other, weight)| missing[other as usize] += weight);
    }
    let mut scale = vec![1.0; nodes];
    for sweep in 0..SWEEPS {
        for step in 0..nodes {
            let node = if sweep % 2 == 0 { step } else { nodes - 1 - step };
            if out[node] > 0.0 {
                let more = (missing[node] / out[node]).max(LEAST_SCALE - scale[node]);
                scale[node] += more;
                missing[node] -= more * out[node];
                graph.row(node).iter().for_each(|&(other, weight)| missing[other as usize] += more * weight);
            }
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
        fn tell(&self, node: usize, mut tell: impl FnMut(Option<usize>, f32)) {
            self.0.get(node).into_iter().for_each(|pair| tell(Some(node + 1), pair[0]));
            node.checked_sub(1).into_iter().for_each(|before| tell(Some(before), self.0[before][1]));
        }
    }

    #[test]
    fn a_few_nodes_are_balanced_exactly_even_where_they_are_nearly_apart() {
        let row = Row(vec![[1.0, 2.0], [1e-6, 3e-6], [5.0, 1.0]]);
        let graph = Graph::new(&Groups::each(4), &row);
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
        balance(&mut affinity, &groups);
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
