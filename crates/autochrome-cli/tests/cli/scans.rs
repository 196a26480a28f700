//! Scans and archives: pages, kinds of pictures, dates, and what lies about in folders.

use std::fs;
use std::io::Cursor;
use std::time::{Duration, SystemTime};

use autochrome::{
    DecodeOptions, EncodeOptions, Format, Metadata, Pixels, Raster, decode, encode, page_count,
};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage};
use serde_json::Value;

use crate::util::{Folder, ramp};

fn stdout(command: &mut assert_cmd::Command, code: i32) -> String {
    String::from_utf8(command.assert().code(code).get_output().stdout.clone()).unwrap()
}

fn stderr(command: &mut assert_cmd::Command, code: i32) -> String {
    String::from_utf8(command.assert().code(code).get_output().stderr.clone()).unwrap()
}

fn lines(command: &mut assert_cmd::Command, code: i32) -> Vec<Value> {
    stdout(command, code).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A TIFF whose pages are ramps of these widths, 24 pixels high.
fn pages(widths: &[u32]) -> Vec<u8> {
    let pages = widths.iter().map(|&width| {
        let raster = Raster::new(width, 24, Pixels::Gray8(ramp(width, 24).into_raw())).unwrap();
        encode(
            &raster,
            &Metadata::default(),
            &EncodeOptions { note: false, ..EncodeOptions::new(Format::Tiff) },
        )
        .unwrap()
    });
    autochrome::join_pages(pages.collect()).unwrap()
}

/// Patches of red, green and blue.
fn colorful() -> RgbImage {
    RgbImage::from_fn(60, 40, |x, y| match (x / 10 + y / 10) % 3 {
        0 => Rgb([200, 40, 50]),
        1 => Rgb([40, 160, 60]),
        _ => Rgb([50, 70, 200]),
    })
}

/// The photograph of a cameraman, as bytes of gray.
fn camera() -> GrayImage {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/photos/camera.png");
    image::open(path).unwrap().to_luma8()
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn luma(bytes: &[u8]) -> Vec<f32> {
    decode(bytes, &DecodeOptions::default()).unwrap().luma.into_vec()
}

#[test]
fn the_first_page_is_coloured_unless_another_is_asked_for() {
    let folder = Folder::new();
    folder.file("scan.tif", pages(&[30, 40, 50]));
    let said = stderr(&mut folder.gray(&["scan.tif"]), 0);
    assert!(said.contains("has 3 pages; the first is used"), "{said}");
    assert_eq!(folder.open("scan.color.tif").width(), 30);
    folder.gray(&["scan.tif", "--pages", "3", "-o", "third.tif"]).assert().success().stderr("");
    assert_eq!(folder.open("third.tif").width(), 50);
    let error = stderr(&mut folder.gray(&["scan.tif", "--pages", "4", "-o", "fourth.tif"]), 1);
    assert!(error.contains("there is no page 4; the file has 3"), "{error}");
}

#[test]
fn all_pages_are_one_tiff_or_one_file_a_page() {
    let folder = Folder::new();
    folder.file("scan.tif", pages(&[30, 40, 50])).picture("one.png");
    folder.gray(&["scan.tif", "--pages", "all"]).assert().success().stderr("");
    let made = fs::read(folder.path("scan.color.tif")).unwrap();
    assert_eq!(page_count(&made).unwrap(), 3);

    let line =
        stdout(&mut folder.gray(&["scan.tif", "one.png", "--pages", "all", "--format", "png", "-j", "1"]), 0);
    assert_eq!(line, "scan.tif -> scan-page1.color.png to scan-page3.color.png\none.png -> one.color.png\n");
    for (page, width) in [(1, 30), (2, 40), (3, 50)] {
        assert_eq!(folder.open(&format!("scan-page{page}.color.png")).width(), width);
    }
    let again = ["scan.tif", "one.png", "--pages", "all", "--format", "png", "--resume"];
    assert!(stderr(&mut folder.gray(&again), 0).contains("0 coloured, 2 skipped"));
    fs::remove_file(folder.path("scan-page2.color.png")).unwrap();
    assert!(stderr(&mut folder.gray(&again), 0).contains("1 coloured, 1 skipped"));
}

#[test]
fn several_pages_do_not_fit_one_file_of_another_format() {
    let folder = Folder::new();
    folder.file("scan.tif", pages(&[30, 40]));
    let error = stderr(&mut folder.gray(&["scan.tif", "--pages", "all", "-o", "scan.png"]), 2);
    assert!(error.contains("several pages"), "{error}");
    folder.gray(&["scan.tif", "--pages", "all", "-o", "all.tif"]).assert().success();
    let bytes = fs::read(folder.path("scan.tif")).unwrap();
    let piped = folder
        .gray(&["-", "--pages", "all"])
        .write_stdin(bytes.clone())
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    assert_eq!(page_count(&piped).unwrap(), 2);
    let pages = ["-", "--pages", "all", "--format", "png"];
    assert!(stderr(folder.gray(&pages).write_stdin(bytes), 1).contains("several pages"));
    assert!(stderr(&mut folder.gray(&["-", "--variants", "3"]), 2).contains("several answers"));
}

#[test]
fn a_damaged_page_takes_no_other_with_it() {
    let folder = Folder::new();
    let mut bytes = pages(&[30, 40, 50]);
    damage_page(&mut bytes, 2);
    folder.file("scan.tif", bytes);
    let all = ["scan.tif", "--pages", "all", "--format", "png", "--out-dir", "done"];
    let output = folder.gray(&all).assert().code(1).get_output().clone();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("scan.tif: page 2: "), "{said}");
    assert_eq!(folder.files(), ["done/scan-page1.png", "done/scan-page3.png", "scan.tif"]);
    assert_eq!(folder.open("done/scan-page3.png").width(), 50);

    let lines = lines(&mut folder.gray(&[&all[..], &["--overwrite", "--json"]].concat()), 1);
    assert_eq!((&lines[0]["status"], &lines[0]["failed_pages"][0]["page"]), (&"done".into(), &2.into()));
    assert_eq!(lines[0]["further"], serde_json::json!(["done/scan-page3.png"]));

    // One file for all of them would lack a page.
    let said = stderr(&mut folder.gray(&["scan.tif", "--pages", "all"]), 1);
    assert!(said.contains("scan.tif: page 2: "), "{said}");
    assert!(!folder.path("scan.color.tif").exists());
}

/// Breaks the data of a page, from 1: its pixels lie where there is nothing.
fn damage_page(bytes: &mut [u8], page: usize) {
    let number = |bytes: &[u8], at: usize, size: usize| {
        bytes[at..at + size].iter().rev().fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
    };
    assert_eq!(&bytes[..4], b"II*\0");
    let mut directory = number(bytes, 4, 4);
    for _ in 1..page {
        directory = number(bytes, directory + 2 + 12 * number(bytes, directory, 2), 4);
    }
    let entries = (0..number(bytes, directory, 2)).map(|entry| directory + 2 + 12 * entry);
    let offsets = entries.filter(|entry| number(bytes, *entry, 2) == 273).collect::<Vec<_>>()[0];
    let (count, value) = (number(bytes, offsets + 4, 4), offsets + 8);
    let at = if count == 1 { value } else { number(bytes, value, 4) };
    bytes[at..at + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
}

#[test]
fn a_page_in_colour_among_gray_ones_of_a_folder_keeps_its_colours() {
    let folder = Folder::new();
    let page = |pixels| {
        let raster = Raster::new(60, 40, pixels).unwrap();
        encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Tiff)).unwrap()
    };
    let color = page(Pixels::Rgb8(colorful().into_raw()));
    let gray = page(Pixels::Gray8(ramp(60, 40).into_raw()));
    folder.file("album/scan.tif", autochrome::join_pages(vec![color, gray]).unwrap());
    let all = ["album", "--pages", "all", "--format", "png", "--out-dir", "done"];
    let said = stderr(&mut folder.gray(&all), 0);
    assert!(
        said.contains("scan.tif: page 1: the picture is in colour already; its colours were kept"),
        "{said}"
    );
    assert!(!said.contains("page 2"), "{said}");
    let made = folder.open("done/scan-page1.png").to_rgb8();
    for (made, meant) in made.pixels().zip(colorful().pixels()) {
        let off = made.0.iter().zip(meant.0).map(|(a, b)| a.abs_diff(b)).max();
        assert!(off <= Some(2), "{made:?} {meant:?}");
    }
    let said = stderr(&mut folder.gray(&[&all[..], &["--overwrite", "--recolor"]].concat()), 0);
    assert!(said.contains("page 1: the picture is in colour already; its colours were replaced"), "{said}");
    assert!(folder.open("done/scan-page1.png").to_rgb8().pixels().all(|p| p.0[0] == p.0[1]));
}

