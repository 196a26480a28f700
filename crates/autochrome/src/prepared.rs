//! An order and a picture that fit each other: from here to pixels.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;

use autochrome_color::resize::{Filter, fit_within, resize_chroma, resize_plane};
use autochrome_color::{Plane, stop};
use autochrome_media::{
    Depth, EncodeOptions, Format, Header, Inner, Levels, Metadata, Overview, Picture, ToneCurve,
};
use autochrome_methods::{Answer, Fixes, Guidance, GuidanceKind, Method};

use crate::bands::{Banded, BandedFile};
use crate::colored::{Colored, Finishing};
use crate::remembered::{Answers, Key, Remembered};
use crate::{Error, Order, framing, wash};

/// Longer side of a preview, in pixels.
const PREVIEW_PX: usize = 320;

/// Pictures from this many pixels on are looked at as a copy, and rendered some rows at a time.
const COPY_PIXELS: u64 = 64_000_000;

/// Longer side of that copy, in pixels: above what any method looks at.
pub(crate) const COPY_SIDE_PX: usize = 4096;

/// Whether a picture is so large that a copy should be looked at.
pub(crate) fn needs_copy(header: &Header) -> bool {
    u64::from(header.width) * u64::from(header.height) >= COPY_PIXELS
}

/// An order that was checked against a picture.
pub struct Prepared<'a> {
    order: &'a Order,
    /// The picture; the positive of a negative where one was ordered.
    picture: Cow<'a, Picture>,
    /// What was said, with what only the picture can add.
    guidance: Cow<'a, Guidance>,
    /// The picture at the size that was asked for, where that is another one.
    pub(crate) shrunk: OnceCell<Arc<Picture>>,
    /// The overview of `picture`, where somebody has made it or asked for it.
    pub(crate) overview: OnceCell<Arc<Overview>>,
    /// What lies within borders, where there are any and the method is kept from them.
    inner: OnceCell<Option<Inner>>,
    /// The lightness at full size, where `picture` is a smaller copy.
    levels: Option<Levels>,
}

impl fmt::Debug for Prepared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("order", self.order).finish_non_exhaustive()
    }
}

/// An answer with what brings it again.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What the method answered.
    pub answer: Arc<Answer>,
    /// The seed that it came from.
    pub seed: Option<u64>,
    /// Its place among the answers of the method.
    pub place: usize,
}

/// Where answers are looked up before a method is asked.
pub(crate) struct Lookup<'a> {
    pub(crate) remembered: &'a Remembered,
    /// Digest of the picture's bytes.
    pub(crate) picture: [u8; 32],
    /// Which page of it, from 0.
    pub(crate) page: usize,
}

impl Order {
    /// Checks that the order can be carried out on `picture`, which must have been read with its colours where
    /// [`Order::needs_colors`] says so.
    ///
    /// # Errors
    /// When the guidance and the picture do not fit.
    pub fn check<'a>(&'a self, picture: &'a Picture) -> Result<Prepared<'a>, Error> {
        let mut guidance = Cow::Borrowed(&self.question.guidance);
        let picture =
            if self.question.invert { Cow::Owned(picture.inverted()) } else { Cow::Borrowed(picture) };
        if let Some(scribbles) = &self.question.scribbles {
            let guidance = guidance.to_mut();
            guidance.marks = Some(scribbles.marks(&picture)?);
            guidance.convert_for(self.method());
        }
        if self.recolors() {
            guidance.to_mut().colors.clone_from(&picture.chroma);
        }
        self.method().check(&guidance)?;
        let (shrunk, overview, inner) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Ok(Prepared { order: self, picture, guidance, shrunk, overview, inner, levels: None })
    }

    /// Whether a picture is so large that a copy is looked at, and nothing that was ordered needs all of it at once (the grain of a look
    /// goes by rows of the whole).
    pub(crate) fn works_on_copy_of(&self, header: &Header) -> bool {
        let (question, finish) = (&self.question, &self.finish);
        let Guidance { points, strokes, marks, swatches, colors, .. } = &question.guidance;
        let is_free = points.is_empty() && strokes.is_empty() && marks.is_none() && swatches.is_empty();
        needs_copy(header)
            && is_free
            && finish.is_plain()
            && colors.is_none()
            && question.scribbles.is_none()
            && question.fixes == Fixes::default()
            && !question.invert
            && !self.needs_colors()
            && finish.max_side_px.is_none()
    }
}

