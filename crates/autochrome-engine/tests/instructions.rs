//! Every set of vector instructions that the processor has gives the same answer.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use autochrome_engine::engine::{Engine, Instructions, Map};
use autochrome_engine::graph::{Graph, HINTS, LUMA};
use autochrome_engine::weights;

/// Largest difference in units of CIELAB: sums are taken in another order.
const TOLERANCE: f32 = 0.01;

/// Models, and a height and width that each can be asked at: no vector divides them once the network has halved them.
const MODELS: [(&str, (usize, usize)); 2] = [("flagship", (96, 160)), ("paper", (256, 256))];

fn answers(file: &[u8], (height, width): (usize, usize), on: Instructions) -> Map {
    let (card, mut tensors) = weights::from_bytes(file).unwrap();
    let engine = Engine::with_instructions(Graph::new(&card.network, &mut tensors).unwrap(), on);
    let wave = |i: usize| 50.0 + 45.0 * (0.05 * i as f32).sin();
    let luma = Map { channels: 1, height, width, values: (0..height * width).map(wave).collect() };
    let mut hints = Map::zeros(3, height, width);
    for (plane, value) in [40.0, -25.0, 1.0].into_iter().enumerate() {
        hints.values[plane * height * width + 40 * width + 60] = value;
    }
    engine.run(&[(LUMA, luma), (HINTS, hints)], 0.8)
}

#[test]
fn shipped_models_answer_alike_with_all_instructions() {
    for (model, size) in MODELS {
        let path = format!("{}/../../assets/models/{model}.safetensors", env!("CARGO_MANIFEST_DIR"));
        let file = std::fs::read(path).unwrap();
        let plain = answers(&file, size, *Instructions::all().last().unwrap());
        for on in Instructions::all() {
            let vector = answers(&file, size, on);
            assert_eq!((vector.height, vector.width), (plain.height, plain.width));
            for (i, (vector, plain)) in vector.values.iter().zip(&plain.values).enumerate() {
                assert!(
                    (vector - plain).abs() <= TOLERANCE,
                    "{model}, {on:?}, {i}: {vector} against {plain}"
                );
            }
        }
    }
}

#[test]
fn the_best_instructions_are_the_first_of_all() {
    assert_eq!(Instructions::best().name(), Instructions::all()[0].name());
}
