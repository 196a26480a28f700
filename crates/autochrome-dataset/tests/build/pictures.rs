//! Folders of pictures, which need no FFmpeg.

use std::fs;

use autochrome_dataset::{DatasetError, Format, Reason, Sampling};

use crate::util::{Folder, files};

/// A PPM of 48 × 32 whose stripes are `shift` further on.
fn stripes(shift: usize) -> Vec<u8> {
    let mut bytes = b"P6 48 32 255\n".to_vec();
    for i in 0..48 * 32 {
        let (x, y) = (i % 48, i / 48);
        let bright = (x / 8 + y / 8 + shift).is_multiple_of(2);
        bytes.extend(if bright { [220, 120, 60] } else { [30, (60 + 40 * (shift % 3)) as u8, 120] });
    }
    bytes
}

fn folder() -> Folder {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("album")).unwrap();
    (0..6).for_each(|i| fs::write(folder.path(&format!("album/{i}.ppm")), stripes(i)).unwrap());
    folder
}

#[test]
fn a_folder_of_pictures_is_one_source() {
    let folder = folder();
    let (summary, entries) = folder.set(&folder.options(&["album"]));
    assert_eq!((summary.pictures, summary.sources), (6, 1));
    assert_eq!(entries[2].path, "images/album/000002.png");
    assert!(entries.iter().all(|entry| entry.timestamp_s.is_none() && entry.split == "train"));
    let (width, height, rgb) = folder.pixels(&entries[0]);
    assert_eq!((width, height), (48, 32));
    assert!(rgb[..3].iter().zip([220_u8, 120, 60]).all(|(a, b)| a.abs_diff(b) <= 1), "{:?}", &rgb[..3]);
}

#[test]
fn unchanged_pictures_are_similar() {
    let folder = folder();
    fs::copy(folder.path("album/0.ppm"), folder.path("album/0b.ppm")).unwrap();
    let mut options = folder.options(&["album"]);
    options.rules.min_difference = 6.0;
    let (_, entries) = folder.set(&options);
    assert!(entries.iter().all(|entry| entry.frame != 1), "{entries:?}");
    assert!(entries.iter().skip(1).all(|entry| entry.difference.unwrap() >= 6.0));
}

#[test]
fn a_repeat_far_back_is_found() {
    let folder = folder();
    fs::copy(folder.path("album/0.ppm"), folder.path("album/9.ppm")).unwrap();
    let mut options = folder.options(&["album"]);
    options.rules.allow.retain(|reason| *reason != Reason::Repeat);
    let (_, entries) = folder.set(&options);
    assert!(entries.iter().all(|entry| entry.frame != 6), "{entries:?}");
}

#[test]
fn broken_pictures_are_faults() {
    let folder = folder();
    fs::write(folder.path("album/7.png"), "no picture").unwrap();
    let (summary, entries) = folder.set(&folder.options(&["album"]));
    assert_eq!((entries.len(), summary.faults.len()), (6, 1));
    assert!(summary.faults[0].1.contains("7.png"), "{summary:?}");
}

#[test]
fn jpeg_is_written_for_the_fast_way_of_the_loader() {
    let folder = folder();
    let mut options = folder.options(&["album"]);
    options.rules.format = Format::Jpeg(95);
    let (_, entries) = folder.set(&options);
    let bytes = fs::read(folder.path("set").join(&entries[0].path)).unwrap();
    assert!(bytes.starts_with(b"\xff\xd8") && !bytes.windows(11).any(|w| w == b"ICC_PROFILE"));
    // Start of frame: three components, the first without subsampling of the others.
    let frame = bytes.windows(2).position(|w| w == [0xff, 0xc0] || w == [0xff, 0xc2]).unwrap();
    assert_eq!((bytes[frame + 9], bytes[frame + 11]), (3, 0x11));
}

#[test]
fn the_loader_reads_the_dataset() {
    let folder = folder();
    let options = folder.options(&["album"]);
    folder.set(&options);
    let index = autochrome_data::Index::open(&options.out, "train").unwrap();
    assert_eq!((index.len(), index.source(0)), (6, "album"));
    let crop = autochrome_data::CropOptions::native(24);
    let loader_options = autochrome_data::LoaderOptions { crop, batch: 4, ..Default::default() };
    let mut loader = autochrome_data::Loader::new(index, loader_options).unwrap();
    assert_eq!(loader.next_batch().unwrap().ab.len(), 4 * 2 * 24 * 24);
    assert!(loader.skipped().is_empty());
}

#[test]
fn a_dataset_is_not_built_over() {
    let folder = folder();
    let options = folder.options(&["album"]);
    folder.build(&options).unwrap();
    let before = files(&options.out);
    assert!(matches!(folder.build(&options), Err(DatasetError::Exists { .. })));
    let mut other = options.clone();
    other.resume = true;
    other.rules.min_difference = 50.0;
    assert!(matches!(folder.build(&other), Err(DatasetError::Changed { .. })));
    assert_eq!(files(&options.out), before);
}

#[test]
fn options_outside_their_range_are_refused_before_anything_is_written() {
    let folder = folder();
    let good = folder.options(&["album"]);
    for wrong in [
        {
            let mut o = good.clone();
            o.rules.sampling = Sampling::Frames(0);
            o
        },
        {
            let mut o = good.clone();
            o.rules.sampling = Sampling::Seconds(f64::NAN);
            o
        },
        {
            let mut o = good.clone();
            o.rules.min_difference = 300.0;
            o
        },
        {
            let mut o = good.clone();
            o.val_fraction = 1.0;
            o
        },
    ] {
        assert!(matches!(folder.build(&wrong), Err(DatasetError::Option { .. })));
    }
    let mut missing = good.clone();
    missing.sources.push(folder.path("not there"));
    assert!(matches!(folder.build(&missing), Err(DatasetError::Source { .. })));
    assert!(!good.out.exists());
}

#[test]
fn the_report_asks_nothing_of_a_network() {
    let folder = folder();
    fs::rename(folder.path("album"), folder.path("a & <b>")).unwrap();
    folder.set(&folder.options(&["a & <b>"]));
    let page = fs::read_to_string(folder.path("set/report.html")).unwrap();
    for outside in ["http://", "https://", "src=\"/", "url(", "@import", "<link", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("data:image/jpeg").count(), 6);
}
