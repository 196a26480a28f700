//! The engine answers as the modules that were trained do, with every vector instruction that the processor has.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

mod formula;

use autochrome_engine::card::NetworkConfig;
use autochrome_engine::engine::{Engine, Instructions, Map};
use autochrome_engine::graph::Graph;
use autochrome_engine::scale_luma;
use autochrome_net::Init as _;
use autochrome_net::models::chroma_net::{AB_SCALE, ChromaNetConfig};
use autochrome_net::models::unet::{Output, UNetConfig};
use autochrome_net::norm::Statistics;
use autochrome_net::weights;
use autochrome_net::weights::Tensors;
use burn::tensor::{Device, Tensor, TensorData};
use formula::{clicks, filled, luma};

/// Largest difference in units of CIELAB; colours span ±110.
const TOLERANCE: f32 = 110.0 * 1e-4;

/// The module's inputs of L and of hints in CIELAB.
fn tensors(luma: &Map, hints: &Map) -> (Tensor<4>, Tensor<4>) {
    let tensor = |map: &Map, values| {
        let data = TensorData::new(values, [1, map.channels, map.height, map.width]);
        Tensor::<4>::from_data(data, &Device::flex())
    };
    let area = luma.area();
    let hint = |(i, v): (usize, &f32)| if i < 2 * area { v / AB_SCALE } else { *v };
    (
        tensor(luma, luma.values.iter().map(|&l| scale_luma(l)).collect::<Vec<_>>()),
        tensor(hints, hints.values.iter().enumerate().map(hint).collect()),
    )
}

/// The graph, ready to run with each set of instructions that this processor has.
fn engines(graph: &Graph) -> impl Iterator<Item = Engine> {
    Instructions::all().into_iter().map(|on| Engine::with_instructions(graph.clone(), on))
}

fn assert_close(ours: &Map, theirs: Tensor<4>, scale: f32) {
    assert_eq!([1, ours.channels, ours.height, ours.width], theirs.dims());
    let theirs = theirs.into_data().try_to_vec::<f32>().unwrap();
    for (i, (ours, theirs)) in ours.values.iter().zip(theirs).enumerate() {
        assert!((ours - theirs * scale).abs() <= TOLERANCE, "{i}: {ours} against {}", theirs * scale);
    }
}

/// The same weights, but blocks of attention that answer as softly as trained ones: between scores of hundreds rounding would
/// choose, and the formula's weights would carry on what it chose.
fn gentle(mut tensors: Tensors) -> Tensors {
    let soft = ["query_key_value.norm.gamma", "position.weight", "output.weight", "project.weight"];
    for (name, tensor) in &mut tensors {
        let in_block = name.starts_with("whole.") && soft.iter().any(|end| name.ends_with(end));
        // What the blocks add makes the scores of hints larger than training does.
        if in_block || name.starts_with("attention.query") {
            tensor.values.iter_mut().for_each(|value| *value *= 0.1);
        }
    }
    tensors
}

/// Both ways with and without hints.
fn assert_flagships_agree(attention_blocks: usize) {
    let config = ChromaNetConfig { attention_blocks, ..ChromaNetConfig::default() };
    let net = filled(config.init(&Device::flex()));
    let net = weights::apply(net.clone(), &gentle(weights::collect(&net)), |_| true).unwrap();
    let graph = Graph::new(&NetworkConfig::ChromaNet(config), &mut weights::collect(&net)).unwrap();
    let luma = luma(64, 96);
    for hints in [Map::zeros(3, 64, 96), clicks(64, 96)] {
        let (gray, planes) = tensors(&luma, &hints);
        let running = Statistics::Running;
        let theirs = net.forward(gray, planes, running, running, None).ab(0.6);
        for engine in engines(&graph) {
            let ours = engine.run(&[("luma", luma.clone()), ("hints", hints.clone())], 0.6);
            assert_close(&ours, theirs.clone(), AB_SCALE);
        }
    }
}

#[test]
fn the_flagships_graph_answers_as_its_module_with_and_without_hints() {
    assert_flagships_agree(0);
}

#[test]
fn the_flagships_graph_with_attention_answers_as_its_module() {
    assert_flagships_agree(2);
}

#[test]
fn the_unets_graph_answers_as_its_module() {
    for output in [Output::Ab, Output::Rgb] {
        let config = UNetConfig { width: 6, levels: 5, output, dropout: 0.5 };
        let net = filled(config.init(&Device::flex()));
        let graph = Graph::new(&NetworkConfig::Unet(config), &mut weights::collect(&net)).unwrap();
        let luma = luma(64, 32);
        let (gray, _) = tensors(&luma, &Map::zeros(3, 64, 32));
        let theirs = net.forward(gray, Statistics::Batch, None);
        let scale = if output == Output::Ab { AB_SCALE } else { 1.0 };
        for engine in engines(&graph) {
            assert_close(&engine.run(&[("luma", luma.clone())], 1.0), theirs.clone(), scale);
        }
    }
}

#[test]
fn the_flagships_encoder_sees_the_same_in_the_graph_and_in_the_module() {
    let config = ChromaNetConfig::default();
    let net = filled(config.init(&Device::flex()));
    let graph = Graph::new(&NetworkConfig::ChromaNet(config), &mut weights::collect(&net)).unwrap();
    let luma = luma(64, 96);
    let (gray, planes) = tensors(&luma, &Map::zeros(3, 64, 96));
    let theirs = net.features(gray, planes, Statistics::Running);
    for engine in engines(&graph) {
        let ours = engine.features(&[("luma", luma.clone())]);
        assert_eq!(ours.len(), theirs.len());
        for (level, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            assert_eq!((ours.height, ours.width), (32 >> level, 48 >> level));
            let theirs = theirs.to_data().try_to_vec::<f32>().unwrap();
            let largest = theirs.iter().fold(1.0_f32, |most, v| most.max(v.abs()));
            for (ours, theirs) in ours.values.iter().zip(&theirs) {
                assert!((ours - theirs).abs() <= 1e-4 * largest, "{ours} against {theirs} at level {level}");
            }
        }
    }
}
