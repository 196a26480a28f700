//! What is exported stays what it is; with the feature `onnxruntime` and its library, it answers as we do.
//!
//! The small files come from `tools/reference/onnx.py`, which also says how to run the second half.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

mod formula;

use autochrome_engine::ModelCard;
use autochrome_engine::card::{Inference, NetworkConfig};
use autochrome_engine::graph::{Graph, onnx};
use autochrome_net::Init as _;
use autochrome_net::models::unet::{Output, UNetConfig};
use autochrome_net::weights::{self, Tensors};
use burn::tensor::Device;

fn card(network: NetworkConfig) -> ModelCard {
    ModelCard {
        id: "tiny".into(),
        summary: "A formula for weights.".into(),
        network,
        inference: Inference {
            size_px: 64,
            temperature: 0.6,
            saturation: 1.0,
            neutral_chroma: 0.0,
            flip: false,
        },
        recipe: String::new(),
        samples: 0,
        data: "none".into(),
        licence: "CC0-1.0".into(),
        metrics: Default::default(),
        things: Vec::new(),
        date: "2026-01-01".into(),
    }
}

fn unet() -> (ModelCard, Tensors) {
    let config = UNetConfig { width: 2, levels: 3, output: Output::Ab, dropout: 0.5 };
    let tensors = weights::collect(&formula::filled(config.init(&Device::flex())));
    (card(NetworkConfig::Unet(config)), tensors)
}

#[test]
fn an_export_has_the_bytes_it_always_had() {
    let (card, mut tensors) = unet();
    let bytes = onnx::to_bytes(&Graph::new(&card.network, &mut tensors).unwrap(), &card);
    if std::env::var_os("UPDATE_EXPORT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_unet.onnx");
        std::fs::write(path, &bytes).unwrap();
    }
    // The file was accepted by onnx.checker and ONNX Runtime 1.32.
    assert!(
        bytes == include_bytes!("data/tiny_unet.onnx"),
        "set UPDATE_EXPORT if the export is meant to change"
    );
}

#[cfg(feature = "onnxruntime")]
mod runtime {
    use std::io::Write as _;
    use std::path::PathBuf;

    use autochrome_color::{Chroma, Plane};
    use autochrome_engine::foreign::Description;
    use autochrome_engine::{Hint, PredictOptions, Session};
    use autochrome_net::models::chroma_net::ChromaNetConfig;

    use super::*;

