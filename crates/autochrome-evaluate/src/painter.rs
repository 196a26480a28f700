//! Everything that gives colour and can be put into one table.

use std::path::Path;
use std::time::Instant;

use autochrome::{
    Depth, Error, Format, Guidance, GuidanceKind, Metadata, Method, Mood, Order, OrderDraft, Pixels,
    PlaceDescription, Reference,
};
use autochrome_color::render::render8;
use autochrome_color::{Chroma, Plane, Tone};

use crate::EvaluateError;
use crate::hints::points;
use crate::predictions::Predictions;
use crate::set::Picture;

/// A row of the table: what paints, and what it is called.
pub struct Painter {
    name: String,
    kind: Kind,
}

enum Kind {
    Gray,
    Truth,
    Method { method: Box<dyn Method>, draft: Box<OrderDraft>, told: Option<Told> },
    Predictions(Predictions),
}

/// What a method is told of the true colours of every picture.
#[derive(Clone, Copy)]
enum Told {
    /// Patches.
    Hints { count: usize, seed: u64 },
    /// The mean.
    Mean,
}

/// A finished picture, and how long it took.
pub(crate) struct Painted {
    pub rgb: Vec<u8>,
    /// Method and rendering on one thread; 0 where nothing was computed.
    pub ms: f32,
}

impl Painter {
    /// Paints nothing: what every row is compared with.
    #[must_use]
    pub fn gray() -> Self {
        Self { name: "gray".to_owned(), kind: Kind::Gray }
    }

    /// Paints the true colours: the best there is.
    #[must_use]
    pub fn truth() -> Self {
        Self { name: "truth".to_owned(), kind: Kind::Truth }
    }

    /// A method, with everything that is ordered of it but what differs from picture to picture.
    #[must_use]
    pub fn method(name: impl Into<String>, method: Box<dyn Method>, draft: OrderDraft) -> Self {
        Self { name: name.into(), kind: Kind::Method { method, draft: Box::new(draft), told: None } }
    }

    /// A method that is shown `count` patches (at most 50) of true colour in every picture with a truth: those of the hint curve
    /// with the same seed.
    #[must_use]
    pub fn hinted(
        name: impl Into<String>,
        method: Box<dyn Method>,
        draft: OrderDraft,
        count: usize,
        seed: u64,
    ) -> Self {
        let told = Some(Told::Hints { count, seed });
        Self { name: name.into(), kind: Kind::Method { method, draft: Box::new(draft), told } }
    }

    /// A method that is told the mean colour of every picture with a truth.
    #[must_use]
    pub fn told_mean(name: impl Into<String>, method: Box<dyn Method>, draft: OrderDraft) -> Self {
        let told = Some(Told::Mean);
        Self { name: name.into(), kind: Kind::Method { method, draft: Box::new(draft), told } }
    }

    /// Pictures that another program made of the same gray pictures.
    ///
    /// # Errors
    /// When the folder cannot be listed or holds no picture.
    pub fn predictions(name: impl Into<String>, folder: &Path) -> Result<Self, EvaluateError> {
        Ok(Self { name: name.into(), kind: Kind::Predictions(Predictions::open(folder)?) })
    }

    /// What its row is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is the row `gray`.
    #[must_use]
    pub fn is_gray(&self) -> bool {
        matches!(self.kind, Kind::Gray)
    }

    /// Whether it is the row `truth`.
    #[must_use]
    pub fn is_truth(&self) -> bool {
        matches!(self.kind, Kind::Truth)
    }

    /// Whether its pictures come from a folder.
    #[must_use]
    pub fn is_predictions(&self) -> bool {
        matches!(self.kind, Kind::Predictions(_))
    }

    /// Whether it has a hint curve: it says that it can be told single colours, and is not told any already. A network without
    /// hints may still refuse them.
    #[must_use]
    pub fn takes_points(&self) -> bool {
        match &self.kind {
            Kind::Method { method, told: None, .. } => method.info().takes.contains(&GuidanceKind::Points),
            _ => false,
        }
    }

    /// The sRGB pixels of 8 bits that a method's row makes of a gray picture's L (0..=100), told `guidance`; `None` for the other rows.
    ///
    /// # Errors
    /// When the guidance does not fit, or the method fails.
    pub fn pixels(&self, luma: &Plane, guidance: Guidance) -> Option<Result<Vec<u8>, Error>> {
        match &self.kind {
            Kind::Method { method, draft, .. } => {
                let draft = OrderDraft { guidance, ..OrderDraft::clone(draft) };
                Some(run_order(method.as_ref(), draft, luma))
            }
            _ => None,
        }
    }

    /// The pixels of several answers of a method that has or draws several, the first being that of [`Painter::paint`]; `None` for the
    /// other rows.
    pub(crate) fn variants(
        &self,
        picture: &Picture,
        luma: &Plane,
        count: usize,
    ) -> Option<Result<Vec<Vec<u8>>, Error>> {
        let Kind::Method { method, draft, told: None } = &self.kind else { return None };
        if !method.info().takes.contains(&GuidanceKind::Seed) {
            return None;
        }
        let guidance = with_reference(method.as_ref(), picture, draft.guidance.clone());
        let variants = u32::try_from(count).unwrap_or(u32::MAX);
        Some(run_orders(method.as_ref(), OrderDraft { guidance, variants, ..OrderDraft::clone(draft) }, luma))
    }

