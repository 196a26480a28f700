//! A build that is stopped loses nothing.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use autochrome_dataset::{BuildOptions, DatasetError, Event, Sampling, build};

use crate::util::{Folder, files};

/// Stops after a few kept frames, again and again, until the build is done; how often it was stopped.
fn build_in_pieces(options: &BuildOptions) -> usize {
    let mut stops = 0;
    loop {
        let stop = AtomicBool::new(false);
        let seen = AtomicUsize::new(0);
        let watch = |event: Event<'_>| {
            if matches!(event, Event::Kept { .. }) && seen.fetch_add(1, Ordering::Relaxed) >= 2 {
                stop.store(true, Ordering::Relaxed);
            }
        };
        let options = BuildOptions { resume: stops > 0, ..options.clone() };
        match build(&options, &stop, &|write| write(), &watch) {
            Ok(_) => return stops,
            Err(DatasetError::Stopped) => stops += 1,
            Err(error) => panic!("{error}"),
        }
        assert!(stops < 100, "it gets on");
        assert!(!options.out.join("manifest.jsonl").exists(), "a manifest speaks of a whole set");
    }
}

fn pieces_are_like_the_whole(sampling: Sampling, test: &str) {
    let Some(folder) = Folder::with_ffmpeg(test) else { return };
    folder.film(
        "films/a.mkv",
        "-f lavfi -i testsrc2=s=160x120:r=24:d=6 -f lavfi -i smptehdbars=s=160x120:r=24:d=4 \
         -f lavfi -i rgbtestsrc=s=160x120:r=24:d=6 -filter_complex \
         [0:v]format=yuv444p[x];[1:v]format=yuv444p,setsar=1[y];[2:v]format=yuv444p[z];[x][y][z]concat=n=3 -c:v ffv1",
    );
    folder.pattern("films/b.mkv", "96x72", 5);
    let mut whole = folder.options(&["films"]);
    whole.jobs = 1;
    whole.rules.sampling = sampling;
    whole.rules.min_difference = 1.0;
    let pieces = BuildOptions { out: folder.path("pieces"), ..whole.clone() };
    folder.build(&whole).unwrap();
    let stops = build_in_pieces(&pieces);
    assert!(stops > 0, "it was stopped on its way");
    let read = |options: &BuildOptions| fs::read_to_string(options.out.join("manifest.jsonl")).unwrap();
    assert_eq!(read(&whole), read(&pieces));
    assert_eq!(files(&whole.out.join("images")), files(&pieces.out.join("images")));
}

#[test]
fn pieces_by_time_are_like_the_whole() {
    pieces_are_like_the_whole(Sampling::Seconds(0.5), "pieces_by_time_are_like_the_whole");
}

#[test]
fn pieces_by_number_are_like_the_whole() {
    pieces_are_like_the_whole(Sampling::Frames(9), "pieces_by_number_are_like_the_whole");
}

#[test]
fn a_torn_journal_goes_on_from_its_last_whole_line() {
    let Some(folder) = Folder::with_ffmpeg("a_torn_journal_goes_on_from_its_last_whole_line") else { return };
    folder.pattern("a.mkv", "96x72", 5);
    let mut options = folder.options(&["a.mkv"]);
    let (_, before) = folder.set(&options);
    let journal = folder.path("set/journal/a.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, &text[..text.len() * 3 / 5]).unwrap();
    fs::remove_file(folder.path("set/manifest.jsonl")).unwrap();
    options.resume = true;
    let (_, after) = folder.set(&options);
    assert_eq!(before, after);
}

#[test]
fn a_finished_set_takes_more_sources() {
    let Some(folder) = Folder::with_ffmpeg("a_finished_set_takes_more_sources") else { return };
    folder.pattern("a.mkv", "96x72", 2).pattern("b.mkv", "80x60", 3);
    let (_, first) = folder.set(&folder.options(&["a.mkv"]));
    let more = BuildOptions { resume: true, ..folder.options(&["a.mkv", "b.mkv"]) };
    let (_, both) = folder.set(&more);
    assert_eq!((first.len(), both.len()), (2, 5));
    assert_eq!(both[..2], first);
}
