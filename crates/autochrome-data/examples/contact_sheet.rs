//! Draws what a network would see: `cargo run --release -p autochrome-data --example contact_sheet -- FOLDER OUT.png [SIZE]`.
//!
//! Three pictures a sample: the true colours, the degraded luma, and the hints over the clean luma.

use autochrome_color::lab::lab_to_srgb;
use autochrome_data::{AugmentOptions, Batch, CropOptions, HintOptions, Index, Loader, LoaderOptions};
use image::{Rgb, RgbImage};

const COLUMNS: usize = 4;
const ROWS: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: contact_sheet FOLDER OUT.png [SIZE]";
    let (folder, out) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    let size_px: usize = arguments.next().map_or(Ok(128), |text| text.parse())?;
    let options = LoaderOptions {
        crop: CropOptions::resized(size_px),
        hints: HintOptions::zhang(1.0),
        augment: AugmentOptions::old_photographs(1.0),
        batch: COLUMNS * ROWS,
        seed: 7,
        ..LoaderOptions::default()
    };
    let batch = Loader::new(Index::open(folder, "train")?, options)?.next_batch()?;
    sheet(&batch).save(out)?;
    Ok(())
}

fn sheet(batch: &Batch) -> RgbImage {
    let size_px = batch.size_px;
    let pixels = size_px * size_px;
    let step = size_px + 2;
    let mut sheet = RgbImage::new((COLUMNS * 3 * step) as u32, (ROWS * step) as u32);
    for i in 0..batch.n {
        let (left, top) = (i % COLUMNS * 3 * step, i / COLUMNS * step);
        for at in 0..pixels {
            let (x, y) = (left + at % size_px, top + at / size_px);
            let ab = |planes: &[f32]| (planes[2 * i * pixels + at], planes[(2 * i + 1) * pixels + at]);
            let clean = batch.luma_clean[i * pixels + at];
            for (number, colour) in [
                rgb(clean, ab(&batch.ab)),
                rgb(batch.luma[i * pixels + at], (0.0, 0.0)),
                rgb(clean, ab(&batch.hint_ab)),
            ]
            .into_iter()
            .enumerate()
            {
                sheet.put_pixel((x + number * step) as u32, y as u32, colour);
            }
        }
    }
    sheet
}

fn rgb(l: f32, (a, b): (f32, f32)) -> Rgb<u8> {
    Rgb(lab_to_srgb([l, a, b]).map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8))
}
