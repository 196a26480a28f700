//! From bytes to bytes, as programs that use the library see it.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use std::cell::RefCell;

use autochrome::filters;
use autochrome::{
    Answer, Chroma, DecodeOptions, EncodeOptions, Error, Extra, FileType, Finished, Fixes, Format, Guidance,
    GuidanceKind, Limits, Look, Metadata, Method, MethodError, MethodInfo, Options, Order, OrderDraft, Pages,
    Picture, Pipeline, Pixels, Plane, Raster, Recolor, Setting, Srgb, Tone, Watch, decode, encode,
};

const CAMERA: &[u8] = include_bytes!("../../../examples/photos/camera.png");

fn gray() -> OrderDraft {
    OrderDraft { method: Some("gray".to_owned()), ..OrderDraft::default() }
}

fn run(pipeline: &Pipeline, draft: OrderDraft) -> Result<Finished, Error> {
    pipeline.run(CAMERA, &Order::new(draft)?, &Watch::none())
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
fn painted_pixels_are_those_of_the_files() {
    let pipeline = Pipeline::new();
    for collage in [Extra::Without, Extra::Instead] {
        let draft = OrderDraft { look: filter("sepia"), collage, format: Some(Format::Png), ..gray() };
        let file = run(&pipeline, draft.clone()).unwrap();
        let painted = pipeline.paint(CAMERA, &Order::new(draft).unwrap(), &Watch::none()).unwrap();
        let again = painted.answers[0].colored.encode(&EncodeOptions::new(Format::Png)).unwrap();
        assert_eq!(again, file.results[0].bytes);
    }
    for draft in [OrderDraft { pages: Pages::All, ..gray() }, OrderDraft { layers: Extra::Instead, ..gray() }]
    {
        let error = pipeline.paint(CAMERA, &Order::new(draft).unwrap(), &Watch::none()).unwrap_err();
        assert_eq!(error.code(), "option-out-of-range");
    }
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

/// The network at a small size, with these fixes.
fn fixed(text: &str) -> OrderDraft {
    let changes = if text.is_empty() { Vec::new() } else { autochrome::fixes::fixes(text).unwrap() };
    OrderDraft {
        fixes: Fixes { changes, protect_skin: false },
        settings: vec![("size".to_owned(), Setting::Number(96.0))],
        ..OrderDraft::default()
    }
}

#[test]
fn a_fix_is_another_question_and_leaves_luma_alone() {
    let pipeline = Pipeline::new().remembering();
    let plain = run(&pipeline, fixed("")).unwrap();
    let colorless = run(&pipeline, fixed("all -> gray")).unwrap();
    assert!(!colorless.remembered && read(&colorless.results[0].bytes).was_gray);
    let again = run(&pipeline, fixed("")).unwrap();
    assert!(again.remembered && again.results[0].bytes == plain.results[0].bytes);
    let vivid = run(&pipeline, fixed("all -> 200%, 0,0,0.5,1: all -> 90")).unwrap();
    let change =
        autochrome_color::metrics::luma_change(&read(&vivid.results[0].bytes).luma, &read(CAMERA).luma);
    assert!(change <= 1.0, "{change} steps");
    let refused = Order::new(OrderDraft { fixes: fixed("skin: all -> gray").fixes, ..gray() });
    assert_eq!(refused.unwrap_err().code(), "no-segmentation");
}

#[test]
fn a_gray_spot_keeps_what_it_lies_on_gray() {
    let method = autochrome::registry::find("neural").unwrap().open(None).unwrap();
    let luma = read(CAMERA).luma;
    let answer =
        |guidance: &Guidance| method.colorize(&luma, guidance, &Options::default()).unwrap().remove(0).chroma;
    let own = answer(&Guidance::default());
    let (width, height) = own.size();
    let chroma = |of: &Chroma, i: usize| of.a.data()[i].hypot(of.b.data()[i]);
    let most = (0..width * height).max_by(|&i, &j| chroma(&own, i).total_cmp(&chroma(&own, j))).unwrap();
    let [x, y] =
        [(most % width) as f32 / width as f32, (most / width) as f32 / height as f32].map(|at| at + 0.001);
    let gray = Srgb { red: 128, green: 128, blue: 128 };
    let mut guidance = Guidance::default();
    guidance.points.push(autochrome::Point { x, y, radius: 0.01, color: gray });
    let kept = answer(&guidance);
    assert!(chroma(&kept, most) < 2.0, "{} of {}", chroma(&kept, most), chroma(&own, most));
    let reach = method.describe_place(&luma, [x, y], &Options::default()).unwrap().reach;
    let reach = autochrome_color::resize::resize_plane(
        &reach,
        width,
        height,
        autochrome_color::resize::Filter::Bilinear,
    );
    let over = |of: &Chroma, from: f32, to: f32| {
        let inside: Vec<f32> = (0..width * height)
            .filter(|&i| (from..=to).contains(&reach.data()[i]))
            .map(|i| chroma(of, i))
            .collect();
        inside.iter().sum::<f32>() / inside.len() as f32
    };
    assert!(
        over(&kept, 0.95, 1.0) < 0.4 * over(&own, 0.95, 1.0),
        "{} of {}",
        over(&kept, 0.95, 1.0),
        over(&own, 0.95, 1.0)
    );
    assert!(over(&kept, 0.0, 0.0) > 0.8 * over(&own, 0.0, 0.0), "other things keep their colour");
}

#[test]
fn without_a_look_luma_is_that_of_the_input() {
    let finished = run(&Pipeline::new(), gray()).unwrap();
    assert_eq!(read(CAMERA).luma, read(&finished.results[0].bytes).luma);
}

#[test]
fn tone_leaves_luma_alone() {
    let tone = Tone { temperature: 20.0, tint: -10.0, ..Tone::default() };
    let finished = run(&Pipeline::new(), OrderDraft { tone, ..gray() }).unwrap();
    let (before, after) = (read(CAMERA), read(&finished.results[0].bytes));
    assert!(!after.was_gray);
    for (before, after) in before.luma.data().iter().zip(after.luma.data()) {
        assert!((before - after).abs() < 0.4, "{before} became {after}");
    }
}

#[test]
fn a_filter_leaves_the_left_half_of_a_collage_alone() {
    let draft = OrderDraft { collage: Extra::Instead, look: filter("cyanotype"), ..gray() };
    let finished = run(&Pipeline::new(), draft).unwrap();
    assert_eq!(finished.size, (512 + 10 + 512, 512));
    let chroma = read(&finished.results[0].bytes).chroma.unwrap();
    let row = chroma.b.row(200);
    assert!(row[..512].iter().all(|b| b.abs() < 0.01) && row[600..].iter().any(|b| *b < -5.0));
}

#[test]
fn a_collage_beside_the_result_is_the_one_in_its_place() {
    let pipeline = Pipeline::new();
    let beside = run(&pipeline, OrderDraft { collage: Extra::Beside, ..gray() }).unwrap();
    let instead = run(&pipeline, OrderDraft { collage: Extra::Instead, ..gray() }).unwrap();
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
        OrderDraft { guidance, collage: Extra::Instead, max_side_px: Some(32), ..OrderDraft::default() };
    let order = Order::new(draft).unwrap();
    let finished = Pipeline::new().run(&red, &order, &Watch::none()).unwrap();
    let chroma = read(&finished.results[0].bytes).chroma.unwrap();
    let (before, after) = (chroma.b.row(16)[16], chroma.b.row(16)[50]);
    assert!(before > 20.0 && after < -20.0, "b was {before} and is {after}");
}

#[test]
fn the_result_has_the_side_and_format_that_were_ordered() {
    let draft = OrderDraft { max_side_px: Some(100), format: Some(Format::Jpeg), ..gray() };
    let finished = run(&Pipeline::new(), draft).unwrap();
    assert_eq!((finished.size, finished.file_type), ((100, 100), FileType::Picture(Format::Jpeg)));
    let larger = run(&Pipeline::new(), OrderDraft { max_side_px: Some(1000), ..gray() }).unwrap();
    assert_eq!(larger.size, (512, 512));
}

#[test]
fn a_picture_beyond_the_limits_is_refused_by_its_header() {
    let pipeline = Pipeline::new().with_limits(Limits { max_pixels: 1000, ..Limits::default() });
    assert_eq!(run(&pipeline, gray()).unwrap_err().code(), "too-many-pixels");
}

#[test]
fn features_cover_the_picture_at_every_scale_and_know_no_colours() {
    let pipeline = Pipeline::new();
    let order = Order::new(fixed("")).unwrap();
    let seen = pipeline.features(CAMERA, &order).unwrap();
    let shapes: Vec<_> = seen.iter().map(|scale| (scale.size(), scale.channels())).collect();
    let halved = [((48, 48), 16), ((24, 24), 24), ((12, 12), 48), ((6, 6), 120), ((3, 3), 352)];
    assert_eq!(shapes, halved);
    for scale in &seen {
        let [_, _, right, bottom] = scale.area(scale.vectors().len() - 1);
        assert_eq!((right, bottom), (1.0, 1.0));
    }
    let tone = Tone { temperature: 20.0, tint: -10.0, ..Tone::default() };
    let tinted = run(&pipeline, OrderDraft { tone, ..gray() }).unwrap();
    for (plain, tinted) in seen.iter().zip(pipeline.features(&tinted.results[0].bytes, &order).unwrap()) {
        let length = |of: &mut dyn Iterator<Item = f32>| of.map(|value| value * value).sum::<f32>().sqrt();
        let pairs = plain.vectors().flatten().zip(tinted.vectors().flatten());
        let apart = length(&mut pairs.map(|(one, other)| one - other));
        let whole = length(&mut plain.vectors().flatten().copied());
        // Luma is kept within rounding, and nothing else is looked at.
        assert!(apart < 0.02 * whole, "{apart} of {whole}");
    }
}

#[test]
fn a_method_without_a_network_sees_no_features() {
    let order = Order::new(gray()).unwrap();
    assert_eq!(Pipeline::new().features(CAMERA, &order).unwrap_err().code(), "no-features");
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
        pipeline.run_with(&Dice, CAMERA, &order, &Watch::none()).unwrap()
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

/// Answers with red, and says by its strength how wide the picture was that it saw: a is the width in tens of pixels.
struct Ruler;

static RULER: MethodInfo = MethodInfo { id: "ruler", name: "Ruler", uses_model: true, ..DICE_LIKE };

const DICE_LIKE: MethodInfo = MethodInfo {
    id: "",
    name: "",
    summary: "Measures",
    paper: None,
    needs: &[],
    takes: &[GuidanceKind::Points],
    options: &[],
    uses_model: false,
    reference_side: None,
};

impl Method for Ruler {
    fn info(&self) -> &'static MethodInfo {
        &RULER
    }

    fn colorize(&self, luma: &Plane, _: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
        let a = luma.width() as f32 / 10.0;
        Ok(vec![Chroma { a: Plane::filled(20, 10, a), b: Plane::filled(20, 10, 0.0) }.into()])
    }
}

/// A photograph of 300 by 200 pixels with a white rim of 30.
fn framed() -> Vec<u8> {
    let at = |i: usize| {
        let (x, y) = (i % 300, i / 300);
        let inside = (30..270).contains(&x) && (30..170).contains(&y);
        if inside { 40 + ((x * 7 + y * 13 + x * y / 5) % 120) as u8 } else { 248 }
    };
    let raster = Raster::new(300, 200, Pixels::Gray8((0..60_000).map(at).collect())).unwrap();
    encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap()
}

/// How strong the colour of each pixel is.
fn ruled(draft: OrderDraft) -> Vec<f32> {
    let order = Order::with_method(&RULER, draft).unwrap();
    let finished = Pipeline::new().run_with(&Ruler, &framed(), &order, &Watch::none()).unwrap();
    let Chroma { a, b } = read(&finished.results[0].bytes).chroma.unwrap();
    a.data().iter().zip(b.data()).map(|(a, b)| a.hypot(*b)).collect()
}

#[test]
fn a_border_is_kept_from_the_network_and_stays_gray() {
    let framed = ruled(OrderDraft::default());
    let whole = ruled(OrderDraft { borders: true, ..OrderDraft::default() });
    let outside = |i: usize| !((30..270).contains(&(i % 300)) && (30..170).contains(&(i / 300)));
    let most = |strengths: &[f32]| {
        let rim = strengths.iter().enumerate().filter(|(i, _)| outside(*i));
        rim.map(|(_, strength)| *strength).fold(0.0, f32::max)
    };
    // Gray of 8 bits is gray to a tenth.
    assert!(most(&framed) < 0.1 && most(&whole) > 2.0, "{} {}", most(&framed), most(&whole));
    // What was seen was 240 pixels wide, or a little less, and not 300.
    let middle = 100 * 300 + 150;
    assert!((framed[middle] - 23.5).abs() < 1.5, "{}", framed[middle]);
    assert!((whole[middle] - 30.0).abs() < 1.5, "{}", whole[middle]);
}

#[test]
fn who_colours_a_border_means_the_whole_picture() {
    let mut guidance = Guidance::default();
    let color = Srgb { red: 200, green: 30, blue: 30 };
    guidance.points.push(autochrome::Point { x: 0.02, y: 0.5, radius: 0.01, color });
    let said = ruled(OrderDraft { guidance, ..OrderDraft::default() });
    assert_eq!(said, ruled(OrderDraft { borders: true, ..OrderDraft::default() }));
}

#[test]
fn pages_are_one_tiff_or_a_result_each() {
    let page = |width: u32| {
        let pixels = (0..width * 20).map(|i| (i % 251) as u8).collect();
        let raster = Raster::new(width, 20, Pixels::Gray8(pixels)).unwrap();
        encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Tiff)).unwrap()
    };
    let scan = autochrome::join_pages(vec![page(30), page(40)]).unwrap();
    let run = |format| {
        let draft = OrderDraft { pages: Pages::All, format, ..gray() };
        Pipeline::new().run(&scan, &Order::new(draft).unwrap(), &Watch::none()).unwrap()
    };
    let together = run(None);
    assert_eq!((together.results.len(), together.results[0].page), (1, 1));
    assert_eq!(autochrome::page_count(&together.results[0].bytes).unwrap(), 2);
    assert!(together.warnings.is_empty(), "{:?}", together.warnings);
    let apart = run(Some(Format::Png));
    let told: Vec<_> =
        apart.results.iter().map(|result| (result.page, read(&result.bytes).width())).collect();
    assert_eq!(told, [(1, 30), (2, 40)]);
    let error = Order::new(OrderDraft { pages: Pages::One(0), ..gray() }).unwrap_err();
    assert_eq!(error.code(), "option-out-of-range");
}

#[test]
fn pictures_in_colour_are_left_alone_when_asked() {
    let color = |i: usize| [[200, 30, 30], [30, 150, 40], [30, 30, 200]][(i / 5 + i / 200) % 3];
    let raster = Raster::new(40, 40, Pixels::Rgb8((0..1600).flat_map(color).collect())).unwrap();
    let poster = encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap();
    let run = |leave_colored| {
        let order = Order::new(OrderDraft { leave_colored, ..gray() }).unwrap();
        Pipeline::new().run(&poster, &order, &Watch::none())
    };
    assert_eq!(run(true).unwrap_err().code(), "in-color-already");
    assert!(run(false).unwrap().warnings[0].contains("in colour already"));
}
