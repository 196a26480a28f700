//! What a person says in pictures, scribbles and references, and how it reaches methods that take less than that.

use autochrome::{DecodeOptions, Guidance, Limits, Marks, Picture, Reference, decode, overlay};
use autochrome_jobs::Part;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::options::{ColorizeOptions, PointJson, StrokeJson};
use crate::problem::Problem;

/// Files that go with every picture of a request.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// Strokes that were painted in another program: a PNG that is transparent elsewhere.
    pub scribbles: Option<Vec<u8>>,
    /// Pictures to take colours from.
    pub references: Vec<Part>,
}

/// Hints beside those in the options.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scribbles {
    /// Spots of known colour.
    points: Vec<PointJson>,
    /// Lines of known colour.
    strokes: Vec<StrokeJson>,
}

impl Scribbles {
    /// Says the same in the options.
    pub fn add_to(self, options: &mut ColorizeOptions) {
        options.points.extend(self.points);
        options.strokes.extend(self.strokes);
    }
}

/// What [`Extras::scribbles`] are called among the files of a job.
const SCRIBBLES: &str = "scribbles";

impl Extras {
    /// Files of a job, each with what it is.
    pub fn from_parts(parts: Vec<(String, Part)>) -> Self {
        let mut extras = Self::default();
        for (role, part) in parts {
            match role.as_str() {
                SCRIBBLES => extras.scribbles = Some(part.bytes),
                _ => extras.references.push(part),
            }
        }
        extras
    }

    /// The same the other way round.
    pub fn into_parts(self) -> Vec<(String, Part)> {
        let scribbles = self.scribbles.map(|bytes| Part { name: SCRIBBLES.to_owned(), bytes });
        let scribbles = scribbles.into_iter().map(|part| (SCRIBBLES.to_owned(), part));
        scribbles.chain(self.references.into_iter().map(|part| ("reference".to_owned(), part))).collect()
    }

    /// Adds what these files say to `guidance`.
    ///
    /// # Errors
    /// When one is no picture, or has nothing to say.
    pub fn add_to(&self, guidance: &mut Guidance, limits: Limits) -> Result<(), Problem> {
        if let Some(scribbles) = &self.scribbles {
            guidance.marks = Some(marks(&in_color(scribbles, limits)?)?);
        }
        for Part { name, bytes } in &self.references {
            let Picture { luma, chroma, .. } = in_color(bytes, limits)?;
            let chroma = chroma
                .ok_or_else(|| unfit(format!("the reference {name} has no colours; send one that has")))?;
            guidance.references.push(Reference { luma, chroma, name: name.clone() });
        }
        Ok(())
    }

    /// What these files are, for the memory of answers.
    pub fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.scribbles.iter().chain(self.references.iter().map(|part| &part.bytes)).map(Vec::as_slice)
    }
}

fn in_color(bytes: &[u8], limits: Limits) -> Result<Picture, Problem> {
    Ok(decode(bytes, &DecodeOptions { limits, keep_chroma: true })?)
}

fn unfit(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "guidance-unfit", detail)
}

/// What is opaque in a picture.
fn marks(picture: &Picture) -> Result<Marks, Problem> {
    overlay(picture).filter(|marks| marks.marked.contains(&true)).ok_or_else(|| {
        unfit("`scribbles` must be opaque where somebody painted and transparent everywhere else")
    })
}

/// Reads a file of hints: points and strokes as in the options of a request.
///
/// # Errors
/// In words, when it is no JSON of that kind or a place lies outside of the picture.
pub fn read_hints(json: &[u8]) -> Result<Guidance, String> {
    let hints: Scribbles = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let mut options = ColorizeOptions::default();
    hints.add_to(&mut options);
    options.guidance().map_err(|problem| problem.detail)
}

#[cfg(test)]
mod tests {
    use autochrome::{Depth, Plane};

    use super::*;

    #[test]
    fn a_picture_without_transparency_is_no_scribble() {
        let picture = Picture {
            luma: Plane::filled(2, 2, 50.0),
            chroma: None,
            alpha: None,
            depth: Depth::Eight,
            format: autochrome::Format::Png,
            metadata: autochrome::Metadata::default(),
            was_gray: true,
            warnings: Vec::new(),
        };
        assert_eq!(marks(&picture).unwrap_err().code, "guidance-unfit");
    }

    #[test]
    fn a_file_of_hints_is_read_and_its_faults_are_told() {
        let json = br##"{"points":[{"x":0.5,"y":0.1,"color":"#ff0000"}],"strokes":[{"path":[[0,0],[1,1]],"width":0.01,"color":"#00ff00"}]}"##;
        let guidance = read_hints(json).unwrap();
        assert_eq!((guidance.points.len(), guidance.strokes.len()), (1, 1));
        for (wrong, told) in [
            ("{", "EOF"),
            (r#"{"dots":[]}"#, "dots"),
            (r##"{"points":[{"x":2,"y":0,"color":"#ff0000"}]}"##, "0 to 1"),
        ] {
            let error = read_hints(wrong.as_bytes()).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
