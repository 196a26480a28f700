//! What people say about colours, in files and in arguments.

use image::{GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};

use crate::util::Folder;

/// A dark left half and a light right half.
fn halves() -> GrayImage {
    GrayImage::from_fn(60, 40, |x, y| Luma([if x < 30 { 70 } else { 180 } + ((x + y) % 3) as u8]))
}

/// A folder with that picture as `a.png`.
fn folder() -> Folder {
    let folder = Folder::new();
    halves().save(folder.path("a.png")).unwrap();
    folder
}

fn colorize(folder: &Folder, arguments: &[&str]) -> RgbImage {
    folder
        .autochrome()
        .arg("colorize")
        .args(arguments)
        .args(["-o", "b.png", "--overwrite"])
        .assert()
        .success();
    folder.open("b.png").to_rgb8()
}

/// The usage error that these arguments lead to.
fn refused(folder: &Folder, arguments: &[&str]) -> String {
    let output = folder.autochrome().arg("colorize").args(arguments).assert().code(2).get_output().clone();
    String::from_utf8(output.stderr).unwrap()
}

fn reddish(Rgb([red, green, blue]): &Rgb<u8>) -> bool {
    *red > green.saturating_add(20) && *red > blue.saturating_add(20)
}

fn bluish(Rgb([red, green, blue]): &Rgb<u8>) -> bool {
    *blue > red.saturating_add(20) && *blue > green.saturating_add(10)
}

fn two_halves(result: &RgbImage) {
    for (x, y) in [(1, 1), (27, 38), (15, 20)] {
        assert!(reddish(result.get_pixel(x, y)), "{:?} at {x}, {y}", result.get_pixel(x, y));
    }
    for (x, y) in [(33, 1), (58, 38), (45, 20)] {
        assert!(bluish(result.get_pixel(x, y)), "{:?} at {x}, {y}", result.get_pixel(x, y));
    }
}

#[test]
fn a_painted_copy_colours_what_was_painted_and_what_looks_alike() {
    let folder = folder();
    let mut painted = RgbImage::from_fn(60, 40, |x, y| Rgb([halves().get_pixel(x, y)[0]; 3]));
    (5..15).for_each(|x| painted.put_pixel(x, 10, Rgb([190, 60, 60])));
    (45..55).for_each(|x| painted.put_pixel(x, 30, Rgb([60, 90, 200])));
    painted.save(folder.path("painted.png")).unwrap();
    two_halves(&colorize(&folder, &["a.png", "--scribbles", "painted.png"]));
}

#[test]
fn strokes_on_a_transparent_picture_of_any_size_do_the_same() {
    let folder = folder();
    let mut strokes = RgbaImage::new(30, 20);
    (2..8).for_each(|x| strokes.put_pixel(x, 5, Rgba([190, 60, 60, 255])));
    (22..28).for_each(|x| strokes.put_pixel(x, 15, Rgba([60, 90, 200, 255])));
    strokes.save(folder.path("strokes.png")).unwrap();
    two_halves(&colorize(&folder, &["a.png", "--scribbles", "strokes.png"]));
}

const HINTS: &str = r##"{
    "points": [{"x": 0.2, "y": 0.3, "radius": 0.02, "color": "#c03c3c"}],
    "strokes": [{"path": [[0.7, 0.7], [0.9, 0.8]], "width": 0.02, "color": "#3c5ac8"}]
}"##;

#[test]
fn hints_and_scribbles_may_be_json() {
    let folder = folder();
    folder.file("hints.json", HINTS);
    two_halves(&colorize(&folder, &["a.png", "--hints", "hints.json"]));
    two_halves(&colorize(&folder, &["a.png", "--scribbles", "hints.json"]));
}

