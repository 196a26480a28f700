//! What a request may ask for, as JSON, and its translation into what the library knows.

use std::collections::BTreeMap;

use autochrome::{Area, Format, Guidance, OptionInput, Point, Recolor, Srgb, Stroke, SwatchPair};
use autochrome_color::filters::{self, Look};
use autochrome_color::{Control, Tone, tone};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// Most answers that a request may ask for.
pub const MOST_VARIANTS: u32 = 8;

/// What to do with a picture; everything may be left out.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ColorizeOptions)]
pub struct ColorizeOptions {
    /// Id of a method, from `/v1/methods`; the default one when left out.
    pub method: Option<String>,
    /// Id of a built-in model, from `/v1/models`.
    pub model: Option<String>,
    /// Options of the method by their ids, as `/v1/methods` describes them.
    #[schema(value_type = BTreeMap<String, Setting>)]
    pub settings: BTreeMap<String, Value>,
    /// Spots of known colour.
    pub points: Vec<PointJson>,
    /// Lines of known colour.
    pub strokes: Vec<StrokeJson>,
    /// Parts of the picture that are to look like parts of references.
    pub swatches: Vec<SwatchJson>,
    /// What is to become of the colours that the picture has.
    pub recolors: Vec<RecolorJson>,
    /// Chooses among the answers of methods that draw them.
    pub seed: Option<u64>,
    /// How many answers to give; methods that know fewer give fewer.
    #[schema(minimum = 1, maximum = 8)]
    pub variants: Option<u32>,
    /// Which of the method's answers is the picture, the best one being 0.
    #[schema(maximum = 7)]
    pub answer: Option<u32>,
    /// Format of the result; `same` is that of the input.
    #[schema(value_type = Option<OutputFormat>)]
    pub format: Option<String>,
    /// JPEG quality; 92 when left out.
    #[schema(minimum = 1, maximum = 100)]
    pub quality: Option<u8>,
    /// Before and after side by side instead of the picture alone.
    pub collage: bool,
    /// Shrinks the answer to this longer side, for previews.
    #[schema(minimum = 1)]
    pub max_side_px: Option<u32>,
    /// Filter and sliders.
    pub look: LookJson,
}

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

/// A format that is written.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
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
}

/// A spot of known colour.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Point)]
pub struct PointJson {
    /// Distance from the left edge, as a share of the width.
    #[schema(minimum = 0, maximum = 1)]
    x: f32,
    /// Distance from the upper edge, as a share of the height.
    #[schema(minimum = 0, maximum = 1)]
    y: f32,
    /// Half the side of the spot, as a share of the longer side; 0 is one pixel.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1)]
    radius: f32,
    /// `#rrggbb`, sRGB.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    color: String,
}

/// A line of known colour.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Stroke)]
pub struct StrokeJson {
    /// The corners of the line, as shares of width and height.
    #[schema(min_items = 1, value_type = Vec<Place>)]
    path: Vec<[f32; 2]>,
    /// Width of the brush, as a share of the longer side.
    #[schema(minimum = 0, maximum = 1)]
    width: f32,
    /// `#rrggbb`, sRGB.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    color: String,
}

/// A share, 0..=1.
#[derive(ToSchema)]
#[schema(minimum = 0, maximum = 1)]
#[expect(dead_code, reason = "describes numbers that are read as they come")]
pub struct Share(f32);

/// x and y as shares of width and height.
pub struct Place;

impl utoipa::PartialSchema for Place {
    fn schema() -> RefOr<Schema> {
        // The derive knows no length of an array.
        ArrayBuilder::new().items(Share::schema()).min_items(Some(2)).max_items(Some(2)).into()
    }
}

impl ToSchema for Place {}

/// A part of the picture that is to look like a part of a reference.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Swatch)]
pub struct SwatchJson {
    /// Where in the picture.
    picture: AreaJson,
    /// Where in the reference.
    area: AreaJson,
    /// Which of the references, from 0.
    #[serde(default)]
    reference: u32,
}

/// A rectangle as shares of a picture's width and height.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Area)]
pub struct AreaJson {
    /// Distance of the left side from the left edge.
    #[schema(minimum = 0, maximum = 1)]
    x: f32,
    /// Distance of the upper side from the upper edge.
    #[schema(minimum = 0, maximum = 1)]
    y: f32,
    /// Width.
    #[schema(minimum = 0, maximum = 1)]
    width: f32,
    /// Height.
    #[schema(minimum = 0, maximum = 1)]
    height: f32,
}

