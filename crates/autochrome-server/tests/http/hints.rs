//! What a person says about the colours, over HTTP.

use autochrome::{Alpha, EncodeOptions, Format, Metadata, Pixels, Raster, encode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::client::{CAMERA, FORM, form};
use crate::running::{config, start};

const POINT: &[u8] = br##"{"points":[{"x":0.5,"y":0.5,"radius":0.05,"color":"#cc2200"}]}"##;

/// A PNG with a red square in the middle, transparent around it, or not.
fn square(transparent: bool) -> Vec<u8> {
    let inside = |i: usize| (24..40).contains(&(i % 64)) && (24..40).contains(&(i / 64));
    let pixels = (0..64 * 64).flat_map(|i| if inside(i) { [220, 30, 20] } else { [0, 0, 0] }).collect();
    let alpha = (0..64 * 64).map(|i| if inside(i) { 255 } else { 0 }).collect();
    let raster = Raster::new(64, 64, Pixels::Rgb8(pixels)).unwrap();
    let raster = raster.with_alpha(transparent.then_some(Alpha::Eight(alpha))).unwrap();
    encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap()
}

#[test]
fn scribbles_as_json_and_as_a_picture_reach_the_method() {
    let server = start(config());
    let options = br#"{"method":"gray"}"#;
    for scribbles in [POINT, &square(true)] {
        let body = form(&[("image", CAMERA), ("scribbles", scribbles), ("options", options)]);
        let reply = server.post("/v1/colorize", &[FORM], &body);
        assert_eq!(
            reply.problem(),
            "guidance-unsupported",
            "gray takes no hints, and must have seen them to say so"
        );
    }
    let image = BASE64.encode(CAMERA);
    let scribbles: serde_json::Value = serde_json::from_slice(POINT).unwrap();
    let png = BASE64.encode(square(true));
    for scribbles in [scribbles, png.into()] {
        let body = serde_json::json!({"image": image, "scribbles": scribbles, "options": {"method": "gray"}});
        let reply = server.colorize("application/json", "*/*", body.to_string().as_bytes());
        assert_eq!(reply.problem(), "guidance-unsupported");
    }
}

#[test]
fn scribbles_that_say_nothing_are_refused() {
    let server = start(config());
    for (scribbles, code) in [
        (square(false).as_slice(), "guidance-unfit"),
        (b"{\"points\":[{}]}", "bad-json"),
        (br##"{"points":[{"x":2,"y":0,"color":"#000000"}]}"##, "guidance-out-of-range"),
        (b"hello", "not-a-picture"),
    ] {
        let reply =
            server.post("/v1/colorize", &[FORM], &form(&[("image", CAMERA), ("scribbles", scribbles)]));
        assert_eq!(reply.problem(), code);
    }
}

#[test]
fn a_reference_reaches_the_method_and_must_have_colours() {
    let server = start(config());
    let send = |options: &[u8], reference: &[u8]| {
        let fields = [("image", CAMERA), ("reference=r.png", reference), ("options", options)];
        server.post("/v1/colorize", &[FORM], &form(&fields)).problem()
    };
    assert_eq!(send(br#"{"method":"gray"}"#, &square(true)), "guidance-unsupported");
    assert_eq!(send(br#"{"method":"welsh"}"#, CAMERA), "guidance-unfit");
    assert_eq!(send(br#"{"method":"welsh"}"#, b"hello"), "not-a-picture");
}

#[test]
fn the_palette_of_a_picture_is_told_with_the_share_of_each_colour() {
    let server = start(config());
    let pixels: Vec<u8> = [[200, 30, 30]; 60].into_iter().chain([[30, 30, 200]; 40]).flatten().collect();
    let poster = Raster::new(10, 10, Pixels::Rgb8(pixels)).unwrap();
    let poster = encode(&poster, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap();
    let ask = |path: &str, kind: &str, body: &[u8]| server.post(path, &[("content-type", kind)], body);
    let palette = ask("/v1/palette?entries=4", "image/png", &poster).json();
    assert_eq!(
        palette,
        serde_json::json!({
            "entries": [{"color": "#c81e1e", "share": 0.6}, {"color": "#1e1ec8", "share": 0.4}],
            "is_gray": false,
        })
    );
    assert_eq!(ask("/v1/palette", "image/png", CAMERA).json()["is_gray"], true);
    for (path, kind, body, code) in [
        ("/v1/palette?entries=1", "image/png", CAMERA, "option-out-of-range"),
        ("/v1/palette?colors=4", "image/png", CAMERA, "bad-query"),
        ("/v1/palette", "application/json", b"{}", "unsupported-media-type"),
        ("/v1/palette", "image/png", b"hello", "not-a-picture"),
    ] {
        assert_eq!(ask(path, kind, body).problem(), code);
    }
}
