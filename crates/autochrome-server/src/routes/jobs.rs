//! `/v1/jobs`: pictures to be fetched later.

use std::sync::Arc;
use std::time::Instant;

use autochrome_jobs::{File, Job, Kind, Made, NewJob, Part, QueueError};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::app::App;
use crate::archive;
use crate::cost;
use crate::film_jobs::{FilmNews, result_path};
use crate::guard::Owner;
use crate::intake::{self, FormBody, Intake, JsonBody, PictureFile};
use crate::jobs::{Jobs, ZIP, now_ms};
use crate::openapi::OptionsQuery;
use crate::problem::Problem;
use crate::ranges::{self, Content, Description};
use crate::refusal::Refusal;
use crate::routes::colorize::tell_warnings;
use crate::routes::{films, memories};
use crate::trace;

/// Jobs that a list tells.
const LISTED: u32 = 100;

/// Longest `Idempotency-Key`.
const KEY_CHARS: usize = 255;

/// A picture, several, or a film, to be fetched later.
#[derive(Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobJson {
    /// 32 hexadecimal digits.
    id: String,
    /// `image`, `batch` or `video`.
    #[schema(value_type = JobKind)]
    kind: &'static str,
    /// Where it stands.
    #[schema(value_type = JobState)]
    state: &'static str,
    /// Share that is done.
    #[schema(minimum = 0, maximum = 1)]
    progress: f64,
    /// How often the picture that it stands at was begun.
    attempts: u32,
    /// When it was added, in milliseconds since 1970.
    created_ms: i64,
    /// When it last changed.
    updated_ms: i64,
    /// When it is forgotten, once it is over.
    expires_ms: Option<i64>,
    /// How many pictures it has.
    pictures: u32,
    /// How far a film is.
    #[serde(skip_serializing_if = "Option::is_none")]
    film: Option<FilmNews>,
    /// Why it failed.
    error: Option<ErrorJson>,
    /// What came of it, once it is done.
    result: Option<ResultJson>,
    /// The pictures that are over, in the order in which they were sent; lists of jobs leave them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<FileJson>>,
}

/// What a job is made of.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes words that the queue tells")]
enum JobKind {
    /// One picture.
    Image,
    /// Several, told together.
    Batch,
    /// A film.
    Video,
}

/// Where a job stands.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes words that the queue tells")]
enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// The result is there.
    Done,
    /// It did not work; the error says why.
    Failed,
    /// Somebody did not want it any more.
    Cancelled,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = JobError)]
pub struct ErrorJson {
    /// A name that stays the same over versions.
    code: String,
    /// What to say.
    detail: String,
}

/// What came of a job.
#[derive(Serialize, ToSchema)]
#[schema(as = JobResult)]
pub struct ResultJson {
    /// Its media type; `application/zip` for several pictures.
    media_type: String,
    /// Bytes of its pictures.
    bytes: i64,
    /// Where to fetch it.
    href: String,
}

