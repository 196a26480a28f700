//! What is no film, or not a whole one.

use std::fs;

use autochrome_film::{Codec, FilmOptions, Range};

use crate::util::{Folder, lossless};

#[test]
fn what_is_no_film_is_told_with_its_code() {
    let Some(folder) = Folder::with_ffmpeg("what_is_no_film_is_told_with_its_code") else { return };
    folder.film("a.png", "-f lavfi -i testsrc2=s=64x48 -frames:v 1");
    folder.film("a.wav", "-f lavfi -i sine=440:d=1");
    fs::write(folder.path("a.txt"), "no film").unwrap();
    for (name, code) in [("a.png", "film.picture"), ("a.wav", "film.no_video"), ("a.txt", "film.unreadable")]
    {
        assert_eq!(folder.source(name).unwrap_err().code(), code, "{name}");
    }
    folder.film("a.mkv", "-f lavfi -i testsrc2=s=64x48:d=0.2 -c:v ffv1");
    let late = FilmOptions { range: Range { start_s: 5.0, end_s: None }, ..lossless() };
    assert_eq!(folder.colorize("a.mkv", "out.mkv", &late).unwrap_err().code(), "film.no_such_moment");
    let crf = FilmOptions { crf: Some(20), ..lossless() };
    assert_eq!(folder.colorize("a.mkv", "out.mkv", &crf).unwrap_err().code(), "option-out-of-range");
    assert!(!folder.path("out.mkv.parts").exists());
    let options = FilmOptions { codec: Some(Codec::Ffv1), ..lossless() };
    assert_eq!(folder.colorize("a.mkv", "out.mp4", &options).unwrap_err().code(), "film.container");
    assert!(!folder.path("out.mp4.parts").exists());
}

#[test]
fn a_film_that_breaks_off_gives_what_could_be_read() {
    let Some(folder) = Folder::with_ffmpeg("a_film_that_breaks_off_gives_what_could_be_read") else { return };
    folder.film(
        "whole.mp4",
        "-f lavfi -i testsrc2=s=192x144:r=24:d=8 -vf hue=s=0 -c:v libx264 -g 24 -movflags +faststart",
    );
    let bytes = fs::read(folder.path("whole.mp4")).unwrap();
    fs::write(folder.path("in.mp4"), &bytes[..bytes.len() / 2]).unwrap();
    let summary = folder.colorize("in.mp4", "out.mkv", &lossless()).unwrap();
    assert!((24..180).contains(&summary.frames), "{}", summary.frames);
    assert!(summary.damage.is_some());
    assert_eq!(folder.times("out.mkv").len() as u64, summary.frames);
}
