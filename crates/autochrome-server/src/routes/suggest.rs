//! `GET /v1/suggest`: what lies at a place of a picture that is open, and which colours it may have.

use std::sync::Arc;
use std::time::Instant;

use autochrome::PlaceDescription;
use autochrome::document::OrderDocument;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::guard::Owner;
use crate::intake;
use crate::problem::Problem;

/// A place of a picture.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// The id of a picture that is open (`/v1/pictures`).
    picture: String,
    /// Distance from the left edge, as a share of the width.
    #[param(minimum = 0, maximum = 1)]
    x: f32,
    /// Distance from the upper edge, as a share of the height.
    #[param(minimum = 0, maximum = 1)]
    y: f32,
}

/// What lies at a place.
#[derive(Serialize, ToSchema)]
#[schema(as = Suggestions)]
pub struct SuggestionsJson {
    /// The likeliest thing there: `dress`, `sky`, `other`.
    thing: String,
    /// How likely it is, 0..=1.
    probability: f32,
    /// At most five colours that it may have, the likeliest first.
    colors: Vec<SuggestedColorJson>,
    /// How far a spot of colour there reaches.
    reach: ReachJson,
}

/// A colour that a place may have.
#[derive(Serialize, ToSchema)]
#[schema(as = SuggestedColor)]
pub struct SuggestedColorJson {
    /// `#rrggbb`, sRGB, as light as the picture is there.
    color: String,
    /// How likely it is, 0..=1.
    probability: f32,
}

/// How much a spot changes the cells of a grid over the picture.
#[derive(Serialize, ToSchema)]
#[schema(as = Reach)]
pub struct ReachJson {
    /// Columns of the grid.
    width: usize,
    /// Rows of the grid.
    height: usize,
    /// One byte a cell in base64, row by row: 0 where nothing changes, 255 where everything does.
    weights: String,
}

/// Tells what lies at a place, and its likely colours
///
/// For programs that let somebody paint: the colours are meant to be offered beside the brush, the reach to be drawn as an outline.
#[utoipa::path(
    get, path = "/v1/suggest", tag = "Pictures", operation_id = "suggest",
    params(SuggestQuery),
    responses((status = 200, description = "What is known of the place", body = SuggestionsJson))
)]
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    query: Result<Query<SuggestQuery>, QueryRejection>,
) -> Result<Json<SuggestionsJson>, Problem> {
    let Query(SuggestQuery { picture, x, y }) = query.map_err(|error| intake::bad_query(&error))?;
    let picture = app.pictures.find(&owner, &picture, Instant::now())?;
    let place = app.pool.reserve(&owner)?;
    let studio = Arc::clone(&app.studio);
    let work = move |_: &dyn Fn(f32) -> bool| {
        Ok(json(studio.describe_place(&picture, &OrderDocument::default(), [x, y])?))
    };
    app.pool.run(place, work).await.map(Json)
}

fn json(PlaceDescription { thing, probability, reach, colors }: PlaceDescription) -> SuggestionsJson {
    let (width, height) = reach.size();
    let weights: Vec<u8> = reach.data().iter().map(|weight| (255.0 * weight).round() as u8).collect();
    let suggested = colors
        .iter()
        .map(|one| SuggestedColorJson { color: one.color.to_string(), probability: one.probability });
    SuggestionsJson {
        thing,
        probability,
        colors: suggested.collect(),
        reach: ReachJson { width, height, weights: BASE64.encode(weights) },
    }
}
