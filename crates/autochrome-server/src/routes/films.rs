//! `/v1/films`: films that are sent, or named where they lie, looked into, and coloured by jobs.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use autochrome::document::FilmDocument;
use autochrome::{GuidanceFile, GuidanceFiles};
use autochrome_film::{FilmError, Frame, SceneFrame, SceneOptions, scenes as each_scene, still};
use autochrome_jobs::{Kind, NewJob, Part};
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest as _, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::film_jobs::{jpeg, media_type, source_notes};
use crate::films::{Film, film_problem, too_large};
use crate::guard::Owner;
use crate::intake::{self, Base64Picture, PictureFile};
use crate::problem::Problem;
use crate::ranges::{self, Content, Description};
use crate::refusal::Refusal;
use crate::routes::jobs::{JobJson, add, with_jobs};
use crate::trace;

/// Longer side of a scene on a contact sheet.
const THUMB_PX: usize = 320;
/// Longer side of a frame that hints are put on.
const FRAME_PX: usize = 1024;
/// Lines of a contact sheet that may wait for the client.
const LINES: usize = 4;

/// A film.
#[derive(Serialize, ToSchema)]
#[schema(as = Film)]
pub struct FilmJson {
    /// 32 hexadecimal digits.
    id: String,
    /// Its file's name.
    name: String,
    /// Columns as it is shown: upright, with square pixels.
    width: usize,
    /// Rows as it is shown.
    height: usize,
    /// Bits of a sample.
    depth: u8,
    /// Length in seconds, where the file says it.
    duration_s: Option<f64>,
    /// Frames a second on average, where the file says it.
    frame_rate_fps: Option<f64>,
    /// What is done with it because it is not as most are, one sentence each.
    notes: Vec<String>,
    /// Where its file can be fetched.
    href: String,
}

impl FilmJson {
    fn new(film: &Film) -> Self {
        let (width, height) = film.source.shown_size();
        Self {
            id: film.id.clone(),
            name: film.name.clone(),
            width,
            height,
            depth: film.source.layout().depth,
            duration_s: film.source.duration_s,
            frame_rate_fps: film.source.frame_rate_fps,
            notes: source_notes(film),
            href: format!("/v1/films/{}/content", film.id),
        }
    }
}

/// A film of this machine.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilmPath {
    /// Its path in the folder that the server was started with (`--media-dir`).
    path: String,
}

/// The content of a film.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes bytes that are read as they come")]
pub struct FilmFile(Vec<u8>);

/// What a film that is sent is called.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FilmName {
    /// Its file's name, after which the result is named.
    #[serde(default)]
    name: String,
}

/// Sends a film
///
/// Send the film itself, in any format that FFmpeg reads; it is kept on the disk as long as a job. Or name one of the server's
/// media folder, as JSON.
#[utoipa::path(
    post, path = "/v1/films", tag = "Films", operation_id = "sendFilm",
    params(FilmName),
    request_body(content((FilmFile = "video/*"), (FilmPath = "application/json"))),
    responses((status = 201, description = "It is there", body = FilmJson,
        headers(("location" = String, description = "Address of the film"))))
)]
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    name: Result<Query<FilmName>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(FilmName { name }) = name.map_err(|error| intake::bad_query(&error))?;
    let arrival = app.arrivals.begin(&owner);
    let (kind, announced) = content_headers(request.headers());
    let film = match kind.as_str() {
        "application/json" => {
            let bytes = body(request.map(|body| arrival.limit(body))).await?;
            let FilmPath { path } = intake::from_json(&bytes)?;
            app.films.add_from_media(&owner, &path).await?
        }
        kind if kind.starts_with("video/") || kind == "application/octet-stream" => {
            if announced > app.films.most_bytes() {
                return Err(too_large(app.films.most_bytes()));
            }
            let name = intake::file_name(&name, "film");
            let body = arrival.limit_rate(request.into_body());
            let refused = |error: &axum::Error| intake::body_problem(StatusCode::BAD_REQUEST, error);
            app.films.receive(&owner, name, body, refused).await?
        }
        _ => {
            let detail = "send the film itself as video/* or application/octet-stream, or its path as application/json";
            return Err(Problem::new(Refusal::UnsupportedMediaType, detail));
        }
    };
    let place = [(header::LOCATION, format!("/v1/films/{}", film.id))];
    Ok((StatusCode::CREATED, place, Json(FilmJson::new(&film))).into_response())
}

/// Media type and length of a body, as its headers say.
fn content_headers(headers: &HeaderMap) -> (String, u64) {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = text(header::CONTENT_TYPE).split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    (kind, text(header::CONTENT_LENGTH).parse().unwrap_or(0))
}

