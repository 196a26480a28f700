//! What kind of picture something is: whether it has colours already, and whether it is a photograph at all.
//!
//! The thresholds were set on 44 genuine historical photographs, on 887 colour pictures, and on the same turned into negatives; the
//! tests say on what they hold. Recognising looks at a small copy of the colours and at samples of the luma: its cost hardly grows with
//! the picture.

mod coloring;
mod halftone;
mod negative;
mod polarity;

use autochrome_color::resize::{Filter, fit_within, resize_plane};
use autochrome_color::{Chroma, Plane};

pub use coloring::ToneCurve;

use crate::{Overview, Picture};

/// A small copy of a picture in colour, its longer side at most [`Thumbnail::SIDE_PX`].
#[derive(Clone, Debug, PartialEq)]
pub struct Thumbnail {
    /// L of CIELAB (D65), 0..=100.
    pub luma: Plane,
    /// a and b of CIELAB (D65), at the size of `luma`.
    pub chroma: Chroma,
}

impl Thumbnail {
    /// Longest side, in pixels.
    pub const SIDE_PX: usize = 128;
}

/// What was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// Which colours it has.
    pub coloring: Coloring,
    /// What it shows.
    pub subject: Subject,
    /// Whether its lightness spans so little that a print of it would look faded: less than [`Kind::FADED_SPAN`] of L between the
    /// darkest and the lightest fiftieth.
    pub faded: bool,
}

/// Which colours a picture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coloring {
    /// None, or a cast that nobody sees.
    Gray,
    /// One colour for each lightness, yellow to red: sepia, old paper.
    Sepia,
    /// One colour for each lightness, blue: cyanotype.
    Cyanotype,
    /// One colour for each lightness, of another hue.
    Toned,
    /// Colours of things: it is in colour already.
    Color,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A photograph.
    Photograph,
    /// A negative: light is dark.
    Negative,
    /// Thin dark lines on light paper.
    Drawing,
    /// A print made of regular dots.
    Halftone,
}

impl Coloring {
    /// Short lower-case name.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Gray => "gray",
            Self::Sepia => "sepia",
            Self::Cyanotype => "cyanotype",
            Self::Toned => "toned",
            Self::Color => "color",
        }
    }

    /// Whether there is one colour for each lightness.
    #[must_use]
    pub fn is_toned(self) -> bool {
        matches!(self, Self::Sepia | Self::Cyanotype | Self::Toned)
    }
}

impl Subject {
    /// Short lower-case name.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Photograph => "photograph",
            Self::Negative => "negative",
            Self::Drawing => "drawing",
            Self::Halftone => "halftone",
        }
    }
}

impl Kind {
    /// Span of L, between the 2nd and the 98th percentile, below which a picture is called faded.
    pub const FADED_SPAN: f32 = 50.0;
}

impl Picture {
    /// What kind of picture it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        recognize(&self.luma, self.thumbnail.as_ref())
    }

    /// The same, with the overview of its luma at hand.
    #[must_use]
    pub fn kind_by(&self, overview: &Overview) -> Kind {
        recognize_by(overview, &self.luma, self.thumbnail.as_ref())
    }

    /// The colour of each lightness, for a toned picture; `None` for all others.
    #[must_use]
    pub fn tone_curve(&self) -> Option<ToneCurve> {
        let thumbnail = self.thumbnail.as_ref()?;
        coloring::of(thumbnail).is_toned().then(|| ToneCurve::of(thumbnail))
    }
}

/// What kind of picture has this luma (L of CIELAB, 0..=100, full resolution) and this small copy in colour, `None` where it has no
/// colours.
#[must_use]
pub fn recognize(luma: &Plane, thumbnail: Option<&Thumbnail>) -> Kind {
    recognize_by(&Overview::of(luma), luma, thumbnail)
}

fn recognize_by(overview: &Overview, luma: &Plane, thumbnail: Option<&Thumbnail>) -> Kind {
    let (width, height) = fit_within(luma.width(), luma.height(), Thumbnail::SIDE_PX);
    let small = resize_plane(&overview.small, width, height, Filter::Area);
    let coloring = thumbnail.map_or(Coloring::Gray, coloring::of);
    let subject = if is_drawing(luma, &small) {
        Subject::Drawing
    } else if halftone::is_halftone(luma) {
        Subject::Halftone
    } else if negative::is_negative(&overview.small, thumbnail) {
        Subject::Negative
    } else {
        Subject::Photograph
    };
    let [low, high] = percentiles(small.data(), [0.02, 0.98]);
    // Much paper and little ink span little and are not faded.
    let faded = subject == Subject::Photograph && high - low < Kind::FADED_SPAN;
    Kind { coloring, subject, faded }
}

/// Least share of paper in a drawing, and what counts as paper: at least this L.
const PAPER: (f32, f32) = (0.6, 75.0);
/// Least share of lines in a drawing, and what counts as one: at most this L.
const INK: (f32, f32) = (0.004, 45.0);
/// Largest share of what is neither paper nor line.
const BETWEEN: f32 = 0.1;
/// Largest share of the ink that lies in solid areas rather than in lines.
const SOLID: f32 = 0.35;

/// Whether thin dark lines on light paper are nearly all there is.
fn is_drawing(luma: &Plane, small: &Plane) -> bool {
    let samples = sampled(luma);
    let share = |wanted: &dyn Fn(f32) -> bool| {
        samples.iter().filter(|&&l| wanted(l)).count() as f32 / samples.len().max(1) as f32
    };
    let (paper, ink) = (share(&|l| l >= PAPER.1), share(&|l| l <= INK.1));
    if paper < PAPER.0 || ink < INK.0 || 1.0 - paper - ink > BETWEEN {
        return false;
    }
    // A line is thin: hardly any place has ink all around it. At the size of the small copy lines are wider than one sample only
    // where the picture itself is small.
    let (width, height) = small.size();
    let is_ink = |x: usize, y: usize| small.row(y)[x] <= INK.1;
    let (mut inked, mut solid) = (0_usize, 0_usize);
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            if is_ink(x, y) {
                inked += 1;
                let around = (y - 1..=y + 1).all(|y| (x - 1..=x + 1).all(|x| is_ink(x, y)));
                solid += usize::from(around);
            }
        }
    }
    // What is ink at full size and gray in the small copy is thin for certain.
    let inked = (inked as f32).max(ink * (width * height) as f32);
    (solid as f32) < SOLID * inked
}

/// At most about 65,000 samples of a plane, evenly spread, as they are.
fn sampled(plane: &Plane) -> Vec<f32> {
    const SIDE: usize = 256;
    let step = |side: usize| side.div_ceil(SIDE).max(1);
    let (across, down) = (step(plane.width()), step(plane.height()));
    (down / 2..plane.height())
        .step_by(down)
        .flat_map(|y| plane.row(y).iter().skip(across / 2).step_by(across).copied())
        .collect()
}

/// Values below which these shares of all values lie.
fn percentiles<const N: usize>(values: &[f32], shares: [f32; N]) -> [f32; N] {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let last = sorted.len().saturating_sub(1);
    shares.map(|share| sorted.get((share * last as f32).round() as usize).copied().unwrap_or(0.0))
}
