//! The path from bytes to bytes, with a method whose answer is known.

// Clippy's own exception for tests does not reach the functions beside them.
#![allow(clippy::unwrap_used)]

use autochrome::{
    Answer, Blame, Chroma, Colorizer, DecodeOptions, EncodeOptions, Error, Extra, Finished, Format, Guidance,
    Method, MethodError, MethodInfo, Options, Order, OrderDraft, Picture, Pipeline, Pixels, Plane, Tone,
    Watch, decode,
};
use autochrome_color::metrics::luma_change;

/// Paints everything in one colour, at a size of its own.
struct Paint {
    answers: Vec<[f32; 2]>,
}

static PAINT: MethodInfo = MethodInfo {
    id: "paint",
    name: "Paint",
    summary: "One colour everywhere",
    paper: None,
    needs: &[],
    takes: &[],
    options: &[],
    uses_model: false,
    reference_side: None,
};

impl Method for Paint {
    fn info(&self) -> &'static MethodInfo {
        &PAINT
    }

    fn colorize(&self, _: &Plane, _: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
        let plane = |value| Plane::filled(3, 2, value);
        Ok(self.answers.iter().map(|&[a, b]| Chroma { a: plane(a), b: plane(b) }.into()).collect())
    }
}

fn paint(a: f32, b: f32) -> Colorizer {
    Colorizer::with_method(Box::new(Paint { answers: vec![[a, b]] }))
}

/// A gray PGM with all 256 values.
fn ramp() -> Vec<u8> {
    let mut bytes = b"P5 16 16 255\n".to_vec();
    bytes.extend(0..=255_u8);
    bytes
}

fn picture() -> Picture {
    decode(&ramp(), &DecodeOptions::default()).unwrap()
}

fn rgb(colorizer: &Colorizer) -> Vec<[u8; 3]> {
    let colored = colorizer.colorize(&picture()).unwrap();
    match colored.raster().pixels() {
        Pixels::Rgb8(samples) => samples.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect(),
        other => panic!("8-bit RGB expected, not {other:?}"),
    }
}

fn order(format: Format) -> OrderDraft {
    OrderDraft { format: Some(format), ..OrderDraft::default() }
}

/// What becomes of a file that is painted in one colour.
fn run(a: f32, b: f32, bytes: &[u8], draft: OrderDraft) -> Result<Finished, Error> {
    let order = Order::with_method(&PAINT, draft)?;
    Pipeline::new().run_with(&Paint { answers: vec![[a, b]] }, bytes, &order, &Watch::none())
}

#[test]
fn luma_stays_whatever_the_colour() {
    for (a, b) in [(30.0, 20.0), (-40.0, 40.0), (10.0, -60.0), (300.0, -300.0)] {
        let finished = run(a, b, &ramp(), order(Format::Png)).unwrap();
        let after = decode(&finished.results[0].bytes, &DecodeOptions::default()).unwrap().luma;
        // Rounding to 8 bits moves L by at most one step where sRGB is coarsest, in the dark.
        let change = luma_change(&after, &picture().luma);
        assert!(change <= 1.0, "({a}, {b}) moved L by {change} steps");
    }
}

#[test]
fn a_file_keeps_the_lightness_of_every_pixel_however_strong_its_colours() {
    let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/photos/camera.png");
    let before = decode(&std::fs::read(photo).unwrap(), &DecodeOptions::default()).unwrap();
    for saturation in [1.0, 4.0] {
        let colored = Colorizer::builtin().unwrap().saturation(saturation).colorize(&before).unwrap();
        let file = colored.encode(&EncodeOptions::new(Format::Png)).unwrap();
        let after = decode(&file, &DecodeOptions::default()).unwrap();
        let change = luma_change(&after.luma, &before.luma);
        assert!(change > 0.0 && change <= 1.0, "{change} steps of 255 at saturation {saturation}");
    }
}

#[test]
fn saturation_scales_the_colours() {
    let strength = |saturation| rgb(&paint(10.0, 10.0).saturation(saturation))[128].map(i32::from);
    let spread = |[r, _, b]: [i32; 3]| r - b;
    assert_eq!(spread(strength(0.0)), 0);
    assert!(spread(strength(2.0)) > spread(strength(1.0)) + 10);
}

#[test]
fn the_first_answer_is_the_one_taken_and_none_is_a_fault() {
    let both = Colorizer::with_method(Box::new(Paint { answers: vec![[0.0, 30.0], [0.0, -30.0]] }));
    assert_eq!(rgb(&both), rgb(&paint(0.0, 30.0)));
    let none = Colorizer::with_method(Box::new(Paint { answers: vec![] }));
    assert_eq!(none.colorize(&picture()).unwrap_err().code(), "no-answer");
}

#[test]
fn opacity_is_kept() {
    let mut bytes =
        b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n".to_vec();
    bytes.extend([100, 10, 200, 250]);
    let before = decode(&bytes, &DecodeOptions::default()).unwrap();
    assert!(before.alpha.is_some());
    let finished = run(20.0, 0.0, &bytes, order(Format::Png)).unwrap();
    assert_eq!(decode(&finished.results[0].bytes, &DecodeOptions::default()).unwrap().alpha, before.alpha);
}

#[test]
fn a_result_says_that_colours_were_added_only_when_they_were() {
    let says = |a, saturation| {
        let tone = Tone { saturation, ..Tone::default() };
        let finished = run(a, 0.0, &ramp(), OrderDraft { tone, ..order(Format::Jpeg) }).unwrap();
        finished.results[0].bytes.windows(13).any(|window| window == b"Colours added")
    };
    assert!(says(20.0, 1.0));
    assert!(!says(20.0, 0.0));
    assert!(!says(0.0, 1.0));
}

#[test]
fn the_side_by_side_picture_is_twice_as_wide_and_gray_on_the_left() {
    let draft = OrderDraft { collage: Extra::Instead, ..order(Format::Png) };
    let finished = run(0.0, 40.0, &ramp(), draft).unwrap();
    let collage = decode(&finished.results[0].bytes, &DecodeOptions::default()).unwrap();
    assert_eq!((collage.width(), collage.height()), (33, 16));
    let b = collage.chroma.unwrap().b;
    let (left, right) = (b.row(8)[8], b.row(8)[17 + 8]);
    assert!(left.abs() < 1.0 && right > 30.0, "b is {left} on the left and {right} on the right");
}

#[test]
fn work_that_is_to_stop_stops() {
    let stopped = Watch { reached: &|_| true, preview: None };
    let order = Order::with_method(&PAINT, order(Format::Png)).unwrap();
    let error = Pipeline::new().run_with(&Paint { answers: vec![] }, &ramp(), &order, &stopped).unwrap_err();
    assert!(matches!(error, Error::Stopped));
    assert_eq!(error.blame(), Blame::Stopped);
}

#[test]
fn errors_know_whose_fault_they_are() {
    let run = |bytes: &[u8], format| run(0.0, 0.0, bytes, order(format)).unwrap_err();
    assert_eq!(run(b"no picture", Format::Png).blame(), Blame::Input);
    assert_eq!(run(&ramp()[..40], Format::Png).blame(), Blame::Input);
    assert_eq!(run(&ramp(), Format::Gif).blame(), Blame::Request);
    assert_eq!(Colorizer::open("grya", None).err().unwrap().blame(), Blame::Request);
}
