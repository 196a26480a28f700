//! What is to be done with a picture, as one value.
//!
//! Whoever wants a picture in colour fills in an [`OrderDraft`]: the command line, the HTTP interface, a stored job, the
//! evaluator, a program that uses this library. [`Order::new`] checks it once, as far as that is possible without a picture, and
//! [`Order::check`] adds the picture. From there on there is one way to the pixels: [`Prepared::answers`] and
//! [`Prepared::render`].
//!
//! [`Prepared::answers`]: crate::Prepared::answers
//! [`Prepared::render`]: crate::Prepared::render

use autochrome_color::Tone;
use autochrome_color::filters::Look;
use autochrome_media::{Format, Header};
use autochrome_methods::{
    Fixes, Guidance, GuidanceKind, GuidanceKinds, MethodError, MethodInfo, OptionInput, Options, registry,
};

use crate::prepared::COPY_SIDE_PX;
use crate::{Error, Model, Scribbles, budget};

/// Most answers that an order may ask for.
pub const MOST_VARIANTS: u32 = 8;

/// What a network takes besides its picture, whatever the picture's size.
const BYTES_PER_NETWORK: u64 = 64 << 20;

/// What spreading strokes takes besides, at its usual working size.
const BYTES_PER_SOLVER: u64 = 256 << 20;

/// Whether something else than the coloured picture is made, and where it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Extra {
    /// No: the coloured picture alone.
    #[default]
    Without,
    /// In place of the coloured picture.
    Instead,
    /// As a second file beside it.
    Beside,
}

/// Which pages of a file are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pages {
    /// One of them, counted from 1.
    One(u32),
    /// Every one.
    All,
}

impl Default for Pages {
    fn default() -> Self {
        Self::One(1)
    }
}

/// Everything that may be asked for; the default is the default method as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderDraft {
    /// Id of a method of the [registry]; `None` takes the one that fits the guidance.
    pub method: Option<String>,
    /// The weights, for methods that have any.
    pub model: Model,
    /// Options of the method by their ids.
    pub settings: Vec<(String, Setting)>,
    /// What a person said about the colours.
    pub guidance: Guidance,
    /// What is done with the colours of every answer, whatever the method.
    pub fixes: Fixes,
    /// Strokes that were painted in another program.
    pub scribbles: Option<Scribbles>,
    /// Which pages of a TIFF of several.
    pub pages: Pages,
    /// Makes a negative positive first.
    pub invert: bool,
    /// Colours borders around the photograph too, which are left gray otherwise.
    pub borders: bool,
    /// Leaves pictures alone that are in colour already ([`Error::InColor`]); otherwise they are coloured anew, with a warning. Where other pages
    /// of the same file are gray, one in colour keeps its colours, so that none is missing.
    pub leave_colored: bool,
    /// Goes on when a page of several is damaged, where each gets a file of its own; the result tells which ([`crate::Finished::failed`]).
    pub skip_damaged_pages: bool,
    /// Leaves a wash of the sepia or another tone that the picture has.
    pub keep_tone: bool,
    /// Adjustments of the colours, which leave luma alone.
    pub tone: Tone,
    /// A filter and contrast, the only things that may change luma.
    pub look: Look,
    /// How many answers to give, 1..=[`MOST_VARIANTS`]; methods that know fewer give fewer.
    pub variants: u32,
    /// Which of the method's answers is the first, the best one being 0.
    pub answer: u32,
    /// Shrinks the result to this longer side, in pixels.
    pub max_side_px: Option<u32>,
    /// Before and after side by side.
    pub collage: Extra,
    /// An OpenRaster file with the photograph, the colour and the hints in layers.
    pub layers: Extra,
    /// A transparent picture of the colour alone.
    pub color_layer: Extra,
    /// Format of the result; `None` is that of the input, or PNG where that is not written.
    pub format: Option<Format>,
    /// JPEG quality, 1..=100.
    pub quality: u8,
}

