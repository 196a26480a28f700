//! Whole processes: start, sizes, threads, folders, films, the server.

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::Bench;
use super::figures::Figure;
use super::process::{cost, cost_and_output, median, repeated};
use crate::http;
use crate::server::Server;
use crate::shell::{root, succeeds};

/// Megapixels of single pictures, and how often each is coloured.
const SIZES: [(f64, usize); 5] = [(1.0, 7), (3.0, 5), (12.0, 5), (25.0, 3), (50.0, 3)];

/// How many clients ask the server at once.
const CLIENTS: [usize; 4] = [1, 2, 4, 8];

/// Pictures asked of the server by each number of clients, and their height.
const ASKED: usize = 48;
const ASKED_HEIGHT_PX: u32 = 480;

/// Seconds of film, and its frames a second.
const FILM_S: usize = 20;
const FILM_FPS: u32 = 25;

const METHODS: [(&str, &str); 2] = [("gray", "gray"), ("default model", "neural")];

pub fn start(bench: &mut Bench) -> Result<Vec<Figure>> {
    let runs = bench.times(9);
    let photo = root().join("examples/photos/camera.png");
    let result = bench.path("start.png");
    let command = || {
        let mut command = Command::new(&bench.program);
        command.arg("colorize").arg(&photo).arg("-o").arg(&result).arg("--overwrite");
        command
    };
    // The first run brings the program and the picture into the system's cache.
    cost(&mut command())?;
    let used = repeated(runs, command)?;
    Ok(vec![
        Figure::new("whole process, 512×512 PNG", used.wall_s * 1e3, "ms", runs),
        Figure::new("whole process, 512×512 PNG", used.peak_mb, "MB peak", runs),
    ])
}

pub fn sizes(bench: &mut Bench) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let sizes = if bench.quick { &SIZES[..2] } else { &SIZES[..] };
    for &(megapixels, runs) in sizes {
        let runs = bench.times(runs);
        let photo = bench.photo(megapixels)?;
        let result = bench.path("sizes.jpg");
        let mut walls = Vec::new();
        for (name, method) in METHODS {
            let used = repeated(runs, || {
                let mut command = Command::new(&bench.program);
                command.arg("colorize").arg(&photo).arg("-o").arg(&result);
                command.args(["--overwrite", "--method", method]);
                command
            })?;
            let what = format!("{name}, {megapixels} MP");
            figures.push(Figure::new(&what, used.wall_s, "s", runs));
            figures.push(Figure::new(&what, used.peak_mb, "MB peak", runs));
            walls.push(used.wall_s);
        }
        let what = format!("default model ÷ gray, {megapixels} MP");
        figures.push(Figure::new(what, walls[1] / walls[0], "times as long", runs));
        if megapixels == 12.0 || bench.quick {
            figures.extend(stage_times(bench, megapixels, runs)?);
        }
    }
    Ok(figures)
}

/// What the program itself says of its stages.
fn stage_times(bench: &Bench, megapixels: f64, runs: usize) -> Result<Vec<Figure>> {
    let mut times: Vec<Value> = Vec::new();
    for _ in 0..runs {
        let mut command = Command::new(&bench.program);
        command.arg("colorize").arg(bench.photo(megapixels)?).arg("-o").arg(bench.path("sizes.jpg"));
        let (_, line) = cost_and_output(command.args(["--overwrite", "--json"]).stdout(Stdio::piped()))?;
        times.push(serde_json::from_str::<Value>(&line)?["ms"].take());
    }
    let stage = |stage: &str| {
        let ms = median(times.iter().filter_map(|ms| ms[stage].as_f64()).collect());
        Figure::new(format!("stage `{stage}`, {megapixels} MP"), ms, "ms", runs)
    };
    Ok(["decode", "colorize", "render", "encode"].map(stage).to_vec())
}

pub fn threads(bench: &mut Bench) -> Result<Vec<Figure>> {
    let (runs, pictures) = (bench.times(3), bench.times(24));
    let size = if bench.quick { 1.0 } else { 12.0 };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (photo, album) = (bench.photo(size)?, bench.album("threads", pictures, 866)?);
    let mut figures = Vec::new();
    let counts = std::iter::successors(Some(1), |n| Some(2 * n)).take_while(|n| *n < cores).chain([cores]);
    for n in counts {
        let of = format!("{n} thread{}", if n == 1 { "" } else { "s" });
        let result = bench.path("threads.jpg");
        let one = repeated(runs, || {
            let mut command = Command::new(&bench.program);
            command.arg("colorize").arg(&photo).arg("-o").arg(&result).arg("--overwrite");
            command.env("RAYON_NUM_THREADS", n.to_string());
            command
        })?;
        figures.push(Figure::new(format!("one picture of {size} MP, {of}"), one.wall_s, "s", runs));
        let mut command = Command::new(&bench.program);
        command.arg("colorize").arg(&album).arg("--out-dir").arg(bench.path("threads-out"));
        command.args(["--overwrite", "--jobs", &n.to_string()]).env("RAYON_NUM_THREADS", n.to_string());
        let many = cost(&mut command)?;
        let rate = pictures as f64 / many.wall_s;
        figures.push(Figure::new(format!("pictures of 1 MP, {of}"), rate, "pictures/s", pictures));
        figures.push(Figure::new(format!("pictures of 1 MP, {of}"), many.peak_mb, "MB peak", pictures));
    }
    Ok(figures)
}

