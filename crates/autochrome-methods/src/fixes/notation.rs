//! Fixes as people type them: `violet -> gray`, `skin: green -> 20 towards yellow`, `hue 280..330 -> 30`.
//!
//! ```text
//! fixes = fix { (";" | "," | line break) fix }
//! fix   = [ part ":" ] hues "->" change
//! part  = THING | "at" X "," Y | X "," Y "," WIDTH "," HEIGHT
//! hues  = COLOUR | "#rrggbb" | [ "hue" ] DEGREES ".." DEGREES | "all"
//! change = "gray" | PERCENT "%" | hue | DEGREES "towards" hue
//! hue   = COLOUR | "#rrggbb" | [ "hue" ] DEGREES
//! ```
//!
//! Things and colours are those of [`words`](crate::words), in English and German.

use crate::notation::{angle, hue, range};
use crate::words;
use crate::{Area, MethodError, Srgb};

use super::{Fix, HueChange, Part};

/// Degrees on either side of a colour that its name means, where it is none of the eight that share the circle between them.
const NAME_REACH: f32 = 25.0;

/// Chroma, in units of ab, below which a colour has no hue to speak of.
const GRAY: f32 = 8.0;

/// Most percent of its colour that anything may get, as the slider of saturation allows.
const MOST_PERCENT: f32 = 400.0;

/// Most fixes of one text: beyond, they are a program's and not a person's.
const MOST_FIXES: usize = 50;

/// Words that mean nothing here.
const FILLERS: &[&str] = &[
    "the", "in", "on", "der", "die", "das", "dem", "auf", "im", "patches", "flecken", "colours", "colors",
    "farben",
];

/// Words for all hues, and for all of a picture.
const ALL: &[&str] = &["all", "everything", "everywhere", "alle", "alles", "überall"];

/// Reads what a person wrote: fixes with commas, semicolons or line breaks between, English or German.
///
/// # Errors
/// [`MethodError::BadFix`] that says what was not understood.
///
/// ```
/// use autochrome_methods::fixes::{Part, fixes};
///
/// let read = fixes("violet -> gray; skin: green -> 20 towards yellow")?;
/// assert!(matches!(read[0].part, Part::Whole) && matches!(read[1].part, Part::Thing(_)));
/// # Ok::<(), autochrome_methods::MethodError>(())
/// ```
pub fn fixes(text: &str) -> Result<Vec<Fix>, MethodError> {
    let lower = text.to_lowercase().replace('→', "->");
    let mut all = Vec::new();
    for line in lower.split([';', '\n']).filter(|line| !line.trim().is_empty()) {
        // Commas stand between fixes and between the numbers of a place: what has no arrow belongs to what follows.
        let mut begun = String::new();
        for piece in line.split(',') {
            begun.push_str(piece);
            if piece.contains("->") {
                all.push(fix(&std::mem::take(&mut begun))?);
            } else {
                begun.push(',');
            }
        }
        if !begun.trim_matches([',', ' ']).is_empty() {
            all.push(fix(begun.trim_matches(','))?);
        }
    }
    if all.len() > MOST_FIXES {
        return Err(bad(format!("there are {} fixes; write {MOST_FIXES} at most", all.len())));
    }
    if all.is_empty() { Err(bad("nothing is said; write `violet -> gray`".to_owned())) } else { Ok(all) }
}

fn bad(reason: String) -> MethodError {
    MethodError::BadFix { reason }
}

fn fix(text: &str) -> Result<Fix, MethodError> {
    let text = text.trim();
    let (from, to) = text
        .split_once("->")
        .ok_or_else(|| bad(format!("`{text}` says nothing of what becomes of it; write `violet -> gray`")))?;
    let (part, from) = match from.split_once(':') {
        Some((part, from)) => (self::part(part)?, from),
        None => (Part::Whole, from),
    };
    let (start, end) = hues(from)?;
    Ok(Fix { part, start, end, change: change(to)? })
}

