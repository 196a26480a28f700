//! From bytes to bytes, as programs that use the library see it.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use std::cell::RefCell;

use autochrome::filters;
use autochrome::{
    Answer, Chroma, Collage, DecodeOptions, EncodeOptions, Error, Finished, Format, Guidance, GuidanceKind,
    Limits, Look, Metadata, Method, MethodError, MethodInfo, Options, Order, OrderDraft, Picture, Pipeline,
    Pixels, Plane, Raster, Recolor, Srgb, Tone, Watch, decode, encode,
};

const CAMERA: &[u8] = include_bytes!("../../../examples/photos/camera.png");

fn gray() -> OrderDraft {
    OrderDraft { method: Some("gray".to_owned()), ..OrderDraft::default() }
}

fn run(pipeline: &Pipeline, draft: OrderDraft) -> Result<Finished, Error> {
    pipeline.run(CAMERA, &Order::new(draft)?, &Watch::nobody())
}

fn read(bytes: &[u8]) -> Picture {
    decode(bytes, &DecodeOptions::default()).unwrap()
}

fn filter(id: &str) -> Look {
    Look { filter: filters::find(id), ..Look::default() }
}

#[test]
fn the_second_look_at_a_picture_is_remembered() {
    let pipeline = Pipeline::new().remembering();
    assert!(!run(&pipeline, gray()).unwrap().remembered);
    let sepia = run(&pipeline, OrderDraft { look: filter("sepia"), ..gray() }).unwrap();
    assert!(sepia.remembered && !read(&sepia.results[0].bytes).was_gray);
    assert!(!run(&Pipeline::new(), gray()).unwrap().remembered);
}

#[test]
fn another_option_of_the_method_is_another_question() {
    let pipeline = Pipeline::new().remembering();
    let points = |color| {
        let mut guidance = Guidance::default();
        guidance.points.push(autochrome::Point { x: 0.5, y: 0.5, radius: 0.01, color });
        OrderDraft {
            method: Some("scribble".to_owned()),
            guidance,
            max_side_px: Some(64),
            ..OrderDraft::default()
        }
    };
    let red = points(Srgb { red: 200, green: 30, blue: 30 });
    assert!(!run(&pipeline, red.clone()).unwrap().remembered);
    assert!(run(&pipeline, red).unwrap().remembered);
    assert!(!run(&pipeline, points(Srgb { red: 200, green: 30, blue: 31 })).unwrap().remembered);
}

#[test]
fn without_a_look_luma_is_that_of_the_input() {
    let finished = run(&Pipeline::new(), gray()).unwrap();
    assert_eq!(read(CAMERA).luma, read(&finished.results[0].bytes).luma);
}

#[test]
fn tone_leaves_luma_alone() {
    let tone = Tone { saturation: 1.0, temperature: 20.0, tint: -10.0, ..Tone::default() };
    let finished = run(&Pipeline::new(), OrderDraft { tone, ..gray() }).unwrap();
    let (before, after) = (read(CAMERA), read(&finished.results[0].bytes));
    assert!(!after.was_gray);
    for (before, after) in before.luma.data().iter().zip(after.luma.data()) {
        assert!((before - after).abs() < 0.4, "{before} became {after}");
    }
}

#[test]
fn a_filter_leaves_the_left_half_of_a_collage_alone() {
    let draft = OrderDraft { collage: Collage::Instead, look: filter("cyanotype"), ..gray() };
    let finished = run(&Pipeline::new(), draft).unwrap();
    assert_eq!(finished.size, (512 + 10 + 512, 512));
    let chroma = read(&finished.results[0].bytes).chroma.unwrap();
    let row = chroma.b.row(200);
    assert!(row[..512].iter().all(|b| b.abs() < 0.01) && row[600..].iter().any(|b| *b < -5.0));
}

#[test]
fn a_collage_beside_the_result_is_the_one_in_its_place() {
    let pipeline = Pipeline::new();
    let beside = run(&pipeline, OrderDraft { collage: Collage::Beside, ..gray() }).unwrap();
    let instead = run(&pipeline, OrderDraft { collage: Collage::Instead, ..gray() }).unwrap();
    assert_eq!(beside.results[0].collage.as_ref(), Some(&instead.results[0].bytes));
    assert_eq!(beside.results[0].bytes, run(&pipeline, gray()).unwrap().results[0].bytes);
}

