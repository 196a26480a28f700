//! Megapixels a second from bytes to luma, and from pixels to bytes.

use std::hint::black_box;

use autochrome_media::{DecodeOptions, EncodeOptions, Format, Metadata, Pixels, Raster, decode, encode};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const WIDTH: u32 = 2000;
const HEIGHT: u32 = 1500;

/// Smooth shapes with fine grain, as a scan has them: neither flat nor noise.
fn scene() -> Raster {
    let mut grain = 1_u32;
    let mut samples = Vec::with_capacity(3 * (WIDTH * HEIGHT) as usize);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            grain ^= grain << 13;
            grain ^= grain >> 17;
            grain ^= grain << 5;
            let wave = (x as f32 / 91.0).sin() * (y as f32 / 67.0).cos() * 80.0 + (grain % 16) as f32;
            samples.extend([0.0, 12.0, 24.0].map(|shift| (104.0 + wave + shift) as u8));
        }
    }
    Raster::new(WIDTH, HEIGHT, Pixels::Rgb8(samples)).expect("samples fit the size")
}

fn files(criterion: &mut Criterion) {
    let raster = scene();
    let read = DecodeOptions { keep_chroma: false, ..DecodeOptions::default() };
    let mut group = criterion.benchmark_group("files");
    group.sample_size(10);
    group.throughput(Throughput::Elements(u64::from(WIDTH * HEIGHT)));
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff] {
        let options = EncodeOptions::new(format);
        let write = || encode(&raster, &Metadata::default(), &options).expect("the format holds RGB");
        let bytes = write();
        group.bench_function(format!("decode_{format}"), |b| b.iter(|| decode(black_box(&bytes), &read)));
        group.bench_function(format!("encode_{format}"), |b| b.iter(write));
    }
    group.finish();
}

criterion_group!(benches, files);
criterion_main!(benches);