fn part(text: &str) -> Result<Part, MethodError> {
    let words = meaningful(text);
    let numbers = |words: &[&str]| -> Option<Vec<f32>> {
        let numbers = words.concat();
        numbers.split(',').map(|number| number.parse().ok()).collect()
    };
    match words.as_slice() {
        [] => Err(bad("before `:` stands a thing or a place; write `skin: green -> gray`".to_owned())),
        [word] if ALL.contains(word) => Ok(Part::Whole),
        ["at" | "bei", place @ ..] => match numbers(place).as_deref() {
            Some(&[x, y]) if [x, y].iter().all(|share| (0.0..=1.0).contains(share)) => {
                Ok(Part::Around([x, y]))
            }
            _ => Err(bad(format!("`{}` is no place; write `at 0.4,0.6: green -> gray`", text.trim()))),
        },
        words if words[0].starts_with(|first: char| first.is_ascii_digit() || first == '.') => {
            let area: Result<Area, MethodError> = words.concat().parse();
            area.map(Part::Rectangle).map_err(|_| {
                bad(format!(
                    "`{}` is no rectangle; write x,y,width,height as shares of the picture",
                    text.trim()
                ))
            })
        }
        words => match words::thing_of(&words.join(" ")) {
            Some(thing) => Ok(Part::Thing(thing)),
            None => {
                let known = words::known_things();
                Err(bad(format!(
                    "`{}` is no thing that is known{}; things are {known}",
                    text.trim(),
                    meant(words)
                )))
            }
        },
    }
}

/// Where a range of hues begins and ends, in degrees.
fn hues(text: &str) -> Result<(f32, f32), MethodError> {
    let words = meaningful(text);
    let words = without_hue(&words);
    if let [one] = words
        && ALL.contains(one)
    {
        return Ok((0.0, 360.0));
    }
    let whole = words.concat();
    if let Some((start, end)) = whole.split_once("..") {
        return match (degrees(start), degrees(end)) {
            (Some(start), Some(end)) => Ok((start, end)),
            _ => Err(bad(format!("`{whole}` is no range of hues; write `280..330`, in degrees"))),
        };
    }
    if words.is_empty() {
        return Err(bad("before `->` stands a colour or a range of hues; write `violet -> gray`".to_owned()));
    }
    let (name, color) = color(words)?;
    if let Some(range) = name.and_then(range) {
        return Ok(range);
    }
    let hue = hue_of(color)
        .ok_or_else(|| bad(format!("`{}` has no hue; name a colour that has", words.join(" "))))?;
    Ok((hue - NAME_REACH, hue + NAME_REACH))
}

fn change(text: &str) -> Result<HueChange, MethodError> {
    let words = meaningful(text);
    let words = without_hue(&words);
    let example = "write `gray`, `50%`, a colour, degrees, or `20 towards yellow`";
    match words {
        [] => Err(bad(format!("after `->` nothing is said; {example}"))),
        ["none" | "nothing" | "nichts"] => Ok(HueChange::Scale(0.0)),
        [most, "towards" | "toward" | "to" | "richtung" | "nach", goal @ ..] if !goal.is_empty() => {
            let most = degrees(most).filter(|most| (0.0..=180.0).contains(most));
            let most = most.ok_or_else(|| bad(format!("`{}` says no degrees; {example}", text.trim())))?;
            match goal_of(without_hue(goal))? {
                Some(hue) => Ok(HueChange::Towards { hue, most }),
                None => Err(bad(format!("`{}` names a colour without a hue; {example}", text.trim()))),
            }
        }
        words => {
            let whole = words.concat();
            if let Some(percent) = whole.strip_suffix('%') {
                let percent = percent.parse().ok().filter(|percent| (0.0..=MOST_PERCENT).contains(percent));
                return percent
                    .map(|percent: f32| HueChange::Scale(percent / 100.0))
                    .ok_or_else(|| bad(format!("`{whole}` is no share; write 0% to {MOST_PERCENT}%")));
            }
            Ok(goal_of(words)?.map_or(HueChange::Scale(0.0), HueChange::To))
        }
    }
}

/// The hue that is meant; `None` for a gray.
fn goal_of(words: &[&str]) -> Result<Option<f32>, MethodError> {
    match degrees(&words.concat()) {
        Some(hue) => Ok(Some(hue)),
        None => Ok(hue_of(color(words)?.1)),
    }
}

/// A colour with its English name, where it was named.
fn color(words: &[&str]) -> Result<(Option<&'static str>, Srgb), MethodError> {
    let whole = words.concat();
    if whole.starts_with('#') {
        let color = whole.parse().map_err(|_| bad(format!("`{whole}` is not a colour; write #rrggbb")))?;
        return Ok((None, color));
    }
    if let Some((name, color)) = words::plain_color(&whole) {
        return Ok((Some(name), color));
    }
    match words.iter().find(|word| words::is_shade(word)) {
        Some(shade) => {
            Err(bad(format!("a fix looks at hues, whatever their lightness; leave `{shade}` out")))
        }
        None => Err(bad(format!("`{}` is no colour that is known{}", words.join(" "), meant(words)))),
    }
}

