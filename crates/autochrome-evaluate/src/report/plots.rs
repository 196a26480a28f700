//! Plots as SVG inside the page.

use std::fmt::Write as _;

use super::escape;
use crate::run::{Evaluation, Row};
use crate::summary::Summary;
use crate::table::of_source;

/// Colours that stay apart for colour-blind readers (Okabe and Ito, 2008).
const COLOURS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#332288", "#888888"];

fn colour(k: usize) -> &'static str {
    COLOURS[k % COLOURS.len()]
}

/// Maps values to pixels along one axis.
struct Axis {
    low: f64,
    high: f64,
    from_px: f64,
    to_px: f64,
}

impl Axis {
    /// An axis around `values` with some air, and around 0 when `zero`.
    fn around(values: impl Iterator<Item = f64>, zero: bool, from_px: f64, to_px: f64) -> Self {
        let (mut low, mut high) = values
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let air = ((high - low) * 0.08).max(0.01);
        (low, high) = (if zero { low.min(0.0) } else { low - air }, high + air);
        Self { low, high, from_px, to_px }
    }

    fn at(&self, value: f64) -> f64 {
        self.from_px + (value - self.low) / (self.high - self.low) * (self.to_px - self.from_px)
    }

    /// Round values inside, five or so.
    fn ticks(&self) -> Vec<f64> {
        let rough = (self.high - self.low) / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|k| k * power).into_iter().find(|s| *s >= rough).unwrap_or(rough);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        (first..=last).map(|k| k as f64 * step).collect()
    }
}

/// The frame of a plot of two axes, with ticks and titles.
fn frame(x: &Axis, y: &Axis, ticks_x: &[(f64, String)], title_x: &str, title_y: &str) -> String {
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
            trimmed(value)
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

fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn svg(width: f64, height: f64, label: &str, content: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" role=\"img\" aria-label=\"{label}\">{content}</svg>"
    )
}

/// PSNR over the number of hints; nothing when no row has a curve.
pub(super) fn hint_curve(evaluation: &Evaluation) -> Option<String> {
    let rows: Vec<(&Row, _)> =
        evaluation.rows.iter().filter_map(|row| Some((row, row.hints.as_ref()?))).collect();
    if rows.is_empty() {
        return None;
    }
    // Logarithmic, with a place for none.
    let place = |hints: usize| ((1 + hints) as f64).ln();
    let x = Axis { low: 0.0, high: place(50), from_px: 60.0, to_px: 480.0 };
    // Pictures differ far more among themselves than hints help, so that intervals of the mean would hide the curve.
    let values = rows.iter().flat_map(|(_, curve)| curve.iter().map(|p| p.psnr_db.value));
    let y = Axis::around(values, false, 300.0, 40.0);
    let ticks: Vec<(f64, String)> = crate::COUNTS.iter().map(|&n| (place(n), n.to_string())).collect();
    let mut content = frame(&x, &y, &ticks, "hints (6×6 px at 256 px)", "PSNR, dB");
    for (k, (row, curve)) in rows.iter().enumerate() {
        let ink = colour(k);
        let mut path = String::new();
        for point in curve.iter() {
            let (at, mean) = (x.at(place(point.hints)), y.at(point.psnr_db.value));
            let _ = write!(path, "{at:.1},{mean:.1} ");
            let _ = write!(content, "<circle fill=\"{ink}\" cx=\"{at:.1}\" cy=\"{mean:.1}\" r=\"3.5\"/>");
        }
        let _ = write!(
            content,
            "<polyline fill=\"none\" stroke=\"{ink}\" stroke-width=\"2\" points=\"{path}\"/>\
             <text fill=\"{ink}\" x=\"490\" y=\"{:.1}\">{}</text>",
            60.0 + 18.0 * k as f64,
            escape(&row.name)
        );
    }
    Some(svg(700.0, 345.0, "Hint curve", &content))
}