/// The value of an option as somebody gives it; its type is the method's business.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Words or digits, as on a command line.
    Text(String),
    /// A number.
    Number(f64),
    /// On or off.
    Switch(bool),
}

impl Setting {
    /// As a method's options are given it.
    #[must_use]
    pub fn input(&self) -> OptionInput<'_> {
        match self {
            Self::Text(text) => OptionInput::Text(text),
            Self::Number(number) => OptionInput::Number(*number),
            Self::Switch(on) => OptionInput::Switch(*on),
        }
    }
}

impl Default for OrderDraft {
    fn default() -> Self {
        Self {
            method: None,
            model: Model::Default,
            settings: Vec::new(),
            guidance: Guidance::default(),
            fixes: Fixes::default(),
            scribbles: None,
            pages: Pages::default(),
            invert: false,
            borders: false,
            leave_colored: false,
            skip_damaged_pages: false,
            keep_tone: false,
            tone: Tone::default(),
            look: Look::default(),
            variants: 1,
            answer: 0,
            max_side_px: None,
            collage: Extra::Without,
            layers: Extra::Without,
            color_layer: Extra::Without,
            format: None,
            quality: 92,
        }
    }
}

/// What is to be done with a picture: checked, comparable, and the same for every picture of a batch.
///
/// ```
/// use autochrome::{Colorizer, Order, OrderDraft};
///
/// let order = Order::new(OrderDraft { method: Some("gray".into()), ..OrderDraft::default() })?;
/// assert_eq!(order.method().id, "gray");
/// assert!(Order::new(OrderDraft { quality: 0, ..OrderDraft::default() }).is_err());
/// # Ok::<(), autochrome::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    pub(crate) pages: Pages,
    pub(crate) leave_colored: bool,
    pub(crate) skip_damaged_pages: bool,
    pub(crate) question: Question,
    pub(crate) seed: Option<u64>,
    pub(crate) finish: Finish,
}

/// All that decides about a method's answers, but for the seed: several answers are drawn with several seeds. What is added here makes a difference to remembered answers by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) method: Info,
    pub(crate) model: Model,
    pub(crate) options: Options,
    pub(crate) guidance: Guidance,
    pub(crate) fixes: Fixes,
    pub(crate) scribbles: Option<Scribbles>,
    pub(crate) invert: bool,
    pub(crate) borders: bool,
}

/// All that is done with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Finish {
    pub(crate) keep_tone: bool,
    pub(crate) layers: Extra,
    pub(crate) color_layer: Extra,
    pub(crate) tone: Tone,
    pub(crate) look: Look,
    pub(crate) variants: u32,
    pub(crate) answer: u32,
    pub(crate) max_side_px: Option<u32>,
    pub(crate) collage: Extra,
    pub(crate) format: Option<Format>,
    pub(crate) quality: u8,
}

/// A method's description, which is the method as far as comparing goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Info(pub(crate) &'static MethodInfo);

impl PartialEq for Info {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Info {}

impl std::hash::Hash for Info {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl Order {
    /// What `draft` says, if it can be done at all.
    ///
    /// # Errors
    /// When there is no such method, model or option, a number is out of range, or the guidance does not fit the method or the model. The
    /// [blame](Error::blame) is never a picture's.
    pub fn new(draft: OrderDraft) -> Result<Self, Error> {
        Self::with_method(draft.method_for(draft.kinds())?, draft)
    }

    /// What `draft` says, done by a method from anywhere; `draft.method` is not looked at.
    ///
    /// # Errors
    /// As [`Order::new`].
    pub fn with_method(info: &'static MethodInfo, draft: OrderDraft) -> Result<Self, Error> {
        info.check_said(draft.kinds())?;
        if let Some(memory) = &draft.guidance.memory {
            memory.check_model(&draft.model.card()?.id)?;
        }
        let order = Self::unchecked(info, draft)?;
        order.check_numbers()?;
        Ok(order)
    }

