//! Every filter against its strip of the golden picture: a change of a look must be meant.
//!
//! `AUTOCHROME_BLESS=1 cargo test -p autochrome-color --test filters` writes the picture anew; look at it before it is committed.

use std::path::Path;

use autochrome_color::filters::{Cube, Look, all};
use image::RgbImage;

const COLUMNS: usize = 96;
/// Rows of grays, of skin and foliage, and of the strongest colours.
const ROWS: usize = 12;

/// Grays on top, quiet colours in the middle, colours of full strength below.
fn chart() -> Vec<u8> {
    let mut rgb = Vec::with_capacity(3 * COLUMNS * ROWS);
    for row in 0..ROWS {
        let strength = (row / 4) as f32 / 2.0;
        for column in 0..COLUMNS {
            let t = column as f32 / (COLUMNS - 1) as f32;
            let level = 0.25 + 0.2 * (row % 4) as f32;
            for shift in [0.0, 1.0 / 3.0, 2.0 / 3.0] {
                let wave = 0.5 + 0.5 * (std::f32::consts::TAU * (t + shift)).cos();
                let gray = if strength == 0.0 { t } else { level };
                rgb.push((255.0 * (gray + strength * (wave - gray))).round() as u8);
            }
        }
    }
    rgb
}

#[test]
fn every_filter_looks_as_it_did() {
    let mut picture = Vec::new();
    for filter in all() {
        let mut strip = chart();
        Cube::new(&Look { filter: Some(filter), ..Look::default() }).apply8(&mut strip, COLUMNS);
        picture.extend(strip);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/filters.png");
    let height = (ROWS * all().len()) as u32;
    if std::env::var_os("AUTOCHROME_BLESS").is_some() {
        RgbImage::from_raw(COLUMNS as u32, height, picture.clone()).unwrap().save(&path).unwrap();
    }
    let golden = image::open(&path).expect("the golden picture").into_rgb8();
    assert_eq!(golden.dimensions(), (COLUMNS as u32, height));
    // Two codes of 8 bits: powers and cosines may round differently on other machines.
    for (i, (got, wanted)) in picture.iter().zip(golden.as_raw()).enumerate() {
        let filter = all()[i / (3 * COLUMNS * ROWS)].id;
        assert!(got.abs_diff(*wanted) <= 2, "{filter}, sample {i}: {got} for {wanted}");
    }
}
