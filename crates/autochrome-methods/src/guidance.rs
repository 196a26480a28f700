//! What a person says about the colours of a picture.
//!
//! All of it can be compared and hashed, so that an answer can be remembered for it. Real numbers count by their bits there:
//! -0 and 0 are two values, and NaN equals itself.

use std::fmt;
use std::hash::{Hash, Hasher};

use autochrome_color::resize::{Filter, fit_within, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane, lab};

use crate::words::Wish;
use crate::{GuidanceKind, GuidanceKinds, Memory, Mood};

/// A colour as a person picks it: sRGB, 8 bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Srgb {
    /// Red, 0..=255.
    pub red: u8,
    /// Green, 0..=255.
    pub green: u8,
    /// Blue, 0..=255.
    pub blue: u8,
}

impl Srgb {
    /// The nearest to L, a and b of CIELAB (D65); what lies outside of sRGB is cut off.
    #[must_use]
    pub fn from_lab(color: [f32; 3]) -> Self {
        let byte = |value: f32| (255.0 * value).round().clamp(0.0, 255.0) as u8;
        let [red, green, blue] = lab::lab_to_srgb(color).map(byte);
        Self { red, green, blue }
    }

    /// L, a and b of CIELAB (D65).
    #[must_use]
    pub fn to_lab(self) -> [f32; 3] {
        let (luma, chroma) = lab::rgb8_to_lab(&[self.red, self.green, self.blue], 1, 1);
        [luma.data()[0], chroma.a.data()[0], chroma.b.data()[0]]
    }
}

/// As it is written in CSS: `#1a2b3c`.
impl fmt::Display for Srgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { red, green, blue } = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// "This spot has this colour."
#[derive(Clone, Debug)]
pub struct Point {
    /// Distance from the left edge, 0..=1 of the picture's width.
    pub x: f32,
    /// Distance from the upper edge, 0..=1 of the picture's height.
    pub y: f32,
    /// Half the side of the spot, as a share of the picture's longer side; 0 is one pixel.
    pub radius: f32,
    /// The colour; methods use its chroma and keep the picture's own luma.
    pub color: Srgb,
}

/// "What lies under this line has this colour."
#[derive(Clone, Debug)]
pub struct Stroke {
    /// The corners of the line, x and y in 0..=1 as in [`Point`].
    pub path: Vec<[f32; 2]>,
    /// Width of the brush, as a share of the picture's longer side.
    pub width: f32,
    /// The colour; methods use its chroma and keep the picture's own luma.
    pub color: Srgb,
}

/// "Where this picture is marked, it has these colours": strokes that were painted in another program.
#[derive(Clone, Debug)]
pub struct Marks {
    /// a and b of CIELAB (D65); what is not marked means nothing. Any size, stretched over the picture.
    pub chroma: Chroma,
    /// L of CIELAB (D65) of the marks, at the size of `chroma`; only drawings are painted with it.
    pub luma: Plane,
    /// What is marked, row by row, at the size of `chroma`.
    pub marked: Vec<bool>,
}

/// "It should look like this": a picture in colour.
#[derive(Clone, Debug)]
pub struct Reference {
    /// L of CIELAB (D65), 0..=100, at full resolution of the reference.
    pub luma: Plane,
    /// a and b of CIELAB (D65), at the size of `luma`.
    pub chroma: Chroma,
    /// What messages call it, such as its file name.
    pub name: String,
}

/// A rectangle as shares of a picture's width and height.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// Distance of the left side from the left edge, 0..=1 of the width.
    pub x: f32,
    /// Distance of the upper side from the upper edge, 0..=1 of the height.
    pub y: f32,
    /// Width, 0..=1 of the picture's.
    pub width: f32,
    /// Height, 0..=1 of the picture's.
    pub height: f32,
}

/// "This part is to look like that part of a reference."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SwatchPair {
    /// Where in the picture.
    pub picture: Area,
    /// Where in the reference.
    pub area: Area,
    /// Which of [`Guidance::references`], from 0.
    pub reference: usize,
}

/// "These colours of the picture are to become those."
#[derive(Clone, Copy, Debug)]
pub enum Recolor {
    /// Entry `index` of the picture's palette, from 0, takes the chroma of `to`.
    Entry {
        /// Which entry, the one that covers most of the picture first.
        index: usize,
        /// What it becomes.
        to: Srgb,
    },
    /// The entry of the picture's palette that is nearest to `from` takes the chroma of `to`.
    Nearest {
        /// A colour like that of the entry.
        from: Srgb,
        /// What it becomes.
        to: Srgb,
    },
    /// Colours whose hue lies between two others turn to another hue, or lose their colour.
    Hues {
        /// Where the range begins, degrees of CIELAB's hue (0 red, 90 yellow, 180 green, 270 blue), upwards to `end`.
        start: f32,
        /// Where the range ends; below `start` it passes 360.
        end: f32,
        /// The hue its middle gets, in degrees; `None` takes the colour away.
        to: Option<f32>,
    },
}

