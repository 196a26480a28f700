//! Memories over HTTP: made of pictures in colour, used by name, and nobody else's.

use autochrome_server::{Config, Keys};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::client::{CAMERA, Client, FORM, PNG, Reply, form};
use crate::running::{config, start};

/// A picture in colour of two halves, and the same in gray.
fn snapshot(gray: bool) -> Vec<u8> {
    let pixel = |i: u32| {
        let (x, y) = (i % 96, i / 96);
        let shade = 60 + ((x * 7 + y * 13) % 90) as u8;
        if gray {
            [shade; 3]
        } else if x < 48 {
            [shade, shade / 3, shade / 3]
        } else {
            [shade / 3, shade / 2, shade]
        }
    };
    [b"P6 96 64 255\n".to_vec(), (0..96 * 64).flat_map(pixel).collect()].concat()
}

/// Fields of a form and what they hold.
type Fields<'a> = &'a [(&'a str, &'a [u8])];

fn make(server: &Client, headers: &[(&str, &str)], fields: Fields<'_>) -> Reply {
    let mut all = vec![FORM];
    all.extend(headers);
    server.post("/v1/memories", &all, &form(fields))
}

fn names(reply: &Reply) -> Vec<Value> {
    reply.json()["memories"].as_array().unwrap().iter().map(|memory| memory["name"].clone()).collect()
}

