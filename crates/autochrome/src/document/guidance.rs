//! What a person says about the colours, as JSON.

use autochrome_methods::{Area, Guidance, Point, Recolor, Srgb, Stroke, SwatchPair};
use serde::{Deserialize, Serialize};

use crate::Error;

/// A spot of known colour.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Point))]
pub struct PointDocument {
    /// Distance from the left edge, as a share of the width.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub x: f32,
    /// Distance from the upper edge, as a share of the height.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub y: f32,
    /// Half the side of the spot, as a share of the longer side; 0 is one pixel.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub radius: f32,
    /// `#rrggbb`, sRGB.
    #[cfg_attr(feature = "schema", schema(pattern = "^#[0-9a-fA-F]{6}$"))]
    pub color: String,
}

/// A line of known colour.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Stroke))]
pub struct StrokeDocument {
    /// The corners of the line, as shares of width and height.
    #[cfg_attr(feature = "schema", schema(min_items = 1, value_type = Vec<super::schema::Place>))]
    pub path: Vec<[f32; 2]>,
    /// Width of the brush, as a share of the longer side.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub width: f32,
    /// `#rrggbb`, sRGB.
    #[cfg_attr(feature = "schema", schema(pattern = "^#[0-9a-fA-F]{6}$"))]
    pub color: String,
}

/// Spots and lines: the content of a file of hints.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Scribbles))]
pub struct HintsDocument {
    /// Spots of known colour.
    pub points: Vec<PointDocument>,
    /// Lines of known colour.
    pub strokes: Vec<StrokeDocument>,
}

/// A part of the picture that is to look like a part of a reference.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Swatch))]
pub struct SwatchDocument {
    /// Where in the picture.
    pub picture: AreaDocument,
    /// Where in the reference.
    pub area: AreaDocument,
    /// Which of the references, from 0.
    #[serde(default)]
    pub reference: u32,
}

/// A rectangle as shares of a picture's width and height.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Area))]
pub struct AreaDocument {
    /// Distance of the left side from the left edge.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub x: f32,
    /// Distance of the upper side from the upper edge.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub y: f32,
    /// Width.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub width: f32,
    /// Height.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub height: f32,
}

/// A change of a colour that the picture has.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Recolor))]
pub enum RecolorDocument {
    /// An entry of the picture's palette, the one that covers most of it being 0, takes the colour `to`.
    Entry {
        /// Which entry.
        entry: u32,
        /// `#rrggbb`, sRGB.
        #[cfg_attr(feature = "schema", schema(pattern = "^#[0-9a-fA-F]{6}$"))]
        to: String,
    },
    /// The entry that is nearest to `from` takes the colour `to`.
    Nearest {
        /// `#rrggbb`, sRGB.
        #[cfg_attr(feature = "schema", schema(pattern = "^#[0-9a-fA-F]{6}$"))]
        from: String,
        /// `#rrggbb`, sRGB.
        #[cfg_attr(feature = "schema", schema(pattern = "^#[0-9a-fA-F]{6}$"))]
        to: String,
    },
    /// Colours whose hue lies between two others, in degrees of CIELAB, turn to another hue, or lose their colour.
    Hues {
        /// Where the range begins and, upwards, ends.
        #[cfg_attr(feature = "schema", schema(min_items = 2, max_items = 2, value_type = Vec<f32>))]
        hues: [f32; 2],
        /// The hue its middle gets; gray when left out.
        to_hue: Option<f32>,
    },
}

impl HintsDocument {
    /// Reads a file of hints.
    ///
    /// # Errors
    /// [`Error::Hints`] when it is no JSON of this kind, has neither points nor strokes, or a place lies outside of the picture.
    pub fn read(json: &[u8]) -> Result<Guidance, Error> {
        let hints: Self = serde_json::from_slice(json).map_err(|error| Error::Hints(error.to_string()))?;
        if hints.points.is_empty() && hints.strokes.is_empty() {
            return Err(Error::Hints("it has no points and no strokes".to_owned()));
        }
        hints.guidance()
    }

    /// The same in terms of the library.
    ///
    /// # Errors
    /// When a colour is not `#rrggbb` or a place lies outside of the picture.
    pub fn guidance(&self) -> Result<Guidance, Error> {
        let mut guidance = Guidance::default();
        for PointDocument { x, y, radius, color } in &self.points {
            check_shares(&[*x, *y, *radius])?;
            guidance.points.push(Point { x: *x, y: *y, radius: *radius, color: srgb(color)? });
        }
        for StrokeDocument { path, width, color } in &self.strokes {
            path.iter().try_for_each(|place| check_shares(place))?;
            check_shares(&[*width])?;
            if path.is_empty() {
                return Err(Error::GuidanceOutOfRange("a stroke has at least one place".to_owned()));
            }
            guidance.strokes.push(Stroke { path: thinned(path), width: *width, color: srgb(color)? });
        }
        Ok(guidance)
    }
}

