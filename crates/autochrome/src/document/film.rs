//! How a film is to be coloured, as JSON.

use std::collections::{BTreeMap, BTreeSet};

use autochrome_film::{Codec, Container, Existing, FilmOptions, Range};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{HintsDocument, LookDocument, OrderDocument, PointDocument, RecolorDocument, StrokeDocument};
use crate::film::FilmGuidance;
use crate::{Error, GuidanceFiles, OrderDraft};

/// How a film is to be coloured; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = FilmOptions))]
pub struct FilmDocument {
    /// Id of a method, from `/v1/methods`; when left out, the one that fits the guidance.
    #[cfg_attr(feature = "schema", schema(value_type = Option<super::schema::MethodId>))]
    pub method: Option<String>,
    /// Id of a built-in model, from `/v1/models`.
    #[cfg_attr(feature = "schema", schema(value_type = Option<super::schema::ModelId>))]
    pub model: Option<String>,
    /// Options of the method by their ids, as `/v1/methods` describes them.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, super::schema::Setting>))]
    pub settings: BTreeMap<String, Value>,
    /// Things and their colours in words, wherever they are seen: `red car, blue sky`.
    #[cfg_attr(feature = "schema", schema(max_length = 2000))]
    pub text: Option<String>,
    /// What the film looks like as a whole: a mean colour (`#a08060`), a palette (`dark brown, beige`), or the mean strength of its colours (`chroma 12`).
    #[cfg_attr(feature = "schema", schema(max_length = 2000))]
    pub mood: Option<String>,
    /// Name of a memory of coloured pictures, whose colours go to what looks like them.
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub memory: Option<String>,
    /// What is done with the colours of the film, by their hues: `violet -> gray; skin: green -> 20 towards yellow`.
    #[cfg_attr(feature = "schema", schema(max_length = 2000))]
    pub fix: Option<String>,
    /// Keeps the colours that skin has when nothing is said.
    pub protect_skin: bool,
    /// What is to become of the colours that the film has.
    pub recolors: Vec<RecolorDocument>,
    /// Sliders of the colours; a film takes no filter and no contrast.
    pub look: LookDocument,
    /// What is said about single moments; it holds for the scene that each lies in.
    pub moments: Vec<MomentDocument>,
    /// Colours scenes that are in colour already, too.
    pub recolor: bool,
    /// Numbers of scenes, from 1, that stay as they are.
    pub keep_scenes: BTreeSet<u64>,
    /// Where to begin, in seconds.
    #[cfg_attr(feature = "schema", schema(minimum = 0))]
    pub start_s: f64,
    /// Where to end, in seconds; the film's end when left out.
    pub end_s: Option<f64>,
    /// Before and after side by side.
    pub collage: bool,
    /// Codec; h264, or h265 for films of more than 8 bits, when left out.
    pub codec: Option<CodecDocument>,
    /// Quality of h264, h265 and av1: lower is better and larger.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 63))]
    pub crf: Option<u8>,
    /// Kind of file; the first of these that can hold the codec when left out.
    pub container: Option<ContainerDocument>,
}

/// What is said about the scene at a moment.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = FilmMoment))]
pub struct MomentDocument {
    /// The moment, in seconds from the film's beginning.
    #[cfg_attr(feature = "schema", schema(minimum = 0))]
    pub at_s: f64,
    /// Spots of known colour.
    pub points: Vec<PointDocument>,
    /// Lines of known colour.
    pub strokes: Vec<StrokeDocument>,
    /// Which of the references, from 0, this scene takes its colours from; those that no moment names are for the whole film.
    pub references: Vec<u32>,
}

/// A codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = FilmCodec))]
pub enum CodecDocument {
    /// Plays everywhere.
    H264,
    /// Smaller, up to 12 bits.
    H265,
    /// Smaller still, slower.
    Av1,
    /// For editing, 10 bits.
    Prores,
    /// Without loss.
    Ffv1,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = FilmContainer))]
pub enum ContainerDocument {
    /// H.264, H.265 and AV1.
    Mp4,
    /// All but AV1.
    Mov,
    /// Everything.
    Mkv,
    /// AV1.
    Webm,
}

