//! Colorizers of other people, in ONNX files.
//!
//! An ONNX file says how large its inputs are, but neither what they mean nor what the output is. A small TOML file beside
//! it does, [`Description`]; `ddcolor.toml` for `ddcolor.onnx`, for example:
//!
//! ```toml
//! id = "ddcolor"
//! summary = "DDColor, as its authors exported it."
//!
//! [inference]
//! size_px = 512            # without multiple_px the picture is stretched to a square of this side
//!
//! [input]
//! kind = "rgb-gray"        # or "l": one plane, L of CIELAB
//! range = [0.0, 1.0]       # what black and white become; the default for rgb-gray, and [0, 100] for l
//! # mean = [0.485, 0.456, 0.406]   and   std = [0.229, 0.224, 0.225], where the network wants them
//!
//! [output]
//! kind = "ab"              # or "rgb": red, green and blue of sRGB
//! # scale = 110.0          for ab that comes divided by this
//! ```
//!
//! Running needs the cargo feature `onnxruntime` and the shared library of ONNX Runtime. Files that
//! `autochrome models export` writes come with a description of their own.

#[cfg(feature = "onnxruntime")]
pub(crate) mod runtime;

use std::collections::BTreeMap;

use autochrome_color::{Chroma, Plane, lab};
use serde::{Deserialize, Serialize};

use crate::card::{Inference, NetworkConfig};
use crate::graph::{HINTS, LUMA, onnx};
use crate::networks::chroma_net::MULTIPLE_PX;
use crate::{ModelCard, NetError};

/// How a network in an ONNX file wants to be asked, and what it answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Short name, shown in reports.
    pub id: String,
    /// One sentence on what it is.
    #[serde(default)]
    pub summary: String,
    /// The licence of the weights.
    #[serde(default)]
    pub licence: String,
    /// Working size and what is done around the network.
    pub inference: Inference,
    /// What it is given.
    pub input: Input,
    /// What it gives.
    pub output: Output,
}

/// What the network sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// One plane, L of CIELAB.
    L,
    /// Three equal planes, the gray of L in sRGB.
    RgbGray,
}

/// The inputs of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Name of the picture's input; the first one where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it holds.
    pub kind: InputKind,
    /// What black and white become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f32; 2]>,
    /// Subtracted from each plane, after `range`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<[f32; 3]>,
    /// Each plane is divided by this, after `mean`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub std: Option<[f32; 3]>,
    /// Where given, the picture keeps its aspect and its sides are padded to multiples of this many pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiple_px: Option<usize>,
    /// Name of an input for hints: planes a, b (CIELAB) and mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hints: Option<String>,
    /// Name of an input for the temperature of colour classes, one number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<String>,
}

/// What the network gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
    /// Two planes, a and b of CIELAB (D65).
    Ab,
    /// Three planes, red, green and blue of sRGB; their luma is not used.
    Rgb,
}

/// The output of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Name of the output; the first one where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it holds.
    pub kind: OutputKind,
    /// For ab: units of CIELAB in 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f32>,
    /// For rgb: what black and white are; 0 and 1 where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f32; 2]>,
    /// For rgb: added to each plane, after `std`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<[f32; 3]>,
    /// For rgb: each plane is multiplied by this first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub std: Option<[f32; 3]>,
}

impl Description {
    /// Reads TOML.
    ///
    /// # Errors
    /// [`NetError::Description`] when it does not parse or asks for the impossible.
    pub fn parse(text: &str) -> Result<Self, NetError> {
        let wrong = |what: &str| Err(NetError::Description(what.to_owned()));
        let description: Self =
            toml::from_str(text).map_err(|e| NetError::Description(e.to_string().trim().to_owned()))?;
        let Self { input, output, inference, .. } = &description;
        if !(16..=2048).contains(&inference.size_px) {
            return wrong("size_px is 16 to 2048");
        }
        if !matches!(input.multiple_px, None | Some(1..=512)) {
            return wrong("multiple_px is 1 to 512");
        }
        let flat = |range: Option<[f32; 2]>| range.is_some_and(|[black, white]| black == white);
        let zero = |std: Option<[f32; 3]>| std.is_some_and(|std| std.contains(&0.0));
        if flat(input.range) || flat(output.range) || zero(input.std) {
            return wrong("a range needs two different ends, and a standard deviation is not zero");
        }
        if output.kind == OutputKind::Ab && (output.range.is_some() || output.mean.or(output.std).is_some()) {
            return wrong("an ab output has a scale, but no range, mean or std");
        }
        if output.kind == OutputKind::Rgb && output.scale.is_some() {
            return wrong("an rgb output has a range, but no scale");
        }
        Ok(description)
    }

