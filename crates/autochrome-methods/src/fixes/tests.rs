//! What fixes do to an answer.

use proptest::prelude::*;

use super::*;
use crate::{MethodInfo, Srgb};

const SIZE: usize = 24;

/// A method that finds skin on the left half, and what lies at a place on the right.
struct Halves;

impl Method for Halves {
    fn info(&self) -> &'static MethodInfo {
        crate::registry::methods()[0].info
    }

    fn colorize(&self, _: &Plane, _: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
        Ok(vec![automatic().into()])
    }

    fn find_parts(&self, _: &Plane, parts: &[Part], _: &Options) -> Result<FoundParts, MethodError> {
        let half = |left: bool| {
            let cells = (0..SIZE * SIZE).map(|i| f32::from(u8::from((i % SIZE < SIZE / 2) == left)));
            Plane::from_vec(SIZE, SIZE, cells.collect())
        };
        let found = parts.iter().map(|part| match part {
            Part::Thing(thing) if thing.name == "skin" => half(true),
            Part::Around(_) => half(false),
            _ => None,
        });
        Ok(FoundParts { parts: found.collect(), automatic: automatic() })
    }
}

fn automatic() -> Chroma {
    Chroma { a: Plane::filled(SIZE, SIZE, 15.0), b: Plane::filled(SIZE, SIZE, 18.0) }
}

/// Every hue along a row, more chroma further down.
fn wheel() -> Chroma {
    let plane = |of: fn(f32) -> f32| {
        let at = |i: usize| {
            let (hue, chroma) = ((i % SIZE) as f32 * 360.0 / SIZE as f32, 2.0 * (i / SIZE) as f32);
            chroma * of(hue.to_radians())
        };
        Plane::from_vec(SIZE, SIZE, (0..SIZE * SIZE).map(at).collect()).unwrap()
    };
    Chroma { a: plane(f32::cos), b: plane(f32::sin) }
}

fn fixed(fixes: &Fixes, guidance: &Guidance) -> Answer {
    let mut answers = vec![Answer::from(wheel())];
    let luma = Plane::filled(SIZE, SIZE, 50.0);
    fixes.apply(&Halves, &luma, guidance, &Options::default(), &mut answers).unwrap();
    answers.remove(0)
}

fn said(text: &str) -> Fixes {
    Fixes { changes: fixes(text).unwrap(), protect_skin: false }
}

#[test]
fn without_a_fix_an_answer_stays_as_it_is_to_the_bit() {
    let nothing = Guidance::default();
    assert_eq!(fixed(&Fixes::default(), &nothing).chroma, wheel());
    let protecting = Fixes { protect_skin: true, ..Fixes::default() };
    assert_eq!(fixed(&protecting, &nothing).chroma, wheel(), "nothing is said that could change skin");
}

#[test]
fn a_fix_reaches_its_part_alone() {
    let same = |answer: &Answer, i: usize| answer.chroma.a.data()[i] == wheel().a.data()[i];
    let place = |x: usize| (SIZE - 1) * SIZE + x;
    for (text, changed, kept) in [
        ("skin: all -> gray", 3, 20),
        ("at 0.9,0.5: all -> gray", 20, 3),
        ("0,0.5,0.5,0.5: all -> gray", 3, 20),
    ] {
        let answer = fixed(&said(text), &Guidance::default());
        assert!(answer.chroma.a.data()[place(changed)] == 0.0 && same(&answer, place(kept)), "{text}");
    }
    let answer = fixed(&said("car: all -> gray"), &Guidance::default());
    assert_eq!(
        (answer.chroma, &answer.notes[..]),
        (wheel(), &["no car was found in the picture".to_owned()][..])
    );
}

#[test]
fn protected_skin_keeps_its_own_colour_whatever_is_said() {
    let mut guidance = Guidance::default();
    guidance.points.push(crate::Point {
        x: 0.1,
        y: 0.1,
        radius: 0.0,
        color: Srgb { red: 0, green: 99, blue: 0 },
    });
    let protecting = Fixes { protect_skin: true, ..said("all -> gray") };
    for (fixes, guidance) in
        [(&protecting, &Guidance::default()), (&Fixes { protect_skin: true, ..Fixes::default() }, &guidance)]
    {
        let answer = fixed(fixes, guidance);
        assert_eq!((answer.chroma.a.row(20)[2], answer.chroma.b.row(20)[2]), (15.0, 18.0));
        assert_ne!(answer.chroma.a.row(20)[20], 15.0);
    }
}

#[test]
fn a_method_that_tells_no_things_apart_says_so() {
    let gray = crate::registry::find("gray").unwrap().open(None).unwrap();
    let mut answers = vec![Answer::from(wheel())];
    let (luma, nothing) = (Plane::filled(4, 4, 50.0), Guidance::default());
    let mut apply = |fixes: &Fixes| {
        fixes
            .apply(gray.as_ref(), &luma, &nothing, &Options::default(), &mut answers)
            .map_err(|error| error.code())
    };
    assert_eq!(apply(&said("skin: green -> gray")), Err("no-segmentation"));
    assert_eq!(apply(&said("green -> gray")), Ok(()));
}

#[test]
fn whatever_differs_is_another_fix() {
    let texts = [
        "green -> gray",
        "green -> 20%",
        "green -> 0",
        "green -> 5 towards 0",
        "skin: green -> gray",
        "hair: green -> gray",
        "at 0.1,0.2: green -> gray",
        "at 0.2,0.1: green -> gray",
        "0,0,1,1: green -> gray",
        "blue -> gray",
        "115..176 -> gray",
    ];
    let all: Vec<Fix> = texts.iter().map(|text| fixes(text).unwrap()[0]).collect();
    for (i, one) in all.iter().enumerate() {
        assert!(all.iter().enumerate().all(|(j, other)| (i == j) == (one == other)), "{}", texts[i]);
    }
}

proptest! {
    #[test]
    fn a_fix_changes_only_hues_of_its_range_and_its_soft_edge(
        start in 0.0_f32..360.0, width in 0.0_f32..300.0,
        change in prop_oneof![
            (0.0_f32..4.0).prop_map(HueChange::Scale),
            (0.0_f32..360.0).prop_map(HueChange::To),
            (0.0_f32..360.0, 0.0_f32..180.0).prop_map(|(hue, most)| HueChange::Towards { hue, most }),
        ],
    ) {
        let fix = Fix { part: Part::Whole, start, end: start + width, change };
        let answer = fixed(&Fixes { changes: vec![fix], protect_skin: false }, &Guidance::default());
        let before = wheel();
        for i in 0..SIZE * SIZE {
            let [a, b] = [before.a.data()[i], before.b.data()[i]];
            let beyond = (b.atan2(a).to_degrees() - start).rem_euclid(360.0);
            let edge = crate::hues::EDGE + 0.01;
            if beyond > width + edge && beyond < 360.0 - edge {
                prop_assert_eq!((answer.chroma.a.data()[i], answer.chroma.b.data()[i]), (a, b));
            }
        }
    }
}
