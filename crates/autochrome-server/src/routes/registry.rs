//! `/v1/methods`, `/v1/filters`, `/v1/models`, `/v1/limits`: what there is, from the registries themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use autochrome::{DefaultValue, GuidanceKind, MOST_VARIANTS, MethodInfo, OptionSpec, models, registry};
use autochrome_color::{Control, filters, tone};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::App;
use crate::cost;
use crate::films::Films;
use crate::memories::{MOST_MEMORIES, MOST_PICTURES};
use crate::problem::Problem;
use crate::routes::jobs::ErrorJson;

/// Every method.
#[derive(Serialize, ToSchema)]
#[schema(as = MethodList)]
pub struct MethodsJson {
    /// The methods.
    methods: Vec<MethodJson>,
}

/// A way to find colours.
#[derive(Serialize, ToSchema)]
#[schema(as = Method)]
pub struct MethodJson {
    /// What `method` takes.
    id: &'static str,
    /// Name for people.
    name: &'static str,
    /// What it does.
    summary: &'static str,
    /// Where the idea was published.
    paper: Option<PaperJson>,
    /// The kinds of guidance it takes, as words for people; programs read `takes`.
    guidance: Vec<&'static str>,
    /// Ids of the kinds of guidance it takes: points, strokes, marks, references, swatches, colors, recolors, seed, words, mood, memory.
    takes: Vec<&'static str>,
    /// What it cannot begin without; each of these must be given.
    needs: Vec<NeedJson>,
    /// Whether `model` means something to it.
    uses_model: bool,
    /// Whether it is taken when none is named.
    default: bool,
    /// Its options as JSON Schema.
    settings: SettingsJson,
    /// The same options one by one, with what a form needs to show them.
    options: Vec<OptionJson>,
}

/// Guidance that a method cannot begin without.
#[derive(Serialize, ToSchema)]
#[schema(as = Need)]
pub struct NeedJson {
    /// Ids of the kinds of which one must be given, the usual one first.
    any_of: Vec<&'static str>,
    /// Whether it comes from the picture itself, so that nobody can be asked for it.
    of_picture: bool,
    /// What to do when none is given.
    remedy: &'static str,
}

/// An option of a method; where `default` is null, the model's card decides.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[schema(as = MethodOption)]
pub enum OptionJson {
    /// A real number.
    Real {
        /// What `settings` calls it.
        id: &'static str,
        /// What it does.
        help: &'static str,
        /// Smallest allowed value.
        min: f64,
        /// Largest allowed value.
        max: f64,
        /// Step of a slider; values between are allowed.
        step: Option<f64>,
        /// What it is measured in, or nothing.
        unit: &'static str,
        /// Value when nothing is set.
        default: Option<f64>,
    },
    /// A whole number.
    Int {
        /// What `settings` calls it.
        id: &'static str,
        /// What it does.
        help: &'static str,
        /// Smallest allowed value.
        min: u32,
        /// Largest allowed value.
        max: u32,
        /// What it counts, or nothing.
        unit: &'static str,
        /// Value when nothing is set.
        default: Option<u32>,
    },
    /// On or off.
    Switch {
        /// What `settings` calls it.
        id: &'static str,
        /// What it does when on.
        help: &'static str,
        /// State when nothing is set.
        default: Option<bool>,
    },
    /// One of a few words.
    Choice {
        /// What `settings` calls it.
        id: &'static str,
        /// What is chosen.
        help: &'static str,
        /// The words.
        choices: Vec<&'static str>,
        /// The one taken when nothing is set.
        default: Option<&'static str>,
    },
}

/// The default, or nothing where the card decides.
fn fixed_default<T: Copy>(default: DefaultValue<T>) -> Option<T> {
    match default {
        DefaultValue::Is(value) => Some(value),
        DefaultValue::Card => None,
    }
}

impl OptionJson {
    fn new(option: &OptionSpec) -> Self {
        match option {
            OptionSpec::Real(spec) => Self::Real {
                id: spec.id,
                help: spec.help,
                min: spec.min,
                max: spec.max,
                step: spec.step,
                unit: spec.unit,
                default: fixed_default(spec.default),
            },
            OptionSpec::Int(spec) => Self::Int {
                id: spec.id,
                help: spec.help,
                min: spec.min,
                max: spec.max,
                unit: spec.unit,
                default: fixed_default(spec.default),
            },
            OptionSpec::Switch(spec) => {
                Self::Switch { id: spec.id, help: spec.help, default: fixed_default(spec.default) }
            }
            OptionSpec::Choice(spec) => Self::Choice {
                id: spec.id,
                help: spec.help,
                choices: spec.choices.to_vec(),
                default: fixed_default(spec.default),
            },
        }
    }
}

/// A publication.
#[derive(Serialize, ToSchema)]
#[schema(as = Paper)]
pub struct PaperJson {
    /// Full title.
    title: &'static str,
    /// All of them.
    authors: &'static str,
    /// Year, where it is certain.
    year: Option<u16>,
}

