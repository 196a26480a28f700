//! Guidance as people type it: `#3050a0`, `blue=brown`, `0.1,0.2,0.3,0.3=0.5,0.5,0.2,0.2`.

use std::str::FromStr;

use crate::{Area, GuidanceKind, MethodError, Recolor, Srgb, SwatchPair};

/// Names of hues: where each begins in CIELAB, degrees; it ends where the next one begins.
const HUES: [(&str, f32); 8] = [
    ("pink", 345.0),
    ("red", 10.0),
    ("orange", 55.0),
    ("yellow", 80.0),
    ("green", 115.0),
    ("cyan", 175.0),
    ("blue", 225.0),
    ("purple", 310.0),
];

/// The hue of brown, which is dark orange.
const BROWN: f32 = 65.0;

fn invalid_notation(kind: GuidanceKind, reason: String) -> MethodError {
    MethodError::GuidanceUnfit { kind, reason }
}

impl FromStr for Srgb {
    type Err = MethodError;

    /// Reads `#rrggbb`.
    fn from_str(text: &str) -> Result<Self, MethodError> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = value
            .ok_or_else(|| {
                invalid_notation(GuidanceKind::Colors, format!("`{text}` is not a colour; write #rrggbb"))
            })?
            .to_be_bytes();
        Ok(Self { red, green, blue })
    }
}

impl FromStr for Recolor {
    type Err = MethodError;

    /// Reads what becomes what: `#3050a0=#804020`, `0=#804020`, `blue=brown`, `225..310=65`, `green=gray`.
    fn from_str(text: &str) -> Result<Self, MethodError> {
        let wrong = || {
            let reason = format!(
                "`{text}` is not understood; write #3050a0=#804020 (the colour nearest to the first), 0=#804020 (the \
                 first of the palette), blue=brown, 225..310=65 (hues in degrees) or green=gray"
            );
            invalid_notation(GuidanceKind::Recolors, reason)
        };
        let (from, to) = text.split_once('=').ok_or_else(wrong)?;
        let (from, to) = (from.trim(), to.trim());
        if from.starts_with('#') {
            return Ok(Self::Nearest { from: from.parse()?, to: to.parse()? });
        }
        if let Ok(index) = from.parse() {
            return Ok(Self::Entry { index, to: to.parse()? });
        }
        let (start, end) = match from.split_once("..") {
            Some((start, end)) => (angle(start).ok_or_else(wrong)?, angle(end).ok_or_else(wrong)?),
            None => range(from).ok_or_else(wrong)?,
        };
        let to = match to {
            "gray" | "grey" | "none" => None,
            "brown" => Some(BROWN),
            hex if hex.starts_with('#') => Some(hue(hex.parse()?)),
            name => Some(
                range(name)
                    .map(|(start, end)| middle(start, end))
                    .or_else(|| angle(name))
                    .ok_or_else(wrong)?,
            ),
        };
        Ok(Self::Hues { start, end, to })
    }
}

/// Where a hue of this name begins and ends.
pub(crate) fn range(name: &str) -> Option<(f32, f32)> {
    let index = HUES.iter().position(|(known, _)| *known == name)?;
    Some((HUES[index].1, HUES[(index + 1) % HUES.len()].1))
}

fn middle(start: f32, end: f32) -> f32 {
    (start + (end - start).rem_euclid(360.0) / 2.0).rem_euclid(360.0)
}

pub(crate) fn angle(text: &str) -> Option<f32> {
    text.trim().parse().ok().filter(|angle| (-360.0..=720.0).contains(angle))
}

/// CIELAB's hue of a colour, degrees.
pub(crate) fn hue(color: Srgb) -> f32 {
    let [_, a, b] = color.to_lab();
    b.atan2(a).to_degrees().rem_euclid(360.0)
}

impl FromStr for Area {
    type Err = MethodError;