impl FilmDocument {
    /// What it says about colours, with files: references that moments name, a mood, and the memory that is named here, whose name is
    /// taken away.
    ///
    /// # Errors
    /// When a colour, a place or a reference is none, a number is out of range, or a memory is still named.
    pub fn guidance(&self, files: GuidanceFiles) -> Result<FilmGuidance, Error> {
        let GuidanceFiles { references, mood, memory, .. } = files;
        if !self.look.look()?.is_identity() {
            let expected = "sliders of the colours alone: a film keeps its light as it is";
            return Err(Error::out_of_range("look", "a filter or contrast", expected));
        }
        let mut guidance = FilmGuidance { draft: self.draft()?, mood, memory, ..FilmGuidance::default() };
        let mut timed = BTreeSet::new();
        for moment in &self.moments {
            if !(moment.at_s >= 0.0 && moment.at_s.is_finite()) {
                return Err(Error::out_of_range("at_s", moment.at_s, "seconds from the film's beginning"));
            }
            let hints = HintsDocument { points: moment.points.clone(), strokes: moment.strokes.clone() };
            guidance.add_hints(moment.at_s, hints.guidance()?);
            for &number in &moment.references {
                let file = references.get(number as usize).ok_or_else(|| {
                    let expected =
                        format!("a number below {}, the references that were sent", references.len());
                    Error::out_of_range("references", number, expected)
                })?;
                guidance.references.push((file.clone(), Some(moment.at_s)));
                timed.insert(number as usize);
            }
        }
        let whole = references.into_iter().enumerate().filter(|(number, _)| !timed.contains(number));
        guidance.references.extend(whole.map(|(_, file)| (file, None)));
        Ok(guidance)
    }

    /// How frames are written; parts are gone on from, and `made_with` tells them from others.
    ///
    /// # Errors
    /// When the end lies before the beginning, or a number is out of range.
    pub fn options(&self, made_with: String) -> Result<FilmOptions, Error> {
        Ok(FilmOptions {
            range: self.range()?,
            codec: self.wanted_codec(),
            crf: self.crf,
            tone: self.look.tone()?,
            side_by_side: self.collage,
            recolor: self.recolor,
            keep_scenes: self.left(),
            existing: Existing::Resume,
            made_with,
        })
    }

    /// The codec that is named, or the only one that the kind of file can hold.
    fn wanted_codec(&self) -> Option<Codec> {
        let only = (self.container == Some(ContainerDocument::Webm)).then_some(Codec::Av1);
        self.codec.map(CodecDocument::codec).or(only)
    }

    /// Which part of the film. All other numbers that need no film to be checked by are checked too, so that nothing is begun in vain.
    ///
    /// # Errors
    /// When the end lies before the beginning, or another number is out of range.
    pub fn range(&self) -> Result<Range, Error> {
        let Self { start_s, end_s, .. } = *self;
        if self.keep_scenes.contains(&0) {
            return Err(Error::out_of_range("keep_scenes", 0, "numbers from 1"));
        }
        // Both codecs that a film may get by itself take the same.
        self.wanted_codec().unwrap_or(Codec::H264).check_crf(self.crf)?;
        if !(start_s >= 0.0 && start_s.is_finite()) {
            return Err(Error::out_of_range("start_s", start_s, "seconds from the film's beginning"));
        }
        match end_s {
            Some(end_s) if end_s.is_nan() || end_s <= start_s => {
                Err(Error::out_of_range("end_s", end_s, format!("seconds after start_s, {start_s}")))
            }
            end_s => Ok(Range { start_s, end_s }),
        }
    }

    /// Scenes that stay as they are, by their numbers from 0.
    #[must_use]
    pub fn left(&self) -> BTreeSet<u64> {
        self.keep_scenes.iter().filter_map(|number| number.checked_sub(1)).collect()
    }

