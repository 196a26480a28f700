//! Exit codes and messages that scripts and people rely on.

use crate::util::Folder;

fn fails(folder: &Folder, arguments: &[&str], code: i32) -> String {
    let output = folder.autochrome().args(arguments).assert().code(code).get_output().clone();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_wrong_command_line_is_2() {
    let folder = Folder::new();
    folder.picture("a.png").picture("b.png");
    for arguments in [
        &["colorize"][..],
        &["colorize", "a.png", "--saturation", "-1"],
        &["colorize", "a.png", "--saturation", "NaN"],
        &["colorize", "a.png", "--quality", "0"],
        &["colorize", "a.png", "--quality", "101"],
        &["colorize", "a.png", "--format", "gif"],
        &["colorize", "a.png", "--overwrite", "--resume"],
        &["colorize", "a.png", "-o", "x.png", "--out-dir", "x"],
        &["colorize", "a.png", "b.png", "-o", "x.png"],
        &["colorize", "a.png", "--method", "gray", "--set", "nothing=1"],
        &["colorize", "a.png", "--method", "gray", "--set", "nothing"],
        &["colorize", "a.png", "--model", "no such model"],
        &["paint", "a.png"],
    ] {
        let error = fails(&folder, arguments, 2);
        assert!(!error.is_empty(), "{arguments:?}");
    }
    assert_eq!(folder.files(), ["a.png", "b.png"], "nothing was touched");
}

#[test]
fn a_missing_input_is_1_and_the_others_are_done() {
    let folder = Folder::new();
    folder.picture("a.png").picture("grandma.jpg");
    let error = fails(&folder, &["colorize", "--method", "gray", "a.png", "gradnma.jpg"], 1);
    assert!(error.contains("did you mean grandma.jpg?"), "{error}");
    assert!(folder.path("a.color.png").exists());
}

#[test]
fn a_missing_folder_is_told_from_a_missing_file() {
    let folder = Folder::new();
    let error = fails(&folder, &["colorize", "--method", "gray", "nowhere/a.png"], 1);
    assert!(error.contains("there is no folder nowhere"), "{error}");
}

#[test]
fn unusable_weights_are_3() {
    let folder = Folder::new();
    folder.picture("a.png").file("m.safetensors", "not weights");
    let error = fails(&folder, &["colorize", "a.png", "--model", "m.safetensors"], 3);
    assert!(error.contains("weights"), "{error}");
}

#[test]
fn a_folder_that_cannot_be_made_is_3() {
    let folder = Folder::new();
    folder.picture("a.png").file("taken", "a file, not a folder");
    fails(&folder, &["colorize", "--method", "gray", "a.png", "--out-dir", "taken"], 3);
}

#[test]
fn slips_of_the_finger_are_answered_with_what_was_meant() {
    let folder = Folder::new();
    folder.picture("a.png");
    assert!(fails(&folder, &["colorise", "a.png"], 2).contains("colorize"));
    assert!(fails(&folder, &["colorize", "a.png", "--method", "grey"], 2).contains("gray"));
    assert!(fails(&folder, &["colorize", "a.png", "--saturatoin", "1"], 2).contains("--saturation"));
}

#[test]
fn a_model_for_a_method_without_one_is_refused() {
    let folder = Folder::new();
    folder.picture("a.png").file("m.safetensors", crate::util::weights());
    let error = fails(&folder, &["colorize", "a.png", "--method", "gray", "--model", "m.safetensors"], 2);
    assert!(error.contains("uses no model"), "{error}");
}
