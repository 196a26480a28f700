//! The web app, which `cargo xtask web` builds and `build.rs` puts into the program.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::problem::Problem;
use crate::refusal::Refusal;

/// Shown while the program was built without the app.
const WITHOUT_APP: &str = include_str!("without_app.html");

/// Whether the app is part of this build.
#[must_use]
pub fn has_app() -> bool {
    !FILES.is_empty()
}

/// A file of the app.
struct File {
    name: &'static str,
    plain: &'static [u8],
    /// The same compressed, where that is smaller.
    gzip: Option<&'static [u8]>,
}

/// Pages of the app, as `web/src/app.tsx` names them; those with a `/` at the end have an id behind it.
const PAGES: [&str; 8] = ["", "studio", "studio/", "batch", "batch/", "history", "instructions", "about"];

/// A file of the app. Its pages get its one document, and so does what looks like a page and is none, with status 404.
pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = file(path) {
        return answer(file, &headers);
    }
    let is_asset = path.starts_with("v1/") || path.rsplit('/').next().unwrap_or("").contains('.');
    match file("index.html") {
        Some(file) if !is_asset => {
            let mut response = answer(file, &headers);
            if !is_page(path) {
                *response.status_mut() = StatusCode::NOT_FOUND;
                response.extensions_mut().insert(KeepBody);
            }
            response
        }
        None if path.is_empty() => {
            answer(&File { name: "index.html", plain: WITHOUT_APP.as_bytes(), gzip: None }, &headers)
        }
        _ => Problem::new(Refusal::NotFound, "there is nothing at this address").into_response(),
    }
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Marks an answer whose status tells of a problem that its body tells to people.
#[derive(Clone)]
pub struct KeepBody;

fn is_page(path: &str) -> bool {
    PAGES.iter().any(|page| match page.strip_suffix('/') {
        Some(group) => path
            .strip_prefix(group)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|id| !id.is_empty() && !id.contains('/')),
        None => path == *page,
    })
}

fn file(path: &str) -> Option<&'static File> {
    let place = FILES.binary_search_by(|file| file.name.cmp(path)).ok()?;
    Some(&FILES[place])
}

fn answer(file: &File, headers: &HeaderMap) -> Response {
    let extension = file.name.rsplit('.').next().unwrap_or("");
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
    let cache =
        if file.name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = match file.gzip.filter(|_| takes_gzip(headers)) {
        Some(bytes) => ([(header::CONTENT_ENCODING, "gzip")], bytes).into_response(),
        None => file.plain.into_response(),
    };
    let told = response.headers_mut();
    told.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    told.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Whether a client says that it understands gzip, with any weight but none.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let given = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    given.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && weight.and_then(|text| text.parse::<f32>().ok()).unwrap_or(1.0) > 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_those_of_the_app_and_no_others() {
        for page in ["", "studio", "studio/7f1c", "batch", "batch/9f", "history", "about"] {
            assert!(is_page(page), "{page}");
        }
        for other in ["studio/", "studio/a/b", "studios", "history/1", "wp-admin", "about/us"] {
            assert!(!is_page(other), "{other}");
        }
    }

    #[test]
    fn gzip_is_sent_to_whoever_takes_it() {
        let takes = |value: &str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]))
        };
        assert!(takes("gzip, deflate, br") && takes("br;q=1, GZip;q=0.5"));
        assert!(!takes("gzip;q=0") && !takes("br") && !takes_gzip(&HeaderMap::new()));
    }
}
