//! What a request may ask for, as JSON, and its translation into what the library knows.

use std::collections::BTreeMap;

use autochrome::{Format, Guidance, Point, Srgb, Stroke};
use autochrome_color::filters::{self, Look};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::Problem;

/// The options of `POST /v1/colorize`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColorizeOptions {
    /// Id of a method; the default one when left out.
    pub method: Option<String>,
    /// Id of a built-in model.
    pub model: Option<String>,
    /// Options of the method by their ids.
    pub settings: BTreeMap<String, Value>,
    /// Spots of known colour.
    pub points: Vec<PointJson>,
    /// Lines of known colour.
    pub strokes: Vec<StrokeJson>,
    /// Chooses among the answers of methods that draw them.
    pub seed: Option<u64>,
    /// `same`, `png`, `jpeg`, `webp` or `tiff`.
    pub format: Option<String>,
    /// JPEG quality.
    pub quality: Option<u8>,
    /// Before and after side by side instead of the picture alone.
    pub collage: bool,
    /// Shrinks the answer to this longer side, for previews.
    pub max_side_px: Option<u32>,
    /// Filter and sliders.
    pub look: LookJson,
}

/// A spot of known colour.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PointJson {
    x: f32,
    y: f32,
    #[serde(default)]
    radius: f32,
    color: String,
}

/// A line of known colour.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StrokeJson {
    path: Vec<[f32; 2]>,
    width: f32,
    color: String,
}

/// A [`Look`].
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LookJson {
    filter: Option<String>,
    amount: Option<f32>,
    saturation: Option<f32>,
    temperature: Option<f32>,
    tint: Option<f32>,
    contrast: Option<f32>,
}

fn wrong(code: &'static str, detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}

impl LookJson {
    /// What it means.
    ///
    /// # Errors
    /// When there is no such filter or a number is out of range.
    pub fn look(&self) -> Result<Look, Problem> {
        let filter = match self.filter.as_deref() {
            None | Some("" | "none") => None,
            Some(id) => Some(filters::find(id).ok_or_else(|| {
                let known: Vec<&str> = filters::all().iter().map(|filter| filter.id).collect();
                wrong("unknown-filter", format!("there is no filter `{id}`; known: {}", known.join(", ")))
            })?),
        };
        let number = |name, value: Option<f32>, default: f32, low: f32, high: f32| match value {
            None => Ok(default),
            Some(value) if (low..=high).contains(&value) => Ok(value),
            Some(value) => {
                Err(wrong("look-out-of-range", format!("{name} is {value}; give {low} to {high}")))
            }
        };
        Ok(Look {
            filter,
            amount: number("amount", self.amount, 1.0, 0.0, 1.0)?,
            saturation: number("saturation", self.saturation, 1.0, 0.0, 4.0)?,
            temperature: number("temperature", self.temperature, 0.0, -50.0, 50.0)?,
            tint: number("tint", self.tint, 0.0, -50.0, 50.0)?,
            contrast: number("contrast", self.contrast, 1.0, 0.5, 2.0)?,
        })
    }
}

impl ColorizeOptions {
    /// The options of a method, as text.
    ///
    /// # Errors
    /// When a value is neither number, switch nor text.
    pub fn settings(&self) -> Result<Vec<(&str, String)>, Problem> {
        self.settings
            .iter()
            .map(|(id, value)| match value {
                Value::String(text) => Ok((id.as_str(), text.clone())),
                Value::Number(_) | Value::Bool(_) => Ok((id.as_str(), value.to_string())),
                _ => Err(wrong(
                    "option-out-of-range",
                    format!("option `{id}` must be a number, true, false or text"),
                )),
            })
            .collect()
    }

    /// What a person said about the colours.
    ///
    /// # Errors
    /// When a colour is not `#rrggbb` or a place lies outside of the picture.
    pub fn guidance(&self) -> Result<Guidance, Problem> {
        let mut guidance = Guidance::default();
        let inside = |values: &[f32]| values.iter().all(|value| (0.0..=1.0).contains(value));
        let outside = || wrong("guidance-out-of-range", "places and sizes of hints lie in 0 to 1".to_owned());
        for PointJson { x, y, radius, color } in &self.points {
            if !inside(&[*x, *y, *radius]) {
                return Err(outside());
            }
            guidance.points.push(Point { x: *x, y: *y, radius: *radius, color: srgb(color)? });
        }
        for StrokeJson { path, width, color } in &self.strokes {
            if path.is_empty() || !path.iter().all(|place| inside(place)) || !inside(&[*width]) {
                return Err(outside());
            }
            guidance.strokes.push(Stroke { path: path.clone(), width: *width, color: srgb(color)? });
        }
        guidance.seed = self.seed;
        Ok(guidance)
    }

    /// The format of the answer for an input of format `input`.
    ///
    /// # Errors
    /// When it is none that is written.
    pub fn format(&self, input: Format) -> Result<Format, Problem> {
        let name = match self.format.as_deref() {
            None | Some("same") => return Ok(input.same()),
            Some(name) => name,
        };
        Format::from_extension(name).filter(|format| format.can_encode()).ok_or_else(|| {
            wrong("cannot-encode", format!("`{name}` is not written; choose same, png, jpeg, webp or tiff"))
        })
    }
}

fn srgb(text: &str) -> Result<Srgb, Problem> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let [_, red, green, blue] = value
        .ok_or_else(|| wrong("guidance-out-of-range", format!("`{text}` is not a colour; write #rrggbb")))?
        .to_be_bytes();
    Ok(Srgb { red, green, blue })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> ColorizeOptions {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn nothing_asked_is_nothing_changed() {
        let options = parse("{}");
        assert!(options.look.look().unwrap().is_identity());
        assert_eq!(options.guidance().unwrap(), Guidance::default());
        assert_eq!(options.format(Format::Gif).unwrap(), Format::Png);
    }

    #[test]
    fn numbers_out_of_range_are_refused_with_the_range() {
        for look in [r#"{"amount":1.01}"#, r#"{"saturation":-1}"#, r#"{"contrast":9}"#, r#"{"filter":"x"}"#] {
            let options = parse(&format!(r#"{{"look":{look}}}"#));
            assert_eq!(options.look.look().unwrap_err().status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }

    #[test]
    fn colours_are_read_as_people_write_them() {
        let options = parse(r##"{"points":[{"x":0.5,"y":1,"color":"#ff8000"}]}"##);
        let color = options.guidance().unwrap().points[0].color;
        assert_eq!(color, Srgb { red: 255, green: 128, blue: 0 });
        for bad in ["red", "#12345", "#gg0000", "#ééé"] {
            assert!(srgb(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_unknown_option_is_an_error_rather_than_ignored() {
        assert!(serde_json::from_str::<ColorizeOptions>(r#"{"methd":"gray"}"#).is_err());
    }
}
