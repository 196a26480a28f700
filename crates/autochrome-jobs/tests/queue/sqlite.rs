//! What the queue in a file promises besides.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use autochrome_jobs::{Bounds, Kind, NewJob, Queue as _, QueueError, SqliteQueue, State};

use crate::conformance::Bench;
use crate::{made, new, now_ms, picture, states};

const BOUNDS: Bounds = Bounds { lease_ms: 1000, waiting: 100, bytes: 1 << 20 };

pub fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    Bench::new(move |bounds| Box::new(SqliteQueue::open(&folder.path().join("jobs.db"), bounds).unwrap()))
}

/// Whether any file in `folder` holds `bytes`.
fn on_disk(folder: &Path, bytes: &[u8]) -> bool {
    folder.read_dir().unwrap().any(|file| {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn an_input_is_overwritten_on_disk_when_its_job_ends() {
    let folder = tempfile::tempdir().unwrap();
    let queue = SqliteQueue::open(&folder.path().join("jobs.db"), BOUNDS).unwrap();
    let extras = vec![("reference".to_owned(), picture("private reference"))];
    let job = NewJob { extras: extras.clone(), ..new(&["private"], None) };
    queue.add(&job, 0).unwrap();
    assert!(on_disk(folder.path(), b"gray private"));
    let lease = queue.lease(&Kind::ALL, 1).unwrap().unwrap();
    assert_eq!(queue.extras(&lease).unwrap(), extras);
    queue.store_result(&lease, Ok(&[made("a.png")]), 2).unwrap();
    queue.finish(&lease, "image/png", 3).unwrap();
    queue.tidy().unwrap();
    assert!(!on_disk(folder.path(), b"gray private"));
    assert!(on_disk(folder.path(), b"colours"));
}

#[test]
fn a_file_of_another_layout_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE jobs (id)").unwrap();
    assert!(matches!(SqliteQueue::open(&path, BOUNDS), Err(QueueError::OtherVersion)));
}

/// Written by the program of the time before there were migrations: one job done, one in work, two that wait; then killed, and the
/// file shrunk with `VACUUM`.
const VERSION_3: &[u8] = include_bytes!("data/version-3.db");

fn version(path: &Path) -> i64 {
    let db = rusqlite::Connection::open(path).unwrap();
    db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_file_of_an_earlier_version_is_brought_to_this_one_with_its_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    std::fs::write(&path, VERSION_3).unwrap();
    assert_eq!(version(&path), 3);
    let queue = SqliteQueue::open(&path, BOUNDS).unwrap();
    assert_eq!(version(&path), 6);
    assert_eq!(queue.count().unwrap(), [2, 1, 1, 0, 0]);
    let owner = queue.get("85a55b265856024d2f8f8adc9ea87697").unwrap().owner;
    let jobs = queue.list(&owner, 10).unwrap();
    assert_eq!(jobs.len(), 4);
    let done = jobs.iter().find(|job| job.state == State::Done).unwrap();
    assert!(queue.file(&done.id, 0).unwrap().unwrap().bytes.starts_with(b"\x89PNG"));
    queue.recover(now_ms()).unwrap();
    for attempt in [2, 1, 1] {
        let lease = queue.lease(&Kind::ALL, now_ms()).unwrap().unwrap();
        assert_eq!((lease.attempt, lease.trace.as_deref()), (attempt, None));
        assert!(queue.next_picture(&lease).unwrap().is_some());
    }
    drop(queue);
    assert_eq!(SqliteQueue::open(&path, BOUNDS).unwrap().count().unwrap(), [0, 3, 1, 0, 0]);
}

#[test]
fn a_file_of_a_later_version_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    std::fs::write(&path, VERSION_3).unwrap();
    for other in [2, 99] {
        rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", other).unwrap();
        assert!(matches!(SqliteQueue::open(&path, BOUNDS), Err(QueueError::OtherVersion)));
        assert_eq!(version(&path), other);
    }
}

#[test]
fn a_backup_has_what_was_there_when_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let queue = SqliteQueue::open(&folder.path().join("jobs.db"), BOUNDS).unwrap();
    let job = queue.add(&new(&["a.png"], None), 0).unwrap();
    let backup = folder.path().join("backup.db");
    assert_eq!(queue.back_up(&backup).unwrap(), 1);
    queue.delete(&job.id).unwrap();
    assert!(queue.back_up(&backup).is_err(), "a backup is not written over");
    let restored = SqliteQueue::open(&backup, BOUNDS).unwrap();
    let lease = restored.lease(&Kind::ALL, 1).unwrap().unwrap();
    assert_eq!(restored.next_picture(&lease).unwrap(), Some((0, picture("a.png"))));
}

/// Not a fact of its own: the process that the next test starts and kills.
#[test]
#[ignore = "the worker process of `killed_in_the_middle_every_job_still_ends_once`"]
fn worker_process() {
    let Some(path) = std::env::var_os("AUTOCHROME_TEST_QUEUE") else { return };
    let queue = SqliteQueue::open(path.as_ref(), Bounds { lease_ms: 60_000, ..BOUNDS }).unwrap();
    queue.recover(now_ms()).unwrap();
    while let Some(lease) = queue.lease(&Kind::ALL, now_ms()).unwrap() {
        println!("began {}", lease.job);
        while let Some((_, picture)) = queue.next_picture(&lease).unwrap() {
            std::thread::sleep(std::time::Duration::from_millis(3));
            queue.store_result(&lease, Ok(&[made(&picture.name)]), now_ms()).unwrap();
        }
        queue.finish(&lease, "text/plain", now_ms()).unwrap();
    }
}

#[test]
fn killed_in_the_middle_every_job_still_ends_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let queue = SqliteQueue::open(&path, Bounds { lease_ms: 60_000, ..BOUNDS }).unwrap();
    let mut ids = BTreeSet::new();
    for number in 0..50 {
        let name = number.to_string();
        ids.insert(queue.add(&new(&[&name, "second"], None), now_ms()).unwrap().id);
    }
    let worker = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::worker_process", "--ignored", "--nocapture"])
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
    assert!(queue.list("me", 100).unwrap().iter().any(|job| !job.state.is_over()));
    assert!(worker().wait_with_output().unwrap().status.success());

    for id in ids {
        assert_eq!(queue.get(&id).unwrap().state, State::Done);
        let ends = states(&queue, &id).iter().filter(|state| state.is_over()).count();
        assert_eq!(ends, 1, "job {id} ended {ends} times");
        assert_eq!(queue.files(&id).unwrap().len(), 2, "every picture was put back once");
    }
}
