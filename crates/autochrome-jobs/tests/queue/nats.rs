//! What the queue in NATS JetStream promises besides.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use autochrome_jobs::{
    Bounds, BucketStore, Kind, MemoryStore, NatsOptions, NatsQueue, Network, Queue, QueueError, State, Store,
};

use crate::conformance::Bench;
use crate::nats_server::NatsServer;
use crate::{made, new, now_ms, states};

/// Long enough for whatever a test does between two signs of life on a busy machine, short enough to wait for.
const LEASE_MS: i64 = 2500;
const BOUNDS: Bounds = Bounds { lease_ms: LEASE_MS, waiting: 100, bytes: 1 << 20 };

/// One server for all facts that run at the same time; each has a queue of another name.
fn shared_server() -> Option<Arc<NatsServer>> {
    static SERVER: Mutex<Weak<NatsServer>> = Mutex::new(Weak::new());
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(running) = server.upgrade() {
        return Some(running);
    }
    let started = Arc::new(NatsServer::start()?);
    *server = Arc::downgrade(&started);
    Some(started)
}

fn connect(network: &Network, url: &str, store: Arc<dyn Store>, bounds: Bounds) -> NatsQueue {
    let options = NatsOptions { poll: Duration::from_millis(300), ..NatsOptions::new(url) };
    NatsQueue::connect(network, &options, store, bounds).unwrap()
}

pub fn bench() -> Option<Bench> {
    static NAMES: AtomicU32 = AtomicU32::new(0);
    let server = shared_server()?;
    let network = Network::start().unwrap();
    let open = move |bounds| -> Box<dyn Queue> {
        let name = format!("fact{}", NAMES.fetch_add(1, Ordering::Relaxed));
        Box::new(connect(&network, &server.url(&name), Arc::new(MemoryStore::default()), bounds))
    };
    Some(Bench { is_real: true, lease_ms: LEASE_MS, ..Bench::new(open) })
}

#[test]
fn what_one_process_adds_another_works_on_and_a_third_lists() {
    let Some(server) = shared_server() else { return };
    let folder = tempfile::tempdir().unwrap();
    let open = |network: &Network| {
        let store = BucketStore::open(network, folder.path().to_str().unwrap()).unwrap();
        connect(network, &server.url("shared"), Arc::new(store), BOUNDS)
    };
    let networks: Vec<Network> = (0..3).map(|_| Network::start().unwrap()).collect();
    let (sender, worker, third) = (open(&networks[0]), open(&networks[1]), open(&networks[2]));
    let job = sender.add(&new(&["a.png"], Some("key")), now_ms()).unwrap();
    assert_eq!(third.list("me", 10).unwrap().len(), 1);
    assert_eq!(third.add(&new(&["a.png"], Some("key")), now_ms()).unwrap().id, job.id);
    let lease = worker.lease(&Kind::PICTURES, now_ms()).unwrap().unwrap();
    assert_eq!(worker.next_picture(&lease).unwrap().unwrap().1.bytes, b"gray a.png");
    worker.store_result(&lease, Ok(&[made("a.color.png")]), now_ms()).unwrap();
    worker.finish(&lease, "image/png", now_ms()).unwrap();
    assert_eq!(sender.file(&job.id, 0).unwrap().unwrap().bytes, b"colours");
    let jobs = || folder.path().join("jobs").join(&job.id);
    assert!(!jobs().join("inputs").exists(), "what came is erased when the job ends");
    assert!(jobs().join("files").exists());
    third.delete(&job.id).unwrap();
    assert!(matches!(sender.get(&job.id), Err(QueueError::Unknown)));
    assert!(!jobs().exists(), "a job that is forgotten leaves nothing");
}

#[test]
fn who_fetch_the_same_file_at_once_all_get_it_whole() {
    let (folder, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let network = Network::start().unwrap();
    let store = BucketStore::open(&network, folder.path().to_str().unwrap()).unwrap();
    let bytes: Vec<u8> = (0..1 << 20).map(|i: u32| (i / 999) as u8).collect();
    store.put("films/a/film", &bytes).unwrap();
    let copy = copies.path().join("film");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(store.get_file("films/a/film", &copy).unwrap()));
        }
    });
    assert!(std::fs::read(&copy).unwrap() == bytes);
    assert_eq!(copies.path().read_dir().unwrap().count(), 1, "nothing is left beside it");
    // A folder is in the way.
    let taken = copies.path().join("taken");
    std::fs::create_dir(&taken).unwrap();
    assert!(store.get_file("films/a/film", &taken).is_err());
    assert_eq!(copies.path().read_dir().unwrap().count(), 2, "nor where it fails");
}

#[test]
fn a_heartbeat_keeps_a_job_for_longer_than_a_lease() {
    let Some(bench) = bench() else { return };
    let queue = (bench.open)(BOUNDS);
    queue.add(&new(&["slow.png"], None), now_ms()).unwrap();
    let lease = queue.lease(&Kind::ALL, now_ms()).unwrap().unwrap();
    for _ in 0..8 {
        std::thread::sleep(Duration::from_millis(LEASE_MS.unsigned_abs() / 5));
        queue.heartbeat(&lease, 0.1, None, now_ms()).unwrap();
        assert!(queue.lease(&Kind::ALL, now_ms()).unwrap().is_none());
    }
    queue.finish(&lease, "image/png", now_ms()).unwrap();
}