impl Prepared<'_> {
    /// The same with the overview of the picture that it was made of; a positive made of a negative has another one.
    pub(crate) fn with_overview(self, overview: &Arc<Overview>) -> Self {
        if !self.order.question.invert {
            // Cannot be set before: it was just made.
            let _ = self.overview.set(Arc::clone(overview));
        }
        self
    }

    /// The same with nothing taken for a border: the picture keeps its colours everywhere.
    pub(crate) fn without_borders(self) -> Self {
        // Cannot be set before: it was just made.
        let _ = self.inner.set(None);
        self
    }

    /// The answer that leaves the picture the colours that it has, as often as answers were asked for; `None` where they were not read.
    pub(crate) fn own_colors(&self) -> Option<Vec<Variant>> {
        let answer = Arc::new(Answer::from(self.picture.chroma.clone()?));
        let variant = |place| Variant { answer: Arc::clone(&answer), seed: None, place };
        Some((0..self.order.finish.variants as usize).map(variant).collect())
    }

    /// The same with the lightness at full size, of which the picture is a copy.
    pub(crate) fn with_levels(self, levels: Option<Levels>) -> Self {
        Self { levels, ..self }
    }

    /// The file of an answer whose rows are rendered as the file takes them; `None` where something that was ordered needs all of them at once.
    pub(crate) fn encode_bands(&self, answer: &Answer) -> Result<Option<BandedFile>, Error> {
        let (finish, picture) = (&self.order.finish, self.shown());
        let levels = self.levels.as_ref();
        let by_rows = finish.is_plain() && picture.alpha.is_none() && answer.luma.is_none();
        if levels.is_none() && !by_rows {
            return Ok(None);
        }
        let size = levels.map_or_else(|| picture.luma.size(), Levels::size);
        let inner = self.inner().map(|inner| inner.scaled(self.picture.luma.size(), size));
        let options = EncodeOptions { quality: finish.quality, ..EncodeOptions::new(self.format()) };
        Banded { picture, levels, answer, inner }.encode(&finish.tone, &options).map(Some)
    }

    /// The order.
    pub(crate) fn order(&self) -> &Order {
        self.order
    }

    /// The answers that were asked for, at least one: those of the method itself first, then those of other seeds where the
    /// method draws its answers.
    ///
    /// # Errors
    /// When the method fails, or has fewer answers than the place that was asked for.
    pub fn answers(&self, method: &dyn Method) -> Result<Vec<Variant>, Error> {
        self.answers_from(method, None, &|_| Ok(())).map(|(variants, _)| variants)
    }

    /// As [`Prepared::answers`], with a memory of answers; `reached` hears the share that is done and may end the work. The
    /// second value says whether all answers were remembered.
    pub(crate) fn answers_from(
        &self,
        method: &dyn Method,
        lookup: Option<&Lookup<'_>>,
        reached: &dyn Fn(f32) -> Result<(), Error>,
    ) -> Result<(Vec<Variant>, bool), Error> {
        let (first, wanted) = (self.order.finish.answer as usize, self.order.finish.variants as usize);
        let asked_seed = self.order.seed;
        let (answers, mut remembered) = self.answer_with_seed(method, lookup, asked_seed)?;
        let known = answers.len();
        let mut all: Vec<Variant> = with_seed(&answers, asked_seed).skip(first).collect();
        if all.is_empty() {
            let expected = format!("0 to {}, the answers that the method has for this picture", known - 1);
            return Err(Error::out_of_range("answer", first, expected));
        }
        // A method may draw the same twice; then fewer are given.
        let draws =
            if self.order.method().takes.contains(&GuidanceKind::Seed) { 2 * wanted as u64 } else { 0 };
        for draw in 1..=draws {
            if all.len() >= wanted {
                break;
            }
            reached(all.len() as f32 / wanted as f32)?;
            let seed = Some(asked_seed.unwrap_or(0).wrapping_add(draw));
            let (more, again) = self.answer_with_seed(method, lookup, seed)?;
            remembered &= again;
            let new: Vec<Variant> =
                with_seed(&more, seed).filter(|new| all.iter().all(|old| old.answer != new.answer)).collect();
            all.extend(new);
        }
        all.truncate(wanted);
        Ok((all, remembered))
    }

    /// What the method says to one question, and whether it was remembered.
    fn answer_with_seed(
        &self,
        method: &dyn Method,
        lookup: Option<&Lookup<'_>>,
        seed: Option<u64>,
    ) -> Result<(Answers, bool), Error> {
        let key = lookup.map(|lookup| Key::of(&(lookup.picture, lookup.page, &self.order.question, seed)));
        if let (Some(lookup), Some(key)) = (lookup, &key)
            && let Some(answers) = lookup.remembered.find(key)
        {
            return Ok((answers, true));
        }
        let mut guidance = Cow::Borrowed(&*self.guidance);
        if guidance.seed != seed {
            guidance.to_mut().seed = seed;
        }
        let (luma, options) = (&self.picture.luma, &self.order.question.options);
        let within =
            self.inner().and_then(|inner| Some((inner, framing::within(&guidance, luma.size(), inner)?)));
        let colorize = |luma: &Plane, guidance: &Guidance, fixes: &Fixes| {
            let mut answers = method.colorize(luma, guidance, options)?;
            fixes.apply(method, luma, guidance, options, &mut answers)?;
            Ok::<_, Error>(answers)
        };
        let fixes = &self.order.question.fixes;
        let answers: Vec<Answer> = match within {
            Some((inner, guidance)) => {
                let fixes = framing::fixes_within(fixes, luma.size(), inner);
                let answers = colorize(&framing::cropped(luma, inner), &guidance, &fixes)?;
                answers.into_iter().map(|answer| framing::restore_borders(answer, luma, inner)).collect()
            }
            None => colorize(luma, &guidance, fixes)?,
        };
        if stop::requested() {
            return Err(Error::Stopped);
        }
        if answers.is_empty() {
            return Err(Error::NoAnswer(method.info().id));
        }
        let answers: Answers = Arc::new(answers.into_iter().map(Arc::new).collect());
        if let (Some(lookup), Some(key)) = (lookup, key) {
            lookup.remembered.add(key, Arc::clone(&answers));
        }
        Ok((answers, false))
    }

    /// An answer put over the picture, adjusted and seen through the look that were ordered, at the size that was ordered.
    ///
    /// Luma stays as it is, but for that of drawings and under a look.
    ///
    /// # Errors
    /// When the answer does not fit the picture.
    pub fn render(&self, answer: &Answer) -> Result<Colored, Error> {
        self.apply_answer(self.shown(), answer)
    }

    /// Before and after side by side; `colored` is the result of [`Prepared::render`].
    ///
    /// # Errors
    /// When the halves differ in size.
    pub fn collage(&self, colored: &Colored) -> Result<Colored, Error> {
        colored.collage(self.shown())
    }

    /// What a file in the format that was ordered cannot hold of the picture, one plain sentence each.
    #[must_use]
    pub fn losses(&self) -> Vec<String> {
        let format = self.format();
        let mut lost = self.picture.metadata.lost_in(format);
        if self.picture.alpha.is_some() && format == Format::Jpeg {
            lost.push(format!("{format} has no place for opacity; left out"));
        }
        if self.picture.depth == Depth::Sixteen && matches!(format, Format::Jpeg | Format::WebP) {
            lost.push(format!("{format} holds 8 bits a sample; the picture's 16 were rounded"));
        }
        lost
    }

    /// The bytes of a file in the format that was ordered.
    ///
    /// # Errors
    /// When the format cannot hold a picture of this size.
    pub fn encode(&self, colored: &Colored) -> Result<Vec<u8>, Error> {
        let quality = self.order.finish.quality;
        colored.encode(&EncodeOptions { quality, ..EncodeOptions::new(self.format()) })
    }

    /// The format that was ordered.
    #[must_use]
    pub fn format(&self) -> Format {
        self.order.finish.format.unwrap_or_else(|| self.picture.format.writable())
    }

    /// A small JPEG of what an answer will look like.
    ///
    /// # Errors
    /// As [`Prepared::render`].
    pub fn preview(&self, answer: &Answer) -> Result<Vec<u8>, Error> {
        let mut small = shrunk(&self.picture, PREVIEW_PX);
        small.chroma = None;
        small.metadata = Metadata::default();
        small.depth = Depth::Eight;
        let colored = self.apply_answer(&small, answer)?;
        colored.encode(&EncodeOptions { quality: 80, ..EncodeOptions::new(Format::Jpeg) })
    }

    /// The picture at the size that was ordered.
    pub(crate) fn shown(&self) -> &Picture {
        match self.order.finish.max_side_px {
            Some(side_px) if self.picture.width().max(self.picture.height()) > side_px as usize => {
                self.shrunk.get_or_init(|| Arc::new(shrunk(&self.picture, side_px as usize)))
            }
            _ => &self.picture,
        }
    }

    /// What a person said, with what the picture added.
    pub(crate) fn guidance(&self) -> &Guidance {
        &self.guidance
    }

    /// What lies within the borders of the picture, if the method is kept from them: methods that spread or change given colours are not.
    fn inner(&self) -> Option<Inner> {
        *self.inner.get_or_init(|| {
            let info = self.order.method();
            let looks = info.uses_model || info.takes.contains(&GuidanceKind::References);
            let kept = looks && !self.order.question.borders && !self.order.recolors();
            if !kept {
                return None;
            }
            let overview = self.overview.get_or_init(|| Arc::new(Overview::of(&self.picture.luma)));
            let inner = overview.inner()?;
            framing::within(&self.guidance, self.picture.luma.size(), inner).map(|_| inner)
        })
    }

    fn apply_answer(&self, picture: &Picture, answer: &Answer) -> Result<Colored, Error> {
        let size = picture.luma.size();
        let mut answer = Cow::Borrowed(answer);
        // An answer's own luma has the size of the picture before it was shrunk.
        if let Some(own) = answer.luma.as_ref().filter(|own| own.size() != size) {
            let luma = Some(resize_plane(own, size.0, size.1, Filter::Area));
            answer = Cow::Owned(Answer { luma, ..answer.into_owned() });
        }
        let tone = self.kept_tone();
        if let Some(tone) = &tone {
            let chroma = wash::with_wash(&answer.chroma, &picture.luma, tone);
            answer = Cow::Owned(Answer { chroma, ..answer.into_owned() });
        }
        let finish = Finishing {
            tone: &self.order.finish.tone,
            look: &self.order.finish.look,
            recolored: self.order.recolors(),
            // Paper around a sepia print is of its colour too.
            inner: self
                .inner()
                .filter(|_| tone.is_none())
                .map(|inner| inner.scaled(self.picture.luma.size(), size)),
        };
        Colored::new(picture, &answer, &finish)
    }

    fn kept_tone(&self) -> Option<ToneCurve> {
        if self.order.finish.keep_tone { self.picture.tone_curve() } else { None }
    }
}

fn with_seed(answers: &Answers, seed: Option<u64>) -> impl Iterator<Item = Variant> {
    let variant =
        move |(place, answer): (usize, &Arc<Answer>)| Variant { answer: Arc::clone(answer), seed, place };
    answers.iter().enumerate().map(variant)
}

/// A picture whose longer side is at most `side_px`, without opacity: good for looking at.
pub(crate) fn shrunk(picture: &Picture, side_px: usize) -> Picture {
    let (width, height) = fit_within(picture.width(), picture.height(), side_px);
    Picture {
        luma: resize_plane(&picture.luma, width, height, Filter::Area),
        chroma: picture.chroma.as_ref().map(|chroma| resize_chroma(chroma, width, height, Filter::Area)),
        thumbnail: picture.thumbnail.clone(),
        alpha: None,
        metadata: picture.metadata.clone(),
        warnings: Vec::new(),
        ..*picture
    }
}
