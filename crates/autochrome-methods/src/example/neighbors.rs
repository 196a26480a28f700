//! The nearest of a few thousand points, for tens of thousands of questions.
//!
//! In eight dimensions and more a tree visits most of its leaves; plain distances, point after point in memory order, are
//! as fast and exact, and ties go to the first point on every machine.

use autochrome_color::{parallel, vectorized};

/// Points that are looked at together: their distances stay in the first cache.
const BLOCK: usize = 128;

/// Points with the same number of coordinates, ready to be asked.
pub(super) struct Cloud {
    dims: usize,
    len: usize,
    /// Block by block, in each coordinate by coordinate; the last block is filled up with points far away.
    blocks: Vec<f32>,
}

/// A point of a [`Cloud`] and how far it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Neighbor {
    pub index: usize,
    /// Squared Euclidean distance.
    pub distance: f32,
}

impl Cloud {
    /// Points of `dims` coordinates each, point by point.
    pub fn new(values: &[f32], dims: usize) -> Self {
        let len = values.len() / dims.max(1);
        let mut blocks = vec![FAR; len.div_ceil(BLOCK) * BLOCK * dims];
        for (i, point) in values.chunks_exact(dims.max(1)).enumerate() {
            let block = &mut blocks[i / BLOCK * BLOCK * dims..];
            for (d, &value) in point.iter().enumerate() {
                block[d * BLOCK + i % BLOCK] = value;
            }
        }
        Self { dims, len, blocks }
    }

    /// For each of `queries`, point by point, its nearest points, at most `count`, the nearest first.
    pub fn nearest(&self, queries: &[f32], count: usize) -> Vec<Vec<Neighbor>> {
        let count = count.min(self.len);
        let find = |query: &[f32]| {
            vectorized(
                #[inline(always)]
                || self.nearest_to(query, count),
            )
        };
        let dims = self.dims.max(1);
        parallel::map_numbers(queries.len() / dims, 16, |i| find(&queries[i * dims..][..dims]))
    }

    #[inline(always)]
    fn nearest_to(&self, query: &[f32], count: usize) -> Vec<Neighbor> {
        let mut best: Vec<Neighbor> = Vec::with_capacity(count + 1);
        if count == 0 {
            return best;
        }
        for (number, block) in self.blocks.chunks_exact(BLOCK * self.dims).enumerate() {
            let mut distances = [0.0_f32; BLOCK];
            for (coordinates, &wanted) in block.chunks_exact(BLOCK).zip(query) {
                for (distance, &coordinate) in distances.iter_mut().zip(coordinates) {
                    let step = coordinate - wanted;
                    *distance += step * step;
                }
            }
            let first = number * BLOCK;
            let real = BLOCK.min(self.len - first);
            for (i, &distance) in distances[..real].iter().enumerate() {
                if best.len() < count || distance < best[count - 1].distance {
                    best.truncate(count - 1);
                    let at = best.partition_point(|other| other.distance <= distance);
                    best.insert(at, Neighbor { index: first + i, distance });
                }
            }
        }
        best
    }
}

/// Coordinate of points that are not there.
const FAR: f32 = 1e9;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_nearest_are_those_of_a_plain_sort(
            seed in any::<u64>(), dims in 1_usize..9, points in 1_usize..300, count in 1_usize..7,
        ) {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut draw = |n: usize| -> Vec<f32> { (0..n * dims).map(|_| random.u8(..5).into()).collect() };
            let (cloud, queries) = (draw(points), draw(3));
            let found = Cloud::new(&cloud, dims).nearest(&queries, count);
            for (query, found) in queries.chunks(dims).zip(found) {
                let distance = |p: &[f32]| p.iter().zip(query).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
                let mut all: Vec<(f32, usize)> = cloud.chunks(dims).map(distance).zip(0..).collect();
                all.sort_by(|a, b| a.partial_cmp(b).unwrap());
                let expected: Vec<(f32, usize)> = all.into_iter().take(count).collect();
                let found: Vec<(f32, usize)> = found.into_iter().map(|n| (n.distance, n.index)).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
