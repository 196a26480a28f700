//! What all routes share, and the routes themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::engine::Engine;
use crate::jobs::Jobs;
use crate::keys::Keys;
use crate::routes::{colorize, health, jobs, looks, registry};
use crate::studio::Studio;
use crate::{assets, guard};

/// What all routes share.
pub struct App {
    /// Where pictures are worked on.
    pub engine: Engine,
    /// How.
    pub studio: Arc<Studio>,
    /// What is done while nobody waits.
    pub jobs: Arc<Jobs>,
    /// Who may ask.
    pub keys: Keys,
    /// Whether the server listens on this machine alone.
    pub local: bool,
    /// Threads of the pool.
    pub workers: usize,
    /// Requests that may wait for one.
    pub waiting: usize,
    /// Set when the server goes down.
    pub stopping: AtomicBool,
    /// Answers by class of status, 1xx first.
    pub responses: [AtomicU64; 5],
}

/// What a multipart or JSON body may have beside the picture: base64 takes four bytes for three.
fn body_limit(max_bytes: u64) -> usize {
    usize::try_from(max_bytes / 3 * 4 + (1 << 20)).unwrap_or(usize::MAX)
}

/// Every route behind every guard.
pub fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/v1/colorize", post(colorize::post))
        .route("/v1/methods", get(registry::methods))
        .route("/v1/filters", get(registry::filters))
        .route("/v1/models", get(registry::models))
        .route("/v1/limits", get(registry::limits))
        .route("/v1/looks/cube", get(looks::cube))
        .route("/v1/jobs", get(jobs::list).post(jobs::post))
        .route("/v1/jobs/{id}", get(jobs::get).delete(jobs::delete))
        .route("/v1/jobs/{id}/cancel", post(jobs::cancel))
        .route("/v1/jobs/{id}/result", get(jobs::result))
        .route("/v1/jobs/{id}/events", get(jobs::events))
        .route("/metrics", get(health::metrics))
        .layer(DefaultBodyLimit::max(body_limit(app.studio.limits().max_bytes)))
        .layer(from_fn_with_state(Arc::clone(&app), guard::key));
    Router::new()
        .merge(api)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(get(assets::serve))
        .layer(from_fn_with_state(Arc::clone(&app), guard::origin))
        .layer(from_fn(guard::headers))
        .layer(from_fn_with_state(Arc::clone(&app), guard::finish))
        .with_state(app)
}
