//! Times decoding and encoding of a 12-megapixel picture: `cargo run --release -p autochrome-media --example speed [FILE]`.

use std::{fs, time::Instant};

use autochrome_media::{
    DecodeOptions, EncodeOptions, Format, MediaError, Metadata, Pixels, Raster, decode, encode,
};

const RUNS: usize = 9;

/// The fastest of the runs: what the work costs when nothing else wants the processor.
fn best_ms<T>(mut run: impl FnMut() -> Result<T, MediaError>) -> Result<(f64, T), MediaError> {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        let _ = run()?;
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok((best, run()?))
}

/// Smooth shapes with fine grain, as a scan has them: neither flat nor noise.
fn scene(width: u32, height: u32, gray: bool) -> Pixels {
    let mut grain = 1u32;
    let mut samples = Vec::new();
    for y in 0..height {
        for x in 0..width {
            grain ^= grain << 13;
            grain ^= grain >> 17;
            grain ^= grain << 5;
            let wave = (x as f32 / 91.0).sin() * (y as f32 / 67.0).cos() * 80.0 + (grain % 16) as f32;
            let channels = if gray { 1 } else { 3 };
            samples.extend((0..channels).map(|c| (120.0 + wave + c as f32 * 12.0) as u8));
        }
    }
    if gray { Pixels::Gray8(samples) } else { Pixels::Rgb8(samples) }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let no_chroma = DecodeOptions { keep_chroma: false, ..DecodeOptions::default() };
    if let Some(path) = std::env::args().nth(1) {
        let bytes = fs::read(path)?;
        let (ms, picture) = best_ms(|| decode(&bytes, &no_chroma))?;
        println!("{} x {}: decode {ms:.0} ms", picture.width(), picture.height());
        // The high-water mark of this process, which never held more than one picture.
        for line in fs::read_to_string("/proc/self/status").unwrap_or_default().lines() {
            if line.starts_with("VmHWM") {
                println!("{line}");
            }
        }
        return Ok(());
    }
    for gray in [true, false] {
        let raster = Raster::new(4000, 3000, scene(4000, 3000, gray))?;
        for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff] {
            let (encode_ms, bytes) =
                best_ms(|| encode(&raster, &Metadata::default(), &EncodeOptions::new(format)))?;
            let (decode_ms, _) = best_ms(|| decode(&bytes, &no_chroma))?;
            let megabytes = bytes.len() as f64 / 1e6;
            println!(
                "{format} {}: encode {encode_ms:.0} ms, decode to L {decode_ms:.0} ms, {megabytes:.1} MB",
                if gray { "gray" } else { "RGB" }
            );
            if format == Format::Jpeg {
                fs::write(
                    std::env::temp_dir().join(if gray { "12mp-gray.jpg" } else { "12mp-rgb.jpg" }),
                    &bytes,
                )?;
            }
        }
        if let Pixels::Rgb8(data) = raster.pixels() {
            let (ms, bytes) = best_ms(|| {
                let mut bytes = Vec::new();
                let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 92);
                encoder
                    .encode(data, 4000, 3000, image::ExtendedColorType::Rgb8)
                    .map_err(|e| MediaError::Encode { format: Format::Jpeg, detail: e.to_string() })?;
                Ok(bytes)
            })?;
            println!(
                "JPEG RGB by the encoder of the image crate: {ms:.0} ms, {:.1} MB",
                bytes.len() as f64 / 1e6
            );
        }
    }
    Ok(())
}