async fn body(request: Request) -> Result<Bytes, Problem> {
    Bytes::from_request(request, &())
        .await
        .map_err(|rejection| intake::body_problem(rejection.status(), &rejection))
}

/// A film of whoever asks.
async fn find_own_film(app: &App, owner: String, id: String) -> Result<Arc<Film>, Problem> {
    let films = Arc::clone(&app.films);
    tokio::task::spawn_blocking(move || films.find(&owner, &id)).await.map_err(|_| Problem::stopping())?
}

/// Tells about a film
#[utoipa::path(
    get, path = "/v1/films/{id}", tag = "Films", operation_id = "getFilm",
    params(("id" = String, Path, description = "Id of a film")),
    responses((status = 200, description = "The film", body = FilmJson))
)]
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<Json<FilmJson>, Problem> {
    Ok(Json(FilmJson::new(find_own_film(&app, owner, id).await?.as_ref())))
}

/// Forgets a film
///
/// Results that were made of it stay.
#[utoipa::path(
    delete, path = "/v1/films/{id}", tag = "Films", operation_id = "deleteFilm",
    params(("id" = String, Path, description = "Id of a film")),
    responses((status = 204, description = "It is forgotten"), (status = 409, description = "A job is at work on it"))
)]
pub async fn delete(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let film = find_own_film(&app, owner, id).await?;
    let in_use = with_jobs(&app, |jobs| jobs.queue().in_use(Kind::Video)).await?;
    if in_use.iter().any(|used| used == film.id.as_bytes()) {
        let detail = "a job is at work on this film; cancel it, or wait until it is over";
        return Err(Problem::new(Refusal::FilmInUse, detail));
    }
    let films = Arc::clone(&app.films);
    let forget = tokio::task::spawn_blocking(move || films.delete(&film.id));
    forget.await.map_err(|_| Problem::stopping())??;
    Ok(StatusCode::NO_CONTENT)
}

/// Fetches a film as it came
#[utoipa::path(
    get, path = "/v1/films/{id}/content", tag = "Films", operation_id = "getFilmContent",
    params(
        ("id" = String, Path, description = "Id of a film"),
        ("range" = Option<String>, Header, description = "One range of bytes"),
    ),
    responses(
        (status = 200, description = "All of it", content((FilmFile = "application/octet-stream"))),
        (status = 206, description = "A part of it", content((FilmFile = "application/octet-stream")),
            headers(("content-range" = String, description = "Which part of how much"))),
        (status = 304, description = "It is known"),
    )
)]
pub async fn content(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let film = find_own_film(&app, owner, id).await?;
    let tag = format!("\"{}\"", film.id);
    let what = Description { media_type: media_type_of(&film.name).to_owned(), name: film.name.clone(), tag };
    serve_file(&headers, film.source.path.clone(), &what).await
}

/// The media type of a film that browsers may play, by its name.
fn media_type_of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        known @ ("mp4" | "m4v" | "mov" | "mkv" | "webm") => media_type(known),
        _ => "application/octet-stream",
    }
}

/// A file of this machine as an answer.
pub(super) async fn serve_file(
    headers: &HeaderMap,
    path: std::path::PathBuf,
    what: &Description,
) -> Result<Response, Problem> {
    if let Some(response) = ranges::unchanged(headers, &what.tag) {
        return Ok(response);
    }
    let gone = |_| {
        Problem::new(Refusal::UnknownFilm, "the file of this film has gone from the server; send it again")
    };
    let file = tokio::fs::File::open(path).await.map_err(gone)?;
    let length = file.metadata().await.map_err(gone)?.len();
    ranges::answer(headers, Content::File(file.into_std().await, length), what).await
}

/// Which frame of a film.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct At {
    /// Seconds from the film's beginning.
    #[param(minimum = 0)]
    at: f64,
}

/// Fetches the frame of a moment as it is
///
/// A JPEG, upright, at most 1024 pixels long: to put hints on.
#[utoipa::path(
    get, path = "/v1/films/{id}/frame", tag = "Films", operation_id = "getFilmFrame",
    params(("id" = String, Path, description = "Id of a film"), At),
    responses((status = 200, description = "The frame", content((PictureFile = "image/jpeg"))))
)]
pub async fn frame(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
    at: Result<Query<At>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(At { at }) = at.map_err(|error| intake::bad_query(&error))?;
    if !(at >= 0.0 && at.is_finite()) {
        return Err(Problem::new(Refusal::BadQuery, "`at` is a time in seconds from the film's beginning"));
    }
    let film = find_own_film(&app, owner, id).await?;
    let place = Arc::clone(&app.films.looks).try_acquire_owned().map_err(|_| Problem::busy())?;
    let films = Arc::clone(&app.films);
    let look = tokio::task::spawn_blocking(move || {
        let _place = place;
        let frame = films.ffmpeg().and_then(|ffmpeg| still(&ffmpeg, &film.source, at));
        let frame = frame.map_err(|error| film_problem(error, &film.source.path, &film.name))?;
        jpeg(&within(&frame, film.source.shown_size(), FRAME_PX)).map_err(Problem::from)
    });
    let bytes = look.await.map_err(|_| Problem::stopping())??;
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private")], bytes).into_response())
}

