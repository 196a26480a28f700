//! Folders and manifests.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::fs;

use autochrome_data::{Error, Index};

fn touch(path: std::path::PathBuf) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, b"").unwrap();
}

#[test]
fn a_folder_is_walked_sorted_and_without_what_is_no_picture() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in ["z/2.jpg", "z/deep/1.PNG", "a/9.webp", "top.tiff", "notes.txt", ".hidden/1.jpg", "a/.1.jpg"]
    {
        touch(root.join(name));
    }
    let index = Index::folder(root).unwrap();
    let found: Vec<_> =
        (0..index.len()).map(|i| (index.path(i).strip_prefix(root).unwrap(), index.source(i))).collect();
    let expected = [("a/9.webp", "a"), ("top.tiff", ""), ("z/2.jpg", "z"), ("z/deep/1.PNG", "z")];
    assert_eq!(found, expected.map(|(path, source)| (std::path::Path::new(path), source)));
}

#[test]
fn an_empty_folder_is_an_error_that_says_what_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    touch(folder.path().join("film.mp4"));
    let error = Index::folder(folder.path()).unwrap_err();
    assert_eq!(error.code(), "data.empty");
    assert!(error.to_string().contains("jpg"), "{error}");
    let missing = Index::folder(folder.path().join("missing")).unwrap_err();
    assert_eq!(missing.code(), "data.io");
    assert!(missing.to_string().contains("missing"), "{missing}");
}

#[test]
fn a_manifest_gives_one_split_with_its_sources() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.jsonl");
    let lines = [
        r#"{"path": "x/1.jpg", "split": "train", "source": "film one", "timestamp": 1.5}"#,
        r#"{"path": "x/2.jpg", "split": "val"}"#,
        "",
        r#"{"path": "x/3.jpg"}"#,
    ];
    fs::write(&manifest, lines.join("\n")).unwrap();
    let train = Index::manifest(&manifest, "train").unwrap();
    assert_eq!((train.len(), train.source(0), train.source(1)), (2, "film one", "x"));
    assert_eq!(train.path(1), folder.path().join("x/3.jpg"));
    assert_eq!(Index::open(folder.path(), "val").unwrap().path(0), folder.path().join("x/2.jpg"));
    assert_eq!(Index::open(&manifest, "test").unwrap_err().code(), "data.empty");
}

#[test]
fn a_broken_manifest_line_is_named_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.jsonl");
    fs::write(&manifest, "{\"path\": \"1.jpg\"}\n{\"split\": \"train\"}\n").unwrap();
    let error = Index::manifest(&manifest, "train").unwrap_err();
    assert!(matches!(error, Error::Manifest { line: 2, .. }), "{error}");
}