#[test]
fn a_server_that_is_away_for_a_while_is_waited_for() {
    let Some(mut server) = NatsServer::start() else { return };
    let network = Network::start().unwrap();
    let queue = connect(&network, &server.url("away"), Arc::new(MemoryStore::default()), BOUNDS);
    let job = queue.add(&new(&["a.png"], None), now_ms()).unwrap();
    let lease = queue.lease(&Kind::ALL, now_ms()).unwrap().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| server.kill_and_start_again(Duration::from_millis(700)));
        std::thread::sleep(Duration::from_millis(200));
        queue.store_result(&lease, Ok(&[made("a.png")]), now_ms()).unwrap();
    });
    queue.finish(&lease, "image/png", now_ms()).unwrap();
    assert_eq!(states(&queue, &job.id), [State::Queued, State::Running, State::Done]);
    assert_eq!(queue.count().unwrap(), [0, 0, 1, 0, 0]);
}

/// Erases every message that tells workers of jobs, as a server may forget some that is killed.
fn lose_messages(server: &NatsServer, name: &str) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let client = async_nats::connect(server.url("")).await.unwrap();
        let jetstream = async_nats::jetstream::new(client);
        let stream = jetstream.get_stream(format!("{}_JOBS", name.to_ascii_uppercase())).await.unwrap();
        stream.purge().await.unwrap();
    });
}

#[test]
fn jobs_that_were_lost_on_their_way_are_announced_again_and_the_others_are_not() {
    let Some(server) = shared_server() else { return };
    let network = Network::start().unwrap();
    let queue = connect(&network, &server.url("lost"), Arc::new(MemoryStore::default()), BOUNDS);
    let job = queue.add(&new(&["a.png"], None), 0).unwrap();
    assert_eq!(queue.announce_again(100 * LEASE_MS).unwrap(), 0, "it waits its turn, however long");
    lose_messages(&server, "lost");
    assert!(queue.lease(&Kind::ALL, 0).unwrap().is_none());
    assert_eq!(queue.announce_again(2 * LEASE_MS).unwrap(), 0, "it may come by itself yet");
    assert_eq!(queue.announce_again(2 * LEASE_MS + 1).unwrap(), 1);
    assert_eq!(queue.announce_again(2 * LEASE_MS + 2).unwrap(), 0);
    let now = 3 * LEASE_MS;
    let first = queue.lease(&Kind::ALL, now).unwrap().unwrap();
    // Its worker dies, and the server forgets that it had the job.
    lose_messages(&server, "lost");
    queue.heartbeat(&first, 0.0, None, now + LEASE_MS).unwrap();
    let heard = now + 2 * LEASE_MS;
    assert_eq!(queue.announce_again(heard + 2 * LEASE_MS).unwrap(), 0, "a sign of life counts");
    let now = heard + 2 * LEASE_MS + 1;
    assert_eq!(queue.announce_again(now).unwrap(), 1);
    let second = queue.lease(&Kind::ALL, now).unwrap().unwrap();
    assert_eq!((second.job.as_str(), second.attempt), (job.id.as_str(), 2));
    assert!(matches!(queue.heartbeat(&first, 0.1, None, now), Err(QueueError::LeaseLost)));
    queue.store_result(&second, Ok(&[made("a.png")]), now).unwrap();
    queue.finish(&second, "image/png", now).unwrap();
    assert_eq!(queue.announce_again(now + 100 * LEASE_MS).unwrap(), 0);
    let ends = states(&queue, &job.id).iter().filter(|state| state.is_over()).count();
    assert_eq!(ends, 1);
}

#[test]
fn a_job_whose_lease_ends_while_another_worker_waits_for_it_goes_to_that_one() {
    let Some(server) = shared_server() else { return };
    let network = Network::start().unwrap();
    let open = |lease_ms| {
        let store = Arc::new(MemoryStore::default());
        connect(&network, &server.url("chase"), store, Bounds { lease_ms, ..BOUNDS })
    };
    let silent = open(LEASE_MS);
    let job = silent.add(&new(&["a.png"], None), 0).unwrap();
    silent.lease(&Kind::ALL, 0).unwrap().unwrap();
    // The server offers the job too early, as one does that was killed; it comes back within the time that is waited for an offer.
    let next = open(400);
    std::thread::sleep(Duration::from_millis(700));
    let lease = next.lease(&Kind::ALL, LEASE_MS - 150).unwrap().expect("the clock goes on meanwhile");
    assert_eq!((lease.job.as_str(), lease.attempt), (job.id.as_str(), 2));
}

