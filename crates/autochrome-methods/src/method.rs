//! The contract of a method.

use autochrome_color::{Chroma, Plane};
use autochrome_engine::Features;

use crate::fixes::{FoundParts, Part};
use crate::{Guidance, GuidanceKind, GuidanceKinds, IntSpec, MethodError, OptionSpec, Options, Srgb};

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

    /// What lies at a place, how far a spot there reaches, and which colours it may have. `place` is x and y, 0..=1 of width and
    /// height.
    ///
    /// # Errors
    /// [`MethodError::NoDescription`] from methods and models that tell no things apart, and as [`Method::colorize`].
    fn describe_place(
        &self,
        luma: &Plane,
        place: [f32; 2],
        options: &Options,
    ) -> Result<PlaceDescription, MethodError> {
        let _ = (luma, place, options);
        Err(MethodError::NoDescription { method: self.info().id })
    }

    /// Where parts of a picture are, and the colours that the picture has when nothing is said; for [`Fixes`](crate::Fixes).
    ///
    /// # Errors
    /// [`MethodError::NoDescription`] from methods and models that tell no things apart, and as [`Method::colorize`].
    fn find_parts(&self, luma: &Plane, parts: &[Part], options: &Options) -> Result<FoundParts, MethodError> {
        let _ = (luma, parts, options);
        Err(MethodError::NoDescription { method: self.info().id })
    }

    /// What the encoder of its network sees in a picture, the finest scale first.
    ///
    /// # Errors
    /// [`MethodError::NoFeatures`] from methods without a network, and as [`Method::colorize`].
    fn features(&self, luma: &Plane, options: &Options) -> Result<Vec<Features>, MethodError> {
        let _ = (luma, options);
        Err(MethodError::NoFeatures { method: self.info().id })
    }
}

/// What is known of a place of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceDescription {
    /// The likeliest class of thing there.
    pub thing: String,
    /// How likely it is, 0..=1.
    pub probability: f32,
    /// How much a spot of colour there would change the cells of a grid over the picture, 0..=1.
    pub reach: Plane,
    /// Colours that it may have, at most 5, the likeliest first: no two nearer to each other than 10 by CIEDE2000, all of them
    /// colours of sRGB at the picture's own luma.
    pub colors: Vec<Suggestion>,
}

/// A colour that a place may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suggestion {
    /// The colour at the picture's luma there.
    pub color: Srgb,
    /// How likely it is, 0..=1; those of all suggestions add up to 1 at most.
    pub probability: f32,
}

/// One possible colouring.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// a and b of CIELAB (D65), at the method's working size.
    pub chroma: Chroma,
    /// L of CIELAB (D65) at the picture's size, to be shown instead of its own: from a method that paints over a line
    /// drawing, whose white paper could not hold a colour. `None` from all others.
    pub luma: Option<Plane>,
    /// What could not be done as it was asked, one plain sentence each.
    pub notes: Vec<String>,
}

impl From<Chroma> for Answer {
    /// Colours for a picture that keeps its luma.
    fn from(chroma: Chroma) -> Self {
        Self { chroma, luma: None, notes: Vec::new() }
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
    /// What it cannot begin without; each of these must be given.
    pub needs: &'static [Need],
    /// Every kind of guidance that it takes, needed or not.
    pub takes: &'static [GuidanceKind],
    /// What can be set.
    pub options: &'static [OptionSpec],
    /// Whether it needs trained weights.
    pub uses_model: bool,
    /// How much of a reference it looks at; `None` for methods that take none.
    pub reference_side: Option<ReferenceSide>,
}

/// Guidance that a method cannot begin without: one of several kinds.
#[derive(Debug)]
pub struct Need {
    /// The kinds of which at least one must be given, the usual one first.
    pub any_of: &'static [GuidanceKind],
    /// What to do when none is.
    pub remedy: &'static str,
}

impl Need {
    /// Whether it comes from the picture itself, so that nobody can be asked for it.
    #[must_use]
    pub fn is_of_picture(&self) -> bool {
        self.any_of.iter().all(|kind| kind.is_of_picture())
    }

    fn is_met(&self, kinds: GuidanceKinds) -> bool {
        self.any_of.iter().any(|kind| kinds.contains(*kind))
    }
}

/// The longer side, in pixels, beyond which more of a reference changes nothing.
#[derive(Clone, Copy, Debug)]
pub enum ReferenceSide {
    /// This many.
    Px(usize),
    /// As many as this option says.
    Option(&'static IntSpec),
}

impl MethodInfo {
    /// That `guidance` is what the method takes and needs, as [`Method::colorize`] is given it.
    ///
    /// # Errors
    /// Names the first kind that it does not take, then the first that is missing.
    pub fn check(&self, guidance: &Guidance) -> Result<(), MethodError> {
        let kinds = guidance.kinds();
        match kinds.iter().find(|kind| !self.takes.contains(kind)) {
            Some(kind) => Err(MethodError::GuidanceUnsupported { method: self.id, kind }),
            None => self.missing_needs(kinds).next().map_or(Ok(()), |need| Err(self.missing(need))),
        }
    }

    /// That what a person said is what the method accepts and needs, before any picture is looked at.
    ///
    /// # Errors
    /// Names the first kind that it does not accept, then the first that is missing.
    pub fn check_said(&self, kinds: GuidanceKinds) -> Result<(), MethodError> {
        match kinds.iter().find(|kind| !self.accepts(*kind)) {
            Some(kind) => Err(MethodError::GuidanceUnsupported { method: self.id, kind }),
            None => self.missing_input(kinds).map_or(Ok(()), |need| Err(self.missing(need))),
        }
    }

    /// The first thing that a person must say and has not.
    #[must_use]
    pub fn missing_input(&self, kinds: GuidanceKinds) -> Option<&'static Need> {
        self.missing_needs(kinds).find(|need| !need.is_of_picture())
    }

    /// Whether guidance of this kind is of use to the method: as it is, or turned into points
    /// ([`Guidance::convert_for`]).
    #[must_use]
    pub fn accepts(&self, kind: GuidanceKind) -> bool {
        let turned = matches!(kind, GuidanceKind::Strokes | GuidanceKind::Marks);
        self.takes.contains(&kind) || (turned && self.takes.contains(&GuidanceKind::Points))
    }

    /// The longer side, in pixels, beyond which more of a reference changes nothing, with these options; `None` for methods
    /// that take no references. [`Reference::reduced`](crate::Reference::reduced) makes one as small.
    #[must_use]
    pub fn reference_px(&self, options: &Options) -> Option<usize> {
        self.reference_side.map(|side| match side {
            ReferenceSide::Px(px) => px,
            ReferenceSide::Option(spec) => options.int(spec) as usize,
        })
    }

    /// The option of this id.
    #[must_use]
    pub fn option(&self, id: &str) -> Option<&'static OptionSpec> {
        self.options.iter().find(|spec| spec.id() == id)
    }

    fn missing_needs(&self, kinds: GuidanceKinds) -> impl Iterator<Item = &'static Need> {
        self.needs.iter().filter(move |need| !need.is_met(kinds))
    }

    /// The error that says so.
    pub(crate) fn missing(&self, need: &Need) -> MethodError {
        let kind = need.any_of.first().copied().unwrap_or(GuidanceKind::Points);
        MethodError::GuidanceMissing { method: self.id, kind, remedy: need.remedy }
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