#[test]
fn results_keep_the_formats_of_their_inputs() {
    let folder = Folder::new();
    folder.picture("album/a.png").picture("album/b.jpg").picture("album/c.tif");
    folder.gray(&["album"]).assert().success();
    for (name, format) in
        [("a.color.png", Format::Png), ("b.color.jpg", Format::Jpeg), ("c.color.tif", Format::Tiff)]
    {
        let bytes = fs::read(folder.path(&format!("album/{name}"))).unwrap();
        assert_eq!(Format::sniff(&bytes).unwrap(), format, "{name}");
    }
}

#[test]
fn pictures_in_colour_are_left_alone_in_a_folder_and_counted() {
    let folder = Folder::new();
    folder.picture("album/gray.png").file("album/color.png", encoded(colorful(), ImageFormat::Png));
    let said = stderr(&mut folder.gray(&["album"]), 0);
    assert!(said.contains("1 coloured, 1 in colour already"), "{said}");
    assert!(said.contains("--recolor"), "{said}");
    assert_eq!(folder.files(), ["album/color.png", "album/gray.color.png", "album/gray.png"]);
    let lines = lines(&mut folder.gray(&["album", "--overwrite", "--json"]), 0);
    let line = lines.iter().find(|line| line["input"] == "album/color.png").unwrap();
    assert_eq!((&line["status"], &line["output"]), (&"in-color".into(), &Value::Null));

    folder.gray(&["album", "--overwrite", "--recolor"]).assert().success();
    assert!(folder.path("album/color.color.png").exists());
}