pub fn folder(bench: &mut Bench) -> Result<Vec<Figure>> {
    let album = bench.album("album", bench.count, 866)?;
    let mut figures = Vec::new();
    for (name, method) in METHODS {
        let mut command = Command::new(&bench.program);
        command.arg("colorize").arg(&album).args(["--overwrite", "--method", method]);
        let used = cost(command.arg("--out-dir").arg(bench.path("album-out")))?;
        let what = format!("{} pictures of 1 MP, {name}", bench.count);
        let rate = bench.count as f64 / used.wall_s;
        figures.push(Figure::new(&what, rate, "pictures/s", bench.count));
        figures.push(Figure::new(&what, used.peak_mb, "MB peak", bench.count));
    }
    Ok(figures)
}

pub fn film(bench: &mut Bench) -> Result<Vec<Figure>> {
    if !succeeds(Command::new("ffmpeg").arg("-version")) {
        bench.skip("film", "ffmpeg is missing (`sudo apt install ffmpeg`)");
        return Ok(Vec::new());
    }
    let film_s = bench.times(FILM_S);
    let film = bench.path("film.mp4");
    let scene = format!("mandelbrot=size=1280x720:rate={FILM_FPS}");
    let mut make = Command::new("ffmpeg");
    make.args(["-v", "error", "-f", "lavfi", "-i", &scene, "-t", &film_s.to_string(), "-pix_fmt", "yuv420p"]);
    cost(make.arg(&film)).context("ffmpeg cannot make a film")?;
    let mut command = Command::new(&bench.program);
    command.args(["dataset", "build"]).arg(&film).arg("--out").arg(bench.path("film-set"));
    let used = cost(command.args(["--every", "1s"]))?;
    let what = "dataset of a film, 1280×720 H.264, a frame a second kept";
    let frames = film_s * FILM_FPS as usize;
    Ok(vec![
        Figure::new(what, frames as f64 / used.wall_s, "frames/s", frames),
        Figure::new(what, used.peak_mb, "MB peak", frames),
    ])
}

pub fn server(bench: &mut Bench) -> Result<Vec<Figure>> {
    // Every picture is asked for once: the server remembers the colours of those it has seen.
    let asked = if bench.quick { 2 } else { ASKED };
    let album = bench.album("server", asked * CLIENTS.len(), ASKED_HEIGHT_PX)?;
    let mut files: Vec<_> = fs::read_dir(album)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let bodies = files.iter().map(|file| fs::read(file.path())).collect::<Result<Vec<_>, _>>()?;

    let server = Server::start(
        &bench.program,
        &bench.path("server-data"),
        &["--rate", "1000000", "--concurrency", "64"],
    )?;
    let load = |(clients, bodies)| Ok((clients, load(server.address, bodies, clients)?));
    let loaded = CLIENTS.into_iter().zip(bodies.chunks(asked)).map(load).collect::<Result<Vec<_>>>();
    let peak_mb = server.stop()?.rusage.maxrss as f64 / 1e6;

    let mut figures = Vec::new();
    for (clients, (times, wall_s)) in loaded? {
        let what = format!("640×480 JPEG, {clients} at once");
        let n = times.len();
        figures.push(Figure::new(&what, n as f64 / wall_s, "pictures/s", n));
        figures.push(Figure::new(&what, median(times), "ms until answered", n));
    }
    figures.push(Figure::new("server", peak_mb, "MB peak", asked * CLIENTS.len()));
    Ok(figures)
}

/// Milliseconds that each body took to be answered, and the seconds of all, with `clients` asking at once.
fn load(address: SocketAddr, bodies: &[Vec<u8>], clients: usize) -> Result<(Vec<f64>, f64)> {
    let next = AtomicUsize::new(0);
    let client = || {
        let mut times = Vec::new();
        while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
            let began = Instant::now();
            let status = http::request(address, "POST", "/v1/colorize", body)?.status;
            ensure!(status == 200, "the server answered {status}");
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        Ok(times)
    };
    let began = Instant::now();
    let times = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        let join = |client: std::thread::ScopedJoinHandle<'_, Result<Vec<f64>>>| {
            client.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        clients.into_iter().map(join).collect::<Result<Vec<_>>>()
    })?;
    Ok((times.concat(), began.elapsed().as_secs_f64()))
}