    /// The ending of the result's name, for a film of this depth in bits.
    #[must_use]
    pub fn extension(&self, depth: u8) -> &'static str {
        let codec = self.codec.map_or(Codec::for_depth(depth), CodecDocument::codec);
        match self.container {
            Some(ContainerDocument::Mp4) => "mp4",
            Some(ContainerDocument::Mov) => "mov",
            Some(ContainerDocument::Mkv) => "mkv",
            Some(ContainerDocument::Webm) => "webm",
            None if Container::of("x.mp4".as_ref(), codec).is_ok() => "mp4",
            None if Container::of("x.mov".as_ref(), codec).is_ok() => "mov",
            None => "mkv",
        }
    }

    fn draft(&self) -> Result<OrderDraft, Error> {
        let order = OrderDocument {
            method: self.method.clone(),
            model: self.model.clone(),
            settings: self.settings.clone(),
            recolors: self.recolors.clone(),
            text: self.text.clone(),
            mood: self.mood.clone(),
            memory: self.memory.clone(),
            fix: self.fix.clone(),
            protect_skin: self.protect_skin,
            look: self.look.clone(),
            ..OrderDocument::default()
        };
        order.draft()
    }
}

impl CodecDocument {
    fn codec(self) -> Codec {
        match self {
            Self::H264 => Codec::H264,
            Self::H265 => Codec::H265,
            Self::Av1 => Codec::Av1,
            Self::Prores => Codec::ProRes,
            Self::Ffv1 => Codec::Ffv1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GuidanceFile;

    fn parse(json: &str) -> FilmDocument {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn references_that_no_moment_names_are_for_the_whole_film() {
        let document = parse(
            r##"{"moments": [{"at_s": 2, "references": [1], "points": [{"x": 0.1, "y": 0.2, "color": "#ff0000"}]}]}"##,
        );
        let files = || GuidanceFiles {
            references: ["one", "two"].map(|name| GuidanceFile::from_bytes(name, Vec::new())).to_vec(),
            ..GuidanceFiles::default()
        };
        let guidance = document.guidance(files()).unwrap();
        let told: Vec<(&str, Option<f64>)> =
            guidance.references.iter().map(|(file, at)| (file.name.as_str(), *at)).collect();
        assert_eq!(told, [("two", Some(2.0)), ("one", None)]);
        assert_eq!((guidance.points.len(), guidance.points[0].0), (1, 2.0));
        assert_eq!(document.guidance(GuidanceFiles::default()).unwrap_err().code(), "option-out-of-range");
    }

    #[test]
    fn what_a_film_cannot_have_is_refused() {
        for (json, code) in [
            (r#"{"look": {"filter": "sepia"}}"#, "option-out-of-range"),
            (r#"{"moments": [{"at_s": -1}]}"#, "option-out-of-range"),
            (r#"{"look": {"saturation": 99}}"#, "look-out-of-range"),
            (r#"{"memory": "family"}"#, "unknown-memory"),
        ] {
            assert_eq!(parse(json).guidance(GuidanceFiles::default()).unwrap_err().code(), code, "{json}");
        }
        for json in [
            r#"{"start_s": 3, "end_s": 2}"#,
            r#"{"keep_scenes": [0]}"#,
            r#"{"crf": 60}"#,
            r#"{"crf": 20, "codec": "ffv1"}"#,
        ] {
            assert_eq!(parse(json).range().unwrap_err().code(), "option-out-of-range", "{json}");
        }
        let webm = parse(r#"{"container": "webm", "crf": 60}"#).options(String::new()).unwrap();
        assert_eq!(webm.codec, Some(Codec::Av1));
        assert!(serde_json::from_str::<FilmDocument>(r#"{"format": "png"}"#).is_err());
    }

    #[test]
    fn the_kind_of_file_fits_the_codec() {
        for (json, extension) in
            [("{}", "mp4"), (r#"{"codec": "ffv1"}"#, "mov"), (r#"{"container": "mkv"}"#, "mkv")]
        {
            assert_eq!(parse(json).extension(8), extension);
        }
        assert_eq!(parse(r#"{"keep_scenes": [2, 0, 5]}"#).left(), [1, 4].into());
    }
}