    /// The library of ONNX Runtime, or a line in the list of what was skipped.
    fn library() -> Option<PathBuf> {
        let library = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from);
        if let (None, Some(list)) = (&library, std::env::var_os("AUTOCHROME_SKIPPED")) {
            let mut list = std::fs::OpenOptions::new().append(true).create(true).open(list).unwrap();
            writeln!(list, "ONNX Runtime: ORT_DYLIB_PATH is not set").unwrap();
        }
        library
    }

    fn luma() -> Plane {
        Plane::from_vec(90, 60, (0..5400).map(|i| (i % 101) as f32).collect()).unwrap()
    }

    fn assert_close(ours: &Chroma, theirs: &Chroma) {
        assert_eq!(ours.size(), theirs.size());
        for (ours, theirs) in [(&ours.a, &theirs.a), (&ours.b, &theirs.b)] {
            // A thousandth of the networks' scale, on which 1 is 110 units of CIELAB.
            let close = |(x, y): (&f32, &f32)| (x - y).abs() <= 0.11;
            assert!(ours.data().iter().zip(theirs.data()).all(close));
        }
    }

    fn compare(card: &ModelCard, tensors: &Tensors, hints: &[Hint]) {
        let Some(library) = library() else { return };
        let file = weights::to_bytes(tensors, card).unwrap();
        let (card, mut tensors) = weights::from_bytes(&file).unwrap();
        let model = onnx::to_bytes(&Graph::new(&card.network, &mut tensors).unwrap(), &card);
        let description = Description::of_export(&card).to_toml().unwrap();
        let theirs = Session::from_onnx(&model, &description, &library).unwrap();
        let ours = Session::from_bytes(&file).unwrap();
        for size_px in [64, 100] {
            let options = PredictOptions { size_px: Some(size_px), ..PredictOptions::default() };
            let [ours, theirs] = [&ours, &theirs].map(|s| s.predict(&luma(), hints, &options).unwrap());
            assert_close(&ours, &theirs);
        }
    }

    #[test]
    fn the_unets_export_answers_as_we_do() {
        let (card, tensors) = unet();
        compare(&card, &tensors, &[]);
    }

    #[test]
    fn the_flagships_export_answers_as_we_do_with_and_without_hints() {
        let config = ChromaNetConfig { attention_blocks: 2, ..ChromaNetConfig::default() };
        let tensors = weights::collect(&formula::filled(config.init(&Device::flex())));
        let card = card(NetworkConfig::ChromaNet(config));
        let hint = |x, ab| Hint { x, y: 0.4, side: 0.1, ab };
        compare(&card, &tensors, &[]);
        compare(&card, &tensors, &[hint(0.2, [60.0, 40.0]), hint(0.8, [-30.0, 50.0])]);
    }

    fn foreign(model: &[u8], description: &str) -> Option<Chroma> {
        let description = format!("id = \"x\"\n[inference]\nsize_px = 16\n{description}");
        let session = Session::from_onnx(model, &description, &library()?).unwrap();
        Some(session.predict(&Plane::filled(40, 20, 50.0), &[], &PredictOptions::default()).unwrap())
    }

    #[test]
    fn networks_of_every_described_form_are_run() {
        let at = |chroma: &Chroma| [chroma.a.data()[17], chroma.b.data()[17]];
        let l_ab = "[input]\nkind = \"l\"\n[output]\nkind = \"ab\"\nscale = 2.0\n";
        let Some(chroma) = foreign(include_bytes!("data/l_ab.onnx"), l_ab) else { return };
        assert_eq!(chroma.size(), (16, 16));
        assert!((at(&chroma)[0] - 10.0).abs() < 1e-3 && (at(&chroma)[1] + 20.0).abs() < 1e-3);

        // L of 50 is 0.4663 in sRGB.
        let rgb_ab = "[input]\nkind = \"rgb-gray\"\n[output]\nkind = \"ab\"\nscale = 100.0\n";
        let chroma = foreign(include_bytes!("data/rgb_ab.onnx"), rgb_ab).unwrap();
        assert!((at(&chroma)[0] - 13.99).abs() < 0.02 && (at(&chroma)[1] - 37.98).abs() < 0.02);

        let rgb_rgb = "[input]\nkind = \"rgb-gray\"\nrange = [0.0, 255.0]\n[output]\nkind = \"rgb\"\nrange = [0.0, 255.0]\n";
        let chroma = foreign(include_bytes!("data/rgb_rgb.onnx"), rgb_rgb).unwrap();
        let red = autochrome_color::lab::srgb_to_lab([119.0 / 255.0, 0.0, 0.0]);
        assert!((at(&chroma)[0] - red[1]).abs() < 0.5 && (at(&chroma)[1] - red[2]).abs() < 0.5);
    }

    #[test]
    fn a_file_that_does_not_fit_its_description_is_refused() {
        let Some(library) = library() else { return };
        let text = |input: &str| {
            format!(
                "id = \"x\"\n[inference]\nsize_px = 16\n[input]\nkind = \"l\"\n{input}[output]\nkind = \"ab\"\n"
            )
        };
        let open = |model: &[u8], input: &str| Session::from_onnx(model, &text(input), &library);
        let file = include_bytes!("data/l_ab.onnx");
        assert_eq!(open(file, "name = \"no\"\n").unwrap_err().code(), "bad-onnx-description");
        assert_eq!(open(b"no onnx", "").unwrap_err().code(), "onnx-runtime-failed");
        // Three planes for a network of one.
        let session = open(include_bytes!("data/rgb_ab.onnx"), "").unwrap();
        let error = session.predict(&luma(), &[], &PredictOptions::default()).unwrap_err();
        assert_eq!(error.code(), "onnx-runtime-failed");
    }
}
