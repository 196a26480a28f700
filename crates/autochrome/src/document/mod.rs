//! Orders as JSON: what HTTP requests, stored jobs, files of hints and other programs say.
//!
//! An [`OrderDocument`] has no pictures in it: references and painted strokes go beside it as
//! [`GuidanceFiles`](crate::GuidanceFiles).
//!
//! ```
//! use autochrome::document::OrderDocument;
//! use autochrome::{GuidanceFiles, Pipeline};
//!
//! let json = r##"{"method": "neural", "points": [{"x": 0.5, "y": 0.1, "color": "#3050a0"}], "format": "png"}"##;
//! let document: OrderDocument = serde_json::from_str(json)?;
//! let order = Pipeline::new().order(document.draft()?, &GuidanceFiles::default())?;
//! assert_eq!(order.method().id, "neural");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "film")]
mod film;
mod guidance;
mod look;
#[cfg(feature = "schema")]
mod schema;

use std::collections::BTreeMap;

use autochrome_media::Format;
use autochrome_methods::{Fixes, fixes, words};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(feature = "film")]
pub use film::{CodecDocument, ContainerDocument, FilmDocument, MomentDocument};
pub use guidance::{
    AreaDocument, HintsDocument, PointDocument, RecolorDocument, StrokeDocument, SwatchDocument,
};
pub use look::LookDocument;

use crate::order::{Extra, OrderDraft, Pages, Setting};
use crate::{Error, Memories, Model};

/// The format of an answer in layers.
const OPEN_RASTER: &str = "ora";
/// The format of an answer that is the colour alone.
const COLOR_LAYER: &str = "color-layer";

/// What to do with a picture; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ColorizeOptions))]
pub struct OrderDocument {
    /// Id of a method, from `/v1/methods`; when left out, the one that fits the guidance.
    #[cfg_attr(feature = "schema", schema(value_type = Option<schema::MethodId>))]
    pub method: Option<String>,
    /// Id of a built-in model, from `/v1/models`.
    #[cfg_attr(feature = "schema", schema(value_type = Option<schema::ModelId>))]
    pub model: Option<String>,
    /// Options of the method by their ids, as `/v1/methods` describes them.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, schema::Setting>))]
    pub settings: BTreeMap<String, Value>,
    /// Spots of known colour.
    pub points: Vec<PointDocument>,
    /// Lines of known colour.
    pub strokes: Vec<StrokeDocument>,
    /// Things and their colours in words: `red car, blue sky`, English or German.
    #[cfg_attr(feature = "schema", schema(max_length = 2000))]
    pub text: Option<String>,
    /// What the picture looks like as a whole: a mean colour (`#a08060`), a palette (`dark brown, beige`), or the mean strength of its colours (`chroma 12`).
    #[cfg_attr(feature = "schema", schema(max_length = 2000))]
    pub mood: Option<String>,
    /// Name of a memory of coloured pictures, whose colours go to what looks like them.
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub memory: Option<String>,
    /// What is done with the colours of the answer, by their hues: `violet -> gray; skin: green -> 20 towards yellow`.
    #[cfg_attr(feature = "schema", schema(max_length = 2000))]
    pub fix: Option<String>,
    /// Keeps the colours that skin has when nothing is said.
    pub protect_skin: bool,
    /// Parts of the picture that are to look like parts of references.
    pub swatches: Vec<SwatchDocument>,
    /// What is to become of the colours that the picture has.
    pub recolors: Vec<RecolorDocument>,
    /// Chooses among the answers of methods that draw them.
    pub seed: Option<u64>,
    /// How many answers to give; methods that know fewer give fewer.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 8))]
    pub variants: Option<u32>,
    /// Which of the method's answers is the picture, the best one being 0.
    #[cfg_attr(feature = "schema", schema(maximum = 7))]
    pub answer: Option<u32>,
    /// Format of the result: that of the input (`same`), another one, or what editors go on from: `ora`, an OpenRaster file with the photograph, the
    /// colour and the hints in layers, or `color-layer`, a PNG of the colour alone, transparent, to lay over the photograph.
    #[cfg_attr(feature = "schema", schema(value_type = Option<schema::OutputFormat>))]
    pub format: Option<String>,
    /// JPEG quality; 92 when left out.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 100))]
    pub quality: Option<u8>,
    /// Which page of a TIFF of several: a number from 1, or `all`. All are one TIFF where that is the format, else several answers.
    #[cfg_attr(feature = "schema", schema(value_type = Option<schema::PagesChoice>))]
    pub pages: Option<Value>,
    /// Makes a negative positive first.
    pub invert: bool,
    /// Colours borders around the photograph too, which are left gray otherwise.
    pub borders: bool,
    /// Leaves a picture alone that is in colour already: the answer is the error `in-color-already`.
    pub leave_colored: bool,
    /// Keeps a tint of the sepia or another tone that the picture has.
    pub keep_tone: bool,
    /// Before and after side by side instead of the picture alone.
    pub collage: bool,
    /// Shrinks the answer to this longer side, for previews.
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub max_side_px: Option<u32>,
    /// Filter and sliders.
    pub look: LookDocument,
}

