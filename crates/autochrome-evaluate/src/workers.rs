//! Many pictures at once, one thread each, results in the order of the pictures.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use rayon::ThreadPoolBuilder;

use crate::EvaluateError;

/// `work(i)` for every `i` below `count`, at most `jobs` at once.
///
/// Loops over pixels inside `work` find a rayon pool of one thread: sums then have one order, whatever else runs, and a
/// clock around a method measures that picture alone.
pub(crate) fn each<T: Send>(
    count: usize,
    jobs: usize,
    stop: &AtomicBool,
    work: impl Fn(usize) -> T + Sync,
) -> Result<Vec<T>, EvaluateError> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let alone = ThreadPoolBuilder::new().num_threads(1).build().ok();
        let mut done = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= count {
                break;
            }
            done.push((i, alone.as_ref().map_or_else(|| work(i), |pool| pool.install(|| work(i)))));
        }
        done
    };
    let mut results = thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.clamp(1, count.max(1))).map(|_| scope.spawn(worker)).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(join).collect::<Vec<(usize, T)>>()
    });
    if results.len() < count {
        return Err(EvaluateError::Stopped);
    }
    results.sort_by_key(|(i, _)| *i);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        let stop = AtomicBool::new(false);
        for jobs in [1, 3, 50] {
            assert_eq!(each(7, jobs, &stop, |i| i * i).unwrap(), [0, 1, 4, 9, 16, 25, 36]);
        }
        assert!(each(0, 2, &stop, |i| i).unwrap().is_empty());
    }

    #[test]
    fn a_raised_flag_ends_the_work() {
        let stop = AtomicBool::new(true);
        assert_eq!(each(3, 2, &stop, |i| i).unwrap_err().code(), "stopped");
    }

    #[test]
    fn a_picture_has_one_thread_of_its_own() {
        let threads = each(2, 2, &AtomicBool::new(false), |_| rayon::current_num_threads()).unwrap();
        assert_eq!(threads, [1, 1]);
    }
}
