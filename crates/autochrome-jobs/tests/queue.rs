//! What the queue promises.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use autochrome_jobs::{Job, MAX_ATTEMPTS, NewJob, Queue, QueueError, State};

const LEASE_MS: i64 = 1000;

fn queue() -> (tempfile::TempDir, Queue) {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(&folder.path().join("jobs.db"), LEASE_MS, 100).unwrap();
    (folder, queue)
}

fn add(queue: &Queue, key: Option<&str>, now_ms: i64) -> Job {
    let new = NewJob {
        input: b"picture".to_vec(),
        options: "{}".to_owned(),
        idempotency_key: key.map(str::to_owned),
        owner: "me".to_owned(),
    };
    queue.add(&new, now_ms).unwrap()
}

#[test]
fn a_job_goes_its_way_and_leaves_its_result() {
    let (_folder, queue) = queue();
    let job = add(&queue, None, 0);
    let lease = queue.lease(1).unwrap().unwrap();
    assert_eq!(
        (lease.job.as_str(), lease.attempt, lease.input.as_slice()),
        (job.id.as_str(), 1, &b"picture"[..])
    );
    assert!(queue.lease(2).unwrap().is_none(), "a job is taken once");
    queue.heartbeat(&lease, 0.5, 3).unwrap();
    assert_eq!(queue.get(&job.id).unwrap().progress, 0.5);
    assert_eq!(queue.result(&job.id).unwrap(), None);
    queue.finish(&lease, b"colours", "image/png", 4).unwrap();
    assert_eq!(queue.get(&job.id).unwrap().state, State::Done);
    assert_eq!(queue.result(&job.id).unwrap(), Some((b"colours".to_vec(), "image/png".to_owned())));
    let states: Vec<State> = queue.events(&job.id, 0).unwrap().iter().map(|event| event.state).collect();
    assert_eq!(states, [State::Queued, State::Running, State::Running, State::Done]);
}

#[test]
fn the_same_key_is_the_same_job() {
    let (_folder, queue) = queue();
    let first = add(&queue, Some("a"), 0);
    assert_eq!(add(&queue, Some("a"), 5).id, first.id);
    assert_ne!(add(&queue, Some("b"), 5).id, first.id);
    assert_eq!(queue.list("me", 10).unwrap().len(), 2);
    assert!(queue.list("somebody else", 10).unwrap().is_empty());
}

#[test]
fn a_silent_worker_loses_its_job_and_cannot_end_it() {
    let (_folder, queue) = queue();
    let job = add(&queue, None, 0);
    let late = queue.lease(0).unwrap().unwrap();
    assert!(queue.lease(LEASE_MS - 1).unwrap().is_none());
    let next = queue.lease(LEASE_MS).unwrap().unwrap();
    assert_eq!((next.job.as_str(), next.attempt), (job.id.as_str(), 2));
    assert!(matches!(queue.finish(&late, b"late", "image/png", LEASE_MS + 1), Err(QueueError::LeaseLost)));
    assert!(matches!(queue.heartbeat(&late, 0.9, LEASE_MS + 1), Err(QueueError::LeaseLost)));
    queue.finish(&next, b"in time", "image/png", LEASE_MS + 2).unwrap();
    assert_eq!(queue.result(&job.id).unwrap().unwrap().0, b"in time");
}

#[test]
fn a_job_that_takes_every_worker_down_fails_in_the_end() {
    let (_folder, queue) = queue();
    let job = add(&queue, None, 0);
    for attempt in 0..i64::from(MAX_ATTEMPTS) {
        assert!(queue.lease(attempt * LEASE_MS).unwrap().is_some());
    }
    assert!(queue.lease(i64::from(MAX_ATTEMPTS) * LEASE_MS).unwrap().is_none());
    let job = queue.get(&job.id).unwrap();
    assert_eq!((job.state, job.error.unwrap().0.as_str()), (State::Failed, "worker-lost"));
}

#[test]
fn a_cancelled_job_takes_no_result() {
    let (_folder, queue) = queue();
    let job = add(&queue, None, 0);
    let lease = queue.lease(1).unwrap().unwrap();
    assert_eq!(queue.cancel(&job.id, 2).unwrap().state, State::Cancelled);
    assert!(matches!(queue.finish(&lease, b"x", "image/png", 3), Err(QueueError::LeaseLost)));
    assert_eq!(queue.cancel(&job.id, 4).unwrap().updated_ms, 2, "what is over stays as it is");
    assert!(matches!(queue.cancel("no such job", 5), Err(QueueError::Unknown)));
}

#[test]
fn a_full_queue_takes_no_more_and_old_jobs_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(&folder.path().join("jobs.db"), LEASE_MS, 1).unwrap();
    let job = add(&queue, None, 0);
    assert!(matches!(queue.add(&NewJob::default(), 1), Err(QueueError::Full(1))));
    let lease = queue.lease(1).unwrap().unwrap();
    queue.fail(&lease, "corrupt-file", "broken", 10).unwrap();
    assert_eq!(queue.expire(10).unwrap(), 0);
    assert_eq!(queue.expire(11).unwrap(), 1);
    assert!(matches!(queue.get(&job.id), Err(QueueError::Unknown)));
    assert!(queue.events(&job.id, 0).unwrap().is_empty());
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// Not a fact of its own: the process that the next test starts and kills.
#[test]
#[ignore = "the worker process of `killed_in_the_middle_every_job_still_ends_once`"]
fn worker_process() {
    let Some(path) = std::env::var_os("AUTOCHROME_TEST_QUEUE") else { return };
    let queue = Queue::open(path.as_ref(), 60_000, 100).unwrap();
    queue.recover(now_ms()).unwrap();
    while let Some(lease) = queue.lease(now_ms()).unwrap() {
        println!("began {}", lease.job);
        std::thread::sleep(std::time::Duration::from_millis(3));
        queue.finish(&lease, lease.options.as_bytes(), "text/plain", now_ms()).unwrap();
    }
}

#[test]
fn killed_in_the_middle_every_job_still_ends_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let queue = Queue::open(&path, 60_000, 100).unwrap();
    let mut ids = BTreeSet::new();
    for number in 0..50 {
        let new = NewJob { options: number.to_string(), ..NewJob::default() };
        ids.insert(queue.add(&new, now_ms()).unwrap().id);
    }
    let worker = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "worker_process", "--ignored", "--nocapture"])
            .env("AUTOCHROME_TEST_QUEUE", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    // Killed while it holds its 5th job, then its 20th, then let run.
    for fatal in [5, 20] {
        let mut child = worker();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let begun = lines.map(Result::unwrap).filter(|line| line.contains("began ")).take(fatal).count();
        assert_eq!(begun, fatal);
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
    }
    assert!(queue.list("", 100).unwrap().iter().any(|job| !job.state.is_over()));
    assert!(worker().wait_with_output().unwrap().status.success());

    for id in ids {
        let job = queue.get(&id).unwrap();
        assert_eq!(job.state, State::Done);
        let ends = queue.events(&id, 0).unwrap().iter().filter(|event| event.state.is_over()).count();
        assert_eq!(ends, 1, "job {id} ended {ends} times");
    }
}
