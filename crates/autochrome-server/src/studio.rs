//! From the bytes of a request to the bytes of its answer, on a thread of the pool.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use autochrome::{
    Answer, Chroma, Colorizer, DecodeOptions, EncodeOptions, Guidance, Limits, Method, MethodError,
    MethodInfo, ModelSource, Options, Picture, Pixels, Plane, Raster, decode, encode, models, registry,
};
use autochrome_color::filters::{Cube, Look};
use autochrome_color::resize::{Filter as Resampling, fit_within, resize_plane};
use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};

use crate::options::ColorizeOptions;
use crate::problem::Problem;

/// Answers of methods that are remembered, so that another filter or format does not run the network again.
const REMEMBERED: usize = 24;

/// Largest chroma that is remembered, in samples: beyond, memory is worth more than time.
const REMEMBERED_SAMPLES: usize = 1 << 20;

/// Methods by their id and the id of their model.
type OpenMethods = HashMap<(String, Option<String>), Arc<dyn Method>>;

/// Opened methods and what they answered lately; nothing of it is ever written to disk.
pub struct Studio {
    limits: Limits,
    weights: Option<Vec<u8>>,
    open: Mutex<OpenMethods>,
    memory: Mutex<VecDeque<([u8; 32], Arc<Chroma>)>>,
}

/// Hears which share of the work is done, 0..=1, and answers whether to stop.
pub type Watch<'a> = &'a dyn Fn(f32) -> bool;

/// A picture with what there is to tell about it.
pub struct Painted {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// Columns and rows.
    pub size: (u32, u32),
    /// Id of the method.
    pub method: &'static str,
    /// Id of the model, if the method has one.
    pub model: Option<String>,
    /// Whether the colours were remembered from an earlier request.
    pub remembered: bool,
    /// What had to be left out or guessed.
    pub warnings: Vec<String>,
    /// Milliseconds for everything.
    pub total_ms: f64,
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

    /// Does what a request asks for; looks between the stages whether anybody still waits for it.
    ///
    /// # Errors
    /// When the picture, the options or the installation do not allow it.
    pub fn paint(&self, bytes: &[u8], ask: &ColorizeOptions, watch: Watch<'_>) -> Result<Painted, Problem> {
        let start = Instant::now();
        let reached = |share| if watch(share) { Err(Problem::stopping()) } else { Ok(()) };
        let look = ask.look.look()?;
        let guidance = ask.guidance()?;
        let method =
            self.method(ask.method.as_deref().unwrap_or(self.default_method()), ask.model.as_deref())?;
        let mut options = Options::default();
        for (id, value) in ask.settings()? {
            options.set(method.info(), id, &value)?;
        }
        method.info().check(&guidance)?;

        let mut picture = decode(bytes, &DecodeOptions { limits: self.limits, keep_chroma: false })?;
        let format = ask.format(picture.format)?;
        let encoding = EncodeOptions { quality: ask.quality.unwrap_or(92), ..EncodeOptions::new(format) };
        reached(0.1)?;
        let key = key_of(bytes, ask, method.as_ref());
        let (chroma, remembered) = match self.recall(&key) {
            Some(chroma) => (chroma, true),
            None => {
                let answers = method.colorize(&picture.luma, &guidance, &options)?;
                let best = answers.into_iter().next().ok_or(autochrome::Error::NoAnswer(method.info().id))?;
                let chroma = Arc::new(best.chroma);
                self.remember(key, Arc::clone(&chroma));
                (chroma, false)
            }
        };
        reached(0.7)?;
        if let Some(side) = ask.max_side_px {
            shrink(&mut picture, side.max(1) as usize);
        }
        let info = method.info();
        let painter = Colorizer::with_method(Box::new(Known { info, chroma }));
        let mut colored = painter.colorize(&picture)?;
        let mut untouched = 0;
        if ask.collage {
            colored = colored.collage(&picture)?;
            untouched = colored.raster().width() as usize - picture.width();
        }
        reached(0.8)?;
        let size = (colored.raster().width(), colored.raster().height());
        let bytes = if look.is_identity() {
            colored.encode(&encoding)?
        } else {
            encode(&changed(colored.raster(), &look, untouched)?, &picture.metadata, &encoding)?
        };
        Ok(Painted {
            bytes,
            media_type: format.media_type(),
            size,
            method: info.id,
            model: method.model().map(str::to_owned),
            remembered,
            warnings: picture.warnings,
            total_ms: start.elapsed().as_secs_f64() * 1e3,
        })
    }

