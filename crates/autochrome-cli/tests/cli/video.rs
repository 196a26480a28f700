//! `autochrome video`: what is told, and how it ends. What is kept of a film is tested in `autochrome-film`.

use std::fs;
use std::process::Command;

use assert_cmd::assert::Assert;
use image::{Rgb, RgbImage};

use crate::ffmpeg::{make, with_ffmpeg};
use crate::util::Folder;

/// Two scenes of a second each, gray, without loss.
const TWO_SCENES: &str = "-f lavfi -i testsrc2=s=96x64:r=24 -f lavfi -i mandelbrot=s=96x64:r=24 -filter_complex \
    [0:v]hue=s=0,eq=brightness=0.3[a];[1:v]hue=s=0,eq=brightness=-0.3[b];[a][b]blend=all_expr='if(lt(T,0.98),A,B)' \
    -frames:v 48 -c:v ffv1 -pix_fmt yuv420p";

fn film(test: &str, arguments: &str) -> Option<Folder> {
    if !with_ffmpeg(test) {
        return None;
    }
    let folder = Folder::new();
    make(&folder.path("in.mkv"), arguments);
    Some(folder)
}

fn video(folder: &Folder, more: &[&str]) -> Assert {
    folder.autochrome().args(["video", "in.mkv", "--method", "gray"]).args(more).assert()
}

fn told(assert: &Assert) -> String {
    let output = assert.get_output();
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

/// Means of a plane of every frame.
fn means(folder: &Folder, name: &str, plane: &str) -> Vec<f64> {
    let filter = format!("extractplanes={plane},scale=1:1:flags=area");
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(folder.path(name))
        .args(["-vf", &filter, "-f", "rawvideo", "-pix_fmt", "gray", "-"])
        .output();
    output.unwrap().stdout.into_iter().map(f64::from).collect()
}

#[test]
fn a_film_is_coloured_and_told_of() {
    let Some(folder) = film("a_film_is_coloured_and_told_of", TWO_SCENES) else { return };
    let assert = video(&folder, &[]).success();
    let told = told(&assert);
    assert!(told.contains("in.mkv -> in.color.mkv") && told.contains("48 frames, 2 scenes"), "{told}");
    assert_eq!(folder.files(), ["in.color.mkv", "in.mkv"]);
    let again = video(&folder, &[]).code(2);
    assert!(self::told(&again).contains("--overwrite"), "{}", self::told(&again));
    video(&folder, &["--overwrite"]).success();
}

#[test]
fn a_contact_sheet_has_every_scene() {
    let Some(folder) = film("a_contact_sheet_has_every_scene", TWO_SCENES) else { return };
    let assert = video(&folder, &["--preview", "sheet.png"]).success();
    assert!(told(&assert).contains("2 scenes"));
    let sheet = folder.open("sheet.png");
    assert!(sheet.width() >= 2 * 320 && sheet.height() >= 213, "{} × {}", sheet.width(), sheet.height());
    video(&folder, &["--preview", "sheet.gif"]).code(2);
}

#[test]
fn retouched_keyframes_colour_their_scene_and_no_other() {
    let Some(folder) = film("retouched_keyframes_colour_their_scene_and_no_other", TWO_SCENES) else {
        return;
    };
    video(&folder, &["--keyframes-out", "keys"]).success();
    let keys = ["keys/ref_000000.png", "keys/ref_000024.png"];
    assert!(keys.iter().all(|key| folder.path(key).is_file()), "{:?}", folder.files());

    let gray = folder.open(keys[1]).to_rgb8();
    let red = RgbImage::from_fn(gray.width(), gray.height(), |x, y| {
        let Rgb([value, ..]) = *gray.get_pixel(x, y);
        Rgb([value.saturating_add(60), value, value.saturating_sub(20)])
    });
    red.save(folder.path(keys[1])).unwrap();
    fs::remove_file(folder.path(keys[0])).unwrap();
    video(&folder, &["--keyframes", "keys", "-o", "out.mkv", "--codec", "ffv1"]).success();
    let cr = means(&folder, "out.mkv", "v");
    assert!(cr[..24].iter().all(|v| (v - 128.0).abs() <= 1.0), "{cr:?}");
    assert!(cr[24..].iter().all(|v| *v > 132.0), "{cr:?}");
}

#[test]
fn a_keyframe_of_another_film_is_named() {
    let Some(folder) = film("a_keyframe_of_another_film_is_named", TWO_SCENES) else { return };
    fs::create_dir(folder.path("keys")).unwrap();
    RgbImage::from_fn(30, 20, |x, y| Rgb([(x * 9) as u8, (y * 9) as u8, 40]))
        .save(folder.path("keys/ref_3.png"))
        .unwrap();
    let assert = video(&folder, &["--keyframes", "keys", "-o", "out.mkv"]).success();
    assert!(told(&assert).contains("ref_3.png does not look like frame 3"), "{}", told(&assert));
}

#[test]
fn a_hint_at_a_time_colours_its_scene() {
    let Some(folder) = film("a_hint_at_a_time_colours_its_scene", TWO_SCENES) else { return };
    folder.file(
        "hints.json",
        r##"{"points": [{"at": "00:01.5", "x": 0.5, "y": 0.5, "radius": 0.3, "color": "#c02020"}]}"##,
    );
    let arguments = ["video", "in.mkv", "-o", "out.mkv", "--codec", "ffv1", "--hints", "hints.json"];
    folder.autochrome().args(arguments).args(["--method", "scribble"]).assert().failure();
    folder.autochrome().args(arguments).assert().success();
    let cr = means(&folder, "out.mkv", "v");
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    assert!(mean(&cr[24..]) > mean(&cr[..24]) + 3.0, "{cr:?}");
    folder.file("late.json", r##"{"points": [{"at": "00:09", "x": 0.5, "y": 0.5, "color": "#c02020"}]}"##);
    let late = folder
        .autochrome()
        .args(["video", "in.mkv", "-o", "late.mkv", "--hints", "late.json"])
        .assert()
        .code(2);
    assert!(told(&late).contains("no frame at 9.000 s"), "{}", told(&late));
}

#[test]
fn scenes_to_leave_stay_as_they_are_and_are_named() {
    let Some(folder) = film("scenes_to_leave_stay_as_they_are_and_are_named", TWO_SCENES) else { return };
    folder.file(
        "hints.json",
        r##"{"points": [{"at": "0", "x": 0.5, "y": 0.5, "radius": 0.3, "color": "#c02020"},
            {"at": "1.5", "x": 0.5, "y": 0.5, "radius": 0.3, "color": "#c02020"}]}"##,
    );
    let arguments = ["video", "in.mkv", "--codec", "ffv1", "--hints", "hints.json"];
    let assert = folder.autochrome().args(arguments).args(["--keep-gray", "2,9"]).assert().success();
    let told = told(&assert);
    assert!(told.contains("left as it is: scene 2\n"), "{told}");
    assert!(told.contains("there is no scene 9 to leave; the film has 2"), "{told}");
    let cr = means(&folder, "in.color.mkv", "v");
    assert!(cr[24..].iter().all(|v| (v - 128.0).abs() < 0.5), "{cr:?}");
    assert!(cr[..24].iter().any(|v| *v > 131.0), "{cr:?}");
    folder.autochrome().args(arguments).args(["--keep-gray", "0"]).assert().code(2);
}

