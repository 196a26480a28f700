//! `POST /v1/colorize`: a picture in, a picture out.

use std::sync::Arc;
use std::time::Instant;

use autochrome::document::OrderDocument;
use autochrome::{Finished, OpenedPicture, Watch};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accept::{self, Answer};
use crate::app::App;
use crate::cost;
use crate::guard::Owner;
use crate::intake::{self, FormBody, JsonBody, Kind, PictureFile};
use crate::openapi::OptionsQuery;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::routes::inspect::KindJson;
use crate::routes::jobs::{self, JobJson};
use crate::routes::memories;

/// A picture with references and scribbles.
const MOST_FILES: usize = 16;

/// A picture in base64 with what there is to tell about it.
#[derive(Serialize, ToSchema)]
#[schema(as = Colored)]
pub struct ColoredJson {
    /// The picture.
    #[schema(content_encoding = "base64")]
    image: String,
    /// Its media type, and that of `variants`.
    media_type: String,
    /// Columns.
    width: u32,
    /// Rows.
    height: u32,
    /// Id of the method.
    method: String,
    /// Id of the model, if the method has one.
    model: Option<String>,
    /// The seed that the picture came from.
    seed: Option<u64>,
    /// Which of the method's answers it is.
    answer: usize,
    /// The answers beside the first, if several were asked for.
    variants: Vec<VariantJson>,
    /// What kind of picture it was.
    kind: KindJson,
    /// Whether the colours were remembered from an earlier request.
    remembered: bool,
    /// What had to be left out or guessed.
    warnings: Vec<String>,
    /// Milliseconds for everything.
    total_ms: f64,
}

/// Another answer; `seed`, `answer` and `page` as the options `seed`, `answer` and `pages` bring it again.
#[derive(Serialize, ToSchema)]
#[schema(as = Variant)]
pub struct VariantJson {
    /// The picture in base64.
    #[schema(content_encoding = "base64")]
    image: String,
    /// The seed that it came from.
    seed: Option<u64>,
    /// Which of the method's answers it is.
    answer: usize,
    /// Which page it is, counted from 1.
    page: usize,
}

/// Colours a picture
///
/// Send the picture itself (its options as JSON in `?options=`), a form, or JSON with base64. JSON is answered with JSON, everything
/// else with the picture, unless `Accept` says otherwise; a format that it names is the one of the picture. `Prefer: respond-async` makes a job of it.
#[utoipa::path(
    post, path = "/v1/colorize", tag = "Pictures", operation_id = "colorize",
    params(
        OptionsQuery,
        ("prefer" = Option<String>, Header, description = "`respond-async` makes a job"),
    ),
    request_body(content(
        (FormBody = "multipart/form-data"),
        (JsonBody = "application/json"),
        (PictureFile = "image/*"),
    )),
    responses(
        (status = 200, description = "The picture in colour", content(
            (ColoredJson = "application/json"), (PictureFile = "image/png"), (PictureFile = "image/jpeg"),
            (PictureFile = "image/webp"), (PictureFile = "image/tiff"), (PictureFile = "image/openraster"),
        ), headers(
            ("autochrome-warnings" = String, description = "With a picture: what had to be left out or guessed, as JSON in ASCII, a list of sentences; absent where there is nothing"),
        )),
        (status = 202, description = "A job", body = JobJson,
            headers(("location" = String, description = "Address of the job"))),
    )
)]
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(owner): Extension<Owner>,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers();
    if prefers_async(headers) {
        let mut response = jobs::accept(&app, owner, request).await?;
        let applied = HeaderValue::from_static("respond-async");
        response.headers_mut().insert(HeaderName::from_static("preference-applied"), applied);
        return Ok(response);
    }
    // Before the body: who finds no place need not send it, nor who takes no answer that there is.
    app.pool.has_room(&owner.0)?;
    let (headers, kind) = (headers.clone(), Kind::of(headers)?);
    accept::answer(&headers, kind, &OrderDocument::default())?;
    let arrival = app.arrivals.begin(&owner.0);
    let mut intake = intake::read(request, &arrival, MOST_FILES).await?;
    intake.files.memory = memories::named(&app, &owner.0, intake.options.memory.take()).await?;
    let place = app.pool.reserve(&owner.0)?;
    let opened = intake.open.take().map(|id| app.pictures.find(&owner.0, &id, Instant::now())).transpose()?;
    let picture = intake.pictures.pop();
    if !intake.pictures.is_empty() {
        let detail = "send one `image`, or several to /v1/jobs";
        return Err(Problem::new(Refusal::TooManyImages, detail));
    }
    let answer = accept::answer(&headers, kind, &intake.options)?;
    if let Answer::Picture(format) = answer {
        intake.options.format = Some(format.to_owned());
    }
    if answer != Answer::Json {
        // A picture has no room for others beside it. Files of strangers are not looked into on the threads of the network.
        let studio = Arc::clone(&app.studio);
        let check = move || studio.check(&intake.options, &intake.files).map(|()| intake);
        intake = tokio::task::spawn_blocking(check).await.map_err(|_| Problem::stopping())??;
        intake.options.variants = None;
    }
    let studio = Arc::clone(&app.studio);
    let work = move |reached: &dyn Fn(f32) -> bool| {
        let (start, _arrival) = (Instant::now(), arrival);
        let bytes = opened.as_deref().map(OpenedPicture::bytes);
        let bytes = bytes.or(picture.as_ref().map(|picture| picture.bytes.as_slice()));
        cost::check_pages(&intake.options, bytes.unwrap_or_default())?;
        let order = studio.order(&intake.options, &intake.files)?;
        // References are reduced by now; their files need not stay.
        drop(intake);
        let watch = Watch { reached, preview: None };
        let finished = match (opened, picture) {
            (Some(opened), _) => studio.run_opened(&opened, &order, &watch)?,
            (None, Some(picture)) => studio.run(&picture.bytes, &order, &watch)?,
            (None, None) => return Err(Problem::defect()),
        };
        Ok((finished, start.elapsed().as_secs_f64() * 1e3))
    };
    let (finished, total_ms) = app.pool.run(place, work).await?;
    app.metrics.painted(total_ms);
    Ok(if answer == Answer::Json { in_json(&finished, total_ms) } else { as_picture(finished, total_ms) })
}

