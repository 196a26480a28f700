//! What a request brings, however it was sent: raw, as a form, or as JSON with base64.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use autochrome_jobs::Part;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use autochrome::document::{HintsDocument, OrderDocument};
use autochrome::{Content, GuidanceFile, GuidanceFiles};

use crate::app::App;
use crate::arrival::{Arrest, Arrival};
use crate::cost;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::studio::Studio;

/// Bytes of options, or of hints, beside the pictures: ten times what the most hints take.
const MOST_WORDS: usize = 4 << 20;

/// Longest name of a file that is kept.
const NAME_CHARS: usize = 120;

/// What a request brings.
#[derive(Debug, Default)]
pub struct Intake {
    /// The pictures, in order; none where one that is open is named instead.
    pub pictures: Vec<Part>,
    /// The id of a picture that is open.
    pub open: Option<String>,
    /// What goes with every one.
    pub files: GuidanceFiles,
    /// What to do with them.
    pub options: OrderDocument,
}

/// How it was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A form.
    Multipart,
    /// JSON with base64.
    Json,
    /// The picture itself.
    Picture,
}

impl Kind {
    /// As the headers say.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match kind.as_str() {
            "multipart/form-data" => Ok(Self::Multipart),
            "application/json" => Ok(Self::Json),
            "application/octet-stream" => Ok(Self::Picture),
            kind if kind.starts_with("image/") => Ok(Self::Picture),
            _ => {
                let detail = "send image/*, multipart/form-data or application/json";
                Err(Problem::new(Refusal::UnsupportedMediaType, detail))
            }
        }
    }
}

/// The paper's interface: everything in one JSON document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonBody {
    /// The picture in base64; a `data:` URL is understood too.
    #[schema(format = "picture-base64")]
    image: Option<String>,
    /// In place of `image`, the id of a picture that is open (`/v1/pictures`).
    picture: Option<String>,
    /// Pictures to take colours from, in base64.
    #[serde(default)]
    #[schema(value_type = Vec<Base64Picture>)]
    reference: Vec<String>,
    /// A picture in colour, in base64, whose mean colour and strength of colours are wanted; it holds over `mood` in `options`.
    #[schema(value_type = Option<Base64Picture>)]
    mood: Option<String>,
    /// Hints beside those in `options`.
    scribbles: Option<JsonScribbles>,
    /// What to do; in place of what the address says, if it says anything.
    #[schema(value_type = Option<OrderDocument>)]
    options: Option<Object<OrderDocument>>,
}

/// A picture in base64.
#[derive(ToSchema)]
#[schema(format = "picture-base64")]
#[expect(dead_code, reason = "describes text that is read as it comes")]
pub struct Base64Picture(String);

/// Points and strokes, or a PNG in base64 that is transparent wherever nobody painted.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ScribblesOrPng)]
enum JsonScribbles {
    #[serde(deserialize_with = "object")]
    Hints(HintsDocument),
    #[schema(format = "scribbles-base64")]
    Png(String),
}

/// The fields of a form.
#[derive(ToSchema)]
#[schema(as = Form)]
#[expect(dead_code, reason = "describes fields that are read as they come")]
pub struct FormBody {
    /// The picture; several of them are a batch, for jobs only.
    #[schema(value_type = Option<Vec<PictureFile>>)]
    image: Vec<u8>,
    /// In place of `image`, the id of a picture that is open (`/v1/pictures`).
    picture: Option<String>,
    /// Pictures to take colours from.
    #[schema(value_type = Option<Vec<PictureFile>>)]
    reference: Vec<u8>,
    /// A picture in colour whose mean colour and strength of colours are wanted; it holds over `mood` in `options`.
    #[schema(value_type = Option<PictureFile>)]
    mood: Vec<u8>,
    /// Hints beside those in `options`; a PNG that is transparent wherever nobody painted will do too.
    scribbles: Option<HintsDocument>,
    /// What to do; in place of what the address says, if it says anything.
    options: Option<OrderDocument>,
}

/// The content of a JPEG, PNG, WebP, TIFF, BMP, GIF or PNM file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes bytes that are read as they come")]
pub struct PictureFile(Vec<u8>);

