//! One answer of each built-in model for a picture of 256 px; run with `RAYON_NUM_THREADS=1` for figures a core.

use std::hint::black_box;
use std::path::Path;

use autochrome_color::Plane;
use autochrome_engine::{PredictOptions, Session};
use criterion::{Criterion, criterion_group, criterion_main};

const SIDE_PX: usize = 256;

fn forward(criterion: &mut Criterion) {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/models");
    let wave = (0..SIDE_PX * SIDE_PX).map(|i| 50.0 + 40.0 * (0.05 * i as f32).sin()).collect();
    let luma = Plane::from_vec(SIDE_PX, SIDE_PX, wave).expect("a square");
    let options = PredictOptions { size_px: Some(SIDE_PX), flip: Some(false), ..PredictOptions::default() };
    let mut group = criterion.benchmark_group("forward_256");
    group.sample_size(10);
    for model in ["flagship", "paper"] {
        let bytes = std::fs::read(models.join(model).with_extension("safetensors")).expect("shipped weights");
        let session = Session::from_bytes(&bytes).expect("shipped weights are weights");
        group.bench_function(model, |b| b.iter(|| session.predict(black_box(&luma), &[], &options)));
    }
    group.finish();
}

criterion_group!(benches, forward);
criterion_main!(benches);
