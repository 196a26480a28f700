//! Prints the table "How fast" of docs/methods/scribble.md.
//!
//! `cargo run --release -p autochrome --example scribble_speed -- PICTURE… [MEGAPIXELS…]`: 16 strokes over the picture at each size, and one
//! more; least of 5. Several pictures are laid side by side, 0.75 megapixels each, as a large scan full of detail would be. Memory is that of
//! the whole program so far, so one size a run tells the truth about it.

use std::time::Instant;

use autochrome::{DecodeOptions, Guidance, Options, Plane, ScribbleSession, Srgb, Stroke, decode};
use autochrome_color::resize::{Filter, resize_plane};

const RUNS: usize = 5;

/// Columns and rows of a picture among several.
const TILE: (usize, usize) = (1000, 750);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut sizes, mut pictures) = (Vec::new(), Vec::new());
    for arg in std::env::args().skip(1) {
        match arg.parse::<f64>() {
            Ok(size) => sizes.push(size),
            Err(_) => pictures.push(decode(&std::fs::read(arg)?, &DecodeOptions::default())?.luma),
        }
    }
    if sizes.is_empty() {
        sizes = vec![0.25, 1.0, 4.0, 12.0];
    }
    let luma = match pictures.as_slice() {
        [] => return Err("name a picture, then sizes in megapixels".into()),
        [picture] => picture.clone(),
        several => side_by_side(several),
    };
    println!(
        "| megapixels | ms (steps) | one stroke more, ms (steps) | user s, both | MB |\n|---|---|---|---|---|"
    );
    for megapixels in sizes {
        println!("{}", row(&luma, megapixels)?);
    }
    Ok(())
}

/// Pictures in rows as long as the sides of the least square that holds them all; full rows alone.
fn side_by_side(pictures: &[Plane]) -> Plane {
    let columns = (1..).find(|side| side * side >= pictures.len()).unwrap_or(1);
    let (width, height) = (columns * TILE.0, pictures.len() / columns * TILE.1);
    let tiles: Vec<Plane> =
        pictures.iter().map(|picture| resize_plane(picture, TILE.0, TILE.1, Filter::Lanczos3)).collect();
    let mut all = Plane::filled(width, height, 0.0);
    for (i, out) in all.data_mut().chunks_exact_mut(TILE.0).enumerate() {
        let (line, column) = (i / columns, i % columns);
        out.copy_from_slice(tiles[line / TILE.1 * columns + column].row(line % TILE.1));
    }
    all
}

fn row(luma: &Plane, megapixels: f64) -> Result<String, Box<dyn std::error::Error>> {
    let (width, height) = luma.size();
    let scale = (megapixels * 1e6 / (width * height) as f64).sqrt();
    let side = |side: usize| (side as f64 * scale).round() as usize;
    let filter = if scale < 1.0 { Filter::Area } else { Filter::Lanczos3 };
    let luma = resize_plane(luma, side(width), side(height), filter);
    let options = {
        let mut options = Options::default();
        let info = autochrome::registry::find("scribble")?.info;
        options.set(info, "megapixels", "100")?;
        options
    };
    let (mut best, mut told) = ([f64::MAX; 3], String::new());
    for _ in 0..RUNS {
        let (start, user) = (Instant::now(), user_seconds());
        let mut session = ScribbleSession::new(&luma, &options)?;
        session.colorize(&strokes(16))?;
        let (first, steps, middle) = (start.elapsed().as_secs_f64(), session.steps(), Instant::now());
        session.colorize(&strokes(17))?;
        let times = [first, middle.elapsed().as_secs_f64(), user_seconds() - user];
        best = std::array::from_fn(|k| f64::min(best[k], times[k]));
        told = format!(
            "| {megapixels} | {:.0} ({steps}) | {:.0} ({}) | {:.2} | {} |",
            1e3 * best[0],
            1e3 * best[1],
            session.steps(),
            best[2],
            peak_mb()
        );
    }
    Ok(told)
}

/// Strokes here and there, the same every time.
fn strokes(count: u32) -> Guidance {
    let mut state = 12_345_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0
    };
    let mut stroke = |_| {
        let (x, y, dx, dy) = (0.05 + 0.9 * next(), 0.05 + 0.9 * next(), next() - 0.5, next() - 0.5);
        let [red, green, blue] = [next(), next(), next()].map(|value| (255.0 * value) as u8);
        let end = [(x + 0.1 * dx).clamp(0.0, 1.0), (y + 0.1 * dy).clamp(0.0, 1.0)];
        Stroke { path: vec![[x, y], end], width: 0.005, color: Srgb { red, green, blue } }
    };
    let mut guidance = Guidance::default();
    guidance.strokes.extend((0..count).map(&mut stroke));
    guidance
}

/// Seconds of processor time of this program; 0 where the system does not tell in Linux' way.
fn user_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.split(' ').nth(13).and_then(|ticks| ticks.parse::<f64>().ok());
    ticks.unwrap_or(0.0) / 100.0
}

/// Most memory that this program had, in MB; 0 where the system does not tell in Linux' way.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1000
}
