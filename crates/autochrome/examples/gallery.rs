//! Small before-and-after pictures: `cargo run -p autochrome --example gallery -- OUT SIDE_PX FILE...`.
//!
//! Every file becomes OUT/STEM.jpg, each half at most SIDE_PX wide or high.

use std::error::Error;
use std::path::{Path, PathBuf};

use autochrome::{
    Colorizer, DecodeOptions, Depth, EncodeOptions, Format, Limits, decode, read_file, write_atomic,
};
use autochrome_color::resize::{Filter, fit_within, resize_plane};

const QUALITY: u8 = 82;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: gallery OUT SIDE_PX FILE...";
    let out = PathBuf::from(arguments.next().ok_or(usage)?);
    let side_px: usize = arguments.next().and_then(|px| px.to_str()?.parse().ok()).ok_or(usage)?;
    let colorizer = Colorizer::builtin()?;
    std::fs::create_dir_all(&out)?;
    for file in arguments.map(PathBuf::from) {
        let small = before_and_after(&colorizer, &file, side_px)?;
        let stem = file.file_stem().ok_or("a file without a name")?;
        write_atomic(&out.join(stem).with_extension("jpg"), &small, true)?;
    }
    Ok(())
}

fn before_and_after(colorizer: &Colorizer, file: &Path, side_px: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let options = DecodeOptions { keep_chroma: false, ..DecodeOptions::default() };
    let mut picture = decode(&read_file(file, &Limits::default())?, &options)?;
    // The network looks at less than this anyway.
    let (width, height) = fit_within(picture.width(), picture.height(), side_px);
    picture.luma = resize_plane(&picture.luma, width, height, Filter::Area);
    (picture.depth, picture.alpha, picture.metadata) = (Depth::Eight, None, Default::default());
    let both = colorizer.colorize(&picture)?.collage(&picture)?;
    Ok(both.encode(&EncodeOptions { quality: QUALITY, ..EncodeOptions::new(Format::Jpeg) })?)
}
