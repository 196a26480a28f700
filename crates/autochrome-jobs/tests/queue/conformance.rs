//! What every queue promises.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use autochrome_jobs::{Bounds, Kind, MAX_ATTEMPTS, NewJob, News, Part, Queue, QueueError, State};

use crate::{add, made, new, picture, states};

/// How to make a queue, and how time passes for it.
pub struct Bench {
    pub open: Box<dyn Fn(Bounds) -> Box<dyn Queue>>,
    /// Whether the queue has a clock of its own, which nobody can set.
    pub is_real: bool,
    /// How long a lease lasts.
    pub lease_ms: i64,
}

impl Bench {
    pub fn new(open: impl Fn(Bounds) -> Box<dyn Queue> + 'static) -> Self {
        Self { open: Box::new(open), is_real: false, lease_ms: 1000 }
    }

    fn bounds(&self) -> Bounds {
        Bounds { lease_ms: self.lease_ms, waiting: 100, bytes: 1 << 20 }
    }

    fn queue(&self) -> Box<dyn Queue> {
        (self.open)(self.bounds())
    }

    /// Lets a lease run out; the time after that.
    fn lose_patience(&self, now_ms: i64) -> i64 {
        if self.is_real {
            std::thread::sleep(Duration::from_millis(self.lease_ms.unsigned_abs() + 300));
        }
        now_ms + self.lease_ms
    }
}

pub fn a_job_goes_its_way_and_leaves_its_result(bench: Bench) {
    let queue = bench.queue();
    let job = add(&*queue, None, 0);
    let lease = queue.lease(&Kind::ALL, 1).unwrap().unwrap();
    assert_eq!((lease.job.as_str(), lease.attempt), (job.id.as_str(), 1));
    assert!(queue.lease(&Kind::ALL, 2).unwrap().is_none(), "a job is taken once");
    assert_eq!(queue.next_picture(&lease).unwrap(), Some((0, picture("a.png"))));
    queue.heartbeat(&lease, 0.5, None, 3).unwrap();
    queue.heartbeat(&lease, 0.5, None, 3).unwrap();
    assert_eq!(queue.get(&job.id).unwrap().progress, 0.5);
    assert_eq!(queue.file(&job.id, 0).unwrap(), None);
    queue.preview(&lease, "a.png", b"smaller").unwrap();
    queue.preview(&lease, "a.png", b"small").unwrap();
    queue.store_result(&lease, Ok(&[made("a.png")]), 4).unwrap();
    assert_eq!(queue.next_picture(&lease).unwrap(), None);
    queue.finish(&lease, "image/png", 4).unwrap();
    let done = queue.get(&job.id).unwrap();
    assert_eq!((done.state, done.result_type.as_deref()), (State::Done, Some("image/png")));
    assert_eq!(queue.file(&job.id, 0).unwrap(), Some(made("a.png")));
    assert_eq!(queue.files(&job.id).unwrap()[0].warnings, ["one", "another"]);
    assert_eq!(queue.file(&job.id, 1).unwrap(), None);
    assert_eq!(states(&*queue, &job.id), [State::Queued, State::Running, State::Running, State::Done]);
    let preview = News::Preview { file: 0, name: "a.png".to_owned(), bytes: b"small".to_vec() };
    let events = queue.events(&job.id, 0).unwrap();
    assert_eq!(events[3].news, preview, "the later preview takes the place of the earlier");
    assert_eq!(queue.events(&job.id, events[3].number).unwrap().len(), 1, "a listener goes on where it was");
    assert!(queue.lease(&Kind::ALL, 5).unwrap().is_none(), "what is over is not taken again");
}

pub fn the_same_key_is_the_same_job(bench: Bench) {
    let queue = bench.queue();
    let first = add(&*queue, Some("a"), 0);
    assert_eq!(add(&*queue, Some("a"), 5).id, first.id);
    assert_ne!(add(&*queue, Some("b"), 5).id, first.id);
    assert_eq!(queue.list("me", 10).unwrap().len(), 2);
    assert_eq!(queue.list("me", 1).unwrap()[0].created_ms, 5, "the newest first");
    assert!(queue.list("somebody else", 10).unwrap().is_empty());
    let other = queue.add(&new(&["other.png"], Some("a")), 6);
    assert!(matches!(other, Err(QueueError::KeyReused)), "a key is for one request");
    queue.delete(&first.id).unwrap();
    assert_ne!(add(&*queue, Some("a"), 7).id, first.id, "a job that is forgotten frees its key");
}

