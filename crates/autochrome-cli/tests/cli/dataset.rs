//! `autochrome dataset`: what is told, and how it ends. What is kept and dropped is tested in `autochrome-dataset`.

use std::fs;
use std::process::Command;

use assert_cmd::assert::Assert;

use crate::ffmpeg::with_ffmpeg;
use crate::util::Folder;

/// Films for a test that needs them; nothing, and a word about it, without FFmpeg.
fn films(test: &str, names: &[&str], seconds: u32) -> Option<Folder> {
    if !with_ffmpeg(test) {
        return None;
    }
    let folder = Folder::new();
    fs::create_dir(folder.path("films")).unwrap();
    for name in names {
        let pattern = format!("testsrc2=s=192x144:r=24:d={seconds}");
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", &pattern, "-c:v", "mpeg4", "-q:v", "3"])
            .arg(folder.path(&format!("films/{name}")))
            .status();
        assert!(status.unwrap().success());
    }
    Some(folder)
}

fn build(folder: &Folder, more: &[&str]) -> Assert {
    let mut command = folder.autochrome();
    command.args(["dataset", "build", "films", "--out", "set", "--min-side", "100", "--min-difference", "1"]);
    command.args(more).assert()
}

fn stderr(assert: &Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

fn stdout(assert: &Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

#[test]
fn a_dataset_is_built_inspected_and_verified() {
    let Some(folder) = films("a_dataset_is_built_inspected_and_verified", &["a.mp4"], 3) else { return };
    let built = build(&folder, &[]).success();
    assert!(stdout(&built).contains("3 pictures of 1 sources in set"), "{}", stdout(&built));
    assert!(stderr(&built).contains("there is only one film"), "{}", stderr(&built));
    fs::remove_file(folder.path("set/report.html")).unwrap();
    folder.autochrome().args(["dataset", "inspect", "set"]).assert().success();
    assert!(folder.path("set/report.html").is_file());
    folder.autochrome().args(["dataset", "verify", "set"]).assert().success();

    let pictures: Vec<String> = folder.files().into_iter().filter(|name| name.ends_with(".jpg")).collect();
    fs::remove_file(folder.path(&pictures[0])).unwrap();
    let verified = folder.autochrome().args(["dataset", "verify", "set"]).assert().code(1);
    assert!(stdout(&verified).contains("missing: images/a/"), "{}", stdout(&verified));
}

#[test]
fn without_ffmpeg_one_line_says_how_to_install_it() {
    let folder = Folder::new();
    folder.file("films/a.mp4", "x");
    let mut command = folder.autochrome();
    command.env("PATH", folder.path("nothing"));
    let assert = command.args(["dataset", "build", "films", "--out", "set"]).assert().code(3);
    let told = stderr(&assert);
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("install") && told.contains("ffmpeg"), "{told}");
    assert!(!folder.path("set").exists());
}

#[test]
fn pictures_need_no_ffmpeg() {
    let folder = Folder::new();
    folder.picture("album/a.png");
    let mut command = folder.autochrome();
    command.env("PATH", folder.path("nothing"));
    command.args([
        "dataset",
        "build",
        "album",
        "--out",
        "set",
        "--min-side",
        "16",
        "--allow",
        "gray,blurred",
    ]);
    command.assert().success();
}

#[test]
fn a_broken_film_is_told_and_the_others_are_done() {
    let Some(folder) = films("a_broken_film_is_told_and_the_others_are_done", &["a.mp4"], 2) else { return };
    folder.file("films/broken.mp4", "no film");
    let assert = build(&folder, &[]).code(1);
    assert!(stderr(&assert).contains("broken"), "{}", stderr(&assert));
    assert!(stdout(&assert).contains("2 pictures"), "{}", stdout(&assert));
}

#[test]
fn impossible_wishes_are_usage_errors() {
    let folder = Folder::new();
    folder.picture("album/a.png");
    for wrong in [
        &["album", "--out", "set", "--every", "often"][..],
        &["album", "--out", "set", "--every", "0s"],
        &["album", "--out", "set", "--val-fraction", "2"],
        &["album", "--out", "set", "--allow", "everything"],
        &["nowhere", "--out", "set"],
    ] {
        folder.autochrome().args(["dataset", "build"]).args(wrong).assert().code(2);
    }
    folder.autochrome().args(["dataset", "verify", "album"]).assert().code(2);
    assert_eq!(folder.files(), ["album/a.png"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_build_is_resumed() {
    use std::process::Stdio;

    let Some(folder) = films("an_interrupted_build_is_resumed", &["a.mp4", "b.mp4"], 60) else { return };
    let arguments =
        ["dataset", "build", "films", "--out", "set", "--min-side", "100", "--every", "1", "--jobs", "1"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_autochrome"))
        .args(arguments)
        .current_dir(folder.path("."))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // As soon as something is written, and long before 2,880 pictures are.
    while !folder.files().iter().any(|name| name.ends_with(".jpg")) {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let before = folder.files();
    assert!(before.iter().all(|name| !name.contains(".part") && !name.ends_with("manifest.jsonl")));

    // Without --resume it is left alone.
    folder.autochrome().args(arguments).assert().code(2);
    assert_eq!(folder.files(), before);
    // The rest of the way, fewer pictures for a short test: other rules are refused.
    folder.autochrome().args(arguments).args(["--resume", "--min-difference", "60"]).assert().code(2);
}
