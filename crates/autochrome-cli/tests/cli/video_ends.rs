//! `autochrome video` that ends before its film does: what is finished stays, and the same command goes on from there.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::ffmpeg::{make, with_ffmpeg};
use crate::util::Folder;

/// Gray scenes of 250 frames each.
const SCENES: &str = "-f lavfi -i testsrc2=s=96x64:r=24 -f lavfi -i mandelbrot=s=96x64:r=24 -filter_complex \
    [0:v]hue=s=0,eq=brightness=0.3[a];[1:v]hue=s=0,eq=brightness=-0.3[b];\
    [a][b]blend=all_expr='if(mod(floor((T*24+0.5)/250),2),A,B)' \
    -frames:v 1000 -c:v ffv1 -pix_fmt yuv420p";
const ARGUMENTS: [&str; 6] = ["video", "in.mkv", "--method", "gray", "--codec", "ffv1"];

fn film(test: &str) -> Option<Folder> {
    let folder = with_ffmpeg(test).then(Folder::new)?;
    make(&folder.path("in.mkv"), SCENES);
    Some(folder)
}

/// Begins with the film, and comes back when its first part is finished.
fn begun(folder: &Folder) -> Child {
    let child = Command::new(env!("CARGO_BIN_EXE_autochrome"))
        .current_dir(folder.path("."))
        .args(ARGUMENTS)
        .args(["-o", "out.mkv"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while !folder.path("out.mkv.parts/parts.json").exists() {
        assert!(start.elapsed() < Duration::from_secs(120), "no part was finished");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// Goes on, and compares with a film that was made in one go.
fn the_same_in_the_end(folder: &Folder) {
    assert!(!folder.path("out.mkv").exists(), "it was stopped on its way");
    let resumed = folder.autochrome().args(ARGUMENTS).args(["-o", "out.mkv", "--resume"]).assert().success();
    let told = String::from_utf8_lossy(&resumed.get_output().stderr).into_owned();
    assert!(told.contains("frames from before"), "{told}");
    folder.autochrome().args(ARGUMENTS).args(["-o", "whole.mkv"]).assert().success();
    assert!(fs::read(folder.path("out.mkv")).unwrap() == fs::read(folder.path("whole.mkv")).unwrap());
    assert_eq!(folder.files(), ["in.mkv", "out.mkv", "whole.mkv"]);
}

#[test]
fn ctrl_c_keeps_what_is_finished() {
    let Some(folder) = film("ctrl_c_keeps_what_is_finished") else { return };
    let mut child = begun(&folder);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let left = folder.files();
    assert!(left.iter().all(|name| !name.contains("unfinished")), "{left:?}");
    the_same_in_the_end(&folder);
}

#[test]
fn killed_outright_it_goes_on_to_the_same_bytes() {
    let Some(folder) = film("killed_outright_it_goes_on_to_the_same_bytes") else { return };
    let mut child = begun(&folder);
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    the_same_in_the_end(&folder);
}

#[test]
fn a_full_disk_is_told_and_what_is_finished_stays() {
    let Some(folder) = film("a_full_disk_is_told_and_what_is_finished_stays") else { return };
    // A file system that takes no files beyond a size says so as a full one does. Without the trap a signal would end FFmpeg.
    let limited = |kilobytes: u32| {
        let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\"");
        Command::new("bash")
            .current_dir(folder.path("."))
            .args(["-c", &script, "bash", env!("CARGO_BIN_EXE_autochrome")])
            .args(ARGUMENTS)
            .args(["-o", "out.mkv"])
            .output()
            .unwrap()
    };
    let told = limited(200);
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert_eq!(told.status.code(), Some(3), "{words}");
    assert!(words.contains("disk is full") && words.contains("--resume"), "{words}");
    assert!(!folder.path("out.mkv").exists());
    // There is room again.
    folder.autochrome().args(ARGUMENTS).args(["-o", "out.mkv", "--resume"]).assert().success();
    assert_eq!(folder.files(), ["in.mkv", "out.mkv"]);
}

#[test]
fn an_old_ffmpeg_is_named_with_its_version() {
    let folder = Folder::new();
    folder.file("in.mkv", "x");
    for (says, shown) in [
        ("ffmpeg version 3.4.11-0ubuntu0.1 Copyright", "3.4.11"),
        ("something else altogether", "something else"),
    ] {
        for tool in ["ffmpeg", "ffprobe"] {
            let says = says.replace("ffmpeg", tool);
            script(&folder.path(&format!("tools/{tool}")), &format!("echo '{says}'"));
        }
        let assert =
            folder.autochrome().env("PATH", folder.path("tools")).args(["video", "in.mkv"]).assert().code(3);
        let told = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(told.contains("4.4 or later") && told.contains(shown) && told.contains("install"), "{told}");
    }
}

fn script(path: &Path, line: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{line}\n")).unwrap();
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}
