//! Films of every kind, right down to those that are none.

use std::fs;

use autochrome_dataset::{Reason, Rules, Sampling};

use crate::util::{Folder, files, rules, times};

/// Whether a colour lies within so many levels of another.
fn near(rgb: &[u8], expected: [u8; 3], levels: u8) -> bool {
    rgb.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= levels)
}

#[test]
fn an_odd_size_is_kept_to_the_pixel() {
    let Some(folder) = Folder::with_ffmpeg("an_odd_size_is_kept_to_the_pixel") else { return };
    folder.film("a.mkv", "-f lavfi -i testsrc=s=321x241:r=24:d=3 -c:v ffv1 -pix_fmt yuv444p");
    let (summary, entries) = folder.set(&folder.options(&["a.mkv"]));
    assert_eq!(times(&entries), [0.0, 1.0, 2.0]);
    assert!(entries.iter().all(|entry| (entry.width, entry.height) == (321, 241)), "{entries:?}");
    assert_eq!(entries.iter().map(|entry| entry.frame).collect::<Vec<_>>(), [0, 24, 48]);
    let (width, height, _) = folder.pixels(&entries[1]);
    assert_eq!((width, height), (321, 241));
    assert!(summary.faults.is_empty(), "{summary:?}");
}

#[test]
fn matrix_and_range_are_honoured() {
    let Some(folder) = Folder::with_ffmpeg("matrix_and_range_are_honoured") else { return };
    // One colour in YCbCr of four kinds; only the right way back gives the same RGB.
    for (name, size, matrix, range, tags) in [
        ("hd-709", "1280x720", "bt709", "tv", "-colorspace bt709 -color_range tv"),
        ("sd-709", "320x240", "bt709", "tv", "-colorspace bt709 -color_range tv"),
        ("full", "320x240", "smpte170m", "pc", "-colorspace smpte170m -color_range pc"),
        ("hd-untagged", "1280x720", "bt709", "tv", ""),
        ("sd-untagged", "320x240", "smpte170m", "tv", ""),
    ] {
        folder.film(
            &format!("films/{name}.mkv"),
            &format!(
                "-f lavfi -i color=c=0xc83c28:s={size}:r=4:d=0.5,format=rgb24 \
                 -vf scale=out_color_matrix={matrix}:out_range={range},format=yuv444p -c:v ffv1 {tags}"
            ),
        );
    }
    let (_, entries) = folder.set(&folder.options(&["films"]));
    assert_eq!(entries.len(), 5);
    for entry in &entries {
        let (_, _, rgb) = folder.pixels(entry);
        assert!(near(&rgb[..3], [0xc8, 0x3c, 0x28], 3), "{}: {:?}", entry.source, &rgb[..3]);
    }
}

#[test]
fn ten_bits_are_rounded_to_eight() {
    let Some(folder) = Folder::with_ffmpeg("ten_bits_are_rounded_to_eight") else { return };
    folder.film(
        "a.mkv",
        "-f lavfi -i color=c=0x3264c8:s=128x96:r=4:d=0.5,format=rgb24 \
         -vf scale=out_color_matrix=bt709,format=yuv420p10le -colorspace bt709 -c:v ffv1",
    );
    let (_, entries) = folder.set(&folder.options(&["a.mkv"]));
    assert!(near(&folder.pixels(&entries[0]).2[..3], [0x32, 0x64, 0xc8], 3));
}

#[test]
fn a_variable_frame_rate_goes_by_its_time_stamps() {
    let Some(folder) = Folder::with_ffmpeg("a_variable_frame_rate_goes_by_its_time_stamps") else { return };
    folder.film(
        "a.mkv",
        "-f lavfi -i testsrc2=s=64x48:r=24:d=2 -f lavfi -i testsrc2=s=64x48:r=30:d=2 \
         -filter_complex [0:v]settb=1/1000[a];[1:v]settb=1/1000[b];[a][b]concat=n=2 -vsync passthrough -c:v ffv1",
    );
    let (_, entries) = folder.set(&folder.options(&["a.mkv"]));
    let times = times(&entries);
    assert_eq!(times.len(), 4);
    for (i, at) in times.iter().enumerate() {
        assert!((at - i as f64).abs() < 0.05, "{times:?}");
    }
    // 24 frames in each of the first two seconds, 30 in the third.
    assert_eq!(entries.iter().map(|entry| entry.frame).collect::<Vec<_>>(), [0, 24, 48, 78]);
}

