//! `POST /v1/colorize`: a picture in, a picture out.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::options::ColorizeOptions;
use crate::problem::Problem;
use crate::studio::Painted;

/// Answers with the picture, or with JSON around it where the request prefers that.
pub async fn post(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    // Before the body: who finds no place need not send it.
    let place = app.engine.reserve()?;
    let as_json = wants_json(request.headers(), &Kind::of(request.headers())?);
    let (bytes, options) = read(request).await?;
    let studio = Arc::clone(&app.studio);
    let painted = app.engine.run(place, move |watch| studio.paint(&bytes, &options, watch)).await?;
    Ok(if as_json { in_json(&painted) } else { as_picture(painted) })
}

/// How the picture was sent.
enum Kind {
    Multipart,
    Json,
    Picture,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match kind.as_str() {
            "multipart/form-data" => Ok(Self::Multipart),
            "application/json" => Ok(Self::Json),
            "application/octet-stream" => Ok(Self::Picture),
            kind if kind.starts_with("image/") => Ok(Self::Picture),
            _ => {
                let detail = "send image/*, multipart/form-data or application/json";
                Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail))
            }
        }
    }
}

/// JSON is answered with JSON unless a picture is asked for, everything else with a picture unless JSON is.
fn wants_json(headers: &HeaderMap, sent: &Kind) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*");
    let (json, picture) = (accept.contains("application/json"), accept.contains("image/"));
    match sent {
        Kind::Json => json || !picture,
        _ => json && !picture,
    }
}

/// The paper's interface: everything in one JSON document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonBody {
    /// The file in base64; a `data:` URL is understood too.
    image: String,
    #[serde(default)]
    options: ColorizeOptions,
}

/// The picture and the options of a request, however they were sent.
pub(super) async fn read(request: Request) -> Result<(Bytes, ColorizeOptions), Problem> {
    match Kind::of(request.headers())? {
        Kind::Picture => {
            let options = match request.uri().query() {
                None => ColorizeOptions::default(),
                Some(_) => from_query(&request)?,
            };
            Ok((body(request).await?, options))
        }
        Kind::Json => {
            let JsonBody { image, options } = from_json(&body(request).await?)?;
            let image = image.split_once(";base64,").map_or(image.as_str(), |(_, data)| data);
            let bytes = BASE64.decode(image.trim()).map_err(|error| {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-base64", format!("`image`: {error}"))
            })?;
            Ok((bytes.into(), options))
        }
        Kind::Multipart => multipart(request).await,
    }
}

async fn body(request: Request) -> Result<Bytes, Problem> {
    Bytes::from_request(request, &()).await.map_err(|rejection| refused(rejection.status()))
}

fn refused(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            status,
            "too-many-bytes",
            "the request is larger than /v1/limits allows; send a smaller picture",
        ),
        status => Problem::new(status, "bad-body", "the body ended early or is not what its headers say"),
    }
}

fn from_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        Problem::new(status, "bad-json", format!("the JSON does not fit: {error}"))
    })
}

/// `?options={...}` beside a raw picture.
fn from_query(request: &Request) -> Result<ColorizeOptions, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        options: String,
    }
    let axum::extract::Query(Query { options }) = axum::extract::Query::try_from_uri(request.uri())
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "bad-query", error.body_text()))?;
    from_json(options.as_bytes())
}

async fn multipart(request: Request) -> Result<(Bytes, ColorizeOptions), Problem> {
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|rejection| refused(rejection.status()))?;
    let (mut image, mut options) = (None, ColorizeOptions::default());
    while let Some(field) = form.next_field().await.map_err(|error| refused(error.status()))? {
        let name = field.name().unwrap_or("").to_owned();
        let bytes = field.bytes().await.map_err(|error| refused(error.status()))?;
        match name.as_str() {
            "image" => image = Some(bytes),
            "options" => options = from_json(&bytes)?,
            name => {
                let detail = format!("there is no field `{name}`; send `image` and, if you like, `options`");
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown-field", detail));
            }
        }
    }
    let detail = "the form has no field `image`";
    let image = image.ok_or_else(|| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-image", detail))?;
    Ok((image, options))
}

fn as_picture(painted: Painted) -> Response {
    let mut response =
        ([(header::CONTENT_TYPE, painted.media_type)], axum::body::Body::from(painted.bytes)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let mut tell = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    tell("autochrome-method", painted.method);
    tell("autochrome-model", painted.model.as_deref().unwrap_or("none"));
    tell("server-timing", &format!("picture;dur={:.1}", painted.total_ms));
    response
}

fn in_json(painted: &Painted) -> Response {
    let body = json!({
        "image": BASE64.encode(&painted.bytes),
        "media_type": painted.media_type,
        "width": painted.size.0,
        "height": painted.size.1,
        "method": painted.method,
        "model": painted.model,
        "remembered": painted.remembered,
        "warnings": painted.warnings,
        "total_ms": painted.total_ms,
    });
    ([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response()
}