pub fn a_silent_worker_loses_its_job_and_cannot_end_it(bench: Bench) {
    let queue = bench.queue();
    let job = add(&*queue, None, 0);
    let late = queue.lease(&Kind::ALL, 0).unwrap().unwrap();
    assert!(queue.lease(&Kind::ALL, bench.lease_ms - 1).unwrap().is_none());
    let now = bench.lose_patience(0);
    let next = queue.lease(&Kind::ALL, now).unwrap().unwrap();
    assert_eq!((next.job.as_str(), next.attempt), (job.id.as_str(), 2));
    assert!(matches!(queue.store_result(&late, Ok(&[made("late")]), now + 1), Err(QueueError::LeaseLost)));
    assert!(matches!(queue.heartbeat(&late, 0.9, None, now + 1), Err(QueueError::LeaseLost)));
    queue.store_result(&next, Ok(&[made("in time")]), now + 2).unwrap();
    assert!(matches!(queue.finish(&late, "image/png", now + 2), Err(QueueError::LeaseLost)));
    assert!(matches!(queue.fail(&late, "late", "", now + 2), Err(QueueError::LeaseLost)));
    assert!(matches!(queue.release(&late, now + 2), Err(QueueError::LeaseLost)));
    queue.finish(&next, "image/png", now + 2).unwrap();
    assert!(
        matches!(queue.finish(&next, "image/png", now + 3), Err(QueueError::LeaseLost)),
        "a job ends once"
    );
    assert_eq!(queue.file(&job.id, 0).unwrap().unwrap().name, "in time");
    assert_eq!(queue.files(&job.id).unwrap().len(), 1);
}

pub fn a_picture_that_takes_every_worker_down_is_given_up_and_the_others_go_on(bench: Bench) {
    let queue = bench.queue();
    let job = queue.add(&new(&["fatal.png", "b.png"], None), 0).unwrap();
    let mut now = 0;
    for attempt in 1..=MAX_ATTEMPTS {
        assert_eq!(queue.lease(&Kind::ALL, now).unwrap().unwrap().attempt, attempt);
        now = bench.lose_patience(now);
    }
    let lease = queue.lease(&Kind::ALL, now).unwrap().unwrap();
    assert_eq!(lease.attempt, 1);
    assert_eq!(queue.next_picture(&lease).unwrap(), Some((1, picture("b.png"))));
    let files = queue.files(&job.id).unwrap();
    assert_eq!(files[0].name, "fatal.png");
    assert_eq!(files[0].outcome.as_ref().unwrap_err().0, "worker-lost");
    queue.store_result(&lease, Ok(&[made("b.png")]), now).unwrap();
    queue.finish(&lease, "application/zip", now).unwrap();
    assert_eq!(queue.get(&job.id).unwrap().state, State::Done);
}

pub fn a_batch_goes_on_with_the_picture_it_was_at(bench: Bench) {
    let queue = bench.queue();
    let job = queue.add(&new(&["a.png", "b.png", "c.png"], None), 0).unwrap();
    let lease = queue.lease(&Kind::ALL, 0).unwrap().unwrap();
    queue.store_result(&lease, Ok(&[made("a.png"), made("a.2.png")]), 0).unwrap();
    let now = bench.lose_patience(0);
    let lease = queue.lease(&Kind::ALL, now).unwrap().unwrap();
    assert_eq!((lease.attempt, lease.pictures), (1, 3), "beginnings are counted for each picture");
    assert_eq!(queue.next_picture(&lease).unwrap(), Some((1, picture("b.png"))));
    queue.store_result(&lease, Err(("corrupt-file", "broken")), now).unwrap();
    queue.release(&lease, now).unwrap();
    assert_eq!(queue.get(&job.id).unwrap().state, State::Queued);
    let lease = queue.lease(&Kind::ALL, now).unwrap().unwrap();
    queue.store_result(&lease, Ok(&[made("c.png")]), now).unwrap();
    queue.finish(&lease, "application/zip", now).unwrap();
    let names: Vec<String> = queue.files(&job.id).unwrap().into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["a.png", "a.2.png", "b.png", "c.png"]);
    assert_eq!(queue.get(&job.id).unwrap().attempts, 1, "what is done was begun");
    let places = (0..5).map(|number| queue.file(&job.id, number).unwrap().map(|made| made.name));
    let places: Vec<Option<String>> = places.collect();
    assert_eq!(places[..2], [Some("a.png".to_owned()), Some("a.2.png".to_owned())]);
    assert_eq!(places[2..], [None, Some("c.png".to_owned()), None]);
}