fn hue_of(color: Srgb) -> Option<f32> {
    let (_, ab) = autochrome_color::lab::rgb8_to_lab(&[color.red, color.green, color.blue], 1, 1);
    (ab.a.data()[0].hypot(ab.b.data()[0]) >= GRAY).then(|| hue(color))
}

fn degrees(text: &str) -> Option<f32> {
    angle(text.trim_end_matches('°'))
}

fn meaningful(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| !FILLERS.contains(word)).collect()
}

/// Without the word that says that degrees follow.
fn without_hue<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    match words {
        ["hue" | "hues" | "farbton" | "farbtöne", rest @ ..] => rest,
        words => words,
    }
}

fn meant(words: &[&str]) -> String {
    let near = words.iter().find_map(|word| words::nearest_name(word));
    near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Fix {
        let read = fixes(text).unwrap();
        assert_eq!(read.len(), 1, "{text}");
        read[0]
    }

    #[test]
    fn hues_and_changes_are_said_in_either_language() {
        for (text, [start, end], change) in [
            ("green -> gray", [115.0, 175.0], HueChange::Scale(0.0)),
            ("grün → grau", [115.0, 175.0], HueChange::Scale(0.0)),
            ("Lila -> none", [310.0, 345.0], HueChange::Scale(0.0)),
            ("hue 280..330 -> 30", [280.0, 330.0], HueChange::To(30.0)),
            ("350°..20° -> hue 40°", [350.0, 20.0], HueChange::To(40.0)),
            ("all -> 60%", [0.0, 360.0], HueChange::Scale(0.6)),
            ("blue -> 20 towards 180", [225.0, 310.0], HueChange::Towards { hue: 180.0, most: 20.0 }),
        ] {
            let wanted = Fix { part: Part::Whole, start, end, change };
            assert_eq!(read(text), wanted, "{text}");
        }
        assert_eq!(read("grüne Flecken -> 20° Richtung gelb"), read("green -> 20 towards yellow"));
        let violet = read("violet -> gray");
        assert!(
            (violet.start..violet.end).contains(&310.0) && violet.end - violet.start == 50.0,
            "{violet:?}"
        );
        assert!(matches!(read("teal -> yellow").change, HueChange::To(hue) if (85.0..105.0).contains(&hue)));
    }

    #[test]
    fn parts_are_things_places_and_rectangles() {
        assert!(matches!(read("skin: green -> gray").part, Part::Thing(thing) if thing.name == "skin"));
        assert_eq!(read("die Haut: grün -> grau"), read("skin: green -> gray"));
        assert!(
            matches!(read("at 0.4, 0.6: green -> gray").part, Part::Around([x, y]) if (x, y) == (0.4, 0.6))
        );
        let Part::Rectangle(area) = read("0.1,0.2,0.3,0.4: green -> gray").part else { panic!() };
        assert_eq!((area.x, area.height), (0.1, 0.4));
        let both =
            fixes("violet -> gray, 0.1,0.2,0.3,0.4: green -> gray; sky: all -> blue\nhair: green->50%")
                .unwrap();
        assert_eq!(both.len(), 4);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let many = "red -> gray,".repeat(51);
        for (text, told) in [
            (many.as_str(), "50 at most"),
            ("", "nothing is said"),
            ("violet", "nothing of what becomes"),
            ("violet ->", "after `->`"),
            ("-> gray", "before `->`"),
            (": green -> gray", "before `:`"),
            ("spaceship: green -> gray", "`spaceship` is no thing"),
            ("purpel -> gray", "did you mean `purple`?"),
            ("gray -> blue", "has no hue"),
            ("dark green -> gray", "leave `dark` out"),
            ("green -> 900%", "0% to 400%"),
            ("1..x -> gray", "no range of hues"),
            ("at 3,4: green -> gray", "no place"),
            ("0.1,0.2: green -> gray", "no rectangle"),
            ("green -> 20 towards gray", "without a hue"),
            ("green -> #12", "#rrggbb"),
        ] {
            let error = fixes(text).unwrap_err();
            assert_eq!(error.code(), "bad-fix");
            assert!(error.to_string().contains(told), "{text}: {error}");
        }
    }
}
