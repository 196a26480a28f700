//! Weights and pictures as formulas, so that both sides of a comparison can make them.

use autochrome_engine::engine::Map;
use autochrome_net::weights::{self, Tensors};
use burn::module::Module;

/// Weights as a formula of their name and position, as in `tools/reference/networks.py`.
pub fn filled<M: Module>(module: M) -> M {
    let mut tensors: Tensors = weights::collect(&module);
    for (name, tensor) in &mut tensors {
        let phase = f64::from(name.bytes().map(u32::from).sum::<u32>() % 97);
        let last = name.rsplit('.').next().unwrap();
        let count = tensor.values.len();
        let (offset, scale) = match (last, tensor.shape.len()) {
            ("gamma" | "running_var", _) => (1.0, 0.2),
            (_, 4) => (0.0, (2.0 * tensor.shape[0].max(tensor.shape[1]) as f64 / count as f64).sqrt()),
            _ => (0.0, 0.1),
        };
        for (i, value) in tensor.values.iter_mut().enumerate() {
            *value = (offset + scale * (0.37 * i as f64 + phase).sin()) as f32;
        }
    }
    weights::apply(module, &tensors, |_| true).unwrap()
}

/// L in 0..=100.
#[allow(dead_code)] // Each test file takes what it needs.
pub fn luma(height: usize, width: usize) -> Map {
    let values = (0..height * width).map(|i| 50.0 + 50.0 * (0.05 * i as f64).sin() as f32).collect();
    Map { channels: 1, height, width, values }
}

/// Planes a, b (CIELAB) and mask of hints on every 97th pixel.
#[allow(dead_code)]
pub fn clicks(height: usize, width: usize) -> Map {
    let n = height * width;
    let value = |i: usize| if i / n == 2 { 1.0 } else { 110.0 * (0.05 * i as f64).sin() as f32 };
    let values = (0..3 * n).map(|i| if (i % n).is_multiple_of(97) { value(i) } else { 0.0 }).collect();
    Map { channels: 3, height, width, values }
}
