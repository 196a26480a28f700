//! The kinds of guidance, and sets of them.

use std::fmt;

/// A kind of [`Guidance`](crate::Guidance), so that a method can say which it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GuidanceKind {
    /// [`Guidance::points`](crate::Guidance::points).
    Points,
    /// [`Guidance::strokes`](crate::Guidance::strokes).
    Strokes,
    /// [`Guidance::marks`](crate::Guidance::marks).
    Marks,
    /// [`Guidance::references`](crate::Guidance::references).
    References,
    /// [`Guidance::swatches`](crate::Guidance::swatches).
    Swatches,
    /// [`Guidance::colors`](crate::Guidance::colors).
    Colors,
    /// [`Guidance::recolors`](crate::Guidance::recolors).
    Recolors,
    /// [`Guidance::seed`](crate::Guidance::seed).
    Seed,
    /// [`Guidance::words`](crate::Guidance::words).
    Words,
    /// [`Guidance::mood`](crate::Guidance::mood).
    Mood,
    /// [`Guidance::memory`](crate::Guidance::memory).
    Memory,
}

impl GuidanceKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Points,
        Self::Strokes,
        Self::Marks,
        Self::References,
        Self::Swatches,
        Self::Colors,
        Self::Recolors,
        Self::Seed,
        Self::Words,
        Self::Mood,
        Self::Memory,
    ];

    /// A name that stays the same over versions, for programs to match on.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Strokes => "strokes",
            Self::Marks => "marks",
            Self::References => "references",
            Self::Swatches => "swatches",
            Self::Colors => "colors",
            Self::Recolors => "recolors",
            Self::Seed => "seed",
            Self::Words => "words",
            Self::Mood => "mood",
            Self::Memory => "memory",
        }
    }

    /// Its name in sentences for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Strokes => "strokes",
            Self::Marks => "marks",
            Self::References => "references",
            Self::Swatches => "swatches",
            Self::Colors => "colours",
            Self::Recolors => "palette changes",
            Self::Seed => "seed",
            Self::Words => "words",
            Self::Mood => "mood",
            Self::Memory => "memory",
        }
    }

    /// Whether it comes from the picture itself rather than from a person.
    #[must_use]
    pub fn is_of_picture(self) -> bool {
        self == Self::Colors
    }
}

impl fmt::Display for GuidanceKind {
    /// [`GuidanceKind::name`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of kinds of guidance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GuidanceKinds(u16);

impl GuidanceKinds {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this kind is among them.
    #[must_use]
    pub fn contains(self, kind: GuidanceKind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    /// Adds a kind.
    pub fn insert(&mut self, kind: GuidanceKind) {
        self.0 |= Self::bit(kind);
    }

    /// Takes a kind away.
    pub fn remove(&mut self, kind: GuidanceKind) {
        self.0 &= !Self::bit(kind);
    }

    /// The kinds, in the order of [`GuidanceKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = GuidanceKind> {
        GuidanceKind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }

    fn bit(kind: GuidanceKind) -> u16 {
        1 << kind as u16
    }
}

impl FromIterator<GuidanceKind> for GuidanceKinds {
    fn from_iter<I: IntoIterator<Item = GuidanceKind>>(kinds: I) -> Self {
        let mut set = Self::default();
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_words_of_ascii() {
        let ids: BTreeSet<&str> = GuidanceKind::ALL.iter().map(|kind| kind.id()).collect();
        assert_eq!(ids.len(), GuidanceKind::ALL.len());
        assert!(ids.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_lowercase())));
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set: GuidanceKinds = [GuidanceKind::Seed, GuidanceKind::Points].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [GuidanceKind::Points, GuidanceKind::Seed]);
        set.remove(GuidanceKind::Points);
        assert!(set.contains(GuidanceKind::Seed) && !set.contains(GuidanceKind::Points) && !set.is_empty());
        assert_eq!(GuidanceKind::ALL.into_iter().collect::<GuidanceKinds>().iter().count(), 11);
    }
}
