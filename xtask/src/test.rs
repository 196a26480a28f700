//! `cargo xtask test`: all tests, and a plain word about those that did not run.
//!
//! FFmpeg, nats-server and moto's server of S3 are what tests of Rust use from outside of the workspace; they are installed where that is
//! possible without asking anybody. The Python package is tested where there is Python. A test that may have to do without something on the machine at hand says so by appending one line to the file
//! that the variable `AUTOCHROME_SKIPPED` names; those lines are repeated at the end, so that a green run never hides them.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::python;
use crate::shell::{WORKSPACE, apt_install, cargo, run as run_command, succeeds, target};

/// Runs every test of the workspace, doc examples included.
pub fn run() -> Result<()> {
    let folder = target().join("xtask");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let notes = folder.join("skipped.txt");
    fs::write(&notes, "").with_context(|| format!("cannot write {}", notes.display()))?;

    if !succeeds(Command::new("ffmpeg").arg("-version")) {
        apt_install("ffmpeg");
    }
    if !succeeds(Command::new("nats-server").arg("--version")) {
        apt_install("nats-server");
    }
    let moto = python::moto_server()?;
    let mut runs = if succeeds(&mut cargo(["nextest", "--version"])) {
        vec![cargo(["nextest", "run", "--no-fail-fast"]), cargo(["test", "--doc", "--no-fail-fast"])]
    } else {
        vec![cargo(["test", "--no-fail-fast"])]
    };
    // All of them, whatever becomes of the first: a failure in one should not hide another.
    let mut results: Vec<Result<()>> = runs
        .iter_mut()
        .map(|command| {
            command.args(WORKSPACE).env("AUTOCHROME_SKIPPED", &notes);
            if let Some(program) = &moto {
                command.env("AUTOCHROME_MOTO", program);
            }
            run_command(command)
        })
        .collect();
    results.push(python::test(&notes));

    eprintln!("\nSkipped:");
    for line in skipped(&fs::read_to_string(&notes)?)? {
        eprintln!("  - {line}");
    }
    results.into_iter().collect::<Result<()>>()?;
    eprintln!("All tests passed.");
    Ok(())
}

/// What did not run: tests that said so themselves, ignored tests, and parts that this build leaves out.
fn skipped(notes: &str) -> Result<Vec<String>> {
    let mut skipped: Vec<String> = notes.lines().map(str::to_owned).collect();
    skipped.sort();
    skipped.dedup();
    // The test binaries were built a moment ago: asking them for their lists costs nothing.
    let list = cargo(["test", "--lib", "--bins", "--tests", "--quiet"])
        .args(WORKSPACE)
        .args(["--", "--list", "--ignored"])
        .output()
        .context("cannot list the ignored tests")?;
    let ignored = String::from_utf8_lossy(&list.stdout);
    skipped.extend(
        ignored
            .lines()
            .filter_map(|line| line.strip_suffix(": test"))
            .map(|name| format!("{name}: marked `#[ignore]`")),
    );
    skipped.push(
        "GPU devices (features cuda, wgpu, metal, rocm): they need their hardware; tests run on the CPU"
            .to_owned(),
    );
    Ok(skipped)
}
