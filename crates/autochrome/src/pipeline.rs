//! The whole path from bytes to bytes, for many pictures and many threads at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use autochrome_color::stop;
use autochrome_engine::Features;
use autochrome_media::{
    Coloring, DecodeOptions, Depth, Format, Header, Inner, Kind, Limits, Overview, Picture, Subject, decode,
    decode_levels, decode_page, join_pages, page_count, probe, probe_page,
};
use autochrome_methods::{Method, PlaceDescription, registry};
use sha2::{Digest as _, Sha256};

use crate::budget::{Budget, Share, picture_bytes, rows_bytes};
use crate::opened::OpenedPicture;
use crate::order::{Extra, Pages};
use crate::prepared::{COPY_SIDE_PX, Lookup, Prepared, Variant, needs_copy};
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
/// let finished = pipeline.run(&std::fs::read(photo)?, &order, &Watch::none())?;
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
    pub fn none() -> Self {
        Self { reached: &|_| false, preview: None }
    }
}

/// What became of a picture.
#[derive(Clone, Debug)]
pub struct Finished {
    /// One for each answer; never none.
    pub results: Vec<ResultFile>,
    /// What kind of file each is.
    pub file_type: FileType,
    /// Columns and rows of each.
    pub size: (u32, u32),
    /// Id of the method.
    pub method: &'static str,
    /// Id of the model, if the method has one.
    pub model: Option<String>,
    /// What kind of picture it was; that of the first page of several.
    pub kind: Kind,
    /// Whether all answers were remembered from earlier orders.
    pub remembered: bool,
    /// What had to be left out or guessed, one plain sentence each.
    pub warnings: Vec<String>,
    /// Pages that could not be coloured, where that was no reason to end ([`crate::OrderDraft::skip_damaged_pages`]).
    pub failed: Vec<FailedPage>,
    /// How long it took.
    pub stages: Stages,
}

/// A page that could not be coloured, among others that could.
#[derive(Clone, Debug)]
pub struct FailedPage {
    /// Which page, counted from 1.
    pub page: usize,
    /// The [code](Error::code) of the error.
    pub code: &'static str,
    /// What is wrong, with the page in front.
    pub message: String,
}

/// What kind of file an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A picture.
    Picture(Format),
    /// Layers in an OpenRaster file.
    OpenRaster,
}

impl FileType {
    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Picture(format) => format.media_type(),
            Self::OpenRaster => "image/openraster",
        }
    }

    /// The usual extension of its name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Picture(format) => format.extension(),
            Self::OpenRaster => "ora",
        }
    }
}

/// One answer as a file.
#[derive(Clone, Debug)]
pub struct ResultFile {
    /// The coloured picture, or what was ordered in its place ([`Extra::Instead`]).
    pub bytes: Vec<u8>,
    /// Before and after, where they were ordered as a second file ([`Extra::Beside`]).
    pub collage: Option<Vec<u8>>,
    /// An OpenRaster file, where one was ordered beside the picture.
    pub layers: Option<Vec<u8>>,
    /// The colour alone, where it was ordered beside the picture: a PNG, or a TIFF where that is the format.
    pub color_layer: Option<Vec<u8>>,
    /// The seed that it came from.
    pub seed: Option<u64>,
    /// Its place among the answers of the method.
    pub answer: usize,
    /// Which page of the picture it is, counted from 1; the first of several that are in one file.
    pub page: usize,
}

/// What there is to know about a picture before it is coloured.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The format of the bytes.
    pub format: Format,
    /// Columns of the upright picture.
    pub width: usize,
    /// Rows of the upright picture.
    pub height: usize,
    /// Bits a sample.
    pub depth: Depth,
    /// Pages of the file.
    pub pages: usize,
    /// What kind of picture it is.
    pub kind: Kind,
    /// What lies within borders, where there are any.
    pub inner: Option<Inner>,
    /// What had to be left out or guessed, one plain sentence each.
    pub warnings: Vec<String>,
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