/// A change of a colour that the picture has.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schema(as = Recolor)]
pub enum RecolorJson {
    /// An entry of the picture's palette, the one that covers most of it being 0, takes the colour `to`.
    Entry {
        /// Which entry.
        entry: u32,
        /// `#rrggbb`, sRGB.
        #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
        to: String,
    },
    /// The entry that is nearest to `from` takes the colour `to`.
    Nearest {
        /// `#rrggbb`, sRGB.
        #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
        from: String,
        /// `#rrggbb`, sRGB.
        #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
        to: String,
    },
    /// Colours whose hue lies between two others, in degrees of CIELAB, turn to another hue, or lose their colour.
    Hues {
        /// Where the range begins and, upwards, ends.
        #[schema(min_items = 2, max_items = 2, value_type = Vec<f32>)]
        hues: [f32; 2],
        /// The hue its middle gets; gray when left out.
        to_hue: Option<f32>,
    },
}

/// A filter and sliders.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Look)]
#[into_params(parameter_in = Query)]
pub struct LookJson {
    /// Id of a filter, from `/v1/filters`; `none` for none.
    filter: Option<String>,
    /// How much of the filter.
    #[schema(schema_with = amount)]
    #[param(schema_with = amount)]
    amount: Option<f64>,
    /// Strength of the colours.
    #[schema(schema_with = saturation)]
    #[param(schema_with = saturation)]
    saturation: Option<f64>,
    /// Warmth of the colours.
    #[schema(schema_with = temperature)]
    #[param(schema_with = temperature)]
    temperature: Option<f64>,
    /// Tint of the colours.
    #[schema(schema_with = tint)]
    #[param(schema_with = tint)]
    tint: Option<f64>,
    /// Contrast.
    #[schema(schema_with = contrast)]
    #[param(schema_with = contrast)]
    contrast: Option<f64>,
}

/// A number that may be left out, with the range of its control.
fn control(control: &Control) -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Number, Type::Null]))
        .description(Some(control.help))
        .minimum(Some(f64::from(control.min)))
        .maximum(Some(f64::from(control.max)))
        .default(Some(control.default.into()))
        .into()
}

fn amount() -> Schema {
    control(&filters::AMOUNT)
}

fn saturation() -> Schema {
    control(&tone::SATURATION)
}

fn temperature() -> Schema {
    control(&tone::TEMPERATURE)
}

fn tint() -> Schema {
    control(&tone::TINT)
}

fn contrast() -> Schema {
    control(&filters::CONTRAST)
}

/// The value of a control; its default when none is given.
fn value(control: &Control, given: Option<f64>) -> Result<f32, Problem> {
    let given = given.unwrap_or(control.default.into());
    control.accept(given).ok_or_else(|| {
        wrong("look-out-of-range", format!("{} is {given}; give {}", control.id, control.range()))
    })
}

fn wrong(code: &'static str, detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}

impl LookJson {
    /// What it asks of the finished picture.
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
        Ok(Look {
            filter,
            amount: value(&filters::AMOUNT, self.amount)?,
            contrast: value(&filters::CONTRAST, self.contrast)?,
        })
    }

    /// What it asks of the colours.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn tone(&self) -> Result<Tone, Problem> {
        Ok(Tone {
            saturation: value(&tone::SATURATION, self.saturation)?,
            temperature: value(&tone::TEMPERATURE, self.temperature)?,
            tint: value(&tone::TINT, self.tint)?,
        })
    }
}

impl ColorizeOptions {
    /// The options of a method, as they were given.
    ///
    /// # Errors
    /// When a value is neither number, switch nor text.
    pub fn settings(&self) -> Result<Vec<(&str, OptionInput<'_>)>, Problem> {
        self.settings
            .iter()
            .map(|(id, value)| {
                let input = match value {
                    Value::String(text) => Some(OptionInput::Text(text)),
                    Value::Number(number) => number.as_f64().map(OptionInput::Number),
                    Value::Bool(on) => Some(OptionInput::Switch(*on)),
                    _ => None,
                };
                let wrong = || {
                    let detail = format!("option `{id}` must be a number, true, false or text");
                    wrong("option-out-of-range", detail)
                };
                Ok((id.as_str(), input.ok_or_else(wrong)?))
            })
            .collect()
    }

