//! The server as clients meet it.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

mod client;
mod docs;
mod hints;
mod inspect;
mod jobs;
mod memories;
mod running;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use autochrome::{DecodeOptions, Limits, decode};
use autochrome_server::{Config, Keys, ServeError, Server};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use client::{CAMERA, form, parse};
use running::{config, start};

const FORM: &str = client::FORM.1;

#[test]
fn a_raw_picture_is_answered_with_a_picture_of_the_same_luma() {
    let server = start(config());
    let reply = server.colorize("image/png", "*/*", CAMERA);
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("image/png")));
    let before = decode(CAMERA, &DecodeOptions::default()).unwrap();
    let after = decode(&reply.body, &DecodeOptions::default()).unwrap();
    let worst =
        before.luma.data().iter().zip(after.luma.data()).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
    assert!(worst < 0.5, "L moved by {worst}");
}

/// In steps of 1/255 of the range of L, the largest difference between two pictures of one size.
fn luma_steps(before: &[u8], after: &[u8]) -> f32 {
    let luma = |bytes| decode(bytes, &DecodeOptions::default()).unwrap().luma;
    let (before, after) = (luma(before), luma(after));
    assert_eq!(before.size(), after.size());
    let differences = before.data().iter().zip(after.data()).map(|(x, y)| (x - y).abs() * 2.55);
    differences.fold(0.0, f32::max)
}

#[test]
fn every_tone_leaves_luma_as_it_was() {
    let server = start(config());
    let colored = BASE64.encode(CAMERA);
    for tone in [
        r#"{"temperature":50,"tint":50,"saturation":4}"#,
        r#"{"temperature":-50,"tint":-50}"#,
        r#"{"saturation":0}"#,
        r#"{"temperature":7.5}"#,
    ] {
        let body =
            format!(r#"{{"image":"{colored}","options":{{"method":"gray","format":"png","look":{tone}}}}}"#);
        let reply = server.colorize("application/json", "*/*", body.as_bytes());
        assert_eq!(reply.status, 200, "{tone}");
        let bytes = BASE64.decode(reply.json()["image"].as_str().unwrap()).unwrap();
        let steps = luma_steps(CAMERA, &bytes);
        assert!(steps <= 1.0, "{tone} moved luma by {steps} steps");
    }
}

#[test]
fn a_form_with_options_is_understood() {
    let server = start(config());
    let options =
        br#"{"method":"gray","format":"jpeg","max_side_px":64,"look":{"filter":"sepia","amount":0.5}}"#;
    let reply = server.colorize(FORM, "image/*", &form(&[("options", options), ("image", CAMERA)]));
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("image/jpeg")));
    let picture = decode(&reply.body, &DecodeOptions::default()).unwrap();
    assert_eq!((picture.width(), picture.height(), picture.was_gray), (64, 64, false));
}

#[test]
fn json_is_answered_with_json() {
    let server = start(config());
    let body = serde_json::json!({"image": BASE64.encode(CAMERA), "options": {"method": "gray"}}).to_string();
    let reply = server.colorize("application/json", "*/*", body.as_bytes());
    let answer = reply.json();
    assert_eq!((reply.status, &answer["width"], &answer["method"]), (200, &512.into(), &"gray".into()));
    assert_eq!((&answer["answer"], &answer["variants"]), (&0.into(), &serde_json::json!([])));
    let bytes = BASE64.decode(answer["image"].as_str().unwrap()).unwrap();
    assert_eq!(decode(&bytes, &DecodeOptions::default()).unwrap().width(), 512);
}

#[test]
fn options_in_the_address_of_a_form_are_not_passed_over() {
    let server = start(config());
    let (path, form) =
        (r#"/v1/colorize?options={"method":"none"}"#.replace('"', "%22"), form(&[("image", CAMERA)]));
    let reply = server.send("POST", &path, &[("content-type", FORM)], &form);
    assert_eq!((reply.status, reply.problem().as_str()), (422, "unknown-method"));
}

#[test]
fn options_may_stand_in_the_address() {
    let server = start(config());
    let path = "/v1/colorize?options=%7B%22format%22%3A%22webp%22%7D";
    let reply = server.send("POST", path, &[("content-type", "image/png")], CAMERA);
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("image/webp")));
}

