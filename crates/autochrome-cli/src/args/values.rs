//! Values that several commands take.

use autochrome::Recolor;
use clap::builder::PossibleValuesParser;

/// Ids of the methods, with their summaries in the help.
pub fn method_ids() -> PossibleValuesParser {
    PossibleValuesParser::new(
        autochrome::registry::methods()
            .iter()
            .map(|entry| clap::builder::PossibleValue::new(entry.info.id).help(entry.info.summary)),
    )
}

/// `OPTION=VALUE`.
pub fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as OPTION=VALUE".to_owned()),
    }
}

/// `FROM=TO`: what becomes of a colour.
pub fn recolor(text: &str) -> Result<Recolor, String> {
    if let Some((from, to)) = text.split_once('=')
        && from.trim().parse::<usize>().is_ok()
        && !to.trim().starts_with('#')
    {
        return Err(format!(
            "`{from}` is a place in the palette, whose colour is changed to one like #804020; for colours by name write blue=brown"
        ));
    }
    text.parse::<Recolor>().map_err(|error| error.to_string())
}

/// What draws are begun with.
pub fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("give a whole number from 0 to {}", u64::MAX))
}

/// A number of a range.
pub fn number(text: &str, range: std::ops::RangeInclusive<f32>) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(value) if range.contains(&value) => Ok(value),
        _ => Err(format!("give a number from {} to {}", range.start(), range.end())),
    }
}

/// A length of time with its unit: `500ms`, `90s`, `1h 30m`, `7d`.
#[cfg(any(feature = "serve", feature = "dataset"))]
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    humantime::parse_duration(text).map_err(|_| "write it as 90s, 1h 30m or 7d".to_owned())
}

/// A moment of a film in seconds: `12.5`, `00:12.5`, `1:02:03`.
pub fn moment(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is not a time; write it as 12.5, 00:12.5 or 1:02:03");
    let mut seconds = 0.0;
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return Err(wrong());
    }
    for (place, part) in parts.iter().enumerate() {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let value = part.parse::<f64>().ok().filter(|_| digits).ok_or_else(wrong)?;
        if place > 0 && value >= 60.0 {
            return Err(wrong());
        }
        seconds = seconds * 60.0 + value;
    }
    Ok(seconds)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_place_in_the_palette_takes_a_colour_by_its_digits() {
        assert!(
            super::recolor("9=brown").is_err_and(|error| error.contains("`9` is a place in the palette"))
        );
        assert!(super::recolor("9=#804020").is_ok() && super::recolor("blue=brown").is_ok());
    }

    #[test]
    fn moments_are_written_as_players_show_them() {
        for (text, seconds) in
            [("12.5", 12.5), ("00:12.5", 12.5), ("1:02:03", 3723.0), ("90", 90.0), ("0", 0.0)]
        {
            assert_eq!(super::moment(text), Ok(seconds), "{text}");
        }
        for bad in ["", "-1", "1:60", "1:2:3:4", "1e3", "inf", ":", "x"] {
            assert!(super::moment(bad).is_err(), "{bad}");
        }
    }

    #[cfg(any(feature = "serve", feature = "dataset"))]
    #[test]
    fn times_are_written_with_their_unit() {
        use std::time::Duration;
        assert_eq!(super::duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(super::duration("1h 30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(super::duration("7d"), Ok(Duration::from_secs(7 * 24 * 3600)));
        for bad in ["", "s", "24", "-1s", "9\u{e9}", "1x"] {
            assert!(super::duration(bad).is_err(), "{bad}");
        }
    }
}