/// A frame with square pixels, at most so long.
fn within(frame: &Frame, (width, height): (usize, usize), most_px: usize) -> Frame {
    let scale = (most_px as f64 / width.max(height).max(1) as f64).min(1.0);
    let side = |px: usize| ((px as f64 * scale).round() as usize).max(1);
    frame.shrunk(side(width), side(height))
}

/// What is to be done with a film.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilmOrder {
    /// How it is coloured.
    #[serde(default, deserialize_with = "intake::object")]
    options: FilmDocument,
    /// Pictures to take colours from, in base64.
    #[serde(default)]
    #[schema(value_type = Vec<Base64Picture>)]
    reference: Vec<String>,
    /// A picture in colour, in base64, whose mean colour and strength of colours the film is to have; it holds over `mood` in `options`.
    #[schema(value_type = Option<Base64Picture>)]
    mood: Option<String>,
}

impl FilmOrder {
    fn files(&self) -> Result<GuidanceFiles, Problem> {
        let file = |(number, text): (usize, &String)| {
            Ok(GuidanceFile::from_bytes(
                format!("reference {}", number + 1),
                intake::from_base64("reference", text)?,
            ))
        };
        let references = self.reference.iter().enumerate().map(file).collect::<Result<Vec<_>, Problem>>()?;
        let mood = |text: &String| intake::from_base64(intake::MOOD, text);
        let mood = self.mood.as_ref().map(mood).transpose()?;
        let mood = mood.map(|bytes| GuidanceFile::from_bytes(intake::MOOD, bytes));
        Ok(GuidanceFiles { references, mood, ..GuidanceFiles::default() })
    }
}

/// The order of a request, which has been found to make sense.
async fn read_order(
    app: &Arc<App>,
    owner: &str,
    request: Request,
) -> Result<(FilmOrder, GuidanceFiles), Problem> {
    let arrival = app.arrivals.begin(owner);
    let bytes = body(request.map(|body| arrival.limit(body))).await?;
    let most = app.most_files;
    let (app, owner) = (Arc::clone(app), owner.to_owned());
    let read = move || {
        let mut order: FilmOrder =
            if bytes.is_empty() { intake::from_json(b"{}")? } else { intake::from_json(&bytes)? };
        intake::count(order.reference.len() + usize::from(order.mood.is_some()), most)?;
        crate::cost::check_film(&order.options)?;
        let mut files = order.files()?;
        if let Some(name) = order.options.memory.take() {
            files.memory = Some(app.memories.file(&owner, &name)?);
        }
        app.studio.film(&order.options, files.clone())?;
        order.options.range()?;
        Ok((order, files))
    };
    tokio::task::spawn_blocking(read).await.map_err(|_| Problem::stopping())?
}

/// Shows the first frame of every scene in colour
///
/// Lines of JSON as they are found: `number` (from 1), `frame` (from 0), `at_s`, `kept` (it has the colours that it had), `image` (a
/// `data:` URL); at last `scenes`, or `error` with `code` and `detail`.
#[utoipa::path(
    post, path = "/v1/films/{id}/scenes", tag = "Films", operation_id = "showScenes",
    params(("id" = String, Path, description = "Id of a film")),
    request_body(content((FilmOrder = "application/json"))),
    responses((status = 200, description = "The scenes", content_type = "application/x-ndjson"))
)]
pub async fn scenes(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let film = find_own_film(&app, owner.clone(), id).await?;
    let (order, files) = read_order(&app, &owner, request).await?;
    let place = Arc::clone(&app.films.looks).try_acquire_owned().map_err(|_| Problem::busy())?;
    let (sender, receiver) = tokio::sync::mpsc::channel::<String>(LINES);
    let work = move || {
        let _place = place;
        let sheet = Sheet { app: &app, film: &film, order: &order };
        let last = match sheet.run(files, &|line| sender.blocking_send(line.to_string() + "\n").is_ok()) {
            Ok(count) => json!({ "scenes": count }),
            Err(Problem { code, detail, .. }) => json!({"error": {"code": code, "detail": detail}}),
        };
        // Nobody listens any more when the client has gone.
        let _ = sender.blocking_send(last.to_string() + "\n");
    };
    tokio::task::spawn_blocking(work);
    let lines = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let line = receiver.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(line), receiver))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, Body::from_stream(lines)).into_response())
}