impl Finished {
    /// Whether pages become one file of this type, and not one each.
    fn is_one_file_of_pages(&self) -> bool {
        self.file_type == FileType::Picture(Format::Tiff)
    }
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
        let pages = match order.pages {
            Pages::One(page) => vec![page.max(1) as usize - 1],
            Pages::All => (0..page_count(bytes)?).collect(),
        };
        let (several, all) = (pages.len() > 1, pages.len() as f32);
        // Among others a page in colour keeps its colours, so that none is missing; what inverts pictures would invert them, too.
        let colored = match (order.leave_colored, several) {
            (false, _) => ColoredPage::Anew,
            (true, true) if order.question.invert => ColoredPage::Anew,
            (true, true) => ColoredPage::Kept,
            (true, false) => ColoredPage::Refused,
        };
        let mut finished: Vec<Finished> = Vec::with_capacity(pages.len());
        let mut failed: Vec<(FailedPage, Error)> = Vec::new();
        for (done, page) in pages.into_iter().enumerate() {
            let reached = |share: f32| checkpoint(watch)((done as f32 + share) / all);
            let watch = PageWatch { reached: &reached, preview: watch.preview.filter(|_| done == 0) };
            match self.page(method, bytes, order, page, colored, &watch) {
                Ok(page) => finished.push(page),
                Err(error) if !several => return Err(error),
                Err(error) => {
                    let error = error.on_page(page + 1);
                    let in_one_file = finished.first().is_some_and(Finished::is_one_file_of_pages);
                    if !order.skip_damaged_pages || in_one_file || !matches!(error, Error::Page { .. }) {
                        return Err(error);
                    }
                    let told = FailedPage { page: page + 1, code: error.code(), message: error.to_string() };
                    failed.push((told, error));
                }
            }
        }
        let in_one_file = finished.first().is_none_or(Finished::is_one_file_of_pages);
        if in_one_file && !failed.is_empty() {
            return Err(failed.swap_remove(0).1);
        }
        if failed.is_empty()
            && order.leave_colored
            && !order.recolors()
            && finished.iter().all(|page| page.kind.coloring == Coloring::Color)
        {
            return Err(Error::InColor);
        }
        let failed = failed.into_iter().map(|(told, _)| told).collect();
        Ok(Finished { failed, ..combine_pages(finished, several)? })
    }

    /// One page, counted from 0.
    fn page(
        &self,
        method: &dyn Method,
        bytes: &[u8],
        order: &Order,
        page: usize,
        colored: ColoredPage,
        watch: &PageWatch<'_>,
    ) -> Result<Finished, Error> {
        let finish = |prepared: &Prepared<'_>, kind: Kind, stages: Stages| {
            let digest = self.remembered.as_ref().map(|_| Sha256::digest(bytes).into());
            let mut finished =
                self.finish(method, prepared, &Source { digest, page, kind, colored }, stages, watch)?;
            finished.warnings.splice(0..0, prepared.losses());
            Ok(finished)
        };
        let asked = Asked { order, page, colored, as_file: true };
        let (mut finished, warnings) = self.on_page(bytes, &asked, watch.reached, finish)?;
        finished.warnings.splice(0..0, warnings);
        Ok(finished)
    }

    /// Decodes a page, checks that the order fits it, and goes on with both; waits for memory first. The second value is what had to be left
    /// out or guessed.
    pub(crate) fn on_page<T>(
        &self,
        bytes: &[u8],
        asked: &Asked<'_>,
        reached: &dyn Fn(f32) -> Result<(), Error>,
        go_on: impl FnOnce(&Prepared<'_>, Kind, Stages) -> Result<T, Error>,
    ) -> Result<(T, Vec<String>), Error> {
        let &Asked { order, page, colored, as_file } = asked;
        reached(0.0)?;
        let header = probe_page(bytes, &self.limits, page)?;
        let mut share = Some(self.budget.take(order.cost_bytes(&header, bytes.len(), as_file)));
        let mut stages = Stages::default();
        let mut decoding = DecodeOptions { limits: self.limits, keep_chroma: order.needs_colors() };
        let page = if order.pages == Pages::One(1) { None } else { Some(page) };
        let (mut picture, mut levels) = timed(&mut stages.decode_ms, || match page {
            _ if as_file && order.works_on_copy_of(&header) => {
                decode_levels(bytes, &decoding, page, COPY_SIDE_PX)
            }
            None => Ok((decode(bytes, &decoding)?, None)),
            Some(page) => Ok((decode_page(bytes, &decoding, page)?, None)),
        })?;
        reached(0.1)?;

        let mut warnings = std::mem::take(&mut picture.warnings);
        let (overview, kind) = timed(&mut stages.decode_ms, || {
            let overview = Overview::of(&picture.luma);
            let kind = picture.kind_by(&overview);
            Ok::<_, Error>((Arc::new(overview), kind))
        })?;
        let is_kept = colored == ColoredPage::Kept && keeps_colors(kind, order);
        if colored == ColoredPage::Refused && keeps_colors(kind, order) {
            return Err(Error::InColor);
        }
        if is_kept && !decoding.keep_chroma {
            // Few pages are in colour among gray ones: those are read again, and the others need no memory for colours.
            decoding.keep_chroma = true;
            drop((picture, levels.take(), share.take()));
            share = Some(self.budget.take(picture_bytes(&header, true) + bytes.len() as u64));
            picture = timed(&mut stages.decode_ms, || match page {
                None => decode(bytes, &decoding),
                Some(page) => decode_page(bytes, &decoding, page),
            })?;
        }
        warnings.extend(kind_warnings(kind, order, is_kept));
        let mut prepared = order.check(&picture)?.with_overview(&overview).with_levels(levels);
        if is_kept {
            prepared = prepared.without_borders();
        }
        let done = go_on(&prepared, kind, stages)?;
        drop(share);
        Ok((done, warnings))
    }

    /// Reads a picture that is to be coloured again and again; waits for memory first.
    ///
    /// # Errors
    /// When it is no picture or beyond the limits.
    pub fn open_picture(&self, bytes: Vec<u8>) -> Result<OpenedPicture, Error> {
        let header = probe(&bytes, &self.limits)?;
        let _share = self.budget.take(picture_bytes(&header, false) + bytes.len() as u64);
        let decoding = DecodeOptions { limits: self.limits, keep_chroma: false };
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
        // Colours are many, and few orders ask for them or for other pages.
        if order.needs_colors() || order.pages != Pages::default() || order.leave_colored {
            return self.run(&opened.bytes, order, watch);
        }
        let method = self.open(order)?;
        checkpoint(watch)(0.0)?;
        let header = probe(&opened.bytes, &self.limits)?;
        let _share = self.budget.take(order.cost_bytes(&header, 0, true));
        let prepared = order.check(&opened.picture)?.with_overview(&opened.overview);
        if let Some(side_px) = order.finish.max_side_px
            && opened.size().0.max(opened.size().1) > side_px as usize
        {
            // Cannot be set before: it was just made.
            let _ = prepared.shrunk.set(opened.small(side_px));
        }
        let source =
            Source { digest: Some(opened.digest), page: 0, kind: opened.kind(), colored: ColoredPage::Anew };
        let reached = checkpoint(watch);
        let watch = PageWatch { reached: &reached, preview: watch.preview };
        let result = self.finish(method.as_ref(), &prepared, &source, Stages::default(), &watch);
        if stop::requested() {
            return Err(Error::Stopped);
        }
        let finished = result?;
        let mut warnings = opened.picture.warnings.clone();
        warnings.extend(kind_warnings(opened.kind(), order, false));
        warnings.extend(prepared.losses());
        warnings.extend(finished.warnings);
        Ok(Finished { warnings, ..finished })
    }

    /// What lies at a place of a picture, as the method of an order sees it; x and y are 0..=1 of width and height.
    ///
    /// # Errors
    /// When the method or its model does not tell things apart, or the place is outside of the picture.
    pub fn describe_place(
        &self,
        opened: &OpenedPicture,
        order: &Order,
        place: [f32; 2],
    ) -> Result<PlaceDescription, Error> {
        if !place.iter().all(|share| (0.0..=1.0).contains(share)) {
            return Err(Error::GuidanceOutOfRange("places lie in 0 to 1".to_owned()));
        }
        let method = self.open(order)?;
        Ok(method.describe_place(&opened.picture.luma, place, &order.question.options)?)
    }

    /// Finds the colours of a picture and puts them on it.
    fn finish(
        &self,
        method: &dyn Method,
        prepared: &Prepared<'_>,
        source: &Source,
        mut stages: Stages,
        watch: &PageWatch<'_>,
    ) -> Result<Finished, Error> {
        let (reached, order) = (watch.reached, prepared.order());
        let Source { digest, page, kind, colored } = *source;
        let is_kept = colored == ColoredPage::Kept && keeps_colors(kind, order);
        let kept = if is_kept { prepared.own_colors() } else { None };
        let lookup = self.remembered.as_ref().zip(digest);
        let lookup = lookup.map(|(remembered, picture)| Lookup { remembered, picture, page });
        let (variants, remembered) = timed(&mut stages.colorize_ms, || match kept {
            Some(variants) => Ok((variants, false)),
            None => prepared.answers_from(method, lookup.as_ref(), &|share| reached(0.1 + 0.6 * share)),
        })?;
        reached(0.7)?;
        if let (Some(hear), Some(first)) = (watch.preview, variants.first()) {
            hear(&prepared.preview(&first.answer)?);
        }
        let notes = variants.first().map_or_else(Vec::new, |first| first.answer.notes.clone());
        let (mut size, mut results) = ((0, 0), Vec::with_capacity(variants.len()));
        let all = variants.len() as f32;
        for (number, variant) in variants.iter().enumerate() {
            let reached = |share: f32| reached(0.7 + 0.3 * (number as f32 + share) / all);
            reached(0.0)?;
            let (file, full) = result_file(prepared, variant, page, &mut stages, &reached)?;
            size = full;
            results.push(file);
        }
        let file_type = match (order.finish.layers, order.finish.color_layer) {
            (Extra::Instead, _) => FileType::OpenRaster,
            (_, Extra::Instead) => FileType::Picture(prepared.layer_format()),
            _ => FileType::Picture(prepared.format()),
        };
        Ok(Finished {
            results,
            file_type,
            size,
            method: order.method().id,
            model: method.model().map(str::to_owned),
            kind,
            remembered,
            warnings: notes,
            failed: Vec::new(),
            stages,
        })
    }

    /// Tells what kind of picture the first page of a file is, without colouring it; waits for memory first.
    ///
    /// # Errors
    /// When it is no picture or beyond the limits.
    pub fn inspect(&self, bytes: &[u8]) -> Result<Inspection, Error> {
        let (header, picture, _share) = self.look_at(bytes)?;
        let (width, height) = (header.width as usize, header.height as usize);
        let overview = Overview::of(&picture.luma);
        Ok(Inspection {
            format: picture.format,
            width,
            height,
            depth: picture.depth,
            pages: page_count(bytes)?,
            kind: picture.kind_by(&overview),
            inner: overview.inner().map(|inner| inner.scaled(picture.luma.size(), (width, height))),
            warnings: picture.warnings,
        })
    }

    /// What the network of an order's method sees in the first page of a file, the finest scale first: vectors that lie close together
    /// for places and pictures that show the same, whatever their colours. Waits for memory first.
    ///
    /// # Shapes
    /// One grid a scale over the whole picture, borders included: a cell has as many pixels of the picture at the network's working size (the option
    /// `size` of the method `neural`) as that scale halves, and the last ones of a row or column may reach beyond the edge. With the
    /// default model a cell has 2, 4, 8, 16 and 32 pixels a side, and its vector 16, 24, 48, 120 and 352 values.
    ///
    /// # Errors
    /// When it is no picture or beyond the limits, or the method has no network with an encoder.
    pub fn features(&self, bytes: &[u8], order: &Order) -> Result<Vec<Features>, Error> {
        let method = self.open(order)?;
        let (_, picture, _share) = self.look_at(bytes)?;
        Ok(method.features(&picture.luma, &order.question.options)?)
    }

    /// The header of the first page of a file, and the page in gray, small where it is very large; with the memory that it takes.
    fn look_at(&self, bytes: &[u8]) -> Result<(Header, Picture, Share<'_>), Error> {
        let header = probe_page(bytes, &self.limits, 0)?;
        let decoding = DecodeOptions { limits: self.limits, keep_chroma: false };
        let cost = if needs_copy(&header) && !header.alpha {
            rows_bytes(&header, Some(COPY_SIDE_PX))
        } else {
            picture_bytes(&header, false)
        };
        let share = self.budget.take(cost + bytes.len() as u64);
        let picture = if needs_copy(&header) {
            decode_levels(bytes, &decoding, None, COPY_SIDE_PX)?.0
        } else {
            decode(bytes, &decoding)?
        };
        Ok((header, picture, share))
    }
}

