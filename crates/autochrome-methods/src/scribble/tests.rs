use super::*;
use crate::{Point, Srgb, Stroke};

const RED: Srgb = Srgb { red: 200, green: 40, blue: 50 };
const BLUE: Srgb = Srgb { red: 30, green: 60, blue: 190 };

/// A dark and a light half with a little texture.
fn halves(width: usize, height: usize) -> Plane {
    let sample = |i: usize| (if i % width < width / 2 { 25.0 } else { 75.0 }) + ((i * 37) % 11) as f32 * 0.1;
    Plane::from_vec(width, height, (0..width * height).map(sample).collect()).unwrap()
}

fn point(x: f32, y: f32, color: Srgb) -> Point {
    Point { x, y, radius: 0.0, color }
}

fn colored(luma: &Plane, guidance: &Guidance, set: &[(&str, &str)]) -> Result<Answer, MethodError> {
    let mut options = Options::default();
    set.iter().for_each(|(id, value)| options.set(&INFO, id, *value).unwrap());
    Ok(Scribble.colorize(luma, guidance, &options)?.remove(0))
}

#[test]
fn two_spots_colour_two_halves() {
    let guidance =
        Guidance { points: vec![point(0.2, 0.5, RED), point(0.8, 0.5, BLUE)], ..Guidance::default() };
    let chroma = colored(&halves(40, 30), &guidance, &[]).unwrap().chroma;
    for y in 0..30 {
        assert!(chroma.a.row(y)[18] > 50.0 && chroma.b.row(y)[18] > 20.0, "row {y}");
        assert!(chroma.b.row(y)[22] < -50.0, "row {y}");
    }
}

#[test]
fn a_gray_spot_holds_what_looks_alike_gray() {
    let gray = Srgb { red: 120, green: 120, blue: 120 };
    let guidance =
        Guidance { points: vec![point(0.2, 0.5, RED), point(0.8, 0.5, gray)], ..Guidance::default() };
    let chroma = colored(&halves(40, 30), &guidance, &[]).unwrap().chroma;
    for y in 0..30 {
        let at = |x: usize| chroma.a.row(y)[x].hypot(chroma.b.row(y)[x]);
        assert!(at(18) > 50.0 && at(22) < 2.0, "row {y}: {} and {}", at(18), at(22));
    }
}

#[test]
fn one_stroke_colours_the_whole_picture() {
    let guidance = Guidance {
        strokes: vec![Stroke { path: vec![[0.1, 0.1], [0.2, 0.3]], width: 0.01, color: RED }],
        ..Guidance::default()
    };
    let chroma = colored(&halves(40, 30), &guidance, &[]).unwrap().chroma;
    let (first, worst) = (chroma.a.row(6)[6], |plane: &Plane, value: f32| {
        plane.data().iter().map(|v| (v - value).abs()).fold(0.0, f32::max)
    });
    assert!(first > 50.0 && worst(&chroma.a, first) < 0.1, "{}", worst(&chroma.a, first));
}

#[test]
fn no_stroke_is_an_error_that_says_what_to_give() {
    let error = colored(&halves(8, 8), &Guidance::default(), &[]).unwrap_err();
    assert_eq!(error.code(), "guidance-missing");
    assert!(error.to_string().contains("draw at least one stroke"), "{error}");
}

#[test]
fn strokes_outside_the_picture_are_an_error_that_says_so() {
    let guidance = Guidance { points: vec![point(1.5, 0.5, RED)], ..Guidance::default() };
    let error = colored(&halves(8, 8), &guidance, &[]).unwrap_err();
    assert_eq!(error.code(), "guidance-unfit");
    assert!(error.to_string().contains("outside"), "{error}");
}

#[test]
fn contradicting_strokes_are_decided_by_the_last() {
    let line = |color| Stroke { path: vec![[0.1, 0.5], [0.4, 0.5]], width: 0.1, color };
    let answer =
        |strokes| colored(&halves(40, 30), &Guidance { strokes, ..Guidance::default() }, &[]).unwrap();
    assert_eq!(answer(vec![line(RED), line(BLUE)]), answer(vec![line(BLUE)]));
}

#[test]
fn a_large_picture_is_worked_on_at_the_size_that_was_set() {
    let guidance = Guidance { points: vec![point(0.2, 0.5, RED)], ..Guidance::default() };
    let answer = colored(&halves(400, 200), &guidance, &[("megapixels", "0.02")]).unwrap();
    assert_eq!(answer.chroma.size(), (200, 100));
}

#[test]
fn a_drawing_gets_a_luma_of_its_own() {
    let guidance = Guidance { points: vec![point(0.9, 0.5, RED)], ..Guidance::default() };
    let answer = colored(&halves(40, 30), &guidance, &[("sketch", "on")]).unwrap();
    assert_eq!(answer.luma.unwrap().size(), (40, 30));
    assert!(answer.chroma.a.row(15)[30] > 40.0);
}

#[test]
fn the_smallest_pictures_have_answers() {
    let guidance = Guidance { points: vec![point(0.0, 0.0, RED)], ..Guidance::default() };
    for (width, height) in [(1, 1), (1, 5), (7, 1), (2, 2)] {
        let chroma = colored(&Plane::filled(width, height, 50.0), &guidance, &[]).unwrap().chroma;
        assert!(chroma.a.data().iter().all(|&a| a > 50.0), "{width} × {height}: {:?}", chroma.a);
    }
}