/// Reads a request; at most `most_files` files in all.
///
/// # Errors
/// When it is not what its headers say, or something is missing, unknown or too much, or it comes too slowly.
pub async fn read(request: Request, arrival: &Arrival, most_files: usize) -> Result<Intake, Problem> {
    let kind = Kind::of(request.headers())?;
    let request = request.map(|body| arrival.limit(body));
    let options = match request.uri().query() {
        None => OrderDocument::default(),
        Some(_) => from_query(&request)?,
    };
    let intake = match kind {
        Kind::Picture => {
            let picture = Part { name: "picture".to_owned(), bytes: body(request).await?.into() };
            Intake { pictures: vec![picture], options, ..Intake::default() }
        }
        Kind::Json => {
            let bytes = body(request).await?;
            // Megabytes of base64 take a while, and the threads of the network have others to look after.
            let read = tokio::task::spawn_blocking(move || json(&bytes, most_files, options));
            read.await.map_err(|_| Problem::stopping())??
        }
        Kind::Multipart => multipart(request, most_files, options).await?,
    };
    cost::check(&intake.options)?;
    Ok(intake)
}

/// Reads a request that is a picture and nothing else, and does `work` with it in the pool.
///
/// # Errors
/// When there is no room, when the request is not what its headers say, or too much, and those of `work`.
pub async fn with_picture<T: Send + 'static>(
    app: &App,
    owner: &str,
    request: Request,
    work: impl FnOnce(&Studio, Bytes) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    // Before the body: a caller without a place need not send it.
    app.pool.has_room(owner)?;
    let arrival = app.arrivals.begin(owner);
    let bytes = read_picture(request, &arrival).await?;
    let place = app.pool.reserve(owner)?;
    let studio = Arc::clone(&app.studio);
    let work = move |_: &dyn Fn(f32) -> bool| {
        let _arrival = arrival;
        work(&studio, bytes)
    };
    app.pool.run(place, work).await
}

async fn read_picture(request: Request, arrival: &Arrival) -> Result<Bytes, Problem> {
    if Kind::of(request.headers())? != Kind::Picture {
        let detail = "send the picture itself, as image/*";
        return Err(Problem::new(Refusal::UnsupportedMediaType, detail));
    }
    body(request.map(|body| arrival.limit(body))).await
}

async fn body(request: Request) -> Result<Bytes, Problem> {
    Bytes::from_request(request, &()).await.map_err(|rejection| body_problem(rejection.status(), &rejection))
}

pub fn body_problem(status: StatusCode, error: &(dyn Error + 'static)) -> Problem {
    let mut chain = std::iter::successors(Some(error), |&error| error.source());
    match (status, chain.find_map(|error| error.downcast_ref::<Arrest>())) {
        (_, Some(Arrest::Slow)) => {
            let detail = "the body comes too slowly, /v1/limits tells how slowly it may; send it again";
            Problem::new(Refusal::TooSlow, detail)
        }
        (_, Some(Arrest::Full)) => Problem::busy(),
        (StatusCode::PAYLOAD_TOO_LARGE, None) => {
            let detail = "the request is larger than /v1/limits allows; send less at once";
            Problem::new(Refusal::TooManyBytes, detail)
        }
        (status, None) => {
            let detail = "the body ended early or is not what its headers say";
            Problem { status, ..Problem::new(Refusal::BadBody, detail) }
        }
    }
}

/// A document that is an object. What serde derives for a struct takes a list as well, and gives its values to the fields by
/// their order, which is no part of the interface.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

/// Reads a field that is an object and no list.
pub fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(document)| document)
}

pub fn from_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map(|Object(document)| document).map_err(|error| {
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        Problem { status, ..Problem::new(Refusal::BadJson, format!("the JSON does not fit: {error}")) }
    })
}

pub fn from_base64(field: &str, text: &str) -> Result<Vec<u8>, Problem> {
    let data = text.split_once(";base64,").map_or(text, |(_, data)| data);
    BASE64
        .decode(data.trim())
        .map_err(|error| Problem::new(Refusal::BadBase64, format!("`{field}`: {error}")))
}