/// An answer as files, and their columns and rows.
fn result_file(
    prepared: &Prepared<'_>,
    variant: &Variant,
    page: usize,
    stages: &mut Stages,
    reached: &dyn Fn(f32) -> Result<(), Error>,
) -> Result<(ResultFile, (u32, u32)), Error> {
    let mut file = ResultFile {
        bytes: Vec::new(),
        collage: None,
        layers: None,
        color_layer: None,
        seed: variant.seed,
        answer: variant.place,
        page: page + 1,
    };
    if let Some(banded) = timed(&mut stages.encode_ms, || prepared.encode_bands(&variant.answer))? {
        stages.encode_ms -= banded.render_ms;
        stages.render_ms += banded.render_ms;
        file.bytes = banded.bytes;
        return Ok((file, banded.size));
    }
    let finish = &prepared.order().finish;
    let mut colored = timed(&mut stages.render_ms, || prepared.render(&variant.answer))?;
    timed(&mut stages.encode_ms, || {
        if finish.layers != Extra::Without {
            file.layers = Some(prepared.open_raster(&colored)?);
        }
        if finish.color_layer != Extra::Without {
            file.color_layer = Some(prepared.color_layer(&colored)?);
        }
        Ok::<_, Error>(())
    })?;
    if finish.collage == Extra::Instead {
        colored = timed(&mut stages.collage_ms, || prepared.collage(&colored))?;
    }
    let instead = match (finish.layers, finish.color_layer) {
        (Extra::Instead, _) => file.layers.take(),
        (_, Extra::Instead) => file.color_layer.take(),
        _ => None,
    };
    file.bytes = match instead {
        Some(bytes) => bytes,
        None => timed(&mut stages.encode_ms, || prepared.encode(&colored))?,
    };
    reached(0.5)?;
    if finish.collage == Extra::Beside {
        let make = || prepared.encode(&prepared.collage(&colored)?);
        file.collage = Some(timed(&mut stages.collage_ms, make)?);
    }
    Ok((file, (colored.raster().width(), colored.raster().height())))
}

