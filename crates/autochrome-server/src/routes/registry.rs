//! `/v1/methods`, `/v1/filters`, `/v1/models`, `/v1/limits`: what there is, from the registries themselves.

use std::sync::Arc;

use autochrome::{MethodInfo, OptionSpec, models, registry};
use autochrome_color::filters;
use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::problem::Problem;

/// Every method with its options as JSON Schema.
pub async fn methods(State(app): State<Arc<App>>) -> Json<Value> {
    let default = app.studio.default_method();
    let all = registry::methods().iter().map(|entry| method(entry.info, default));
    Json(json!({ "methods": all.collect::<Vec<_>>() }))
}

fn method(info: &MethodInfo, default: &str) -> Value {
    let paper = info.paper.as_ref().map(|p| json!({"title": p.title, "authors": p.authors, "year": p.year}));
    let guidance: Vec<String> = info.guidance.iter().map(ToString::to_string).collect();
    let settings: Map<String, Value> =
        info.options.iter().map(|option| (option.id().to_owned(), schema(option))).collect();
    json!({
        "id": info.id,
        "name": info.name,
        "summary": info.summary,
        "paper": paper,
        "guidance": guidance,
        "uses_model": info.uses_model,
        "default": info.id == default,
        "settings": { "type": "object", "properties": settings, "additionalProperties": false },
    })
}

/// An option as JSON Schema; no default means that the model's card decides.
fn schema(option: &OptionSpec) -> Value {
    let mut schema = match option {
        OptionSpec::Number(spec) => {
            json!({"type": "number", "minimum": spec.min, "maximum": spec.max, "default": spec.default})
        }
        OptionSpec::Switch(spec) => json!({"type": "boolean", "default": spec.default}),
        OptionSpec::Choice(spec) => json!({"type": "string", "enum": spec.choices, "default": spec.default}),
    };
    if let Value::Object(fields) = &mut schema {
        fields.retain(|_, value| !value.is_null());
        fields.insert("description".to_owned(), option.help().into());
    }
    schema
}

/// Every filter.
pub async fn filters() -> Json<Value> {
    let all = filters::all().iter().map(|f| json!({"id": f.id, "name": f.name, "summary": f.summary}));
    Json(json!({ "filters": all.collect::<Vec<_>>() }))
}

/// Every built-in model.
pub async fn models() -> Result<Json<Value>, Problem> {
    let mut all = Vec::new();
    for (number, model) in models::builtin().iter().enumerate() {
        let card = model.card().map_err(autochrome::MethodError::from)?;
        all.push(json!({
            "id": model.id, "summary": card.summary, "bytes": model.bytes.len(), "default": number == 0,
        }));
    }
    Ok(Json(json!({ "models": all })))
}

/// What a request may cost.
pub async fn limits(State(app): State<Arc<App>>) -> Json<Value> {
    let limits = app.studio.limits();
    Json(json!({
        "max_bytes": limits.max_bytes,
        "max_pixels": limits.max_pixels,
        "max_side_px": limits.max_side_px,
        "workers": app.workers,
        "waiting": app.waiting,
    }))
}
