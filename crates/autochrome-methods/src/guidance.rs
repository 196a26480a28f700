//! What a person says about the colours of a picture.

use std::fmt;

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

/// Everything a person may say. Every kind is optional, and they mix.
///
/// A new kind is one field here, one [`GuidanceKind`] and one line in [`Guidance::kinds`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Guidance {
    /// Single spots of colour.
    pub points: Vec<Point>,
    /// Lines of colour.
    pub strokes: Vec<Stroke>,
    /// Chooses among the answers of methods that draw them at random.
    pub seed: Option<u64>,
}

impl Guidance {
    /// The kinds that are present.
    pub fn kinds(&self) -> impl Iterator<Item = GuidanceKind> {
        [
            (!self.points.is_empty(), GuidanceKind::Points),
            (!self.strokes.is_empty(), GuidanceKind::Strokes),
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
    /// [`Guidance::seed`].
    Seed,
}

impl fmt::Display for GuidanceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Points => "points",
            Self::Strokes => "strokes",
            Self::Seed => "seed",
        })
    }
}