/// What becomes of a page that is in colour already, unless changing colours is what was ordered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColoredPage {
    /// It is coloured anew, with a warning.
    Anew,
    /// It keeps the colours that it has, with a warning.
    Kept,
    /// [`Error::InColor`].
    Refused,
}

/// What is asked of a page.
pub(crate) struct Asked<'a> {
    pub(crate) order: &'a Order,
    /// Counted from 0.
    pub(crate) page: usize,
    pub(crate) colored: ColoredPage,
    /// Whether a file is wanted: all pixels of a large picture are never in memory then.
    pub(crate) as_file: bool,
}

/// What a page is a page of.
struct Source {
    /// Digest of the file, where answers are remembered.
    digest: Option<[u8; 32]>,
    /// Counted from 0.
    page: usize,
    kind: Kind,
    colored: ColoredPage,
}

/// Whether a picture has colours, and no order to change them.
fn keeps_colors(kind: Kind, order: &Order) -> bool {
    kind.coloring == Coloring::Color && !order.recolors()
}

/// What a person should know of the kind of picture that was coloured; `is_kept` says that it has kept its colours.
fn kind_warnings(kind: Kind, order: &Order, is_kept: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if keeps_colors(kind, order) {
        let what = if is_kept { "kept (--recolor replaces them)" } else { "replaced" };
        warnings.push(format!("the picture is in colour already; its colours were {what}"));
    }
    if kind.subject == Subject::Negative && !order.question.invert {
        warnings.push("this looks like a negative; invert it (--invert) to get a positive".to_owned());
    }
    warnings
}

