//! A method with everything it is to be run with.

use std::sync::Arc;

use autochrome_color::Tone;
use autochrome_color::filters::Look;
use autochrome_media::Picture;
use autochrome_methods::{Guidance, Method, MethodInfo, ModelSource, OptionInput, registry};

use crate::order::{Order, OrderDraft};
use crate::{Colored, Error, Scribbles};

/// Gives colour to pictures, one at a time; one can be shared by many threads.
///
/// It is the short way for programs that have a [`Picture`]; for bytes, several answers and bounded memory there is
/// [`Pipeline`](crate::Pipeline).
pub struct Colorizer {
    method: Arc<dyn Method>,
    order: Order,
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
        let order = Order::plain(method.info());
        Self { method: Arc::from(method), order }
    }

    /// What is done with every picture: its method is this one's, whatever it says.
    ///
    /// # Errors
    /// As [`Order::with_method`].
    pub fn order(mut self, draft: OrderDraft) -> Result<Self, Error> {
        self.order = Order::with_method(self.method.info(), draft)?;
        Ok(self)
    }

    /// Multiplies the colours' strength: 0 is gray, 1 as the method found them.
    #[must_use]
    pub fn saturation(mut self, saturation: f32) -> Self {
        self.order.finish.tone.saturation = saturation;
        self
    }

    /// Adjusts the colours and leaves luma alone; [`Colorizer::saturation`] is one of these.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.order.finish.tone = tone;
        self
    }

    /// Puts a look over the finished picture: a filter, contrast. Other than everything else it may change luma.
    #[must_use]
    pub fn look(mut self, look: Look) -> Self {
        self.order.finish.look = look;
        self
    }

    /// Tells the method what a person said about the colours; strokes become points for a method that takes those alone.
    ///
    /// The colours that a picture has already come from the picture itself.
    #[must_use]
    pub fn guidance(mut self, mut guidance: Guidance) -> Self {
        guidance.convert_for(self.info());
        self.order.seed = guidance.seed.take();
        self.order.question.guidance = guidance;
        self
    }

    /// Tells the method what somebody painted in another program.
    #[must_use]
    pub fn scribbles(mut self, scribbles: Scribbles) -> Self {
        self.order.question.scribbles = Some(scribbles);
        self
    }

    /// Sets an option of the method from text.
    ///
    /// # Errors
    /// When the method has no such option or the value is out of range.
    pub fn option(mut self, id: &str, value: &str) -> Result<Self, Error> {
        self.order.question.options.set(self.method.info(), id, OptionInput::Text(value))?;
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

    /// Whether pictures must be read with their colours ([`autochrome_media::DecodeOptions::keep_chroma`]).
    #[must_use]
    pub fn needs_colors(&self) -> bool {
        self.order.needs_colors()
    }

    /// The picture in colour: the method's best answer. Luma is untouched, but for that of drawings and under a look.
    ///
    /// # Errors
    /// When the guidance does not fit the method or the picture, or the method's network fails.
    pub fn colorize(&self, picture: &Picture) -> Result<Colored, Error> {
        let prepared = self.order.check(picture)?;
        let answers = prepared.answers(self.method.as_ref())?;
        let best = answers.first().ok_or(Error::NoAnswer(self.info().id))?;
        prepared.render(&best.answer)
    }
}