/// A picture of a job that is over.
#[derive(Serialize, ToSchema)]
#[schema(as = JobFile)]
pub struct FileJson {
    /// Its place among the files, from 0.
    number: u32,
    /// Its name.
    name: String,
    /// Its media type; `null` when it could not be made.
    media_type: Option<String>,
    /// Its size.
    bytes: Option<i64>,
    /// Where to fetch it.
    href: Option<String>,
    /// Why it could not be made.
    error: Option<ErrorJson>,
    /// What is to be known of it, one sentence each; left out where there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// Many jobs.
#[derive(Serialize, ToSchema)]
#[schema(as = JobList)]
pub struct ListJson {
    /// The newest first.
    jobs: Vec<JobJson>,
}

impl ErrorJson {
    pub(super) fn new((code, detail): &(String, String)) -> Self {
        Self { code: code.clone(), detail: detail.clone() }
    }
}

impl FileJson {
    fn new(job: &str, file: &File) -> Self {
        let made = file.outcome.as_ref().ok();
        Self {
            number: file.number,
            name: file.name.clone(),
            media_type: made.map(|(kind, _)| kind.clone()),
            bytes: made.map(|(_, bytes)| *bytes),
            href: made.map(|_| format!("/v1/jobs/{job}/files/{}", file.number)),
            error: file.outcome.as_ref().err().map(ErrorJson::new),
            warnings: file.warnings.clone(),
        }
    }
}

/// A job as it is told, with its files.
fn describe_job(jobs: &Jobs, job: &Job) -> Result<JobJson, QueueError> {
    let files = jobs.queue().files(&job.id)?;
    let bytes = files.iter().filter_map(|file| Some(file.outcome.as_ref().ok()?.1)).sum();
    let result = job.result_type.as_ref().map(|kind| ResultJson {
        media_type: kind.clone(),
        bytes,
        href: format!("/v1/jobs/{}/result", job.id),
    });
    Ok(JobJson {
        id: job.id.clone(),
        kind: job.kind.name(),
        state: job.state.name(),
        progress: job.progress,
        attempts: job.attempts,
        created_ms: job.created_ms,
        updated_ms: job.updated_ms,
        expires_ms: jobs.expires_ms(job),
        pictures: job.pictures,
        film: job.detail.as_ref().and_then(|detail| serde_json::from_str(detail).ok()),
        error: job.error.as_ref().map(ErrorJson::new),
        result,
        files: Some(files.iter().map(|file| FileJson::new(&job.id, file)).collect()),
    })
}

/// Runs a question to the queue where blocking is allowed.
pub(super) async fn with_jobs<T: Send + 'static>(
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
pub(super) async fn find_own(app: &App, Owner(owner): Owner, id: String) -> Result<Job, Problem> {
    let job = with_jobs(app, move |jobs| jobs.queue().get(&id)).await?;
    if job.owner == owner { Ok(job) } else { Err(QueueError::Unknown.into()) }
}

/// Makes a job
///
/// Takes what `/v1/colorize` takes, and several `image` fields of a form too: a batch, whose result is a ZIP.
#[utoipa::path(
    post, path = "/v1/jobs", tag = "Jobs", operation_id = "createJob",
    params(
        OptionsQuery,
        ("idempotency-key" = Option<String>, Header, max_length = 255, pattern = "^[!-~]+$",
            description = "The same key with the same request means the same job"),
    ),
    request_body(content(
        (FormBody = "multipart/form-data"),
        (JsonBody = "application/json"),
        (PictureFile = "image/*"),
    )),
    responses((status = 202, description = "The job", body = JobJson,
        headers(("location" = String, description = "Address of the job"))))
)]
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    request: Request,
) -> Result<Response, Problem> {
    accept(&app, owner, request).await
}

/// Makes a job of a request.
pub(super) async fn accept(
    app: &Arc<App>,
    Owner(owner): Owner,
    request: Request,
) -> Result<Response, Problem> {
    let key = idempotency_key(request.headers())?;
    let arrival = app.arrivals.begin(&owner);
    let intake = intake::read(request, &arrival, app.most_files).await?;
    let Intake { mut pictures, open, mut files, mut options } = intake;
    files.memory = memories::named(app, &owner, options.memory.take()).await?;
    if let Some(id) = open {
        let open = app.pictures.find(&owner, &id, Instant::now())?;
        pictures.push(Part { name: "picture".to_owned(), bytes: open.bytes().to_vec() });
    }
    let kind = if pictures.len() > 1 { Kind::Batch } else { Kind::Image };
    let studio = Arc::clone(&app.studio);
    // What cannot work is said now rather than later; of several pictures some may. Files of strangers are not looked into on the
    // threads of the network.
    let check = move || {
        studio.check(&options, &files)?;
        if kind == Kind::Image {
            autochrome::probe(&pictures[0].bytes, studio.limits())?;
        }
        pictures.iter().try_for_each(|picture| cost::check_pages(&options, &picture.bytes))?;
        Ok::<_, Problem>((pictures, files, options))
    };
    let checked = tokio::task::spawn_blocking(check).await.map_err(|_| Problem::stopping())?;
    let (pictures, files, options) = checked?;
    let options = serde_json::to_string(&options).map_err(|_| Problem::defect())?;
    let new = NewJob {
        kind,
        pictures,
        extras: intake::into_parts(files),
        options,
        idempotency_key: key,
        fingerprint: Vec::new(),
        owner,
        trace: trace::current(),
    };
    add(app, new).await
}

