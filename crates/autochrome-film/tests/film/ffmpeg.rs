//! Films for tests, made by FFmpeg's own generators. Shared with the tests of other crates.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// Whether there is FFmpeg; without it the test says so and passes.
pub fn with_ffmpeg(test: &str) -> bool {
    let there = |tool| Command::new(tool).arg("-version").output().is_ok_and(|told| told.status.success());
    if there("ffmpeg") && there("ffprobe") {
        return true;
    }
    let line = format!("{test}: ffmpeg is not installed (sudo apt install ffmpeg)");
    println!("skipped: {line}");
    if let Some(list) = std::env::var_os("AUTOCHROME_SKIPPED") {
        let mut list = OpenOptions::new().append(true).create(true).open(list).unwrap();
        writeln!(list, "{line}").unwrap();
    }
    false
}

/// Makes a film at `path` with these arguments for `ffmpeg`, in words; files are named as seen from its folder.
pub fn make(path: &Path, arguments: &str) {
    let output = Command::new("ffmpeg")
        .current_dir(path.parent().unwrap())
        .args(["-v", "error", "-nostdin", "-y"])
        .args(arguments.split_whitespace())
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