#[test]
fn each_so_manieth_frame_is_taken() {
    let Some(folder) = Folder::with_ffmpeg("each_so_manieth_frame_is_taken") else { return };
    folder.pattern("a.mkv", "64x48", 2);
    let mut options = folder.options(&["a.mkv"]);
    options.rules.sampling = Sampling::Frames(10);
    let (_, entries) = folder.set(&options);
    assert_eq!(entries.iter().map(|entry| entry.frame).collect::<Vec<_>>(), [0, 10, 20, 30, 40]);
}

#[test]
fn a_turned_film_is_upright() {
    let Some(folder) = Folder::with_ffmpeg("a_turned_film_is_upright") else { return };
    folder.film("flat.mp4", "-f lavfi -i testsrc2=s=96x64:r=24:d=1 -c:v mpeg4");
    // The option for this was renamed in FFmpeg 6.
    let flat = folder.path("flat.mp4");
    let new = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-display_rotation", "90", "-i"])
        .args([flat.as_os_str(), "-c".as_ref(), "copy".as_ref(), folder.path("a.mp4").as_os_str()])
        .output();
    if !new.unwrap().status.success() {
        let arguments = format!("-i {} -c copy -metadata:s:v:0 rotate=90", flat.display());
        folder.film("a.mp4", &arguments);
    }
    let (_, entries) = folder.set(&folder.options(&["a.mp4"]));
    assert_eq!((entries[0].width, entries[0].height), (64, 96));
}

#[test]
fn interlaced_films_have_no_combs() {
    let Some(folder) = Folder::with_ffmpeg("interlaced_films_have_no_combs") else { return };
    // A bar that moves fast to the right: in an interlaced frame its edge is a comb.
    folder.film(
        "a.mpg",
        "-f lavfi -i color=c=black:s=320x240:r=50:d=2 -f lavfi -i color=c=white:s=80x240:r=50:d=2 \
         -filter_complex [0][1]overlay=x='mod(t*400,240)',tinterlace=interleave_top,fieldorder=tff \
         -c:v mpeg2video -flags +ilme+ildct -b:v 6M",
    );
    let mut options = folder.options(&["a.mpg"]);
    options.rules.sampling = Sampling::Frames(7);
    let (_, entries) = folder.set(&options);
    assert!(entries.len() > 3, "{}", entries.len());
    for entry in &entries {
        let (width, height, rgb) = folder.pixels(entry);
        let value = |x: usize, y: usize| i32::from(rgb[(y * width + x) * 3]);
        let combs = (2..height - 2)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .filter(|&(x, y)| {
                (value(x, y) - value(x, y - 1)).abs() > 80 && (value(x, y) - value(x, y + 1)).abs() > 80
            })
            .count();
        assert!(combs < width * height / 200, "{} has {combs} combed samples", entry.path);
    }
}

#[test]
fn one_frame_is_a_film() {
    let Some(folder) = Folder::with_ffmpeg("one_frame_is_a_film") else { return };
    folder.film("a.mp4", "-f lavfi -i testsrc2=s=64x48:r=25 -frames:v 1 -c:v mpeg4");
    let (summary, entries) = folder.set(&folder.options(&["a.mp4"]));
    assert_eq!((entries.len(), summary.faults.len()), (1, 0), "{summary:?}");
}

#[test]
fn what_is_no_film_is_a_fault_and_the_rest_is_done() {
    let Some(folder) = Folder::with_ffmpeg("what_is_no_film_is_a_fault_and_the_rest_is_done") else { return };
    folder.pattern("films/good.mkv", "64x48", 2);
    folder.film("films/sound.mkv", "-f lavfi -i sine=d=1 -c:a flac");
    fs::write(folder.path("films/empty.mp4"), "").unwrap();
    fs::write(folder.path("films/text.mp4"), "a long story ".repeat(1000)).unwrap();
    let (summary, entries) = folder.set(&folder.options(&["films"]));
    let faults: Vec<&str> = summary.faults.iter().map(|(source, _)| source.as_str()).collect();
    assert_eq!(faults, ["empty", "sound", "text"]);
    assert!(summary.faults[1].1.contains("there is no video in it"), "{summary:?}");
    assert!(entries.len() == 2 && entries.iter().all(|entry| entry.source == "good"));
}

