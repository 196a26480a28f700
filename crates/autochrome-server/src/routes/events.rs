//! `GET /v1/jobs/{id}/events`: what happens to a job, as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use autochrome_jobs::{Event, News};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::stream;
use serde_json::{Value, json};

use crate::app::App;
use crate::guard::Owner;
use crate::problem::Problem;
use crate::routes::jobs::{find_own, with_jobs};

/// How often listeners are told news.
const NEWS: Duration = Duration::from_millis(200);

/// Tells what happens to a job
///
/// Events `progress` (`state`, `progress`, and of a film `film` as the job has it) and `preview` (`number`, `name`, `image` as a `data:` URL), until the job is over.
#[utoipa::path(
    get, path = "/v1/jobs/{id}/events", tag = "Jobs", operation_id = "getJobEvents",
    params(
        ("id" = String, Path, description = "Id of a job"),
        ("last-event-id" = Option<String>, Header,
            description = "Goes on after the event of this number; what is no number means the beginning"),
    ),
    responses(
        (status = 200, description = "Events", content_type = "text/event-stream"),
        (status = 204, description = "Nothing more will come"),
    )
)]
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = find_own(&app, owner, id).await?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).unwrap_or(0);
    let mut listener = Listener { app, id: job.id, last, news: VecDeque::new(), over: false };
    if job.state.is_over() {
        listener.look().await?;
        if listener.over {
            // `EventSource` comes back for ever unless it is told this.
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
    let stream = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(to_sse(&event)), listener))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()).into_response())
}

fn to_sse(event: &Event) -> sse::Event {
    let (name, data) = match &event.news {
        News::Progress { state, progress, detail } => {
            let film: Option<Value> = detail.as_ref().and_then(|detail| serde_json::from_str(detail).ok());
            let mut data = json!({"state": state.name(), "progress": progress});
            if let Some(film) = film {
                data["film"] = film;
            }
            ("progress", data)
        }
        News::Preview { file, name, bytes } => {
            let image = format!("data:image/jpeg;base64,{}", BASE64.encode(bytes));
            ("preview", json!({"number": file, "name": name, "image": image}))
        }
    };
    sse::Event::default().id(event.number.to_string()).event(name).data(data.to_string())
}

struct Listener {
    app: Arc<App>,
    id: String,
    last: i64,
    news: VecDeque<Event>,
    /// Whether there is nothing more to hear.
    over: bool,
}

impl Listener {
    /// Asks for news.
    async fn look(&mut self) -> Result<(), Problem> {
        let (id, last) = (self.id.clone(), self.last);
        let look =
            with_jobs(&self.app, move |jobs| Ok((jobs.queue().get(&id)?, jobs.queue().events(&id, last)?)));
        let (job, news) = look.await?;
        self.over = news.is_empty() && job.state.is_over();
        self.news = news.into();
        Ok(())
    }

    /// The next event; `None` after the last one, when the job is gone, or when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.news.pop_front() {
                self.last = event.number;
                self.over |= matches!(event.news, News::Progress { state, .. } if state.is_over());
                return Some(event);
            }
            if self.over || self.app.stopping.load(Ordering::Relaxed) {
                return None;
            }
            self.look().await.ok()?;
            if self.news.is_empty() && !self.over {
                tokio::time::sleep(NEWS).await;
            }
        }
    }
}
