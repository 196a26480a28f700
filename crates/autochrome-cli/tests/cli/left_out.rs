//! Commands that a build leaves out.

use crate::util::Folder;

#[test]
fn what_was_left_out_is_refused_with_3_and_one_line_that_says_how_to_get_it() {
    let left_out = [
        (cfg!(feature = "serve"), "serve", &["serve", "--bind", "127.0.0.1:0"][..]),
        (cfg!(feature = "serve"), "serve", &["keys", "create", "anna"]),
        (cfg!(feature = "dataset"), "dataset", &["dataset", "build", "films", "--out", "set"]),
        (cfg!(feature = "evaluate"), "evaluate", &["evaluate", "--data", "val"]),
        (cfg!(feature = "train"), "train", &["train", "recipe.toml", "--data", "data"]),
    ];
    for (_, feature, arguments) in left_out.iter().filter(|(there, ..)| !there) {
        let output = Folder::new().autochrome().args(*arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let how = format!("cargo install --path crates/autochrome-cli --features {feature}");
        assert!(text.contains(&how), "{text}");
    }
}