/// CF against ΔE00, a dot a row: to the right is colourful, down is right.
pub(super) fn colourfulness_against_delta_e(evaluation: &Evaluation) -> Option<String> {
    let points: Vec<(&Row, f64, f64)> = evaluation
        .rows
        .iter()
        .filter_map(|row| {
            let t = row.total.against_truth.as_ref()?;
            Some((row, row.total.colourfulness.value, t.delta_e.value))
        })
        .collect();
    if points.is_empty() {
        return None;
    }
    let x = Axis::around(points.iter().map(|p| p.1), true, 60.0, 480.0);
    let y = Axis::around(points.iter().map(|p| p.2), true, 300.0, 40.0);
    let ticks: Vec<(f64, String)> = x.ticks().into_iter().map(|v| (v, trimmed(v))).collect();
    let mut content = frame(&x, &y, &ticks, "CF, colourfulness", "ΔE00, lower is nearer to the truth");
    for (k, (row, cf, delta_e)) in points.into_iter().enumerate() {
        let (at_x, at_y, ink) = (x.at(cf), y.at(delta_e), colour(k));
        // Names near the right edge stand to the left of their dot.
        let (anchor, name_x) = if at_x > 400.0 { ("end", at_x - 9.0) } else { ("start", at_x + 9.0) };
        let _ = write!(
            content,
            "<circle fill=\"{ink}\" cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"5\"/>\
             <text fill=\"{ink}\" x=\"{name_x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            // Neighbours are named above and below their dots in turn.
            if k % 2 == 0 { at_y - 8.0 } else { at_y + 17.0 },
            escape(&row.name)
        );
    }
    Some(svg(520.0, 345.0, "Colourfulness against CIEDE2000", &content))
}

/// ΔE00 of every source as a share of gray's, a bar a row; the line at 1 is painting nothing.
pub(super) fn source_bars(evaluation: &Evaluation) -> Option<String> {
    let ratio = |summary: &Summary| {
        summary.against_truth.as_ref().map(|t| t.delta_e_to_gray.value).filter(|ratio| ratio.is_finite())
    };
    // Gray is the line at 1 and truth is nothing: neither needs a bar.
    let is_bar = |row: &&Row| {
        ratio(&row.total).is_some() && row.sources.len() > 1 && row.name != "gray" && row.name != "truth"
    };
    let rows: Vec<&Row> = evaluation.rows.iter().filter(is_bar).collect();
    let first = rows.first()?;
    let mut sources: Vec<(&str, usize)> =
        first.sources.iter().map(|(name, s)| (name.as_str(), s.n)).collect();
    sources.sort_by_key(|&(name, n)| (std::cmp::Reverse(n), name));

    let bar = 9.0;
    let step = bar * rows.len() as f64 + 9.0;
    let bottom = 50.0 + step * sources.len() as f64;
    let values = rows.iter().flat_map(|row| row.sources.iter().filter_map(|(_, s)| ratio(s)));
    let x = Axis::around(values.chain([1.0]).map(|v| v.min(2.0)), true, 260.0, 780.0);
    let mut content = String::new();
    for value in x.ticks() {
        let at = x.at(value);
        let class = if (value - 1.0).abs() < 1e-9 { "gray-line" } else { "grid" };
        let _ = write!(
            content,
            "<line class=\"{class}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"40\" y2=\"{bottom:.1}\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 16.0,
            trimmed(value)
        );
    }
    for (k, row) in rows.iter().enumerate() {
        let _ = write!(
            content,
            "<text fill=\"{}\" x=\"{:.1}\" y=\"20\">{}</text>",
            colour(k),
            260.0 + 170.0 * k as f64,
            escape(&row.name)
        );
    }
    for (s, (source, n)) in sources.iter().enumerate() {
        let top = 46.0 + step * s as f64;
        let name = if source.is_empty() { "(none)" } else { source };
        let _ = write!(
            content,
            "<text x=\"252\" y=\"{:.1}\" text-anchor=\"end\">{} ({n})</text>",
            top + 0.5 * (step - 9.0) + 4.0,
            escape(name)
        );
        for (k, row) in rows.iter().enumerate() {
            let Some(value) = of_source(row, source).and_then(ratio) else { continue };
            let _ = write!(
                content,
                "<rect fill=\"{}\" x=\"260\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{value:.3}</title></rect>",
                colour(k),
                top + bar * k as f64,
                (x.at(value.min(2.0)) - 260.0).max(0.5),
                bar - 1.0
            );
        }
    }
    Some(svg(820.0, bottom + 30.0, "CIEDE2000 of sources against gray", &content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_ticks_inside() {
        let axis = Axis::around([21.3, 28.9].into_iter(), false, 300.0, 40.0);
        let ticks = axis.ticks();
        assert_eq!(ticks, [22.0, 24.0, 26.0, 28.0]);
        assert!(axis.at(21.3) > axis.at(28.9) && axis.at(28.9) > 40.0 && axis.at(21.3) < 300.0);
        assert_eq!((trimmed(22.0), trimmed(0.25)), ("22".to_owned(), "0.25".to_owned()));
    }

    #[test]
    fn an_axis_around_one_value_or_none_still_has_a_length() {
        for values in [vec![], vec![5.0], vec![f64::NAN]] {
            let axis = Axis::around(values.into_iter(), false, 0.0, 100.0);
            assert!(axis.at(axis.high) == 100.0 && axis.high > axis.low);
        }
    }
}
