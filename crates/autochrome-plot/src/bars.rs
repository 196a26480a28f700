//! Bars and columns, to stand inside a page.
//!
//! The page styles the classes `bar`, `low` (bars that stand for what was dropped), `axis`, `threshold` and `title`.

use std::fmt::Write as _;

use crate::{escape, inline};

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 215.0;
const BASE: f64 = 190.0;
const TOP: f64 = 36.0;
const LEFT: f64 = 14.0;

/// How often values fall into each of `bins` parts of `0..=most`; larger ones fall into the last. Bars that end at or below the
/// threshold have another colour, and the threshold is drawn.
#[must_use]
pub fn histogram(title: &str, values: &[f32], most: f32, bins: usize, threshold: Option<f32>) -> String {
    let mut counts = vec![0_usize; bins];
    for value in values.iter().filter(|value| value.is_finite()) {
        counts[((value / most * bins as f32).max(0.0) as usize).min(bins - 1)] += 1;
    }
    let width = (WIDTH - 2.0 * LEFT) / bins as f64;
    let at = |value: f32| LEFT + f64::from(value / most) * (WIDTH - 2.0 * LEFT);
    let mut content = String::new();
    let highest = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    for (i, count) in counts.iter().enumerate() {
        let height = *count as f64 / highest * (BASE - TOP - 14.0);
        let (low, high) = (most * i as f32 / bins as f32, most * (i + 1) as f32 / bins as f32);
        let class = if threshold.is_some_and(|threshold| high <= threshold + 1e-3) { "low" } else { "bar" };
        let _ = write!(
            content,
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\">\
             <title>{low:.0} to {high:.0}: {count}</title></rect>",
            LEFT + i as f64 * width,
            BASE - height,
            (width - 1.0).max(1.0),
        );
    }
    for tick in 0..=4 {
        let value = most * tick as f32 / 4.0;
        let more = if tick == 4 { "+" } else { "" };
        let _ = write!(
            content,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value:.0}{more}</text>",
            at(value),
            BASE + 16.0
        );
    }
    if let Some(threshold) = threshold {
        let x = at(threshold.min(most));
        let _ = write!(
            content,
            "<line class=\"threshold\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{BASE}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">threshold {threshold}</text>",
            x + 4.0,
            TOP + 10.0
        );
    }
    svg(title, &format!("highest bar {highest}, of {}", values.len()), &content)
}

/// One bar a name, with its number.
#[must_use]
pub fn bars(title: &str, rows: &[(&str, usize)]) -> String {
    let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1) as f64;
    let step = (BASE - TOP) / rows.len().max(1) as f64;
    let mut content = String::new();
    for (i, (name, count)) in rows.iter().enumerate() {
        let y = TOP + i as f64 * step;
        let length = *count as f64 / most * (WIDTH - 140.0);
        let class = if *name == "kept" { "bar" } else { "low" };
        let _ = write!(
            content,
            "<text x=\"76\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect class=\"{class}\" x=\"82\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{count}</text>",
            y + step / 2.0 + 4.0,
            escape(name),
            y + 1.0,
            step - 2.0,
            88.0 + length,
            y + step / 2.0 + 4.0
        );
    }
    svg(title, "", &content)
}

/// Mean chroma of each sector of the hue circle, a bar in about that colour.
#[must_use]
pub fn hues(title: &str, hues: &[f64]) -> String {
    let most = hues.iter().copied().fold(1e-9, f64::max);
    let step = (WIDTH - 2.0 * LEFT) / hues.len().max(1) as f64;
    let mut content = String::new();
    for (i, value) in hues.iter().enumerate() {
        let height = value / most * (BASE - TOP - 14.0);
        let degrees = (i as f64 + 0.5) / hues.len() as f64 * 360.0;
        let _ = write!(
            content,
            "<rect style=\"fill: lab(65% {:.0} {:.0})\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{degrees:.0}°</text>",
            55.0 * degrees.to_radians().cos(),
            55.0 * degrees.to_radians().sin(),
            LEFT + i as f64 * step,
            BASE - height,
            step - 2.0,
            LEFT + (i as f64 + 0.5) * step,
            BASE + 16.0
        );
    }
    svg(title, "hue of CIELAB, weighed by chroma", &content)
}

/// Title, remark and base line around the content.
fn svg(title: &str, remark: &str, content: &str) -> String {
    let content = format!(
        "<text x=\"{LEFT}\" y=\"14\">{}</text><text class=\"title\" x=\"{LEFT}\" y=\"29\">{}</text>\
         <line class=\"axis\" x1=\"{LEFT}\" x2=\"{:.0}\" y1=\"{BASE}\" y2=\"{BASE}\"/>{content}",
        escape(title),
        escape(remark),
        WIDTH - LEFT
    );
    inline(WIDTH, HEIGHT, title, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fall_into_their_bins_and_beyond_into_the_last() {
        let svg = histogram("Change", &[0.5, 0.7, 9.0, 500.0, f32::NAN], 10.0, 10, Some(2.0));
        assert!(svg.contains("0 to 1: 2") && svg.contains("9 to 10: 2") && svg.contains("threshold 2"));
        assert_eq!(svg.matches("class=\"low\"").count(), 2, "the bars up to the threshold");
    }

    #[test]
    fn nothing_is_drawn_without_numbers_that_are_none() {
        for svg in [histogram("a", &[], 10.0, 4, None), bars("b", &[]), hues("c", &[0.0; 12])] {
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