    /// The description of what [`onnx::to_bytes`] writes for a model.
    #[must_use]
    pub fn of_export(card: &ModelCard) -> Self {
        let (multiple_px, guided) = match &card.network {
            NetworkConfig::Unet(config) => (1 << config.levels, false),
            NetworkConfig::ChromaNet(_) | NetworkConfig::Onnx => (MULTIPLE_PX, true),
        };
        let name = onnx::output_name(&card.network);
        let rgb = name == "rgb";
        let named = |name: &str| guided.then(|| name.to_owned());
        Self {
            id: card.id.clone(),
            summary: card.summary.clone(),
            licence: card.licence.clone(),
            inference: card.inference,
            input: Input {
                name: Some(LUMA.to_owned()),
                kind: InputKind::L,
                range: None,
                mean: None,
                std: None,
                multiple_px: Some(multiple_px),
                hints: named(HINTS),
                temperature: named(onnx::TEMPERATURE),
            },
            output: Output {
                name: Some(name.to_owned()),
                kind: if rgb { OutputKind::Rgb } else { OutputKind::Ab },
                scale: None,
                range: rgb.then_some([-1.0, 1.0]),
                mean: None,
                std: None,
            },
        }
    }

    /// As TOML.
    ///
    /// # Errors
    /// [`NetError::Description`] when it cannot be written.
    pub fn to_toml(&self) -> Result<String, NetError> {
        toml::to_string(self).map_err(|e| NetError::Description(e.to_string()))
    }

    /// What can be said of the model where its own card is missing.
    #[must_use]
    pub fn card(&self) -> ModelCard {
        ModelCard {
            id: self.id.clone(),
            summary: self.summary.clone(),
            network: NetworkConfig::Onnx,
            inference: self.inference,
            recipe: String::new(),
            samples: 0,
            data: "not said".to_owned(),
            licence: self.licence.clone(),
            metrics: BTreeMap::new(),
            things: Vec::new(),
            date: String::new(),
        }
    }

    /// Planes for the network of a picture's L, 0..=100.
    #[must_use]
    pub fn planes(&self, luma: &[f32]) -> Vec<f32> {
        let Input { kind, range, mean, std, .. } = &self.input;
        let (planes, default) = match kind {
            InputKind::L => (1, [0.0, 100.0]),
            InputKind::RgbGray => (3, [0.0, 1.0]),
        };
        let [black, white] = range.unwrap_or(default);
        let share: Vec<f32> = match kind {
            InputKind::L => luma.iter().map(|l| l / 100.0).collect(),
            InputKind::RgbGray => luma.iter().map(|&l| lab::lab_to_srgb([l, 0.0, 0.0])[1]).collect(),
        };
        let (mean, std) = (mean.unwrap_or([0.0; 3]), std.unwrap_or([1.0; 3]));
        let plane = |i: usize| share.iter().map(move |v| (black + v * (white - black) - mean[i]) / std[i]);
        (0..planes).flat_map(plane).collect()
    }

