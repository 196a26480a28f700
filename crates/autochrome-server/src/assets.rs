//! The web app, which `cargo xtask web` builds and `build.rs` puts into the program.

use axum::http::{Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::problem::Problem;
use crate::refusal::Refusal;

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Shown while the program was built without the app.
const WITHOUT_APP: &str = include_str!("without_app.html");

/// Whether the app is part of this build.
#[must_use]
pub fn has_app() -> bool {
    !FILES.is_empty()
}

/// A file of the app; addresses without an extension are pages of the app and get its one document.
pub async fn serve(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some((name, bytes)) = file(path) {
        return answer(name, bytes);
    }
    let is_page = !path.starts_with("v1/") && !path.rsplit('/').next().unwrap_or("").contains('.');
    match file("index.html") {
        Some((name, bytes)) if is_page => answer(name, bytes),
        None if path.is_empty() => answer("index.html", WITHOUT_APP.as_bytes()),
        _ => Problem::new(Refusal::NotFound, "there is nothing at this address").into_response(),
    }
}

fn file(path: &str) -> Option<(&'static str, &'static [u8])> {
    let place = FILES.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
    Some(FILES[place])
}

fn answer(name: &str, bytes: &'static [u8]) -> Response {
    let extension = name.rsplit('.').next().unwrap_or("");
    let kind = match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
    // Names under assets/ hold a hash of the content.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], bytes).into_response()
}