/// Corners nearer than this to the one before are left out, as a share of width and height.
const NEAR: f32 = 1.0 / 4096.0;

/// A path without corners that nobody could see: pointers report many more than a line needs.
fn thinned(path: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut kept: Vec<[f32; 2]> = Vec::with_capacity(path.len().min(4096));
    for (number, &place) in path.iter().enumerate() {
        let is_near = |last: &[f32; 2]| (place[0] - last[0]).abs().max((place[1] - last[1]).abs()) < NEAR;
        let is_end = number + 1 == path.len();
        if is_end || kept.last().is_none_or(|last| !is_near(last)) {
            kept.push(place);
        }
    }
    kept
}

impl StrokeDocument {
    /// How many corners of its path are looked at: those that differ enough from the one before.
    #[must_use]
    pub fn corners(&self) -> usize {
        thinned(&self.path).len()
    }

    /// How much the stroke covers, in squares of the picture's longer side; parts that it covers twice count twice.
    #[must_use]
    pub fn covers(&self) -> f32 {
        let length = |two: &[[f32; 2]]| (two[1][0] - two[0][0]).hypot(two[1][1] - two[0][1]);
        let length: f32 = thinned(&self.path).windows(2).map(length).sum();
        self.width * (length + self.width)
    }
}

impl PointDocument {
    /// How much the spot covers, in squares of the picture's longer side.
    #[must_use]
    pub fn covers(&self) -> f32 {
        4.0 * self.radius * self.radius
    }
}

impl SwatchDocument {
    pub(super) fn pair(&self) -> Result<SwatchPair, Error> {
        let (picture, area) = (self.picture.area()?, self.area.area()?);
        Ok(SwatchPair { picture, area, reference: self.reference as usize })
    }
}

impl AreaDocument {
    fn area(self) -> Result<Area, Error> {
        let Self { x, y, width, height } = self;
        check_shares(&[x, y, width, height])?;
        Ok(Area { x, y, width, height })
    }
}

impl RecolorDocument {
    pub(super) fn recolor(&self) -> Result<Recolor, Error> {
        Ok(match self {
            Self::Entry { entry, to } => Recolor::Entry { index: *entry as usize, to: srgb(to)? },
            Self::Nearest { from, to } => Recolor::Nearest { from: srgb(from)?, to: srgb(to)? },
            Self::Hues { hues: [start, end], to_hue } => {
                Recolor::Hues { start: *start, end: *end, to: *to_hue }
            }
        })
    }
}

fn check_shares(shares: &[f32]) -> Result<(), Error> {
    if shares.iter().all(|share| (0.0..=1.0).contains(share)) {
        Ok(())
    } else {
        Err(Error::GuidanceOutOfRange("places and sizes of hints lie in 0 to 1".to_owned()))
    }
}

fn srgb(text: &str) -> Result<Srgb, Error> {
    text.parse().map_err(|_| Error::GuidanceOutOfRange(format!("`{text}` is not a colour; write #rrggbb")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_shape_and_both_ends_when_it_is_thinned() {
        let many: Vec<[f32; 2]> = (0..=100_000).map(|i| [i as f32 / 1e5, 0.5]).collect();
        let few = thinned(&many);
        assert!(few.len() < 4200, "{}", few.len());
        assert_eq!((few[0], few[few.len() - 1]), ([0.0, 0.5], [1.0, 0.5]));
        for short in [vec![[0.1, 0.2]], vec![[0.0, 0.0], [0.1, 0.1], [0.1, 0.3]]] {
            assert_eq!(thinned(&short), short);
        }
    }

    #[test]
    fn a_file_of_hints_is_read_and_its_faults_are_told() {
        let json = br##"{"points":[{"x":0.5,"y":0.1,"color":"#ff0000"}],"strokes":[{"path":[[0,0],[1,1]],"width":0.01,"color":"#00ff00"}]}"##;
        let guidance = HintsDocument::read(json).unwrap();
        assert_eq!((guidance.points.len(), guidance.strokes.len()), (1, 1));
        for (wrong, told) in [
            ("{", "EOF"),
            (r#"{"dots":[]}"#, "dots"),
            ("{}", "no points"),
            (r##"{"points":[{"x":2,"y":0,"color":"#ff0000"}]}"##, "0 to 1"),
        ] {
            let error = HintsDocument::read(wrong.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}
