//! The interface told to programs and to people.

use std::path::Path;

use crate::client::CAMERA;
use crate::running::{config, start};

#[test]
fn the_interface_is_told_as_openapi_and_as_a_page() {
    let server = start(config());
    let reply = server.get("/openapi.json");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(reply.json()["openapi"].as_str().unwrap().starts_with("3.1"));
    let page = server.get("/docs");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(String::from_utf8(page.body).unwrap().contains("/v1/jobs/{id}/events"));
    assert_eq!(server.get("/docs.css").header("content-type"), Some("text/css; charset=utf-8"));
}

#[test]
fn every_address_of_the_document_exists() {
    let server = start(config());
    for (path, methods) in server.get("/openapi.json").json()["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "none").replace("{number}", "0");
        for method in methods.as_object().unwrap().keys() {
            let reply = server.send(&method.to_uppercase(), &path, &[("content-type", "image/png")], CAMERA);
            let code = if reply.status >= 400 { reply.problem() } else { String::new() };
            assert!(!["not-found", "method-not-allowed"].contains(&code.as_str()), "{method} {path}: {code}");
        }
    }
}

/// The web app's types are made of this file; `cargo xtask web-api` writes both.
#[test]
fn the_document_that_the_web_app_is_made_of_is_this_one() {
    let server = start(config());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let told = format!("{:#}\n", server.get("/openapi.json").json());
    if std::env::var_os("AUTOCHROME_BLESS").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    let committed =
        std::fs::read_to_string(&path).expect("web/openapi.json; `cargo xtask web-api` writes it");
    assert!(committed == told, "web/openapi.json is old; run `cargo xtask web-api`");
}
