//! Other colours for a picture that has some: entries of its palette, ranges of hue, or the colours of another picture.
//!
//! Every change is a function from a colour to a chroma, worked out on a grid over CIELAB ([`lattice`]) and looked up for each
//! pixel. Luma is never touched.

mod entries;
mod lattice;
mod transfer;

use autochrome_color::{Chroma, Plane};

use self::entries::Entries;
pub use self::entries::{PaletteEntry, palette};
use self::lattice::Lattice;
use crate::hues::{HueChange, Hues};
use crate::{
    Answer, DefaultValue, Guidance, GuidanceKind, IntSpec, Method, MethodError, MethodInfo, Need, OptionSpec,
    Options, Paper, RealSpec, Recolor, ReferenceSide, Srgb,
};

static ENTRIES: IntSpec = IntSpec {
    id: "entries",
    help: "Number of colours that the picture's palette is to have",
    min: 2,
    max: 12,
    unit: "",
    default: DefaultValue::Is(6),
};

static STRENGTH: RealSpec = RealSpec {
    id: "strength",
    help: "How much of the change: 0 leaves the picture as it is, 1 changes all",
    min: 0.0,
    max: 1.0,
    step: Some(0.05),
    unit: "",
    default: DefaultValue::Is(1.0),
};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "palette",
    name: "Palette",
    summary: "Changes the colours of a picture: palette entries, ranges of hue, or all to match a reference",
    paper: Some(Paper {
        title: "Palette-based Photo Recoloring",
        authors: "Chang, Fried, Liu, DiVerdi, Finkelstein",
        year: Some(2015),
    }),
    needs: &[
        Need {
            any_of: &[GuidanceKind::Colors],
            remedy: "this picture has none; give it some with another method first",
        },
        Need {
            any_of: &[GuidanceKind::Recolors, GuidanceKind::References],
            remedy: "say which colours become which, or give a reference to take all of them from",
        },
    ],
    takes: &[GuidanceKind::Colors, GuidanceKind::Recolors, GuidanceKind::References],
    options: &[OptionSpec::Int(&ENTRIES), OptionSpec::Real(&STRENGTH)],
    uses_model: false,
    reference_side: Some(ReferenceSide::Px(512)),
};

/// The method `palette`.
pub(crate) struct Palette;

impl Method for Palette {
    fn info(&self) -> &'static MethodInfo {
        &INFO
    }

    fn colorize(
        &self,
        luma: &Plane,
        guidance: &Guidance,
        options: &Options,
    ) -> Result<Vec<Answer>, MethodError> {
        INFO.check(guidance)?;
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        let Some(colors) = &guidance.colors else {
            return Err(INFO.missing(&INFO.needs[0]));
        };
        if colors.size() != luma.size() || colors.b.size() != luma.size() {
            return Err(MethodError::GuidanceUnfit {
                kind: GuidanceKind::Colors,
                reason: "they have another size than the picture".to_owned(),
            });
        }
        let strength = options.real(&STRENGTH) as f32;
        let lattice = Self::change(luma, colors, guidance, options)?;
        Ok(vec![lattice.apply(luma, colors, strength).into()])
    }
}

impl Palette {
    /// Everything that is asked for as one function of colour: references first, then the changes in their order.
    fn change(
        luma: &Plane,
        colors: &Chroma,
        guidance: &Guidance,
        options: &Options,
    ) -> Result<Lattice, MethodError> {
        let mut lattice = Lattice::identity();
        if !guidance.references.is_empty() {
            let transfer = transfer::Transfer::new(colors, &guidance.references)?;
            lattice.compose(|[_, a, b]| transfer.apply([a, b]));
        }
        let mut rest = &guidance.recolors[..];
        while let Some(first) = rest.first() {
            if let Recolor::Hues { start, end, to } = *first {
                let change = to.map_or(HueChange::Scale(0.0), HueChange::To);
                let unfit = |reason| MethodError::GuidanceUnfit { kind: GuidanceKind::Recolors, reason };
                let hues = Hues::new(start, end, change, unfit)?;
                lattice.compose(|[_, a, b]| hues.apply([a, b]));
                rest = &rest[1..];
                continue;
            }
            // Entries that are changed together change at once, so that two of them can be exchanged.
            let run = rest.iter().take_while(|recolor| !matches!(recolor, Recolor::Hues { .. })).count();
            let now = lattice.apply(luma, colors, 1.0);
            let count = options.int(&ENTRIES) as usize;
            let entries = Entries::of(luma, &now, count);
            let changes = entries.changes(&rest[..run])?;
            lattice.compose(|lab| changes.apply(lab));
            rest = &rest[run..];
        }
        Ok(lattice)
    }
}

/// The palette of a picture as people read it, the entry that covers most of it first.
fn in_words(entries: &[[f32; 3]]) -> String {
    let word = |(i, lab): (usize, &[f32; 3])| format!("{i} is {}", Srgb::from_lab(*lab));
    entries.iter().enumerate().map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
