//! The networks answer as PyTorch's do; the references come from `tools/reference/networks.py`.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

mod formula;

use std::collections::BTreeMap;

use autochrome_net::Init as _;
use autochrome_net::models::chroma_net::ChromaNetConfig;
use autochrome_net::models::patch_gan::PatchGanConfig;
use autochrome_net::models::unet::{Output, UNetConfig};
use autochrome_net::norm::Statistics;
use burn::tensor::{Device, Tensor, TensorData};
use formula::filled;

/// Largest difference allowed, relative to the larger of 1 and the reference.
const TOLERANCE: f32 = 1e-4;

fn reference(name: &str) -> Vec<f32> {
    let all: BTreeMap<String, Vec<f32>> = serde_json::from_str(include_str!("data/pytorch.json")).unwrap();
    all[name].clone()
}

fn picture(channels: usize, height: usize, width: usize) -> Tensor<4> {
    let values: Vec<f32> = (0..channels * height * width).map(|i| (0.05 * i as f64).sin() as f32).collect();
    Tensor::from_data(TensorData::new(values, [1, channels, height, width]), &Device::flex())
}

/// Planes a, b and mask of hints on every 97th pixel.
fn clicks(height: usize, width: usize) -> Tensor<4> {
    let n = height * width;
    let value = |i: usize| if i / n == 2 { 1.0 } else { (0.05 * i as f64).sin() as f32 };
    let values: Vec<f32> =
        (0..3 * n).map(|i| if (i % n).is_multiple_of(97) { value(i) } else { 0.0 }).collect();
    Tensor::from_data(TensorData::new(values, [1, 3, height, width]), &Device::flex())
}

fn assert_close(name: &str, answer: Tensor<4>, stride: usize) {
    let answer = answer.into_data().try_to_vec::<f32>().unwrap();
    let reference = reference(name);
    assert_eq!(answer.iter().step_by(stride).count(), reference.len(), "{name}");
    for (i, (ours, theirs)) in answer.iter().step_by(stride).zip(&reference).enumerate() {
        let error = (ours - theirs).abs() / theirs.abs().max(1.0);
        assert!(error <= TOLERANCE, "{name}[{i}]: {ours} against {theirs}");
    }
}

#[test]
fn the_unet_answers_as_pytorchs() {
    let net =
        filled(UNetConfig { width: 8, levels: 5, output: Output::Ab, dropout: 0.5 }.init(&Device::flex()));
    assert_close("unet", net.forward(picture(1, 64, 32), Statistics::Batch, None), 7);
}

#[test]
fn the_patch_gan_answers_as_pytorchs() {
    let net = filled(PatchGanConfig { width: 8, layers: 3 }.init(2, &Device::flex()));
    let input = picture(3, 64, 64);
    let gray = input.clone().slice([0..1, 0..1, 0..64, 0..64]);
    let colour = input.slice([0..1, 1..3, 0..64, 0..64]);
    assert_close("patch_gan", net.forward(gray, colour, Statistics::Batch), 1);
}

#[test]
fn the_flagship_answers_as_pytorchs() {
    let net = filled(ChromaNetConfig::default().init(&Device::flex()));
    let running = Statistics::Running;
    let answer = net.forward(picture(1, 64, 96), clicks(64, 96), running, running, None);
    assert_close("chroma_net_logits", answer.logits, 101);
    assert_close("chroma_net_refinement", answer.refinement, 11);
}
