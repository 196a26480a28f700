//! What a person says about the colours of a picture.

use std::fmt;

use autochrome_color::{Chroma, Plane};

/// A colour as a person picks it: sRGB, 8 bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Srgb {
    /// Red, 0..=255.
    pub red: u8,
    /// Green, 0..=255.
    pub green: u8,
    /// Blue, 0..=255.
    pub blue: u8,
}

/// "This spot has this colour."
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// The corners of the line, x and y in 0..=1 as in [`Point`].
    pub path: Vec<[f32; 2]>,
    /// Width of the brush, as a share of the picture's longer side.
    pub width: f32,
    /// The colour; methods use its chroma and keep the picture's own luma.
    pub color: Srgb,
}

/// "Where this picture is marked, it has these colours": strokes that were painted in another program.
#[derive(Clone, Debug, PartialEq)]
pub struct Marks {
    /// a and b of CIELAB (D65); what is not marked means nothing. Any size, stretched over the picture.
    pub chroma: Chroma,
    /// L of CIELAB (D65) of the marks, at the size of `chroma`; only drawings are painted with it.
    pub luma: Plane,
    /// What is marked, row by row, at the size of `chroma`.
    pub marked: Vec<bool>,
}

/// "It should look like this": a picture in colour.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// L of CIELAB (D65), 0..=100, at full resolution of the reference.
    pub luma: Plane,
    /// a and b of CIELAB (D65), at the size of `luma`.
    pub chroma: Chroma,
    /// What messages call it, such as its file name.
    pub name: String,
}

/// A rectangle as shares of a picture's width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwatchPair {
    /// Where in the picture.
    pub picture: Area,
    /// Where in the reference.
    pub area: Area,
    /// Which of [`Guidance::references`], from 0.
    pub reference: usize,
}

/// "These colours of the picture are to become those."
#[derive(Clone, Copy, Debug, PartialEq)]
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

/// Everything a person may say. Every kind is optional, and they mix.
///
/// A new kind is one field here, one [`GuidanceKind`] and one line in [`Guidance::kinds`].
#[derive(Clone, Debug, Default, PartialEq)]
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
}

impl Guidance {
    /// The kinds that are present.
    pub fn kinds(&self) -> impl Iterator<Item = GuidanceKind> {
        [
            (!self.points.is_empty(), GuidanceKind::Points),
            (!self.strokes.is_empty(), GuidanceKind::Strokes),
            (self.marks.is_some(), GuidanceKind::Marks),
            (!self.references.is_empty(), GuidanceKind::References),
            (!self.swatches.is_empty(), GuidanceKind::Swatches),
            (self.colors.is_some(), GuidanceKind::Colors),
            (!self.recolors.is_empty(), GuidanceKind::Recolors),
            (self.seed.is_some(), GuidanceKind::Seed),
        ]
        .into_iter()
        .filter_map(|(present, kind)| present.then_some(kind))
    }
}

/// A kind of [`Guidance`], so that a method can say which it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GuidanceKind {
    /// [`Guidance::points`].
    Points,
    /// [`Guidance::strokes`].
    Strokes,
    /// [`Guidance::marks`].
    Marks,
    /// [`Guidance::references`].
    References,
    /// [`Guidance::swatches`].
    Swatches,
    /// [`Guidance::colors`].
    Colors,
    /// [`Guidance::recolors`].
    Recolors,
    /// [`Guidance::seed`].
    Seed,
}

impl fmt::Display for GuidanceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Points => "points",
            Self::Strokes => "strokes",
            Self::Marks => "marks",
            Self::References => "references",
            Self::Swatches => "swatches",
            Self::Colors => "colours",
            Self::Recolors => "palette changes",
            Self::Seed => "seed",
        })
    }
}