    /// Chroma from the network's answer, `[1, 2 or 3, h, w]`.
    ///
    /// # Errors
    /// [`NetError::Description`] when the answer has another shape.
    pub fn chroma(&self, shape: &[usize], values: &[f32]) -> Result<Chroma, NetError> {
        let Output { kind, scale, range, mean, std, .. } = &self.output;
        let channels = match kind {
            OutputKind::Ab => 2,
            OutputKind::Rgb => 3,
        };
        let &[1, found, height, width] = shape else {
            return Err(NetError::Description(format!("the output is {shape:?}, not [1, {channels}, h, w]")));
        };
        let area = height * width;
        if found != channels || area == 0 || values.len() != channels * area {
            return Err(NetError::Description(format!(
                "the output is {shape:?}, not [1, {channels}, h, w]; is its kind {kind:?}?"
            )));
        }
        if *kind == OutputKind::Ab {
            let scale = scale.unwrap_or(1.0);
            let plane = |i: usize| {
                let values = values[i * area..][..area].iter().map(|v| v * scale).collect();
                Plane::from_vec(width, height, values).unwrap_or_default()
            };
            return Ok(Chroma { a: plane(0), b: plane(1) });
        }
        let ([black, white], mean, std) =
            (range.unwrap_or([0.0, 1.0]), mean.unwrap_or([0.0; 3]), std.unwrap_or([1.0; 3]));
        let byte = |i: usize, v: f32| {
            let share = (v * std[i] + mean[i] - black) / (white - black);
            (share * 255.0).round().clamp(0.0, 255.0) as u8
        };
        let rgb: Vec<u8> = (0..area).flat_map(|p| [0, 1, 2].map(|i| byte(i, values[i * area + p]))).collect();
        Ok(lab::rgb8_to_lab(&rgb, width, height).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(input: &str, output: &str) -> Result<Description, NetError> {
        Description::parse(&format!(
            "id = \"x\"\n[inference]\nsize_px = 64\n[input]\n{input}\n[output]\n{output}\n"
        ))
    }

    #[test]
    fn an_exports_description_survives_toml() {
        let card = ModelCard::example();
        let description = Description::of_export(&card);
        assert_eq!(Description::parse(&description.to_toml().unwrap()).unwrap(), description);
        assert_eq!(description.input.multiple_px, Some(8));
    }

    #[test]
    fn impossible_descriptions_are_refused() {
        for (input, output) in [
            ("kind = \"yuv\"", "kind = \"ab\""),
            ("kind = \"l\"\nrange = [1.0, 1.0]", "kind = \"ab\""),
            ("kind = \"l\"\nmultiple_px = 0", "kind = \"ab\""),
            ("kind = \"l\"", "kind = \"ab\"\nrange = [0.0, 1.0]"),
            ("kind = \"l\"", "kind = \"rgb\"\nscale = 110.0"),
            ("kind = \"l\"\ncolour = 1", "kind = \"ab\""),
        ] {
            assert_eq!(parse(input, output).unwrap_err().code(), "bad-onnx-description", "{input} {output}");
        }
    }

    #[test]
    fn a_picture_is_laid_out_as_described() {
        let l = parse("kind = \"l\"\nrange = [-1.0, 1.0]", "kind = \"ab\"").unwrap();
        assert_eq!(l.planes(&[0.0, 50.0, 100.0]), [-1.0, 0.0, 1.0]);
        let rgb =
            parse("kind = \"rgb-gray\"\nmean = [0.0, 0.5, 1.0]\nstd = [1.0, 0.5, 2.0]", "kind = \"rgb\"");
        let planes = rgb.unwrap().planes(&[100.0]);
        assert!([1.0, 1.0, 0.0].iter().zip(&planes).all(|(a, b)| (a - b).abs() < 1e-3), "{planes:?}");
    }

    #[test]
    fn an_answer_is_read_as_described_and_a_wrong_shape_is_named() {
        let ab = parse("kind = \"l\"", "kind = \"ab\"\nscale = 110.0").unwrap();
        let chroma = ab.chroma(&[1, 2, 1, 2], &[0.5, 0.0, -0.5, 1.0]).unwrap();
        assert_eq!((chroma.a.data(), chroma.b.data()), (&[55.0, 0.0][..], &[-55.0, 110.0][..]));
        let rgb = parse("kind = \"l\"", "kind = \"rgb\"\nrange = [-1.0, 1.0]").unwrap();
        let red = rgb.chroma(&[1, 3, 1, 1], &[1.0, -1.0, -1.0]).unwrap();
        assert!((red.a.data()[0] - 80.1).abs() < 0.2 && (red.b.data()[0] - 67.2).abs() < 0.2);
        let error = ab.chroma(&[1, 3, 1, 1], &[0.0; 3]).unwrap_err();
        assert!(error.to_string().contains("[1, 3, 1, 1]"), "{error}");
    }
}
