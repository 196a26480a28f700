//! Megapixels a second of the conversions between sRGB and CIELAB; run with `RAYON_NUM_THREADS=1` for figures a core.

use std::hint::black_box;

use autochrome_color::lab;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const WIDTH: usize = 1024;
const HEIGHT: usize = 1024;

fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

fn conversions(criterion: &mut Criterion) {
    let rgb = noise(3 * WIDTH * HEIGHT);
    let wide: Vec<u16> = rgb.iter().map(|&v| u16::from(v) * 257).collect();
    let (luma, chroma) = lab::rgb8_to_lab(&rgb, WIDTH, HEIGHT);
    let mut group = criterion.benchmark_group("lab");
    group.throughput(Throughput::Elements((WIDTH * HEIGHT) as u64));
    group.bench_function("rgb8_to_lab", |b| b.iter(|| lab::rgb8_to_lab(black_box(&rgb), WIDTH, HEIGHT)));
    group.bench_function("lab_to_rgb8", |b| b.iter(|| lab::lab_to_rgb8(black_box(&luma), &chroma)));
    group.bench_function("rgb16_to_lab", |b| b.iter(|| lab::rgb16_to_lab(black_box(&wide), WIDTH, HEIGHT)));
    group.bench_function("lab_to_rgb16", |b| b.iter(|| lab::lab_to_rgb16(black_box(&luma), &chroma)));
    group.bench_function("rgb8_to_luma", |b| b.iter(|| lab::rgb8_to_luma(black_box(&rgb), WIDTH, HEIGHT)));
    group.bench_function("gray8_to_luma", |b| {
        b.iter(|| lab::gray8_to_luma(black_box(&rgb[..WIDTH * HEIGHT]), WIDTH, HEIGHT))
    });
    group.finish();
}

criterion_group!(benches, conversions);
criterion_main!(benches);
