//! `autochrome train` in a program that was built without it.

use crate::util::Folder;

#[test]
fn training_is_refused_with_3_and_one_line_that_says_how_to_get_it() {
    let output =
        Folder::new().autochrome().args(["train", "recipe.toml", "--data", "data"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("cargo install --path crates/autochrome-cli --features train"), "{text}");
}
