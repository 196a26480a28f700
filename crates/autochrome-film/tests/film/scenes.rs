//! Colours end where scenes do.

use std::sync::atomic::AtomicBool;

use autochrome_film::{Ffmpeg, SceneOptions, Spot, follow, scenes};

use crate::util::{Folder, OneColor, color_of, lossless};

/// Hard cuts every seven frames, between two patterns.
fn cut_film(folder: &Folder, frames: u32) {
    folder.film(
        "in.mkv",
        &format!("-f lavfi -i testsrc2=s=96x64:r=24 -f lavfi -i mandelbrot=s=96x64:r=24 -filter_complex [0:v]hue=s=0,eq=brightness=0.3[a];[1:v]hue=s=0,eq=brightness=-0.3[b];[a][b]blend=all_expr='if(mod(floor((T*24+0.5)/7),2),A,B)' -frames:v {frames} -c:v ffv1 -pix_fmt yuv420p"),
    );
}

#[test]
fn no_colour_passes_a_cut() {
    let Some(folder) = Folder::with_ffmpeg("no_colour_passes_a_cut") else { return };
    cut_film(&folder, 42);
    let colorist = OneColor::default();
    let summary = folder.colorize_by("in.mkv", "out.mkv", &lossless(), &colorist).unwrap();
    assert_eq!(summary.scenes, 6);
    let starts: Vec<u64> = colorist.keys.lock().unwrap().iter().map(|(frame, _)| *frame).collect();
    assert_eq!(starts, [0, 7, 14, 21, 28, 35]);
    let cb = folder.frames("out.mkv", "extractplanes=u");
    for (number, frame) in cb.chunks_exact(48 * 32).enumerate() {
        let mean = frame.iter().map(|v| f64::from(*v)).sum::<f64>() / frame.len() as f64;
        let blue = color_of(number as u64 / 7).1 < 0.0;
        assert_eq!(mean > 128.0, blue, "frame {number}: {mean}");
    }
}

#[test]
fn scenes_in_colour_stay_as_they_are() {
    let Some(folder) = Folder::with_ffmpeg("scenes_in_colour_stay_as_they_are") else { return };
    folder.film(
        "in.mkv",
        "-f lavfi -i testsrc2=s=96x64:r=24:d=1 -f lavfi -i mandelbrot=s=96x64:r=24 -filter_complex [1:v]trim=end_frame=24,hue=s=0,eq=brightness=-0.3[b];[0:v][b]concat -c:v ffv1 -pix_fmt yuv420p",
    );
    let summary = folder.colorize("in.mkv", "out.mkv", &lossless()).unwrap();
    assert_eq!((summary.scenes, &summary.kept_s[..]), (2, &[0.0][..]));
    let chroma = |name| folder.frames(name, "extractplanes=v");
    let (before, after) = (chroma("in.mkv"), chroma("out.mkv"));
    let half = before.len() / 2;
    assert!(after[..half] == before[..half] && after[half..] != before[half..]);
}

#[test]
fn the_first_frame_of_each_scene_is_shown() {
    let Some(folder) = Folder::with_ffmpeg("the_first_frame_of_each_scene_is_shown") else { return };
    cut_film(&folder, 20);
    let (ffmpeg, source) = (Ffmpeg::find().unwrap(), folder.source("in.mkv").unwrap());
    let mut seen = Vec::new();
    let options = SceneOptions::default();
    let never = AtomicBool::new(false);
    let count = scenes(&ffmpeg, &source, &options, &OneColor::default(), &never, &mut |scene| {
        assert_eq!(
            (scene.picture.width, scene.picture.height, scene.picture.rgb.len()),
            (96, 64, 3 * 96 * 64)
        );
        seen.push(scene.number);
        Ok(())
    });
    assert_eq!((count.unwrap(), seen), (3, vec![0, 7, 14]));
}

#[test]
fn a_spot_is_followed_to_both_ends_of_its_scene() {
    let Some(folder) = Folder::with_ffmpeg("a_spot_is_followed_to_both_ends_of_its_scene") else { return };
    // A picture that moves to the left by 2 of 160 columns a frame.
    folder.film(
        "in.mkv",
        "-f lavfi -i mandelbrot=s=320x96:r=24 -vf trim=end_frame=1,loop=48:1:0,hue=s=0,crop=160:96:2*n:0,fps=24 -frames:v 40 -c:v ffv1 -pix_fmt yuv420p",
    );
    let (ffmpeg, source) = (Ffmpeg::find().unwrap(), folder.source("in.mkv").unwrap());
    let spot = Spot { at_s: 20.0 / 24.0, x: 0.5, y: 0.5 };
    let never = AtomicBool::new(false);
    let tracks = follow(&ffmpeg, &source, Default::default(), &[spot], &never).unwrap();
    let track = &tracks[0];
    assert_eq!((track.frame, track.first_frame, track.end_frame), (20, 0, 40));
    let [x, y] = track.place(8).unwrap();
    assert!((x - (0.5 + 24.0 / 160.0)).abs() < 0.04 && (y - 0.5).abs() < 0.04, "{x} {y}");
    let late = Spot { at_s: 9.0, ..spot };
    let error = follow(&ffmpeg, &source, Default::default(), &[late], &never).unwrap_err();
    assert_eq!(error.code(), "film.no_such_moment");
}