#[test]
fn a_film_cut_short_gives_what_is_there_and_a_fault() {
    let Some(folder) = Folder::with_ffmpeg("a_film_cut_short_gives_what_is_there_and_a_fault") else {
        return;
    };
    folder.film("a.mkv", "-f lavfi -i testsrc2=s=160x120:r=24:d=10 -c:v mpeg4 -q:v 2");
    let whole = fs::read(folder.path("a.mkv")).unwrap();
    fs::write(folder.path("a.mkv"), &whole[..whole.len() / 2]).unwrap();
    let (summary, entries) = folder.set(&folder.options(&["a.mkv"]));
    assert!((3..8).contains(&entries.len()), "{}", entries.len());
    assert_eq!(summary.faults.len().min(1), 1, "{summary:?}");
}

#[test]
fn hours_of_one_picture_give_one_picture() {
    let Some(folder) = Folder::with_ffmpeg("hours_of_one_picture_give_one_picture") else { return };
    folder
        .film("a.mp4", "-f lavfi -i testsrc2=s=64x48:r=1:d=1 -vf loop=-1:1 -t 10800 -r 1 -c:v mpeg4 -g 300");
    let mut options = folder.options(&["a.mp4"]);
    options.rules.min_difference = 6.0;
    let (_, entries) = folder.set(&options);
    assert_eq!(entries.len(), 1);
    // 10,799 frames were dropped, and the journal shows but a few of them.
    let report = fs::read_to_string(folder.path("set/report.html")).unwrap();
    assert!(report.contains("10800") && report.len() < 100_000, "{}", report.len());
}

#[test]
fn every_scene_gives_one_frame() {
    let Some(folder) = Folder::with_ffmpeg("every_scene_gives_one_frame") else { return };
    folder.film(
        "a.mkv",
        "-f lavfi -i testsrc2=s=96x64:r=24:d=2 -f lavfi -i mandelbrot=s=96x64:r=24:end_pts=1000 \
         -f lavfi -i smptehdbars=s=96x64:r=24:d=2 -filter_complex \
         [1:v]trim=duration=2,setpts=PTS-STARTPTS[b];[0:v]format=yuv444p[x];[b]format=yuv444p[y];\
         [2:v]format=yuv444p,setsar=1[z];[x][y][z]concat=n=3 -c:v ffv1",
    );
    let mut options = folder.options(&["a.mkv"]);
    options.rules.sampling = Sampling::Scene;
    let (_, entries) = folder.set(&options);
    assert_eq!(entries.iter().map(|entry| entry.scene).collect::<Vec<_>>(), [0, 1, 2]);
    for (entry, second) in entries.iter().zip([0.0, 2.0, 4.0]) {
        let at = entry.timestamp_s.unwrap();
        assert!((second..second + 2.0).contains(&at), "{at}");
    }
}

