//! Colours from strokes: neighbouring pixels of like luma get like colour.
//!
//! A person draws a few strokes of colour, or another method finds a few pixels whose colour it is sure of. [`affinity`] says how
//! much neighbours want to share a colour, [`solver`] spreads the known colours so that every other pixel has the weighted mean
//! of its neighbours' colours. That is one large system of equations; [`multigrid`] makes solving it linear in the pixels.
//! A [`ScribbleSession`] keeps what it worked out about a picture, for people who add stroke after stroke.
//! In a line drawing luma says nothing about colour, so there regions are filled instead ([`sketch`]).

mod affinity;
mod balance;
mod canvas;
mod equations;
mod graph;
mod groups;
mod hold;
mod krylov;
mod multigrid;
mod operator;
mod session;
mod sketch;
mod solver;
mod walk;

pub(crate) use hold::keep_marked_colors;
pub use session::ScribbleSession;

use autochrome_color::{Chroma, Plane};

use self::solver::{Accuracy, Solver};
use crate::{
    Answer, DefaultValue, Guidance, GuidanceKind, Method, MethodError, MethodInfo, Need, OptionSpec, Options,
    Paper, RealSpec, SwitchSpec,
};

/// a and b of a pixel, or whatever is worked out for both at once.
type Pair = [f32; 2];

static MEGAPIXELS: RealSpec = RealSpec {
    id: "megapixels",
    help: "Working size in millions of pixels; larger pictures are shrunk for it and their colours stretched along edges",
    min: 0.01,
    max: 100.0,
    step: Some(0.1),
    unit: "megapixels",
    default: DefaultValue::Is(1.0),
};

static SKETCH: SwitchSpec = SwitchSpec {
    id: "sketch",
    help: "Fill the regions of a line drawing: dark lines on light paper, which takes the colours' lightness too",
    default: DefaultValue::Is(false),
};

static GAP: RealSpec = RealSpec {
    id: "gap",
    help: "Widest gap in the lines of a drawing that keeps colours in, as a share of the longer side",
    min: 0.0,
    max: 0.2,
    step: Some(0.005),
    unit: "",
    default: DefaultValue::Is(0.01),
};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "scribble",
    name: "Scribbles",
    summary: "Spreads strokes of colour over everything that looks alike around them; fills line drawings too",
    paper: Some(Paper {
        title: "Colorization using Optimization",
        authors: "Levin, Lischinski, Weiss",
        year: Some(2004),
    }),
    needs: &[Need {
        any_of: &[GuidanceKind::Strokes, GuidanceKind::Points, GuidanceKind::Marks],
        remedy: "draw at least one stroke, spot or mark of colour",
    }],
    takes: &[GuidanceKind::Points, GuidanceKind::Strokes, GuidanceKind::Marks],
    options: &[OptionSpec::Real(&MEGAPIXELS), OptionSpec::Switch(&SKETCH), OptionSpec::Real(&GAP)],
    uses_model: false,
    reference_side: None,
};

/// The method `scribble`.
pub(crate) struct Scribble;

impl Method for Scribble {
    fn info(&self) -> &'static MethodInfo {
        &INFO
    }

    fn colorize(
        &self,
        luma: &Plane,
        guidance: &Guidance,
        options: &Options,
    ) -> Result<Vec<Answer>, MethodError> {
        Ok(vec![ScribbleSession::new(luma, options)?.colorize(guidance)?])
    }
}

/// Spreads the colours of `marked` pixels over the whole picture along its luma; marked pixels keep theirs.
///
/// `luma` is L of CIELAB (D65), 0..=100. A [`Solver`] does the same for one picture again and again.
///
/// # Shapes
/// `colors` and `marked` have the size of `luma`; what is not marked may hold anything.
///
/// # Errors
/// When the picture is empty, nothing is marked, or a size differs.
pub(crate) fn spread(luma: &Plane, colors: &Chroma, marked: &[bool]) -> Result<Chroma, MethodError> {
    if luma.data().is_empty() {
        return Err(MethodError::EmptyPicture);
    }
    Ok(Solver::new(luma, 0.0).solve(colors, marked, Accuracy::default())?.0)
}

#[cfg(test)]
mod tests;