impl OrderDocument {
    /// As [`OrderDocument::draft`], with the memory that is named.
    ///
    /// # Errors
    /// As [`OrderDocument::draft`], and when there is no such memory.
    pub fn draft_with(&self, memories: &Memories) -> Result<OrderDraft, Error> {
        let mut draft = Self { memory: None, ..self.clone() }.draft()?;
        if let Some(name) = &self.memory {
            draft.guidance.memory = Some(memories.open(name)?);
        }
        Ok(draft)
    }

    /// The same in terms of the library. A memory is known by its name alone: whoever keeps memories opens it first, and takes the name
    /// away ([`OrderDocument::draft_with`] does both).
    ///
    /// # Errors
    /// When a colour, a place, a filter or a format is none, a number is out of range, or a memory is still named.
    pub fn draft(&self) -> Result<OrderDraft, Error> {
        if let Some(name) = &self.memory {
            return Err(Error::UnknownMemory { name: name.clone(), known: Vec::new() });
        }
        let mut guidance = self.hints().guidance()?;
        for swatch in &self.swatches {
            guidance.swatches.push(swatch.pair()?);
        }
        for recolor in &self.recolors {
            guidance.recolors.push(recolor.recolor()?);
        }
        guidance.seed = self.seed;
        let wanted =
            |name: &str| if self.format.as_deref() == Some(name) { Extra::Instead } else { Extra::Without };
        if let Some(text) = self.text.as_deref().filter(|text| !text.trim().is_empty()) {
            guidance.words = words::wishes(text)?;
        }
        if let Some(text) = self.mood.as_deref().filter(|text| !text.trim().is_empty()) {
            guidance.mood = Some(text.parse()?);
        }
        let mut fixes = Fixes { protect_skin: self.protect_skin, ..Fixes::default() };
        if let Some(text) = self.fix.as_deref().filter(|text| !text.trim().is_empty()) {
            fixes.changes = fixes::fixes(text)?;
        }
        let known = OrderDraft::default();
        let settings = self.settings.iter().map(|(id, value)| Ok((id.clone(), setting(id, value)?)));
        Ok(OrderDraft {
            method: self.method.clone(),
            model: self.model.clone().map_or(Model::Default, Model::Builtin),
            settings: settings.collect::<Result<_, Error>>()?,
            guidance,
            fixes,
            scribbles: None,
            pages: self.pages.as_ref().map_or(Ok(known.pages), pages)?,
            invert: self.invert,
            borders: self.borders,
            leave_colored: self.leave_colored,
            skip_damaged_pages: known.skip_damaged_pages,
            keep_tone: self.keep_tone,
            tone: self.look.tone()?,
            look: self.look.look()?,
            variants: self.variants.unwrap_or(known.variants),
            answer: self.answer.unwrap_or(known.answer),
            max_side_px: self.max_side_px,
            collage: if self.collage { Extra::Instead } else { Extra::Without },
            layers: wanted(OPEN_RASTER),
            color_layer: wanted(COLOR_LAYER),
            format: self.format.as_deref().map_or(Ok(None), format)?,
            quality: self.quality.unwrap_or(known.quality),
        })
    }

    fn hints(&self) -> HintsDocument {
        HintsDocument { points: self.points.clone(), strokes: self.strokes.clone() }
    }
}

fn setting(id: &str, value: &Value) -> Result<Setting, Error> {
    let setting = match value {
        Value::String(text) => Some(Setting::Text(text.clone())),
        Value::Bool(on) => Some(Setting::Switch(*on)),
        Value::Number(number) => number.as_f64().map(Setting::Number),
        _ => None,
    };
    setting.ok_or_else(|| Error::out_of_range(id, value, "a number, true, false or text"))
}

fn pages(value: &Value) -> Result<Pages, Error> {
    if value.as_str() == Some("all") {
        return Ok(Pages::All);
    }
    let page = value.as_u64().and_then(|page| u32::try_from(page).ok()).filter(|page| *page > 0);
    page.map(Pages::One).ok_or_else(|| Error::out_of_range("pages", value, "all, or a number from 1"))
}

