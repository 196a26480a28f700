//! Spans for whoever watches many machines: one a request, one a job or segment of a film. They belong together: what enqueues a
//! job tells the trace that it does so in, and the worker goes on with that.
//!
//! The log has a span of its own for each request and knows nothing of these, which are made for a collector alone (`collector`).

use autochrome_jobs::{Lease, QueueError};
use axum::extract::MatchedPath;
use axum::http::{HeaderMap, Request};
use tracing::field::Empty;
use tracing::{Span, info_span};

/// What tells these spans from those of the log.
pub const TARGET: &str = "autochrome_server::trace";

/// Everything that happens for a request, within its span of the log.
pub fn request<B>(request: &Request<B>, id: &str, log: &Span) -> Span {
    let method = request.method().as_str();
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    // Paths that are no routes are whatever somebody asks for, and as many.
    let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    let span = info_span!(
        target: TARGET,
        parent: log,
        "request",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        autochrome.request.id = id,
    );
    continue_request(&span, request.headers());
    span
}

/// Says how a request was answered.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// The work on a job, in the trace that it was sent in.
pub fn job(lease: &Lease) -> Span {
    let kind = lease.kind.name();
    let span = info_span!(
        target: TARGET,
        parent: None,
        "job",
        otel.name = format!("job {kind}"),
        otel.kind = "consumer",
        otel.status_code = Empty,
        autochrome.job.id = lease.job,
        autochrome.job.kind = kind,
        autochrome.job.attempt = lease.attempt,
        autochrome.job.pictures = lease.pictures,
        autochrome.job.outcome = Empty,
        error.type = Empty,
    );
    continue_job(&span, lease.trace.as_deref());
    span
}

/// Says how the work on the current job ended, once the queue has it; `code` is that of an error.
pub fn ended(outcome: &str, code: Option<&str>, told: &Result<(), QueueError>) {
    let span = Span::current();
    match told {
        Ok(()) => span.record("autochrome.job.outcome", outcome),
        // Somebody else has the job, or nobody wants it any more.
        Err(QueueError::LeaseLost) => span.record("autochrome.job.outcome", "lost"),
        Err(error) => span.record("error.type", error.code()),
    };
    if let (Ok(()), Some(code)) = (told, code) {
        span.record("error.type", code).record("otel.status_code", "ERROR");
    }
}

#[cfg(feature = "otel")]
mod context {
    use std::collections::HashMap;

    use opentelemetry::propagation::TextMapPropagator as _;
    use opentelemetry_http::HeaderExtractor;
    use opentelemetry_sdk::propagation::TraceContextPropagator;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    use super::{HeaderMap, Span};

    /// The header of the W3C.
    const HEADER: &str = "traceparent";

    pub fn continue_request(span: &Span, headers: &HeaderMap) {
        let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // Nobody listens where that fails.
        let _ = span.set_parent(context);
    }

    pub fn continue_job(span: &Span, trace: Option<&str>) {
        let carrier: HashMap<String, String> =
            trace.into_iter().map(|trace| (HEADER.to_owned(), trace.to_owned())).collect();
        let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
    }

    /// The trace that the current thread works in, for a job that it enqueues.
    pub fn current() -> Option<String> {
        let mut carrier = HashMap::new();
        TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
        carrier.remove(HEADER)
    }
}

#[cfg(not(feature = "otel"))]
mod context {
    use super::{HeaderMap, Span};

    pub fn continue_request(_span: &Span, _headers: &HeaderMap) {}

    pub fn continue_job(_span: &Span, _trace: Option<&str>) {}

    /// The trace that the current thread works in: this program knows none.
    pub fn current() -> Option<String> {
        None
    }
}

pub use context::current;
use context::{continue_job, continue_request};
