//! `/v1/jobs`: pictures to be fetched later.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use autochrome_jobs::{Event, Job, NewJob, QueueError};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};

use crate::app::App;
use crate::guard::Owner;
use crate::jobs::{Jobs, now_ms};
use crate::problem::Problem;
use crate::routes::colorize;

/// How often listeners are told news.
const NEWS: Duration = Duration::from_millis(200);

fn told(job: &Job) -> Value {
    json!({
        "id": job.id,
        "state": job.state.name(),
        "progress": job.progress,
        "attempts": job.attempts,
        "created_ms": job.created_ms,
        "updated_ms": job.updated_ms,
        "error": job.error.as_ref().map(|(code, detail)| json!({"code": code, "detail": detail})),
        "result": job.result_type.as_ref().map(|kind| {
            json!({"media_type": kind, "href": format!("/v1/jobs/{}/result", job.id)})
        }),
    })
}

/// Runs a question to the queue where blocking is allowed.
async fn ask<T: Send + 'static>(
    app: &App,
    question: impl FnOnce(&Jobs) -> Result<T, QueueError> + Send + 'static,
) -> Result<T, Problem> {
    let jobs = Arc::clone(&app.jobs);
    tokio::task::spawn_blocking(move || question(&jobs))
        .await
        .map_err(|_| Problem::stopping())?
        .map_err(Problem::from)
}

/// The job, if it belongs to whoever asks; others' jobs do not exist.
async fn own(app: &App, Owner(owner): Owner, id: String) -> Result<Job, Problem> {
    let job = ask(app, move |jobs| jobs.queue().get(&id)).await?;
    if job.owner == owner { Ok(job) } else { Err(QueueError::Unknown.into()) }
}

/// Takes a picture as `/v1/colorize` does, and answers with a job.
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    request: Request,
) -> Result<Response, Problem> {
    let _place = app.engine.reserve()?;
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let (input, options) = colorize::read(request).await?;
    // What cannot work is said now rather than later.
    autochrome::probe(&input, app.studio.limits())?;
    options.look.look()?;
    options.guidance()?;
    let options = serde_json::to_string(&options).map_err(|_| Problem::defect())?;
    let new = NewJob { input: input.to_vec(), options, idempotency_key: key, owner };
    let job = ask(&app, move |jobs| jobs.add(&new)).await?;
    let place = [(header::LOCATION, format!("/v1/jobs/{}", job.id))];
    Ok((StatusCode::ACCEPTED, place, Json(told(&job))).into_response())
}

/// The newest hundred jobs of whoever asks.
pub async fn list(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
) -> Result<Json<Value>, Problem> {
    let jobs = ask(&app, move |jobs| jobs.queue().list(&owner, 100)).await?;
    Ok(Json(json!({ "jobs": jobs.iter().map(told).collect::<Vec<_>>() })))
}

/// One job.
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(told(&own(&app, owner, id).await?)))
}

/// Ends a job that is not over.
pub async fn cancel(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let job = own(&app, owner, id).await?;
    Ok(Json(told(&ask(&app, move |jobs| jobs.queue().cancel(&job.id, now_ms())).await?)))
}

/// Forgets a job and its result.
pub async fn delete(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let job = own(&app, owner, id).await?;
    ask(&app, move |jobs| jobs.queue().delete(&job.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The coloured picture.
pub async fn result(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = own(&app, owner, id).await?;
    // A job ends once, so its id names its result for ever.
    let tag = format!("\"{}\"", job.id);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    match ask(&app, move |jobs| jobs.queue().result(&job.id)).await? {
        Some((bytes, kind)) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::ETAG, tag),
                (header::CACHE_CONTROL, "private".to_owned()),
            ];
            Ok((headers, bytes).into_response())
        }
        None => {
            let detail = format!("the job is {}; a result exists once it is done", job.state.name());
            Err(Problem::new(StatusCode::CONFLICT, "no-result", detail))
        }
    }
}

/// What happens to the job, as server-sent events; `Last-Event-ID` goes on after that one.
pub async fn events(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let job = own(&app, owner, id).await?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let from = Listener { app, id: job.id, last: last.unwrap_or(0), news: VecDeque::new(), over: false };
    let stream = stream::unfold(from, |mut listener| async move {
        let event = listener.next().await?;
        let data = json!({"state": event.state.name(), "progress": event.progress}).to_string();
        Some((Ok(sse::Event::default().id(event.number.to_string()).data(data)), listener))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

struct Listener {
    app: Arc<App>,
    id: String,
    last: i64,
    news: VecDeque<Event>,
    over: bool,
}

impl Listener {
    /// The next event; `None` after the last one, when the job is gone, or when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.news.pop_front() {
                self.last = event.number;
                self.over |= event.state.is_over();
                return Some(event);
            }
            if self.over || self.app.stopping.load(std::sync::atomic::Ordering::Relaxed) {
                return None;
            }
            let (id, last) = (self.id.clone(), self.last);
            let (job, news) =
                ask(&self.app, move |jobs| Ok((jobs.queue().get(&id)?, jobs.queue().events(&id, last)?)))
                    .await
                    .ok()?;
            // Everything was heard before: there will be no more.
            self.over = news.is_empty() && job.state.is_over();
            self.news = news.into();
            if self.news.is_empty() && !self.over {
                tokio::time::sleep(NEWS).await;
            }
        }
    }
}
