//! Sliders and filters, as JSON.

use std::collections::BTreeMap;
use std::fmt;

use autochrome_color::filters::{self, Look};
use autochrome_color::{Control, Tone, tone};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Error;

/// A filter and sliders: `{"filter": "sepia", "amount": 0.5, "saturation": 1.2}`.
///
/// The sliders are those of [`tone::CONTROLS`] and [`filters::CONTROLS`] by their ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LookDocument {
    /// Id of a filter; `none` for none.
    pub filter: Option<String>,
    /// What was set, by the id of the slider; others have their default.
    pub sliders: BTreeMap<&'static str, f64>,
}

/// Every slider, in the order in which people should meet them.
pub(super) fn sliders() -> impl Iterator<Item = &'static Control> {
    tone::CONTROLS.iter().chain(filters::CONTROLS).copied()
}

impl LookDocument {
    /// What acts on the colours alone.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn tone(&self) -> Result<Tone, Error> {
        Tone::from_values(|control| self.value(control))
    }

    /// What may change luma.
    ///
    /// # Errors
    /// When there is no such filter or a number is out of range.
    pub fn look(&self) -> Result<Look, Error> {
        let filter = match self.filter.as_deref() {
            None | Some("" | "none") => None,
            Some(id) => Some(filters::find(id).ok_or_else(|| Error::UnknownFilter(id.to_owned()))?),
        };
        Look::from_values(filter, |control| self.value(control))
    }

    fn value(&self, control: &'static Control) -> Result<f32, Error> {
        let Some(&value) = self.sliders.get(control.id) else { return Ok(control.default) };
        control.accept(value).ok_or_else(|| Error::slider(control, value))
    }
}

impl Serialize for LookDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(filter) = &self.filter {
            map.serialize_entry("filter", filter)?;
        }
        self.sliders.iter().try_for_each(|(id, value)| map.serialize_entry(id, value))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for LookDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = LookDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a filter and sliders")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LookDocument, A::Error> {
                let mut look = LookDocument::default();
                while let Some(field) = map.next_key::<String>()? {
                    if field == "filter" {
                        look.filter = map.next_value()?;
                        continue;
                    }
                    let control = sliders().find(|control| control.id == field).ok_or_else(|| {
                        let known: Vec<&str> = sliders().map(|control| control.id).collect();
                        A::Error::custom(format!(
                            "unknown field `{field}`, expected `filter` or one of {}",
                            known.join(", ")
                        ))
                    })?;
                    // What is sent as nothing is left out.
                    if let Some(value) = map.next_value::<Option<f64>>()? {
                        look.sliders.insert(control.id, value);
                    }
                }
                Ok(look)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        let json = r#"{"filter":"sepia","amount":0.5,"saturation":1.25}"#;
        let look: LookDocument = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&look).unwrap(), json);
        assert_eq!(look.tone().unwrap(), Tone { saturation: 1.25, ..Tone::default() });
        assert_eq!(look.look().unwrap().amount, 0.5);
    }

    #[test]
    fn nothing_is_left_out_and_an_unknown_slider_is_an_error() {
        let look: LookDocument = serde_json::from_str(r#"{"filter":null,"tint":null}"#).unwrap();
        assert_eq!(look, LookDocument::default());
        let error = serde_json::from_str::<LookDocument>(r#"{"sturation":1}"#).unwrap_err().to_string();
        assert!(error.contains("sturation") && error.contains("saturation"), "{error}");
    }
}
