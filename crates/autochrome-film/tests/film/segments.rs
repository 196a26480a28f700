//! Segments that are coloured by themselves, in any order and anywhere, give the film of a run in one go.

use std::fs;
use std::sync::atomic::AtomicBool;

use autochrome_film::{
    ColoredSegment, Colorist, ColoristError, Ffmpeg, FilmError, FilmOptions, KeyColors, Keyframe, Range,
    Segment, colorize_segment, join_segments, segments,
};

use crate::util::{Folder, OneColor, lossless};

/// Wants a keyframe that nobody else would choose.
#[derive(Default)]
struct Demanding(OneColor);

impl Colorist for Demanding {
    fn colors(&self, key: &Keyframe) -> Result<KeyColors, ColoristError> {
        self.0.colors(key)
    }

    fn is_required_keyframe(&self, number: u64) -> bool {
        number == 407
    }
}

/// Colours a film in segments, the last first, and puts them together; their first and last frames.
fn in_segments(folder: &Folder, from: &str, to: &str, options: &FilmOptions) -> Vec<(u64, u64)> {
    let (ffmpeg, source) = (Ffmpeg::find().unwrap(), folder.source(from).unwrap());
    let (output, never) = (folder.path(to), AtomicBool::new(false));
    let colorist = Demanding::default();
    let mut found: Vec<Segment> = Vec::new();
    let mut each = |segment: Segment| {
        // As it goes to another machine.
        found.push(serde_json::from_str(&serde_json::to_string(&segment).unwrap()).unwrap());
        Ok(())
    };
    let outline = segments(&ffmpeg, &source, &output, options, &colorist, &never, &mut each).unwrap();
    assert_eq!(found.last().unwrap().end_frame, outline.frames);
    let all = folder.path("all");
    fs::create_dir(&all).unwrap();
    let mut colored: Vec<ColoredSegment> = Vec::new();
    for segment in found.iter().rev() {
        let own = folder.path("own");
        let (told, colorist) = (std::sync::Mutex::new(0), Demanding::default());
        let hear = |at: autochrome_film::Progress| {
            assert_eq!(at.total, Some(segment.frames()));
            *told.lock().unwrap() = at.frames;
        };
        let made =
            colorize_segment(&ffmpeg, &source, segment, &own, options, &colorist, &never, &hear).unwrap();
        assert_eq!(told.into_inner().unwrap(), segment.frames());
        for file in made.files() {
            fs::rename(own.join(file), all.join(file)).unwrap();
        }
        if !colored.is_empty() {
            let incomplete = join_segments(&ffmpeg, &source, &output, options, &all, &colored);
            assert!(matches!(incomplete, Err(FilmError::Join { .. })) && !output.exists());
        }
        colored.push(made);
    }
    join_segments(&ffmpeg, &source, &output, options, &all, &colored).unwrap();
    fs::remove_dir_all(all).unwrap();
    found.iter().map(|segment| (segment.first_frame, segment.end_frame)).collect()
}

fn same(folder: &Folder, from: &str, options: &FilmOptions) -> Vec<(u64, u64)> {
    folder.colorize_by(from, "whole.mkv", options, &Demanding::default()).unwrap();
    let found = in_segments(folder, from, "joined.mkv", options);
    let read = |name: &str| fs::read(folder.path(name)).unwrap();
    assert!(read("joined.mkv") == read("whole.mkv"), "{from}");
    fs::remove_file(folder.path("whole.mkv")).unwrap();
    fs::remove_file(folder.path("joined.mkv")).unwrap();
    found
}

/// Scenes of 300 frames, as many as fit into `frames`.
fn scenes(frames: u32, more: &str) -> String {
    format!(
        "-f lavfi -i testsrc2=s=64x48:r=24 -f lavfi -i mandelbrot=s=64x48:r=24 -filter_complex [0:v]hue=s=0,eq=brightness=0.3[a];[1:v]hue=s=0,eq=brightness=-0.3[b];[a][b]blend=all_expr='if(mod(floor((T*24+0.5)/300),2),A,B)' -frames:v {frames} {more}"
    )
}

#[test]
fn segments_by_themselves_give_the_bytes_of_a_run_in_one_go() {
    let Some(folder) = Folder::with_ffmpeg("segments_by_themselves_give_the_bytes_of_a_run_in_one_go") else {
        return;
    };
    // With and without frames that can be sought, and frames of which others are made.
    folder.film("ffv1.mkv", &scenes(700, "-c:v ffv1 -pix_fmt yuv420p"));
    assert_eq!(same(&folder, "ffv1.mkv", &lossless()), [(0, 300), (300, 600), (600, 700)]);
    folder.film("h264.mp4", &scenes(700, "-c:v libx264 -preset veryfast -g 900 -bf 3 -pix_fmt yuv420p"));
    assert_eq!(same(&folder, "h264.mp4", &lossless()), [(0, 300), (300, 600), (600, 700)]);
    let range = Range { start_s: 10.02, end_s: Some(27.0) };
    let part = same(&folder, "h264.mp4", &FilmOptions { range, ..lossless() });
    assert_eq!((part.len(), part[0].0), (2, 0), "{part:?}");
}

#[test]
fn a_segment_whose_place_cannot_be_sought_is_found_from_the_beginning() {
    let test = "a_segment_whose_place_cannot_be_sought_is_found_from_the_beginning";
    let Some(folder) = Folder::with_ffmpeg(test) else { return };
    // A bare stream has no times to seek by.
    folder.film("bare.h264", &scenes(620, "-c:v libx264 -preset veryfast -bf 2 -pix_fmt yuv420p -f h264"));
    assert_eq!(same(&folder, "bare.h264", &lossless()), [(0, 300), (300, 600), (600, 620)]);
}