#[test]
fn a_picture_in_colour_that_is_named_alone_is_coloured_with_a_warning() {
    let folder = Folder::new();
    folder.file("color.png", encoded(colorful(), ImageFormat::Png));
    let said = stderr(&mut folder.gray(&["color.png"]), 0);
    assert!(said.contains("in colour already; its colours were replaced"), "{said}");
    assert!(folder.path("color.color.png").exists());
}

#[test]
fn files_that_are_passed_over_are_counted_by_their_kind() {
    let folder = Folder::new();
    folder.picture("album/a.png");
    for number in 0..9 {
        folder.file(&format!("album/IMG_{number}.HEIC"), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    }
    for name in ["a.pdf", "b.pdf", "c.PDF", "raw.NEF", "notes.txt"] {
        folder.file(&format!("album/{name}"), "%PDF-1.7");
    }
    let said = stderr(&mut folder.gray(&["album"]), 0);
    assert!(said.contains("14 files skipped: 9 HEIC, 3 PDF, 1 camera raw, 1 other"), "{said}");
    // A second time our own results are no files that were passed over.
    let said = stderr(&mut folder.gray(&["album", "--resume"]), 0);
    assert!(said.contains("14 files skipped"), "{said}");
    let error = stderr(&mut folder.gray(&["album/IMG_0.HEIC"]), 1);
    assert!(error.contains("HEIC is not supported; share it from the phone as JPEG"), "{error}");
}

#[test]
fn dates_are_kept_on_request() {
    let folder = Folder::new();
    folder.picture("a.png").picture("b.png");
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for name in ["a.png", "b.png"] {
        fs::File::options().write(true).open(folder.path(name)).unwrap().set_modified(old).unwrap();
    }
    folder.gray(&["a.png", "--keep-dates", "--collage"]).assert().success();
    folder.gray(&["b.png"]).assert().success();
    let modified = |name: &str| folder.path(name).metadata().unwrap().modified().unwrap();
    assert_eq!((modified("a.color.png"), modified("a.collage.png")), (old, old));
    assert!(modified("b.color.png") > old);
    assert!(stderr(&mut folder.gray(&["a.png", "b.png", "--resume"]), 0).contains("2 skipped"));
}

#[test]
fn what_a_format_cannot_hold_is_said() {
    let folder = Folder::new();
    let texts = fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../autochrome-media/tests/data/cases/png-600dpi-text.png"
    ));
    folder.file("a.png", texts.unwrap());
    let said = stderr(&mut folder.gray(&["a.png", "--format", "webp"]), 0);
    assert!(said.contains("WebP has no place for PNG texts; left out"), "{said}");
    assert!(!stderr(&mut folder.gray(&["a.png", "-o", "b.png"]), 0).contains("no place"));
}