#[test]
fn bad_requests_are_told_what_is_wrong() {
    let server = start(Config { limits: Limits { max_bytes: 200_000, ..Limits::default() }, ..config() });
    let many_pixels = b"P5 60000 60000 255\n\0".as_slice();
    let half = &CAMERA[..CAMERA.len() / 2];
    let too_large = vec![0; 3_000_000];
    let cases: [(&str, &[u8], u16, &str); 18] = [
        ("text/plain", b"hello", 415, "unsupported-media-type"),
        ("image/png", b"hello", 415, "not-a-picture"),
        ("image/png", b"", 422, "empty-file"),
        ("image/png", half, 422, "truncated-file"),
        ("image/x-portable-graymap", many_pixels, 413, "side-too-long"),
        ("image/png", &too_large, 413, "too-many-bytes"),
        ("application/json", b"{", 400, "bad-json"),
        ("application/json", b"{}", 422, "no-image"),
        ("application/json", br#"{"image":"%%"}"#, 422, "bad-base64"),
        (FORM, &form(&[("options", b"{}")]), 422, "no-image"),
        (FORM, &form(&[("photo", CAMERA)]), 422, "unknown-field"),
        (FORM, &form(&[("image", CAMERA), ("options", br#"{"method":"grey"}"#)]), 422, "unknown-method"),
        (
            FORM,
            &form(&[("image", CAMERA), ("options", br#"{"look":{"amount":7}}"#)]),
            422,
            "look-out-of-range",
        ),
        (FORM, &form(&[("image", CAMERA), ("image", CAMERA)]), 422, "too-many-images"),
        (FORM, &form(&[("image", CAMERA), ("options", br#"{"variants":9}"#)]), 422, "option-out-of-range"),
        (FORM, &form(&[("image", CAMERA), ("options", br#"{"max_side_px":0}"#)]), 422, "option-out-of-range"),
        (FORM, &form(&[("image", CAMERA), ("options", br#"{"quality":0}"#)]), 422, "option-out-of-range"),
        (FORM, b"--xyz\r\nbroken", 400, "bad-body"),
    ];
    for (kind, body, status, code) in cases {
        let reply = server.colorize(kind, "*/*", body);
        assert_eq!((reply.status, reply.problem().as_str()), (status, code), "{kind}, {} bytes", body.len());
    }
    assert_eq!(server.get("/v1/nothing").problem(), "not-found");
    let reply = server.get("/v1/colorize");
    assert_eq!((reply.status, reply.problem().as_str()), (405, "method-not-allowed"));
    assert_eq!(reply.header("allow"), Some("POST"));
}

#[test]
fn registries_are_told() {
    let server = start(config());
    let methods = server.get("/v1/methods").json();
    let all = methods["methods"].as_array().unwrap();
    assert_eq!(all.iter().filter(|method| method["default"] == true).count(), 1);
    assert!(all.iter().any(|method| method["settings"]["properties"]["size"]["type"] == "integer"));
    assert_eq!(server.get("/v1/filters").json()["filters"].as_array().unwrap().len(), 11);
    assert!(server.get("/v1/models").json()["models"].is_array());
    assert_eq!(server.get("/v1/limits").json()["workers"], 2);
    assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 200));
    let metrics = String::from_utf8(server.get("/metrics").body).unwrap();
    assert!(metrics.contains("autochrome_responses_total{status=\"2xx\"} 6"), "{metrics}");
}

#[test]
fn a_look_is_told_as_a_table() {
    let server = start(config());
    let reply = server.get("/v1/looks/cube?filter=autochrome&amount=0.5");
    assert_eq!((reply.status, reply.body.len()), (200, 6 * 33 * 33 * 33));
    assert!(reply.header("autochrome-grain").unwrap().parse::<f32>().unwrap() > 0.0);
    assert_eq!(server.get("/v1/looks/cube?filter=none").status, 200);
    assert_eq!(server.get("/v1/looks/cube?filter=nope").problem(), "unknown-filter");
    assert_eq!(server.get("/v1/looks/cube?amount=much").problem(), "bad-query");
}

#[test]
fn who_finds_no_place_is_told_when_to_come_back() {
    let server = start(Config { workers: 1, waiting: 0, ..config() });
    // Clients that have not sent their picture yet take no place.
    let _slow = [unfinished(server.address), unfinished(server.address)];
    std::thread::scope(|scope| {
        // Takes the only place for a while.
        let first = scope.spawn(|| {
            let options = br#"{"method":"neural","settings":{"size":256}}"#;
            server.colorize(FORM, "*/*", &form(&[("image", CAMERA), ("options", options)])).status
        });
        while server.get("/readyz").status == 200 {
            assert!(!first.is_finished(), "too quick for this test");
            std::thread::yield_now();
        }
        let reply = server.colorize("image/png", "*/*", CAMERA);
        assert_eq!((reply.status, reply.problem().as_str()), (503, "queue-full"));
        assert!(reply.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
        // The first one is answered as if nothing had happened.
        assert_eq!(first.join().unwrap(), 200);
    });
}

#[test]
fn stopping_finishes_what_was_begun() {
    let mut server = start(config());
    let mut stream = unfinished(server.address);
    stream.write_all(&CAMERA[..1000]).unwrap();
    while !String::from_utf8(server.get("/metrics").body).unwrap().contains("arriving_bytes 1000\n") {
        std::thread::yield_now();
    }
    let rest = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(200));
        stream.write_all(&CAMERA[1000..]).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        parse(&answer).status
    });
    server.stop();
    assert_eq!(rest.join().unwrap(), 200);
    assert!(TcpStream::connect(server.address).is_err());
}

#[test]
fn pages_of_other_sites_are_refused() {
    let server = start(config());
    let reply = server.send("GET", "/v1/methods", &[("origin", "https://evil.example")], b"");
    assert_eq!((reply.status, reply.problem().as_str()), (403, "cross-origin"));
    assert_eq!(reply.header("access-control-allow-origin"), None);
    let reply = server.send("GET", "/v1/methods", &[("host", "evil.example")], b"");
    assert_eq!(reply.problem(), "wrong-host");
    let own = format!("http://{}", server.address);
    assert_eq!(server.send("GET", "/v1/methods", &[("origin", &own)], b"").status, 200);
}

#[test]
fn every_answer_tells_browsers_to_be_strict() {
    let server = start(config());
    for path in ["/", "/v1/methods", "/nothing.png"] {
        let reply = server.get(path);
        assert!(reply.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("x-request-id").unwrap().len(), 16);
    }
    assert!(String::from_utf8(server.get("/").body).unwrap().contains("Autochrome"));
}

#[test]
fn a_key_is_asked_for_where_keys_exist() {
    let config = config();
    let key = Keys::create(&config.keys, "desk").unwrap();
    let path = config.keys.clone();
    let server = start(config);
    let reply = server.get("/v1/methods");
    assert_eq!((reply.status, reply.problem().as_str()), (401, "no-key"));
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    let with =
        |key: &str| server.send("GET", "/v1/methods", &[("authorization", &format!("Bearer {key}"))], b"");
    assert_eq!((with(&key).status, with("ac_wrong").problem().as_str()), (200, "unknown-key"));
    assert_eq!((server.get("/healthz").status, server.get("/").status), (200, 200));
    // A key of others works as soon as it is made, sees no job but its own, and ends when it is revoked.
    let other = Keys::create(&path, "phone").unwrap();
    let bearer = format!("Bearer {key}");
    let made = server.post("/v1/jobs", &[client::PNG, ("authorization", &bearer)], CAMERA);
    let place = made.header("location").unwrap().to_owned();
    let bearer = format!("Bearer {other}");
    let get = |path: &str| server.send("GET", path, &[("authorization", &bearer)], b"");
    assert_eq!(get("/v1/jobs").json()["jobs"].as_array().unwrap().len(), 0);
    for path in [place.clone(), format!("{place}/result"), format!("{place}/events")] {
        assert_eq!(get(&path).problem(), "unknown-job");
    }
    Keys::revoke(&path, "phone").unwrap();
    assert_eq!(get("/v1/jobs").status, 401);
}

#[test]
fn a_caller_who_asks_too_much_is_told_when_to_come_back() {
    let server = start(Config { rate_per_minute: Some(2), ..config() });
    let ask = || server.colorize("image/png", "*/*", b"no picture");
    assert_eq!([ask().status, ask().status], [415, 415]);
    let reply = ask();
    assert_eq!((reply.status, reply.problem().as_str()), (429, "too-many-requests"));
    let seconds: u32 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((29..=31).contains(&seconds), "{seconds}");
    assert_eq!(server.get("/v1/jobs").status, 200, "looking costs nothing");

    let server = start(Config { concurrency: Some(1), ..config() });
    let slow = unfinished(server.address);
    while server.get("/v1/limits").status != 429 {
        std::thread::yield_now();
    }
    let reply = server.get("/v1/limits");
    assert_eq!((reply.problem().as_str(), reply.header("retry-after")), ("too-many-at-once", Some("1")));
    drop(slow);
    while server.get("/v1/limits").status != 200 {
        std::thread::yield_now();
    }
}

/// A request that has sent its head but none of its body.
fn unfinished(address: SocketAddr) -> TcpStream {
    announcing(address, CAMERA.len())
}

/// The head of a request that announces a body of `bytes`.
fn announcing(address: SocketAddr, bytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/colorize HTTP/1.1\r\nhost: {address}\r\ncontent-type: image/png\r\ncontent-length: {bytes}\r\n\
         connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn a_body_that_is_announced_as_too_large_is_refused_before_it_is_sent() {
    let server = start(config());
    let mut answer = Vec::new();
    announcing(server.address, 100_000_000_000).read_to_end(&mut answer).unwrap();
    let reply = parse(&answer);
    assert_eq!((reply.status, reply.problem().as_str()), (413, "too-many-bytes"));
}

#[test]
fn other_machines_are_let_in_only_on_purpose() {
    let open = SocketAddr::from(([0, 0, 0, 0], 0));
    let bind = |config| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Server::bind(config)).map(drop)
    };
    assert!(matches!(bind(Config { bind: open, ..config() }), Err(ServeError::Open(_))));
    assert!(bind(Config { bind: open, allow_anonymous: true, ..config() }).is_ok());
}

#[test]
fn what_a_client_takes_decides_the_format() {
    let server = start(config());
    for (accept, kind) in [("image/webp", "image/webp"), ("image/jpeg;q=0.9, image/tiff;q=0.1", "image/jpeg")]
    {
        let reply = server.colorize("image/png", accept, CAMERA);
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)));
    }
    let refused = server.colorize("image/png", "text/html", CAMERA);
    assert_eq!((refused.status, refused.problem().as_str()), (406, "not-acceptable"));
    let ordered = form(&[("image", CAMERA), ("options", br#"{"format":"png","method":"gray"}"#)]);
    assert_eq!(server.colorize(FORM, "image/webp", &ordered).problem(), "not-acceptable");
}

#[test]
fn what_there_is_not_is_said_with_the_documented_status() {
    let server = start(config());
    let form = |options: &[u8]| form(&[("image", CAMERA), ("options", options)]);
    let reply = server.colorize(FORM, "*/*", &form(br#"{"metod":"gray"}"#));
    assert_eq!((reply.status, reply.problem().as_str()), (422, "bad-json"));
    // Options have names: a list of them in the order of the fields is none.
    for list in [br#"["gray"]"#.as_slice(), b"[]"] {
        let reply = server.colorize(FORM, "*/*", &form(list));
        assert_eq!((reply.status, reply.problem().as_str()), (422, "bad-json"));
    }
    let reply = server.post("/v1/colorize?options=%5B%22gray%22%5D", &[client::PNG], CAMERA);
    assert_eq!((reply.status, reply.problem().as_str()), (422, "bad-json"));
    let reply = server.post("/v1/colorize?from=album", &[client::PNG], CAMERA);
    assert_eq!((reply.status, reply.problem().as_str()), (422, "bad-query"));
    let reply = server.post("/v1/palette?colours=6", &[client::PNG], CAMERA);
    assert_eq!((reply.status, reply.problem().as_str()), (422, "bad-query"));
    for path in ["/wp-admin", "/studio/a/b", "/history/3"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_place_has_likely_colours_that_differ_and_a_reach_that_holds_it() {
    let server = start(config());
    let made = server.post("/v1/pictures", &[client::PNG], CAMERA).json();
    let id = made["id"].as_str().unwrap();
    // The photographer's coat.
    let place = server.get(&format!("/v1/suggest?picture={id}&x=0.42&y=0.45"));
    assert_eq!(place.status, 200);
    let place = place.json();
    let colors: Vec<&str> =
        place["colors"].as_array().unwrap().iter().map(|c| c["color"].as_str().unwrap()).collect();
    assert!((2..=5).contains(&colors.len()), "{colors:?}");
    assert!(colors.iter().all(|color| color.len() == 7 && color.starts_with('#')), "{colors:?}");
    let (width, height) =
        (place["reach"]["width"].as_u64().unwrap(), place["reach"]["height"].as_u64().unwrap());
    let weights = BASE64.decode(place["reach"]["weights"].as_str().unwrap()).unwrap();
    assert_eq!(weights.len() as u64, width * height);
    let at =
        |x: f64, y: f64| weights[((y * height as f64) as u64 * width + (x * width as f64) as u64) as usize];
    assert_eq!((at(0.42, 0.45), at(0.9, 0.05)), (255, 0), "the coat, and the sky");

    for (query, status, code) in [
        ("x=2&y=0", 422, "guidance-out-of-range"),
        ("x=0.5", 422, "bad-query"),
        ("x=0.5&y=nan", 422, "guidance-out-of-range"),
    ] {
        let reply = server.get(&format!("/v1/suggest?picture={id}&{query}"));
        assert_eq!((reply.status, reply.problem().as_str()), (status, code), "{query}");
    }
    assert_eq!(server.get("/v1/suggest?picture=0&x=0.5&y=0.5").problem(), "unknown-picture");
    let told = &server.get("/openapi.json").json()["paths"]["/v1/suggest"]["get"]["responses"];
    assert!(told["404"].is_object() && told["422"].is_object(), "{told}");
}

#[test]
fn words_colour_what_they_name_and_say_what_was_not_found() {
    let server = start(config());
    let ask = |options: &str| {
        server.colorize(
            FORM,
            "application/json",
            &form(&[("image", CAMERA), ("options", options.as_bytes())]),
        )
    };
    let reply = ask(r#"{"text":"green grass, yellow elephant"}"#);
    assert_eq!((reply.status, reply.problem().as_str()), (422, "guidance-unfit"));
    let found = ask(r#"{"text":"red coat"}"#).json();
    assert_eq!(found["warnings"], serde_json::json!([]));
    assert_ne!(found["image"], ask("{}").json()["image"]);
    let missing = ask(r#"{"text":"red boat"}"#).json();
    assert_eq!(missing["warnings"], serde_json::json!(["no boat was found in the picture"]));
    assert_eq!(missing["image"], ask("{}").json()["image"], "nothing else changes");
}

#[test]
fn layers_come_as_openraster_and_the_colour_alone_as_a_transparent_png() {
    let server = start(config());
    let sent = |format: &str| {
        let options = format!(r#"{{"settings":{{"size":64}},"max_side_px":100,"format":"{format}"}}"#);
        form(&[("image", CAMERA), ("options", options.as_bytes())])
    };
    let layers = server.colorize(FORM, "*/*", &sent("ora"));
    assert_eq!((layers.status, layers.header("content-type")), (200, Some("image/openraster")));
    assert!(
        layers.body.starts_with(b"PK") && layers.body.windows(16).any(|part| part == b"image/openraster")
    );
    assert!(server.colorize(FORM, "image/openraster", &sent("same")).body == layers.body);
    assert_eq!(server.colorize(FORM, "image/jpeg", &sent("ora")).problem(), "not-acceptable");
    let color = server.colorize(FORM, "*/*", &sent("color-layer"));
    assert_eq!((color.status, color.header("content-type")), (200, Some("image/png")));
    assert!(decode(&color.body, &DecodeOptions::default()).unwrap().alpha.is_some());
    let job = server.over(&server.job(&[client::FORM], &sent("ora")));
    assert_eq!(job["result"]["media_type"], "image/openraster");
}

#[test]
fn a_picture_is_sent_once_and_coloured_by_its_id() {
    let server = start(config());
    let made = server.post("/v1/pictures", &[client::PNG], CAMERA);
    assert_eq!(made.status, 201);
    let (open, id) = (made.json(), made.json()["id"].as_str().unwrap().to_owned());
    assert_eq!((&open["width"], &open["height"]), (&512.into(), &512.into()));
    assert_eq!((&open["kind"]["coloring"], &open["kind"]["subject"]), (&"gray".into(), &"photograph".into()));
    let options = br#"{"settings":{"size":64},"max_side_px":100,"format":"png"}"#;
    let by_id = server.colorize(FORM, "*/*", &form(&[("picture", id.as_bytes()), ("options", options)]));
    let whole = server.colorize(FORM, "*/*", &form(&[("image", CAMERA), ("options", options)]));
    assert_eq!((by_id.status, whole.status), (200, 200));
    assert!(by_id.body == whole.body, "the same picture");
    let json = serde_json::json!({"picture": id, "options": {"method": "gray"}}).to_string();
    assert_eq!(server.colorize("application/json", "*/*", json.as_bytes()).json()["width"], 512);
    let job = server.job(&[client::FORM], &form(&[("picture", id.as_bytes()), ("options", options)]));
    assert_eq!(server.over(&job)["state"], "done");

    let both = form(&[("picture", id.as_bytes()), ("image", CAMERA)]);
    assert_eq!(server.colorize(FORM, "*/*", &both).problem(), "too-many-images");
    assert_eq!(server.send("DELETE", &format!("/v1/pictures/{id}"), &[], b"").status, 204);
    let gone = server.colorize(FORM, "*/*", &form(&[("picture", id.as_bytes())]));
    assert_eq!((gone.status, gone.problem().as_str()), (404, "unknown-picture"));
    assert_eq!(server.post("/v1/pictures", &[client::PNG], b"hello").problem(), "not-a-picture");
}