fn format(name: &str) -> Result<Option<Format>, Error> {
    match name {
        "same" | OPEN_RASTER => return Ok(None),
        COLOR_LAYER => return Ok(Some(Format::Png)),
        _ => {}
    }
    match Format::from_extension(name).filter(|format| format.can_encode()) {
        Some(format) => Ok(Some(format)),
        None => Err(Error::UnknownFormat(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use autochrome_methods::{Guidance, Recolor, Srgb};

    use super::*;

    fn parse(json: &str) -> OrderDocument {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn nothing_asked_is_the_default_draft() {
        assert_eq!(parse("{}").draft().unwrap(), OrderDraft::default());
    }

    #[test]
    fn numbers_out_of_range_are_refused_with_the_range() {
        for look in [
            r#"{"amount":1.0000000000000002}"#,
            r#"{"saturation":-1}"#,
            r#"{"contrast":9}"#,
            r#"{"filter":"x"}"#,
        ] {
            let error = parse(&format!(r#"{{"look":{look}}}"#)).draft().unwrap_err();
            assert!(["look-out-of-range", "unknown-filter"].contains(&error.code()), "{error}");
            assert_eq!(error.blame(), crate::Blame::Request);
        }
    }

    #[test]
    fn colours_are_read_as_people_write_them() {
        let draft = parse(r##"{"points":[{"x":0.5,"y":1,"color":"#ff8000"}]}"##).draft().unwrap();
        assert_eq!(draft.guidance.points[0].color, Srgb { red: 255, green: 128, blue: 0 });
        for bad in ["red", "#12345", "#gg0000", "#ééé"] {
            let document = parse(&format!(r#"{{"points":[{{"x":0,"y":0,"color":"{bad}"}}]}}"#));
            assert_eq!(document.draft().unwrap_err().code(), "guidance-out-of-range");
        }
    }

    #[test]
    fn changes_of_colour_are_told_apart_by_their_fields() {
        let document = parse(
            r##"{"recolors":[{"entry":2,"to":"#010203"},{"from":"#000000","to":"#ffffff"},{"hues":[350,20]}]}"##,
        );
        let Guidance { recolors, .. } = document.draft().unwrap().guidance;
        assert_eq!(recolors[0], Recolor::Entry { index: 2, to: Srgb { red: 1, green: 2, blue: 3 } });
        assert!(matches!(recolors[1], Recolor::Nearest { .. }));
        assert_eq!(recolors[2], Recolor::Hues { start: 350.0, end: 20.0, to: None });
    }

    #[test]
    fn fixes_are_read_as_people_write_them() {
        let draft =
            parse(r#"{"fix":"violet -> gray, skin: grün -> grau","protect_skin":true}"#).draft().unwrap();
        assert_eq!((draft.fixes.changes.len(), draft.fixes.protect_skin), (2, true));
        assert!(parse(r#"{"fix":" "}"#).draft().unwrap().fixes.is_empty());
        assert_eq!(parse(r#"{"fix":"violet"}"#).draft().unwrap_err().code(), "bad-fix");
    }

    #[test]
    fn an_unknown_field_is_an_error_rather_than_ignored() {
        assert!(serde_json::from_str::<OrderDocument>(r#"{"methd":"gray"}"#).is_err());
    }

    #[test]
    fn settings_keep_their_types() {
        let draft = parse(r#"{"settings":{"flip":true,"size":256,"x":"y"}}"#).draft().unwrap();
        let settings: BTreeMap<String, Setting> = draft.settings.into_iter().collect();
        assert_eq!(settings["flip"], Setting::Switch(true));
        assert_eq!(settings["size"], Setting::Number(256.0));
        assert_eq!(settings["x"], Setting::Text("y".to_owned()));
        assert!(parse(r#"{"settings":{"x":[1]}}"#).draft().is_err());
    }

    #[test]
    fn pages_are_a_number_or_all() {
        assert_eq!(parse(r#"{"pages":"all"}"#).draft().unwrap().pages, Pages::All);
        assert_eq!(parse(r#"{"pages":3}"#).draft().unwrap().pages, Pages::One(3));
        for bad in [r#"{"pages":0}"#, r#"{"pages":"some"}"#, r#"{"pages":1.5}"#, r#"{"pages":[1]}"#] {
            assert_eq!(parse(bad).draft().unwrap_err().code(), "option-out-of-range", "{bad}");
        }
    }

    #[test]
    fn a_format_that_is_not_written_is_refused() {
        assert_eq!(parse(r#"{"format":"gif"}"#).draft().unwrap_err().code(), "cannot-encode");
        assert_eq!(parse(r#"{"format":"same"}"#).draft().unwrap().format, None);
    }

    #[test]
    fn layers_are_formats_that_come_in_place_of_the_picture() {
        let draft = |format: &str| parse(&format!(r#"{{"format":"{format}"}}"#)).draft().unwrap();
        let layers = |draft: OrderDraft| (draft.layers, draft.color_layer, draft.format);
        assert_eq!(layers(draft("ora")), (Extra::Instead, Extra::Without, None));
        assert_eq!(layers(draft("color-layer")), (Extra::Without, Extra::Instead, Some(Format::Png)));
        let collage = parse(r#"{"format":"ora","collage":true}"#).draft().unwrap();
        assert_eq!(crate::Order::new(collage).unwrap_err().code(), "option-out-of-range");
    }
}
