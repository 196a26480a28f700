//! A coarse level: groups of pixels, and how strongly they follow one another.

use rayon::prelude::*;

use super::Pair;
use super::groups::{ALONE, Groups};
use super::operator::{Couplings, Operator, Rows};

/// Nodes that one task sweeps over; fixed, so that the answer does not depend on the number of threads.
const BLOCK: usize = 8192;

/// Kinds of neighbours, in the order in which they are stored: in the same block and earlier, in the same block and later, and
/// in other blocks.
const KINDS: usize = 3;

/// Neighbours of a kind are filled up to a multiple of this with the node itself, of no weight: processors guess loops that are
/// mostly of one length, and what a wrong guess costs is more than what a neighbour does.
const LANES: usize = 4;

/// Rows Σ w (u(r) − u(s)) + pull · u(r), compressed.
#[derive(Default)]
pub(super) struct Graph {
    /// Where the neighbours of each kind of each node begin, and the end.
    starts: Vec<u32>,
    /// A neighbour, how strongly the node follows it, node after node, kind after kind.
    edges: Vec<(u32, f32)>,
    /// How strongly a node follows known colours.
    pull: Vec<f32>,
    /// 1 / (Σ w + pull), 0 for a node without an equation.
    inverse: Vec<f32>,
}

/// Some nodes of a graph under construction: how many neighbours of each kind each has, all of those with their weights, and
/// each node's pull.
#[derive(Default)]
struct Block {
    counts: Vec<[u32; KINDS]>,
    edges: Vec<(u32, f32)>,
    pull: Vec<f32>,
}

impl Graph {
    /// Groups of nodes moved together: the sums of their rows.
    pub(super) fn new(groups: &Groups, fine: &impl Rows) -> Self {
        let blocks: Vec<Block> = (0..groups.len().div_ceil(BLOCK))
            .into_par_iter()
            .map(|block| {
                let range = block * BLOCK..groups.len().min((block + 1) * BLOCK);
                let mut rows = Block::default();
                let mut found: Vec<(u32, f32)> = Vec::new();
                for group in range {
                    let mut pull = 0.0;
                    for &node in groups.members(group) {
                        fine.tell(node as usize, |other, weight| match other.map(|other| groups.of(other)) {
                            None | Some(ALONE) => pull += weight,
                            Some(other) if other as usize == group => {}
                            Some(other) => match found.iter_mut().find(|(known, _)| *known == other) {
                                Some((_, sum)) => *sum += weight,
                                None => found.push((other, weight)),
                            },
                        });
                    }
                    found.sort_unstable_by_key(|&(other, _)| (kind(group, other as usize), other));
                    let kinds = found
                        .chunk_by(|one, other| kind(group, one.0 as usize) == kind(group, other.0 as usize));
                    let mut counts = [0; KINDS];
                    for edges in kinds {
                        let filled = edges.len().next_multiple_of(LANES);
                        counts[kind(group, edges[0].0 as usize)] = filled as u32;
                        rows.edges.extend_from_slice(edges);
                        rows.edges.extend(std::iter::repeat_n((group as u32, 0.0), filled - edges.len()));
                    }
                    found.clear();
                    rows.counts.push(counts);
                    rows.pull.push(pull);
                }
                rows
            })
            .collect();
        let mut graph = Self { starts: vec![0], edges: Vec::new(), pull: Vec::new(), inverse: Vec::new() };
        let mut end = 0;
        for rows in blocks {
            graph.starts.extend(rows.counts.into_iter().flatten().map(|count| {
                end += count;
                end
            }));
            graph.edges.extend(rows.edges);
            graph.pull.extend(rows.pull);
        }
        graph.inverse = (0..graph.pull.len()).map(|node| graph.inverse_of(node)).collect();
        graph
    }

    /// The next coarser level.
    pub(super) fn coarser(&self, groups: &Groups) -> Self {
        Self::new(groups, self)
    }

    /// Multiplies the rows of all nodes.
    pub(super) fn scale(&mut self, scale: &[f32]) {
        for (node, &scale) in scale.iter().enumerate() {
            let range = self.starts[KINDS * node] as usize..self.starts[KINDS * (node + 1)] as usize;
            self.edges[range].iter_mut().for_each(|(_, weight)| *weight *= scale);
            self.pull[node] *= scale;
            self.inverse[node] /= scale;
        }
    }

    /// Sums the rows of some nodes up again from others than before; nobody new may be followed.
    pub(super) fn renew(&mut self, nodes: &[u32], groups: &Groups, fine: &impl Rows) {
        for &group in nodes {
            let group = group as usize;
            let range = self.starts[KINDS * group] as usize..self.starts[KINDS * (group + 1)] as usize;
            let edges = &mut self.edges[range];
            edges.iter_mut().for_each(|(_, weight)| *weight = 0.0);
            let mut pull = 0.0;
            for &node in groups.members(group) {
                fine.tell(node as usize, |other, weight| match other.map(|other| groups.of(other)) {
                    None | Some(ALONE) => pull += weight,
                    Some(other) if other as usize == group => {}
                    Some(other) => {
                        if let Some((_, sum)) = edges.iter_mut().find(|(known, _)| *known == other) {
                            *sum += weight;
                        }
                    }
                });
            }
            self.pull[group] = pull;
            self.inverse[group] = self.inverse_of(group);
        }
    }

