//! Tiny weights for examples and tests.

use crate::card::{Inference, ModelCard, NetworkConfig};
use crate::engine::Map;
use crate::frame::Frame;
use crate::networks::segmentation::CELL_PX;
use crate::networks::unet::{Output, UNetConfig};
use crate::weights::{self, NamedTensor, Tensors};
use crate::{Features, Segmentation};

/// The file of an untrained two-channel U-Net.
///
/// # Panics
/// Never: such weights fit half precision.
#[must_use]
pub fn tiny_weights() -> Vec<u8> {
    let network = NetworkConfig::Unet(UNetConfig { width: 2, levels: 3, output: Output::Ab, dropout: 0.5 });
    let mut tensors = Tensors::new();
    let mut put = |name: String, shape: &[usize]| {
        let phase = name.bytes().map(f32::from).sum::<f32>();
        let centre = if name.ends_with("gamma") || name.ends_with("running_var") { 1.0 } else { 0.0 };
        // Waves stand for the N(0, 0.02) that training would begin with.
        let value = |i: usize| centre + 0.03 * (1.7 * i as f32 + phase).sin();
        let values = (0..shape.iter().product()).map(value).collect();
        tensors.insert(name, NamedTensor { shape: shape.to_vec(), values });
    };
    // A layer has a bias where it has no norm.
    let mut layer = |path: &str, kind: &str, outer: usize, inner: usize, output: usize, norm: bool| {
        put(format!("{path}.{kind}.weight"), &[outer, inner, 4, 4]);
        if norm {
            ["gamma", "beta", "running_mean", "running_var"]
                .iter()
                .for_each(|field| put(format!("{path}.norm.{field}"), &[output]));
        } else {
            put(format!("{path}.{kind}.bias"), &[output]);
        }
    };
    for (path, input, output, norm) in
        [("down.0", 1, 2, false), ("down.1", 2, 4, true), ("down.2", 4, 8, false)]
    {
        layer(path, "conv", output, input, output, norm);
    }
    for (path, input, output, norm) in [("up.0", 8, 4, true), ("up.1", 8, 2, true), ("up.2", 4, 2, false)] {
        layer(path, "deconv", input, output, output, norm);
    }
    let card = ModelCard {
        id: "tiny".into(),
        summary: "An untrained network for tests.".into(),
        network,
        inference: Inference {
            size_px: 64,
            temperature: 1.0,
            saturation: 1.0,
            neutral_chroma: 0.0,
            flip: false,
        },
        recipe: String::new(),
        samples: 0,
        data: "none".into(),
        licence: "CC0-1.0".into(),
        metrics: Default::default(),
        date: "2026-01-01".into(),
        things: Vec::new(),
    };
    match weights::to_bytes(&tensors, &card) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{error}"),
    }
}

/// A picture of which is known what lies where: for every cell of a grid `width` wide the index of its class.
#[must_use]
pub fn segmentation(classes: &[&str], cells: &[usize], width: usize) -> Segmentation {
    let classes: Vec<String> = classes.iter().map(|name| (*name).to_owned()).collect();
    let (height, area) = (cells.len() / width, cells.len());
    let frame = Frame::new(
        (CELL_PX * width, CELL_PX * height),
        CELL_PX * ((width * height) as f64).sqrt() as usize,
        1,
    );
    let scores =
        (0..classes.len() * area).map(|i| if cells[i % area] == i / area { 8.0 } else { 0.0 }).collect();
    let scores = Map { channels: classes.len(), height, width, values: scores };
    // Cells of a class look alike.
    let hidden = scores.clone();
    Segmentation::new(&classes, Features::new(&hidden, &frame), Features::new(&scores, &frame))
}