#[test]
fn an_inverted_negative_is_the_positive() {
    let folder = Folder::new();
    let mut negative = camera();
    image::imageops::invert(&mut negative);
    folder
        .file("a.png", encoded(negative, ImageFormat::Png))
        .file("b.png", encoded(camera(), ImageFormat::Png));
    let said = stderr(&mut folder.gray(&["a.png", "-o", "c.png"]), 0);
    assert!(said.contains("a.png: this looks like a negative; invert it (--invert)"), "{said}");
    folder.gray(&["b.png", "-o", "d.png"]).assert().success().stderr("");
    folder.gray(&["a.png", "--invert"]).assert().success();
    let (made, wanted) =
        (fs::read(folder.path("a.color.png")).unwrap(), fs::read(folder.path("b.png")).unwrap());
    let error = luma(&made).iter().zip(luma(&wanted)).map(|(is, wanted)| (is - wanted).abs()).sum::<f32>();
    assert!(error / (512.0 * 512.0) < 2.0, "{}", error / (512.0 * 512.0));
}

#[test]
fn a_wash_of_sepia_stays_on_request() {
    let folder = Folder::new();
    let sepia = RgbImage::from_fn(64, 64, |x, y| {
        let v = 40 + 2 * ((x + y) % 80) as u8;
        Rgb([v + 40, v + 15, v])
    });
    folder.file("a.png", encoded(sepia, ImageFormat::Png));
    let spread = |name: &str| {
        let picture = folder.open(name).to_rgb8();
        picture.pixels().map(|Rgb([r, _, b])| i64::from(*r) - i64::from(*b)).sum::<i64>() / 4096
    };
    folder.gray(&["a.png", "-o", "plain.png"]).assert().success().stderr("");
    folder.gray(&["a.png", "-o", "kept.png", "--keep-tone"]).assert().success();
    assert_eq!(spread("plain.png"), 0);
    assert!((8..36).contains(&spread("kept.png")), "{}", spread("kept.png"));
}

