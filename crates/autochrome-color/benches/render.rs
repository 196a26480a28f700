//! Milliseconds from luma and chroma to finished bytes at 12 megapixels.

use std::hint::black_box;

use autochrome_color::resize::{Filter, resize_chroma};
use autochrome_color::{Chroma, Plane, Tone, lab, render};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const WIDTH: usize = 4000;
const HEIGHT: usize = 3000;

/// Waves of light and colour, a few percent of them outside the gamut.
fn picture() -> (Plane, Chroma) {
    let mut rgb = Vec::with_capacity(3 * WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let wave = |period: f32, phase: f32| {
                0.5 + 0.5 * ((x as f32 / period).sin() * (y as f32 / (period * 0.7) + phase).cos())
            };
            rgb.extend(
                [wave(97.0, 0.0), wave(143.0, 1.0), wave(211.0, 2.0)].map(|v| (40.0 + 170.0 * v) as u8),
            );
        }
    }
    lab::rgb8_to_lab(&rgb, WIDTH, HEIGHT)
}

fn rendering(criterion: &mut Criterion) {
    let (luma, full) = picture();
    let small = resize_chroma(&full, 256, 192, Filter::Area);
    let middle = resize_chroma(&full, 1000, 750, Filter::Area);
    let wild = Chroma { a: Plane::filled(64, 48, 180.0), b: Plane::filled(64, 48, -60.0) };
    let tone = Tone::default();
    let mut group = criterion.benchmark_group("render_12_mp");
    group.sample_size(10);
    group.throughput(Throughput::Elements((WIDTH * HEIGHT) as u64));
    group.bench_function("chroma_256", |b| b.iter(|| render::render8(black_box(&luma), &small, &tone)));
    group.bench_function("chroma_1000", |b| b.iter(|| render::render8(black_box(&luma), &middle, &tone)));
    group.bench_function("chroma_full", |b| b.iter(|| render::render8(black_box(&luma), &full, &tone)));
    group.bench_function("all_outside_gamut", |b| b.iter(|| render::render8(black_box(&luma), &wild, &tone)));
    group.bench_function("chroma_256_16_bit", |b| {
        b.iter(|| render::render16(black_box(&luma), &small, &tone))
    });
    group.finish();
}

criterion_group!(benches, rendering);
criterion_main!(benches);
