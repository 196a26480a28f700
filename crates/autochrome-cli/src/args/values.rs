//! Values that several commands take.

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

/// A number of a range.
pub fn number(text: &str, range: std::ops::RangeInclusive<f32>) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(value) if range.contains(&value) => Ok(value),
        _ => Err(format!("give a number from {} to {}", range.start(), range.end())),
    }
}

/// A number of a range whose ends are whole.
pub fn within<const LOW: i16, const HIGH: i16>(text: &str) -> Result<f32, String> {
    number(text, f32::from(LOW)..=f32::from(HIGH))
}