/// A JSON Schema of the options of a method.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
pub struct SettingsJson {
    /// `object`.
    r#type: &'static str,
    /// A schema for each option.
    #[schema(value_type = BTreeMap<String, Object>)]
    properties: BTreeMap<&'static str, Value>,
    /// `false`.
    #[serde(rename = "additionalProperties")]
    additional_properties: bool,
}

/// Tells every method
///
/// With its options as JSON Schema.
#[utoipa::path(
    get, path = "/v1/methods", tag = "What there is", operation_id = "listMethods",
    responses((status = 200, description = "The methods", body = MethodsJson))
)]
pub async fn methods(State(app): State<Arc<App>>) -> Json<MethodsJson> {
    let default = app.studio.default_method();
    let methods = registry::methods().iter().map(|entry| method(entry.info, default)).collect();
    Json(MethodsJson { methods })
}

fn method(info: &MethodInfo, default: &str) -> MethodJson {
    let paper = info.paper.as_ref().map(|p| PaperJson { title: p.title, authors: p.authors, year: p.year });
    MethodJson {
        id: info.id,
        name: info.name,
        summary: info.summary,
        paper,
        guidance: info.takes.iter().map(|kind| kind.name()).collect(),
        takes: ids(info.takes),
        needs: info
            .needs
            .iter()
            .map(|need| NeedJson {
                any_of: ids(need.any_of),
                of_picture: need.is_of_picture(),
                remedy: need.remedy,
            })
            .collect(),
        uses_model: info.uses_model,
        default: info.id == default,
        settings: SettingsJson {
            r#type: "object",
            properties: info.options.iter().map(|option| (option.id(), schema(option))).collect(),
            additional_properties: false,
        },
        options: info.options.iter().map(OptionJson::new).collect(),
    }
}

fn ids(kinds: &[GuidanceKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.id()).collect()
}

/// An option as JSON Schema; no default means that the model's card decides.
fn schema(option: &OptionSpec) -> Value {
    let mut schema = match option {
        OptionSpec::Real(spec) => {
            json!({"type": "number", "minimum": spec.min, "maximum": spec.max, "default": fixed_default(spec.default)})
        }
        OptionSpec::Int(spec) => {
            json!({"type": "integer", "minimum": spec.min, "maximum": spec.max, "default": fixed_default(spec.default)})
        }
        OptionSpec::Switch(spec) => json!({"type": "boolean", "default": fixed_default(spec.default)}),
        OptionSpec::Choice(spec) => {
            json!({"type": "string", "enum": spec.choices, "default": fixed_default(spec.default)})
        }
    };
    if let Value::Object(fields) = &mut schema {
        fields.retain(|_, value| !value.is_null());
        fields.insert("description".to_owned(), option.help().into());
    }
    schema
}

/// Every filter.
#[derive(Serialize, ToSchema)]
#[schema(as = FilterList)]
pub struct FiltersJson {
    /// The filters.
    filters: Vec<FilterJson>,
    /// What `look` takes beside a filter.
    look: Vec<ControlJson>,
    /// What `look` takes that acts on the colours alone and never on lightness.
    tone: Vec<ControlJson>,
}

/// A number that can be set, as a slider shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Control)]
pub struct ControlJson {
    /// What `look` calls it.
    id: &'static str,
    /// Name for people.
    name: &'static str,
    /// What it does.
    help: &'static str,
    /// Smallest allowed value.
    min: f32,
    /// Largest allowed value.
    max: f32,
    /// Value when it is left out, which changes nothing.
    default: f32,
    /// Step of a slider; values between are allowed.
    step: f32,
    /// What it is measured in, or nothing.
    unit: &'static str,
}

fn controls(controls: &[&Control]) -> Vec<ControlJson> {
    let json = |control: &&Control| {
        let Control { id, name, help, min, max, default, step, unit } = **control;
        ControlJson { id, name, help, min, max, default, step, unit }
    };
    controls.iter().map(json).collect()
}

/// A named look.
#[derive(Serialize, ToSchema)]
#[schema(as = Filter)]
pub struct FilterJson {
    /// What `look.filter` takes.
    id: &'static str,
    /// Name for people.
    name: &'static str,
    /// What it does.
    summary: &'static str,
}

/// Tells every filter, and what else can be set of a finished picture
#[utoipa::path(
    get, path = "/v1/filters", tag = "What there is", operation_id = "listFilters",
    responses((status = 200, description = "The filters", body = FiltersJson))
)]
pub async fn filters() -> Json<FiltersJson> {
    let filter = |f: &filters::Filter| FilterJson { id: f.id, name: f.name, summary: f.summary };
    Json(FiltersJson {
        filters: filters::all().iter().map(filter).collect(),
        look: controls(filters::CONTROLS),
        tone: controls(tone::CONTROLS),
    })
}

/// Every built-in model.
#[derive(Serialize, ToSchema)]
#[schema(as = ModelList)]
pub struct ModelsJson {
    /// The models.
    models: Vec<ModelJson>,
}

/// Trained weights.
#[derive(Serialize, ToSchema)]
#[schema(as = Model)]
pub struct ModelJson {
    /// What `model` takes.
    id: String,
    /// What it is good for.
    summary: String,
    /// Size of its weights.
    bytes: usize,
    /// Whether it is taken when none is named.
    default: bool,
}

