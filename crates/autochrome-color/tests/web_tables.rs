//! What the web app's own arithmetic (`web/src/look`) must come to: pixels under tables and under tones, in a file that both test.
//!
//! `AUTOCHROME_BLESS=1 cargo test -p autochrome-color --test web_tables` writes the file anew.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use std::path::Path;

use autochrome_color::filters::{Cube, SIDE};
use autochrome_color::lab::rgb8_to_lab;
use autochrome_color::render::render8;
use autochrome_color::{Tone, tone};
use serde_json::{Map, Value, json};

/// Pixels of each case, in rows of [`WIDTH`].
const PIXELS: usize = 240;
const WIDTH: usize = 24;

/// Bytes without a pattern, and the corners of sRGB first.
fn pixels(seed: u32) -> Vec<u8> {
    let corners = (0..8).flat_map(|corner: u32| [0, 1, 2].map(|bit| 255 * (corner >> bit & 1) as u8));
    let noise = (0_u32..).map(|i| (i.wrapping_add(seed).wrapping_mul(2_654_435_761) >> 24) as u8);
    corners.chain(noise).take(3 * PIXELS).collect()
}

/// A table that can be written down as a formula: sample `i` is `i · factor` modulo 65536.
fn table(factor: u32, grain: f32) -> Cube {
    let samples = (0..3 * (SIDE * SIDE * SIDE) as u32).map(|i| i.wrapping_mul(factor) as u16);
    Cube::from_bytes(&samples.flat_map(u16::to_le_bytes).collect::<Vec<u8>>(), grain).unwrap()
}

fn tables() -> Vec<Value> {
    [(40_503, 0.0), (1, 0.0), (977, 0.45)]
        .into_iter()
        .map(|(factor, grain)| {
            let before = pixels(factor);
            let mut after = before.clone();
            table(factor, grain).apply8(&mut after, WIDTH);
            json!({"factor": factor, "grain": grain, "width": WIDTH, "before": before, "after": after})
        })
        .collect()
}

fn tones() -> Vec<Value> {
    let corners = [
        Tone::default(),
        Tone { saturation: 0.0, ..Tone::default() },
        Tone { saturation: tone::SATURATION.max, ..Tone::default() },
        Tone { temperature: tone::TEMPERATURE.max, ..Tone::default() },
        Tone { tint: tone::TINT.min, ..Tone::default() },
        Tone { saturation: 1.3, temperature: -12.0, tint: 7.0 },
    ];
    corners
        .iter()
        .map(|tone| {
            let before = pixels(7);
            let (luma, chroma) = rgb8_to_lab(&before, WIDTH, PIXELS / WIDTH);
            let after = render8(&luma, &chroma, tone);
            let tone: Map<_, _> = tone
                .values()
                .into_iter()
                .map(|(control, value)| (control.id.to_owned(), json!(value)))
                .collect();
            json!({"tone": tone, "before": before, "after": after})
        })
        .collect()
}

#[test]
fn the_web_app_tests_against_what_this_crate_does_today() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/look/fixtures/looks.json");
    let wanted = json!({
        "made_by": "AUTOCHROME_BLESS=1 cargo test -p autochrome-color --test web_tables",
        "tables": tables(),
        "tones": tones(),
    });
    if std::env::var_os("AUTOCHROME_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("{wanted}\n")).unwrap();
    }
    let committed = std::fs::read_to_string(&path).expect("the table; write it with AUTOCHROME_BLESS=1");
    let mut committed: Value = serde_json::from_str(&committed).unwrap();
    for kind in ["tables", "tones"] {
        let (cases, now) = (committed[kind].as_array_mut().unwrap(), wanted[kind].as_array().unwrap());
        assert_eq!(cases.len(), now.len(), "{kind}");
        for (case, now) in cases.iter_mut().zip(now) {
            let bytes = |case: &Value| -> Vec<i64> {
                case["after"].as_array().unwrap().iter().map(|byte| byte.as_i64().unwrap()).collect()
            };
            // A code of 8 bits: powers may round differently on other machines.
            let far = bytes(case).iter().zip(bytes(now)).any(|(one, two)| (one - two).abs() > 1);
            assert!(!far && bytes(case).len() == bytes(now).len(), "{kind}: {case} is now {now}");
            case["after"] = now["after"].clone();
        }
    }
    // Numbers are compared as they are written: a factor of f32 is read back as f64.
    assert_eq!(committed, serde_json::from_str::<Value>(&wanted.to_string()).unwrap());
}
