//! One picture in, one picture out.

use autochrome_color::lab::{gray8_to_luma, rgb8_to_luma};

use crate::util::{Folder, ramp, weights};

#[test]
fn a_photograph_gets_its_result_beside_it_and_the_place_is_told() {
    let folder = Folder::new();
    folder.picture("a.png");
    folder.gray(&["a.png"]).assert().success().stdout("a.png -> a.color.png\n").stderr("");
    assert_eq!(folder.files(), ["a.color.png", "a.png"]);
}

#[test]
fn without_colour_every_pixel_stays_as_it_was() {
    let folder = Folder::new();
    folder.picture("a.png").gray(&["a.png"]).assert().success();
    assert_eq!(folder.open("a.color.png").to_luma8(), ramp(48, 32));
}

#[test]
fn a_network_adds_colour_and_leaves_luma_alone() {
    let folder = Folder::new();
    folder.picture("a.png").file("m.safetensors", weights());
    folder.autochrome().args(["colorize", "a.png", "--model", "m.safetensors"]).assert().success();
    let result = folder.open("a.color.png").to_rgb8();
    assert!(result.pixels().any(|p| p[0] != p[1] || p[1] != p[2]), "some colour");
    let before = gray8_to_luma(ramp(48, 32).as_raw(), 48, 32);
    let after = rgb8_to_luma(result.as_raw(), 48, 32);
    let worst = before.data().iter().zip(after.data()).map(|(b, a)| (b - a).abs()).fold(0.0, f32::max);
    // One step of 255 in L.
    assert!(worst <= 100.0 / 255.0, "L moved by {worst}");
}

#[test]
fn the_same_picture_gets_the_same_bytes() {
    let folder = Folder::new();
    folder.picture("a.png").file("m.safetensors", weights());
    for name in ["1.png", "2.png"] {
        folder
            .autochrome()
            .args(["colorize", "a.png", "--model", "m.safetensors", "-o", name])
            .assert()
            .success();
    }
    assert_eq!(std::fs::read(folder.path("1.png")).unwrap(), std::fs::read(folder.path("2.png")).unwrap());
}

#[test]
fn sixteen_bits_stay_sixteen_bits() {
    let folder = Folder::new();
    let deep = image::ImageBuffer::from_fn(40, 30, |x, y| image::Luma([(x * 1601 + y * 37) as u16]));
    image::DynamicImage::ImageLuma16(deep.clone()).save(folder.path("deep.png")).unwrap();
    folder.gray(&["deep.png"]).assert().success();
    let result = folder.open("deep.color.png");
    assert_eq!(result.color(), image::ColorType::Rgb16);
    let worst =
        result.to_rgb16().pixels().zip(deep.pixels()).map(|(r, d)| r[1].abs_diff(d[0])).max().unwrap();
    assert!(worst <= 2, "off by {worst} of 65535");
}

#[test]
fn a_format_can_be_chosen() {
    let folder = Folder::new();
    folder.picture("a.png");
    for (format, name) in [("jpeg", "a.color.jpg"), ("webp", "a.color.webp"), ("tiff", "a.color.tif")] {
        folder.gray(&["a.png", "--format", format]).assert().success();
        assert_eq!((folder.open(name).width(), folder.open(name).height()), (48, 32));
    }
}

#[test]
fn a_lower_quality_makes_a_smaller_jpeg() {
    let folder = Folder::new();
    folder.picture("a.png");
    folder.gray(&["a.png", "-o", "high.jpg", "--quality", "95"]).assert().success();
    folder.gray(&["a.png", "-o", "low.jpg", "--quality", "20"]).assert().success();
    let size = |name| folder.path(name).metadata().unwrap().len();
    assert!(size("low.jpg") < size("high.jpg"));
}

#[test]
fn a_collage_shows_both_side_by_side() {
    let folder = Folder::new();
    folder.picture("a.png").gray(&["a.png", "--collage"]).assert().success();
    let collage = folder.open("a.collage.png").to_luma8();
    // Two halves of 48 px and a gap of at least one.
    assert_eq!(collage.dimensions(), (97, 32));
    assert_eq!(collage.get_pixel(0, 0), collage.get_pixel(49, 0));
    assert_eq!(collage.get_pixel(48, 0)[0], 255);
}