fn json(bytes: &[u8], most_files: usize, beside: OrderDocument) -> Result<Intake, Problem> {
    let JsonBody { image, picture: open, reference, mood, scribbles, options } = from_json(bytes)?;
    let mut options = options.map_or(beside, |Object(options)| options);
    count(1 + reference.len() + usize::from(mood.is_some()), most_files)?;
    let mut pictures = Vec::new();
    if let Some(image) = image {
        pictures.push(Part { name: "picture".to_owned(), bytes: from_base64("image", &image)? });
    }
    let mut files = GuidanceFiles::default();
    for (number, text) in reference.iter().enumerate() {
        let name = format!("reference {}", number + 1);
        files.references.push(GuidanceFile::from_bytes(name, from_base64("reference", text)?));
    }
    if let Some(text) = mood {
        files.mood = Some(GuidanceFile::from_bytes(MOOD, from_base64(MOOD, &text)?));
    }
    match scribbles {
        None => {}
        Some(JsonScribbles::Hints(hints)) => add(hints, &mut options),
        Some(JsonScribbles::Png(text)) => {
            files.scribbles = Some(scribbles_file(from_base64("scribbles", &text)?));
        }
    }
    require_one_source(Intake { pictures, open, files, options })
}

/// Refuses more files than a request may have.
pub fn count(files: usize, most_files: usize) -> Result<(), Problem> {
    if files <= most_files {
        return Ok(());
    }
    let detail = format!("a request takes {most_files} files at most; send several requests");
    Err(Problem::new(Refusal::TooManyFiles, detail))
}

/// Says hints beside the options in the options.
fn add(hints: HintsDocument, options: &mut OrderDocument) {
    options.points.extend(hints.points);
    options.strokes.extend(hints.strokes);
}

fn scribbles_file(bytes: Vec<u8>) -> GuidanceFile {
    GuidanceFile::from_bytes(SCRIBBLES, bytes)
}

/// What [`GuidanceFiles::scribbles`] are called among the files of a job.
const SCRIBBLES: &str = "scribbles";
/// What [`GuidanceFiles::mood`] is called there, and the field that it comes in.
pub const MOOD: &str = "mood";
/// What [`GuidanceFiles::memory`] is called there: a job keeps the memory that it was sent with, whatever becomes of its name.
const MEMORY: &str = "memory";

/// Files that go with a job, each with what it is.
pub fn into_parts(files: GuidanceFiles) -> Vec<(String, Part)> {
    let part = |role: &str, file: GuidanceFile| match file.content {
        Content::Bytes(bytes) => Some((role.to_owned(), Part { name: file.name, bytes })),
        // No request names a file of this machine.
        Content::Path(_) => None,
    };
    let single = [(SCRIBBLES, files.scribbles), (MOOD, files.mood), (MEMORY, files.memory)];
    let single = single.into_iter().filter_map(|(role, file)| part(role, file?));
    single.chain(files.references.into_iter().filter_map(|file| part("reference", file))).collect()
}

/// The same the other way round.
pub fn from_parts(parts: Vec<(String, Part)>) -> GuidanceFiles {
    let mut files = GuidanceFiles::default();
    for (role, Part { name, bytes }) in parts {
        let file = GuidanceFile::from_bytes(name, bytes);
        match role.as_str() {
            SCRIBBLES => files.scribbles = Some(file),
            MOOD => files.mood = Some(file),
            MEMORY => files.memory = Some(file),
            _ => files.references.push(file),
        }
    }
    files
}

/// Why the query of an address is refused.
pub fn bad_query(error: &QueryRejection) -> Problem {
    Problem::new(Refusal::BadQuery, error.body_text())
}

/// `?options={...}` beside the body.
fn from_query(request: &Request) -> Result<OrderDocument, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        options: String,
    }
    let axum::extract::Query(Query { options }) =
        axum::extract::Query::try_from_uri(request.uri()).map_err(|error| bad_query(&error))?;
    from_json(options.as_bytes())
}

