//! Many pictures: folders, globs, resuming, and files that are broken.

use std::fs;
use std::time::{Duration, SystemTime};

use crate::util::Folder;

fn stdout(command: &mut assert_cmd::Command, code: i32) -> String {
    String::from_utf8(command.assert().code(code).get_output().stdout.clone()).unwrap()
}

fn stderr(command: &mut assert_cmd::Command, code: i32) -> String {
    String::from_utf8(command.assert().code(code).get_output().stderr.clone()).unwrap()
}

fn album() -> Folder {
    let folder = Folder::new();
    folder.picture("album/a.png").picture("album/1932/b.JPG").picture("album/1932/june/c.tif");
    folder
        .file("album/notes.txt", "not a picture")
        .file("album/.hidden.png", "")
        .file("album/.trash/d.png", "");
    folder
}

#[test]
fn a_folder_means_the_pictures_in_it() {
    let folder = album();
    assert_eq!(stdout(&mut folder.gray(&["album"]), 0).lines().count(), 1);
    assert!(folder.path("album/a.color.png").exists());
}

#[test]
fn recursive_means_its_sub_folders_too() {
    let folder = album();
    folder.gray(&["album", "--recursive"]).assert().success();
    for name in ["album/a.color.png", "album/1932/b.color.JPG", "album/1932/june/c.color.tif"] {
        assert!(folder.path(name).exists(), "{name}");
    }
}

#[test]
fn an_output_folder_keeps_stems_and_sub_folders() {
    let folder = album();
    folder.gray(&["album", "--recursive", "--out-dir", "done"]).assert().success();
    let done: Vec<_> = folder.files().into_iter().filter(|name| name.starts_with("done")).collect();
    assert_eq!(done, ["done/1932/b.JPG", "done/1932/june/c.tif", "done/a.png"]);
}

