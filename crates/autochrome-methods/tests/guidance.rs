//! Which of several kinds of guidance holds, with the shipped network and a photograph: spots over words, words over a mood, a mood over a
//! memory, all of them over the network's own mind.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use std::path::Path;

use autochrome_color::lab::srgb_to_lab;
use autochrome_color::{Chroma, Plane};
use autochrome_methods::words::wishes;
use autochrome_methods::{Guidance, Memory, Method, Mood, Options, Point, Reference, Srgb, registry};

/// In the photographer's coat.
const COAT: [f32; 2] = [0.33, 0.42];

/// L of the photographer at a quarter of the size.
fn photographer() -> Plane {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/photos/camera.png");
    let small =
        image::open(path).unwrap().resize(128, 128, image::imageops::FilterType::Triangle).into_luma8();
    let (width, height) = (small.width() as usize, small.height() as usize);
    let lightness = |&code: &u8| srgb_to_lab([f32::from(code) / 255.0; 3])[0];
    Plane::from_vec(width, height, small.as_raw().iter().map(lightness).collect()).unwrap()
}

fn network() -> Box<dyn Method> {
    registry::find("neural").unwrap().open(None).unwrap()
}

fn answer(network: &dyn Method, guidance: &Guidance) -> Chroma {
    network.colorize(&photographer(), guidance, &Options::default()).unwrap().remove(0).chroma
}

/// a and b of the coat.
fn coat(chroma: &Chroma) -> [f32; 2] {
    let (width, height) = chroma.size();
    let at = (COAT[1] * height as f32) as usize * width + (COAT[0] * width as f32) as usize;
    [chroma.a.data()[at], chroma.b.data()[at]]
}

/// The photographer remembered in green.
fn green_memory() -> Memory {
    let luma = photographer();
    let (width, height) = luma.size();
    let chroma = Chroma { a: Plane::filled(width, height, -30.0), b: Plane::filled(width, height, 25.0) };
    Memory::of(None, &[Reference { luma, chroma, name: "green.png".to_owned() }]).unwrap()
}

#[test]
fn spots_hold_over_words_words_over_a_mood_and_a_mood_over_a_memory() {
    let network = network();
    let mut guidance = Guidance::default();
    let own = coat(&answer(network.as_ref(), &guidance));
    assert!(own[0] > -10.0, "the coat is no green one: {own:?}");

    guidance.memory = Some(green_memory());
    let [a, b] = coat(&answer(network.as_ref(), &guidance));
    assert!(a < -20.0 && b > 15.0, "as it is remembered: {a}, {b}");

    guidance.mood = Some("#a050a0".parse::<Mood>().unwrap());
    let [mooded, _] = coat(&answer(network.as_ref(), &guidance));
    assert!(mooded > a + 10.0, "the mood is no green one: {mooded} after {a}");

    guidance.words = wishes("blue coat").unwrap();
    let [a, b] = coat(&answer(network.as_ref(), &guidance));
    assert!(b < -10.0, "as it was called: {a}, {b}");

    let red = Srgb { red: 220, green: 30, blue: 30 };
    guidance.points = vec![Point { x: COAT[0], y: COAT[1], radius: 0.02, color: red }];
    let [a, b] = coat(&answer(network.as_ref(), &guidance));
    assert!(a > 20.0 && b > 5.0, "as the spot says: {a}, {b}");
}

#[test]
fn without_guidance_the_answer_is_the_automatic_one_to_the_bit_whatever_was_asked_before() {
    let network = network();
    let automatic = answer(network.as_ref(), &Guidance::default());
    let mut words = Guidance::default();
    words.words = wishes("blue coat").unwrap();
    assert_ne!(answer(network.as_ref(), &words), automatic);
    assert_eq!(answer(network.as_ref(), &Guidance::default()), automatic);
    assert_eq!(answer(self::network().as_ref(), &Guidance::default()), automatic);
}

#[test]
fn a_seed_gives_its_answer_again_and_another_seed_another() {
    let network = network();
    let drawn = |seed| {
        let mut guidance = Guidance::default();
        guidance.seed = Some(seed);
        answer(network.as_ref(), &guidance)
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}
