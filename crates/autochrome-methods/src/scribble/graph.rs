//! A coarse level: groups of pixels, and how strongly they follow one another.

use autochrome_color::{Parallel as _, parallel};

use super::Pair;
use super::groups::{ALONE, Groups};
use super::operator::{Coupling, Couplings, Operator, Rows};

/// Nodes that one task sweeps over; fixed, so that the answer does not depend on the number of threads.
pub(super) const BLOCK: usize = 8192;

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

/// Where the rows of finer nodes are summed up in a graph, so that it need be found out only once.
pub(super) struct Sums {
    /// For each block, for each node of each group and each neighbour it tells of, in order: the place among the sums of the group.
    places: Vec<Vec<u32>>,
}

/// Place of the pull.
const PULL: u32 = 0;
/// Place of what stays within a group, which nobody asks for; neighbours come after it.
const WITHIN: u32 = 1;

/// Some nodes of a graph under construction: how many neighbours of each kind each has, all of those with their weights, each node's
/// pull, and the places of [`Sums`].
#[derive(Default)]
struct Block {
    counts: Vec<[u32; KINDS]>,
    edges: Vec<(u32, f32)>,
    pull: Vec<f32>,
    places: Vec<u32>,
}

/// The rows of a block's nodes.
struct Lines<'a> {
    starts: &'a [u32],
    edges: &'a mut [(u32, f32)],
    pull: &'a mut [f32],
    inverse: &'a mut [f32],
}

impl Lines<'_> {
    /// The row of a node, counted from the block's first.
    fn row(&mut self, node: usize) -> &mut [(u32, f32)] {
        let [start, end] =
            [KINDS * node, KINDS * (node + 1)].map(|at| (self.starts[at] - self.starts[0]) as usize);
        &mut self.edges[start..end]
    }
}

impl Graph {
    /// Groups of nodes moved together: the sums of their rows, and how to sum them up again.
    pub(super) fn new(groups: &Groups, fine: &impl Rows) -> (Self, Sums) {
        let mut blocks: Vec<Block> = Vec::new();
        blocks.resize_with(groups.len().div_ceil(BLOCK), Block::default);
        blocks.iter_mut().enumerate().parallel_for_each_with(
            || Found::new(groups.len()),
            |found, (block, rows)| {
                let range = block * BLOCK..groups.len().min((block + 1) * BLOCK);
                range.for_each(|group| rows.push(groups, group, fine, found));
            },
        );
        let mut graph = Self { starts: vec![0], edges: Vec::new(), pull: Vec::new(), inverse: Vec::new() };
        let mut sums = Sums { places: Vec::with_capacity(blocks.len()) };
        let mut end = 0;
        for rows in blocks {
            graph.starts.extend(rows.counts.into_iter().flatten().map(|count| {
                end += count;
                end
            }));
            graph.edges.extend(rows.edges);
            graph.pull.extend(rows.pull);
            sums.places.push(rows.places);
        }
        graph.inverse = (0..graph.pull.len()).map(|node| graph.inverse_of(node)).collect();
        (graph, sums)
    }

    /// Sums all rows up again from those of nodes whose weights changed.
    pub(super) fn refresh(&mut self, sums: &Sums, groups: &Groups, fine: &impl Rows) {
        self.blocks().into_iter().zip(&sums.places).enumerate().parallel_for_each(
            |(block, (mut lines, places))| {
                let mut places = places.iter();
                let mut totals: Vec<f32> = Vec::new();
                for node in 0..lines.pull.len() {
                    let row = lines.row(node);
                    totals.clear();
                    totals.resize(WITHIN as usize + 1 + row.len(), 0.0);
                    for &member in groups.members(block * BLOCK + node) {
                        fine.for_each_neighbor(member as usize, |_, weight| {
                            if let Some(&place) = places.next() {
                                totals[place as usize] += weight;
                            }
                        });
                    }
                    let (pull, neighbours) = (totals[PULL as usize], &totals[WITHIN as usize + 1..]);
                    row.iter_mut().zip(neighbours).for_each(|((_, weight), total)| *weight = *total);
                    lines.pull[node] = pull;
                    lines.inverse[node] = inverse(lines.row(node), pull);
                }
            },
        );
    }

    /// Multiplies the rows of all nodes.
    pub(super) fn scale(&mut self, scale: &[f32]) {
        self.blocks().into_iter().zip(scale.chunks(BLOCK)).parallel_for_each(|(mut lines, scale)| {
            for (node, &scale) in scale.iter().enumerate() {
                lines.row(node).iter_mut().for_each(|(_, weight)| *weight *= scale);
                lines.pull[node] *= scale;
                lines.inverse[node] /= scale;
            }
        });
    }

