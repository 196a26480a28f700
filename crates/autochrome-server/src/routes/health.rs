//! `/healthz`, `/readyz`, `/metrics`: for those who run the server.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::metrics::{self, Counted};
use crate::problem::Problem;
use crate::routes::jobs::with_jobs;

/// Whether the process answers
#[utoipa::path(
    get, path = "/healthz", tag = "Health", operation_id = "healthz", security(()),
    responses((status = 200, description = "It does", content((String = "text/plain"))))
)]
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Whether a picture would be taken now
#[utoipa::path(
    get, path = "/readyz", tag = "Health", operation_id = "readyz", security(()),
    responses((status = 200, description = "It would", content((String = "text/plain"))))
)]
pub async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    if app.stopping.load(Ordering::Relaxed) {
        return Err(Problem::stopping());
    }
    app.pool.has_room("")?;
    app.jobs.check_disk()?;
    Ok("ready\n")
}

/// Counters in the text format of Prometheus
#[utoipa::path(
    get, path = "/metrics", tag = "Health", operation_id = "metrics",
    responses((status = 200, description = "Counters", content((String = "text/plain"))))
)]
pub async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let counts = with_jobs(&app, |jobs| jobs.queue().count()).await?;
    let counted = Counted {
        metrics: &app.metrics,
        places_taken: app.pool.taken(),
        arriving_bytes: app.arrivals.bytes(),
        jobs: &|| Some(counts),
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, metrics::text(&counted)).into_response())
}
