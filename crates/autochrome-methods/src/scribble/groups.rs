//! Groups of nodes that follow one another so closely that a coarser level may move them together.

use autochrome_color::{Parallel as _, parallel};

use super::operator::{Coupling, Couplings};

/// In no group: a node that is coupled to nothing.
pub(super) const ALONE: u32 = u32::MAX;

/// Share of the strongest of its couplings from which a node counts as following a neighbour closely.
///
/// Groups of a flat picture are 3 × 3 pixels then; what lies across an edge has less than a hundredth. Lower makes larger groups
/// and more steps, higher the opposite: this is about the least work for photographs.
const CLOSE: f32 = 0.4;

/// Nodes that one task looks at, at least.
const PIECE: usize = 4096;

/// A partition of the nodes of a level.
pub(super) struct Groups {
    /// The group of each node, or [`ALONE`].
    of: Vec<u32>,
    /// Where the members of each group begin, and the end.
    starts: Vec<u32>,
    /// The nodes of the first group, of the second, and so on.
    members: Vec<u32>,
}

impl Groups {
    /// Groups around nodes whose close followers are all free, in order and run by run; what is left joins the group it follows most.
    ///
    /// # Source
    /// Vaněk, Mandel, Brezina, "Algebraic multigrid by smoothed aggregation for second and fourth order elliptic problems",
    /// Computing 56, 1996, section 5.1, with strength judged by rows, as the matrix is not symmetric.
    pub(super) fn new(graph: &impl Couplings) -> Self {
        let nodes = graph.nodes();
        let least: Vec<f32> = parallel::map_numbers(nodes, PIECE, |node| {
            CLOSE * graph.couplings(node).map(|coupling| coupling.ours).fold(0.0, f32::max)
        });
        let run = graph.run();
        // The close followers in the same run, as bits by their numbers; the few nodes with more than 64 neighbours can do without the others.
        let followers: Vec<u64> = parallel::map_numbers(nodes, PIECE, |node| {
            let close = |coupling: &Coupling| {
                coupling.theirs >= least[coupling.other] && coupling.other / run == node / run
            };
            let bits =
                graph.couplings(node).filter(close).map(|coupling| 1_u64.checked_shl(coupling.number as u32));
            bits.flatten().fold(0, |all, bit| all | bit)
        });
        let mut of = vec![ALONE; nodes];
        let counts: Vec<u32> = of.chunks_mut(run).enumerate().parallel_map(|(number, of)| {
            let (first, mut count) = (number * run, 0);
            for node in 0..of.len() {
                let followers = followers[first + node];
                let close = || ones(followers).map(|number| graph.neighbour(first + node, number) - first);
                if of[node] == ALONE
                    && followers != 0
                    && least[first + node] > 0.0
                    && close().all(|other| of[other] == ALONE)
                {
                    of[node] = count;
                    close().for_each(|other| of[other] = count);
                    count += 1;
                }
            }
            count
        });
        let mut count = 0;
        for (of, more) in of.chunks_mut(run).zip(counts) {
            of.iter_mut().filter(|of| **of != ALONE).for_each(|of| *of += count);
            count += more;
        }
        // Decided by the groups from before, so that no chain of joins grows through the picture.
        let first = of.clone();
        parallel::for_each_mut(&mut of, PIECE, |node, of| {
            if *of == ALONE && least[node] > 0.0 {
                let close =
                    |coupling: &Coupling| first[coupling.other] != ALONE && coupling.ours >= least[node];
                let most =
                    graph.couplings(node).filter(close).max_by(|one, other| one.ours.total_cmp(&other.ours));
                *of = most.map_or(ALONE, |coupling| first[coupling.other]);
            }
        });
        for node in (0..nodes).filter(|&node| least[node] > 0.0) {
            if of[node] == ALONE {
                of[node] = count;
                for coupling in graph.couplings(node) {
                    if of[coupling.other] == ALONE && coupling.ours >= least[node] {
                        of[coupling.other] = count;
                    }
                }
                count += 1;
            }
        }
        Self::from_numbers(of, count as usize)
    }

    fn from_numbers(of: Vec<u32>, count: usize) -> Self {
        let mut starts = vec![0_u32; count + 1];
        of.iter().filter(|&&group| group != ALONE).for_each(|&group| starts[group as usize + 1] += 1);
        for group in 0..count {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut members = vec![0; starts[count] as usize];
        for (node, &group) in of.iter().enumerate().filter(|(_, group)| **group != ALONE) {
            members[next[group as usize] as usize] = node as u32;
            next[group as usize] += 1;
        }
        Self { of, starts, members }
    }

    /// Each node alone in a group of its own.
    #[cfg(test)]
    pub(super) fn each(nodes: u32) -> Self {
        Self::from_numbers((0..nodes).collect(), nodes as usize)
    }

    /// Number of groups.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The group of a node, or [`ALONE`].
    pub(super) fn of(&self, node: usize) -> u32 {
        self.of[node]
    }

    /// The groups of some nodes, each once, in order.
    pub(super) fn groups_of(&self, nodes: impl Iterator<Item = usize>) -> Vec<u32> {
        let mut touched: Vec<u32> = nodes.map(|node| self.of[node]).filter(|&group| group != ALONE).collect();
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// The nodes of a group.
    pub(super) fn members(&self, group: usize) -> &[u32] {
        &self.members[self.starts[group] as usize..self.starts[group + 1] as usize]
    }
}

/// The numbers of the bits that are 1.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (lowest < u64::BITS).then_some(lowest as usize)
    })
}
