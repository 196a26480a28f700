//! What every request passes on its way in, and every answer on its way out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use crate::app::App;
use crate::log;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::trace;

/// Only what this server itself serves; pictures that a page made of bytes are `blob:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    font-src 'self'; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// Gives every request an id, and every failure its document.
pub async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut random = [0; 8];
    // Without random numbers ids are all alike, which is no reason to refuse a picture.
    let _ = getrandom::fill(&mut random);
    let id = hex::encode(random);
    let (began, span) = (Instant::now(), log::span(&request, &id));
    let traced = trace::request(&request, &id, &span);
    let mut response = next.run(request).instrument(traced.clone()).instrument(span.clone()).await;
    if let Some(problem) = Problem::of(&response) {
        let mut document = problem.document(&id);
        for (name, value) in response.headers() {
            if *name == header::ALLOW || !document.headers().contains_key(name) {
                document.headers_mut().insert(name.clone(), value.clone());
            }
        }
        document.headers_mut().remove(header::CONTENT_LENGTH);
        response = document;
    }
    app.metrics.answered(response.status().as_u16());
    trace::answered(&traced, response.status().as_u16());
    log::answered(&span, began, &response);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Tells browsers to trust nothing but this server.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// Refuses a body whose announced length is more than `most` bytes, before any of it is read.
pub async fn content_length(State(most): State<usize>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match length.and_then(|length| length.parse::<u64>().ok()) {
        Some(length) if length > most as u64 => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        _ => next.run(request).await,
    }
}

/// Refuses what other sites' pages send, and on this machine alone also names that only pretend to be it (DNS rebinding).
pub async fn origin(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match foreign(&request, app.local) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn foreign(request: &Request, local: bool) -> Option<Problem> {
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).or_else(|| request.uri().authority().map(|a| a.as_str())).unwrap_or("");
    let foreign = text(header::ORIGIN).is_some_and(|origin| {
        origin.split_once("://").is_none_or(|(_, authority)| !authority.eq_ignore_ascii_case(host))
    });
    if foreign {
        let detail = "pages of other sites may not use this server";
        return Some(Problem::new(Refusal::CrossOrigin, detail));
    }
    let detail = "this server answers under localhost only";
    (local && !is_local(host)).then(|| Problem::new(Refusal::WrongHost, detail))
}

fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("localhost" | "127.0.0.1" | "::1"))
}

/// Who asks: the name of the key; without one nothing on this machine, and the address elsewhere.
#[derive(Clone, Debug)]
pub struct Owner(pub String);

/// Asks for a key where keys exist, and lets nobody ask too much at once.
pub async fn key(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let owner = match owner(&app, peer, &request) {
        Ok(owner) => owner,
        Err(problem) => return problem.into_response(),
    };
    let _turn = match app.callers.begin(&owner.0) {
        Ok(turn) => turn,
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(owner);
    next.run(request).await
}

fn owner(app: &App, peer: SocketAddr, request: &Request) -> Result<Owner, Problem> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    // Other schemes are for proxies before us.
    let key = given.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    let asked = app.keys.with_current(|keys| {
        (key.and_then(|key| keys.name_of(key)).map(str::to_owned), keys.names().next().is_none())
    });
    let (name, no_keys) = asked.map_err(|_| {
        let detail = "the file of keys is broken; nobody is let in until it is mended";
        Problem::new(Refusal::KeysBroken, detail)
    })?;
    match (name, key) {
        (Some(name), _) => Ok(Owner(name)),
        (None, Some(_)) => {
            Err(Problem::new(Refusal::UnknownKey, "there is no such key; it may have been revoked"))
        }
        (None, None) if app.local && no_keys => Ok(Owner(String::new())),
        (None, None) if app.allow_anonymous => Ok(Owner(format!("@{}", peer.ip()))),
        (None, None) => Err(Problem::new(
            Refusal::NoKey,
            "send a key as `Authorization: Bearer KEY`; `autochrome keys create NAME` makes one",
        )),
    }
}

/// Counts the pictures that a caller sends.
pub async fn pace(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() == Method::POST
        && let Err(problem) = app.callers.count(&owner.0, Instant::now())
    {
        return problem.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_this_machines_own_names_are_local() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:80", "[::1]:8080"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]:1"] {
            assert!(!is_local(host), "{host}");
        }
    }
}