/// Adds a job, and tells of it.
pub(super) async fn add(app: &App, mut new: NewJob) -> Result<Response, Problem> {
    let job = with_jobs(app, move |jobs| {
        new.fingerprint = fingerprint(&new);
        let job = jobs.add(&new)?;
        describe_job(jobs, &job)
    })
    .await?;
    let place = [(header::LOCATION, format!("/v1/jobs/{}", job.id))];
    Ok((StatusCode::ACCEPTED, place, Json(job)).into_response())
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let visible = |key: &&str| !key.is_empty() && key.len() <= KEY_CHARS;
    let Some(key) = key.to_str().ok().filter(visible) else {
        let detail = format!("an Idempotency-Key has 1 to {KEY_CHARS} visible ASCII characters");
        return Err(Problem::new(Refusal::BadIdempotencyKey, detail));
    };
    Ok(Some(key.to_owned()))
}

/// What a job is, to tell whether it comes a second time.
fn fingerprint(new: &NewJob) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    };
    add(new.options.as_bytes());
    for (role, part) in new
        .pictures
        .iter()
        .map(|part| ("picture", part))
        .chain(new.extras.iter().map(|(r, p)| (r.as_str(), p)))
    {
        [role.as_bytes(), part.name.as_bytes(), &part.bytes].into_iter().for_each(&mut add);
    }
    hash.finalize().to_vec()
}

/// Lists jobs
///
/// The newest hundred of whoever asks.
#[utoipa::path(
    get, path = "/v1/jobs", tag = "Jobs", operation_id = "listJobs",
    responses((status = 200, description = "The jobs", body = ListJson))
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
) -> Result<Json<ListJson>, Problem> {
    let jobs = with_jobs(&app, move |jobs| {
        let all = jobs.queue().list(&owner, LISTED)?;
        all.iter().map(|job| Ok(JobJson { files: None, ..describe_job(jobs, job)? })).collect()
    });
    Ok(Json(ListJson { jobs: jobs.await? }))
}

/// Tells about a job
#[utoipa::path(
    get, path = "/v1/jobs/{id}", tag = "Jobs", operation_id = "getJob",
    params(("id" = String, Path, description = "Id of a job")),
    responses((status = 200, description = "The job", body = JobJson))
)]
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<Json<JobJson>, Problem> {
    let job = find_own(&app, owner, id).await?;
    Ok(Json(with_jobs(&app, move |jobs| describe_job(jobs, &job)).await?))
}