/// Who waits for a page.
struct PageWatch<'a> {
    reached: &'a dyn Fn(f32) -> Result<(), Error>,
    preview: Option<HearPreview<'a>>,
}

/// Pages as one: a TIFF of several where that is the format, else a result for each of them.
fn combine_pages(mut pages: Vec<Finished>, several: bool) -> Result<Finished, Error> {
    let warnings = if several { Some(warnings_by_page(&pages)) } else { None };
    let by_page: Vec<_> = pages.iter_mut().map(|page| std::mem::take(&mut page.results)).collect();
    let mut pages = pages.into_iter();
    let mut first = pages.next().ok_or(Error::Media(autochrome_media::MediaError::EmptyFile))?;
    for page in pages {
        first.remembered &= page.remembered;
        first.stages.add(&page.stages);
    }
    if let Some(warnings) = warnings {
        first.warnings = warnings;
    }
    if !several || !first.is_one_file_of_pages() {
        first.results = by_page.into_iter().flatten().collect();
        return Ok(first);
    }
    // One file for each answer; a page with fewer of them ends the list.
    let answers = by_page.iter().map(Vec::len).min().unwrap_or(0);
    let mut by_page: Vec<_> = by_page.into_iter().map(Vec::into_iter).collect();
    for _ in 0..answers {
        let (mut files, mut collages, mut told) = (Vec::new(), Vec::new(), None);
        for result in by_page.iter_mut().filter_map(Iterator::next) {
            told.get_or_insert((result.seed, result.answer, result.page));
            files.push(result.bytes);
            collages.extend(result.collage);
        }
        let collage = if collages.is_empty() { None } else { Some(join_pages(collages)?) };
        let (seed, answer, page) = told.unwrap_or_default();
        // Layers are made of one page alone.
        let (layers, color_layer) = (None, None);
        let bytes = join_pages(files)?;
        first.results.push(ResultFile { bytes, collage, layers, color_layer, seed, answer, page });
    }
    Ok(first)
}