#[test]
fn saturation_nought_takes_all_colour_away() {
    let folder = Folder::new();
    folder.picture("a.png").file("m.safetensors", weights());
    let arguments = ["colorize", "a.png", "--model", "m.safetensors", "--saturation", "0"];
    folder.autochrome().args(arguments).assert().success();
    assert!(folder.open("a.color.png").to_rgb8().pixels().all(|p| p[0] == p[1] && p[1] == p[2]));
}

#[test]
fn a_filter_lies_over_the_result_and_over_one_half_of_the_collage() {
    let folder = Folder::new();
    folder.picture("a.png").gray(&["a.png", "--filter", "sepia", "--collage"]).assert().success();
    let brown = |p: &image::Rgb<u8>| p[0] > p[1] && p[1] > p[2];
    let result = folder.open("a.color.png").to_rgb8();
    assert!(brown(result.get_pixel(18, 0)), "{:?}", result.get_pixel(18, 0));
    let collage = folder.open("a.collage.png").to_rgb8();
    assert!(collage.get_pixel(18, 0).0.iter().all(|v| *v == 126) && brown(collage.get_pixel(49 + 18, 0)));
}

#[test]
fn half_a_filter_is_half_of_it_and_none_is_nothing() {
    let folder = Folder::new();
    folder.picture("a.png");
    let blue = |name: &str, filter: &str| {
        folder.gray(&["a.png", "-o", name, "--filter", filter]).assert().success();
        folder.open(name).to_rgb8().get_pixel(18, 0)[2]
    };
    let (none, half, all) = (blue("0.png", "sepia=0"), blue("1.png", "sepia=0.5"), blue("2.png", "sepia"));
    assert!(none == 126 && half < none - 10 && all < half - 10, "{none} {half} {all}");
}

#[test]
fn warmth_and_tint_leave_luma_alone_and_contrast_does_not() {
    let folder = Folder::new();
    folder.picture("a.png");
    let before = gray8_to_luma(ramp(48, 32).as_raw(), 48, 32);
    let moved = |arguments: &[&str]| {
        folder.gray(&["a.png", "-o", "b.png", "--overwrite"]).args(arguments).assert().success();
        let after = rgb8_to_luma(folder.open("b.png").to_rgb8().as_raw(), 48, 32);
        before.data().iter().zip(after.data()).map(|(b, a)| (b - a).abs()).fold(0.0, f32::max)
    };
    let warm = moved(&["--temperature", "20", "--tint", "-10"]);
    assert!(warm <= 100.0 / 255.0, "L moved by {warm}");
    assert!(moved(&["--contrast", "1.4"]) > 5.0);
    folder.gray(&["a.png", "--contrast", "3"]).assert().code(2);
    folder.gray(&["a.png", "--filter", "sephia"]).assert().code(2);
}

#[test]
fn json_tells_sizes_and_times_of_every_stage() {
    let folder = Folder::new();
    folder.picture("a.png").file("m.safetensors", weights());
    let arguments = ["colorize", "a.png", "--model", "m.safetensors", "--json"];
    let output = folder.autochrome().args(arguments).assert().success().get_output().stdout.clone();
    let line: serde_json::Value = serde_json::from_slice(&output).unwrap();
    assert_eq!(line["input"], "a.png");
    assert_eq!(line["output"], "a.color.png");
    assert_eq!((&line["width"], &line["height"]), (&48.into(), &32.into()));
    assert_eq!((&line["method"], &line["model"]), (&"neural".into(), &"tiny".into()));
    for stage in ["read", "decode", "colorize", "render", "encode", "write"] {
        assert!(line["ms"][stage].as_f64().is_some_and(|ms| ms >= 0.0), "{stage} in {line}");
    }
}

#[test]
fn an_option_of_the_method_can_be_set() {
    let folder = Folder::new();
    folder.picture("a.png").file("m.safetensors", weights());
    let run = |out: &str, option: &str| {
        let arguments = [
            "colorize",
            "a.png",
            "--model",
            "m.safetensors",
            "--saturation",
            "4",
            "-o",
            out,
            "--set",
            option,
        ];
        folder.autochrome().args(arguments).assert().success();
        folder.open(out).to_rgb8()
    };
    assert_ne!(run("small.png", "size=32"), run("large.png", "size=128"));
}
