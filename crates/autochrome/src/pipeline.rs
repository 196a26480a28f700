//! The whole path from bytes to bytes, for many pictures and many threads at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use autochrome_color::stop;
use autochrome_media::{DecodeOptions, Format, Limits, decode, probe};
use autochrome_methods::{Method, registry};
use sha2::{Digest as _, Sha256};

use crate::budget::{Budget, picture_bytes};
use crate::opened::OpenedPicture;
use crate::order::Collage;
use crate::prepared::{Lookup, Prepared};
use crate::remembered::Remembered;
use crate::{Error, Model, Order};

/// Opens methods once, bounds the memory of all pictures that are worked on, and carries out orders.
///
/// ```
/// use autochrome::{Order, OrderDraft, Pipeline, Watch};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/photos/camera.png");
/// let pipeline = Pipeline::new();
/// let order = Order::new(OrderDraft { method: Some("gray".into()), ..OrderDraft::default() })?;
/// let finished = pipeline.run(&std::fs::read(photo)?, &order, &Watch::nobody())?;
/// assert_eq!(finished.size, (512, 512));
/// # Ok(())
/// # }
/// ```
pub struct Pipeline {
    limits: Limits,
    budget: Budget,
    methods: Mutex<OpenMethods>,
    remembered: Option<Remembered>,
}

/// Methods by their id and their model.
type OpenMethods = HashMap<(&'static str, Model), Arc<dyn Method>>;

/// Hears the bytes of a small picture.
pub type HearPreview<'a> = &'a dyn Fn(&[u8]);

/// Who waits for a picture.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Hears which share of the work is done, 0..=1, and answers whether to stop.
    pub reached: &'a dyn Fn(f32) -> bool,
    /// Hears a small JPEG as soon as the colours are found.
    pub preview: Option<HearPreview<'a>>,
}

impl Watch<'_> {
    /// Nobody does: the work goes on to its end.
    #[must_use]
    pub fn nobody() -> Self {
        Self { reached: &|_| false, preview: None }
    }
}

/// What became of a picture.
#[derive(Clone, Debug)]
pub struct Finished {
    /// One for each answer; never none.
    pub results: Vec<ResultFile>,
    /// Their format.
    pub format: Format,
    /// Columns and rows of each.
    pub size: (u32, u32),
    /// Id of the method.
    pub method: &'static str,
    /// Id of the model, if the method has one.
    pub model: Option<String>,
    /// Whether all answers were remembered from earlier orders.
    pub remembered: bool,
    /// What had to be left out or guessed, one plain sentence each.
    pub warnings: Vec<String>,
    /// How long it took.
    pub stages: Stages,
}

/// One answer as a file.
#[derive(Clone, Debug)]
pub struct ResultFile {
    /// The coloured picture, or before and after in its place ([`Collage::Instead`]).
    pub bytes: Vec<u8>,
    /// Before and after, where they were ordered as a second file ([`Collage::Beside`]).
    pub collage: Option<Vec<u8>>,
    /// The seed that it came from.
    pub seed: Option<u64>,
    /// Its place among the answers of the method.
    pub answer: usize,
}

/// Wall-clock milliseconds of each stage, over all answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stages {
    /// Bytes to luma.
    pub decode_ms: f64,
    /// Luma to chroma: the method.
    pub colorize_ms: f64,
    /// Luma and chroma to pixels.
    pub render_ms: f64,
    /// Pixels to bytes.
    pub encode_ms: f64,
    /// The side-by-side picture, 0 without one.
    pub collage_ms: f64,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self::new()
    }
}

impl Pipeline {
    /// The default limits, [`Budget::DEFAULT_BYTES`] of memory, and no answers remembered.
    #[must_use]
    pub fn new() -> Self {
        Self {
            limits: Limits::default(),
            budget: Budget::new(Budget::DEFAULT_BYTES),
            methods: Mutex::default(),
            remembered: None,
        }
    }

    /// What a file may cost.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Bytes that all pictures in work may take together; a larger one then goes alone.
    #[must_use]
    pub fn with_memory(mut self, bytes: u64) -> Self {
        self.budget = Budget::new(bytes);
        self
    }

    /// Remembers the latest answers, so that the same picture with another look or format takes no network.
    #[must_use]
    pub fn remembering(mut self) -> Self {
        self.remembered = Some(Remembered::default());
        self
    }

    /// What a file may cost.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The memory that all pictures share.
    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The method of an order, opened with its model; the second time it is open already.
    ///
    /// # Errors
    /// When the model is unknown, cannot be used, or given to a method that has no use for one.
    pub fn open(&self, order: &Order) -> Result<Arc<dyn Method>, Error> {
        let key = (order.method().id, order.model().clone());
        let mut methods = self.methods.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(method) = methods.get(&key) {
            return Ok(Arc::clone(method));
        }
        let method: Arc<dyn Method> =
            Arc::from(registry::find(order.method().id)?.open(order.model().source())?);
        methods.insert(key, Arc::clone(&method));
        Ok(method)
    }

    /// Decodes, colours and encodes a picture; waits for memory first. Ends between stages when `watch` says so, and within
    /// the long ones when it runs in a [`stop::scope`] whose flag is set.
    ///
    /// # Errors
    /// When a stage fails, or [`Error::Stopped`] when nobody waits any more.
    pub fn run(&self, bytes: &[u8], order: &Order, watch: &Watch<'_>) -> Result<Finished, Error> {
        let method = self.open(order)?;
        let result = self.run_with(method.as_ref(), bytes, order, watch);
        // What a stage says that ended early is not what happened.
        if stop::requested() { Err(Error::Stopped) } else { result }
    }

