//! A method with everything it is to be run with.

use autochrome_color::filters::Look;
use autochrome_color::{Chroma, Tone};
use autochrome_media::Picture;
use autochrome_methods::{Guidance, Method, MethodInfo, ModelSource, Options, registry};

use crate::{Colored, Error};

/// Gives colour to pictures; one can be shared by many threads.
pub struct Colorizer {
    method: Box<dyn Method>,
    guidance: Guidance,
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

    /// Tells the method what a person said about the colours.
    #[must_use]
    pub fn guidance(mut self, guidance: Guidance) -> Self {
        self.guidance = guidance;
        self
    }

    /// Sets an option of the method from text.
    ///
    /// # Errors
    /// When the method has no such option or the value is out of range.
    pub fn option(mut self, id: &str, value: &str) -> Result<Self, Error> {
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

    /// The picture in colour, its luma untouched unless a look was asked for: the method's best answer.
    ///
    /// # Errors
    /// When the guidance does not fit the method, or its network fails.
    pub fn colorize(&self, picture: &Picture) -> Result<Colored, Error> {
        let chroma = self.best_chroma(picture)?;
        self.render(picture, &chroma)
    }

    /// The method's best answer for the colours of a picture, at the method's working size.
    pub(crate) fn best_chroma(&self, picture: &Picture) -> Result<Chroma, Error> {
        let answers = self.method.colorize(&picture.luma, &self.guidance, &self.options)?;
        let best = answers.into_iter().next().ok_or(Error::NoAnswer(self.info().id))?;
        Ok(best.chroma)
    }

    /// Chroma put over the luma of a picture, and a look over both.
    pub(crate) fn render(&self, picture: &Picture, chroma: &Chroma) -> Result<Colored, Error> {
        Colored::new(picture, chroma, &self.tone, &self.look)
    }
}
