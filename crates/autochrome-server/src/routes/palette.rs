//! `POST /v1/palette`: the few colours that a picture is made of, so that a person can choose which are to change.

use std::sync::Arc;

use autochrome::Srgb;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::guard::Owner;
use crate::intake::{self, PictureFile};
use crate::problem::Problem;
use crate::studio::Studio;

/// Colours when none says how many.
const ENTRIES: usize = 6;

/// Fewest and most colours.
const RANGE: std::ops::RangeInclusive<usize> = 2..=12;

/// Most that the channels of a gray differ by, in codes of 8 bits: JPEG rounds.
const GRAY: u8 = 3;

/// How many colours are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaletteQuery {
    /// How many colours, 2 to 12; 6 when left out.
    #[param(minimum = 2, maximum = 12, default = 6)]
    entries: Option<usize>,
}

/// The colours of a picture.
#[derive(Serialize, ToSchema)]
#[schema(as = Palette)]
pub struct PaletteJson {
    /// The one that covers most of the picture first; fewer than asked for where the picture has no more.
    entries: Vec<PaletteEntryJson>,
    /// Whether none of them is a colour: then there is nothing to change.
    is_gray: bool,
}

/// A colour of a picture.
#[derive(Serialize, ToSchema)]
#[schema(as = PaletteEntry)]
pub struct PaletteEntryJson {
    /// `#rrggbb`; as `from` of `recolors` it means this entry.
    color: String,
    /// Share of the picture, 0..=1.
    share: f32,
}

/// Tells the colours of a picture
///
/// They are the entries that `recolors` counts and finds. Send the picture itself.
#[utoipa::path(
    post, path = "/v1/palette", tag = "Pictures", operation_id = "getPalette",
    params(PaletteQuery),
    request_body(content((PictureFile = "image/*"))),
    responses((status = 200, description = "The palette", body = PaletteJson))
)]
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    query: Result<Query<PaletteQuery>, QueryRejection>,
    request: Request,
) -> Result<Json<PaletteJson>, Problem> {
    let Query(query) = query.map_err(|error| intake::bad_query(&error))?;
    let count = query.entries.unwrap_or(ENTRIES);
    if !RANGE.contains(&count) {
        let (value, expected) = (count.to_string(), format!("{} to {}", RANGE.start(), RANGE.end()));
        return Err(autochrome::Error::OutOfRange { id: "entries".to_owned(), value, expected }.into());
    }
    let work = move |studio: &Studio, bytes: Bytes| {
        let entries = studio.palette(&bytes, count)?;
        let is_gray = entries.iter().all(|entry| is_gray(entry.color));
        let entries = entries
            .iter()
            .map(|entry| PaletteEntryJson { color: entry.color.to_string(), share: entry.share });
        Ok(PaletteJson { entries: entries.collect(), is_gray })
    };
    intake::with_picture(&app, &owner, request, work).await.map(Json)
}

fn is_gray(Srgb { red, green, blue }: Srgb) -> bool {
    red.max(green).max(blue) - red.min(green).min(blue) <= GRAY
}