    /// The rows of each block.
    fn blocks(&mut self) -> Vec<Lines<'_>> {
        let mut edges = self.edges.as_mut_slice();
        let starts = &self.starts;
        let parts = self.pull.chunks_mut(BLOCK).zip(self.inverse.chunks_mut(BLOCK)).enumerate();
        parts
            .map(|(block, (pull, inverse))| {
                let starts = &starts[KINDS * block * BLOCK..=KINDS * (block * BLOCK + pull.len())];
                let count = (starts[KINDS * pull.len()] - starts[0]) as usize;
                let (here, rest) = std::mem::take(&mut edges).split_at_mut(count);
                edges = rest;
                Lines { starts, edges: here, pull, inverse }
            })
            .collect()
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
                fine.for_each_neighbor(node as usize, |other, weight| {
                    match other.map(|other| groups.of(other)) {
                        None | Some(ALONE) => pull += weight,
                        Some(other) if other as usize == group => {}
                        Some(other) => {
                            if let Some((_, sum)) = edges.iter_mut().find(|(known, _)| *known == other) {
                                *sum += weight;
                            }
                        }
                    }
                });
            }
            self.pull[group] = pull;
            self.inverse[group] = self.inverse_of(group);
        }
    }

    fn inverse_of(&self, node: usize) -> f32 {
        inverse(self.row(node), self.pull[node])
    }

    /// The neighbours of a node with their weights.
    pub(super) fn row(&self, node: usize) -> &[(u32, f32)] {
        &self.edges[self.starts[KINDS * node] as usize..self.starts[KINDS * (node + 1)] as usize]
    }

    /// The neighbours of a node by their kinds.
    #[inline]
    pub(super) fn kinds(&self, node: usize) -> [&[(u32, f32)]; KINDS] {
        let starts = &self.starts[KINDS * node..=KINDS * (node + 1)];
        std::array::from_fn(|kind| &self.edges[starts[kind] as usize..starts[kind + 1] as usize])
    }

    /// How strongly a node follows known colours.
    pub(super) fn pull(&self, node: usize) -> f32 {
        self.pull[node]
    }
}

/// What one group was found to follow, itself first.
struct Found {
    /// Which, how strongly, and its number in the order in which they were found.
    all: Vec<(u32, f32, u32)>,
    /// Where in `all` any group is, if it is there at all.
    number: Vec<u32>,
    /// Places among the sums once `all` is in order, by the places until then.
    places: Vec<u32>,
}

impl Found {
    fn new(groups: usize) -> Self {
        Self { all: Vec::new(), number: vec![0; groups], places: Vec::new() }
    }

    /// The number of a group, which is found now if it was not before.
    #[inline]
    fn number_of(&mut self, group: u32) -> usize {
        let number = self.number[group as usize] as usize;
        if self.all.get(number).is_some_and(|&(known, ..)| known == group) {
            return number;
        }
        let number = self.all.len();
        self.number[group as usize] = number as u32;
        self.all.push((group, 0.0, number as u32));
        number
    }
}

impl Block {
    /// Adds a group, the next in order.
    fn push(&mut self, groups: &Groups, group: usize, fine: &impl Rows, found: &mut Found) {
        let (first_edge, first_place, mut pull) = (self.edges.len(), self.places.len(), 0.0);
        found.all.clear();
        found.number_of(group as u32);
        for &node in groups.members(group) {
            fine.for_each_neighbor(node as usize, |other, weight| {
                self.places.push(match other.map(|other| groups.of(other)) {
                    None | Some(ALONE) => {
                        pull += weight;
                        PULL
                    }
                    Some(other) => {
                        let number = found.number_of(other);
                        found.all[number].1 += weight;
                        WITHIN + number as u32
                    }
                });
            });
        }
        let neighbours = &mut found.all[1..];
        let kind = |other: u32| kind(group, other as usize);
        neighbours.sort_unstable_by_key(|&(other, ..)| (kind(other), other));
        let mut counts = [0; KINDS];
        found.places.clear();
        found.places.extend([PULL, WITHIN]);
        found.places.resize(2 + neighbours.len(), WITHIN);
        for edges in neighbours.chunk_by(|one, other| kind(one.0) == kind(other.0)) {
            let filled = edges.len().next_multiple_of(LANES);
            counts[kind(edges[0].0)] = filled as u32;
            for &(other, weight, number) in edges {
                let place = WITHIN + 1 + (self.edges.len() - first_edge) as u32;
                found.places[(WITHIN + number) as usize] = place;
                self.edges.push((other, weight));
            }
            self.edges.extend(std::iter::repeat_n((group as u32, 0.0), filled - edges.len()));
        }
        self.places[first_place..].iter_mut().for_each(|place| *place = found.places[*place as usize]);
        self.counts.push(counts);
        self.pull.push(pull);
    }
}

