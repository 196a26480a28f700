//! What kind of picture something is, on made pictures and on the example photographs.

use autochrome_media::{Coloring, Kind, Picture, Subject, find_frame};
use image::{GrayImage, ImageFormat, Luma, Rgb, RgbImage};

use crate::fixtures::{open, written};

fn photo(name: &str) -> GrayImage {
    let path = format!("{}/../../examples/photos/{name}", env!("CARGO_MANIFEST_DIR"));
    image::open(path).unwrap().to_luma8()
}

fn gray(picture: &GrayImage) -> Picture {
    open(&written(picture.clone(), ImageFormat::Png))
}

fn color(picture: &RgbImage, format: ImageFormat) -> Picture {
    open(&written(picture.clone(), format))
}

/// A photograph whose paper and silver have these colours.
fn toned(dark: [f32; 3], light: [f32; 3]) -> RgbImage {
    let photo = photo("camera.png");
    RgbImage::from_fn(photo.width(), photo.height(), |x, y| {
        let share = f32::from(photo.get_pixel(x, y).0[0]) / 255.0;
        Rgb([0, 1, 2].map(|i| (dark[i] + share * (light[i] - dark[i])).round() as u8))
    })
}

#[test]
fn a_photograph_is_gray_whether_its_samples_are_or_not() {
    let camera = photo("camera.png");
    let wanted = Kind { coloring: Coloring::Gray, subject: Subject::Photograph, faded: false };
    assert_eq!(gray(&camera).kind(), wanted);
    let mut rgb = image::DynamicImage::from(camera).to_rgb8();
    // One pixel is not gray, so that the samples are read as colour.
    rgb.put_pixel(3, 3, Rgb([90, 80, 80]));
    assert_eq!(color(&rgb, ImageFormat::Jpeg).kind(), wanted);
}

#[test]
fn tones_are_told_by_their_hue() {
    for (dark, light, coloring) in [
        ([40.0, 25.0, 10.0], [250.0, 228.0, 190.0], Coloring::Sepia),
        ([0.0, 20.0, 70.0], [225.0, 238.0, 250.0], Coloring::Cyanotype),
        ([30.0, 0.0, 40.0], [245.0, 215.0, 250.0], Coloring::Toned),
        ([3.0, 2.0, 0.0], [252.0, 252.0, 248.0], Coloring::Gray),
    ] {
        let picture = toned(dark, light);
        assert_eq!(color(&picture, ImageFormat::Png).kind().coloring, coloring);
        // JPEG blurs colours, and 4:2:0 halves them.
        assert_eq!(color(&picture, ImageFormat::Jpeg).kind().coloring, coloring);
        assert_eq!(color(&picture, ImageFormat::Png).tone_curve().is_some(), coloring != Coloring::Gray);
    }
}

#[test]
fn a_tone_is_known_at_every_lightness() {
    let picture = color(&toned([40.0, 25.0, 10.0], [250.0, 228.0, 190.0]), ImageFormat::Png);
    let curve = picture.tone_curve().unwrap();
    let chroma = picture.chroma.unwrap();
    let pixels = picture.luma.data().iter().zip(chroma.a.data().iter().zip(chroma.b.data()));
    let error: f32 = pixels.map(|(&l, (a, b))| (curve.at(l)[0] - a).hypot(curve.at(l)[1] - b)).sum();
    assert!(error / (picture.luma.data().len() as f32) < 1.0);
}

#[test]
fn colours_of_things_are_colours_although_there_are_few() {
    let mut picture = toned([0.0; 3], [255.0; 3]);
    // A tenth of the picture: somebody in a red coat.
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        if (200..360).contains(&x) && (200..370).contains(&y) {
            *pixel = Rgb([pixel.0[0] / 2 + 110, pixel.0[1] / 3, pixel.0[2] / 3]);
        }
    }
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        assert_eq!(color(&picture, format).kind().coloring, Coloring::Color, "{format:?}");
    }
}

#[test]
fn flat_colours_are_colours_although_each_has_a_lightness_of_its_own() {
    let poster = RgbImage::from_fn(60, 40, |x, y| match (x / 10 + y / 10) % 3 {
        0 => Rgb([200, 40, 50]),
        1 => Rgb([40, 160, 60]),
        _ => Rgb([50, 70, 200]),
    });
    assert_eq!(color(&poster, ImageFormat::Png).kind().coloring, Coloring::Color);
}