#[test]
fn a_memory_is_made_used_and_forgotten() {
    let server = start(config());
    let color = snapshot(false);
    let reply =
        make(&server, &[], &[("name", b"Family"), ("image=aunt.ppm", &color), ("image=uncle.ppm", &color)]);
    assert_eq!((reply.status, reply.header("location")), (201, Some("/v1/memories/Family")));
    assert_eq!(reply.json()["pictures"], json!(["aunt.ppm", "uncle.ppm"]));
    assert_eq!(names(&server.get("/v1/memories")), ["Family"]);
    assert_eq!(server.get("/v1/memories/Family").json(), reply.json());

    let ask = |options: &[u8]| {
        let options = [("options", options), ("image", snapshot(true).as_slice())]
            .map(|(name, bytes)| (name, bytes.to_vec()));
        let fields: Vec<(&str, &[u8])> =
            options.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        server.colorize(FORM.1, "image/png", &form(&fields))
    };
    let (without, with) =
        (ask(br#"{"settings":{"size":64}}"#), ask(br#"{"settings":{"size":64},"memory":"Family"}"#));
    assert_eq!((without.status, with.status), (200, 200));
    assert_ne!(without.body, with.body, "what looks like the remembered picture gets its colours");

    // A job goes on with the memory that it was sent with.
    let gray = snapshot(true);
    let options = br#"{"settings":{"size":64},"memory":"Family","format":"png"}"#;
    let body = form(&[("options", options), ("image", &gray), ("image", &gray)]);
    let id = server.job(&[FORM], &body);
    assert_eq!(server.send("DELETE", "/v1/memories/Family", &[], b"").status, 204);
    let job = server.over(&id);
    assert_eq!(job["state"], "done", "{job}");
    for number in 0..2 {
        assert_eq!(server.get(&format!("/v1/jobs/{id}/files/{number}")).body, with.body);
    }

    let gone = ask(options);
    assert_eq!((gone.status, gone.problem().as_str()), (422, "unknown-memory"));
    for (method, path) in
        [("GET", "/v1/memories/Family"), ("DELETE", "/v1/memories/Family"), ("GET", "/v1/memories/..%2Fkeys")]
    {
        let reply = server.send(method, path, &[], b"");
        assert_eq!(reply.status, 404, "{method} {path}");
    }
    assert!(names(&server.get("/v1/memories")).is_empty());
}

#[test]
fn what_cannot_be_remembered_is_told_and_nothing_is_kept() {
    let server = start(config());
    let (color, gray) = (snapshot(false), snapshot(true));
    let many: Vec<(&str, &[u8])> = std::iter::once(("name", b"many".as_slice()))
        .chain(std::iter::repeat_n(("image", color.as_slice()), 31))
        .collect();
    let cases: [(Fields<'_>, u16, &str); 8] = [
        (&[("name", b"../keys"), ("image", &color)], 422, "bad-memory-name"),
        (&[("image", &color)], 422, "bad-memory-name"),
        (&[("name", b"none")], 422, "no-image"),
        (&[("name", b"gray"), ("image", &color), ("image", &gray)], 422, "guidance-unfit"),
        (&[("name", b"gray"), ("image", CAMERA)], 422, "guidance-unfit"),
        (&[("name", b"text"), ("image", b"hello")], 415, "not-a-picture"),
        (&[("name", b"model"), ("model", b"none"), ("image", &color)], 422, "unknown-model"),
        (&many, 413, "too-many-files"),
    ];
    for (fields, status, code) in cases {
        let reply = make(&server, &[], fields);
        assert_eq!((reply.status, reply.problem().as_str()), (status, code));
    }
    let reply = server.post("/v1/memories", &[PNG], CAMERA);
    assert_eq!((reply.status, reply.problem().as_str()), (415, "unsupported-media-type"));
    assert!(names(&server.get("/v1/memories")).is_empty(), "all of it or nothing");

    assert_eq!(make(&server, &[], &[("name", b"one"), ("image", &color)]).status, 201);
    let again = make(&server, &[], &[("name", b"one"), ("image", &color)]);
    assert_eq!((again.status, again.problem().as_str()), (409, "memory-exists"));
    // Another model than it was made with is refused before a job waits for its turn.
    let options = br#"{"memory":"one","model":"paper","method":"neural"}"#;
    let other = server.post("/v1/jobs", &[FORM], &form(&[("options", options), ("image", CAMERA)]));
    assert_eq!((other.status, other.problem().as_str()), (422, "guidance-unfit"));
    let limits = server.get("/v1/limits").json();
    assert_eq!(limits["memories"], json!({"max_memories": 20, "max_pictures": 30}));
}

#[test]
fn a_memory_belongs_to_the_key_that_made_it() {
    let config = config();
    let keys = ["desk", "phone"].map(|name| Keys::create(&config.keys, name).unwrap());
    let server = start(Config { keys: config.keys.clone(), ..config });
    let bearer = keys.map(|key| format!("Bearer {key}"));
    let [desk, phone] = [&bearer[0], &bearer[1]].map(|key| [("authorization", key.as_str())]);
    let color = snapshot(false);
    assert_eq!(make(&server, &desk, &[("name", b"Family"), ("image", &color)]).status, 201);
    assert_eq!(names(&server.send("GET", "/v1/memories", &desk, b"")), ["Family"]);
    assert!(names(&server.send("GET", "/v1/memories", &phone, b"")).is_empty());
    for method in ["GET", "DELETE"] {
        let reply = server.send(method, "/v1/memories/Family", &phone, b"");
        assert_eq!((reply.status, reply.problem().as_str()), (404, "unknown-memory"), "{method}");
    }
    let body = form(&[("options", br#"{"memory":"Family"}"#), ("image", CAMERA)]);
    let reply = server.post("/v1/colorize", &[FORM, phone[0]], &body);
    assert_eq!((reply.status, reply.problem().as_str()), (422, "unknown-memory"));
    assert_eq!(server.get("/v1/memories").problem(), "no-key");
}

#[test]
fn a_picture_is_a_mood_in_every_form() {
    let server = start(config());
    let (color, gray) = (snapshot(false), snapshot(true));
    let options = br#"{"settings":{"size":64},"mood":"chroma 3"}"#;
    let body = form(&[("options", options), ("image", &gray), ("mood", &color)]);
    let by_form = server.colorize(FORM.1, "image/png", &body);
    assert_eq!(by_form.status, 200, "{}", String::from_utf8_lossy(&by_form.body));
    let words = server.colorize(FORM.1, "image/png", &form(&[("options", options), ("image", &gray)]));
    assert_ne!(by_form.body, words.body, "the picture holds over the words");
    let document = json!({
        "image": BASE64.encode(&gray), "mood": BASE64.encode(&color),
        "options": {"settings": {"size": 64}, "format": "png"},
    });
    let by_json = server.colorize("application/json", "application/json", document.to_string().as_bytes());
    assert_eq!(BASE64.decode(by_json.json()["image"].as_str().unwrap()).unwrap(), by_form.body);
    let options = br#"{"settings":{"size":64},"format":"png"}"#;
    let id = server.job(&[FORM], &form(&[("options", options), ("image", &gray), ("mood", &color)]));
    assert_eq!(server.over(&id)["state"], "done");
    assert_eq!(server.get(&format!("/v1/jobs/{id}/files/0")).body, by_form.body);
    let refused = server.colorize(FORM.1, "*/*", &form(&[("image", &gray), ("mood", CAMERA)]));
    assert_eq!((refused.status, refused.problem().as_str()), (422, "guidance-unfit"));
}
