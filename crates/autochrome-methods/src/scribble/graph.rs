//! A coarse level: groups of pixels, and how strongly they follow one another.

use rayon::prelude::*;

use super::Pair;
use super::groups::{ALONE, Groups};
use super::operator::{Couplings, Operator};

/// Nodes that one task sweeps over; fixed, so that the answer does not depend on the number of threads.
const BLOCK: usize = 2048;

/// Rows Σ w (u(r) − u(s)) + pull · u(r), compressed.
pub(super) struct Graph {
    /// Where the neighbours of each node begin, and the end.
    starts: Vec<u32>,
    /// A neighbour, how strongly the node follows it, node after node.
    edges: Vec<(u32, f32)>,
    /// How strongly a node follows known colours.
    pull: Vec<f32>,
    /// 1 / (Σ w + pull), 0 for a node without an equation.
    inverse: Vec<f32>,
}

/// Some nodes of a graph under construction: how many neighbours each has, all of those with their weights, and each
/// node's pull.
type Rows = (Vec<u32>, Vec<(u32, f32)>, Vec<f32>);

impl Graph {
    /// Groups of nodes moved together: the sums of their rows.
    ///
    /// `row` calls back with each neighbour of a node and its weight, and [`ALONE`]'s owner, the known colours, with `None`.
    pub(super) fn new(
        groups: &Groups,
        row: impl Fn(usize, &mut dyn FnMut(Option<usize>, f32)) + Sync,
    ) -> Self {
        let blocks: Vec<Rows> = (0..groups.len().div_ceil(BLOCK))
            .into_par_iter()
            .map(|block| {
                let range = block * BLOCK..groups.len().min((block + 1) * BLOCK);
                let (mut counts, mut edges, mut pulls) = (Vec::new(), Vec::new(), Vec::new());
                let mut found: Vec<(u32, f32)> = Vec::new();
                for group in range {
                    let mut pull = 0.0;
                    for &node in groups.members(group) {
                        row(node as usize, &mut |other, weight| match other.map(|other| groups.of(other)) {
                            None | Some(ALONE) => pull += weight,
                            Some(other) if other as usize == group => {}
                            Some(other) => match found.iter_mut().find(|(known, _)| *known == other) {
                                Some((_, sum)) => *sum += weight,
                                None => found.push((other, weight)),
                            },
                        });
                    }
                    counts.push(found.len() as u32);
                    edges.append(&mut found);
                    pulls.push(pull);
                }
                (counts, edges, pulls)
            })
            .collect();
        let mut graph = Self { starts: vec![0], edges: Vec::new(), pull: Vec::new(), inverse: Vec::new() };
        for (counts, edges, pull) in blocks {
            for count in counts {
                graph.starts.push(graph.starts[graph.starts.len() - 1] + count);
            }
            graph.edges.extend(edges);
            graph.pull.extend(pull);
        }
        graph.inverse = (0..graph.pull.len())
            .map(|node| {
                let all = graph.row(node).iter().map(|(_, weight)| weight).sum::<f32>() + graph.pull[node];
                if all > 0.0 { 1.0 / all } else { 0.0 }
            })
            .collect();
        graph
    }

    /// The next coarser level.
    pub(super) fn coarser(&self, groups: &Groups) -> Self {
        Self::new(groups, |node, tell| {
            tell(None, self.pull[node]);
            self.row(node).iter().for_each(|&(other, weight)| tell(Some(other as usize), weight));
        })
    }

    /// The neighbours of a node with their weights.
    pub(super) fn row(&self, node: usize) -> &[(u32, f32)] {
        &self.edges[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// How strongly a node follows known colours.
    pub(super) fn pull(&self, node: usize) -> f32 {
        self.pull[node]
    }
}

impl Couplings for Graph {
    fn nodes(&self) -> usize {
        self.pull.len()
    }

    fn couplings(&self, node: usize) -> impl Iterator<Item = (usize, f32, f32)> {
        self.row(node).iter().map(move |&(other, ours)| {
            let back = self.row(other as usize).iter().find(|(back, _)| *back as usize == node);
            (other as usize, ours, back.map_or(0.0, |(_, theirs)| *theirs))
        })
    }
}

impl Operator for Graph {
    fn nodes(&self) -> usize {
        self.pull.len()
    }

    fn is_unknown(&self, node: usize) -> bool {
        self.inverse[node] != 0.0
    }

    fn apply(&self, values: &[Pair], out: &mut [Pair]) {
        out.par_chunks_mut(BLOCK).enumerate().for_each(|(block, out)| {
            for (offset, out) in out.iter_mut().enumerate() {
                let node = block * BLOCK + offset;
                let centre = values[node];
                let mut sum = centre.map(|value| self.pull[node] * value);
                for &(other, weight) in self.row(node) {
                    let other = values[other as usize];
                    sum[0] += weight * (centre[0] - other[0]);
                    sum[1] += weight * (centre[1] - other[1]);
                }
                *out = sum;
            }
        });
    }

    fn sweep(&self, values: Option<&[Pair]>, right: &[Pair], out: &mut [Pair], forward: bool) {
        out.par_chunks_mut(BLOCK).enumerate().for_each(|(block, out)| {
            let first = block * BLOCK;
            match values {
                Some(values) => out.copy_from_slice(&values[first..first + out.len()]),
                None => out.fill([0.0; 2]),
            }
            for step in 0..out.len() {
                let offset = if forward { step } else { out.len() - 1 - step };
                let node = first + offset;
                let mut sum = right[node];
                for &(other, weight) in self.row(node) {
                    let other = other as usize;
                    let inside = other.wrapping_sub(first);
                    let value = match (out.get(inside), values) {
                        (Some(value), _) => *value,
                        (None, Some(values)) => values[other],
                        (None, None) => [0.0; 2],
                    };
                    sum[0] += weight * value[0];
                    sum[1] += weight * value[1];
                }
                out[offset] = sum.map(|sum| sum * self.inverse[node]);
            }
        });
    }
}
