//! What every queue promises, asked of each, and what each promises besides.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

mod conformance;
#[cfg(feature = "nats")]
mod nats;
#[cfg(feature = "nats")]
mod nats_server;
mod sqlite;

use std::time::{SystemTime, UNIX_EPOCH};

use autochrome_jobs::{
    Bounds, Job, Kind, MAX_SEGMENT_ATTEMPTS, Made, MemoryQueue, NewJob, News, Part, Queue, State,
};

/// Runs every question against a queue that `$new` makes anew for each, of the bounds that it is given.
macro_rules! conforms {
    ($module:ident, $new:expr, $($fact:ident),+ $(,)?) => {
        mod $module {
            $(#[test]
            fn $fact() {
                if let Some(bench) = $new {
                    crate::conformance::$fact(bench);
                }
            })+
        }
    };
    ($module:ident, $new:expr) => {
        conforms!(
            $module,
            $new,
            a_job_goes_its_way_and_leaves_its_result,
            the_same_key_is_the_same_job,
            a_silent_worker_loses_its_job_and_cannot_end_it,
            a_picture_that_takes_every_worker_down_is_given_up_and_the_others_go_on,
            a_batch_goes_on_with_the_picture_it_was_at,
            a_job_that_is_given_back_counts_as_not_begun,
            a_cancelled_job_takes_no_result,
            a_job_that_waits_is_cancelled_and_never_begun,
            a_full_queue_takes_no_more_and_old_jobs_are_forgotten,
            bytes_that_are_kept_count_against_the_bounds,
            workers_of_one_kind_leave_the_others,
            a_worker_is_told_the_trace_that_a_job_belongs_to,
            films_are_named_while_they_are_needed,
            many_workers_at_once_end_every_job_once,
        );
    };
}

conforms!(memory, Some(crate::memory_bench()));
conforms!(sqlite_file, Some(crate::sqlite::bench()));
#[cfg(feature = "nats")]
conforms!(nats_jetstream, crate::nats::bench());

#[test]
fn a_segment_of_a_film_is_begun_more_often_than_a_picture() {
    let bounds = Bounds { lease_ms: 1000, waiting: 10, bytes: 1 << 20 };
    let queue = MemoryQueue::new(bounds);
    let segment = queue.add(&NewJob { kind: Kind::Segment, ..new(&["0"], None) }, 0).unwrap();
    let begun = (0..).map(|turn| queue.lease(&[Kind::Segment], 2000 * turn).unwrap().unwrap().attempt);
    let begun: Vec<u32> = begun.take(MAX_SEGMENT_ATTEMPTS as usize + 1).collect();
    assert_eq!(begun, [1, 2, 3, 4, 5, 6, 7, 8, 1]);
    let given_up = queue.files(&segment.id).unwrap().remove(0).outcome.unwrap_err();
    assert_eq!(given_up.0, "worker-lost");
}

fn memory_bench() -> conformance::Bench {
    conformance::Bench::new(|bounds| Box::new(MemoryQueue::new(bounds)))
}

fn picture(name: &str) -> Part {
    Part { name: name.to_owned(), bytes: format!("gray {name}").into_bytes() }
}

fn made(name: &str) -> Made {
    Made {
        name: name.to_owned(),
        media_type: "image/png".to_owned(),
        bytes: b"colours".to_vec(),
        warnings: vec!["one".into(), "another".into()],
    }
}

fn new(pictures: &[&str], key: Option<&str>) -> NewJob {
    NewJob {
        kind: if pictures.len() > 1 { Kind::Batch } else { Kind::Image },
        pictures: pictures.iter().map(|name| picture(name)).collect(),
        idempotency_key: key.map(str::to_owned),
        fingerprint: pictures.concat().into_bytes(),
        options: "{}".to_owned(),
        owner: "me".to_owned(),
        ..NewJob::default()
    }
}

fn add(queue: &dyn Queue, key: Option<&str>, now_ms: i64) -> Job {
    queue.add(&new(&["a.png"], key), now_ms).unwrap()
}

fn states(queue: &dyn Queue, id: &str) -> Vec<State> {
    let progress = |news| match news {
        News::Progress { state, .. } => Some(state),
        News::Preview { .. } => None,
    };
    queue.events(id, 0).unwrap().into_iter().filter_map(|event| progress(event.news)).collect()
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}
