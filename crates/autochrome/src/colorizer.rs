//! A method with everything it is to be run with.

use std::borrow::Cow;

use autochrome_color::Tone;
use autochrome_color::filters::Look;
use autochrome_media::Picture;
use autochrome_methods::{
    Answer, Guidance, GuidanceKind, Method, MethodInfo, ModelSource, OptionInput, Options, registry,
};

use crate::{Colored, Error, Scribbles};

/// Gives colour to pictures; one can be shared by many threads.
pub struct Colorizer {
    method: Box<dyn Method>,
    guidance: Guidance,
    scribbles: Option<Scribbles>,
    options: Options,
    tone: Tone,
    look: Look,
}

impl Colorizer {
    /// The default method with the default model.
    ///
    /// # Errors
    /// When this build carries no model.
    pub fn builtin() -> Result<Self, Error> {
        Self::open(registry::DEFAULT, None)
    }

    /// The method `id` of the registry, with its default model or another.
    ///
    /// # Errors
    /// When there is no such method or model, or the weights cannot be used.
    pub fn open(id: &str, model: Option<ModelSource<'_>>) -> Result<Self, Error> {
        Ok(Self::with_method(registry::find(id)?.open(model)?))
    }

    /// A method from anywhere.
    #[must_use]
    pub fn with_method(method: Box<dyn Method>) -> Self {
        Self {
            method,
            guidance: Guidance::default(),
            scribbles: None,
            options: Options::default(),
            tone: Tone::default(),
            look: Look::default(),
        }
    }

    /// Multiplies the colours' strength: 0 is gray, 1 as the method found them.
    #[must_use]
    pub fn saturation(mut self, saturation: f32) -> Self {
        self.tone.saturation = saturation;
        self
    }

    /// Adjusts the colours and leaves luma alone; [`Colorizer::saturation`] is one of these.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// Puts a look over the finished picture: a filter, contrast. Other than everything else it may change luma.
    #[must_use]
    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// Tells the method what a person said about the colours; strokes become points for a method that takes those alone.
    ///
    /// The colours that a picture has already come from the picture itself.
    #[must_use]
    pub fn guidance(mut self, mut guidance: Guidance) -> Self {
        guidance.convert_for(self.method.info());
        self.guidance = guidance;
        self
    }

    /// Tells the method what somebody painted in another program.
    #[must_use]
    pub fn scribbles(mut self, scribbles: Scribbles) -> Self {
        self.scribbles = Some(scribbles);
        self
    }

    /// Sets an option of the method, from text or a typed value.
    ///
    /// # Errors
    /// When the method has no such option or the value is out of range.
    pub fn option<'a>(mut self, id: &str, value: impl Into<OptionInput<'a>>) -> Result<Self, Error> {
        self.options.set(self.method.info(), id, value)?;
        Ok(self)
    }

    /// What there is to know about the method.
    #[must_use]
    pub fn info(&self) -> &'static MethodInfo {
        self.method.info()
    }

    /// Id of the model that is used, for methods that have one.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.method.model()
    }

    /// The longer side, in pixels, beyond which the method looks at no more of a reference; `None` when it takes none.
    #[must_use]
    pub fn reference_px(&self) -> Option<usize> {
        self.info().reference_px(&self.options)
    }

    /// Whether pictures must be read with their colours ([`autochrome_media::DecodeOptions::keep_chroma`]).
    #[must_use]
    pub fn needs_colors(&self) -> bool {
        self.changes_colors() || self.scribbles.as_ref().is_some_and(Scribbles::needs_colors)
    }

    fn changes_colors(&self) -> bool {
        self.info().takes.contains(&GuidanceKind::Colors)
    }

    /// The picture in colour: the method's best answer. Luma is untouched, but for that of drawings and under a look.
    ///
    /// # Errors
    /// When the guidance does not fit the method or the picture, or the method's network fails.
    pub fn colorize(&self, picture: &Picture) -> Result<Colored, Error> {
        let answer = self.best_answer(picture)?;
        self.render(picture, &answer)
    }

    /// The method's best answer for the colours of a picture, at the method's working size.
    pub(crate) fn best_answer(&self, picture: &Picture) -> Result<Answer, Error> {
        let guidance = self.guidance_for(picture)?;
        let answers = self.method.colorize(&picture.luma, &guidance, &self.options)?;
        answers.into_iter().next().ok_or(Error::NoAnswer(self.info().id))
    }

    /// What was said, with what only the picture itself can add.
    fn guidance_for(&self, picture: &Picture) -> Result<Cow<'_, Guidance>, Error> {
        let mut guidance = Cow::Borrowed(&self.guidance);
        if let Some(scribbles) = &self.scribbles {
            let guidance = guidance.to_mut();
            guidance.marks = Some(scribbles.marks(picture)?);
            guidance.convert_for(self.info());
        }
        if self.changes_colors() {
            guidance.to_mut().colors.clone_from(&picture.chroma);
        }
        Ok(guidance)
    }

    /// An answer put over a picture, and a look over both.
    pub(crate) fn render(&self, picture: &Picture, answer: &Answer) -> Result<Colored, Error> {
        Colored::new(picture, answer, &self.tone, &self.look, self.changes_colors())
    }
}
