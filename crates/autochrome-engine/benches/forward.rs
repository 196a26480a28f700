//! One answer of each built-in model for a picture of 256 px, with every vector instruction that the processor has; run with
//! `RAYON_NUM_THREADS=1` for figures a core.

use std::hint::black_box;
use std::path::Path;

use autochrome_color::Plane;
use autochrome_engine::engine::{Engine, Instructions, Map};
use autochrome_engine::graph::{Graph, HINTS, LUMA};
use autochrome_engine::{PredictOptions, Session, weights};
use criterion::{Criterion, criterion_group, criterion_main};

const SIDE_PX: usize = 256;

/// Pictures that take turns: a session keeps what the encoder made of the last four, and would answer from that.
const PICTURES: usize = 6;

fn forward(criterion: &mut Criterion) {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/models");
    let picture = |place: usize| {
        let wave = |i: usize| 50.0 + 40.0 * (0.05 * (i + place) as f32).sin();
        Plane::from_vec(SIDE_PX, SIDE_PX, (0..SIDE_PX * SIDE_PX).map(wave).collect()).expect("a square")
    };
    let pictures: Vec<Plane> = (0..PICTURES).map(picture).collect();
    let options = PredictOptions { size_px: Some(SIDE_PX), flip: Some(false), ..PredictOptions::default() };
    let mut group = criterion.benchmark_group("forward_256");
    group.sample_size(10);
    for model in ["flagship", "paper"] {
        let bytes = std::fs::read(models.join(model).with_extension("safetensors")).expect("shipped weights");
        let session = Session::from_bytes(&bytes).expect("shipped weights are weights");
        let mut turns = pictures.iter().cycle();
        let mut next = || turns.next().unwrap_or(&pictures[0]);
        group.bench_function(model, |b| b.iter(|| session.predict(black_box(next()), &[], &options)));
        let (card, mut tensors) = weights::from_bytes(&bytes).expect("shipped weights are weights");
        let graph = Graph::new(&card.network, &mut tensors).expect("shipped weights fit their card");
        let map = |channels, values| Map { channels, height: SIDE_PX, width: SIDE_PX, values };
        let inputs = [(LUMA, map(1, pictures[0].data().to_vec())), (HINTS, Map::zeros(3, SIDE_PX, SIDE_PX))];
        for on in Instructions::all() {
            let engine = Engine::with_instructions(graph.clone(), on);
            let name = format!("{model}, instructions {}", on.name());
            group.bench_function(name, |b| b.iter(|| engine.run(black_box(&inputs), 1.0)));
        }
    }
    group.finish();
}

criterion_group!(benches, forward);
criterion_main!(benches);
