//! What the server logs: a line for every request, every failed job and every panic, to standard error; and to whom else it tells
//! what happens (`trace`).
//!
//! Lines name ids, routes, codes and figures, never a picture, a file name or a query.

use std::io::{IsTerminal as _, stderr};
use std::time::Instant;

use axum::body::HttpBody as _;
use axum::extract::MatchedPath;
use axum::http::Request;
use axum::response::Response;
use tracing::{Span, error, info, info_span, warn};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::trace;

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

/// What goes on until it is dropped: then what is not sent to a collector yet is sent, for five seconds at most.
#[must_use = "what it holds back is lost otherwise"]
pub struct Logging {
    #[cfg(feature = "otel")]
    _sending: Option<crate::collector::Sending>,
}

/// Begins to log what `levels` lets through (`info`, or by module as in `info,autochrome_server=debug`), panics too, and with the
/// feature `otel` to send spans and metrics to the collector that the environment names, as `service` unless that says otherwise. Once in
/// a process; what has begun to log goes on as it did.
pub fn start_log(format: LogFormat, levels: Targets, service: &'static str) -> Logging {
    let levels = levels.with_target(trace::TARGET, LevelFilter::OFF);
    // A reader that has gone away is no reason to fail, nor to say so where nobody reads.
    let lines = fmt::layer().with_writer(stderr).log_internal_errors(false);
    let lines: Option<Box<dyn Layer<Registry> + Send + Sync>> = match format {
        LogFormat::Off => None,
        LogFormat::Text => {
            Some(lines.with_ansi(stderr().is_terminal()).with_target(false).with_filter(levels).boxed())
        }
        LogFormat::Json => {
            Some(lines.json().flatten_event(true).with_span_list(false).with_filter(levels).boxed())
        }
    };
    let writes = lines.is_some();
    #[cfg(feature = "otel")]
    let (sending, refused) = match crate::collector::Sending::start(service) {
        Ok(sending) => (sending, None),
        Err(why) => (None, Some(why)),
    };
    #[cfg(feature = "otel")]
    let spans = sending.as_ref().and_then(crate::collector::Sending::layer);
    #[cfg(not(feature = "otel"))]
    let (_, spans) = (service, None::<tracing_subscriber::layer::Identity>);
    let begun = tracing_subscriber::registry().with(lines).with(spans).try_init();
    if begun.is_ok() && writes {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            error!(place, "panic: {}", panic.payload_as_str().unwrap_or("without words"));
        }));
    }
    #[cfg(feature = "otel")]
    if let Some(why) = refused {
        warn!(why, "nothing is sent to the collector");
    }
    #[cfg(not(feature = "otel"))]
    if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some_and(|name| !name.is_empty()) {
        warn!("OTEL_EXPORTER_OTLP_ENDPOINT has no effect: this program was built without `--features otel`");
    }
    Logging {
        #[cfg(feature = "otel")]
        _sending: sending,
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
