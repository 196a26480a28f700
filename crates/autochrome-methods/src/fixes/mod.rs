//! Fix-ups on a finished answer: hues that turn, fade or lose their colour, everywhere or in one part, and skin that keeps its colour.
//!
//! A restorer who sees violet patches on a wall wants them gray and nothing else changed. A fix looks at the colours that a method
//! gave, at the method's own size, and changes those of some hues; luma is never touched. A fix sets in over 12° at both ends of its
//! range of hues, and over the first 6 units of chroma, so that it leaves no edge; beyond, every colour stays as it is, to the bit.

mod notation;

use std::hash::{Hash, Hasher};

use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};

pub use crate::hues::HueChange;
use crate::hues::Hues;
use crate::words::{self, Thing};
use crate::{Answer, Area, Guidance, Method, MethodError, Options};
pub use notation::fixes;

/// A part of a picture.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// All of it.
    Whole,
    /// Every thing of a kind.
    Thing(&'static Thing),
    /// What lies at a place, x and y in 0..=1, as far as a spot of colour there would reach.
    Around([f32; 2]),
    /// A rectangle.
    Rectangle(Area),
}

/// "These hues become those, in this part of the picture."
#[derive(Clone, Copy, Debug)]
pub struct Fix {
    /// Where.
    pub part: Part,
    /// Where the range of hues begins, degrees of CIELAB's hue (0 red, 90 yellow, 180 green, 270 blue), upwards to `end`.
    pub start: f32,
    /// Where the range ends; below `start` it passes 360, and 360 above it all hues are meant.
    pub end: f32,
    /// What becomes of them.
    pub change: HueChange,
}

/// All that is done with the colours of a finished answer; the default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fixes {
    /// Changes, one after the other.
    pub changes: Vec<Fix>,
    /// Whether skin keeps the colours that it has when nothing is said and nothing fixed.
    pub protect_skin: bool,
}

/// Parts of a picture that were looked for, and the colours that it has when nothing is said.
#[derive(Clone, Debug)]
pub struct FoundParts {
    /// How much each place belongs to each part, 0..=1, at the size of `automatic`; `None` for what is not there.
    pub parts: Vec<Option<Plane>>,
    /// a and b of CIELAB (D65).
    pub automatic: Chroma,
}