/// 1 / (Σ w + pull), 0 where there is neither.
fn inverse(row: &[(u32, f32)], pull: f32) -> f32 {
    let all = row.iter().map(|(_, weight)| weight).sum::<f32>() + pull;
    if all > 0.0 { 1.0 / all } else { 0.0 }
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

/// Adds w times `change` to what each neighbour holds, `values` beginning with that of node `first`.
#[inline]
pub(super) fn propagate(change: f32, edges: &[(u32, f32)], values: &mut [f32], first: usize) {
    for edges in edges.as_chunks::<LANES>().0 {
        for &(other, weight) in edges {
            values[other as usize - first] += weight * change;
        }
    }
}

impl Rows for Graph {
    #[inline]
    fn for_each_neighbor(&self, node: usize, mut visit: impl FnMut(Option<usize>, f32)) {
        visit(None, self.pull[node]);
        self.row(node).iter().for_each(|&(other, weight)| visit(Some(other as usize), weight));
    }
}

impl Couplings for Graph {
    fn nodes(&self) -> usize {
        self.pull.len()
    }

    fn run(&self) -> usize {
        BLOCK
    }

    fn couplings(&self, node: usize) -> impl Iterator<Item = Coupling> {
        self.row(node).iter().enumerate().map(move |(number, &(other, ours))| {
            let back = self.row(other as usize).iter().find(|(back, _)| *back as usize == node);
            let theirs = back.map_or(0.0, |(_, theirs)| *theirs);
            Coupling { number, other: other as usize, ours, theirs }
        })
    }

    fn neighbour(&self, node: usize, number: usize) -> usize {
        self.row(node)[number].0 as usize
    }
}

impl Operator for Graph {
    fn nodes(&self) -> usize {
        self.pull.len()
    }

    fn sweep_down(&self, right: &[Pair], values: &mut [Pair], residual: &mut [Pair]) {
        values.chunks_mut(BLOCK).enumerate().parallel_for_each(|(block, values)| {
            let first = block * BLOCK;
            for offset in 0..values.len() {
                let node = first + offset;
                let mut sum = right[node];
                add(&mut sum, self.kinds(node)[0], values, first);
                values[offset] = sum.map(|sum| sum * self.inverse[node]);
            }
        });
        let values = &*values;
        residual.chunks_mut(BLOCK).enumerate().parallel_for_each(|(block, residual)| {
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
        parallel::for_each_mut(values, BLOCK, |node, value| {
            let group = groups.of(node);
            if group != ALONE && self.inverse[node] != 0.0 {
                let correction = correction[group as usize];
                *value = [value[0] + correction[0], value[1] + correction[1]];
            }
        });
        let old = &*values;
        out.chunks_mut(BLOCK).enumerate().parallel_for_each(|(block, out)| {
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
        parallel::for_each_mut(change, BLOCK, |node, old| {
            let new = out[node];
            *old = [new[0] - old[0], new[1] - old[1]];
        });
        let change = &*change;
        image.chunks_mut(BLOCK).enumerate().parallel_for_each(|(block, image)| {
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

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::super::affinity::{Affinity, Pulled};
    use super::super::operator::Scaled;
    use super::*;

    #[test]
    fn rows_summed_up_again_are_those_summed_up_anew() {
        let (width, height) = (70, 45);
        let sample =
            |i: usize| 50.0 + 30.0 * ((i % width) as f32 * 0.3).sin() + ((i * 7919) % 101) as f32 * 0.1;
        let luma = Plane::from_vec(width, height, (0..width * height).map(sample).collect()).unwrap();
        let affinity = Affinity::new(&luma);
        let groups = Groups::new(&affinity);
        let pulled = Pulled { affinity: &affinity, pull: 0.01 };
        let before: Vec<f32> = (0..affinity.len()).map(|place| 0.1 + (place % 7) as f32).collect();
        let after: Vec<f32> = (0..affinity.len()).map(|place| 0.3 + (place % 5) as f32).collect();
        let (mut ours, sums) = Graph::new(&groups, &Scaled { rows: &pulled, scale: &before });
        let (right, _) = Graph::new(&groups, &Scaled { rows: &pulled, scale: &after });
        ours.refresh(&sums, &groups, &Scaled { rows: &pulled, scale: &after });
        assert_eq!((ours.starts, ours.edges), (right.starts, right.edges));
        assert_eq!((ours.pull, ours.inverse), (right.pull, right.inverse));
    }
}
