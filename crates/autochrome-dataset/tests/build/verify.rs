//! What `verify` finds.

use std::fs;
use std::sync::atomic::AtomicBool;

use autochrome_dataset::{DatasetError, Finding, verify};

use crate::util::Folder;

fn findings(folder: &Folder) -> Vec<Finding> {
    verify(&folder.path("set"), &AtomicBool::new(false), &|_, _| ()).unwrap().1
}

fn folder() -> Folder {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("album")).unwrap();
    for i in 0..4_u8 {
        let mut bytes = b"P6 32 32 255\n".to_vec();
        bytes.extend((0..32 * 32).flat_map(|k: usize| [(k % 32 * 8) as u8, 60 * i, (k / 32 * 8) as u8]));
        fs::write(folder.path(&format!("album/{i}.ppm")), bytes).unwrap();
    }
    folder.build(&folder.options(&["album"])).unwrap();
    folder
}

#[test]
fn a_whole_set_has_no_findings() {
    assert_eq!(findings(&folder()), []);
}

#[test]
fn missing_changed_broken_and_strange_pictures_are_found() {
    let folder = folder();
    let picture = |i: u32| folder.path(&format!("set/images/album/00000{i}.png"));
    fs::remove_file(picture(0)).unwrap();
    fs::copy(picture(2), picture(1)).unwrap();
    let bytes = fs::read(picture(3)).unwrap();
    fs::write(picture(3), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(folder.path("set/images/album/mine.jpg"), "x").unwrap();
    let path = |i: u32| format!("images/album/00000{i}.png");
    let found = findings(&folder);
    assert_eq!(found[0], Finding::Missing { path: path(0) });
    assert_eq!(found[1], Finding::Corrupt { path: path(1), reason: "its bytes have changed".into() });
    assert!(matches!(&found[2], Finding::Corrupt { path: broken, .. } if *broken == path(3)));
    assert_eq!(found[3], Finding::Unlisted { path: "images/album/mine.jpg".into() });
    assert_eq!(found.len(), 4);
}

#[test]
fn entries_named_twice_and_torn_sources_are_found() {
    let folder = folder();
    let manifest = folder.path("set/manifest.jsonl");
    let text = fs::read_to_string(&manifest).unwrap();
    let again = text.lines().next().unwrap().replace("\"split\":\"train\"", "\"split\":\"val\"");
    fs::write(&manifest, format!("{text}{again}\n")).unwrap();
    let path = "images/album/000000.png".to_owned();
    let expected =
        [Finding::Duplicated { path: path.clone(), of: path }, Finding::Split { source: "album".into() }];
    assert_eq!(findings(&folder), expected);
}

#[test]
fn a_folder_without_a_manifest_is_no_dataset() {
    let folder = Folder::new();
    let error = verify(&folder.path("."), &AtomicBool::new(false), &|_, _| ()).unwrap_err();
    assert!(matches!(error, DatasetError::NotADataset { .. }) && error.to_string().contains("dataset build"));
}
