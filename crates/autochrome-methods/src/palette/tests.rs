use autochrome_color::lab::rgb8_to_lab;

use super::*;
use crate::Reference;

const RED: Srgb = Srgb { red: 200, green: 30, blue: 30 };
const GREEN: Srgb = Srgb { red: 30, green: 150, blue: 60 };

/// Two thirds red, one third blue, with a ramp of lightness.
fn poster() -> (Plane, Chroma) {
    let pixel = |i: usize| {
        let ramp = (i / 30) as u8;
        if i % 30 < 20 { [180 + ramp, 20 + ramp, 20 + ramp] } else { [20 + ramp, 20 + ramp, 180 + ramp] }
    };
    rgb8_to_lab(&(0..900).flat_map(pixel).collect::<Vec<u8>>(), 30, 30)
}

fn recolored(recolors: Vec<Recolor>, set: &[(&str, &str)]) -> Result<Chroma, MethodError> {
    let (luma, colors) = poster();
    let guidance = Guidance { colors: Some(colors), recolors, ..Guidance::default() };
    let mut options = Options::default();
    set.iter().for_each(|(id, value)| options.set(&INFO, id, *value).unwrap());
    Ok(Palette.colorize(&luma, &guidance, &options)?.remove(0).chroma)
}

#[test]
fn an_entry_takes_another_colour_and_the_rest_stays() {
    let (_, before) = poster();
    for recolor in [Recolor::Entry { index: 0, to: GREEN }, Recolor::Nearest { from: RED, to: GREEN }] {
        let after = recolored(vec![recolor], &[("entries", "2")]).unwrap();
        assert!(after.a.row(15)[5] < -30.0 && after.b.row(15)[5] > 10.0, "{recolor:?}");
        assert!((after.b.row(15)[25] - before.b.row(15)[25]).abs() < 3.0, "{recolor:?}");
    }
}

#[test]
fn two_entries_can_be_exchanged() {
    let (_, before) = poster();
    let blue = Srgb { red: 35, green: 35, blue: 195 };
    let exchange = vec![Recolor::Nearest { from: RED, to: blue }, Recolor::Nearest { from: blue, to: RED }];
    let after = recolored(exchange, &[("entries", "2")]).unwrap();
    assert!(before.a.row(15)[5] > 50.0 && after.b.row(15)[5] < -50.0 && after.a.row(15)[25] > 50.0);
}

#[test]
fn strength_nought_changes_nothing() {
    let (_, before) = poster();
    let after = recolored(vec![Recolor::Entry { index: 0, to: GREEN }], &[("strength", "0")]).unwrap();
    assert_eq!(before, after);
}

#[test]
fn one_colour_everywhere_stays_one_colour() {
    let luma = Plane::filled(8, 8, 50.0);
    let colors = Chroma { a: Plane::filled(8, 8, 20.0), b: Plane::filled(8, 8, -30.0) };
    let recolors = vec![
        Recolor::Entry { index: 0, to: GREEN },
        Recolor::Hues { start: 100.0, end: 200.0, to: Some(0.0) },
    ];
    let guidance = Guidance { colors: Some(colors), recolors, ..Guidance::default() };
    let after = Palette.colorize(&luma, &guidance, &Options::default()).unwrap().remove(0).chroma;
    assert!(after.a.data().iter().all(|a| *a == after.a.data()[0]));
    assert!(after.a.data()[0] > 30.0, "first green, then its hue is turned to red: {}", after.a.data()[0]);
}

#[test]
fn a_reference_hands_its_colours_over() {
    let (luma, colors) = poster();
    let (reference_luma, chroma) = rgb8_to_lab(&[30, 150, 60].repeat(64), 8, 8);
    let reference = Reference { luma: reference_luma, chroma, name: "green.png".to_owned() };
    let guidance = Guidance { colors: Some(colors), references: vec![reference], ..Guidance::default() };
    let after = Palette.colorize(&luma, &guidance, &Options::default()).unwrap().remove(0).chroma;
    assert!(after.a.data().iter().all(|a| *a < -20.0));
}

#[test]
fn what_is_missing_is_said() {
    let luma = Plane::filled(4, 4, 50.0);
    let missing = |guidance: Guidance, code| {
        let error = Palette.colorize(&luma, &guidance, &Options::default()).unwrap_err();
        assert_eq!(error.code(), code);
        error.to_string()
    };
    assert!(missing(Guidance::default(), "no-colours").contains("needs colours"));
    let colors = Some(Chroma::neutral(4, 4));
    let unchanged = Guidance { colors, ..Guidance::default() };
    assert!(missing(unchanged, "guidance-missing").contains("needs palette changes"));
    let colors = Some(Chroma::neutral(3, 4));
    let unfit =
        Guidance { colors, recolors: vec![Recolor::Entry { index: 0, to: RED }], ..Guidance::default() };
    assert_eq!(Palette.colorize(&luma, &unfit, &Options::default()).unwrap_err().code(), "guidance-unfit");
}
