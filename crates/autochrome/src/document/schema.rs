//! What the derives cannot say about an order in OpenAPI: words and ranges that stand as data elsewhere.

use autochrome_color::{Control, filters};
use autochrome_methods::{models, registry};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::LookDocument;
use super::look::sliders;

/// Id of a method.
pub struct MethodId;

/// Id of a built-in model.
pub struct ModelId;

/// The value of an option of a method.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes values that are read as they come")]
pub enum Setting {
    /// A number.
    Number(f64),
    /// A switch.
    Switch(bool),
    /// One of several words.
    Choice(String),
}

/// A number from 1, or `all`.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes values that are read as they come")]
pub enum PagesChoice {
    /// One page.
    Number(u32),
    /// `all`.
    Word(EveryPage),
}

/// Every page.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes words that are read as they come")]
pub enum EveryPage {
    /// All of them.
    All,
}

/// A format that is written.
#[derive(ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "describes words that are read as they come")]
pub enum OutputFormat {
    /// That of the input, or PNG where that is not written.
    Same,
    /// Lossless, 8 or 16 bits.
    Png,
    /// Small, 8 bits.
    Jpeg,
    /// Lossless, 8 bits.
    Webp,
    /// Lossless, 8 or 16 bits.
    Tiff,
    /// OpenRaster: the photograph, the colour and the hints in layers.
    Ora,
    /// PNG of the colour alone, transparent.
    ColorLayer,
}

/// A share, 0..=1.
#[derive(ToSchema)]
#[schema(minimum = 0, maximum = 1)]
#[expect(dead_code, reason = "describes numbers that are read as they come")]
pub struct Share(f32);

/// x and y as shares of width and height.
pub struct Place;

fn words<'a>(words: impl Iterator<Item = &'a str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.map(str::to_owned)))
}

impl PartialSchema for MethodId {
    fn schema() -> RefOr<Schema> {
        words(registry::methods().iter().map(|entry| entry.info.id)).into()
    }
}

impl ToSchema for MethodId {}

impl PartialSchema for ModelId {
    fn schema() -> RefOr<Schema> {
        words(models::builtin().iter().map(|model| model.id)).into()
    }
}

impl ToSchema for ModelId {}

impl PartialSchema for Place {
    fn schema() -> RefOr<Schema> {
        // The derive knows no length of an array.
        ArrayBuilder::new().items(Share::schema()).min_items(Some(2)).max_items(Some(2)).into()
    }
}

impl ToSchema for Place {}

fn filter() -> ObjectBuilder {
    words(filters::all().iter().map(|filter| filter.id).chain(["none"]))
        .description(Some("Id of a filter, from `/v1/filters`; `none` for none."))
}

fn slider(control: &Control) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .minimum(Some(f64::from(control.min)))
        .maximum(Some(f64::from(control.max)))
        .default(Some(Value::from(f64::from(control.default))))
        .description(Some(control.help))
}

impl PartialSchema for LookDocument {
    fn schema() -> RefOr<Schema> {
        // A value that is left out may also be sent as nothing.
        let or_null =
            |object: ObjectBuilder, kind: Type| object.schema_type(SchemaType::Array(vec![kind, Type::Null]));
        let all = ObjectBuilder::new().description(Some("A filter and sliders."));
        let mut filter = filter().build();
        filter.schema_type = SchemaType::Array(vec![Type::String, Type::Null]);
        if let Some(values) = &mut filter.enum_values {
            values.push(Value::Null);
        }
        let all = all.property("filter", filter);
        let all = sliders()
            .fold(all, |all, control| all.property(control.id, or_null(slider(control), Type::Number)));
        all.additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(false))).into()
    }
}

impl ToSchema for LookDocument {
    fn name() -> std::borrow::Cow<'static, str> {
        "Look".into()
    }
}

impl IntoParams for LookDocument {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name: &str, schema: ObjectBuilder| {
            let schema = schema.build();
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .description(schema.description.clone())
                .schema(Some(schema))
                .build()
        };
        let sliders = sliders().map(|control| parameter(control.id, slider(control)));
        std::iter::once(parameter("filter", filter())).chain(sliders).collect()
    }
}