/// A contact sheet in the making.
struct Sheet<'a> {
    app: &'a App,
    film: &'a Film,
    order: &'a FilmOrder,
}

impl Sheet<'_> {
    /// Hands over a line for each scene; `send` says whether anybody listens.
    fn run(&self, files: GuidanceFiles, send: &dyn Fn(&Value) -> bool) -> Result<u64, Problem> {
        let Self { app, film, order } = *self;
        let stop = AtomicBool::new(false);
        let ffmpeg = app.films.ffmpeg()?;
        let range = order.options.range()?;
        let guidance = app.studio.film(&order.options, files)?;
        let colorist = guidance.colorist(app.studio.pipeline(), &ffmpeg, &film.source, range, &stop);
        let colorist = colorist.map_err(|error| error_problem(error, &film.source.path, &film.name))?;
        let options = SceneOptions {
            range,
            tone: order.options.look.tone()?,
            recolor: order.options.recolor,
            keep_scenes: order.options.left(),
        };
        let mut number = 0;
        let mut each = |scene: SceneFrame| {
            number += 1;
            let thumb = within(&scene.picture, film.source.shown_size(), THUMB_PX);
            let image = jpeg(&thumb).map(|bytes| format!("data:image/jpeg;base64,{}", BASE64.encode(bytes)));
            let line = json!({
                "number": number, "frame": scene.number, "at_s": scene.timestamp_s, "kept": scene.kept,
                "image": image.unwrap_or_default(),
            });
            if !send(&line) || app.stopping.load(Ordering::Relaxed) {
                stop.store(true, Ordering::Relaxed);
                return Err(FilmError::Stopped);
            }
            Ok(())
        };
        let count = each_scene(&ffmpeg, &film.source, &options, &colorist, &stop, &mut each);
        count.map_err(|error| film_problem(error, &film.source.path, &film.name))
    }
}

fn error_problem(error: autochrome::Error, path: &FilePath, name: &str) -> Problem {
    match error {
        autochrome::Error::Film(error) => film_problem(error, path, name),
        error => error.into(),
    }
}

/// Makes a job that colours a film
///
/// Its events tell frames, frames a second and the time that is left, with a frame now and then; its result is the film.
#[utoipa::path(
    post, path = "/v1/films/{id}/jobs", tag = "Films", operation_id = "createFilmJob",
    params(
        ("id" = String, Path, description = "Id of a film"),
        ("idempotency-key" = Option<String>, Header, max_length = 255, pattern = "^[!-~]+$",
            description = "The same key with the same request means the same job"),
    ),
    request_body(content((FilmOrder = "application/json"))),
    responses((status = 202, description = "The job", body = JobJson,
        headers(("location" = String, description = "Address of the job"))))
)]
pub async fn job(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let film = find_own_film(&app, owner.clone(), id).await?;
    let key = crate::routes::jobs::idempotency_key(request.headers())?;
    let (order, files) = read_order(&app, &owner, request).await?;
    let extension = order.options.extension(film.source.layout().depth);
    check_container(&order.options, &film, extension)?;
    let new = NewJob {
        kind: Kind::Video,
        pictures: vec![Part { name: film.name.clone(), bytes: film.id.clone().into_bytes() }],
        extras: intake::into_parts(files),
        options: serde_json::to_string(&order.options).map_err(|_| Problem::defect())?,
        idempotency_key: key,
        fingerprint: Vec::new(),
        owner,
        trace: trace::current(),
    };
    app.films.touch(&film.id);
    let films = Arc::clone(&app.films);
    tokio::task::spawn_blocking(move || films.share(&film)).await.map_err(|_| Problem::stopping())??;
    add(&app, new).await
}

/// Refuses a kind of file that cannot hold the codec before any work begins.
fn check_container(options: &FilmDocument, film: &Film, extension: &str) -> Result<(), Problem> {
    let depth = film.source.layout().depth;
    let codec =
        options.options(String::new())?.codec.unwrap_or_else(|| autochrome_film::Codec::for_depth(depth));
    let name = format!("result.{extension}");
    autochrome_film::Container::of(FilePath::new(&name), codec)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_film_are_an_object_and_no_list() {
        let read =
            |text: &str| intake::from_json::<FilmOrder>(text.as_bytes()).map_err(|problem| problem.code);
        for list in [r#"{"options":["gray"]}"#, r#"[{"method":"gray"}]"#] {
            assert_eq!(read(list).err(), Some("bad-json"), "{list}");
        }
        assert_eq!(read(r#"{"options":{"method":"gray"}}"#).unwrap().options.method.as_deref(), Some("gray"));
        assert_eq!(read("{}").unwrap().options, FilmDocument::default());
    }
}