    fn check_numbers(&self) -> Result<(), Error> {
        if self.question.fixes.needs_things() && !self.method().uses_model {
            return Err(MethodError::NoDescription { method: self.method().id }.into());
        }
        if self.pages == Pages::One(0) {
            return Err(Error::out_of_range("pages", 0, "all, or a number from 1"));
        }
        let Finish { collage, layers, color_layer, .. } = self.finish;
        if self.pages == Pages::All && (layers, color_layer) != (Extra::Without, Extra::Without) {
            return Err(Error::out_of_range("pages", "all", "one page, when layers are wanted"));
        }
        if [collage, layers, color_layer].iter().filter(|extra| **extra == Extra::Instead).count() > 1 {
            return Err(Error::out_of_range("collage", true, "false, when layers are the answer"));
        }
        self.finish.check()
    }

    /// A method as it is.
    pub(crate) fn plain(info: &'static MethodInfo) -> Self {
        Self::with_options(info, OrderDraft::default(), Options::default())
    }

    fn unchecked(info: &'static MethodInfo, draft: OrderDraft) -> Result<Self, Error> {
        let options = draft.options(info)?;
        Ok(Self::with_options(info, draft, options))
    }

    fn with_options(info: &'static MethodInfo, draft: OrderDraft, options: Options) -> Self {
        let OrderDraft {
            model, mut guidance, fixes, scribbles, pages, invert, borders, leave_colored, ..
        } = draft;
        let skip_damaged_pages = draft.skip_damaged_pages;
        let OrderDraft {
            keep_tone, tone, look, variants, answer, max_side_px, collage, format, quality, ..
        } = draft;
        let OrderDraft { layers, color_layer, .. } = draft;
        guidance.convert_for(info);
        let seed = guidance.seed.take();
        Self {
            pages,
            leave_colored,
            skip_damaged_pages,
            question: Question {
                method: Info(info),
                model,
                options,
                guidance,
                fixes,
                scribbles,
                invert,
                borders,
            },
            seed,
            finish: Finish {
                keep_tone,
                layers,
                color_layer,
                tone,
                look,
                variants,
                answer,
                max_side_px,
                collage,
                format,
                quality,
            },
        }
    }

    /// The method that carries it out.
    #[must_use]
    pub fn method(&self) -> &'static MethodInfo {
        self.question.method.0
    }

    /// The weights that it is carried out with.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.question.model
    }

    /// Whether pictures must be read with their colours ([`autochrome_media::DecodeOptions::keep_chroma`]).
    #[must_use]
    pub fn needs_colors(&self) -> bool {
        self.recolors() || self.question.scribbles.as_ref().is_some_and(Scribbles::needs_colors)
    }

    /// The same with results in another format; `None` is that of the input, or PNG where that is not written.
    ///
    /// # Errors
    /// When the format is not written.
    pub fn in_format(mut self, format: Option<Format>) -> Result<Self, Error> {
        self.finish.format = format;
        self.finish.check()?;
        Ok(self)
    }

    /// Whether pictures are taken for negatives.
    #[must_use]
    pub fn inverts(&self) -> bool {
        self.question.invert
    }

    /// Whether it changes colours that pictures have, rather than giving them some.
    pub(crate) fn recolors(&self) -> bool {
        self.method().takes.contains(&GuidanceKind::Colors)
    }

