//! The interface as OpenAPI 3.1, made of the routes themselves.

use std::sync::LazyLock;

use autochrome::registry;
use autochrome_color::filters;
use serde_json::{Map, Value, json};
use utoipa::{OpenApi, ToSchema};

use crate::routes::{colorize, events, health, jobs, looks, palette, pictures, registry as registries};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Autochrome",
        description = "Gives colour to grayscale photographs, on this machine.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/")),
    paths(
        colorize::post, pictures::post, pictures::delete, palette::post, jobs::post, jobs::list, jobs::get, jobs::delete, jobs::cancel, jobs::result, jobs::file,
        events::get, registries::methods, registries::filters, registries::models, registries::limits, looks::cube,
        health::alive, health::ready, health::metrics,
    ),
    components(schemas(ProblemJson, autochrome::document::OrderDocument)),
)]
struct Interface;

/// Why a request was not answered as hoped (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes the document that `Problem` writes")]
struct ProblemJson {
    /// `urn:autochrome:problem:` and the code.
    r#type: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// A name that stays the same over versions.
    code: String,
    /// What went wrong and what to do.
    detail: String,
    /// Also the header `X-Request-Id`.
    request_id: String,
}

/// What every address may answer, and those that take pictures besides.
const EVERYWHERE: &[(u16, &str)] = &[
    (400, "Not understood"),
    (401, "A key is missing or unknown"),
    (403, "From a page of another site"),
    (405, "Another method"),
    (421, "Under another name than localhost"),
    (429, "Too much of one caller; see Retry-After"),
    (500, "A defect, or the disk"),
    (503, "Busy or stopping; see Retry-After"),
];
const WITH_PICTURES: &[(u16, &str)] = &[
    (408, "The client fell silent"),
    (404, "No such picture, or no longer"),
    (406, "`Accept` takes nothing that there is"),
    (413, "Too many bytes, files, pixels or hints"),
    (415, "No picture, or sent in a way that is not understood"),
    (422, "A picture, an option or a hint that does not fit"),
];

/// The document.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(Interface::openapi()).unwrap_or_default();
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    document["components"]["securitySchemes"] =
        json!({"key": {"type": "http", "scheme": "bearer", "description": "`autochrome keys create NAME`"}});
    // On this machine no key is needed while there is none.
    document["security"] = json!([{"key": []}, {}]);
    let options = &mut document["components"]["schemas"]["ColorizeOptions"]["properties"];
    options["method"]["enum"] = with_null(registry::methods().iter().map(|entry| entry.info.id));
    let models = autochrome::models::builtin().iter().map(|model| model.id);
    options["model"]["enum"] = with_null(models);
    let looks = filters::all().iter().map(|filter| filter.id).chain(["none"]);
    document["components"]["schemas"]["Look"]["properties"]["filter"]["enum"] = with_null(looks.clone());
    for (path, operations) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            finish(path, method, operation, looks.clone());
        }
    }
    document
});

fn with_null<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    words.map(Value::from).chain([Value::Null]).collect()
}

/// What the macros cannot say.
fn finish<'a>(path: &str, method: &str, operation: &mut Value, looks: impl Iterator<Item = &'a str>) {
    let takes_pictures = operation.get("requestBody").is_some();
    let more: &[(u16, &str)] = match path {
        _ if takes_pictures => WITH_PICTURES,
        "/v1/looks/cube" => &[(422, "No such filter, or a number that is out of range")],
        "/v1/jobs/{id}/result" => &[(404, "No such job"), (409, "No result yet"), (416, "No such bytes")],
        "/v1/jobs/{id}/files/{number}" => &[(404, "No such job or file"), (416, "No such bytes")],
        "/v1/pictures/{id}" => &[(404, "No such picture")],
        path if path.starts_with("/v1/jobs/{id}") => &[(404, "No such job")],
        _ => &[],
    };
    let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, description) in EVERYWHERE.iter().chain(more) {
            let known = json!({"description": description, "content": problem});
            responses.entry(status.to_string()).or_insert(known);
        }
    }
    let looks: Value = looks.map(Value::from).collect();
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let Some(fields) = parameter.as_object_mut() else { continue };
        if fields.get("name") == Some(&"options".into()) && takes_pictures {
            fields.remove("schema");
            let options = json!({"$ref": "#/components/schemas/ColorizeOptions"});
            fields.insert("content".to_owned(), json!({"application/json": {"schema": options}}));
        }
        if fields.get("name") == Some(&"filter".into()) {
            fields.insert("schema".to_owned(), json!({"type": "string", "enum": looks}));
        }
        // What may be left out is left out, rather than sent as nothing.
        if let Some(schema) = fields.get_mut("schema").and_then(Value::as_object_mut) {
            without_null(schema);
        }
    }
    debug_assert!(operation.get("operationId").is_some(), "{method} {path} has no name");
}

/// Takes "or null" out of a schema.
fn without_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_of_version_3_1_and_names_what_there_is() {
        let document = &*DOCUMENT;
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let schemas = &document["components"]["schemas"];
        let methods = schemas["ColorizeOptions"]["properties"]["method"]["enum"].as_array().unwrap();
        assert!(methods.contains(&"gray".into()));
        assert_eq!(document["paths"].as_object().unwrap().len(), 18);
        assert!(!document.to_string().contains("\"parameters\":null"));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(target)) = fields.get("$ref") {
                        found.push(target.clone());
                    }
                    fields.values().for_each(|value| references(value, found));
                }
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        references(&DOCUMENT, &mut found);
        assert!(found.len() > 20);
        for target in found {
            assert!(DOCUMENT.pointer(target.trim_start_matches('#')).is_some(), "{target}");
        }
    }
}
