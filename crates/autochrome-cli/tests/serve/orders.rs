//! The same order gives the same bytes whoever it is given to: the library, the command line, HTTP in its three forms, a job, and
//! the evaluator.

use std::fs;
use std::path::Path;
use std::process::Command;

use autochrome::document::OrderDocument;
use autochrome::{
    DecodeOptions, Extra, Format, GuidanceFile, GuidanceFiles, OrderDraft, Picture, Pipeline, Watch, decode,
    registry,
};
use autochrome_evaluate::Painter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{DynamicImage, GrayImage, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};

use crate::client::{Client, form};
use crate::serve;

/// Orders as documents: `on` is the picture (`gray`, `deep` for 16 bits, or `color`), `with` names files that go with it.
const ORDERS: &str = r##"[
{"on": "gray", "order": {}},
{"on": "gray", "order": {"method": "gray"}},
{"on": "deep", "order": {"method": "gray"}},
{"on": "color", "order": {"method": "gray"}},
{"on": "gray", "order": {"method": "neural", "settings": {"size": 64}}},
{"on": "deep", "order": {"method": "neural", "settings": {"size": 64}}},
{"on": "color", "order": {"method": "neural", "settings": {"size": 64}}},
{"on": "gray", "order": {"method": "neural", "model": "paper", "settings": {"size": 256}}},
{"on": "gray", "order": {"settings": {"size": 64, "flip": false}}},
{"on": "gray", "order": {"settings": {"size": 64, "temperature": 0.3}}},
{"on": "gray", "order": {"settings": {"size": 64}, "look": {"saturation": 1.7}}},
{"on": "gray", "order": {"settings": {"size": 64}, "look": {"saturation": 0}}},
{"on": "gray", "order": {"settings": {"size": 64}, "look": {"temperature": 12.5, "tint": -7.25}}},
{"on": "gray", "order": {"settings": {"size": 64}, "look": {"contrast": 1.3}}},
{"on": "gray", "order": {"method": "gray", "look": {"filter": "sepia"}}},
{"on": "gray", "order": {"settings": {"size": 64}, "look": {"filter": "vintage", "amount": 0.6}}},
{"on": "deep", "order": {"settings": {"size": 64}, "look": {"filter": "cyanotype", "amount": 0.25, "saturation": 1.5}}},
{"on": "gray", "order": {"settings": {"size": 64}, "format": "jpeg"}},
{"on": "gray", "order": {"settings": {"size": 64}, "format": "jpeg", "quality": 61}},
{"on": "gray", "order": {"settings": {"size": 64}, "format": "webp"}},
{"on": "deep", "order": {"settings": {"size": 64}, "format": "tiff"}},
{"on": "gray", "order": {"settings": {"size": 64}, "collage": true}},
{"on": "gray", "order": {"settings": {"size": 64}, "collage": true, "look": {"filter": "sepia"}, "format": "jpeg"}},
{"on": "gray", "order": {"settings": {"size": 64}, "points": [{"x": 0.2, "y": 0.3, "radius": 0.05, "color": "#b04030"}]}},
{"on": "gray", "order": {"method": "neural", "settings": {"size": 64}, "strokes": [{"path": [[0.1, 0.1], [0.6, 0.5]], "width": 0.04, "color": "#3050a0"}]}},
{"on": "gray", "order": {"method": "scribble", "points": [{"x": 0.7, "y": 0.6, "color": "#30a050"}], "strokes": [{"path": [[0.1, 0.1], [0.3, 0.8]], "width": 0.02, "color": "#3050a0"}]}},
{"on": "gray", "with": ["scribbles"], "order": {}},
{"on": "gray", "with": ["scribbles"], "order": {"method": "neural", "settings": {"size": 64}}},
{"on": "gray", "with": ["scribbles"], "order": {"method": "scribble", "look": {"saturation": 0.5}, "format": "webp"}},
{"on": "gray", "with": ["reference"], "order": {}},
{"on": "gray", "with": ["reference"], "order": {"method": "welsh"}},
{"on": "gray", "with": ["reference", "other"], "order": {"method": "collection"}},
{"on": "gray", "with": ["reference"], "order": {"method": "superpixel"}},
{"on": "gray", "with": ["reference"], "order": {"method": "irony"}},
{"on": "gray", "with": ["reference"], "order": {"method": "welsh", "swatches": [{"picture": {"x": 0.1, "y": 0.1, "width": 0.5, "height": 0.5}, "area": {"x": 0, "y": 0, "width": 0.5, "height": 1}}]}},
{"on": "color", "order": {"recolors": [{"from": "#c83c32", "to": "#309040"}]}},
{"on": "color", "order": {"method": "palette", "recolors": [{"entry": 0, "to": "#806020"}], "collage": true}},
{"on": "color", "order": {"method": "palette", "recolors": [{"hues": [225, 310], "to_hue": 65}]}},
{"on": "color", "with": ["other"], "order": {"method": "palette"}},
{"on": "gray", "order": {"settings": {"size": 64}, "max_side_px": 40}},
{"on": "gray", "order": {"settings": {"size": 64}, "text": "blue sky, dark red coat"}},
{"on": "gray", "order": {"settings": {"size": 64}, "fix": "all -> 50%, sky: yellow -> gray; 0,0,0.5,1: hue 0..90 -> green"}},
{"on": "gray", "order": {"settings": {"size": 64}, "text": "red hair", "protect_skin": true}},
{"on": "gray", "order": {"settings": {"size": 64}, "mood": "dark brown, beige"}},
{"on": "gray", "order": {"settings": {"size": 64}, "seed": 3}},
{"on": "gray", "order": {"settings": {"size": 64}, "variants": 3}},
{"on": "gray", "with": ["reference"], "order": {"method": "irony", "variants": 2, "seed": 5}},
{"on": "gray", "order": {"settings": {"size": 64}, "max_side_px": 32, "collage": true, "look": {"contrast": 0.8}}}
]"##;

