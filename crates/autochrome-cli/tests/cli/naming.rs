//! Where results go, and what is never written over.

use std::fs;

use crate::util::Folder;

#[test]
fn an_existing_result_is_replaced_only_when_asked() {
    let folder = Folder::new();
    folder.picture("a.png").file("a.color.png", "mine");
    let output = folder.gray(&["a.png"]).assert().code(2).get_output().clone();
    assert!(String::from_utf8(output.stderr).unwrap().contains("--overwrite"));
    // Among others it is one that failed.
    folder.picture("b.png").gray(&["a.png", "b.png"]).assert().code(1);
    assert_eq!(fs::read(folder.path("a.color.png")).unwrap(), b"mine");
    folder.gray(&["a.png", "--overwrite"]).assert().success();
    assert_eq!(folder.open("a.color.png").width(), 48);
}

#[test]
fn an_input_is_never_written_over_even_when_asked() {
    let folder = Folder::new();
    folder.picture("a.png").picture("x/b.png");
    let before = fs::read(folder.path("a.png")).unwrap();
    folder.gray(&["a.png", "-o", "a.png", "--overwrite"]).assert().code(2);
    folder.gray(&["a.png", "-o", "./x/../a.png", "--overwrite"]).assert().code(2);
    folder.gray(&["x", "--out-dir", "x", "--overwrite"]).assert().code(2);
    assert_eq!(fs::read(folder.path("a.png")).unwrap(), before);
    assert_eq!(folder.files(), ["a.png", "x/b.png"]);
}

#[test]
fn two_inputs_never_write_one_file() {
    let folder = Folder::new();
    folder.picture("x/a.png").picture("y/a.png").picture("x/a.bmp");
    folder.gray(&["x/a.png", "y/a.png", "x/a.bmp", "--out-dir", "out"]).assert().success();
    assert_eq!(folder.files()[..3], ["out/a-2.png", "out/a-3.png", "out/a.png"]);
}

#[test]
fn a_picture_named_twice_is_coloured_once() {
    let folder = Folder::new();
    folder.picture("x/a.png");
    let output = folder.gray(&["x/a.png", "./x/a.png", "x"]).assert().success().get_output().stdout.clone();
    assert_eq!(String::from_utf8(output).unwrap().lines().count(), 1);
    assert_eq!(folder.files(), ["x/a.color.png", "x/a.png"]);
}

#[test]
fn the_format_follows_the_name_of_the_output() {
    let folder = Folder::new();
    folder.picture("a.png").gray(&["a.png", "-o", "b.jpg"]).assert().success();
    assert_eq!(fs::read(folder.path("b.jpg")).unwrap()[..3], [0xff, 0xd8, 0xff]);
    folder.gray(&["a.png", "-o", "c.jpg", "--format", "png"]).assert().code(2);
    folder.gray(&["a.png", "-o", "c.gif"]).assert().code(2);
}

#[test]
fn a_name_without_extension_is_read_by_its_content() {
    let folder = Folder::new();
    folder.picture("a.jpg");
    fs::rename(folder.path("a.jpg"), folder.path("scan")).unwrap();
    folder.gray(&["scan"]).assert().success().stdout("scan -> scan.color.jpg\n");
}

#[test]
fn a_missing_folder_for_the_output_is_said_before_anything_is_done() {
    let folder = Folder::new();
    folder.picture("a.png").gray(&["a.png", "-o", "nowhere/b.png"]).assert().code(2);
    assert_eq!(folder.files(), ["a.png"]);
}
