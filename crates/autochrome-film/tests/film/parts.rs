//! Parts are whole or not there, and a run that goes on gives what a run in one go gives.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use autochrome_film::{Existing, Ffmpeg, FilmError, FilmOptions, colorize};

use crate::util::{Folder, OneColor, lossless};

/// 700 frames whose scenes are 300 frames long.
fn long_film(folder: &Folder) {
    folder.film(
        "in.mkv",
        "-f lavfi -i testsrc2=s=64x48:r=24 -f lavfi -i mandelbrot=s=64x48:r=24 -filter_complex [0:v]hue=s=0,eq=brightness=0.3[a];[1:v]hue=s=0,eq=brightness=-0.3[b];[a][b]blend=all_expr='if(mod(floor((T*24+0.5)/300),2),A,B)' -frames:v 700 -c:v ffv1 -pix_fmt yuv420p",
    );
}

#[test]
fn a_run_that_goes_on_gives_the_same_bytes() {
    let Some(folder) = Folder::with_ffmpeg("a_run_that_goes_on_gives_the_same_bytes") else { return };
    long_film(&folder);
    folder.colorize("in.mkv", "whole.mkv", &lossless()).unwrap();

    let (ffmpeg, source) = (Ffmpeg::find().unwrap(), folder.source("in.mkv").unwrap());
    let stop = AtomicBool::new(false);
    let out = folder.path("stopped.mkv");
    let run = |options: &FilmOptions, stop_at: u64| {
        colorize(&ffmpeg, &source, &out, options, &OneColor::default(), &stop, &|progress| {
            if progress.frames >= stop_at {
                stop.store(true, Ordering::Relaxed);
            }
        })
    };
    let stopped = run(&lossless(), 450);
    assert!(matches!(stopped, Err(FilmError::Stopped)), "{stopped:?}");
    let parts: Vec<String> = fs::read_dir(folder.path("stopped.mkv.parts"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!out.exists() && parts.iter().any(|name| name.ends_with(".mov")), "{parts:?}");
    assert!(parts.iter().all(|name| !name.ends_with("unfinished")), "{parts:?}");

    stop.store(false, Ordering::Relaxed);
    assert!(matches!(run(&lossless(), 9999), Err(FilmError::OutputExists { .. })));
    let other = FilmOptions { existing: Existing::Resume, recolor: true, ..lossless() };
    assert!(matches!(run(&other, 9999), Err(FilmError::OtherParts { .. })));
    let summary = run(&FilmOptions { existing: Existing::Resume, ..lossless() }, 9999).unwrap();
    assert_eq!((summary.frames, summary.resumed), (700, 300));
    assert!(fs::read(&out).unwrap() == fs::read(folder.path("whole.mkv")).unwrap());
    assert!(!folder.path("stopped.mkv.parts").exists());
}

#[test]
fn a_result_that_is_there_is_not_replaced_unasked() {
    let Some(folder) = Folder::with_ffmpeg("a_result_that_is_there_is_not_replaced_unasked") else { return };
    folder.film("in.mkv", "-f lavfi -i testsrc2=s=64x48:r=24:d=0.5 -vf hue=s=0 -c:v ffv1 -pix_fmt yuv420p");
    fs::write(folder.path("out.mkv"), "mine").unwrap();
    let refused = folder.colorize("in.mkv", "out.mkv", &lossless());
    assert!(matches!(refused, Err(FilmError::OutputExists { .. })));
    folder.colorize("in.mkv", "out.mkv", &FilmOptions { existing: Existing::Replace, ..lossless() }).unwrap();
    assert_eq!(folder.times("out.mkv").len(), 12);
}