pub fn a_job_that_is_given_back_counts_as_not_begun(bench: Bench) {
    let queue = bench.queue();
    let job = add(&*queue, None, 0);
    for _ in 0..=MAX_ATTEMPTS {
        let lease = queue.lease(&Kind::ALL, 0).unwrap().unwrap();
        assert_eq!((lease.job.as_str(), lease.attempt), (job.id.as_str(), 1));
        queue.advance(&lease).unwrap();
        queue.release(&lease, 0).unwrap();
        assert!(matches!(queue.release(&lease, 0), Err(QueueError::LeaseLost)));
    }
}

pub fn a_cancelled_job_takes_no_result(bench: Bench) {
    let queue = bench.queue();
    let job = add(&*queue, None, 0);
    let lease = queue.lease(&Kind::ALL, 1).unwrap().unwrap();
    assert_eq!(queue.cancel(&job.id, 2).unwrap().state, State::Cancelled);
    assert!(matches!(queue.heartbeat(&lease, 0.1, None, 3), Err(QueueError::LeaseLost)));
    assert!(matches!(queue.store_result(&lease, Ok(&[made("x")]), 3), Err(QueueError::LeaseLost)));
    assert_eq!(queue.cancel(&job.id, 4).unwrap().updated_ms, 2, "what is over stays as it is");
    assert!(matches!(queue.cancel("no such job", 5), Err(QueueError::Unknown)));
    assert!(matches!(queue.get("no such job"), Err(QueueError::Unknown)));
}

pub fn a_job_that_waits_is_cancelled_and_never_begun(bench: Bench) {
    let queue = bench.queue();
    let (first, second) = (add(&*queue, None, 0), add(&*queue, None, 1));
    queue.cancel(&first.id, 2).unwrap();
    assert_eq!(queue.lease(&Kind::ALL, 3).unwrap().unwrap().job, second.id);
    assert!(queue.lease(&Kind::ALL, 3).unwrap().is_none());
    assert_eq!(states(&*queue, &first.id), [State::Queued, State::Cancelled]);
    assert_eq!(queue.count().unwrap(), [0, 1, 0, 0, 1]);
}

pub fn a_full_queue_takes_no_more_and_old_jobs_are_forgotten(bench: Bench) {
    let queue = (bench.open)(Bounds { waiting: 1, ..bench.bounds() });
    let job = add(&*queue, None, 0);
    assert!(matches!(queue.add(&NewJob::default(), 1), Err(QueueError::Full)));
    let lease = queue.lease(&Kind::ALL, 1).unwrap().unwrap();
    queue.fail(&lease, "corrupt-file", "broken", 10).unwrap();
    assert_eq!(queue.get(&job.id).unwrap().error.unwrap().0, "corrupt-file");
    assert_eq!(queue.expire(10).unwrap(), 0);
    assert_eq!(queue.expire(11).unwrap(), 1);
    assert!(matches!(queue.get(&job.id), Err(QueueError::Unknown)));
    assert!(queue.events(&job.id, 0).unwrap().is_empty());
    assert!(queue.list("me", 10).unwrap().is_empty());
    queue.tidy().unwrap();
    queue.try_writing().unwrap();
}

pub fn bytes_that_are_kept_count_against_the_bounds(bench: Bench) {
    let queue = (bench.open)(Bounds { bytes: 25, ..bench.bounds() });
    let job = add(&*queue, None, 0);
    assert_eq!(queue.count().unwrap(), [1, 0, 0, 0, 0]);
    add(&*queue, None, 0);
    assert!(matches!(queue.add(&new(&["a.png"], None), 1), Err(QueueError::Full)));
    queue.delete(&job.id).unwrap();
    assert!(matches!(queue.delete(&job.id), Err(QueueError::Unknown)));
    add(&*queue, None, 2);
}

