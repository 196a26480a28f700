//! Colours in words: "red car, blue sky, dunkelgrünes Kleid".
//!
//! Source: after Zou et al., "Language-based Colorization of Scene Sketches" (2019), and Weng et al., "L-CoDe:
//! Language-based Colorization using Color-object Decoupled Conditions" (2022): colours and things are kept apart, and a colour
//! reaches only the thing that it was said of. Things are found by a segmentation of the gray picture.

mod colors;
mod things;

pub use things::Thing;

use crate::error::nearest;
use crate::{GuidanceKind, MethodError, Srgb};

/// "This thing has this colour", wherever it is in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wish {
    /// What is meant.
    pub thing: &'static Thing,
    /// The colour; methods use its chroma and keep the picture's own luma.
    pub color: Srgb,
}

/// Words that say nothing about colour.
const FILLERS: &[&str] = &[
    "a", "an", "the", "is", "are", "be", "in", "with", "of", "my", "her", "his", "their", "make", "der",
    "die", "das", "ein", "eine", "einen", "einem", "ist", "sind", "mit", "im", "mein", "meine", "ihr",
    "ihre", "sein", "seine", "colour", "color", "coloured", "colored", "farbe",
];

/// Reads what a person wrote: a colour and a thing each, in any order, with commas, semicolons, line breaks or "and" between.
///
/// # Errors
/// [`MethodError::GuidanceUnfit`] for a word that is neither a colour nor a thing that is known, and for a colour without a
/// thing or a thing without a colour.
pub fn wishes(text: &str) -> Result<Vec<Wish>, MethodError> {
    let lower = text.to_lowercase().replace(" and ", ",").replace(" und ", ",");
    let parts = lower.split([',', ';', '\n', '.']).map(str::trim).filter(|part| !part.is_empty());
    let wishes: Vec<Wish> = parts.map(wish).collect::<Result<_, _>>()?;
    if wishes.is_empty() {
        Err(unfit("nothing is said; write `red car, blue sky`".to_owned()))
    } else {
        Ok(wishes)
    }
}

/// The thing of this name in lower case, English or German.
pub(crate) fn thing_of(name: &str) -> Option<&'static Thing> {
    things::thing_of(name)
}

/// The English name of a colour and the colour, by its name in lower case, English or German, without a shade.
pub(crate) fn plain_color(name: &str) -> Option<(&'static str, Srgb)> {
    colors::named(name)
}

/// A colour by its name in lower case, with or without a shade, or as `#rrggbb`.
pub(crate) fn color(text: &str) -> Option<Srgb> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [word] if word.starts_with('#') => word.parse().ok(),
        words => colors::color(words),
    }
}

/// Whether a word in lower case changes the shade of the colour behind it.
pub(crate) fn is_shade(word: &str) -> bool {
    colors::is_shade(word)
}

/// The known name of a colour or a thing that was probably meant.
pub(crate) fn nearest_name(word: &str) -> Option<String> {
    let known: Vec<String> = things::names().chain(colors::names()).map(str::to_owned).collect();
    nearest(word, &known)
}

/// The English names of all things that can be named, with commas between.
#[must_use]
pub fn known_things() -> String {
    things::names().collect::<Vec<_>>().join(", ")
}

fn wish(part: &str) -> Result<Wish, MethodError> {
    let words: Vec<&str> = part.split_whitespace().filter(|word| !FILLERS.contains(word)).collect();
    let hexadecimal = |words: &[&str]| match words {
        [word] if word.starts_with('#') => word.parse().ok(),
        _ => None,
    };
    let color = |words: &[&str]| hexadecimal(words).or_else(|| colors::color(words));
    // "Rose" and "grass" are colours and things, so both ends are tried before a word is refused.
    let end = words.split_last().and_then(|(last, rest)| Some((things::thing_of(last)?, color(rest)?)));
    let start = words.split_first().and_then(|(first, rest)| Some((things::thing_of(first)?, color(rest)?)));
    if let Some((thing, color)) = end.or(start) {
        return Ok(Wish { thing, color });
    }
    let is_color = |word: &str| color(&[word]).is_some() || colors::is_shade(word);
    let unknown = words.iter().find(|word| things::thing_of(word).is_none() && !is_color(word));
    Err(unfit(match unknown {
        Some(word) => {
            let meant =
                nearest_name(word).map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
            format!("`{word}` is no colour or thing that is known{meant}; things are {}", known_things())
        }
        None if words.iter().all(|word| is_color(word)) => {
            format!("`{part}` names no thing; write `red car`")
        }
        None => format!("`{part}` names no colour; write `red car`"),
    }))
}

fn unfit(reason: String) -> MethodError {
    MethodError::GuidanceUnfit { kind: GuidanceKind::Words, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&'static str, Srgb)> {
        wishes(text).unwrap().into_iter().map(|wish| (wish.thing.name, wish.color)).collect()
    }

    #[test]
    fn a_colour_and_a_thing_are_found_in_either_language_and_order() {
        let things = |text: &str| read(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(things("red car, blue sky and a green dress"), ["car", "sky", "dress"]);
        assert_eq!(things("das Kleid ist dunkelblau; roter Hut"), ["dress", "hat"]);
        assert_eq!(read("red car"), read("rotes Auto"));
        assert_eq!(read("dark blue coat"), read("dunkelblauer Mantel"));
        assert_eq!(read("#102030 sea"), [("water", Srgb { red: 0x10, green: 0x20, blue: 0x30 })]);
    }

    #[test]
    fn shades_change_a_colour_the_way_their_words_say() {
        let lightness = |text: &str| {
            let Srgb { red, green, blue } = read(text)[0].1;
            autochrome_color::lab::rgb8_to_luma(&[red, green, blue], 1, 1).data()[0]
        };
        assert!(lightness("dark green tree") < lightness("green tree") - 10.0);
        assert!(lightness("light green tree") > lightness("green tree") + 10.0);
        let spread = |text: &str| {
            let Srgb { red, green, blue } = read(text)[0].1;
            red.max(green).max(blue) - red.min(green).min(blue)
        };
        assert!(spread("pale red rose") < spread("red rose") / 3 * 2);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, told) in [
            ("", "nothing is said"),
            ("red", "names no thing"),
            ("car", "names no colour"),
            ("red spaceship", "`spaceship` is no colour or thing"),
            ("rad car", "names no colour"),
            ("purpel dress", "did you mean `purple`?"),
        ] {
            let error = wishes(text).unwrap_err();
            assert_eq!(error.code(), "guidance-unfit");
            assert!(error.to_string().contains(told), "{text}: {error}");
        }
    }

    #[test]
    fn every_thing_means_a_class_and_no_colour_is_named_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for name in colors::all_names() {
            assert!(seen.insert(name), "{name}");
            assert!(colors::color(&[name]).is_some(), "{name}");
        }
        assert!(seen.len() >= 120, "{}", seen.len());
    }
}
