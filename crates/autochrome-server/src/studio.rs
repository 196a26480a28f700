//! From the bytes of a request to the bytes of its answer, on a thread of the pool.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use autochrome::{
    Answer, Chroma, Colorizer, DecodeOptions, Depth, EncodeOptions, Format, Guidance, GuidanceKind, Limits,
    Look, Metadata, Method, MethodError, MethodInfo, ModelSource, Options, Picture, Plane, Tone, decode,
    models, registry,
};
use autochrome_color::resize::{Filter as Resampling, fit_within, resize_plane};
use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};

use crate::hints::Extras;
use crate::options::ColorizeOptions;
use crate::problem::Problem;

/// Questions to methods whose answers are remembered, so that another filter or format does not run the network again.
const REMEMBERED: usize = 24;

/// Largest answers that are remembered, in samples of all together: beyond, memory is worth more than time.
const REMEMBERED_SAMPLES: usize = 1 << 21;

/// Longer side of a preview.
const PREVIEW_PX: usize = 320;

/// Methods by their id and the id of their model.
type OpenMethods = HashMap<(String, Option<String>), Arc<dyn Method>>;

/// What a method answered, the best first.
type Answers = Arc<Vec<Arc<Answer>>>;

/// Opened methods and what they answered lately; nothing of it is ever written to disk.
pub struct Studio {
    limits: Limits,
    weights: Option<Vec<u8>>,
    open: Mutex<OpenMethods>,
    memory: Mutex<VecDeque<([u8; 32], Answers)>>,
}

/// Hears the bytes of a small picture.
type Hear<'a> = &'a dyn Fn(&[u8]);

/// Who waits for a picture.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Hears which share of the work is done, 0..=1, and answers whether to stop.
    pub reached: &'a dyn Fn(f32) -> bool,
    /// Hears a small JPEG as soon as the colours are found.
    pub preview: Option<Hear<'a>>,
}

/// What was made of a picture.
pub struct Painted {
    /// One file for each answer; never none.
    pub variants: Vec<Variant>,
    /// Their format.
    pub format: Format,
    /// Columns and rows of each.
    pub size: (u32, u32),
    /// Id of the method.
    pub method: &'static str,
    /// Id of the model, if the method has one.
    pub model: Option<String>,
    /// Whether all colours were remembered from earlier requests.
    pub remembered: bool,
    /// What had to be left out or guessed.
    pub warnings: Vec<String>,
    /// Milliseconds for everything.
    pub total_ms: f64,
}

/// One answer.
pub struct Variant {
    /// The file.
    pub bytes: Vec<u8>,
    /// The seed that it came from.
    pub seed: Option<u64>,
    /// Its place among the answers of the method.
    pub answer: usize,
}

/// What the method is asked for one picture.
struct Question<'a> {
    bytes: &'a [u8],
    ask: &'a ColorizeOptions,
    extras: &'a Extras,
    method: &'a dyn Method,
    options: &'a Options,
    guidance: Guidance,
}

/// An answer with what brings it again.
struct Chosen {
    answer: Arc<Answer>,
    seed: Option<u64>,
    place: usize,
}

impl Studio {
    /// With limits for strangers' files, and weights that take the place of the built-in default.
    pub fn new(limits: Limits, weights: Option<Vec<u8>>) -> Self {
        Self { limits, weights, open: Mutex::default(), memory: Mutex::default() }
    }