/// RFC 7240: preferences are a list, and unknown ones mean nothing.
fn prefers_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| {
        one.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("respond-async"))
    })
}

fn as_picture(finished: Finished, total_ms: f64) -> Response {
    let bytes = finished.results.into_iter().next().map(|result| result.bytes).unwrap_or_default();
    let mut response = ([(header::CONTENT_TYPE, finished.file_type.media_type())], bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let mut tell = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    tell("autochrome-method", finished.method);
    tell("autochrome-model", finished.model.as_deref().unwrap_or("none"));
    tell("server-timing", &format!("picture;dur={:.1}", total_ms));
    tell_warnings(headers, &finished.warnings);
    response
}

/// Puts what is to be known of a picture into a header, where there is anything.
pub(super) fn tell_warnings(headers: &mut HeaderMap, warnings: &[String]) {
    if let Ok(value) = HeaderValue::from_str(&in_ascii(warnings))
        && !warnings.is_empty()
    {
        headers.insert("autochrome-warnings", value);
    }
}

/// A list of sentences as a header holds it: JSON in plain ASCII, cut to whole sentences where there are too many for one.
fn in_ascii(sentences: &[String]) -> String {
    const MOST_BYTES: usize = 4096;
    let mut list = String::from("[");
    for sentence in sentences {
        let mut escaped = String::new();
        for unit in serde_json::Value::from(sentence.as_str()).to_string().encode_utf16() {
            match u8::try_from(unit) {
                Ok(byte @ b' '..=b'~') => escaped.push(char::from(byte)),
                _ => escaped.push_str(&format!("\\u{unit:04x}")),
            }
        }
        if list.len() + escaped.len() > MOST_BYTES {
            break;
        }
        if list.len() > 1 {
            list.push_str(", ");
        }
        list.push_str(&escaped);
    }
    list.push(']');
    list
}

fn in_json(finished: &Finished, total_ms: f64) -> Response {
    let mut variants = finished.results.iter().map(|result| VariantJson {
        image: BASE64.encode(&result.bytes),
        seed: result.seed,
        answer: result.answer,
        page: result.page,
    });
    let Some(VariantJson { image, seed, answer, .. }) = variants.next() else {
        return Problem::defect().into_response();
    };
    let body = ColoredJson {
        image,
        media_type: finished.file_type.media_type().to_owned(),
        width: finished.size.0,
        height: finished.size.1,
        method: finished.method.to_owned(),
        model: finished.model.clone(),
        seed,
        answer,
        variants: variants.collect(),
        kind: finished.kind.into(),
        remembered: finished.remembered,
        warnings: finished.warnings.clone(),
        total_ms,
    };
    ([(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")], Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_json_in_plain_ascii() {
        let sentences = ["16 bits: a × b".to_owned(), "it's \"quoted\" \u{1f4f7}".to_owned()];
        let list = in_ascii(&sentences);
        assert!(list.is_ascii() && HeaderValue::from_str(&list).is_ok(), "{list}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&list).unwrap(), sentences);
        let many = vec!["x".repeat(1000); 10];
        assert_eq!(serde_json::from_str::<Vec<String>>(&in_ascii(&many)).unwrap().len(), 4);
    }

    #[test]
    fn a_preference_is_found_among_others() {
        let prefers = |value: &str| {
            prefers_async(&HeaderMap::from_iter([(
                HeaderName::from_static("prefer"),
                value.parse().unwrap(),
            )]))
        };
        assert!(prefers("respond-async") && prefers("wait=10, Respond-Async;x=1"));
        assert!(!prefers("wait=10") && !prefers("respond-asynchronously"));
    }
}
