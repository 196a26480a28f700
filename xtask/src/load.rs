//! `cargo xtask load FOLDER`: many clients at once against a server of this machine, beside `colorize` on the same pictures.
//!
//! Pictures are sent in turn, so that colours the server remembers are of no use to it when the folder holds some dozens.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::flags::Load;
use crate::http::{self, Answer};
use crate::server::Server;
use crate::shell::{release, run as run_command, target};

/// Clients that ask at the same time, each again as soon as it has its answer.
const CLIENTS: usize = 64;

/// How long they do.
const TIME: Duration = Duration::from_secs(60);

/// Least share of the throughput of `colorize`.
const BAR: f64 = 0.85;

/// What an answer took, and what it was.
struct Asked {
    outcome: String,
    time: Duration,
}

/// Measures a folder before, the server, and the folder after, so that a machine that others use too shows itself.
pub fn run(flags: Load) -> Result<()> {
    let folder = &flags.folder;
    let program = release(flags.program)?;
    let work = target().join("xtask/load");
    let pictures = read(folder)?;
    eprintln!("{} pictures, {CLIENTS} clients, {} s", pictures.len(), TIME.as_secs());

    let before = whole_folder(&program, folder, pictures.len(), &work)?;
    let (asked, memory) = with_server(&program, &work, &pictures)?;
    let after = whole_folder(&program, folder, pictures.len(), &work)?;

    let done = asked.iter().filter(|one| one.outcome == "200").count();
    let served = done as f64 / TIME.as_secs_f64();
    let share = served / ((before + after) / 2.0);
    let mut outcomes = BTreeMap::<&str, usize>::new();
    asked.iter().for_each(|one| *outcomes.entry(&one.outcome).or_default() += 1);
    let mut times: Vec<u128> =
        asked.iter().filter(|one| one.outcome == "200").map(|one| one.time.as_millis()).collect();
    times.sort_unstable();
    let at = |share: f64| times.get((share * times.len() as f64) as usize).copied().unwrap_or(0);

    println!("colorize before and after: {before:.2} and {after:.2} pictures/s");
    println!("server: {served:.2} pictures/s, {:.0} % of that", 100.0 * share);
    println!("answers: {outcomes:?}");
    println!("milliseconds: median {}, 95 % {}, 99 % {}", at(0.5), at(0.95), at(0.99));
    let [first, last] = [&memory[..memory.len() / 3], &memory[2 * memory.len() / 3..]]
        .map(|part| part.iter().max().copied().unwrap_or(0));
    println!("memory: at most {first} MB in the first third of the time, {last} MB in the last");

    let allowed = ["200", "429", "503"];
    ensure!(
        outcomes.keys().all(|outcome| allowed.contains(outcome)),
        "there were other answers than 429 and 503"
    );
    ensure!(last <= first + first / 10, "memory grew from {first} to {last} MB");
    ensure!(share >= BAR, "less than {:.0} % of what colorize reaches", 100.0 * BAR);
    Ok(())
}

fn read(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "jpg" || kind == "png"));
    paths.sort();
    ensure!(!paths.is_empty(), "there is no .jpg or .png in {}", folder.display());
    paths.iter().map(|path| Ok(fs::read(path)?)).collect()
}

/// Pictures a second of `colorize`, reading and writing included.
fn whole_folder(program: &Path, folder: &Path, pictures: usize, work: &Path) -> Result<f64> {
    if work.exists() {
        fs::remove_dir_all(work)?;
    }
    let start = Instant::now();
    let mut command = Command::new(program);
    command.arg("colorize").arg(folder).arg("--out-dir").arg(work.join("out")).stdout(Stdio::null());
    run_command(&mut command)?;
    Ok(pictures as f64 / start.elapsed().as_secs_f64())
}

/// What all clients were answered, and the megabytes that the server took, second by second.
fn with_server(program: &Path, work: &Path, pictures: &[Vec<u8>]) -> Result<(Vec<Asked>, Vec<u64>)> {
    let server = Server::start(program, &work.join("data"), &[])?;
    let (next, asked) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let end = Instant::now() + TIME;
    let mut memory = Vec::new();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while Instant::now() < end {
                    let picture = &pictures[next.fetch_add(1, Ordering::Relaxed) % pictures.len()];
                    let (one, wait) = ask(server.address, picture);
                    // What comes too late is no longer part of the time that is measured.
                    if Instant::now() < end || one.outcome != "200" {
                        asked.lock().unwrap_or_else(PoisonError::into_inner).push(one);
                    }
                    thread::sleep(wait.min(end.saturating_duration_since(Instant::now())));
                }
            });
        }
        while Instant::now() < end {
            thread::sleep(Duration::from_secs(1));
            memory.push(resident_mb(server.id()));
        }
    });
    server.stop()?;
    Ok((asked.into_inner().unwrap_or_else(PoisonError::into_inner), memory))
}

/// One request on a connection of its own, and how long to wait before the next.
fn ask(address: SocketAddr, picture: &[u8]) -> (Asked, Duration) {
    let start = Instant::now();
    let answer = http::request(address, "POST", "/v1/colorize", picture);
    let time = start.elapsed();
    match answer {
        Ok(Answer { status, retry_after, body, whole }) => {
            let is_picture = body.starts_with(b"\x89PNG") || body.starts_with(b"\xff\xd8");
            let cut_off = if whole && (status != 200 || is_picture) { "" } else { ", cut off" };
            (Asked { outcome: format!("{status}{cut_off}"), time }, retry_after)
        }
        Err(error) => (Asked { outcome: format!("{error:#}"), time }, Duration::from_secs(1)),
    }
}

/// Resident memory of a process, 0 where the system does not tell.
fn resident_mb(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    kilobytes.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) >> 10
}