/// The kind of a part, a thing, and numbers by their bits.
type PartBits = (u8, Option<&'static Thing>, [u32; 4]);

impl Part {
    /// Whether a method must find it.
    fn is_found(&self) -> bool {
        matches!(self, Self::Thing(_) | Self::Around(_))
    }

    fn bits(&self) -> PartBits {
        match *self {
            Self::Whole => (0, None, [0; 4]),
            Self::Thing(thing) => (1, Some(thing), [0; 4]),
            Self::Around([x, y]) => (2, None, [x.to_bits(), y.to_bits(), 0, 0]),
            Self::Rectangle(Area { x, y, width, height }) => {
                (3, None, [x, y, width, height].map(f32::to_bits))
            }
        }
    }
}

impl Fix {
    fn hues(&self) -> Result<Hues, MethodError> {
        Hues::new(self.start, self.end, self.change, |reason| MethodError::BadFix { reason })
    }

    /// Its part, and all numbers by their bits.
    fn bits(&self) -> (PartBits, [u32; 5]) {
        let (kind, numbers) = match self.change {
            HueChange::Scale(factor) => (0, [factor, 0.0]),
            HueChange::To(hue) => (1, [hue, 0.0]),
            HueChange::Towards { hue, most } => (2, [hue, most]),
        };
        let [one, two] = numbers.map(f32::to_bits);
        (self.part.bits(), [self.start.to_bits(), self.end.to_bits(), kind, one, two])
    }
}

impl PartialEq for Fix {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Fix {}

impl Hash for Fix {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

impl Fixes {
    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.protect_skin
    }

    /// Whether a method must tell things apart for it.
    #[must_use]
    pub fn needs_things(&self) -> bool {
        self.protect_skin || self.changes.iter().any(|fix| fix.part.is_found())
    }

    /// Fixes the answers that a method gave to `guidance` and `options` for a picture with this luma. What was not found is
    /// noted in the answers, and skin is put back last.
    ///
    /// # Errors
    /// [`MethodError::BadFix`] for angles that are no numbers, and [`MethodError::NoDescription`] where the method must find things and
    /// cannot.
    pub fn apply(
        &self,
        method: &dyn Method,
        luma: &Plane,
        guidance: &Guidance,
        options: &Options,
        answers: &mut [Answer],
    ) -> Result<(), MethodError> {
        let says_something = !self.changes.is_empty() || !guidance.kinds().is_empty();
        let skin = if self.protect_skin && says_something { words::thing_of("skin") } else { None };
        let parts = self.changes.iter().map(|fix| fix.part).filter(Part::is_found);
        let wanted: Vec<Part> = parts.chain(skin.map(Part::Thing)).collect();
        let found = if wanted.is_empty() { None } else { Some(method.find_parts(luma, &wanted, options)?) };
        let hues: Vec<Hues> = self.changes.iter().map(Fix::hues).collect::<Result<_, _>>()?;
        for Answer { chroma, notes, .. } in answers {
            let size = chroma.size();
            let mut parts = found.iter().flat_map(|found| &found.parts);
            for (fix, hues) in self.changes.iter().zip(&hues) {
                let weights = match fix.part {
                    Part::Whole => None,
                    Part::Rectangle(area) => Some(rectangle(area, size)),
                    Part::Thing(_) | Part::Around(_) => match parts.next() {
                        Some(Some(weights)) => Some(resize_plane(weights, size.0, size.1, Filter::Bilinear)),
                        _ => {
                            if let Part::Thing(thing) = fix.part {
                                notes.push(format!("no {} was found in the picture", thing.name));
                            }
                            continue;
                        }
                    },
                };
                change_hues(hues, weights.as_ref(), chroma);
            }
            if let (Some(_), Some(found)) = (skin, &found)
                && let Some(Some(weights)) = found.parts.last()
            {
                let weights = resize_plane(weights, size.0, size.1, Filter::Bilinear);
                let own = resize_chroma(&found.automatic, size.0, size.1, Filter::Bilinear);
                put_back(&own, &weights, chroma);
            }
        }
        Ok(())
    }
}

/// Makes a change where `weights` is above 0, or everywhere.
fn change_hues(hues: &Hues, weights: Option<&Plane>, chroma: &mut Chroma) {
    let Chroma { a, b } = chroma;
    for (i, (a, b)) in a.data_mut().iter_mut().zip(b.data_mut()).enumerate() {
        let weight = weights.map_or(1.0, |weights| weights.data()[i]);
        if weight > 0.0 && hues.share([*a, *b]) > 0.0 {
            let [new_a, new_b] = hues.apply([*a, *b]);
            *a += weight * (new_a - *a);
            *b += weight * (new_b - *b);
        }
    }
}

/// Gives `chroma` its own colours again, as far as `weights` say.
fn put_back(own: &Chroma, weights: &Plane, chroma: &mut Chroma) {
    for (now, own) in [(&mut chroma.a, &own.a), (&mut chroma.b, &own.b)] {
        let samples = now.data_mut().iter_mut().zip(own.data()).zip(weights.data());
        samples.for_each(|((now, own), weight)| *now += weight * (own - *now));
    }
}

/// How much of each cell of a grid lies within a rectangle.
fn rectangle(area: Area, (width, height): (usize, usize)) -> Plane {
    let covered = |from: f32, length: f32, cells: usize| -> Vec<f32> {
        let (start, end) = (from * cells as f32, (from + length) * cells as f32);
        (0..cells).map(|i| (end.min(i as f32 + 1.0) - start.max(i as f32)).clamp(0.0, 1.0)).collect()
    };
    let (columns, rows) = (covered(area.x, area.width, width), covered(area.y, area.height, height));
    let cells = rows.iter().flat_map(|row| columns.iter().map(move |column| row * column));
    Plane::from_vec(width, height, cells.collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
