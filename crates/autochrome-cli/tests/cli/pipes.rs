//! stdin and stdout.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::util::{Folder, ramp};

#[test]
fn a_picture_goes_through_a_pipe_in_its_own_format() {
    let folder = Folder::new();
    folder.picture("a.tif");
    let bytes = fs::read(folder.path("a.tif")).unwrap();
    let output =
        folder.gray(&["-"]).write_stdin(bytes).assert().success().stderr("").get_output().stdout.clone();
    assert_eq!(image::guess_format(&output).unwrap(), image::ImageFormat::Tiff);
    assert_eq!(image::load_from_memory(&output).unwrap().to_luma8(), ramp(48, 32));
}

#[test]
fn either_end_may_be_a_file() {
    let folder = Folder::new();
    folder.picture("a.png");
    let bytes = fs::read(folder.path("a.png")).unwrap();
    folder.gray(&["-", "-o", "b.png", "--collage"]).write_stdin(bytes).assert().success();
    assert_eq!(folder.files(), ["a.png", "b.collage.png", "b.png"]);
    let output =
        folder.gray(&["a.png", "-o", "-", "--format", "jpeg"]).assert().success().get_output().stdout.clone();
    assert_eq!(image::guess_format(&output).unwrap(), image::ImageFormat::Jpeg);
}

#[test]
fn what_cannot_go_to_stdout_is_refused() {
    let folder = Folder::new();
    folder.picture("a.png");
    for more in [&["--json"][..], &["--collage"], &["a.png"], &["--out-dir", "x"]] {
        folder.gray(&[&["-"][..], more].concat()).write_stdin("").assert().code(2);
    }
}

#[test]
fn garbage_on_stdin_is_a_failed_input() {
    let folder = Folder::new();
    folder.gray(&["-"]).write_stdin("garbage").assert().code(1).stdout("");
    folder.gray(&["-"]).write_stdin("").assert().code(1).stdout("");
}

#[test]
fn a_reader_that_goes_away_is_not_an_error() {
    let folder = Folder::new();
    for i in 0..30 {
        folder.picture(&format!("{i}.png"));
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_autochrome"))
        .args(["colorize", "--method", "gray", "--json", "."])
        .current_dir(folder.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert!(child.wait().unwrap().success(), "{error}");
    assert_eq!(folder.files().len(), 60);
    for command in [&["methods"][..], &["man"], &["completions", "bash"], &["models"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_autochrome"))
            .args(command)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert!(child.wait().unwrap().success(), "{command:?}");
    }
}