    fn recall(&self, key: &[u8; 32]) -> Option<Arc<Chroma>> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let found = memory.iter().position(|(known, _)| known == key)?;
        let entry = memory.remove(found)?;
        let chroma = Arc::clone(&entry.1);
        memory.push_back(entry);
        Some(chroma)
    }

    fn remember(&self, key: [u8; 32], chroma: Arc<Chroma>) {
        if chroma.a.data().len() > REMEMBERED_SAMPLES {
            return;
        }
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() == REMEMBERED {
            memory.pop_front();
        }
        memory.push_back((key, chroma));
    }
}

/// What decides about the chroma: the picture, the method, its model and settings, and the guidance.
fn key_of(bytes: &[u8], ask: &ColorizeOptions, method: &dyn Method) -> [u8; 32] {
    let asked = format!(
        "{} {:?} {:?} {:?} {:?} {:?}",
        method.info().id,
        method.model(),
        ask.settings,
        ask.points,
        ask.strokes,
        ask.seed
    );
    Sha256::new()
        .chain_update(asked.len().to_le_bytes())
        .chain_update(asked)
        .chain_update(bytes)
        .finalize()
        .into()
}

/// A picture whose longer side is at most `side_px`, without opacity: good for looking at.
fn shrink(picture: &mut Picture, side_px: usize) {
    let (width, height) = fit_within(picture.width(), picture.height(), side_px);
    if (width, height) != picture.luma.size() {
        picture.luma = resize_plane(&picture.luma, width, height, Resampling::Area);
        picture.alpha = None;
    }
}

/// The pixels under a look; the first `untouched` columns stay as they are.
fn changed(raster: &Raster, look: &Look, untouched: usize) -> Result<Raster, Problem> {
    let (width, cube) = (raster.width() as usize, Cube::new(look));
    let mut pixels = raster.pixels().clone();
    match &mut pixels {
        Pixels::Rgb8(rgb) => cube.apply8(rgb, width, untouched),
        Pixels::Rgb16(rgb) => cube.apply16(rgb, width, untouched),
        _ => {
            return Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "defect", "a result without colour"));
        }
    }
    Ok(Raster::new(raster.width(), raster.height(), pixels)?.with_alpha(raster.alpha().cloned())?)
}

/// A method whose answer is known already.
struct Known {
    info: &'static MethodInfo,
    chroma: Arc<Chroma>,
}

impl Method for Known {
    fn info(&self) -> &'static MethodInfo {
        self.info
    }

    fn colorize(&self, _: &Plane, _: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
        Ok(vec![Chroma::clone(&self.chroma).into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: &[u8] = include_bytes!("../../../examples/photos/camera.png");

    fn paint(studio: &Studio, json: &str) -> Result<Painted, Problem> {
        studio.paint(CAMERA, &serde_json::from_str(json).unwrap(), &|_| false)
    }

    #[test]
    fn the_second_look_at_a_picture_is_remembered() {
        let studio = Studio::new(Limits::default(), None);
        assert!(!paint(&studio, r#"{"method":"gray"}"#).unwrap().remembered);
        let sepia = paint(&studio, r#"{"method":"gray","look":{"filter":"sepia"}}"#).unwrap();
        assert!(sepia.remembered);
        let picture = decode(&sepia.bytes, &DecodeOptions::default()).unwrap();
        assert!(!picture.was_gray);
    }

    #[test]
    fn without_a_look_luma_is_that_of_the_input() {
        let studio = Studio::new(Limits::default(), None);
        let painted = paint(&studio, r#"{"method":"gray"}"#).unwrap();
        let (before, after) = (
            decode(CAMERA, &DecodeOptions::default()).unwrap(),
            decode(&painted.bytes, &DecodeOptions::default()).unwrap(),
        );
        assert_eq!(before.luma, after.luma);
    }

    #[test]
    fn a_filter_leaves_the_left_half_of_a_collage_alone() {
        let studio = Studio::new(Limits::default(), None);
        let painted =
            paint(&studio, r#"{"method":"gray","collage":true,"look":{"filter":"cyanotype"}}"#).unwrap();
        assert_eq!(painted.size, (512 + 10 + 512, 512));
        let chroma = decode(&painted.bytes, &DecodeOptions::default()).unwrap().chroma.unwrap();
        let row = chroma.b.row(200);
        assert!(row[..512].iter().all(|b| b.abs() < 0.01) && row[600..].iter().any(|b| *b < -5.0));
    }

    #[test]
    fn a_preview_has_the_side_that_was_asked_for() {
        let studio = Studio::new(Limits::default(), None);
        let painted = paint(&studio, r#"{"method":"gray","max_side_px":100,"format":"jpeg"}"#).unwrap();
        assert_eq!((painted.size, painted.media_type), ((100, 100), "image/jpeg"));
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
        assert_eq!(studio.paint(CAMERA, &ask, &|_| true).err().unwrap().code, "stopping");
    }
}
