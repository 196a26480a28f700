//! `GET /v1/looks/cube`: tone and look as a table, so that a browser shows them without sending the picture again.

use axum::extract::Query;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};

use autochrome::document::LookDocument;
use autochrome_color::filters::Cube;

use crate::intake::{self, PictureFile};
use crate::problem::Problem;

/// Tells tone and look as a table
///
/// For previews: finished pictures get their tone exactly, before they are rounded. 33 × 33 × 33 colours of 16 bits, little-endian, red running fastest; the header says how strong the grain is.
#[utoipa::path(
    get, path = "/v1/looks/cube", tag = "What there is", operation_id = "getLookCube",
    params(LookDocument),
    responses((status = 200, description = "The table", content((PictureFile = "application/octet-stream")),
        headers(("autochrome-grain" = f32, description = "Strength of the grain"))))
)]
pub async fn cube(
    query: Result<Query<LookDocument>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(look) = query.map_err(|error| intake::bad_query(&error))?;
    let cube = Cube::with_tone(&look.tone()?, &look.look()?);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
        (HeaderName::from_static("autochrome-grain"), cube.grain().to_string()),
    ];
    Ok((headers, cube.to_bytes()).into_response())
}