impl Reference {
    /// The same with a longer side of at most `side_px`, as a method that looks at no more of it may be given.
    #[must_use]
    pub fn reduced(self, side_px: usize) -> Self {
        let (width, height) = fit_within(self.luma.width(), self.luma.height(), side_px);
        if (width, height) == self.luma.size() && (width, height) == self.chroma.size() {
            return self;
        }
        Self {
            luma: resize_plane(&self.luma, width, height, Filter::Area),
            chroma: resize_chroma(&self.chroma, width, height, Filter::Area),
            name: self.name,
        }
    }
}

/// Everything a person may say. Every kind is optional, and they mix.
///
/// A new kind is one field here, one [`GuidanceKind`], and the lines that the compiler then asks for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Guidance {
    /// Single spots of colour.
    pub points: Vec<Point>,
    /// Lines of colour; where they cross, the last one holds.
    pub strokes: Vec<Stroke>,
    /// Colour painted over a copy of the picture; points and strokes go over it.
    pub marks: Option<Marks>,
    /// Pictures whose colours are wanted.
    pub references: Vec<Reference>,
    /// Parts of the picture and of references that belong together.
    pub swatches: Vec<SwatchPair>,
    /// Colours the picture has already, at its full resolution; given by the program to methods that change them.
    pub colors: Option<Chroma>,
    /// What is to become of those colours, one change after the other.
    pub recolors: Vec<Recolor>,
    /// Chooses among the answers of methods that draw them at random.
    pub seed: Option<u64>,
    /// Things and the colours they have.
    pub words: Vec<Wish>,
    /// What the picture looks like as a whole.
    pub mood: Option<Mood>,
    /// Remembered pictures, whose colours go to what looks like them.
    pub memory: Option<Memory>,
}

impl Guidance {
    /// The kinds that are present.
    #[must_use]
    pub fn kinds(&self) -> GuidanceKinds {
        let Self {
            points,
            strokes,
            marks,
            references,
            swatches,
            colors,
            recolors,
            seed,
            words,
            mood,
            memory,
        } = self;
        [
            (!points.is_empty(), GuidanceKind::Points),
            (!strokes.is_empty(), GuidanceKind::Strokes),
            (marks.is_some(), GuidanceKind::Marks),
            (!references.is_empty(), GuidanceKind::References),
            (!swatches.is_empty(), GuidanceKind::Swatches),
            (colors.is_some(), GuidanceKind::Colors),
            (!recolors.is_empty(), GuidanceKind::Recolors),
            (seed.is_some(), GuidanceKind::Seed),
            (!words.is_empty(), GuidanceKind::Words),
            (mood.is_some(), GuidanceKind::Mood),
            (memory.is_some(), GuidanceKind::Memory),
        ]
        .into_iter()
        .filter_map(|(present, kind)| present.then_some(kind))
        .collect()
    }
}

/// Equality and hash by the bits of every field. A field that is forgotten is a compile error.
macro_rules! by_bits {
    ($type:ident { $($field:ident),* } => $bits:expr) => {
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                let one = { let $type { $($field),* } = self; $bits };
                let two = { let $type { $($field),* } = other; $bits };
                one == two
            }
        }

        impl Eq for $type {}

        impl Hash for $type {
            fn hash<H: Hasher>(&self, state: &mut H) {
                let $type { $($field),* } = self;
                $bits.hash(state);
            }
        }
    };
}

by_bits!(Point { x, y, radius, color } => ([x, y, radius].map(|value| value.to_bits()), color));
by_bits!(Stroke { path, width, color } => {
    let corners: Vec<[u32; 2]> = path.iter().map(|place| place.map(f32::to_bits)).collect();
    (corners, width.to_bits(), color)
});
by_bits!(Marks { chroma, luma, marked } => (chroma_bits(chroma), plane_bits(luma), marked));
by_bits!(Reference { luma, chroma, name } => (plane_bits(luma), chroma_bits(chroma), name));
by_bits!(Area { x, y, width, height } => [x, y, width, height].map(|value| value.to_bits()));
by_bits!(Guidance { points, strokes, marks, references, swatches, colors, recolors, seed, words, mood, memory } => (
    (points, strokes, marks, references),
    (swatches, colors.as_ref().map(chroma_bits), recolors, seed, words, mood, memory),
));

type PlaneBits<'a> = ((usize, usize), &'a [u32]);

