//! `/v1/pictures`: a picture is sent once, and coloured by its id as often as somebody changes what is wanted of it.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::guard::Owner;
use crate::intake::{self, PictureFile};
use crate::pictures::KEEP;
use crate::problem::Problem;
use crate::routes::inspect::KindJson;
use crate::studio::Studio;

/// A picture that is open.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenPicture)]
pub struct OpenPictureJson {
    /// 32 hexadecimal digits; what `picture` takes in `/v1/colorize`.
    id: String,
    /// Columns, upright.
    width: usize,
    /// Rows, upright.
    height: usize,
    /// What kind of picture it is.
    kind: KindJson,
    /// Seconds that it is kept after it was last asked for.
    keep_s: u64,
}

/// Sends a picture that is worked on
///
/// Send the picture itself. It is kept in memory alone, and forgotten a quarter of an hour after it was last asked for, or when others
/// need the room.
#[utoipa::path(
    post, path = "/v1/pictures", tag = "Pictures", operation_id = "openPicture",
    request_body(content((PictureFile = "image/*"))),
    responses((status = 201, description = "It is open", body = OpenPictureJson,
        headers(("location" = String, description = "Address of the picture"))))
)]
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    request: Request,
) -> Result<Response, Problem> {
    let open = |studio: &Studio, bytes: Bytes| Ok(Arc::new(studio.open_picture(bytes.into())?));
    let picture = intake::with_picture(&app, &owner, request, open).await?;
    let (width, height) = picture.size();
    let kind = picture.kind().into();
    let id = app.pictures.add(&owner, picture, Instant::now())?;
    let place = [(header::LOCATION, format!("/v1/pictures/{id}"))];
    let body = OpenPictureJson { id, width, height, kind, keep_s: KEEP.as_secs() };
    Ok((StatusCode::CREATED, place, Json(body)).into_response())
}

/// Forgets a picture
#[utoipa::path(
    delete, path = "/v1/pictures/{id}", tag = "Pictures", operation_id = "closePicture",
    params(("id" = String, Path, description = "Id of a picture")),
    responses((status = 204, description = "It is forgotten"))
)]
pub async fn delete(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.pictures.forget(&owner, &id)?;
    Ok(StatusCode::NO_CONTENT)
}
