//! Loops over pieces of work on all cores of rayon's pool.
//!
//! rayon's own adapters compile their splitting, joining and unwinding anew for every loop: about half of the code of a crate with many
//! loops. Here that is compiled once, and a loop adds little more than its body.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

/// Calls `work` with every number below `count`.
fn for_each_number(count: usize, work: &(dyn Fn(usize) + Sync)) {
    (0..count).into_par_iter().for_each(work);
}

/// What a sequential iterator over rows, blocks or other pieces can do on all cores.
///
/// The pieces are collected first, and each costs some tens of nanoseconds: pixels are no pieces.
///
/// ```
/// use autochrome_color::Parallel;
///
/// let mut samples = vec![1; 1000];
/// samples.chunks_mut(100).enumerate().parallel_for_each(|(i, piece)| piece.fill(i));
/// assert_eq!(samples.chunks(100).parallel_map(|piece| piece[0]), (0..10).collect::<Vec<_>>());
/// ```
pub trait Parallel: Iterator<Item: Send> + Sized {
    /// Calls `work` with every item, in any order.
    fn parallel_for_each(self, work: impl Fn(Self::Item) + Sync) {
        let items: Vec<_> = self.map(|item| Mutex::new(Some(item))).collect();
        for_each_number(items.len(), &|i| {
            let item = items[i].lock().unwrap_or_else(PoisonError::into_inner).take();
            item.into_iter().for_each(&work);
        });
    }

    /// Calls `work` with every item and with room to work in, which is made anew as seldom as possible.
    fn parallel_for_each_with<S: Send>(
        self,
        room: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, Self::Item) + Sync,
    ) {
        let free = Mutex::new(Vec::new());
        let free = || free.lock().unwrap_or_else(PoisonError::into_inner);
        self.parallel_for_each(|item| {
            let found = free().pop();
            let mut used = found.unwrap_or_else(&room);
            work(&mut used, item);
            free().push(used);
        });
    }

    /// What `work` makes of every item, in the order of the items.
    fn parallel_map<R: Send>(self, work: impl Fn(Self::Item) -> R + Sync) -> Vec<R> {
        let mut results: Vec<Option<R>> = Vec::new();
        let items: Vec<_> = self.collect();
        results.resize_with(items.len(), || None);
        items.into_iter().zip(&mut results).parallel_for_each(|(item, result)| *result = Some(work(item)));
        results.into_iter().flatten().collect()
    }
}

impl<I: Iterator<Item: Send>> Parallel for I {}

/// Calls `work` with every value and its place, in pieces of `piece` values.
pub fn for_each_mut<T: Send>(values: &mut [T], piece: usize, work: impl Fn(usize, &mut T) + Sync) {
    values.chunks_mut(piece).enumerate().parallel_for_each(|(number, values)| {
        values.iter_mut().enumerate().for_each(|(i, value)| work(number * piece + i, value));
    });
}

/// What `work` makes of every number below `count`, in order, in pieces of `piece` numbers.
pub fn map_numbers<R: Send>(count: usize, piece: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let starts = (0..count).step_by(piece);
    let pieces =
        starts.parallel_map(|start| (start..count.min(start + piece)).map(&work).collect::<Vec<_>>());
    pieces.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_worked_on_once_and_results_keep_their_order() {
        let mut values = vec![0; 10_007];
        values
            .chunks_mut(64)
            .enumerate()
            .parallel_for_each(|(i, piece)| piece.iter_mut().for_each(|v| *v += i));
        assert!(values.iter().enumerate().all(|(i, &v)| v == i / 64));
        assert_eq!((0..999).parallel_map(|i| 3 * i), (0..999).map(|i| 3 * i).collect::<Vec<_>>());
        assert_eq!(map_numbers(1001, 10, |i| i * i), (0..1001).map(|i| i * i).collect::<Vec<_>>());
        assert!(map_numbers(0, 10, |i| i).is_empty());
    }

    #[test]
    #[should_panic(expected = "a piece fails")]
    fn a_panic_in_a_piece_reaches_the_caller() {
        (0..100).parallel_for_each(|i| assert!(i != 50, "a piece fails"));
    }
}
