//! The filters themselves, a few lines each. All of them see one colour: L 0..=100 and a, b of CIELAB (D65).

use super::Filter;
use crate::lab::{lab_to_xyz, linear_to_xyz, xyz_to_lab, xyz_to_linear};

pub(super) static ALL: [Filter; 11] = [
    plain("vivid", "Vivid", "Stronger colours and a little more contrast", vivid),
    plain("natural", "Natural", "Tames the loudest colours and leaves quiet ones alone", natural),
    plain("muted", "Muted", "Half the colour, softer contrast", muted),
    plain("warm", "Warm", "Late afternoon light", warm),
    plain("cool", "Cool", "Light of an overcast day", cool),
    plain("vintage", "Vintage", "A faded print: lifted blacks, yellowed whites", vintage),
    plain("sepia", "Sepia", "Brown toning of the nineteenth century", sepia),
    plain("technicolor", "Technicolor", "Two-strip film of the 1920s: red and blue-green only", technicolor),
    Filter {
        grain: 0.45,
        ..plain("autochrome", "Autochrome plate", "Dyed starch grains of 1907, soft and dark", autochrome)
    },
    plain("cyanotype", "Cyanotype", "Blueprint: Prussian blue on white paper", cyanotype),
    plain("black-and-white", "Black and white", "No colour at all", black_and_white),
];

const fn plain(
    id: &'static str,
    name: &'static str,
    summary: &'static str,
    change: fn([f32; 3]) -> [f32; 3],
) -> Filter {
    Filter { id, name, summary, grain: 0.0, change }
}

/// An S-shaped curve through 0, 50 and 100; `strength` 0 is straight, 1 the steepest that still rises everywhere.
fn s_curve(l: f32, strength: f32) -> f32 {
    let t = (l / 100.0).clamp(0.0, 1.0);
    let smooth = t * t * (3.0 - 2.0 * t);
    100.0 * (t + strength * (smooth - t))
}

/// 0 at black and white, 1 at middle gray: where a tone of its own can be seen.
fn midtones(l: f32) -> f32 {
    let t = (l / 100.0).clamp(0.0, 1.0);
    4.0 * t * (1.0 - t)
}

/// Weak colours gain most, strong ones are near the edge of sRGB already.
fn vivid([l, a, b]: [f32; 3]) -> [f32; 3] {
    let gain = 1.0 + 0.55 / (1.0 + a.hypot(b) / 60.0);
    [s_curve(l, 0.35), a * gain, b * gain]
}

/// The reverse of vivid: chroma is compressed above about 30, as most things in daylight stay below.
fn natural([l, a, b]: [f32; 3]) -> [f32; 3] {
    let gain = 1.0 / (1.0 + (a.hypot(b) / 75.0).powi(2));
    [l, a * gain, b * gain]
}

fn muted([l, a, b]: [f32; 3]) -> [f32; 3] {
    [50.0 + 0.9 * (l - 50.0), 0.5 * a, 0.5 * b]
}

/// A shift along the daylight locus, strongest in the midtones so that black and white stay themselves.
fn warm([l, a, b]: [f32; 3]) -> [f32; 3] {
    let w = 0.35 + 0.65 * midtones(l);
    [l, a + 4.0 * w, b + 15.0 * w]
}

fn cool([l, a, b]: [f32; 3]) -> [f32; 3] {
    let w = 0.35 + 0.65 * midtones(l);
    [l, a - 3.0 * w, b - 14.0 * w]
}

/// Dyes fade (less chroma), paper yellows (highlights), blacks turn to a bluish gray.
fn vintage([l, a, b]: [f32; 3]) -> [f32; 3] {
    let t = l / 100.0;
    [13.0 + 0.8 * l, 0.65 * a + 3.0 * t, 0.65 * b + 14.0 * t - 4.0 * (1.0 - t)]
}

/// One hue, strongest where silver and paper share the surface.
fn sepia([l, _, _]: [f32; 3]) -> [f32; 3] {
    let m = 0.25 + 0.75 * midtones(l);
    [4.0 + 0.94 * l, 9.0 * m, 27.0 * m]
}

/// Two records on film: what is red, and what is green or blue. Their dyes are orange-red and blue-green, so the picture holds
/// only the colours between these two.
fn technicolor(lab: [f32; 3]) -> [f32; 3] {
    let [r, g, b] = xyz_to_linear(lab_to_xyz(lab));
    let cool_record = 0.65 * g + 0.35 * b;
    let rgb = [r, 0.12 * r + 0.88 * cool_record, 0.04 * r + 0.92 * cool_record];
    let [l, a, b] = xyz_to_lab(linear_to_xyz(rgb));
    [s_curve(l, 0.3), 1.15 * a, 1.15 * b]
}

/// A plate swallows most of the light: darker, softer, a little warm; the grains are put on afterwards.
fn autochrome([l, a, b]: [f32; 3]) -> [f32; 3] {
    let t = l / 100.0;
    [5.0 + 0.87 * s_curve(l, 0.25), 0.85 * a + 2.0 * t, 0.85 * b + 7.0 * t]
}

/// Density of Prussian blue instead of silver; the deepest blue is not black.
fn cyanotype([l, _, _]: [f32; 3]) -> [f32; 3] {
    let t = (l / 100.0).clamp(0.0, 1.0);
    let blue = (1.0 - t).powf(0.6) * (0.45 + 0.55 * midtones(l));
    [12.0 + 0.85 * l, 4.0 * blue - 3.0 * t, -46.0 * blue]
}

fn black_and_white([l, _, _]: [f32; 3]) -> [f32; 3] {
    [l, 0.0, 0.0]
}
