//! Groups of nodes that follow one another so closely that a coarser level may move them together.

use rayon::prelude::*;

use super::operator::Couplings;

/// In no group: a node that is coupled to nothing.
pub(super) const ALONE: u32 = u32::MAX;

/// Share of the strongest of its couplings from which a node counts as following a neighbour closely.
///
/// Groups of a flat picture are 3 × 3 pixels then; what lies across an edge has less than a hundredth. Lower makes larger groups
/// and more steps, higher the opposite: this is about the least work for photographs.
const CLOSE: f32 = 0.4;

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
    /// Groups around nodes whose close followers are all free, in order; what is left joins the group it follows most.
    ///
    /// # Source
    /// Vaněk, Mandel, Brezina, "Algebraic multigrid by smoothed aggregation for second and fourth order elliptic problems",
    /// Computing 56, 1996, section 5.1, with strength judged by rows, as the matrix is not symmetric.
    pub(super) fn new(graph: &impl Couplings) -> Self {
        let nodes = graph.nodes();
        let least: Vec<f32> = (0..nodes)
            .into_par_iter()
            .with_min_len(4096)
            .map(|node| CLOSE * graph.couplings(node).map(|(_, ours, _)| ours).fold(0.0, f32::max))
            .collect();
        let mut of = vec![ALONE; nodes];
        let mut count = 0;
        for node in (0..nodes).filter(|&node| least[node] > 0.0) {
            if of[node] != ALONE {
                continue;
            }
            let close = |&(other, _, theirs): &(usize, f32, f32)| theirs >= least[other];
            let (mut any, mut free) = (false, true);
            for (other, ..) in graph.couplings(node).filter(close) {
                (any, free) = (true, free && of[other] == ALONE);
            }
            if any && free {
                of[node] = count;
                graph.couplings(node).filter(close).for_each(|(other, ..)| of[other] = count);
                count += 1;
            }
        }
        // Decided by the groups from before, so that no chain of joins grows through the picture.
        let first = of.clone();
        for node in (0..nodes).filter(|&node| first[node] == ALONE && least[node] > 0.0) {
            let close = |&(other, ours, _): &(usize, f32, f32)| first[other] != ALONE && ours >= least[node];
            let most = graph.couplings(node).filter(close).max_by(|one, other| one.1.total_cmp(&other.1));
            if let Some((other, ..)) = most {
                of[node] = first[other];
            }
        }
        for node in (0..nodes).filter(|&node| least[node] > 0.0) {
            if of[node] == ALONE {
                of[node] = count;
                for (other, ours, _) in graph.couplings(node) {
                    if of[other] == ALONE && ours >= least[node] {
                        of[other] = count;
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
    pub(super) fn touched(&self, nodes: impl Iterator<Item = usize>) -> Vec<u32> {
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