/// Tells every built-in model
#[utoipa::path(
    get, path = "/v1/models", tag = "What there is", operation_id = "listModels",
    responses((status = 200, description = "The models", body = ModelsJson))
)]
pub async fn models() -> Result<Json<ModelsJson>, Problem> {
    let mut all = Vec::new();
    for (number, model) in models::builtin().iter().enumerate() {
        let card = model.card().map_err(autochrome::MethodError::from)?;
        all.push(ModelJson {
            id: model.id.to_owned(),
            summary: card.summary,
            bytes: model.bytes.len(),
            default: number == 0,
        });
    }
    Ok(Json(ModelsJson { models: all }))
}

/// What a request may cost.
#[derive(Serialize, ToSchema)]
#[schema(as = Limits)]
pub struct LimitsJson {
    /// Bytes of a picture.
    max_bytes: u64,
    /// Pixels of a picture.
    max_pixels: u64,
    /// Longer side of a picture.
    max_side_px: u32,
    /// Answers to one picture.
    max_variants: u32,
    /// Files of a batch.
    max_files: usize,
    /// Bytes of a batch.
    max_batch_bytes: u64,
    /// Pictures that are worked on at once.
    workers: usize,
    /// Requests that may wait.
    waiting: usize,
    /// Points and strokes of a request.
    max_hints: usize,
    /// Corners of all its strokes together; those that lie on the one before do not count.
    max_corners: usize,
    /// What its hints may cover, in squares of the picture's longer side.
    max_covered: f32,
    /// Seconds that the head of a request may take.
    header_timeout_s: u64,
    /// Seconds that the body of a request may take.
    body_timeout_s: u64,
    /// Bytes of a body that must come in a second, on the whole, after the first ten seconds.
    least_rate: u64,
    /// Seconds that a job is kept after its end.
    keep_s: u64,
    /// Pictures that a caller may send in a minute.
    rate_per_minute: Option<u32>,
    /// Requests of a caller that are answered at once.
    concurrency: Option<u32>,
    /// Memories.
    memories: MemoryLimitsJson,
    /// Films.
    films: FilmLimitsJson,
}

/// How much may be remembered.
#[derive(Serialize, ToSchema)]
#[schema(as = MemoryLimits)]
pub struct MemoryLimitsJson {
    /// Memories of a caller.
    max_memories: usize,
    /// Pictures of one of them.
    max_pictures: usize,
}

/// Whether films are possible, and how large they may be.
#[derive(Serialize, ToSchema)]
#[schema(as = FilmLimits)]
pub struct FilmLimitsJson {
    /// Whether FFmpeg is there.
    possible: bool,
    /// Why not: code and what to do.
    problem: Option<ErrorJson>,
    /// Version of FFmpeg.
    ffmpeg: Option<String>,
    /// Bytes of a film that is sent.
    max_bytes: u64,
    /// Whether films of this machine may be named (`--media-dir`).
    media_dir: bool,
}

impl FilmLimitsJson {
    fn new(films: &Films) -> Self {
        let found = films.ffmpeg();
        Self {
            possible: found.is_ok(),
            problem: found
                .as_ref()
                .err()
                .map(|error| ErrorJson::new(&(error.code().to_owned(), error.to_string()))),
            ffmpeg: found.ok().map(|ffmpeg| ffmpeg.version().to_owned()),
            max_bytes: films.most_bytes(),
            media_dir: films.has_media(),
        }
    }
}

/// Tells what a request may cost
#[utoipa::path(
    get, path = "/v1/limits", tag = "What there is", operation_id = "getLimits",
    responses((status = 200, description = "The limits", body = LimitsJson))
)]
pub async fn limits(State(app): State<Arc<App>>) -> Result<Json<LimitsJson>, Problem> {
    let limits = app.studio.limits();
    let films = Arc::clone(&app.films);
    let films = tokio::task::spawn_blocking(move || FilmLimitsJson::new(&films));
    Ok(Json(LimitsJson {
        max_bytes: limits.max_bytes,
        max_pixels: limits.max_pixels,
        max_side_px: limits.max_side_px,
        max_variants: MOST_VARIANTS,
        max_files: app.most_files,
        max_batch_bytes: app.max_batch_bytes,
        workers: app.workers,
        waiting: app.waiting,
        max_hints: cost::MOST_HINTS,
        max_corners: cost::MOST_CORNERS,
        max_covered: cost::MOST_COVERED,
        header_timeout_s: app.header_timeout.as_secs(),
        body_timeout_s: app.arrivals.pace().most.as_secs(),
        least_rate: app.arrivals.pace().least_rate,
        keep_s: app.jobs.keep().unwrap_or_default().as_secs(),
        rate_per_minute: app.callers.per_minute(),
        concurrency: app.callers.at_once(),
        memories: MemoryLimitsJson { max_memories: MOST_MEMORIES, max_pictures: MOST_PICTURES },
        films: films.await.map_err(|_| Problem::stopping())?,
    }))
}
