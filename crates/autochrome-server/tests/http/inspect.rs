//! What kind of picture it is, and what results could not hold.

use autochrome::{EncodeOptions, Format, Metadata, Pixels, Raster, encode, join_pages};
use serde_json::{Value, json};

use crate::client::{CAMERA, FORM, form};
use crate::running::{config, start};

fn tiff(width: u32, pixels: Pixels) -> Vec<u8> {
    let height = (pixels.samples() / pixels.channels()) as u32 / width;
    let raster = Raster::new(width, height, pixels).unwrap();
    encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Tiff)).unwrap()
}

/// Patches of three colours.
pub fn poster() -> Vec<u8> {
    let color = |i: usize| [[200, 30, 30], [30, 150, 40], [30, 30, 200]][(i / 5 + i / 200) % 3];
    tiff(40, Pixels::Rgb8((0..1600).flat_map(color).collect()))
}

#[test]
fn a_picture_is_inspected_without_being_coloured() {
    let server = start(config());
    let ask = |body: &[u8]| server.post("/v1/inspect", &[("content-type", "image/png")], body);
    let camera = ask(CAMERA).json();
    assert_eq!((&camera["width"], &camera["pages"], &camera["bits"]), (&json!(512), &json!(1), &json!(8)));
    assert_eq!(camera["kind"], json!({"coloring": "gray", "subject": "photograph", "faded": false}));
    let pages = join_pages(vec![poster(), poster()]).unwrap();
    let told = ask(&pages).json();
    assert_eq!((&told["pages"], &told["media_type"]), (&json!(2), &json!("image/tiff")));
    assert_eq!(told["kind"]["coloring"], "color");
    assert_eq!(ask(b"hello").problem(), "not-a-picture");
}

#[test]
fn a_picture_as_answer_carries_its_warnings_in_a_header() {
    let server = start(config());
    let deep: Vec<u16> = (0..1600).map(|i| i * 40).collect();
    let options = br#"{"method":"gray","format":"jpeg"}"#;
    let deep = tiff(40, Pixels::Gray16(deep));
    let reply = server.post("/v1/colorize", &[FORM], &form(&[("image", &deep), ("options", options)]));
    assert_eq!(reply.status, 200);
    let warnings: Vec<String> = serde_json::from_str(reply.header("autochrome-warnings").unwrap()).unwrap();
    assert!(warnings[0].contains("16"), "{warnings:?}");
    let reply = server.post("/v1/colorize", &[FORM], &form(&[("image", CAMERA), ("options", options)]));
    assert_eq!(reply.header("autochrome-warnings"), None);
}

#[test]
fn pages_are_answers_of_their_own_or_one_tiff() {
    let server = start(config());
    let pages = join_pages(vec![poster(), poster(), poster()]).unwrap();
    let ask = |options: Value, accept: &str| {
        let options = options.to_string();
        let body = form(&[("image", &pages), ("options", options.as_bytes())]);
        server.post("/v1/colorize", &[FORM, ("accept", accept)], &body)
    };
    let apart = ask(json!({"method": "gray", "pages": "all", "format": "png"}), "application/json").json();
    let numbers: Vec<&Value> = apart["variants"].as_array().unwrap().iter().map(|one| &one["page"]).collect();
    assert_eq!(numbers, [&json!(2), &json!(3)]);
    let together = ask(json!({"method": "gray", "pages": "all"}), "image/*");
    assert_eq!(autochrome::page_count(&together.body).unwrap(), 3);
    assert_eq!(ask(json!({"method": "gray", "pages": 4}), "image/*").problem(), "no-such-page");
    assert_eq!(
        ask(json!({"method": "gray", "leave_colored": true}), "image/*").problem(),
        "in-color-already"
    );
}