#[test]
fn what_cannot_be_is_refused_with_words() {
    let Some(folder) = film("what_cannot_be_is_refused_with_words", TWO_SCENES) else { return };
    folder.picture("a.png");
    let picture = folder.autochrome().args(["video", "a.png"]).assert().code(1);
    assert!(told(&picture).contains("autochrome colorize"), "{}", told(&picture));
    for (arguments, word) in [
        (vec!["--start", "2", "--end", "1"], "before"),
        (vec!["-o", "out.avi"], ".mkv"),
        (vec!["-o", "nowhere/out.mkv"], "no folder"),
        (vec!["-o", "in.mkv", "--overwrite"], "replace the input"),
        (vec!["--contrast", "1.2"], "--contrast"),
        (vec!["--reference", "none.png@3"], "no file"),
        (vec!["--mood", "none.jpg"], "no file none.jpg"),
        (vec!["--start", "60"], "it ends before"),
        (vec!["--codec", "ffv1", "--crf", "20"], "crf"),
    ] {
        let assert = video(&folder, &arguments).code(2);
        assert!(told(&assert).contains(word), "{arguments:?}: {}", told(&assert));
    }
    folder.autochrome().args(["video", "none.mkv"]).assert().code(2);
    let taken = folder
        .file("sheet.png", "mine")
        .autochrome()
        .args(["video", "in.mkv", "--method", "gray"])
        .args(["--preview", "sheet.png"])
        .assert()
        .code(2);
    assert!(told(&taken).contains("--overwrite"), "{}", told(&taken));
}

#[test]
fn without_ffmpeg_one_line_says_how_to_install_it() {
    let folder = Folder::new();
    folder.file("in.mkv", "x");
    let mut command = folder.autochrome();
    command.env("PATH", folder.path("nothing"));
    let assert = command.args(["video", "in.mkv"]).assert().code(3);
    let told = told(&assert);
    assert!(told.lines().count() == 1 && told.contains("install"), "{told}");
}

#[test]
fn a_mood_is_colours_or_a_picture() {
    let Some(folder) = film("a_mood_is_colours_or_a_picture", TWO_SCENES) else { return };
    RgbImage::from_pixel(8, 8, Rgb([40, 80, 200])).save(folder.path("sea.png")).unwrap();
    let blue = |mood: &str, result: &str| {
        let arguments = ["video", "in.mkv", "--set", "size=64", "--mood", mood, "-o", result];
        folder.autochrome().args(arguments).assert().success();
        let planes = means(&folder, result, "u");
        planes.iter().sum::<f64>() / planes.len() as f64
    };
    let (cold, warm) = (blue("sea.png", "cold.mkv"), blue("orange", "warm.mkv"));
    assert!(cold > 135.0 && warm < 120.0, "{cold} and {warm}");
}