#[test]
fn a_sketch_is_filled_up_to_its_lines_and_takes_the_colours_own_lightness() {
    let folder = Folder::new();
    let line = |x: u32, y: u32| {
        (x == 20 || x == 60) && (15..=65).contains(&y) || (y == 15 || y == 65) && (20..=60).contains(&x)
    };
    GrayImage::from_fn(80, 80, |x, y| Luma([if line(x, y) { 10 } else { 250 }]))
        .save(folder.path("a.png"))
        .unwrap();
    folder.file("hints.json", r##"{"points": [{"x": 0.5, "y": 0.5, "radius": 0.01, "color": "#b02020"}]}"##);
    let result = colorize(&folder, &["a.png", "--sketch", "--hints", "hints.json"]);
    for (x, y) in [(40, 40), (22, 17), (58, 63)] {
        let pixel = result.get_pixel(x, y);
        assert!(reddish(pixel) && pixel[1] < 60, "{pixel:?} at {x}, {y}");
    }
    assert_eq!(result.get_pixel(5, 5), &Rgb([250; 3]), "unmarked paper stays as it is");
    assert!(result.get_pixel(20, 40)[0] < 40, "lines stay dark");
}

/// A picture with a red and a blue half.
fn poster(folder: &Folder, name: &str) {
    RgbImage::from_fn(40, 20, |x, _| if x < 20 { Rgb([200, 60, 50]) } else { Rgb([50, 70, 190]) })
        .save(folder.path(name))
        .unwrap();
}

#[test]
fn colours_of_a_picture_are_changed_by_palette_and_by_hue() {
    let folder = Folder::new();
    poster(&folder, "a.png");
    let greenish = |Rgb([red, green, blue]): &Rgb<u8>| green > red && green > blue;
    let result = colorize(&folder, &["a.png", "--palette", "#c83c32=#309040"]);
    assert!(
        greenish(result.get_pixel(5, 5)) && bluish(result.get_pixel(35, 5)),
        "{:?}",
        result.get_pixel(5, 5)
    );
    let result = colorize(&folder, &["a.png", "--palette", "blue=brown", "--palette", "red=gray"]);
    let brown = result.get_pixel(35, 5);
    assert!(brown[0] > brown[1] && brown[1] > brown[2], "{brown:?}");
    let gray = result.get_pixel(5, 5);
    assert!(gray[0].abs_diff(gray[1]) < 6 && gray[1].abs_diff(gray[2]) < 6, "{gray:?}");
}

#[test]
fn colours_of_a_reference_are_handed_over() {
    let folder = Folder::new();
    poster(&folder, "a.png");
    RgbImage::from_pixel(10, 10, Rgb([40, 150, 60])).save(folder.path("green.png")).unwrap();
    let result = colorize(&folder, &["a.png", "--method", "palette", "--reference", "green.png"]);
    let pixel = result.get_pixel(5, 5);
    assert!(pixel[1] > pixel[0] && pixel[1] > pixel[2], "{pixel:?}");
}

#[test]
fn a_picture_without_colours_has_none_to_change_and_others_are_done() {
    let folder = folder();
    poster(&folder, "c.png");
    let output =
        folder.autochrome().args(["colorize", "a.png", "c.png", "--palette", "red=green"]).assert().code(1);
    let error = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(error.contains("needs colours: this picture has none"), "{error}");
    assert!(folder.path("c.color.png").exists());
}

#[test]
fn guidance_that_is_missing_or_does_not_fit_is_told_before_anything_is_done() {
    let folder = folder();
    poster(&folder, "c.png");
    RgbaImage::new(4, 4).save(folder.path("empty.png")).unwrap();
    folder.file("hints.json", HINTS).file("none.json", "{}").file("bad.json", r#"{"dots": []}"#);
    for (arguments, told) in [
        (&["--method", "scribble"][..], "add --scribbles FILE or --hints FILE"),
        (&["--method", "palette"], "add --palette FROM=TO or --reference FILE"),
        (&["--sketch"], "add --scribbles FILE or --hints FILE"),
        (&["--scribbles", "missing.png"], "there is no file missing.png"),
        (&["--scribbles", "empty.png"], "nothing is painted"),
        (&["--scribbles", "a.png"], "nothing is painted"),
        (&["--scribbles", "c.png"], "of the same size"),
        (&["--hints", "none.json"], "no points and no strokes"),
        (&["--hints", "bad.json"], "dots"),
        (&["--hints", "c.png"], "no file of hints"),
        (&["--hints", "hints.json", "--method", "gray"], "takes no points"),
        (&["--scribbles", "c.png", "--method", "gray"], "use --method scribble"),
        (&["--hints", "hints.json", "--sketch", "--method", "gray"], "leave --method out"),
        (&["--palette", "bleu=brown"], "blue=brown"),
        (&["--palette", "99=#102030", "--method", "gray"], "takes no palette changes"),
        (&["--swatch", "0,0,1,1=0,0,1,1", "--method", "palette"], "add --reference FILE"),
        (&["--reference", "a.png", "--method", "palette"], "has no colours to take"),
        (&["--references", "nowhere", "--method", "palette"], "there is no folder nowhere"),
    ] {
        let mut all = vec!["a.png"];
        all.extend(arguments);
        let error = refused(&folder, &all);
        assert!(error.contains(told), "{arguments:?}: {error}");
    }
    assert!(!folder.path("a.color.png").exists());
}

#[test]
fn an_entry_that_the_palette_lacks_is_answered_with_the_palette() {
    let folder = Folder::new();
    poster(&folder, "a.png");
    let error = refused(&folder, &["a.png", "--palette", "9=#102030"]);
    assert!(error.contains("no entry 9; 0 is #"), "{error}");
}

#[test]
fn the_method_is_chosen_by_what_is_said() {
    let folder = folder();
    poster(&folder, "c.png");
    folder.file("hints.json", HINTS);
    for (arguments, method) in
        [(["a.png", "--hints", "hints.json"], "scribble"), (["c.png", "--palette", "red=green"], "palette")]
    {
        let output = folder.autochrome().arg("colorize").args(arguments).arg("--json").assert().success();
        let line: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        assert_eq!(line["method"], method);
    }
}

#[test]
fn fixes_take_colours_off_and_are_named_when_they_are_not_understood() {
    let folder = folder();
    folder.file("hints.json", HINTS);
    let strokes = ["a.png", "--method", "scribble", "--hints", "hints.json"];
    let result = colorize(&folder, &[&strokes[..], &["--fix", "red -> gray"]].concat());
    let colorless = |Rgb([red, green, blue]): &Rgb<u8>| red.abs_diff(*green).max(blue.abs_diff(*green)) < 6;
    assert!(
        colorless(result.get_pixel(5, 5)) && bluish(result.get_pixel(50, 30)),
        "{:?}",
        result.get_pixel(5, 5)
    );
    assert!(refused(&folder, &["a.png", "--fix", "purpel -> gray"]).contains("did you mean `purple`?"));
    let needs = refused(&folder, &[&strokes[..], &["--protect-skin"]].concat());
    assert!(needs.contains("tells no things apart"), "{needs}");
}

#[test]
fn a_mood_is_colours_or_a_picture() {
    let folder = folder();
    let mean = |result: &RgbImage| {
        let sum = |channel: usize| result.pixels().map(|pixel| i64::from(pixel[channel])).sum::<i64>();
        (sum(0) - sum(2)) / (60 * 40)
    };
    let warm = mean(&colorize(&folder, &["a.png", "--mood", "orange"]));
    RgbImage::from_pixel(8, 8, Rgb([40, 80, 200])).save(folder.path("sea.png")).unwrap();
    let cold = mean(&colorize(&folder, &["a.png", "--mood", "sea.png"]));
    assert!(warm > 20 && cold < -20, "{warm} and {cold}");
    assert!(refused(&folder, &["a.png", "--mood", "sunny"]).contains("no colour that is known"));
}

#[test]
fn a_memory_is_made_listed_used_and_forgotten() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("snapshots")).unwrap();
    poster(&folder, "snapshots/one.png");
    halves().save(folder.path("a.png")).unwrap();
    let run = |arguments: &[&str], code: i32| {
        let mut command = folder.autochrome();
        let output =
            command.env("AUTOCHROME_MEMORIES", folder.path("memories")).args(arguments).assert().code(code);
        let output = output.get_output();
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
    };
    run(&["memory", "add", "snapshots", "--name", "family"], 0);
    assert!(run(&["memory", "list"], 0).contains("family  1 picture, for the model flagship"));
    assert!(run(&["memory", "list", "--json"], 0).contains("\"pictures\":[\"one.png\"]"));
    assert!(run(&["memory", "add", "snapshots", "--name", "family"], 2).contains("--overwrite"));
    run(&["colorize", "a.png", "-o", "b.png", "--memory", "family"], 0);
    assert!(run(&["colorize", "a.png", "-o", "c.png", "--memory", "famly"], 2).contains("known: family"));
    run(&["memory", "remove", "family"], 0);
    assert!(run(&["memory", "remove", "family"], 2).contains("autochrome memory add"));
}
