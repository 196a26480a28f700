//! Answers as pixels, for programs that go on with them instead of keeping files.

use autochrome_color::stop;
use autochrome_media::Kind;

use crate::order::{Extra, Pages};
use crate::pipeline::{Asked, ColoredPage, Pipeline, Watch, checkpoint};
use crate::{Colored, Error, Order};

/// What became of a picture, as pixels.
#[derive(Clone, Debug)]
pub struct Painted {
    /// One for each answer; never none.
    pub answers: Vec<PaintedAnswer>,
    /// Id of the method.
    pub method: &'static str,
    /// Id of the model, if the method has one.
    pub model: Option<String>,
    /// What kind of picture it was.
    pub kind: Kind,
    /// What had to be left out or guessed, one plain sentence each.
    pub warnings: Vec<String>,
}

/// One answer as pixels.
#[derive(Clone, Debug)]
pub struct PaintedAnswer {
    /// The coloured picture, or before and after side by side where that was ordered ([`Extra::Instead`]).
    pub colored: Colored,
    /// The seed that it came from.
    pub seed: Option<u64>,
    /// Its place among the answers of the method.
    pub answer: usize,
}

impl Pipeline {
    /// As [`Pipeline::run`], but the answers stay pixels: the same that the files of `run` hold. The format of the order means nothing,
    /// and what was ordered beside the picture is not made.
    ///
    /// # Errors
    /// As [`Pipeline::run`], and [`Error::OutOfRange`] when all pages of a file or layers are ordered.
    pub fn paint(&self, bytes: &[u8], order: &Order, watch: &Watch<'_>) -> Result<Painted, Error> {
        let Pages::One(page) = order.pages else {
            return Err(Error::out_of_range("pages", "all", "one page, when pixels are wanted"));
        };
        if order.finish.layers == Extra::Instead || order.finish.color_layer == Extra::Instead {
            return Err(Error::out_of_range("format", "layers", "one picture, when pixels are wanted"));
        }
        let method = self.open(order)?;
        let reached = checkpoint(watch);
        let page = page.max(1) as usize - 1;
        let colored = if order.leave_colored { ColoredPage::Refused } else { ColoredPage::Anew };
        let asked = Asked { order, page, colored, as_file: false };
        let painted = self.on_page(bytes, &asked, &reached, |prepared, kind, _| {
            let variants = prepared.answers(method.as_ref())?;
            reached(0.7)?;
            if let (Some(hear), Some(first)) = (watch.preview, variants.first()) {
                hear(&prepared.preview(&first.answer)?);
            }
            let warnings = variants.first().map_or_else(Vec::new, |first| first.answer.notes.clone());
            let mut answers = Vec::with_capacity(variants.len());
            for variant in variants {
                let mut colored = prepared.render(&variant.answer)?;
                if order.finish.collage == Extra::Instead {
                    colored = prepared.collage(&colored)?;
                }
                answers.push(PaintedAnswer { colored, seed: variant.seed, answer: variant.place });
                reached(0.9)?;
            }
            let model = method.model().map(str::to_owned);
            Ok(Painted { answers, method: order.method().id, model, kind, warnings })
        });
        // What a stage says that ended early is not what happened.
        if stop::requested() {
            return Err(Error::Stopped);
        }
        let (mut painted, warnings) = painted?;
        painted.warnings.splice(0..0, warnings);
        Ok(painted)
    }
}
