//! `/v1/pictures`: a picture is sent once, and coloured by its id as often as somebody changes what is wanted of it.

use std::sync::Arc;
use std::time::Instant;

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
    /// What colours it came with.
    #[schema(value_type = TintWord)]
    tint: &'static str,
    /// Seconds that it is kept after it was last asked for.
    keep_s: u64,
}

/// What colours a picture came with.
#[derive(ToSchema)]
#[schema(as = Tint)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes words that the library tells")]
enum TintWord {
    /// None that an eye would see.
    Gray,
    /// One hue, as sepia prints have.
    Toned,
    /// Several.
    Color,
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
    app.engine.has_room(&owner)?;
    let arrival = app.arrivals.begin(&owner);
    let bytes = intake::read_picture(request, &arrival).await?;
    let place = app.engine.reserve(&owner)?;
    let studio = Arc::clone(&app.studio);
    let work = move |_: &dyn Fn(f32) -> bool| {
        let _arrival = arrival;
        Ok(Arc::new(studio.open_picture(bytes.into())?))
    };
    let picture = app.engine.run(place, work).await?;
    let (width, height) = picture.size();
    let tint = picture.tint().id();
    let id = app.pictures.add(&owner, picture, Instant::now())?;
    let place = [(header::LOCATION, format!("/v1/pictures/{id}"))];
    let body = OpenPictureJson { id, width, height, tint, keep_s: KEEP.as_secs() };
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