    /// What a file may cost.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The method that is taken when none is named: the registry's, or `gray` while there are no weights.
    pub fn default_method(&self) -> &'static str {
        let usable = self.weights.is_some() || !models::builtin().is_empty();
        if usable { registry::DEFAULT } else { "gray" }
    }

    /// Opens the default method, so that the first picture need not wait for it.
    ///
    /// # Errors
    /// When its weights cannot be used.
    pub fn warm_up(&self) -> Result<(), Problem> {
        self.method(self.default_method(), None).map(drop)
    }

    fn method(&self, id: &str, model: Option<&str>) -> Result<Arc<dyn Method>, Problem> {
        let key = (id.to_owned(), model.map(str::to_owned));
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(method) = open.get(&key) {
            return Ok(Arc::clone(method));
        }
        let entry = registry::find(id)?;
        let own = self.weights.as_deref().filter(|_| entry.info.uses_model).map(ModelSource::Bytes);
        let method: Arc<dyn Method> = Arc::from(entry.open(model.map(ModelSource::Builtin).or(own))?);
        open.insert(key, Arc::clone(&method));
        Ok(method)
    }

    /// The method that a request asks for, with its options.
    ///
    /// # Errors
    /// When there is no such method, model or option.
    fn chosen(&self, ask: &ColorizeOptions) -> Result<(Arc<dyn Method>, Options), Problem> {
        let method =
            self.method(ask.method.as_deref().unwrap_or(self.default_method()), ask.model.as_deref())?;
        let mut options = Options::default();
        for (id, value) in ask.settings()? {
            options.set(method.info(), id, value)?;
        }
        Ok((method, options))
    }

    /// Finds out whether a request can be asked at all, without looking at its pictures.
    ///
    /// # Errors
    /// As [`Studio::paint`] would say later.
    pub fn check(&self, ask: &ColorizeOptions) -> Result<(), Problem> {
        self.chosen(ask)?;
        ask.look.look()?;
        ask.look.tone()?;
        ask.guidance()?;
        ask.format(Format::Png)?;
        ask.variants()?;
        ask.quality()?;
        ask.max_side_px().map(drop)
    }

    /// Does what a request asks for; looks between the stages whether anybody still waits for it.
    ///
    /// # Errors
    /// When the picture, the options or the installation do not allow it.
    pub fn paint(
        &self,
        bytes: &[u8],
        ask: &ColorizeOptions,
        extras: &Extras,
        watch: Watch<'_>,
    ) -> Result<Painted, Problem> {
        let start = Instant::now();
        let reached = |share| if (watch.reached)(share) { Err(Problem::stopping()) } else { Ok(()) };
        let (tone, look) = (ask.look.tone()?, ask.look.look()?);
        let (method, options) = self.chosen(ask)?;
        let mut guidance = ask.guidance()?;
        extras.add_to(&mut guidance, self.limits)?;
        guidance.convert_for(method.info());
        guidance.reduce_references_for(method.info(), &options);
        method.info().check_said(guidance.kinds())?;
        let (wanted, side_px) = (ask.variants()? as usize, ask.max_side_px()?);

        let changes_colors = method.info().takes.contains(&GuidanceKind::Colors);
        let decoding = DecodeOptions { limits: self.limits, keep_chroma: changes_colors };
        let mut picture = decode(bytes, &decoding)?;
        if changes_colors {
            guidance.colors = if ask.collage { picture.chroma.clone() } else { picture.chroma.take() };
        }
        let format = ask.format(picture.format)?;
        let encoding = EncodeOptions { quality: ask.quality()?, ..EncodeOptions::new(format) };
        reached(0.1)?;

        let question = Question { bytes, ask, extras, method: method.as_ref(), options: &options, guidance };
        let (chosen, remembered) = self.answers(question, &picture.luma, wanted, &reached)?;
        reached(0.7)?;
        let info = method.info();
        if let Some(hear) = watch.preview {
            hear(&preview(&picture, info, &chosen[0].answer, (&tone, &look))?);
        }
        if let Some(side_px) = side_px {
            shrink(&mut picture, side_px);
        }
        let mut size = (0, 0);
        let mut variants = Vec::with_capacity(chosen.len());
        let all = chosen.len() as f32;
        for (number, Chosen { answer, seed, place }) in chosen.into_iter().enumerate() {
            reached(0.7 + 0.3 * number as f32 / all)?;
            let (bytes, painted) = put_on(&picture, info, &answer, ask.collage, (&tone, &look), &encoding)?;
            size = painted;
            variants.push(Variant { bytes, seed, answer: place });
        }
        Ok(Painted {
            variants,
            format,
            size,
            method: info.id,
            model: method.model().map(str::to_owned),
            remembered,
            warnings: picture.warnings,
            total_ms: start.elapsed().as_secs_f64() * 1e3,
        })
    }

    /// The answer that was asked for and those after it, `wanted` in all: of the method itself first, then of other seeds
    /// where the method draws its answers.
    fn answers(
        &self,
        mut question: Question<'_>,
        luma: &Plane,
        wanted: usize,
        reached: &dyn Fn(f32) -> Result<(), Problem>,
    ) -> Result<(Vec<Chosen>, bool), Problem> {
        let first = question.ask.answer.unwrap_or(0) as usize;
        let asked_seed = question.guidance.seed;
        let (answers, mut remembered) = self.ask(&question, luma)?;
        let with_seed = |answers: &Answers, seed| -> Vec<Chosen> {
            let chosen =
                |(place, answer): (usize, &Arc<Answer>)| Chosen { answer: Arc::clone(answer), seed, place };
            answers.iter().enumerate().map(chosen).collect()
        };
        let known = answers.len();
        let mut all: Vec<Chosen> = with_seed(&answers, asked_seed).into_iter().skip(first).collect();
        if all.is_empty() {
            let detail = format!(
                "option `answer` cannot be {first}; the method knows {known} answers to this picture"
            );
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "option-out-of-range", detail));
        }
        let draws = question.method.info().takes.contains(&GuidanceKind::Seed);
        // A method may draw the same twice; then fewer are given.
        for draw in 1..=if draws { 2 * wanted as u64 } else { 0 } {
            if all.len() >= wanted {
                break;
            }
            reached(0.1 + 0.6 * all.len() as f32 / wanted as f32)?;
            let seed = Some(asked_seed.unwrap_or(0).wrapping_add(draw));
            question.guidance.seed = seed;
            let (more, again) = self.ask(&question, luma)?;
            remembered &= again;
            let new = with_seed(&more, seed)
                .into_iter()
                .filter(|new| all.iter().all(|old| old.answer != new.answer));
            let new: Vec<Chosen> = new.collect();
            all.extend(new);
        }
        all.truncate(wanted);
        Ok((all, remembered))
    }

    /// What the method says to one question, and whether it was asked before.
    fn ask(&self, question: &Question<'_>, luma: &Plane) -> Result<(Answers, bool), Problem> {
        let key = question.key();
        if let Some(answers) = self.recall(&key) {
            return Ok((answers, true));
        }
        let method = question.method;
        let answers = method.colorize(luma, &question.guidance, question.options)?;
        if answers.is_empty() {
            return Err(autochrome::Error::NoAnswer(method.info().id).into());
        }
        let answers: Answers = Arc::new(answers.into_iter().map(Arc::new).collect());
        self.remember(key, Arc::clone(&answers));
        Ok((answers, false))
    }

    fn recall(&self, key: &[u8; 32]) -> Option<Answers> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let found = memory.iter().position(|(known, _)| known == key)?;
        let entry = memory.remove(found)?;
        let answers = Arc::clone(&entry.1);
        memory.push_back(entry);
        Some(answers)
    }

    fn remember(&self, key: [u8; 32], answers: Answers) {
        let luma = |answer: &Answer| answer.luma.as_ref().map_or(0, |luma| luma.data().len());
        let samples: usize =
            answers.iter().map(|answer| 2 * answer.chroma.a.data().len() + luma(answer)).sum();
        if samples > REMEMBERED_SAMPLES {
            return;
        }
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() == REMEMBERED {
            memory.pop_front();
        }
        memory.push_back((key, answers));
    }
}

