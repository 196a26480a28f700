//! The contract of a method.

use autochrome_color::{Chroma, Plane};

use crate::{Guidance, GuidanceKind, MethodError, OptionSpec, Options};

/// A way to find the colours of a picture.
pub trait Method: Send + Sync {
    /// What there is to know about the method before running it.
    fn info(&self) -> &'static MethodInfo;

    /// Id of the model it runs with, for methods that have trained weights.
    fn model(&self) -> Option<&str> {
        None
    }

    /// The chroma of a picture, the best answer first; never an empty list.
    ///
    /// `luma` is L of CIELAB (D65), 0..=100, at full resolution. The same arguments give the same answer.
    ///
    /// # Shapes
    /// An answer's chroma may have any size of at least 1×1; it is stretched over the picture later.
    ///
    /// # Errors
    /// When the picture is empty, guidance or options do not fit the method, or its network fails.
    fn colorize(
        &self,
        luma: &Plane,
        guidance: &Guidance,
        options: &Options,
    ) -> Result<Vec<Answer>, MethodError>;
}

/// One possible colouring.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// a and b of CIELAB (D65), at the method's working size.
    pub chroma: Chroma,
    /// L of CIELAB (D65) at the picture's size, to be shown instead of its own: from a method that paints over a line
    /// drawing, whose white paper could not hold a colour. `None` from all others.
    pub luma: Option<Plane>,
}

impl From<Chroma> for Answer {
    /// Colours for a picture that keeps its luma.
    fn from(chroma: Chroma) -> Self {
        Self { chroma, luma: None }
    }
}

/// What there is to know about a method, as data.
#[derive(Debug)]
pub struct MethodInfo {
    /// Short lower-case name: `--method ID`.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// Where the idea was published.
    pub paper: Option<Paper>,
    /// The kinds of guidance it takes; all of them are optional unless its errors say otherwise.
    pub guidance: &'static [GuidanceKind],
    /// What can be set.
    pub options: &'static [OptionSpec],
    /// Whether it needs trained weights.
    pub uses_model: bool,
}

impl MethodInfo {
    /// That the method takes every kind of `guidance` that is present.
    ///
    /// # Errors
    /// Names the first kind that does not fit.
    pub fn check(&self, guidance: &Guidance) -> Result<(), MethodError> {
        match guidance.kinds().find(|kind| !self.guidance.contains(kind)) {
            None => Ok(()),
            Some(kind) => Err(MethodError::GuidanceUnsupported { method: self.id, kind }),
        }
    }
}

/// A publication.
#[derive(Debug)]
pub struct Paper {
    /// Full title.
    pub title: &'static str,
    /// Authors as one string.
    pub authors: &'static str,
    /// Year of publication, where it is certain.
    pub year: Option<u16>,
}
