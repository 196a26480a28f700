//! What a network makes of luma alone is worked out once, and hint after hint is answered from it.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use autochrome_engine::engine::{Engine, Map};
use autochrome_engine::graph::{Graph, HINTS, LUMA, Op};
use autochrome_engine::weights;

const SIDE: usize = 256;

fn graph(model: &str) -> Graph {
    let path = format!("{}/../../assets/models/{model}.safetensors", env!("CARGO_MANIFEST_DIR"));
    let (card, mut tensors) = weights::from_bytes(&std::fs::read(path).unwrap()).unwrap();
    Graph::new(&card.network, &mut tensors).unwrap()
}

fn luma() -> Map {
    let wave = |i: usize| 50.0 + 45.0 * (0.05 * i as f32).sin();
    Map { channels: 1, height: SIDE, width: SIDE, values: (0..SIDE * SIDE).map(wave).collect() }
}

fn hints(column: usize) -> Map {
    let mut hints = Map::zeros(3, SIDE, SIDE);
    for (plane, value) in [40.0, -25.0, 1.0].into_iter().enumerate() {
        hints.values[plane * SIDE * SIDE + 40 * SIDE + column] = value;
    }
    hints
}

#[test]
fn answers_from_a_groundwork_are_those_of_a_whole_run() {
    for model in ["flagship", "paper"] {
        let engine = Engine::new(graph(model));
        let groundwork = engine.groundwork(luma()).unwrap();
        for (hints, temperature) in
            [(hints(60), 0.6), (hints(7), 0.6), (hints(7), 1.0), (Map::zeros(3, SIDE, SIDE), 0.6)]
        {
            let whole = engine.run(&[(LUMA, luma()), (HINTS, hints.clone())], temperature);
            assert_eq!(engine.finish(&groundwork, hints, temperature), whole, "{model}");
        }
    }
}

#[test]
fn the_flagships_encoder_sees_the_same_whatever_the_hints_are() {
    let engine = Engine::new(graph("flagship"));
    let features = engine.features(&[(LUMA, luma()), (HINTS, hints(60))]);
    assert_eq!(engine.features_of(&engine.groundwork(luma()).unwrap()), Some(features));
}

#[test]
fn an_encoder_that_looks_at_hints_is_fed_them() {
    let path = format!("{}/../../assets/models/flagship.safetensors", env!("CARGO_MANIFEST_DIR"));
    let (card, mut tensors) = weights::from_bytes(&std::fs::read(path).unwrap()).unwrap();
    tensors.get_mut("encoder.stem.conv.weight").unwrap().values[9] = 0.5;
    let graph = Graph::new(&card.network, &mut tensors).unwrap();
    let reads_hints = |graph: &Graph| {
        let stem = graph.nodes.iter().find(|node| matches!(node.op, Op::Convolve(_))).unwrap();
        matches!(graph.nodes[stem.inputs[0]].op, Op::Concat)
    };
    assert!(reads_hints(&graph));
    let engine = Engine::new(graph);
    let groundwork = engine.groundwork(luma()).unwrap();
    assert_eq!(engine.features_of(&groundwork), None);
    let whole = engine.run(&[(LUMA, luma()), (HINTS, hints(60))], 0.6);
    assert_eq!(engine.finish(&groundwork, hints(60), 0.6), whole);
}