    /// How many answers to give.
    ///
    /// # Errors
    /// When there are none or too many.
    pub fn variants(&self) -> Result<u32, Problem> {
        match self.variants.unwrap_or(1) {
            wanted @ 1..=MOST_VARIANTS => Ok(wanted),
            wanted => Err(wrong(
                "option-out-of-range",
                format!("option `variants` cannot be {wanted}; give 1 to {MOST_VARIANTS}"),
            )),
        }
    }

    /// The longer side that the answer is to be shrunk to.
    ///
    /// # Errors
    /// When it is 0.
    pub fn max_side_px(&self) -> Result<Option<usize>, Problem> {
        match self.max_side_px {
            Some(0) => Err(wrong("option-out-of-range", "option `max_side_px` cannot be 0".to_owned())),
            side => Ok(side.map(|px| px as usize)),
        }
    }

    /// JPEG quality.
    ///
    /// # Errors
    /// When it is out of range.
    pub fn quality(&self) -> Result<u8, Problem> {
        match self.quality.unwrap_or(92) {
            quality @ 1..=100 => Ok(quality),
            quality => Err(wrong(
                "option-out-of-range",
                format!("option `quality` cannot be {quality}; give 1 to 100"),
            )),
        }
    }

    /// What a person said about the colours, but for what was said in pictures.
    ///
    /// # Errors
    /// When a colour is not `#rrggbb` or a place lies outside of the picture.
    pub fn guidance(&self) -> Result<Guidance, Problem> {
        let mut guidance = Guidance::default();
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
        for SwatchJson { picture, area, reference } in &self.swatches {
            let reference = *reference as usize;
            guidance.swatches.push(SwatchPair { picture: picture.area()?, area: area.area()?, reference });
        }
        for recolor in &self.recolors {
            guidance.recolors.push(recolor.recolor()?);
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

fn inside(shares: &[f32]) -> bool {
    shares.iter().all(|share| (0.0..=1.0).contains(share))
}

fn outside() -> Problem {
    wrong("guidance-out-of-range", "places and sizes of hints lie in 0 to 1".to_owned())
}

impl AreaJson {
    fn area(self) -> Result<Area, Problem> {
        let Self { x, y, width, height } = self;
        if inside(&[x, y, width, height]) { Ok(Area { x, y, width, height }) } else { Err(outside()) }
    }
}

impl RecolorJson {
    fn recolor(&self) -> Result<Recolor, Problem> {
        Ok(match self {
            Self::Entry { entry, to } => Recolor::Entry { index: *entry as usize, to: srgb(to)? },
            Self::Nearest { from, to } => Recolor::Nearest { from: srgb(from)?, to: srgb(to)? },
            Self::Hues { hues: [start, end], to_hue } => {
                Recolor::Hues { start: *start, end: *end, to: *to_hue }
            }
        })
    }
}

fn srgb(text: &str) -> Result<Srgb, Problem> {
    text.parse()
        .map_err(|_| wrong("guidance-out-of-range", format!("`{text}` is not a colour; write #rrggbb")))
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
        assert!(options.look.look().unwrap().is_identity() && options.look.tone().unwrap().is_identity());
        assert_eq!(options.guidance().unwrap(), Guidance::default());
        assert_eq!(options.format(Format::Gif).unwrap(), Format::Png);
    }

    #[test]
    fn numbers_out_of_range_are_refused_with_the_range() {
        for look in [
            r#"{"amount":1.0000000000000002}"#,
            r#"{"saturation":-1}"#,
            r#"{"contrast":9}"#,
            r#"{"filter":"x"}"#,
        ] {
            let options = parse(&format!(r#"{{"look":{look}}}"#));
            let refused = options.look.look().map(drop).and(options.look.tone().map(drop));
            assert_eq!(refused.unwrap_err().status, StatusCode::UNPROCESSABLE_ENTITY);
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
    fn changes_of_colour_are_told_apart_by_their_fields() {
        let options = parse(
            r##"{"recolors":[{"entry":2,"to":"#010203"},{"from":"#000000","to":"#ffffff"},{"hues":[350,20]}]}"##,
        );
        let recolors = options.guidance().unwrap().recolors;
        assert_eq!(recolors[0], Recolor::Entry { index: 2, to: Srgb { red: 1, green: 2, blue: 3 } });
        assert!(matches!(recolors[1], Recolor::Nearest { .. }));
        assert_eq!(recolors[2], Recolor::Hues { start: 350.0, end: 20.0, to: None });
    }

    #[test]
    fn an_unknown_option_is_an_error_rather_than_ignored() {
        assert!(serde_json::from_str::<ColorizeOptions>(r#"{"methd":"gray"}"#).is_err());
    }
}