    /// As [`Pipeline::run`], with a method from anywhere.
    ///
    /// # Errors
    /// As [`Pipeline::run`].
    pub fn run_with(
        &self,
        method: &dyn Method,
        bytes: &[u8],
        order: &Order,
        watch: &Watch<'_>,
    ) -> Result<Finished, Error> {
        let reached = until(watch);
        reached(0.0)?;
        let header = probe(bytes, &self.limits)?;
        let _share = self.budget.take(order.cost_bytes(&header, bytes.len()));
        let mut stages = Stages::default();
        let decoding = DecodeOptions { limits: self.limits, keep_chroma: order.needs_colors() };
        let mut picture = timed(&mut stages.decode_ms, || decode(bytes, &decoding))?;
        reached(0.1)?;
        let warnings = std::mem::take(&mut picture.warnings);
        let prepared = order.check(&picture)?;
        let digest = self.remembered.as_ref().map(|_| Sha256::digest(bytes).into());
        let finished = self.finish(method, &prepared, digest, stages, watch)?;
        Ok(Finished { warnings, ..finished })
    }

    /// Reads a picture that is to be coloured again and again; waits for memory first.
    ///
    /// # Errors
    /// When it is no picture or beyond the limits.
    pub fn open_picture(&self, bytes: Vec<u8>) -> Result<OpenedPicture, Error> {
        let header = probe(&bytes, &self.limits)?;
        let _share = self.budget.take(picture_bytes(&header, true) + bytes.len() as u64);
        let decoding = DecodeOptions { limits: self.limits, keep_chroma: true };
        let picture = decode(&bytes, &decoding)?;
        let digest = Sha256::digest(&bytes).into();
        Ok(OpenedPicture::new(bytes, digest, picture))
    }

    /// As [`Pipeline::run`], of a picture that is open.
    ///
    /// # Errors
    /// As [`Pipeline::run`].
    pub fn run_opened(
        &self,
        opened: &OpenedPicture,
        order: &Order,
        watch: &Watch<'_>,
    ) -> Result<Finished, Error> {
        // Colours are many, and few orders ask for them.
        if order.needs_colors() {
            return self.run(&opened.bytes, order, watch);
        }
        let method = self.open(order)?;
        until(watch)(0.0)?;
        let header = probe(&opened.bytes, &self.limits)?;
        let _share = self.budget.take(order.cost_bytes(&header, 0));
        let prepared = order.check(&opened.picture)?;
        if let Some(side_px) = order.finish.max_side_px
            && opened.size().0.max(opened.size().1) > side_px as usize
        {
            // Cannot be set before: it was just made.
            let _ = prepared.shrunk.set(opened.small(side_px));
        }
        let result = self.finish(method.as_ref(), &prepared, Some(opened.digest), Stages::default(), watch);
        if stop::requested() {
            return Err(Error::Stopped);
        }
        Ok(Finished { warnings: opened.picture.warnings.clone(), ..result? })
    }

    /// Finds the colours of a picture and puts them on it.
    fn finish(
        &self,
        method: &dyn Method,
        prepared: &Prepared<'_>,
        digest: Option<[u8; 32]>,
        mut stages: Stages,
        watch: &Watch<'_>,
    ) -> Result<Finished, Error> {
        let (reached, order) = (until(watch), prepared.order());
        let lookup =
            self.remembered.as_ref().zip(digest).map(|(remembered, picture)| Lookup { remembered, picture });
        let (variants, remembered) = timed(&mut stages.colorize_ms, || {
            prepared.answers_from(method, lookup.as_ref(), &|share| reached(0.1 + 0.6 * share))
        })?;
        reached(0.7)?;
        if let (Some(hear), Some(first)) = (watch.preview, variants.first()) {
            hear(&prepared.preview(&first.answer)?);
        }
        let (mut size, mut results) = ((0, 0), Vec::with_capacity(variants.len()));
        let all = variants.len() as f32;
        for (number, variant) in variants.into_iter().enumerate() {
            reached(0.7 + 0.3 * number as f32 / all)?;
            let mut colored = timed(&mut stages.render_ms, || prepared.render(&variant.answer))?;
            if order.finish.collage == Collage::Instead {
                colored = timed(&mut stages.collage_ms, || prepared.collage(&colored))?;
            }
            size = (colored.raster().width(), colored.raster().height());
            let bytes = timed(&mut stages.encode_ms, || prepared.encode(&colored))?;
            reached(0.7 + 0.3 * (number as f32 + 0.5) / all)?;
            let collage = if order.finish.collage == Collage::Beside {
                let make = || prepared.encode(&prepared.collage(&colored)?);
                Some(timed(&mut stages.collage_ms, make)?)
            } else {
                None
            };
            results.push(ResultFile { bytes, collage, seed: variant.seed, answer: variant.place });
        }
        Ok(Finished {
            results,
            format: prepared.format(),
            size,
            method: order.method().id,
            model: method.model().map(str::to_owned),
            remembered,
            warnings: Vec::new(),
            stages,
        })
    }
}

/// Whether to go on, at a share of the work.
fn until(watch: &Watch<'_>) -> impl Fn(f32) -> Result<(), Error> {
    move |share| if (watch.reached)(share) || stop::requested() { Err(Error::Stopped) } else { Ok(()) }
}

impl Stages {
    /// Milliseconds of all stages together.
    #[must_use]
    pub fn total_ms(&self) -> f64 {
        self.decode_ms + self.colorize_ms + self.render_ms + self.encode_ms + self.collage_ms
    }
}

/// Runs a stage and adds how long it took.
fn timed<T, E>(ms: &mut f64, stage: impl FnOnce() -> Result<T, E>) -> Result<T, Error>
where
    Error: From<E>,
{
    let start = Instant::now();
    let result = stage();
    *ms += start.elapsed().as_secs_f64() * 1e3;
    Ok(result?)
}