#[test]
fn where_colours_are_changed_a_collage_shows_them_before_and_after() {
    let red = Raster::new(64, 64, Pixels::Rgb8([200, 40, 40].repeat(64 * 64))).unwrap();
    let red = encode(&red, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap();
    let color = |red, blue| Srgb { red, green: 40, blue };
    let mut guidance = Guidance::default();
    guidance.recolors.push(Recolor::Nearest { from: color(200, 40), to: color(40, 200) });
    let draft =
        OrderDraft { guidance, collage: Collage::Instead, max_side_px: Some(32), ..OrderDraft::default() };
    let order = Order::new(draft).unwrap();
    let finished = Pipeline::new().run(&red, &order, &Watch::nobody()).unwrap();
    let chroma = read(&finished.results[0].bytes).chroma.unwrap();
    let (before, after) = (chroma.b.row(16)[16], chroma.b.row(16)[50]);
    assert!(before > 20.0 && after < -20.0, "b was {before} and is {after}");
}

#[test]
fn the_result_has_the_side_and_format_that_were_ordered() {
    let draft = OrderDraft { max_side_px: Some(100), format: Some(Format::Jpeg), ..gray() };
    let finished = run(&Pipeline::new(), draft).unwrap();
    assert_eq!((finished.size, finished.format), ((100, 100), Format::Jpeg));
    let larger = run(&Pipeline::new(), OrderDraft { max_side_px: Some(1000), ..gray() }).unwrap();
    assert_eq!(larger.size, (512, 512));
}

#[test]
fn a_picture_beyond_the_limits_is_refused_by_its_header() {
    let pipeline = Pipeline::new().with_limits(Limits { max_pixels: 1000, ..Limits::default() });
    assert_eq!(run(&pipeline, gray()).unwrap_err().code(), "too-many-pixels");
}

#[test]
fn work_for_nobody_is_not_done() {
    let gone = Watch { reached: &|_| true, preview: None };
    let error = Pipeline::new().run(CAMERA, &Order::new(gray()).unwrap(), &gone).unwrap_err();
    assert!(matches!(error, Error::Stopped));
}

#[test]
fn progress_never_goes_back_and_a_preview_is_small() {
    let (shares, previews) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let reached = |share| {
        shares.borrow_mut().push(share);
        false
    };
    let preview = |bytes: &[u8]| previews.borrow_mut().push(bytes.to_vec());
    let watch = Watch { reached: &reached, preview: Some(&preview) };
    Pipeline::new().run(CAMERA, &Order::new(gray()).unwrap(), &watch).unwrap();
    assert!(shares.borrow().is_sorted(), "{shares:?}");
    let small = read(&previews.borrow()[0]);
    assert_eq!((previews.borrow().len(), small.width(), small.format), (1, 320, Format::Jpeg));
}

#[test]
fn an_answer_that_does_not_exist_is_refused() {
    let pipeline = Pipeline::new();
    let error = run(&pipeline, OrderDraft { answer: 1, ..gray() }).unwrap_err();
    assert_eq!(error.code(), "option-out-of-range");
    assert_eq!(run(&pipeline, OrderDraft { variants: 4, ..gray() }).unwrap().results.len(), 1);
}

#[test]
fn a_method_that_draws_gives_as_many_answers_as_were_ordered() {
    let pipeline = Pipeline::new().remembering();
    let run = |seed, variants| {
        let mut guidance = Guidance::default();
        guidance.seed = Some(seed);
        let draft = OrderDraft { guidance, variants, format: Some(Format::Png), ..OrderDraft::default() };
        let order = Order::with_method(&DICE, draft).unwrap();
        pipeline.run_with(&Dice, CAMERA, &order, &Watch::nobody()).unwrap()
    };
    let three = run(7, 3);
    let told: Vec<_> = three.results.iter().map(|result| (result.seed, result.answer)).collect();
    assert_eq!(told, [(Some(7), 0), (Some(8), 0), (Some(9), 0)]);
    // One of them again, alone.
    let again = run(9, 1);
    assert!(again.remembered && again.results[0].bytes == three.results[2].bytes);
}

/// Draws one colour for all.
struct Dice;

static DICE: MethodInfo = MethodInfo {
    id: "dice",
    name: "Dice",
    summary: "Draws",
    paper: None,
    needs: &[],
    takes: &[GuidanceKind::Seed],
    options: &[],
    uses_model: false,
    reference_side: None,
};

impl Method for Dice {
    fn info(&self) -> &'static MethodInfo {
        &DICE
    }

    fn colorize(&self, _: &Plane, guidance: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
        let a = 3.0 * guidance.seed.unwrap_or(0) as f32;
        Ok(vec![Chroma { a: Plane::filled(1, 1, a), b: Plane::filled(1, 1, 0.0) }.into()])
    }
}