    fn inverse_of(&self, node: usize) -> f32 {
        let all = self.row(node).iter().map(|(_, weight)| weight).sum::<f32>() + self.pull[node];
        if all > 0.0 { 1.0 / all } else { 0.0 }
    }

    /// The neighbours of a node with their weights.
    pub(super) fn row(&self, node: usize) -> &[(u32, f32)] {
        &self.edges[self.starts[KINDS * node] as usize..self.starts[KINDS * (node + 1)] as usize]
    }

    /// The neighbours of a node by their kinds.
    #[inline]
    fn kinds(&self, node: usize) -> [&[(u32, f32)]; KINDS] {
        let starts = &self.starts[KINDS * node..=KINDS * (node + 1)];
        std::array::from_fn(|kind| &self.edges[starts[kind] as usize..starts[kind + 1] as usize])
    }

    /// How strongly a node follows known colours.
    pub(super) fn pull(&self, node: usize) -> f32 {
        self.pull[node]
    }
}

/// Which kind of a neighbour `other` is.
fn kind(node: usize, other: usize) -> usize {
    match (node / BLOCK == other / BLOCK, other < node) {
        (true, true) => 0,
        (true, false) => 1,
        (false, _) => 2,
    }
}

/// Adds Σ w u to `sum`, the values beginning with that of node `first`.
#[inline]
fn add(sum: &mut Pair, edges: &[(u32, f32)], values: &[Pair], first: usize) {
    for edges in edges.as_chunks::<LANES>().0 {
        for &(other, weight) in edges {
            let other = values[other as usize - first];
            sum[0] += weight * other[0];
            sum[1] += weight * other[1];
        }
    }
}

impl Rows for Graph {
    #[inline]
    fn tell(&self, node: usize, mut tell: impl FnMut(Option<usize>, f32)) {
        tell(None, self.pull[node]);
        self.row(node).iter().for_each(|&(other, weight)| tell(Some(other as usize), weight));
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

    fn sweep_down(&self, right: &[Pair], values: &mut [Pair], residual: &mut [Pair]) {
        values.par_chunks_mut(BLOCK).enumerate().for_each(|(block, values)| {
            let first = block * BLOCK;
            for offset in 0..values.len() {
                let node = first + offset;
                let mut sum = right[node];
                add(&mut sum, self.kinds(node)[0], values, first);
                values[offset] = sum.map(|sum| sum * self.inverse[node]);
            }
        });
        let values = &*values;
        residual.par_chunks_mut(BLOCK).enumerate().for_each(|(block, residual)| {
            for (offset, residual) in residual.iter_mut().enumerate() {
                let [_, later, outside] = self.kinds(block * BLOCK + offset);
                *residual = [0.0; 2];
                add(residual, later, values, 0);
                add(residual, outside, values, 0);
            }
        });
    }

    fn sweep_up(
        &self,
        values: &mut [Pair],
        (groups, correction): (&Groups, &[Pair]),
        right: &[Pair],
        out: &mut [Pair],
        image: &mut [Pair],
    ) {
        values.par_iter_mut().enumerate().with_min_len(BLOCK).for_each(|(node, value)| {
            let group = groups.of(node);
            if group != ALONE && self.inverse[node] != 0.0 {
                let correction = correction[group as usize];
                *value = [value[0] + correction[0], value[1] + correction[1]];
            }
        });
        let old = &*values;
        out.par_chunks_mut(BLOCK).enumerate().for_each(|(block, out)| {
            let first = block * BLOCK;
            for offset in (0..out.len()).rev() {
                let node = first + offset;
                let [earlier, later, outside] = self.kinds(node);
                let mut sum = right[node];
                add(&mut sum, earlier, old, 0);
                add(&mut sum, outside, old, 0);
                add(&mut sum, later, out, first);
                out[offset] = sum.map(|sum| sum * self.inverse[node]);
            }
        });
        let change = values;
        change.par_iter_mut().zip(&*out).with_min_len(BLOCK).for_each(|(old, new)| {
            *old = [new[0] - old[0], new[1] - old[1]];
        });
        let change = &*change;
        image.par_chunks_mut(BLOCK).enumerate().for_each(|(block, image)| {
            for (offset, image) in image.iter_mut().enumerate() {
                let node = block * BLOCK + offset;
                let [earlier, _, outside] = self.kinds(node);
                let mut missing = [0.0; 2];
                add(&mut missing, earlier, change, 0);
                add(&mut missing, outside, change, 0);
                *image = [right[node][0] - missing[0], right[node][1] - missing[1]];
            }
        });
    }
}