#[test]
fn a_job_that_is_announced_twice_is_worked_on_once() {
    let Some(server) = shared_server() else { return };
    let network = Network::start().unwrap();
    let queue = connect(&network, &server.url("twice"), Arc::new(MemoryStore::default()), BOUNDS);
    queue.add(&new(&["a.png"], None), 0).unwrap();
    queue.add(&new(&["b.png"], None), 0).unwrap();
    let first = queue.lease(&Kind::ALL, 0).unwrap().unwrap();
    // Its worker is only slow: both messages of its job are there.
    let now = 4 * LEASE_MS;
    assert_eq!(queue.announce_again(now).unwrap(), 1);
    queue.heartbeat(&first, 0.1, None, now).unwrap();
    let other = queue.lease(&Kind::ALL, now).unwrap().unwrap();
    assert_ne!(other.job, first.job);
    assert!(queue.lease(&Kind::ALL, now).unwrap().is_none(), "who has it keeps it");
    for lease in [&first, &other] {
        queue.store_result(lease, Ok(&[made("a.png")]), now).unwrap();
        queue.finish(lease, "image/png", now).unwrap();
    }
    assert!(queue.lease(&Kind::ALL, now + LEASE_MS).unwrap().is_none(), "what is over is not taken again");
    assert_eq!(queue.count().unwrap(), [0, 0, 2, 0, 0]);
}

/// Not a fact of its own: the process that the next test starts and kills.
#[test]
#[ignore = "the worker process of `workers_and_server_killed_in_the_middle_every_job_still_ends_once`"]
fn worker_process() {
    let Some(url) = std::env::var_os("AUTOCHROME_TEST_NATS") else { return };
    let folder = std::env::var("AUTOCHROME_TEST_STORE").unwrap();
    let network = Network::start().unwrap();
    let store = Arc::new(BucketStore::open(&network, &folder).unwrap());
    let queue = connect(&network, url.to_str().unwrap(), store, BOUNDS);
    loop {
        let Ok(Some(lease)) = queue.lease(&Kind::ALL, now_ms()) else { continue };
        println!("began {}", lease.job);
        let work = || -> Result<(), QueueError> {
            while let Some((_, picture)) = queue.next_picture(&lease)? {
                std::thread::sleep(Duration::from_millis(20));
                queue.store_result(&lease, Ok(&[made(&picture.name)]), now_ms())?;
            }
            queue.finish(&lease, "application/zip", now_ms())
        };
        // A job that somebody else has now is theirs.
        let _ = work();
    }
}

#[test]
fn workers_and_server_killed_in_the_middle_every_job_still_ends_once() {
    const JOBS: usize = 40;
    /// All of the work, on a busy machine.
    const WORK: Duration = Duration::from_secs(20);
    let Some(mut server) = NatsServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (url, network) = (server.url("killed"), Network::start().unwrap());
    let store = Arc::new(BucketStore::open(&network, folder.path().to_str().unwrap()).unwrap());
    let queue = connect(&network, &url, store, BOUNDS);
    let names: Vec<String> = (0..JOBS).map(|number| number.to_string()).collect();
    let add = |name: &String| queue.add(&new(&[name, "second"], Some(name)), now_ms()).unwrap().id;
    let ids: BTreeSet<String> = names.iter().map(add).collect();
    let worker = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "nats::worker_process", "--ignored", "--nocapture"])
            .env("AUTOCHROME_TEST_NATS", &url)
            .env("AUTOCHROME_TEST_STORE", folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut workers = [worker(), worker()];
    for fatal in [3, 6] {
        let lines = BufReader::new(workers[0].stdout.take().unwrap()).lines();
        let begun = lines.map_while(Result::ok).filter(|line| line.contains("began ")).take(fatal).count();
        assert_eq!(begun, fatal);
        workers[0].kill().unwrap(); // SIGKILL
        workers[0].wait().unwrap();
        server.kill_and_start_again(Duration::from_millis(200));
        workers[0] = worker();
    }
    let is_over = || queue.count().is_ok_and(|[queued, running, ..]| queued + running == 0);
    let (waited, mut announced) = (Instant::now(), 0);
    // What the server forgot is told again three leases after the last sign of life; each killed worker had one job.
    let most = Duration::from_millis(4 * LEASE_MS.unsigned_abs()) + WORK;
    while !is_over() {
        assert!(waited.elapsed() < most, "jobs are lost: {:?}", queue.count());
        // As a server does.
        announced += queue.announce_again(now_ms()).unwrap();
        std::thread::sleep(Duration::from_millis(100));
    }
    println!(
        "all over {:.1} s after the last kill; {announced} announced again",
        waited.elapsed().as_secs_f64()
    );
    for child in &mut workers {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(queue.count().unwrap(), [0, 0, JOBS as i64, 0, 0]);
    for id in ids {
        let ends = states(&queue, &id).iter().filter(|state| state.is_over()).count();
        assert_eq!(ends, 1, "job {id} ended {ends} times");
        assert_eq!(queue.files(&id).unwrap().len(), 2, "every picture was put back once");
        for number in 0..2 {
            assert!(queue.file(&id, number).unwrap().is_some());
        }
    }
}