#[test]
fn a_device_is_never_replaced() {
    let folder = Folder::new();
    folder.picture("a.png");
    let error = stderr(&mut folder.gray(&["a.png", "--overwrite", "-o", "/dev/full"]), 2);
    assert!(error.contains("no regular file"), "{error}");
    assert!(!std::path::Path::new("/dev/full").metadata().unwrap().is_file());
    let error = stderr(&mut folder.gray(&["a.png", "--overwrite", "-o", "."]), 2);
    assert!(error.contains("--out-dir"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_with_the_name_of_a_picture_is_refused_at_once() {
    let folder = Folder::new();
    folder.picture("a.png").picture("out/keep.png");
    for name in ["f.png", "out/a.png"] {
        let made = std::process::Command::new("mkfifo").arg(folder.path(name)).status().unwrap();
        assert!(made.success());
    }
    let error = stderr(folder.gray(&["f.png", "a.png"]).timeout(Duration::from_secs(20)), 1);
    assert!(error.contains("f.png: this is a device or a pipe"), "{error}");
    assert!(folder.path("a.color.png").exists());
    // In a folder a pipe is no picture, and where a result should go it stays.
    folder.gray(&[".", "--resume"]).timeout(Duration::from_secs(20)).assert().success();
    let error = stderr(
        folder.gray(&["a.png", "--out-dir", "out", "--overwrite"]).timeout(Duration::from_secs(20)),
        1,
    );
    assert!(error.contains("no regular file"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf_8_keeps_its_output_and_size_in_json() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new();
    folder.picture("a.png");
    let name = std::ffi::OsStr::from_bytes(b"gr\xe4\xdf.png");
    fs::rename(folder.path("a.png"), folder.path("").join(name)).unwrap();
    let mut command = folder.gray(&["--json"]);
    let lines = lines(command.arg(name), 0);
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["status"], &lines[0]["width"]), (&"done".into(), &48.into()));
    assert_eq!(lines[0]["output"], "gr\u{fffd}\u{fffd}.color.png");
    assert!(folder.path("").join(std::ffi::OsStr::from_bytes(b"gr\xe4\xdf.color.png")).exists());
}

#[cfg(unix)]
#[test]
fn a_link_in_a_circle_is_not_offered_as_its_own_correction() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("loop.png", folder.path("loop.png")).unwrap();
    std::os::unix::fs::symlink("gone.png", folder.path("dangling.png")).unwrap();
    let error = stderr(&mut folder.gray(&["loop.png"]), 1);
    assert!(error.contains("this link cannot be followed") && !error.contains("did you mean"), "{error}");
    let error = stderr(&mut folder.gray(&["dangling.png"]), 1);
    assert!(error.contains("leads to nothing") && !error.contains("did you mean"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_to_is_3_however_it_is_named() {
    // Nobody can make files in /proc, not even root.
    let folder = Folder::new();
    folder.picture("a.png").picture("b.png");
    stderr(&mut folder.gray(&["a.png", "-o", "/proc/a.png"]), 3);
    stderr(&mut folder.gray(&["a.png", "b.png", "--out-dir", "/proc"]), 3);
    stderr(&mut folder.gray(&["a.png", "--out-dir", "/proc/new"]), 3);
}

#[test]
fn results_do_not_change_their_numbers_with_the_other_inputs() {
    let folder = Folder::new();
    for name in ["A.PNG", "a.bmp", "a.gif"] {
        let rgb = DynamicImage::from(ramp(40, 30)).to_rgb8();
        folder.file(name, encoded(rgb, ImageFormat::from_path(name).unwrap()));
    }
    folder.gray(&["A.PNG", "a.bmp", "a.gif"]).assert().success();
    for name in ["a.gif", "a.bmp", "A.PNG"] {
        assert!(
            stderr(&mut folder.gray(&[name, "gone.png", "--resume"]), 1).contains("0 coloured, 1 skipped"),
            "{name}"
        );
    }
}

/// An archive's folder: what it holds by kind, and what the summary must say of it.
#[test]
fn an_archive_goes_through_one_command_with_a_summary_that_is_true_in_every_line() {
    let folder = Folder::new();
    let photo = image::imageops::resize(&camera(), 128, 128, image::imageops::FilterType::Triangle);
    let kinds = [
        ("jpg", ImageFormat::Jpeg),
        ("png", ImageFormat::Png),
        ("webp", ImageFormat::WebP),
        ("tif", ImageFormat::Tiff),
        ("bmp", ImageFormat::Bmp),
        ("gif", ImageFormat::Gif),
        ("pgm", ImageFormat::Pnm),
    ];
    // 84 whole pictures of seven formats, in two folders.
    for number in 0..84 {
        let (extension, format) = kinds[number % kinds.len()];
        let mut one = photo.clone();
        one.put_pixel(0, 0, Luma([number as u8]));
        let one: DynamicImage = if extension == "gif" || extension == "webp" {
            DynamicImage::from(one).to_rgb8().into()
        } else {
            one.into()
        };
        folder.file(&format!("archive/{}/{number:03}.{extension}", 1920 + number / 42), encoded(one, format));
    }
    // Three damaged, two in colour, one negative, two of several pages.
    let whole = encoded(photo.clone(), ImageFormat::Png);
    folder
        .file("archive/1930/cut.png", &whole[..whole.len() / 2])
        .file("archive/1930/empty.tif", "")
        .file("archive/1930/words.jpg", "not a picture")
        .file("archive/1930/color-1.png", encoded(colorful(), ImageFormat::Png))
        .file("archive/1930/color-2.jpg", encoded(colorful(), ImageFormat::Jpeg))
        .file("archive/1930/negative.png", encoded(masked_negative(), ImageFormat::Png))
        .file("archive/1930/register-1.tif", pages(&[30, 40, 50]))
        .file("archive/1930/register-2.tif", pages(&[60, 70]));
    // One HEIC, and what else lies about: a PDF, raw, a drawing program's file, words.
    folder
        .file("archive/1930/IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
        .file("archive/1930/list.pdf", "%PDF-1.7")
        .file("archive/1930/scan.dng", b"II*\0")
        .file("archive/1930/cover.psd", "8BPS\0\x01")
        .file("archive/1930/map.svg", "<svg xmlns=\"x\"/>")
        .file("archive/1930/notes-1.txt", "a")
        .file("archive/1930/notes-2.txt", "b")
        .file("archive/Thumbs.db", "c");
    assert_eq!(folder.files().len(), 100);

    let arguments = ["archive", "--recursive", "--out-dir", "done", "--pages", "all", "--keep-dates"];
    let output = folder.gray(&arguments).assert().code(1).get_output().clone();
    let said = String::from_utf8(output.stderr).unwrap();
    // 84 photographs, the negative and the two registers.
    assert!(said.contains("87 coloured, 2 in colour already, 3 failed"), "{said}");
    assert!(
        said.contains("8 files skipped: 1 DNG raw, 1 HEIC, 1 PDF, 1 Photoshop PSD, 1 SVG, 3 other"),
        "{said}"
    );
    assert!(said.contains("1 looks like a negative; --invert makes a positive"), "{said}");
    assert!(said.contains("negative.png: this looks like a negative"), "{said}");
    for name in ["cut.png", "empty.tif", "words.jpg"] {
        assert_eq!(said.lines().filter(|line| line.contains(name)).count(), 1, "{name} in {said}");
    }
    let done: Vec<String> = folder.files().into_iter().filter(|name| name.starts_with("done/")).collect();
    assert_eq!(done.len(), 87);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 87);
    assert_eq!(page_count(&fs::read(folder.path("done/1930/register-1.tif")).unwrap()).unwrap(), 3);
    assert_eq!(page_count(&fs::read(folder.path("done/1930/register-2.tif")).unwrap()).unwrap(), 2);

    // The same command with --resume says what is left to say.
    let said = stderr(&mut folder.gray(&[&arguments[..], &["--resume"]].concat()), 1);
    assert!(said.contains("0 coloured, 87 skipped, 2 in colour already, 3 failed"), "{said}");
}

/// A negative on film for colours, with its orange mask.
fn masked_negative() -> RgbImage {
    let photo = camera();
    RgbImage::from_fn(256, 256, |x, y| {
        let light = 255 - u32::from(photo.get_pixel(2 * x, 2 * y).0[0]);
        let through = |mask: u32| (mask * (40 + light * 215 / 255) / 255) as u8;
        Rgb([through(235), through(150), through(95)])
    })
}

#[test]
fn layers_for_editors_lie_beside_the_result() {
    let folder = Folder::new();
    folder
        .picture("a.png")
        .file("hints.json", r##"{"points": [{"x": 0.5, "y": 0.5, "radius": 0.1, "color": "#cc2200"}]}"##);
    let arguments =
        ["colorize", "a.png", "--method", "scribble", "--hints", "hints.json", "--layers", "--color-layer"];
    let said = stdout(folder.autochrome().args(arguments), 0);
    assert_eq!(said, "a.png -> a.color.png, a.layers.ora, a.layer.png\n");
    let bytes = fs::read(folder.path("a.layers.ora")).unwrap();
    assert_eq!(&bytes[30..54], b"mimetypeimage/openraster");
    let text = String::from_utf8_lossy(&bytes);
    for word in ["svg:color", "name=\"Hints\"", "name=\"Colour\"", "name=\"Photograph\"", "mergedimage.png"] {
        assert!(text.contains(word), "{word}");
    }
    // The colour alone, over the gray photograph, is the result.
    let (layer, gray, result) = (
        folder.open("a.layer.png").to_rgba8(),
        folder.open("a.png").to_luma8(),
        folder.open("a.color.png").to_rgb8(),
    );
    let mut most = 0.0_f32;
    for (x, y, pixel) in layer.enumerate_pixels() {
        let share = f32::from(pixel.0[3]) / 255.0;
        let below = f32::from(gray.get_pixel(x, y).0[0]);
        for channel in 0..3 {
            let laid = below * (1.0 - share) + f32::from(pixel.0[channel]) * share;
            most = most.max((laid - f32::from(result.get_pixel(x, y).0[channel])).abs());
        }
    }
    assert!(most < 2.1, "{most}");
    folder.gray(&["-", "--layers"]).write_stdin("").assert().code(2);
    folder.gray(&["a.png", "--layers", "--pages", "all"]).assert().code(2);
}