/// Ends a job that is not over
#[utoipa::path(
    post, path = "/v1/jobs/{id}/cancel", tag = "Jobs", operation_id = "cancelJob",
    params(("id" = String, Path, description = "Id of a job")),
    responses((status = 200, description = "The job", body = JobJson))
)]
pub async fn cancel(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<Json<JobJson>, Problem> {
    let job = find_own(&app, owner, id).await?;
    let cancelled = with_jobs(&app, move |jobs| describe_job(jobs, &jobs.queue().cancel(&job.id, now_ms())?));
    Ok(Json(cancelled.await?))
}

/// Forgets a job and its result
#[utoipa::path(
    delete, path = "/v1/jobs/{id}", tag = "Jobs", operation_id = "deleteJob",
    params(("id" = String, Path, description = "Id of a job")),
    responses((status = 204, description = "It is forgotten"))
)]
pub async fn delete(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let job = find_own(&app, owner, id).await?;
    let films = Arc::clone(&app.films);
    with_jobs(&app, move |jobs| {
        jobs.queue().delete(&job.id)?;
        films.delete_job(&job.id);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Fetches what came of a job
///
/// The picture or film; a ZIP of a batch, or of several variants.
#[utoipa::path(
    get, path = "/v1/jobs/{id}/result", tag = "Jobs", operation_id = "getJobResult",
    params(
        ("id" = String, Path, description = "Id of a job"),
        ("range" = Option<String>, Header, description = "One range of bytes"),
        ("if-range" = Option<String>, Header, description = "The range only while the `ETag` is this one"),
        ("if-none-match" = Option<String>, Header, description = "`ETag`s that are known"),
    ),
    responses(
        (status = 200, description = "All of it", content(
            (PictureFile = "image/png"), (PictureFile = "image/jpeg"), (PictureFile = "image/webp"),
            (PictureFile = "image/tiff"), (PictureFile = "application/zip"),
        ), headers(("etag" = String, description = "Names this result"))),
        (status = 206, description = "A part of it", content(
            (PictureFile = "image/png"), (PictureFile = "image/jpeg"), (PictureFile = "image/webp"),
            (PictureFile = "image/tiff"), (PictureFile = "application/zip"),
        ), headers(("content-range" = String, description = "Which part of how much"))),
        (status = 304, description = "It is known"),
    )
)]
pub async fn result(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = find_own(&app, owner, id).await?;
    let Some(media_type) = job.result_type.clone() else {
        let detail = format!("the job is {}; a result exists once it is done", job.state.name());
        return Err(Problem::new(Refusal::NoResult, detail));
    };
    // A job ends once, so its id names its result for ever.
    let tag = format!("\"{}\"", job.id);
    if job.kind == Kind::Video {
        return film(&app, &headers, job, tag).await;
    }
    if let Some(response) = ranges::unchanged(&headers, &tag) {
        return Ok(response);
    }
    if media_type != ZIP {
        return picture(&app, &headers, job, tag, None).await;
    }
    let jobs = Arc::clone(&app.jobs);
    let made = tokio::task::spawn_blocking(move || {
        let file = archive::of_job(jobs.queue(), &job.id, jobs.folder())?;
        let length = file.metadata()?.len();
        std::io::Result::Ok(Content::File(file, length))
    });
    let content = made.await.map_err(|_| Problem::stopping())?.map_err(|error| {
        let detail = format!("the ZIP could not be made: {error}; send the same request again later");
        Problem { retry_after_s: Some(30), ..Problem::new(Refusal::NoSpace, detail) }
    })?;
    let what = Description { media_type, name: "autochrome.zip".to_owned(), tag };
    ranges::answer(&headers, content, &what).await
}

/// Fetches one picture of a job
///
/// As soon as it is done.
#[utoipa::path(
    get, path = "/v1/jobs/{id}/files/{number}", tag = "Jobs", operation_id = "getJobFile",
    params(
        ("id" = String, Path, description = "Id of a job"),
        ("number" = u32, Path, description = "Place among the files of the job, from 0"),
        ("range" = Option<String>, Header, description = "One range of bytes"),
        ("if-none-match" = Option<String>, Header, description = "`ETag`s that are known"),
    ),
    responses(
        (status = 200, description = "All of it", content(
            (PictureFile = "image/png"), (PictureFile = "image/jpeg"), (PictureFile = "image/webp"),
            (PictureFile = "image/tiff"),
        ), headers(("etag" = String, description = "Names this picture"))),
        (status = 206, description = "A part of it", content(
            (PictureFile = "image/png"), (PictureFile = "image/jpeg"), (PictureFile = "image/webp"),
            (PictureFile = "image/tiff"),
        ), headers(("content-range" = String, description = "Which part of how much"))),
        (status = 304, description = "It is known"),
    )
)]
pub async fn file(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = find_own(&app, owner, id).await?;
    let number = number.parse().map_err(|_| no_file())?;
    let tag = format!("\"{}-{number}\"", job.id);
    match ranges::unchanged(&headers, &tag) {
        Some(response) => Ok(response),
        None if job.kind == Kind::Video && number == 0 => film(&app, &headers, job, tag).await,
        None => picture(&app, &headers, job, tag, Some(number)).await,
    }
}

fn no_file() -> Problem {
    let detail = "the job has no picture of this number, or not yet; its `files` tell which there are";
    Problem::new(Refusal::UnknownFile, detail)
}

/// The film of a job.
async fn film(app: &App, headers: &HeaderMap, job: Job, tag: String) -> Result<Response, Problem> {
    let id = job.id.clone();
    let files = with_jobs(app, move |jobs| jobs.queue().files(&id)).await?;
    let made = files.into_iter().find_map(|file| Some((file.name, file.outcome.ok()?.0)));
    let (name, media_type) = made.ok_or_else(no_file)?;
    let (path, films) = (result_path(&app.films, &job.id, &media_type), Arc::clone(&app.films));
    let fetched = path.clone();
    tokio::task::spawn_blocking(move || films.fetch_result(&job.id, &fetched))
        .await
        .map_err(|_| Problem::stopping())??;
    films::serve_file(headers, path, &Description { media_type, name, tag }).await
}

/// A picture of a job, the only one without a number.
async fn picture(
    app: &App,
    headers: &HeaderMap,
    job: Job,
    tag: String,
    number: Option<u32>,
) -> Result<Response, Problem> {
    let found = with_jobs(app, move |jobs| jobs.queue().file(&job.id, number.unwrap_or(0)));
    let Made { name, media_type, bytes, warnings } = found.await?.ok_or_else(no_file)?;
    let description = Description { media_type, name, tag };
    let mut response = ranges::answer(headers, Content::Bytes(bytes), &description).await?;
    tell_warnings(response.headers_mut(), &warnings);
    Ok(response)
}