#[test]
fn a_print_that_spans_little_lightness_is_faded() {
    assert!(color(&toned([140.0, 125.0, 100.0], [225.0, 205.0, 170.0]), ImageFormat::Png).kind().faded);
    assert!(!color(&toned([20.0, 15.0, 10.0], [250.0, 240.0, 225.0]), ImageFormat::Png).kind().faded);
}

#[test]
fn thin_lines_on_paper_are_a_drawing() {
    let drawing = GrayImage::from_fn(600, 400, |x, y| {
        let (x, y) = (f64::from(x), f64::from(y));
        let circle = |cx: f64, cy: f64, r: f64| ((x - cx).hypot(y - cy) - r).abs() < 1.5;
        let line = (y - 0.6 * x).abs() < 1.5 || (y - 300.0 + 0.3 * x).abs() < 1.5;
        Luma([if line || circle(200.0, 200.0, 90.0) || circle(400.0, 160.0, 120.0) { 15 } else { 244 }])
    });
    assert_eq!(gray(&drawing).kind().subject, Subject::Drawing);
    let small = image::imageops::resize(&drawing, 150, 100, image::imageops::FilterType::Nearest);
    assert_eq!(gray(&small).kind().subject, Subject::Drawing);
    // A shape cut of black paper has no lines.
    let shape = GrayImage::from_fn(600, 400, |x, y| {
        Luma([if x.abs_diff(300) + y.abs_diff(200) < 120 { 10 } else { 245 }])
    });
    assert_ne!(gray(&shape).kind().subject, Subject::Drawing);
}

/// A photograph printed with dots at this distance, on a screen turned by 45 degrees or not.
fn printed(period: f64, turned: bool) -> GrayImage {
    let photo = photo("camera.png");
    GrayImage::from_fn(photo.width(), photo.height(), |x, y| {
        let (fx, fy) = (f64::from(x), f64::from(y));
        let (u, v) = if turned { ((fx + fy) * 0.5_f64.sqrt(), (fx - fy) * 0.5_f64.sqrt()) } else { (fx, fy) };
        let screen = |at: f64| (std::f64::consts::TAU * at / period).cos();
        let threshold = 128.0 + 60.0 * (screen(u) + screen(v));
        Luma([if f64::from(photo.get_pixel(x, y).0[0]) > threshold { 240 } else { 20 }])
    })
}

#[test]
fn regular_dots_are_a_halftone_print() {
    for period in [4.0, 6.0, 8.0] {
        for turned in [false, true] {
            let kind = gray(&printed(period, turned)).kind();
            assert_eq!(kind.subject, Subject::Halftone, "{period} {turned}");
        }
    }
}

#[test]
fn the_orange_mask_of_a_film_gives_a_negative_away() {
    let photo = photo("camera.png");
    let negative = RgbImage::from_fn(256, 256, |x, y| {
        let light = 255 - u32::from(photo.get_pixel(2 * x, 2 * y).0[0]);
        let through = |mask: u32| (mask * (40 + light * 215 / 255) / 255) as u8;
        Rgb([through(235), through(150), through(95)])
    });
    assert_eq!(color(&negative, ImageFormat::Jpeg).kind().subject, Subject::Negative);
}

#[test]
fn a_gray_negative_is_recognised_whatever_curve_it_was_scanned_with() {
    let photo = photo("camera.png");
    let made = |of: &dyn Fn(f32) -> f32| {
        let pixel = |x, y| Luma([(255.0 * of(f32::from(photo.get_pixel(x, y).0[0]) / 255.0)).round() as u8]);
        gray(&GrayImage::from_fn(photo.width(), photo.height(), pixel)).kind().subject
    };
    assert_eq!(made(&|v| 1.0 - v), Subject::Negative);
    assert_eq!(made(&|v| 0.3 + 0.3 * (1.0 - v)), Subject::Negative);
    // Film: the transmission falls with a power of the light.
    assert_eq!(made(&|v| (v.max(0.1) / 0.1).powf(-0.6)), Subject::Negative);
    assert_eq!(made(&|v| v), Subject::Photograph);
    assert_eq!(made(&|v| v.powf(0.4)), Subject::Photograph);
}

#[test]
fn a_picture_of_a_few_pixels_is_recognised_without_a_defect() {
    for (width, height) in [(1, 1), (2, 1), (1, 300), (300, 1), (17, 17), (16, 200)] {
        let picture = RgbImage::from_fn(width, height, |x, y| Rgb([(x * 9) as u8, (y * 7) as u8, 40]));
        let picture = color(&picture, ImageFormat::Png);
        let _ = (picture.kind(), picture.inverted().kind(), find_frame(&picture.luma), picture.tone_curve());
    }
}
