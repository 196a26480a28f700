//! `POST /v1/inspect`: what kind of picture it is, before it is coloured.

use std::sync::Arc;

use autochrome::{Coloring, Depth, Inner, Inspection, Kind, Subject};
use axum::extract::{Request, State};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::guard::Owner;
use crate::intake::{self, PictureFile};
use crate::problem::Problem;

/// What there is to know about a picture.
#[derive(Serialize, ToSchema)]
#[schema(as = Inspection)]
pub struct InspectionJson {
    /// Media type of the bytes.
    media_type: &'static str,
    /// Columns of the upright picture.
    width: usize,
    /// Rows of the upright picture.
    height: usize,
    /// Bits a sample, 8 or 16.
    bits: u8,
    /// Pages of the file; all else is about the first.
    pages: usize,
    /// What was recognised.
    kind: KindJson,
    /// What lies within borders, in pixels; null where there are none.
    inner: Option<InnerJson>,
    /// What had to be left out or guessed.
    warnings: Vec<String>,
}

/// What kind of picture it is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[schema(as = PictureKind)]
pub struct KindJson {
    /// Which colours it has.
    coloring: ColoringJson,
    /// What it shows.
    subject: SubjectJson,
    /// Whether its lightness spans little.
    faded: bool,
}

/// Which colours a picture has: none, one for each lightness (sepia, cyanotype, toned), or those of things.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[schema(as = Coloring)]
#[serde(rename_all = "lowercase")]
pub enum ColoringJson {
    /// None.
    Gray,
    /// Yellow to red.
    Sepia,
    /// Blue.
    Cyanotype,
    /// Another hue.
    Toned,
    /// Colours of things: it is in colour already.
    Color,
}

/// What a picture shows.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[schema(as = Subject)]
#[serde(rename_all = "lowercase")]
pub enum SubjectJson {
    /// A photograph.
    Photograph,
    /// A negative; the option `invert` makes a positive of it.
    Negative,
    /// A line drawing.
    Drawing,
    /// A print made of dots.
    Halftone,
}

/// A rectangle in pixels.
#[derive(Serialize, ToSchema)]
#[schema(as = Inner)]
pub struct InnerJson {
    /// First column.
    x: usize,
    /// First row.
    y: usize,
    /// Columns.
    width: usize,
    /// Rows.
    height: usize,
}

impl From<Kind> for KindJson {
    fn from(kind: Kind) -> Self {
        let coloring = match kind.coloring {
            Coloring::Gray => ColoringJson::Gray,
            Coloring::Sepia => ColoringJson::Sepia,
            Coloring::Cyanotype => ColoringJson::Cyanotype,
            Coloring::Toned => ColoringJson::Toned,
            Coloring::Color => ColoringJson::Color,
        };
        let subject = match kind.subject {
            Subject::Photograph => SubjectJson::Photograph,
            Subject::Negative => SubjectJson::Negative,
            Subject::Drawing => SubjectJson::Drawing,
            Subject::Halftone => SubjectJson::Halftone,
        };
        Self { coloring, subject, faded: kind.faded }
    }
}

impl From<Inspection> for InspectionJson {
    fn from(inspection: Inspection) -> Self {
        let Inspection { format, width, height, depth, pages, kind, inner, warnings } = inspection;
        let inner = inner.map(|Inner { x, y, width, height }| InnerJson { x, y, width, height });
        let bits = if depth == Depth::Eight { 8 } else { 16 };
        Self {
            media_type: format.media_type(),
            width,
            height,
            bits,
            pages,
            kind: kind.into(),
            inner,
            warnings,
        }
    }
}

/// Tells what kind of picture it is
///
/// Whether it is in colour already, toned, a negative, a drawing or a halftone print, how many pages the file has, and what lies within its
/// borders. Nothing is coloured. Send the picture itself.
#[utoipa::path(
    post, path = "/v1/inspect", tag = "Pictures", operation_id = "inspect",
    request_body(content((PictureFile = "image/*"))),
    responses((status = 200, description = "What was recognised", body = InspectionJson))
)]
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(Owner(owner)): Extension<Owner>,
    request: Request,
) -> Result<Json<InspectionJson>, Problem> {
    intake::with_picture(&app, &owner, request, |studio, bytes| Ok(studio.inspect(&bytes)?.into()))
        .await
        .map(Json)
}