    /// Reads `x,y,width,height`, shares of the picture's sides.
    fn from_str(text: &str) -> Result<Self, MethodError> {
        let numbers: Option<Vec<f32>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[x, y, width, height])
                if [x, y].iter().all(|place| (0.0..1.0).contains(place))
                    && [width, height].iter().all(|side| *side > 0.0 && *side <= 1.0) =>
            {
                Ok(Self { x, y, width, height })
            }
            _ => Err(invalid_notation(
                GuidanceKind::Swatches,
                format!(
                    "`{text}` is not a rectangle; write x,y,width,height as shares of the picture, 0 to 1"
                ),
            )),
        }
    }
}

impl FromStr for SwatchPair {
    type Err = MethodError;

    /// Reads a rectangle of the picture and one of the reference: `0.1,0.2,0.3,0.3=0.5,0.5,0.2,0.2`; `@2` at the end means the
    /// second reference.
    fn from_str(text: &str) -> Result<Self, MethodError> {
        let wrong = || {
            let reason = format!(
                "`{text}` is not a pair; write x,y,width,height=x,y,width,height, and @2 for the second reference"
            );
            invalid_notation(GuidanceKind::Swatches, reason)
        };
        let (areas, reference) = match text.split_once('@') {
            None => (text, 0),
            Some((areas, number)) => {
                let number: usize = number.trim().parse().map_err(|_| wrong())?;
                (areas, number.checked_sub(1).ok_or_else(wrong)?)
            }
        };
        let (picture, area) = areas.split_once('=').ok_or_else(wrong)?;
        Ok(Self { picture: picture.parse()?, area: area.parse()?, reference })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_written_with_six_digits() {
        assert_eq!("#ff8000".parse::<Srgb>().unwrap(), Srgb { red: 255, green: 128, blue: 0 });
        for bad in ["red", "#12345", "#gg0000", "#ééé", ""] {
            assert!(bad.parse::<Srgb>().is_err(), "{bad}");
        }
    }

    #[test]
    fn changes_are_told_apart_by_what_stands_before_the_sign() {
        let brown = Srgb { red: 0x80, green: 0x40, blue: 0x20 };
        let read = |text: &str| text.parse::<Recolor>().unwrap();
        assert_eq!(read("2=#804020"), Recolor::Entry { index: 2, to: brown });
        assert_eq!(
            read("#3050a0 = #804020"),
            Recolor::Nearest { from: Srgb { red: 0x30, green: 0x50, blue: 0xa0 }, to: brown }
        );
        assert_eq!(read("225..310=65"), Recolor::Hues { start: 225.0, end: 310.0, to: Some(65.0) });
        assert_eq!(read("blue=brown"), read("225..310=65"));
        assert_eq!(read("pink=gray"), Recolor::Hues { start: 345.0, end: 10.0, to: None });
        assert_eq!(read("green=pink"), Recolor::Hues { start: 115.0, end: 175.0, to: Some(357.5) });
    }

    #[test]
    fn what_is_not_understood_is_answered_with_examples() {
        for wrong in ["", "blue", "blue=", "=brown", "bleu=brown", "1..x=3", "9999..1=gray", "blue=#12"] {
            let error = wrong.parse::<Recolor>().unwrap_err().to_string();
            assert!(error.contains("write "), "{wrong}: {error}");
        }
    }

    #[test]
    fn swatches_count_references_from_one() {
        let pair: SwatchPair = "0.1,0.2,0.3,0.4=0,0,1,1@2".parse().unwrap();
        assert_eq!(pair.picture, Area { x: 0.1, y: 0.2, width: 0.3, height: 0.4 });
        assert_eq!((pair.area.width, pair.reference), (1.0, 1));
        for wrong in ["0,0,1,1", "0,0,1=0,0,1,1", "0,0,0,1=0,0,1,1", "0,0,1,1=0,0,1,1@0", "0,0,2,1=0,0,1,1"] {
            assert!(wrong.parse::<SwatchPair>().is_err(), "{wrong}");
        }
    }
}
