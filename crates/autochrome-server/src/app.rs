//! What all routes share, and the routes themselves.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

use crate::arrival::Arrivals;
use crate::callers::Callers;
use crate::films::Films;
use crate::jobs::Jobs;
use crate::keys::Keyring;
use crate::memories::MemoryStore;
use crate::metrics::Metrics;
use crate::pictures::Pictures;
use crate::routes::{
    colorize, docs, events, films, health, inspect, jobs, looks, memories, palette, pictures, registry,
    suggest,
};
use crate::studio::Studio;
use crate::worker_pool::WorkerPool;
use crate::{assets, guard};

/// What all routes share.
pub struct App {
    /// Where pictures are worked on.
    pub pool: WorkerPool,
    /// How.
    pub studio: Arc<Studio>,
    /// What is done while nobody waits.
    pub jobs: Arc<Jobs>,
    /// Films that were sent.
    pub films: Arc<Films>,
    /// Pictures that somebody works on.
    pub pictures: Pictures,
    /// Pictures that are remembered.
    pub memories: Arc<MemoryStore>,
    /// Who may ask.
    pub keys: Keyring,
    /// How much.
    pub callers: Arc<Callers>,
    /// Whether everybody may ask, as long as there are keys or not.
    pub allow_anonymous: bool,
    /// Whether the server listens on this machine alone.
    pub local: bool,
    /// Threads of the pool.
    pub workers: usize,
    /// Requests that may wait for one.
    pub waiting: usize,
    /// How long the head of a request may take.
    pub header_timeout: Duration,
    /// Set when the server goes down.
    pub stopping: AtomicBool,
    /// Files that a batch may have.
    pub most_files: usize,
    /// Bytes that a batch may have.
    pub max_batch_bytes: u64,
    /// Bodies on their way in.
    pub arrivals: Arc<Arrivals>,
    /// What is counted.
    pub metrics: Metrics,
}

/// What a multipart or JSON body may have beside the picture: base64 takes four bytes for three.
fn body_limit(max_bytes: u64) -> usize {
    usize::try_from(max_bytes / 3 * 4 + (1 << 20)).unwrap_or(usize::MAX)
}

/// Refuses larger bodies: before they are read where their length is announced, at the limit where it is not.
fn at_most(route: MethodRouter<Arc<App>>, bytes: usize) -> MethodRouter<Arc<App>> {
    route.layer(DefaultBodyLimit::max(bytes)).layer(from_fn_with_state(bytes, guard::content_length))
}

/// Every route behind every guard.
pub fn router(app: Arc<App>) -> Router {
    let limits = app.studio.limits();
    let (one, many) = (body_limit(limits.max_bytes), body_limit(limits.max_bytes.max(app.max_batch_bytes)));
    // A job may be asked for at both addresses.
    let sent = Router::new()
        .route("/v1/colorize", at_most(post(colorize::post), one))
        .route("/v1/inspect", at_most(post(inspect::post), one))
        .route("/v1/pictures", at_most(post(pictures::post), one))
        .route("/v1/palette", at_most(post(palette::post), one))
        .route("/v1/jobs", at_most(get(jobs::list).post(jobs::post), many))
        .route("/v1/memories", at_most(get(memories::list).post(memories::post), many))
        .route("/v1/films", post(films::post))
        .route("/v1/films/{id}/scenes", at_most(post(films::scenes), one))
        .route("/v1/films/{id}/jobs", at_most(post(films::job), one))
        .layer(from_fn_with_state(Arc::clone(&app), guard::pace));
    let api = Router::new()
        .merge(sent)
        .route("/v1/methods", get(registry::methods))
        .route("/v1/filters", get(registry::filters))
        .route("/v1/models", get(registry::models))
        .route("/v1/limits", get(registry::limits))
        .route("/v1/suggest", get(suggest::get))
        .route("/v1/looks/cube", get(looks::cube))
        .route("/v1/pictures/{id}", axum::routing::delete(pictures::delete))
        .route("/v1/memories/{name}", get(memories::get).delete(memories::delete))
        .route("/v1/films/{id}", get(films::get).delete(films::delete))
        .route("/v1/films/{id}/content", get(films::content))
        .route("/v1/films/{id}/frame", get(films::frame))
        .route("/v1/jobs/{id}", get(jobs::get).delete(jobs::delete))
        .route("/v1/jobs/{id}/cancel", post(jobs::cancel))
        .route("/v1/jobs/{id}/result", get(jobs::result))
        .route("/v1/jobs/{id}/files/{number}", get(jobs::file))
        .route("/v1/jobs/{id}/events", get(events::get))
        .route("/metrics", get(health::metrics))
        .layer(from_fn_with_state(Arc::clone(&app), guard::key));
    Router::new()
        .merge(api)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/openapi.json", get(docs::openapi))
        .route("/docs", get(docs::page))
        .route("/docs.css", get(docs::style))
        .fallback(get(assets::serve))
        .layer(from_fn_with_state(Arc::clone(&app), guard::origin))
        .layer(from_fn(guard::headers))
        .layer(from_fn_with_state(Arc::clone(&app), guard::finish))
        .with_state(app)
}