/// A made picture by its name.
fn file(name: &str) -> Vec<u8> {
    let wave = |x: u32, y: u32| ((x * x / 9 + 5 * y + x * y / 7) % 200 + 28) as u8;
    let picture: DynamicImage = match name {
        "gray" => GrayImage::from_fn(72, 48, |x, y| Luma([wave(x, y)])).into(),
        "deep" => ImageBuffer::from_fn(40, 56, |x, y| Luma([257 * u16::from(wave(x, y)) + 13])).into(),
        "color" | "reference" => RgbImage::from_fn(60, 50, |x, y| match x < 30 {
            true => Rgb([200, 40 + wave(x, y) / 8, 50]),
            false => Rgb([50, 70, 120 + wave(x, y) / 3]),
        })
        .into(),
        "other" => RgbImage::from_fn(40, 44, |x, y| Rgb([wave(x, y) / 2, 90 + wave(y, x) / 3, 60])).into(),
        "scribbles" => RgbaImage::from_fn(72, 48, |x, y| match (x / 6, y / 6) {
            (2, 3) => Rgba([190, 60, 60, 255]),
            (8, 5) => Rgba([60, 90, 200, 255]),
            _ => Rgba([0; 4]),
        })
        .into(),
        name => panic!("no picture {name}"),
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

struct Given {
    on: String,
    with: Vec<String>,
    order: Value,
}

impl Given {
    fn all() -> Vec<Self> {
        let all: Vec<Value> = serde_json::from_str(ORDERS).unwrap();
        all.into_iter()
            .map(|given| Self {
                on: given["on"].as_str().unwrap().to_owned(),
                with: given["with"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|name| name.as_str().unwrap().to_owned())
                    .collect(),
                order: given["order"].clone(),
            })
            .collect()
    }

    fn draft(&self) -> OrderDraft {
        let document: OrderDocument = serde_json::from_value(self.order.clone()).unwrap();
        document.draft().unwrap()
    }

    fn files(&self) -> GuidanceFiles {
        let mut files = GuidanceFiles::default();
        for name in &self.with {
            let file = GuidanceFile::from_bytes(name, file(name));
            match name.as_str() {
                "scribbles" => files.scribbles = Some(file),
                _ => files.references.push(file),
            }
        }
        files
    }

    /// As a program that uses the library does it; every answer.
    fn by_library(&self, pipeline: &Pipeline) -> Vec<Vec<u8>> {
        let order = pipeline.order(self.draft(), &self.files()).unwrap();
        let finished = pipeline.run(&file(&self.on), &order, &Watch::none()).unwrap();
        finished.results.into_iter().map(|result| result.bytes).collect()
    }

    /// As the evaluator does it, which sees gray pictures of 8 bits; the pixels.
    fn by_evaluator(&self, pipeline: &Pipeline) -> Option<(Vec<u8>, Vec<u8>)> {
        let draft = OrderDraft {
            collage: Extra::Without,
            format: Some(Format::Png),
            max_side_px: None,
            ..self.draft()
        };
        let order = pipeline.order(draft.clone(), &self.files()).unwrap();
        if self.on != "gray" || self.with.contains(&"scribbles".to_owned()) {
            return None;
        }
        let bytes = pipeline.run(&file("gray"), &order, &Watch::none()).unwrap().results.remove(0).bytes;
        let method = registry::find(order.method().id).unwrap().open(draft.model.source()).unwrap();
        let mut guidance = draft.guidance.clone();
        for reference in &self.with {
            let Picture { luma, chroma, .. } = decode(&file(reference), &DecodeOptions::default()).unwrap();
            let chroma = chroma.unwrap();
            guidance.references.push(autochrome::Reference { luma, chroma, name: reference.clone() });
        }
        let luma = decode(&file("gray"), &DecodeOptions::default()).unwrap().luma;
        let painter = Painter::method("order", method, draft);
        let pixels = painter.pixels(&luma, guidance).unwrap().unwrap();
        Some((pixels, image::load_from_memory(&bytes).unwrap().to_rgb8().into_raw()))
    }

    /// As the command line does it; `None` where it has no words for the order.
    fn by_command_line(&self, folder: &Path) -> Option<Vec<u8>> {
        let Value::Object(order) = &self.order else { panic!("an order is an object") };
        if order.keys().any(|key| ["max_side_px", "variants"].contains(&key.as_str())) {
            return None;
        }
        fs::write(folder.join("in.png"), file(&self.on)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_autochrome"));
        command.current_dir(folder).args(["colorize", "in.png", "--overwrite", "--output", "out"]);
        for name in &self.with {
            fs::write(folder.join(name), file(name)).unwrap();
            command.args([if name == "scribbles" { "--scribbles" } else { "--reference" }, name]);
        }
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if order.contains_key("points") || order.contains_key("strokes") {
            let list = |key| order.get(key).cloned().unwrap_or_else(|| json!([]));
            let hints = json!({"points": list("points"), "strokes": list("strokes")});
            fs::write(folder.join("hints.json"), hints.to_string()).unwrap();
            command.args(["--hints", "hints.json"]);
        }
        for (key, value) in order {
            match key.as_str() {
                "protect_skin" => {
                    command.arg("--protect-skin");
                }
                "method" | "model" | "quality" | "text" | "seed" | "fix" | "mood" => {
                    command.args([format!("--{key}"), text(value)]);
                }
                "format" => {
                    command.args(["--format".to_owned(), text(value)]);
                }
                "collage" => {
                    command.arg("--collage");
                }
                "settings" => {
                    for (id, value) in value.as_object().unwrap() {
                        command.args(["--set".to_owned(), format!("{id}={}", text(value))]);
                    }
                }
                "look" => {
                    let mut sliders = value.as_object().unwrap().clone();
                    let amount =
                        sliders.remove("amount").map_or(String::new(), |amount| format!("={amount}"));
                    if let Some(filter) = sliders.remove("filter") {
                        command.args(["--filter".to_owned(), format!("{}{amount}", text(&filter))]);
                    }
                    for (id, value) in sliders {
                        command.args([format!("--{id}"), value.to_string()]);
                    }
                }
                "recolors" => {
                    for recolor in value.as_array().unwrap() {
                        command.args(["--palette".to_owned(), in_words(recolor)]);
                    }
                }
                "swatches" => {
                    for swatch in value.as_array().unwrap() {
                        let area = |name: &str| {
                            ["x", "y", "width", "height"].map(|side| swatch[name][side].to_string()).join(",")
                        };
                        command
                            .args(["--swatch".to_owned(), format!("{}={}", area("picture"), area("area"))]);
                    }
                }
                "points" | "strokes" => {}
                key => panic!("`{key}` has no words"),
            }
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let collage = self.order["collage"] == true;
        Some(fs::read(folder.join(if collage { "out.collage" } else { "out" })).unwrap())
    }

    /// As HTTP does it: a form, JSON, the picture alone where there is nothing else, and a job. JSON has every answer.
    fn by_http(&self, server: &Client) -> Vec<(&'static str, Vec<Vec<u8>>)> {
        let (picture, options) = (file(&self.on), self.order.to_string());
        let files: Vec<(&str, Vec<u8>)> = self
            .with
            .iter()
            .map(|name| (if name == "scribbles" { "scribbles" } else { "reference" }, file(name)))
            .collect();
        let mut fields: Vec<(&str, &[u8])> = vec![("image", &picture), ("options", options.as_bytes())];
        fields.extend(files.iter().map(|(field, bytes)| (*field, bytes.as_slice())));
        let multipart = form(&fields);
        let boundary = "multipart/form-data; boundary=xyz";
        let whole = |reply: crate::client::Reply| {
            assert_eq!(reply.status, 200, "{}: {}", self.order, String::from_utf8_lossy(&reply.body));
            reply.body
        };
        let mut all = vec![("a form", vec![whole(server.colorize(boundary, "image/*", &multipart))])];

        let encoded = |wanted: &str| {
            let of = files.iter().filter(|(field, _)| *field == wanted);
            of.map(|(_, bytes)| Value::from(BASE64.encode(bytes))).collect::<Vec<_>>()
        };
        let mut body = json!({"image": BASE64.encode(&picture), "options": self.order, "reference": encoded("reference")});
        if let Some(scribbles) = encoded("scribbles").pop() {
            body["scribbles"] = scribbles;
        }
        let reply = server.colorize("application/json", "application/json", body.to_string().as_bytes());
        let reply: Value = serde_json::from_slice(&whole(reply)).unwrap();
        let decoded = |value: &Value| BASE64.decode(value["image"].as_str().unwrap()).unwrap();
        let variants = reply["variants"].as_array().unwrap().iter().map(decoded);
        all.push(("JSON", std::iter::once(decoded(&reply)).chain(variants).collect()));

        if files.is_empty() {
            let query: String = options.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let path = format!("/v1/colorize?options={query}");
            let headers = [("content-type", "image/png"), ("accept", "image/*")];
            all.push(("a picture", vec![whole(server.post(&path, &headers, &picture))]));
        }

        let id = server.job(&[("content-type", boundary)], &multipart);
        let job = server.over(&id);
        assert_eq!(job["state"], "done", "{job}");
        let files = job["files"].as_array().unwrap().len();
        let made = (0..files).map(|number| whole(server.get(&format!("/v1/jobs/{id}/files/{number}"))));
        all.push(("a job", made.collect()));
        all
    }
}

/// A change of colour as `--palette` takes it.
fn in_words(recolor: &Value) -> String {
    let word = |key: &str| recolor[key].as_str().unwrap();
    if let Some([start, end]) = recolor["hues"].as_array().map(Vec::as_slice) {
        return format!("{start}..{end}={}", recolor["to_hue"]);
    }
    match recolor["entry"].as_u64() {
        Some(entry) => format!("{entry}={}", word("to")),
        None => format!("{}={}", word("from"), word("to")),
    }
}

#[test]
fn forty_orders_give_the_same_bytes_whoever_carries_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, server) = serve(&folder.path().join("data"));
    let pipeline = Pipeline::new();
    let all = Given::all();
    assert!(all.len() >= 40);
    for given in &all {
        let wanted = given.by_library(&pipeline);
        for (how, made) in given.by_http(&server) {
            // What answers with a picture has room for the first alone.
            assert!(made.len() == wanted.len() || made.len() == 1, "{how} of {}", given.order);
            assert!(
                made.iter().zip(&wanted).all(|(made, wanted)| made == wanted),
                "{how} of {}",
                given.order
            );
        }
        if let Some(made) = given.by_command_line(folder.path()) {
            assert!(made == wanted[0], "the command line differs for {}", given.order);
        }
        if let Some((made, wanted)) = given.by_evaluator(&pipeline) {
            assert!(made == wanted, "the evaluator differs for {}", given.order);
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
