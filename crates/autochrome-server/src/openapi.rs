//! The interface as OpenAPI 3.1, made of the routes themselves.

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{self, Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoParams, Modify, OpenApi, ToSchema};

use crate::routes::{
    colorize, events, films, health, inspect, jobs, looks, memories, palette, pictures,
    registry as registries, suggest,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Autochrome",
        description = "Gives colour to grayscale photographs, on this machine.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/")),
    paths(
        colorize::post, inspect::post, pictures::post, pictures::delete, palette::post, suggest::get, jobs::post, jobs::list, jobs::get, jobs::delete, jobs::cancel, jobs::result, jobs::file,
        films::post, films::get, films::delete, films::content, films::frame, films::scenes, films::job,
        memories::post, memories::list, memories::get, memories::delete,
        events::get, registries::methods, registries::filters, registries::models, registries::limits, looks::cube,
        health::alive, health::ready, health::metrics,
    ),
    components(schemas(ProblemJson, autochrome::document::OrderDocument)),
    // On this machine no key is needed while there is none.
    security(("key" = []), ()),
    modifiers(&Keys, &Everywhere),
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
pub static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(Interface::openapi()).expect("the interface is text and numbers"));

/// How callers show who they are.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let help = "`autochrome keys create NAME`";
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(help)).build();
        document.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(bearer));
    }
}

/// What operations have in common, so that no handler repeats it.
struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, document: &mut openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
                add_problems(path, operation);
                for parameter in operation.parameters.iter_mut().flatten() {
                    without_null(parameter);
                }
            }
        }
    }
}

/// Adds the problems that an operation may answer with.
fn add_problems(path: &str, operation: &mut Operation) {
    let more: &[(u16, &str)] = match path {
        _ if operation.request_body.is_some() => WITH_PICTURES,
        "/v1/suggest" => &[
            (404, "No such picture, or no longer"),
            (422, "No place, or a model that tells no things apart"),
        ],
        "/v1/looks/cube" => &[(422, "No such filter, or a number that is out of range")],
        "/v1/jobs/{id}/result" => &[(404, "No such job"), (409, "No result yet"), (416, "No such bytes")],
        "/v1/jobs/{id}/files/{number}" => &[(404, "No such job or file"), (416, "No such bytes")],
        "/v1/films/{id}/content" => &[(404, "No such film"), (416, "No such bytes")],
        "/v1/films/{id}/frame" => &[(404, "No such film"), (422, "No such moment")],
        path if path.starts_with("/v1/films/{id}") => &[(404, "No such film")],
        "/v1/memories/{name}" => &[(404, "No such memory")],
        "/v1/pictures/{id}" => &[(404, "No such picture")],
        path if path.starts_with("/v1/jobs/{id}") => &[(404, "No such job")],
        _ => &[],
    };
    for (status, description) in EVERYWHERE.iter().chain(more) {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new()
            .description(*description)
            .content("application/problem+json", problem)
            .build();
        operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(response));
    }
}

/// Takes "or null" out of a parameter: what may be left out is left out, rather than sent as nothing.
fn without_null(parameter: &mut RefOr<Parameter>) {
    if let RefOr::T(Parameter { schema: Some(RefOr::T(Schema::Object(schema))), .. }) = parameter
        && let SchemaType::Array(types) = &mut schema.schema_type
    {
        types.retain(|kind| *kind != Type::Null);
        if let [only] = types.as_slice() {
            schema.schema_type = SchemaType::Type(only.clone());
        }
    }
}

/// What to do with a raw picture: JSON in the query, because the body is the picture.
pub struct OptionsQuery;

impl IntoParams for OptionsQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let options = Content::new(Some(Ref::from_schema_name("ColorizeOptions")));
        let parameter = ParameterBuilder::new()
            .name("options")
            .parameter_in(ParameterIn::Query)
            .description(Some("What to do with a raw picture, as JSON"))
            .content("application/json", options);
        vec![parameter.build()]
    }
}

#[cfg(test)]
mod tests {
    use autochrome::GuidanceKind;

    use super::*;

    #[test]
    fn the_document_is_of_version_3_1_and_names_what_there_is() {
        let document = &*DOCUMENT;
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let schemas = &document["components"]["schemas"];
        let methods = schemas["MethodId"]["enum"].as_array().unwrap();
        assert!(methods.contains(&"gray".into()));
        assert_eq!(document["paths"].as_object().unwrap().len(), 28);
        assert!(!document.to_string().contains("\"parameters\":null"));
    }

    #[test]
    fn the_list_of_what_methods_take_names_every_kind() {
        let told = DOCUMENT.pointer("/components/schemas/Method/properties/takes/description").unwrap();
        let ids = told.as_str().unwrap().trim_end_matches('.').split_once(": ").unwrap().1;
        let kinds: Vec<&str> = GuidanceKind::ALL.iter().map(|kind| kind.id()).collect();
        assert_eq!(ids.split(", ").collect::<Vec<_>>(), kinds);
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
