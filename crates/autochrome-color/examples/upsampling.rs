//! Measures chroma upsampling on photographs: chroma at an eighth of the size, brought back by luma's edges and bilinearly.
//!
//! ```sh
//! cargo run --release -p autochrome-color --example upsampling -- FOLDER [SHEET.png]
//! ```
//!
//! Prints mean CIEDE2000 against the true colours, and draws a sheet of the most colourful crops: truth, bilinear, guided.

use std::path::{Path, PathBuf};

use autochrome_color::delta_e::mean_ciede2000;
use autochrome_color::lab::{lab_to_rgb8, rgb8_to_lab};
use autochrome_color::metrics::colourfulness;
use autochrome_color::resize::{Filter, resize_chroma};
use autochrome_color::upsample::upsample;
use image::{RgbImage, imageops};

const FACTOR: usize = 8;
const CROP_PX: u32 = 240;
const SHEET_ROWS: usize = 6;

type Failure = Box<dyn std::error::Error>;

fn pictures(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pictures(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Truth, bilinear and guided side by side, and the errors of the latter two.
fn compare(picture: &RgbImage) -> (RgbImage, [f32; 2]) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (luma, truth) = rgb8_to_lab(picture.as_raw(), width, height);
    let small = resize_chroma(&truth, width.div_ceil(FACTOR), height.div_ceil(FACTOR), Filter::Area);
    let bilinear = resize_chroma(&small, width, height, Filter::Bilinear);
    let guided = upsample(&luma, &small);
    let errors = [&bilinear, &guided].map(|chroma| mean_ciede2000(&luma, chroma, &luma, &truth));
    let mut row = RgbImage::new(3 * picture.width(), picture.height());
    for (column, chroma) in [&truth, &bilinear, &guided].into_iter().enumerate() {
        if let Some(tile) = RgbImage::from_raw(picture.width(), picture.height(), lab_to_rgb8(&luma, chroma))
        {
            imageops::replace(&mut row, &tile, i64::from(picture.width()) * column as i64, 0);
        }
    }
    (row, errors)
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: upsampling FOLDER [SHEET.png]")?;
    let sheet = arguments.next();
    let (mut sums, mut wins, mut count, mut worst) = ([0.0_f64; 2], 0, 0, f32::NEG_INFINITY);
    let mut rows: Vec<(f32, RgbImage)> = Vec::new();
    for path in pictures(Path::new(&folder))? {
        let Ok(picture) = image::open(&path) else { continue };
        let picture = picture.to_rgb8();
        if picture.width() < CROP_PX || picture.height() < CROP_PX {
            continue;
        }
        let (_, errors) = compare(&picture);
        sums = [sums[0] + f64::from(errors[0]), sums[1] + f64::from(errors[1])];
        wins += usize::from(errors[1] <= errors[0]);
        worst = worst.max(errors[1] - errors[0]);
        count += 1;
        if sheet.is_some() {
            let (x, y) = ((picture.width() - CROP_PX) / 2, (picture.height() - CROP_PX) / 2);
            let crop = imageops::crop_imm(&picture, x, y, CROP_PX, CROP_PX).to_image();
            rows.push((colourfulness(crop.as_raw()), compare(&crop).0));
            rows.sort_by(|one, two| two.0.total_cmp(&one.0));
            rows.truncate(3 * SHEET_ROWS);
        }
    }
    let mean = sums.map(|sum| sum / f64::from(count.max(1)));
    println!("pictures {count}: mean CIEDE2000 bilinear {:.3}, guided {:.3}", mean[0], mean[1]);
    println!("guided at least as good on {wins}; largest loss {worst:.3}");
    if let Some(path) = sheet {
        let mut drawn = RgbImage::new(3 * CROP_PX, CROP_PX * SHEET_ROWS as u32);
        for (row, (_, picture)) in rows.iter().step_by(3).enumerate() {
            imageops::replace(&mut drawn, picture, 0, i64::from(CROP_PX) * row as i64);
        }
        drawn.save(path)?;
    }
    Ok(())
}