#[test]
fn frames_that_teach_nothing_are_dropped_for_their_reason() {
    let Some(folder) = Folder::with_ffmpeg("frames_that_teach_nothing_are_dropped_for_their_reason") else {
        return;
    };
    let pattern = "-f lavfi -i testsrc2=s=192x144:r=4:d=0.25";
    folder
        .film("films/good.mkv", &format!("{pattern} -c:v ffv1 -pix_fmt yuv444p"))
        .film("films/black.mkv", "-f lavfi -i color=c=0x0a0a0a:s=192x144:r=4:d=0.25 -c:v ffv1")
        .film("films/gray.mkv", &format!("{pattern} -vf hue=s=0 -c:v ffv1"))
        .film("films/blurred.mkv", &format!("{pattern} -vf gblur=sigma=24 -c:v ffv1"))
        .film("films/sepia.mkv", &format!(
            "{pattern} -vf colorchannelmixer=.393:.769:.189:0:.349:.686:.168:0:.272:.534:.131 -c:v ffv1 -pix_fmt yuv444p"
        ))
        // Rows of letters, which need no font: the top of every sixteenth column group is bright.
        .film("films/credits.mkv", "-f lavfi -i color=c=black:s=192x144:r=4:d=0.25 \
            -vf format=yuv444p,geq=lum='235*lt(mod(Y\\,24)\\,6)*lt(mod(X\\,6)\\,3)*between(X\\,40\\,150)':cb=128:cr=128 -c:v ffv1 -pix_fmt yuv444p")
        .film("films/small.mkv", "-f lavfi -i testsrc2=s=64x48:r=4:d=0.25 -c:v ffv1 -pix_fmt yuv444p");
    let mut options = folder.options(&["films"]);
    options.rules =
        Rules { min_side_px: 100, min_difference: 6.0, allow: vec![Reason::Duplicate], ..rules() };
    let (summary, entries) = folder.set(&options);
    let kept: Vec<&str> = entries.iter().map(|entry| entry.source.as_str()).collect();

    for source in ["black", "gray", "blurred", "credits"] {
        let journal = fs::read_to_string(folder.path(&format!("set/journal/{source}.jsonl"))).unwrap();
        assert!(journal.contains(&format!("\"dropped\":\"{source}\"")), "{source}: {journal}");
    }
    assert_eq!(kept, ["good"]);
    let sepia = fs::read_to_string(folder.path("set/journal/sepia.jsonl")).unwrap();
    assert!(sepia.contains("\"dropped\":\"tinted\""), "{sepia}");
    assert!(summary.notes.iter().any(|(source, note)| source == "small" && note.contains("--min-side 100")));
}

#[test]
fn bars_are_cut_off() {
    let Some(folder) = Folder::with_ffmpeg("bars_are_cut_off") else { return };
    folder.film(
        "a.mkv",
        "-f lavfi -i testsrc2=s=192x80:r=4:d=1 -vf pad=192:108:0:14 -c:v ffv1 -pix_fmt yuv444p",
    );
    let (_, entries) = folder.set(&folder.options(&["a.mkv"]));
    let crop = entries[0].crop;
    assert_eq!(
        (crop.left, crop.top, crop.width, crop.height),
        (0, 16, 192, 76),
        "two pixels more than the bars"
    );
    assert_eq!(folder.pixels(&entries[0]).1, 76);
}

#[test]
fn a_film_in_two_sizes_is_one_film_and_the_larger_stays() {
    let Some(folder) = Folder::with_ffmpeg("a_film_in_two_sizes_is_one_film_and_the_larger_stays") else {
        return;
    };
    let film = |size: &str, more: &str| {
        format!(
            "-f lavfi -i mandelbrot=s=640x480:r=8:start_scale=1:end_scale=0.01:end_pts=64 -t 8 -vf scale={size} {more}"
        )
    };
    folder
        .film("films/a.mp4", &film("320:240", "-c:v mpeg4 -q:v 5"))
        .film("films/b.mkv", &film("480:360,eq=brightness=0.04", "-c:v mpeg4 -q:v 2"))
        .pattern("films/c.mkv", "200x150", 3);
    let mut options = folder.options(&["films"]);
    options.rules.allow.retain(|reason| *reason != Reason::Duplicate);
    options.val_fraction = 0.3;
    let (summary, entries) = folder.set(&options);
    let of = |source: &str| entries.iter().filter(|entry| entry.source == source).count();
    assert_eq!((of("a"), of("b"), of("c")), (0, 8, 3), "{summary:?}");
    assert_eq!(summary.duplicates, 8);
    assert!(files(&folder.path("set/images/a")).is_empty(), "what is left out leaves no file");
    let split = |source: &str| &entries.iter().find(|entry| entry.source == source).unwrap().split;
    assert_eq!((split("b").as_str(), split("c").as_str()), ("train", "val"));
}

#[test]
fn no_more_frames_than_wanted_are_taken() {
    let Some(folder) = Folder::with_ffmpeg("no_more_frames_than_wanted_are_taken") else { return };
    folder.pattern("a.mkv", "64x48", 20);
    let mut options = folder.options(&["a.mkv"]);
    options.rules.max_frames = Some(3);
    let (summary, entries) = folder.set(&options);
    assert_eq!(times(&entries), [0.0, 1.0, 2.0]);
    assert!(summary.faults.is_empty(), "{summary:?}");
}