pub fn workers_of_one_kind_leave_the_others(bench: Bench) {
    let queue = bench.queue();
    let film = NewJob { kind: Kind::Video, ..new(&["film"], None) };
    let film = queue.add(&film, 0).unwrap();
    assert!(queue.lease(&Kind::PICTURES, 1).unwrap().is_none());
    let picture = add(&*queue, None, 2);
    assert_eq!(queue.lease(&[Kind::Video], 3).unwrap().unwrap().job, film.id);
    assert_eq!(queue.lease(&Kind::PICTURES, 3).unwrap().unwrap().job, picture.id);
}

pub fn a_worker_is_told_the_trace_that_a_job_belongs_to(bench: Bench) {
    let queue = bench.queue();
    let trace = Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
    queue.add(&NewJob { trace: trace.clone(), ..new(&["a.png"], None) }, 0).unwrap();
    add(&*queue, None, 1);
    let lease = queue.lease(&Kind::ALL, 2).unwrap().unwrap();
    assert_eq!(lease.trace, trace);
    // Whoever takes over too.
    queue.release(&lease, 3).unwrap();
    let mut traces: Vec<_> = (0..2).map(|_| queue.lease(&Kind::ALL, 4).unwrap().unwrap().trace).collect();
    traces.sort();
    assert_eq!(traces, [None, trace]);
}

pub fn films_are_named_while_they_are_needed(bench: Bench) {
    let queue = bench.queue();
    let (name, bytes) = ("film.mp4".to_owned(), b"0123456789abcdef".to_vec());
    let part = Part { name, bytes: bytes.clone() };
    let extras = vec![("reference".to_owned(), picture("reference"))];
    let film = NewJob { kind: Kind::Video, pictures: vec![part], extras: extras.clone(), ..new(&[], None) };
    let job = queue.add(&film, 0).unwrap();
    assert_eq!(queue.in_use(Kind::Video).unwrap(), std::slice::from_ref(&bytes));
    let lease = queue.lease(&Kind::ALL, 0).unwrap().unwrap();
    assert_eq!(queue.extras(&lease).unwrap(), extras);
    assert_eq!(queue.next_picture(&lease).unwrap().unwrap().1.bytes, bytes);
    queue.heartbeat(&lease, 0.5, Some("half"), 0).unwrap();
    assert_eq!(queue.get(&job.id).unwrap().detail.as_deref(), Some("half"));
    queue.store_result_file(&lease, "film.color.mp4", "video/mp4", 1 << 40).unwrap();
    queue.finish(&lease, "video/mp4", 1).unwrap();
    assert!(queue.in_use(Kind::Video).unwrap().is_empty());
    let files = queue.files(&job.id).unwrap();
    assert_eq!(files[0].outcome, Ok(("video/mp4".to_owned(), 1 << 40)));
    assert_eq!(queue.file(&job.id, 0).unwrap(), None, "its bytes lie elsewhere");
}

pub fn many_workers_at_once_end_every_job_once(bench: Bench) {
    const JOBS: usize = 24;
    let queue = bench.queue();
    for number in 0..JOBS {
        queue.add(&new(&[&number.to_string(), "second"], None), 0).unwrap();
    }
    let ended: Mutex<BTreeMap<String, u32>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(lease) = queue.lease(&Kind::PICTURES, 0).unwrap() {
                    while let Some((_, picture)) = queue.next_picture(&lease).unwrap() {
                        queue.store_result(&lease, Ok(&[made(&picture.name)]), 0).unwrap();
                        queue.heartbeat(&lease, 0.5, None, 0).unwrap();
                    }
                    queue.finish(&lease, "application/zip", 0).unwrap();
                    *ended.lock().unwrap().entry(lease.job).or_default() += 1;
                }
            });
        }
    });
    let ended = ended.into_inner().unwrap();
    assert_eq!((ended.len(), ended.values().sum::<u32>()), (JOBS, JOBS as u32));
    assert_eq!(queue.count().unwrap(), [0, 0, JOBS as i64, 0, 0]);
    for job in queue.list("me", 100).unwrap() {
        assert_eq!(queue.files(&job.id).unwrap().len(), 2);
    }
}