    /// Bytes that a picture takes while the order is carried out, at most: its pixels, the file, references, the method. `as_file` says whether
    /// it becomes a file, and not pixels.
    pub(crate) fn cost_bytes(&self, header: &Header, file_bytes: usize, as_file: bool) -> u64 {
        let paints = self.method().takes.contains(&GuidanceKind::Strokes);
        // Opacity and the luma of a drawing are kept beside whole planes, if there are any in the end.
        let by_rows = !header.alpha && !paints && self.finish.is_plain() && !self.needs_colors();
        let picture = if as_file && by_rows {
            budget::rows_bytes(header, self.works_on_copy_of(header).then_some(COPY_SIDE_PX))
        } else {
            budget::picture_bytes(header, self.needs_colors())
        };
        // A side-by-side picture is twice as large, but made after most of the rest is gone.
        let collage = if self.finish.collage == Extra::Without { 0 } else { picture * 3 / 5 };
        let positive = if self.question.invert { budget::luma_bytes(header) } else { 0 };
        let network = if self.method().uses_model { BYTES_PER_NETWORK } else { 0 };
        let solver = if paints { BYTES_PER_SOLVER } else { 0 };
        let references = self.question.guidance.references.iter();
        let references: usize = references.map(|reference| 12 * reference.luma.data().len()).sum();
        picture + collage + positive + network + solver + (file_bytes + references) as u64
    }
}

impl Finish {
    /// Whether the picture itself is all that is wanted, and each of its rows can be finished by itself (the grain of a look goes by rows of
    /// the whole).
    pub(crate) fn is_plain(&self) -> bool {
        [self.layers, self.color_layer, self.collage].iter().all(|&extra| extra == Extra::Without)
            && !self.keep_tone
            && self.look.is_identity()
    }

    fn check(&self) -> Result<(), Error> {
        for (control, value) in self.tone.values().into_iter().chain(self.look.values()) {
            control.accept(value.into()).ok_or_else(|| Error::slider(control, value.into()))?;
        }
        if !(1..=MOST_VARIANTS).contains(&self.variants) {
            return Err(Error::out_of_range("variants", self.variants, format!("1 to {MOST_VARIANTS}")));
        }
        if self.max_side_px == Some(0) {
            return Err(Error::out_of_range("max_side_px", 0, "1 or more"));
        }
        if !(1..=100).contains(&self.quality) {
            return Err(Error::out_of_range("quality", self.quality, "1 to 100"));
        }
        match self.format {
            Some(format) if !format.can_encode() => {
                Err(autochrome_media::MediaError::CannotEncode { format }.into())
            }
            _ => Ok(()),
        }
    }
}

impl OrderDraft {
    /// The kinds of guidance that it has.
    #[must_use]
    pub fn kinds(&self) -> GuidanceKinds {
        let scribbles = self.scribbles.as_ref().map(|_| GuidanceKind::Marks);
        self.guidance.kinds().iter().chain(scribbles).collect()
    }

    /// The method that it names, or the one that fits guidance of these kinds.
    ///
    /// # Errors
    /// When there is none.
    pub fn method_for(&self, kinds: GuidanceKinds) -> Result<&'static MethodInfo, Error> {
        Ok(match &self.method {
            Some(id) => registry::find(id)?.info,
            None => registry::for_guidance(kinds).info,
        })
    }

    /// Checks the options alone.
    ///
    /// # Errors
    /// When an option is unknown or out of range.
    pub fn check_options(&self, info: &'static MethodInfo) -> Result<(), Error> {
        self.options(info).map(drop)
    }

    /// The longer side, in pixels, beyond which more of a reference changes nothing to the method.
    ///
    /// # Errors
    /// When an option is unknown or out of range.
    pub fn reference_px(&self, info: &'static MethodInfo) -> Result<Option<usize>, Error> {
        Ok(info.reference_px(&self.options(info)?))
    }

    fn options(&self, info: &'static MethodInfo) -> Result<Options, Error> {
        let mut options = Options::default();
        for (id, value) in &self.settings {
            options.set(info, id, value.input())?;
        }
        Ok(options)
    }

    /// Checks all that an order is checked for, before the files that say more are read; `more` are the kinds of guidance in
    /// them.
    ///
    /// # Errors
    /// As [`Order::new`].
    pub fn check(&self, more: GuidanceKinds) -> Result<&'static MethodInfo, Error> {
        let kinds = self.kinds().iter().chain(more.iter()).collect();
        let info = self.method_for(kinds)?;
        info.check_said(kinds)?;
        Order::unchecked(info, self.clone())?.check_numbers()?;
        Ok(info)
    }
}
