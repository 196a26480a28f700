//! `/healthz`, `/readyz`, `/metrics`: for those who run the server.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::problem::Problem;

/// That the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// That pictures can be coloured now: not stopping, and a place is free.
pub async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    if app.stopping.load(Ordering::Relaxed) {
        return Err(Problem::stopping());
    }
    app.engine.reserve()?;
    Ok("ready\n")
}

/// Counters in the text format of Prometheus.
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut text = String::from("# HELP autochrome_responses_total Answers by class of status.\n");
    text += "# TYPE autochrome_responses_total counter\n";
    for (class, count) in app.responses.iter().enumerate() {
        let count = count.load(Ordering::Relaxed);
        text += &format!("autochrome_responses_total{{status=\"{}xx\"}} {count}\n", class + 1);
    }
    text +=
        "# HELP autochrome_places_taken Requests in work or waiting.\n# TYPE autochrome_places_taken gauge\n";
    text += &format!("autochrome_places_taken {}\n", app.engine.taken());
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (StatusCode::OK, kind, text).into_response()
}
