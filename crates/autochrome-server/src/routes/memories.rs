//! `/v1/memories`: a handful of pictures in colour is looked at once, and remembered by a name that orders take.

use std::sync::Arc;

use autochrome::GuidanceFile;
use axum::extract::{FromRequest as _, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::guard::Owner;
use crate::intake::{self, Kind, PictureFile};
use crate::memories::{About, MOST_PICTURES, MemoryStore};
use crate::problem::Problem;
use crate::refusal::Refusal;

/// A memory.
#[derive(Serialize, ToSchema)]
#[schema(as = Memory)]
pub struct MemoryJson {
    /// What `memory` takes in the options of pictures, jobs and films.
    name: String,
    /// Id of the model that it was made with, and works with.
    model: String,
    /// What its pictures were called.
    pictures: Vec<String>,
    /// Size of what is kept of them.
    bytes: u64,
}

/// Memories.
#[derive(Serialize, ToSchema)]
#[schema(as = MemoryList)]
pub struct MemoriesJson {
    /// By name.
    memories: Vec<MemoryJson>,
}

/// The fields of a form.
#[derive(ToSchema)]
#[schema(as = MemoryForm)]
#[expect(dead_code, reason = "describes fields that are read as they come")]
pub struct MemoryForm {
    /// What it is called: letters, digits, `-` and `_`.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// Pictures in colour.
    #[schema(value_type = Vec<PictureFile>)]
    image: Vec<u8>,
    /// Id of a built-in model, from `/v1/models`; the server's default when left out.
    model: Option<String>,
}

impl MemoryJson {
    fn new(About { name, model, pictures, bytes }: &About) -> Self {
        Self { name: name.clone(), model: model.clone(), pictures: pictures.clone(), bytes: *bytes }
    }
}

/// What a form brings.
#[derive(Default)]
struct Sent {
    name: String,
    model: Option<String>,
    files: Vec<GuidanceFile>,
}

/// Makes a memory
///
/// The pictures are looked at once; what is kept is what the model's encoder saw in them with the mean colours of places, and their
/// files' names, but no pixels. It stays until it is removed; without a key, for as long as a job after it was last asked for.
#[utoipa::path(
    post, path = "/v1/memories", tag = "Memories", operation_id = "makeMemory",
    request_body(content((MemoryForm = "multipart/form-data"))),
    responses(
        (status = 201, description = "It is kept", body = MemoryJson,
            headers(("location" = String, description = "Address of the memory"))),
        (status = 409, description = "The name is taken, or there are too many"),
    )
)]
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    request: Request,
) -> Result<Response, Problem> {
    // Before the body: a caller without a place need not send it.
    app.pool.has_room(&owner)?;
    let arrival = app.arrivals.begin(&owner);
    let Sent { name, model, files } = read(request.map(|body| arrival.limit(body))).await?;
    let place = app.pool.reserve(&owner)?;
    let (studio, memories) = (Arc::clone(&app.studio), Arc::clone(&app.memories));
    let work = move |_: &dyn Fn(f32) -> bool| {
        let _arrival = arrival;
        memories.check_new(&owner, &name)?;
        let memory = studio.memory(&files, model)?;
        memories.keep(&owner, &name, &memory)
    };
    let about = app.pool.run(place, work).await?;
    let place = [(header::LOCATION, format!("/v1/memories/{}", about.name))];
    Ok((StatusCode::CREATED, place, Json(MemoryJson::new(&about))).into_response())
}

async fn read(request: Request) -> Result<Sent, Problem> {
    if Kind::of(request.headers())? != Kind::Multipart {
        let detail = "send multipart/form-data, with a `name` and several `image`";
        return Err(Problem::new(Refusal::UnsupportedMediaType, detail));
    }
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|rejection| intake::body_problem(rejection.status(), &rejection))?;
    let mut sent = Sent::default();
    let broken =
        |error: axum::extract::multipart::MultipartError| intake::body_problem(error.status(), &error);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let field_name = field.name().unwrap_or("").to_owned();
        let file_name = intake::file_name(field.file_name().unwrap_or(""), "picture");
        let bytes = field.bytes().await.map_err(broken)?;
        let text = || String::from_utf8_lossy(&bytes).trim().to_owned();
        match field_name.as_str() {
            "name" => sent.name = text(),
            "model" => sent.model = Some(text()).filter(|model| !model.is_empty()),
            "image" => sent.files.push(GuidanceFile::from_bytes(file_name, bytes.into())),
            other => {
                let detail = format!("there is no field `{other}`; send `name`, `image` and `model`");
                return Err(Problem::new(Refusal::UnknownField, detail));
            }
        }
        if sent.files.len() > MOST_PICTURES {
            let detail = format!("a memory has {MOST_PICTURES} pictures at most; send a handful");
            return Err(Problem::new(Refusal::TooManyFiles, detail));
        }
    }
    if sent.files.is_empty() {
        return Err(Problem::new(Refusal::NoImage, "send pictures in colour, each as `image`"));
    }
    Ok(sent)
}

/// Lists memories
///
/// Those of whoever asks.
#[utoipa::path(
    get, path = "/v1/memories", tag = "Memories", operation_id = "listMemories",
    responses((status = 200, description = "The memories", body = MemoriesJson))
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
) -> Result<Json<MemoriesJson>, Problem> {
    let memories = with_memories(&app, move |memories| Ok(memories.list(&owner))).await?;
    Ok(Json(MemoriesJson { memories: memories.iter().map(|about| MemoryJson::new(about)).collect() }))
}

/// Tells about a memory
#[utoipa::path(
    get, path = "/v1/memories/{name}", tag = "Memories", operation_id = "getMemory",
    params(("name" = String, Path, description = "Name of a memory")),
    responses((status = 200, description = "The memory", body = MemoryJson))
)]
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(name): Path<String>,
) -> Result<Json<MemoryJson>, Problem> {
    let about = with_memories(&app, move |memories| memories.get(&owner, &name)).await?;
    Ok(Json(MemoryJson::new(&about)))
}

/// Forgets a memory
///
/// Jobs that were sent with it go on with it.
#[utoipa::path(
    delete, path = "/v1/memories/{name}", tag = "Memories", operation_id = "deleteMemory",
    params(("name" = String, Path, description = "Name of a memory")),
    responses((status = 204, description = "It is forgotten"))
)]
pub async fn delete(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    with_memories(&app, move |memories| memories.remove(&owner, &name)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file of the memory that an order names, if it names one.
pub(super) async fn named(
    app: &App,
    owner: &str,
    name: Option<String>,
) -> Result<Option<GuidanceFile>, Problem> {
    let Some(name) = name else { return Ok(None) };
    let owner = owner.to_owned();
    with_memories(app, move |memories| memories.file(&owner, &name)).await.map(Some)
}

/// Asks the memories where blocking is allowed.
async fn with_memories<T: Send + 'static>(
    app: &App,
    question: impl FnOnce(&MemoryStore) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let memories = Arc::clone(&app.memories);
    tokio::task::spawn_blocking(move || question(&memories)).await.map_err(|_| Problem::stopping())?
}