async fn multipart(request: Request, most_files: usize, options: OrderDocument) -> Result<Intake, Problem> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|rejection| body_problem(rejection.status(), &rejection))?;
    let (mut intake, mut hints) = (Intake { options, ..Intake::default() }, None);
    while let Some(field) = form.next_field().await.map_err(|error| body_problem(error.status(), &error))? {
        let field_name = field.name().unwrap_or("").to_owned();
        let name = file_name(field.file_name().unwrap_or(""), "picture");
        let bytes = field.bytes().await.map_err(|error| body_problem(error.status(), &error))?;
        let is_words = field_name == "options" || (field_name == "scribbles" && is_json(&bytes));
        if is_words && bytes.len() > MOST_WORDS {
            let detail = format!("`{field_name}` is larger than {MOST_WORDS} bytes; send fewer hints");
            return Err(Problem::new(Refusal::TooManyHints, detail));
        }
        match field_name.as_str() {
            "image" => intake.pictures.push(Part { name, bytes: bytes.into() }),
            "picture" => intake.open = Some(String::from_utf8_lossy(&bytes).trim().to_owned()),
            "reference" => intake.files.references.push(GuidanceFile::from_bytes(name, bytes.into())),
            MOOD => intake.files.mood = Some(GuidanceFile::from_bytes(name, bytes.into())),
            "scribbles" if is_json(&bytes) => hints = Some(from_json::<HintsDocument>(&bytes)?),
            "scribbles" => intake.files.scribbles = Some(scribbles_file(bytes.into())),
            "options" => intake.options = from_json(&bytes)?,
            other => {
                let known = "`image`, `picture`, `reference`, `mood`, `scribbles` and `options`";
                return Err(Problem::new(
                    Refusal::UnknownField,
                    format!("there is no field `{other}`; send {known}"),
                ));
            }
        }
        let mood = usize::from(intake.files.mood.is_some());
        count(intake.pictures.len() + intake.files.references.len() + mood, most_files)?;
    }
    if let Some(hints) = hints {
        add(hints, &mut intake.options);
    }
    require_one_source(intake)
}

/// Refuses a request without a picture, and one with both kinds of them.
fn require_one_source(intake: Intake) -> Result<Intake, Problem> {
    match (intake.pictures.is_empty(), &intake.open) {
        (true, None) => Err(Problem::new(Refusal::NoImage, "send a picture as `image`")),
        (false, Some(_)) => {
            Err(Problem::new(Refusal::TooManyImages, "send an `image` or a `picture`, not both"))
        }
        _ => Ok(intake),
    }
}

fn is_json(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// The last part of a path, without what could mean something to a shell, an archive or a terminal; `unnamed` when nothing is left.
pub fn file_name(text: &str, unnamed: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or("");
    let kept: String = last.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    let name = kept.trim_start_matches('.').trim();
    if name.is_empty() { unnamed.to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_names_of_files() {
        for (given, kept) in [
            ("one.jpg", "one.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\photos\\Oma.png", "Oma.png"),
            (".hidden", "hidden"),
            ("a\nb\u{1b}[31m.jpg", "ab[31m.jpg"),
            ("", "picture"),
            ("..", "picture"),
        ] {
            assert_eq!(file_name(given, "picture"), kept);
        }
        assert_eq!(file_name(&"ü".repeat(500), "").chars().count(), NAME_CHARS);
    }

    #[test]
    fn a_document_has_no_more_files_than_a_form() {
        let json_of = |references: usize| {
            format!(r#"{{"image":"","reference":[{}]}}"#, vec!["\"\""; references].join(","))
        };
        let read = |references| json(json_of(references).as_bytes(), 16, OrderDocument::default());
        assert_eq!(read(15).unwrap().files.references.len(), 15);
        let refused = read(16).unwrap_err();
        assert_eq!((refused.status, refused.code), (StatusCode::PAYLOAD_TOO_LARGE, "too-many-files"));
    }

    #[test]
    fn a_list_is_no_document() {
        let read = |text: &str| json(text.as_bytes(), 16, OrderDocument::default());
        for list in
            [r#"["","",[]]"#, r#"{"image":"","options":["gray"]}"#, r#"{"image":"","scribbles":[[],[]]}"#]
        {
            let refused = read(list).unwrap_err();
            assert_eq!(
                (refused.status, refused.code),
                (StatusCode::UNPROCESSABLE_ENTITY, "bad-json"),
                "{list}"
            );
        }
        let named = read(r#"{"image":"","options":{"method":"gray"}}"#).unwrap();
        assert_eq!(named.options.method.as_deref(), Some("gray"));
        assert_eq!(read(r#"{"image":"","options":null}"#).unwrap().options, OrderDocument::default());
    }

    #[test]
    fn scribbles_are_hints_or_a_picture_of_them() {
        let hints = r##"{"image":"","scribbles":{"points":[{"x":0,"y":0,"color":"#ffffff"}]}}"##;
        assert_eq!(json(hints.as_bytes(), 16, OrderDocument::default()).unwrap().options.points.len(), 1);
        let png = json(br#"{"image":"","scribbles":"iVBORw=="}"#, 16, OrderDocument::default()).unwrap();
        assert_eq!(png.files.scribbles, Some(GuidanceFile::from_bytes("scribbles", b"\x89PNG".to_vec())));
    }
}
