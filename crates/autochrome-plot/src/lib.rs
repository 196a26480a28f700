//! Small plots as SVG: axes with round ticks, frames, bars and columns, and whole files of curves.
//!
//! Without dependencies, so that chores can use it before anything else is built.
//!
//! ```
//! use autochrome_plot::{Curve, Panel, Scale, file};
//!
//! let curve = Curve { name: "gray".into(), points: vec![(1.0, 0.03), (12.0, 0.24)] };
//! let panel = Panel { title_x: "megapixels", title_y: "seconds", x: Scale::Linear, zero: true, curves: vec![curve] };
//! assert!(file("Time", &[panel]).starts_with("<svg xmlns"));
//! ```

mod axis;
mod bars;
mod curves;

use std::fmt::Write as _;

pub use axis::{Axis, Scale, format_number};
pub use bars::{bars, histogram, hues};
pub use curves::{Curve, Panel, file};

/// Colours that stay apart for colour-blind readers (Okabe and Ito, 2008).
const COLOURS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#332288", "#888888"];

/// The colour of the series `k`; they repeat after eight.
#[must_use]
pub fn colour(k: usize) -> &'static str {
    COLOURS[k % COLOURS.len()]
}

/// Text that means nothing to HTML and SVG.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A picture to stand inside a page that styles the classes `grid` and `title`.
#[must_use]
pub fn inline(width: f64, height: f64, label: &str, content: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" role=\"img\" aria-label=\"{label}\">{content}</svg>",
        label = escape(label)
    )
}

/// The frame of a plot of two axes: lines and labels at their ticks, and titles.
#[must_use]
pub fn frame(x: &Axis, y: &Axis, ticks_x: &[(f64, String)], title_x: &str, title_y: &str) -> String {
    let mut svg = String::new();
    for (value, label) in ticks_x {
        let at = x.at(*value);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
            y.to_px,
            y.from_px,
            y.from_px + 16.0
        );
    }
    for value in y.ticks() {
        let at = y.at(value);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            x.from_px,
            x.to_px,
            x.from_px - 6.0,
            at + 4.0,
            format_number(value)
        );
    }
    let middle = f64::midpoint(x.from_px, x.to_px);
    let _ = write!(
        svg,
        "<text class=\"title\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{title_x}</text>\
         <text class=\"title\" x=\"{:.1}\" y=\"{:.1}\">{title_y}</text>",
        y.from_px + 36.0,
        x.from_px,
        y.to_px - 10.0
    );
    svg
}