fn plane_bits(plane: &Plane) -> PlaneBits<'_> {
    (plane.size(), plane.bits())
}

fn chroma_bits(chroma: &Chroma) -> [PlaneBits<'_>; 2] {
    let Chroma { a, b } = chroma;
    [plane_bits(a), plane_bits(b)]
}

/// An index, two colours, and three angles by their bits.
type RecolorBits = (Option<usize>, [Option<Srgb>; 2], Option<[Option<u32>; 3]>);

impl Recolor {
    /// What tells two changes apart: colours by their channels, degrees by their bits.
    fn bits(&self) -> RecolorBits {
        match *self {
            Self::Entry { index, to } => (Some(index), [None, Some(to)], None),
            Self::Nearest { from, to } => (None, [Some(from), Some(to)], None),
            Self::Hues { start, end, to } => {
                (None, [None; 2], Some([Some(start), Some(end), to].map(|degrees| degrees.map(f32::to_bits))))
            }
        }
    }
}

impl PartialEq for Recolor {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Recolor {}

impl Hash for Recolor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher as _, RandomState};

    use super::*;

    const RED: Srgb = Srgb { red: 255, green: 0, blue: 0 };

    fn all() -> Guidance {
        let plane = Plane::filled(4, 2, 30.0);
        let chroma = Chroma { a: plane.clone(), b: plane.clone() };
        let area = Area { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
        Guidance {
            points: vec![Point { x: 0.1, y: 0.2, radius: 0.0, color: RED }],
            strokes: vec![Stroke { path: vec![[0.0, 0.1]], width: 0.1, color: RED }],
            marks: Some(Marks { chroma: chroma.clone(), luma: plane.clone(), marked: vec![true; 8] }),
            references: vec![Reference { luma: plane, chroma: chroma.clone(), name: "r".to_owned() }],
            swatches: vec![SwatchPair { picture: area, area, reference: 0 }],
            colors: Some(chroma),
            recolors: vec![
                Recolor::Entry { index: 0, to: RED },
                Recolor::Nearest { from: RED, to: RED },
                Recolor::Hues { start: 1.0, end: 2.0, to: None },
            ],
            seed: Some(1),
            words: crate::words::wishes("red car").unwrap(),
            mood: Some(Mood { mean: Some([1.0, 2.0]), chroma: None }),
            memory: None,
        }
    }

    #[test]
    fn whatever_changes_is_another_guidance_with_another_hash() {
        let state = RandomState::new();
        let changes: [fn(&mut Guidance); 18] = [
            |g| g.points[0].radius = 1e-9,
            |g| g.strokes[0].path[0][1] = 0.2,
            |g| g.strokes[0].path.push([0.0, 0.1]),
            |g| g.marks.as_mut().unwrap().marked[3] = false,
            |g| g.marks.as_mut().unwrap().luma = Plane::filled(2, 4, 30.0),
            |g| g.references[0].chroma.b.data_mut()[7] = 31.0,
            |g| g.references.push(g.references[0].clone()),
            |g| g.swatches[0].picture.height = 0.5,
            |g| g.swatches[0].reference = 1,
            |g| g.colors = None,
            |g| g.recolors[0] = Recolor::Entry { index: 1, to: RED },
            |g| g.recolors[2] = Recolor::Hues { start: 1.0, end: 2.0, to: Some(0.0) },
            |g| g.recolors.swap(0, 1),
            |g| g.seed = None,
            |g| g.words = crate::words::wishes("blue car").unwrap(),
            |g| g.words = crate::words::wishes("red bus").unwrap(),
            |g| g.mood = None,
            |g| g.mood = Some(Mood { mean: Some([1.0, 2.0]), chroma: Some(0.0) }),
        ];
        assert_eq!(all(), all());
        assert_eq!(state.hash_one(all()), state.hash_one(all()));
        for (number, change) in changes.into_iter().enumerate() {
            let mut changed = all();
            change(&mut changed);
            assert_ne!(changed, all(), "change {number}");
            assert_ne!(state.hash_one(changed), state.hash_one(all()), "change {number}");
        }
    }

    #[test]
    fn a_reduced_reference_keeps_its_shape_and_a_small_one_everything() {
        let luma = Plane::filled(400, 200, 50.0);
        let chroma = Chroma { a: Plane::filled(400, 200, 20.0), b: Plane::filled(400, 200, -5.0) };
        let reference = Reference { luma, chroma, name: "r".to_owned() };
        assert_eq!(reference.clone().reduced(400), reference);
        let reduced = reference.reduced(100);
        assert_eq!((reduced.luma.size(), reduced.chroma.size()), ((100, 50), (100, 50)));
        assert!(reduced.chroma.a.data().iter().all(|a| (a - 20.0).abs() < 1e-3));
    }
}