impl Question<'_> {
    /// What decides about the answers: the pictures, the method, its model and settings, and the guidance.
    fn key(&self) -> [u8; 32] {
        let ask = self.ask;
        let asked = format!(
            "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            self.method.info().id,
            self.method.model(),
            ask.settings,
            ask.points,
            ask.strokes,
            ask.swatches,
            ask.recolors,
            self.guidance.seed,
        );
        let mut hash = Sha256::new();
        for part in [asked.as_bytes(), self.bytes].into_iter().chain(self.extras.bytes()) {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// The file of one answer, and its size.
fn put_on(
    picture: &Picture,
    info: &'static MethodInfo,
    answer: &Arc<Answer>,
    collage: bool,
    (tone, look): (&Tone, &Look),
    encoding: &EncodeOptions,
) -> Result<(Vec<u8>, (u32, u32)), Problem> {
    let answer = Arc::clone(answer);
    let painter = Colorizer::with_method(Box::new(Known { info, answer })).tone(*tone).look(*look);
    let mut colored = painter.colorize(picture)?;
    if collage {
        colored = colored.collage(picture)?;
    }
    let size = (colored.raster().width(), colored.raster().height());
    Ok((colored.encode(encoding)?, size))
}

/// A small JPEG of what comes.
fn preview(
    picture: &Picture,
    info: &'static MethodInfo,
    answer: &Arc<Answer>,
    (tone, look): (&Tone, &Look),
) -> Result<Vec<u8>, Problem> {
    let (width, height) = fit_within(picture.width(), picture.height(), PREVIEW_PX);
    let small = Picture {
        luma: resize_plane(&picture.luma, width, height, Resampling::Area),
        chroma: None,
        alpha: None,
        metadata: Metadata::default(),
        warnings: Vec::new(),
        depth: Depth::Eight,
        ..*picture
    };
    let encoding = EncodeOptions { quality: 80, ..EncodeOptions::new(Format::Jpeg) };
    put_on(&small, info, answer, false, (tone, look), &encoding).map(|(bytes, _)| bytes)
}

/// A picture whose longer side is at most `side_px`, without opacity: good for looking at.
fn shrink(picture: &mut Picture, side_px: usize) {
    let (width, height) = fit_within(picture.width(), picture.height(), side_px);
    if (width, height) != picture.luma.size() {
        let small = |plane: &Plane| resize_plane(plane, width, height, Resampling::Area);
        picture.luma = small(&picture.luma);
        picture.chroma =
            picture.chroma.as_ref().map(|chroma| Chroma { a: small(&chroma.a), b: small(&chroma.b) });
        picture.alpha = None;
    }
}

/// A method whose answer is known already.
struct Known {
    info: &'static MethodInfo,
    answer: Arc<Answer>,
}

impl Method for Known {
    fn info(&self) -> &'static MethodInfo {
        self.info
    }

    fn colorize(&self, luma: &Plane, _: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
        let mut answer = Answer::clone(&self.answer);
        let (width, height) = luma.size();
        // An answer's own luma has the size of the picture, which may have been shrunk since.
        answer.luma = answer.luma.map(|own| resize_plane(&own, width, height, Resampling::Area));
        Ok(vec![answer])
    }
}

#[cfg(test)]
mod tests {
    use autochrome::{Pixels, Raster, encode};

    use super::*;

    const CAMERA: &[u8] = include_bytes!("../../../examples/photos/camera.png");

    const NOBODY: Watch<'_> = Watch { reached: &|_| false, preview: None };

    fn paint(studio: &Studio, json: &str) -> Result<Painted, Problem> {
        studio.paint(CAMERA, &serde_json::from_str(json).unwrap(), &Extras::default(), NOBODY)
    }

    #[test]
    fn the_second_look_at_a_picture_is_remembered() {
        let studio = Studio::new(Limits::default(), None);
        assert!(!paint(&studio, r#"{"method":"gray"}"#).unwrap().remembered);
        let sepia = paint(&studio, r#"{"method":"gray","look":{"filter":"sepia"}}"#).unwrap();
        assert!(sepia.remembered);
        let picture = decode(&sepia.variants[0].bytes, &DecodeOptions::default()).unwrap();
        assert!(!picture.was_gray);
    }

    #[test]
    fn without_a_look_luma_is_that_of_the_input() {
        let studio = Studio::new(Limits::default(), None);
        let painted = paint(&studio, r#"{"method":"gray"}"#).unwrap();
        let (before, after) = (
            decode(CAMERA, &DecodeOptions::default()).unwrap(),
            decode(&painted.variants[0].bytes, &DecodeOptions::default()).unwrap(),
        );
        assert_eq!(before.luma, after.luma);
    }

    #[test]
    fn a_tone_changes_colours_and_no_luma() {
        let studio = Studio::new(Limits::default(), None);
        let ask = r#"{"method":"gray","look":{"temperature":20,"tint":-15},"format":"png"}"#;
        let painted = paint(&studio, ask).unwrap();
        let luma = |bytes: &[u8]| decode(bytes, &DecodeOptions::default()).unwrap().luma;
        let (before, after) = (luma(CAMERA), luma(&painted.variants[0].bytes));
        assert!(autochrome_color::metrics::luma_change(&after, &before) <= 1.0);
        let keep = DecodeOptions { keep_chroma: true, ..DecodeOptions::default() };
        let chroma = decode(&painted.variants[0].bytes, &keep).unwrap().chroma.unwrap();
        assert!(chroma.b.row(100)[100] > 10.0 && chroma.a.row(100)[100] < -5.0);
    }

    #[test]
    fn a_filter_leaves_the_left_half_of_a_collage_alone() {
        let studio = Studio::new(Limits::default(), None);
        let painted =
            paint(&studio, r#"{"method":"gray","collage":true,"look":{"filter":"cyanotype"}}"#).unwrap();
        assert_eq!(painted.size, (512 + 10 + 512, 512));
        let chroma = decode(&painted.variants[0].bytes, &DecodeOptions::default()).unwrap().chroma.unwrap();
        let row = chroma.b.row(200);
        assert!(row[..512].iter().all(|b| b.abs() < 0.01) && row[600..].iter().any(|b| *b < -5.0));
    }

    #[test]
    fn where_colours_are_changed_a_collage_shows_them_before_and_after() {
        let red = Raster::new(64, 64, Pixels::Rgb8([200, 40, 40].repeat(64 * 64))).unwrap();
        let red = encode(&red, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap();
        let ask = r##"{"method":"palette","collage":true,"max_side_px":32,"recolors":[{"from":"#c82828","to":"#2828c8"}]}"##;
        let ask: ColorizeOptions = serde_json::from_str(ask).unwrap();
        let painted =
            Studio::new(Limits::default(), None).paint(&red, &ask, &Extras::default(), NOBODY).unwrap();
        let chroma = decode(
            &painted.variants[0].bytes,
            &DecodeOptions { keep_chroma: true, ..DecodeOptions::default() },
        );
        let chroma = chroma.unwrap().chroma.unwrap();
        let (before, after) = (chroma.b.row(16)[16], chroma.b.row(16)[50]);
        assert!(before > 20.0 && after < -20.0, "b was {before} and is {after}");
    }

    #[test]
    fn a_preview_has_the_side_that_was_asked_for() {
        let studio = Studio::new(Limits::default(), None);
        let painted = paint(&studio, r#"{"method":"gray","max_side_px":100,"format":"jpeg"}"#).unwrap();
        assert_eq!((painted.size, painted.format), ((100, 100), Format::Jpeg));
    }

    #[test]
    fn a_picture_beyond_the_limits_is_refused_by_its_header() {
        let studio = Studio::new(Limits { max_pixels: 1000, ..Limits::default() }, None);
        let problem = paint(&studio, r#"{"method":"gray"}"#).err().unwrap();
        assert_eq!((problem.status.as_u16(), problem.code), (413, "too-many-pixels"));
    }

    #[test]
    fn work_for_nobody_is_not_done() {
        let studio = Studio::new(Limits::default(), None);
        let ask = serde_json::from_str(r#"{"method":"gray"}"#).unwrap();
        let gone = Watch { reached: &|_| true, preview: None };
        assert_eq!(studio.paint(CAMERA, &ask, &Extras::default(), gone).err().unwrap().code, "stopping");
    }

    #[test]
    fn a_preview_is_small_and_comes_first() {
        let studio = Studio::new(Limits::default(), None);
        let ask = serde_json::from_str(r#"{"method":"gray"}"#).unwrap();
        let seen = std::cell::RefCell::new(Vec::new());
        let hear = |bytes: &[u8]| seen.borrow_mut().push(bytes.to_vec());
        let watch = Watch { preview: Some(&hear), ..NOBODY };
        studio.paint(CAMERA, &ask, &Extras::default(), watch).unwrap();
        let small = decode(&seen.borrow()[0], &DecodeOptions::default()).unwrap();
        assert_eq!((seen.borrow().len(), small.width(), small.format), (1, 320, Format::Jpeg));
    }

    #[test]
    fn an_answer_that_does_not_exist_is_refused() {
        let studio = Studio::new(Limits::default(), None);
        let problem = paint(&studio, r#"{"method":"gray","answer":1}"#).err().unwrap();
        assert_eq!(problem.code, "option-out-of-range");
        assert_eq!(paint(&studio, r#"{"method":"gray","variants":4}"#).unwrap().variants.len(), 1);
    }

    #[test]
    fn a_method_that_draws_gives_as_many_answers_as_were_asked_for() {
        let studio = Studio::new(Limits::default(), None);
        studio.open.lock().unwrap().insert(("gray".to_owned(), None), Arc::new(Dice));
        let painted = paint(&studio, r#"{"method":"gray","variants":3,"seed":7,"format":"png"}"#).unwrap();
        let told: Vec<_> = painted.variants.iter().map(|one| (one.seed, one.answer)).collect();
        assert_eq!(told, [(Some(7), 0), (Some(8), 0), (Some(9), 0)]);
        // One of them again, alone.
        let again = paint(&studio, r#"{"method":"gray","seed":9,"format":"png"}"#).unwrap();
        assert!(again.remembered && again.variants[0].bytes == painted.variants[2].bytes);
    }

    /// Draws one colour for all.
    struct Dice;

    static DICE: MethodInfo = MethodInfo {
        id: "dice",
        name: "Dice",
        summary: "Draws",
        paper: None,
        needs: &[],
        takes: &[GuidanceKind::Seed],
        options: &[],
        uses_model: false,
        reference_side: None,
    };

    impl Method for Dice {
        fn info(&self) -> &'static MethodInfo {
            &DICE
        }

        fn colorize(&self, _: &Plane, guidance: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
            let a = 3.0 * guidance.seed.unwrap_or(0) as f32;
            Ok(vec![Chroma { a: Plane::filled(1, 1, a), b: Plane::filled(1, 1, 0.0) }.into()])
        }
    }
}