/// The warnings of several pages, each once and with the pages that it is about, unless it is about all of them.
fn warnings_by_page(pages: &[Finished]) -> Vec<String> {
    let mut told: Vec<(&str, Vec<usize>)> = Vec::new();
    for finished in pages {
        let page = finished.results.first().map_or(0, |result| result.page);
        for warning in &finished.warnings {
            match told.iter_mut().find(|(known, _)| known == warning) {
                Some((_, numbers)) if numbers.last() == Some(&page) => {}
                Some((_, numbers)) => numbers.push(page),
                None => told.push((warning, vec![page])),
            }
        }
    }
    let told = told.into_iter().map(|(warning, numbers)| match &numbers[..] {
        all if all.len() == pages.len() => warning.to_owned(),
        [page] => format!("page {page}: {warning}"),
        some => {
            let some: Vec<String> = some.iter().map(ToString::to_string).collect();
            format!("pages {}: {warning}", some.join(", "))
        }
    });
    told.collect()
}

/// Whether to go on, at a share of the work.
pub(crate) fn checkpoint(watch: &Watch<'_>) -> impl Fn(f32) -> Result<(), Error> {
    move |share| if (watch.reached)(share) || stop::requested() { Err(Error::Stopped) } else { Ok(()) }
}

impl Stages {
    fn add(&mut self, more: &Self) {
        self.decode_ms += more.decode_ms;
        self.colorize_ms += more.colorize_ms;
        self.render_ms += more.render_ms;
        self.encode_ms += more.encode_ms;
        self.collage_ms += more.collage_ms;
    }

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
