//! What the server logs: a line for every request, every failed job and every panic, to standard error.
//!
//! Lines name ids, routes, codes and figures, never a picture, a file name or a query.

use std::io::{IsTerminal as _, stderr};
use std::time::Instant;

use axum::body::HttpBody as _;
use axum::extract::MatchedPath;
use axum::http::Request;
use axum::response::Response;
use tracing::{Span, error, info, info_span};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: an object a line.
    Json,
    /// Not at all.
    Off,
}

/// Begins to log what `levels` lets through (`info`, or by module as in `info,autochrome_server=debug`), panics too. Once in a
/// process; what has begun to log goes on as it did.
pub fn log_to_stderr(format: LogFormat, levels: Targets) {
    // A reader that has gone away is no reason to fail, nor to say so where nobody reads.
    let lines = fmt::layer().with_writer(stderr).log_internal_errors(false);
    let begun = match format {
        LogFormat::Off => return,
        LogFormat::Text => {
            let lines = lines.with_ansi(stderr().is_terminal()).with_target(false);
            tracing_subscriber::registry().with(lines.with_filter(levels)).try_init()
        }
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            tracing_subscriber::registry().with(lines.with_filter(levels)).try_init()
        }
    };
    if begun.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            error!(place, "panic: {}", panic.payload_as_str().unwrap_or("without words"));
        }));
    }
}

/// What everything that happens for a request is logged under.
pub(crate) fn span<B>(request: &Request<B>, id: &str) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str);
    info_span!("request", id, method = request.method().as_str(), route)
}

/// Logs that a request, which came at `began`, was answered; a body that is made on the way has no size yet.
pub(crate) fn answered(span: &Span, began: Instant, response: &Response) {
    let _inside = span.enter();
    let status = response.status().as_u16();
    let ms = (began.elapsed().as_secs_f64() * 1e4).round() / 10.0;
    info!(status, ms, bytes = response.body().size_hint().exact(), "answered");
}
