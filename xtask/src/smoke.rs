//! A short training with the shipped recipe: that it runs, and that a run which was stopped ends like one which was not.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::shell::{program, root, run as run_command, target};

/// Steps of the whole run, and where the other one is cut.
const STEPS: &str = "10";
const CUT: &str = "4";

/// Trains ten steps at once, then four and six, and compares the weights.
pub fn run() -> Result<()> {
    let program = program()?;
    let folder = target().join("xtask/smoke");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let data = folder.join("data");
    fs::create_dir_all(&data)?;
    for number in 0..12 {
        write_picture(&data.join(format!("{number:02}.ppm")), number)?;
    }
    train(&program, &folder, "whole", &["--steps", STEPS])?;
    train(&program, &folder, "parts", &["--steps", CUT])?;
    train(&program, &folder, "parts", &["--steps", STEPS, "--resume"])?;

    let weights = |run: &str| {
        let path = folder.join(run).join("latest.safetensors");
        fs::read(&path).with_context(|| format!("no weights at {}", path.display()))
    };
    ensure!(
        weights("whole")? == weights("parts")?,
        "a resumed run ended with other weights than an uninterrupted one"
    );
    eprintln!("Training runs, and resuming changes nothing.");
    Ok(())
}

fn train(program: &Path, folder: &Path, run: &str, more: &[&str]) -> Result<()> {
    let mut command = Command::new(program);
    command.current_dir(root()).args(["train", "recipes/paper.toml", "--data"]);
    command.arg(folder.join("data")).arg("--out").arg(folder.join(run)).args(more);
    run_command(&mut command)
}

/// Waves of colour, different in every picture: enough to give every loss a slope.
fn write_picture(path: &Path, number: u32) -> Result<()> {
    const SIDE: u32 = 160;
    let mut file = Vec::new();
    writeln!(file, "P6 {SIDE} {SIDE} 255")?;
    for y in 0..SIDE {
        for x in 0..SIDE {
            let wave = |scale: u32| {
                let phase = (x * (1 + number % 5) + y * (1 + number % 3) * scale + 31 * number) as f32 * 0.05;
                (127.5 * (1.0 + phase.sin())) as u8
            };
            file.extend([wave(1), wave(2), wave(3)]);
        }
    }
    fs::write(path, file).with_context(|| format!("cannot write {}", path.display()))
}