    /// What a method knows of a place of a gray picture, x and y in 0..=1; `None` for the other rows.
    pub(crate) fn describe(&self, luma: &Plane, place: [f32; 2]) -> Option<Result<PlaceDescription, Error>> {
        let Kind::Method { method, draft, told: None } = &self.kind else { return None };
        let describe = || {
            let mut options = autochrome::Options::default();
            for (id, setting) in &draft.settings {
                options.set(method.info(), id, setting.input())?;
            }
            Ok(method.describe_place(luma, place, &options)?)
        };
        Some(describe())
    }

    /// The picture in colour, by the path that every user's picture takes.
    pub(crate) fn paint(
        &self,
        picture: &Picture,
        luma: &Plane,
        guidance: &Guidance,
        is_centre: bool,
    ) -> Result<Painted, String> {
        let told = match &self.kind {
            Kind::Method { told: Some(told), .. } if is_centre => {
                let (mut guidance, truth) = (guidance.clone(), picture.lab().1);
                match *told {
                    Told::Hints { count, seed } => {
                        guidance.points = points(picture, luma, &truth, seed);
                        guidance.points.truncate(count);
                    }
                    Told::Mean => guidance.mood = Some(Mood { chroma: None, ..Mood::of(&truth) }),
                }
                Some(guidance)
            }
            _ => None,
        };
        let guidance = told.as_ref().unwrap_or(guidance);
        let clock = Instant::now();
        let rgb = match &self.kind {
            Kind::Gray => render8(luma, &Chroma::neutral(1, 1), &Tone::default()),
            Kind::Truth => render8(luma, &picture.lab().1, &Tone::default()),
            Kind::Method { method, draft, .. } => {
                let guidance = with_reference(method.as_ref(), picture, guidance.clone());
                let draft = OrderDraft { guidance, ..OrderDraft::clone(draft) };
                run_order(method.as_ref(), draft, luma).map_err(|error| error.to_string())?
            }
            Kind::Predictions(predictions) => predictions.pixels(picture, is_centre)?,
        };
        let computed = matches!(self.kind, Kind::Gray | Kind::Method { .. });
        Ok(Painted { rgb, ms: if computed { clock.elapsed().as_secs_f32() * 1e3 } else { 0.0 } })
    }
}

/// The sRGB pixels of an order that is carried out on a gray picture.
fn run_order(method: &dyn Method, draft: OrderDraft, luma: &Plane) -> Result<Vec<u8>, Error> {
    let first = run_orders(method, draft, luma)?.into_iter().next();
    first.ok_or(Error::NoAnswer(method.info().id))
}

/// The same of every answer that was ordered.
fn run_orders(method: &dyn Method, draft: OrderDraft, luma: &Plane) -> Result<Vec<Vec<u8>>, Error> {
    let order = Order::with_method(method.info(), draft)?;
    let picture = autochrome::Picture {
        luma: luma.clone(),
        chroma: None,
        thumbnail: None,
        alpha: None,
        depth: Depth::Eight,
        format: Format::Png,
        metadata: Metadata::default(),
        was_gray: true,
        warnings: Vec::new(),
    };
    let prepared = order.check(&picture)?;
    let answers = prepared.answers(method)?;
    let pixels = answers.iter().map(|variant| {
        match prepared.render(&variant.answer)?.into_raster().into_pixels() {
            Pixels::Rgb8(rgb) => Ok(rgb),
            // A picture of 8 bits stays one.
            _ => Err(Error::NoAnswer(method.info().id)),
        }
    });
    pixels.collect()
}

/// The picture's reference beside what else is said, for a method that takes references.
fn with_reference(method: &dyn Method, picture: &Picture, mut guidance: Guidance) -> Guidance {
    if let Some(reference) = &picture.reference
        && method.info().takes.contains(&GuidanceKind::References)
    {
        let (luma, chroma) = reference.lab();
        guidance.references.push(Reference { luma, chroma, name: reference.name.clone() });
    }
    guidance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{Folder, options};

    fn paint(painter: &Painter) -> (Vec<u8>, Vec<u8>) {
        let set = Folder::new().blobs("a.png", 40, 40, 3).load(options(32));
        let picture = &set.pictures()[0];
        let painted = painter.paint(picture, &picture.lab().0, &Guidance::default(), true).unwrap();
        (painted.rgb, picture.rgb.clone())
    }

    #[test]
    fn the_truth_comes_back_byte_for_byte() {
        let (painted, truth) = paint(&Painter::truth());
        assert_eq!(painted, truth);
    }

    #[test]
    fn gray_and_the_method_gray_are_one() {
        let method = autochrome::registry::find("gray").unwrap().open(None).unwrap();
        let by_method = Painter::method("g", method, OrderDraft::default());
        assert!(!by_method.takes_points() && !by_method.is_gray());
        assert_eq!(paint(&by_method).0, paint(&Painter::gray()).0);
    }
}