#[test]
fn parts_of_a_folder_are_together_the_whole_with_the_same_names() {
    let folder = album();
    folder.picture("other/a.png").picture("album/a.bmp").picture("album/1932/d.png");
    let inputs = ["album", "other", "--recursive"];
    folder.gray(&[&inputs[..], &["--out-dir", "whole"]].concat()).assert().success();
    let mut counts = Vec::new();
    for part in ["1/3", "2/3", "3/3"] {
        // None replaces what another has written: that would be an error.
        let arguments = [&inputs[..], &["--out-dir", "parts", "--json", "--shard", part]].concat();
        counts.push(stdout(&mut folder.gray(&arguments), 0).lines().count());
    }
    assert_eq!(counts.iter().sum::<usize>(), 6);
    let below = |root: &str| {
        let files = folder.files().into_iter();
        files.filter_map(|name| name.strip_prefix(root).map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(below("parts/"), below("whole/"));
    assert_eq!(below("whole/").len(), 6);

    let refused = stderr(&mut folder.gray(&["album", "--shard", "4/3"]), 2);
    assert!(refused.contains("K/N"), "{refused}");
}

#[test]
fn an_output_folder_within_the_input_is_not_an_input() {
    let folder = album();
    let arguments = ["album", "-r", "--out-dir", "album/done"];
    folder.gray(&arguments).assert().success();
    let before = folder.files();
    folder.gray(&[&arguments[..], &["--overwrite"]].concat()).assert().success();
    assert_eq!(folder.files(), before);
}

#[test]
fn results_are_not_coloured_again() {
    let folder = album();
    folder.gray(&["album", "-r", "--collage"]).assert().success();
    let before = folder.files();
    folder.gray(&["album", "-r", "--collage", "--resume"]).assert().success();
    let all: Vec<_> = before.iter().filter(|name| !name.contains("/.")).map(String::as_str).collect();
    folder
        .gray(&["--overwrite", "--collage"])
        .args(all.iter().filter(|name| !name.ends_with("txt")))
        .assert()
        .success();
    assert_eq!(folder.files(), before);
}

#[test]
fn globs_work_where_no_shell_expands_them() {
    let folder = album();
    folder.picture("album/e.png");
    assert_eq!(
        stdout(&mut folder.gray(&["album/*.png", "-j", "1"]), 0),
        "album/a.png -> album/a.color.png\nalbum/e.png -> album/e.color.png\n"
    );
    let all = stdout(&mut folder.gray(&["**/*.{JPG,tif}", "--out-dir", "done"]), 0);
    assert_eq!(all.lines().count(), 2);
    assert!(folder.path("done/album/1932/june/c.tif").exists());
    assert!(stderr(&mut folder.gray(&["album/*.webp"]), 1).contains("no picture matches"));
}

#[test]
fn a_name_with_brackets_is_a_name_where_such_a_file_is() {
    let folder = Folder::new();
    folder.picture("scan [1].png").gray(&["scan [1].png"]).assert().success();
    assert!(folder.path("scan [1].color.png").exists());
}

#[test]
fn bad_files_are_named_and_passed_over() {
    let folder = album();
    let whole = fs::read(folder.path("album/a.png")).unwrap();
    folder
        .file("album/cut.png", &whole[..whole.len() / 2])
        .file("album/empty.jpg", "")
        .file("album/text.png", "hello");
    let error = stderr(&mut folder.gray(&["album"]), 1);
    for name in ["cut.png", "empty.jpg", "text.png"] {
        assert!(error.contains(name), "{name} in {error}");
    }
    assert!(error.contains("1 coloured, 3 failed"), "{error}");
    assert!(folder.path("album/a.color.png").exists());
    assert!(!folder.files().iter().any(|name| name.contains(".part") || name.contains("cut.color")));
}

#[test]
fn json_has_one_line_for_every_input_whatever_became_of_it() {
    let folder = album();
    folder.file("album/text.png", "hello");
    let lines = stdout(&mut folder.gray(&["album", "gone.png", "--json"]), 1);
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    let status = |name: &str| &lines.iter().find(|line| line["input"] == name).unwrap()["status"];
    assert_eq!(status("album/a.png"), "done");
    assert_eq!(status("album/text.png"), "failed");
    assert_eq!(status("gone.png"), "failed");
    let error = &lines.iter().find(|line| line["input"] == "album/text.png").unwrap()["error"];
    assert_eq!(error["code"], "not-a-picture");
}

#[test]
fn resuming_skips_what_is_done_and_does_the_rest() {
    let folder = album();
    folder.gray(&["album", "--out-dir", "done"]).assert().success();
    let summary = stderr(&mut folder.gray(&["album", "-r", "--out-dir", "done", "--resume"]), 0);
    assert!(summary.contains("2 coloured, 1 skipped"), "{summary}");
    let summary = stderr(&mut folder.gray(&["album", "-r", "--out-dir", "done", "--resume"]), 0);
    assert!(summary.contains("0 coloured, 3 skipped"), "{summary}");
}

#[test]
fn resuming_colours_again_what_changed_since() {
    let folder = Folder::new();
    folder.picture("a.png").gray(&["a.png"]).assert().success();
    let later = SystemTime::now() + Duration::from_secs(60);
    fs::File::options().write(true).open(folder.path("a.png")).unwrap().set_modified(later).unwrap();
    let lines = stdout(&mut folder.gray(&["a.png", "--resume"]), 0);
    assert_eq!(lines, "a.png -> a.color.png\n");
}

/// In colour, which is what results say something of.
fn colorize(folder: &Folder, arguments: &[&str]) -> assert_cmd::Command {
    let mut command = folder.autochrome();
    command.arg("colorize").args(arguments);
    command
}

#[test]
fn resuming_never_takes_the_result_of_another_picture_for_its_own() {
    let folder = Folder::new();
    folder.picture("one/a.png");
    colorize(&folder, &["one", "--out-dir", "done"]).assert().success();
    let first = fs::read(folder.path("done/a.png")).unwrap();
    // Another box, with another picture of the same name.
    folder.picture("other/a.png");
    image::GrayImage::from_pixel(9, 7, image::Luma([90])).save(folder.path("other/a.png")).unwrap();
    let said = stderr(&mut colorize(&folder, &["other", "--out-dir", "done", "--resume"]), 1);
    assert!(said.contains("done/a.png was made from another file"), "{said}");
    // Not even where the other one is newer.
    let later = SystemTime::now() + Duration::from_secs(60);
    fs::File::options().write(true).open(folder.path("other/a.png")).unwrap().set_modified(later).unwrap();
    stderr(&mut colorize(&folder, &["other", "--out-dir", "done", "--resume"]), 1);
    assert!(fs::read(folder.path("done/a.png")).unwrap() == first);
    let said = stderr(&mut colorize(&folder, &["one", "--out-dir", "done", "--resume", "--json"]), 0);
    assert!(!said.contains("another file"), "{said}");
}

#[test]
fn every_format_says_what_its_picture_was_made_from() {
    let folder = Folder::new();
    folder.picture("one/a.png");
    folder.picture("other/a.png");
    image::GrayImage::from_pixel(9, 7, image::Luma([90])).save(folder.path("other/a.png")).unwrap();
    for format in ["png", "jpeg", "webp", "tiff"] {
        let done = format!("done-{format}");
        colorize(&folder, &["one", "--out-dir", &done, "--format", format]).assert().success();
        colorize(&folder, &["one", "--out-dir", &done, "--format", format, "--resume"]).assert().success();
        let said =
            stderr(&mut colorize(&folder, &["other", "--out-dir", &done, "--format", format, "--resume"]), 1);
        assert!(said.contains("was made from another file"), "{format}: {said}");
    }
}

#[test]
fn resuming_adds_a_collage_that_is_missing() {
    let folder = Folder::new();
    folder.picture("a.png").gray(&["a.png"]).assert().success();
    folder.gray(&["a.png", "--resume", "--collage"]).assert().success();
    assert!(folder.path("a.collage.png").exists());
}

#[test]
fn little_memory_still_colours_everything() {
    let folder = Folder::new();
    for i in 0..20 {
        folder.picture(&format!("{i}.png"));
    }
    folder.gray(&[".", "--memory-limit", "1", "--jobs", "8"]).assert().success();
    assert_eq!(folder.files().iter().filter(|name| name.contains(".color.")).count(), 20);
}

#[test]
fn a_folder_without_pictures_says_so() {
    let folder = Folder::new();
    folder.picture("album/1932/b.png");
    assert!(stderr(&mut folder.gray(&["album"]), 1).contains("--recursive"));
}
