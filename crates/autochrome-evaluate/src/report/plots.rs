//! Plots as SVG inside the page.

use std::fmt::Write as _;

use autochrome_plot::{Axis, Scale, colour, escape, format_number, frame, inline};

use crate::run::{Evaluation, Row};
use crate::summary::Summary;
use crate::table::of_source;

/// PSNR over the number of hints; nothing when no row has a curve.
pub(super) fn hint_curve(evaluation: &Evaluation) -> Option<String> {
    let rows: Vec<(&Row, _)> =
        evaluation.rows.iter().filter_map(|row| Some((row, row.hints.as_ref()?))).collect();
    if rows.is_empty() {
        return None;
    }
    // Logarithmic, with a place for none.
    let place = |hints: usize| ((1 + hints) as f64).ln();
    let x = Axis { low: 0.0, high: place(50), from_px: 60.0, to_px: 480.0, scale: Scale::Linear };
    // Pictures differ far more among themselves than hints help, so that intervals of the mean would hide the curve.
    let values = rows.iter().flat_map(|(_, curve)| curve.iter().map(|p| p.psnr_db.value));
    let y = Axis::covering(values, false, 300.0, 40.0);
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
    Some(inline(700.0, 345.0, "Hint curve", &content))
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
    let x = Axis::covering(points.iter().map(|p| p.1), true, 60.0, 480.0);
    let y = Axis::covering(points.iter().map(|p| p.2), true, 300.0, 40.0);
    let ticks: Vec<(f64, String)> = x.ticks().into_iter().map(|v| (v, format_number(v))).collect();
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
    Some(inline(520.0, 345.0, "Colourfulness against CIEDE2000", &content))
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
    let x = Axis::covering(values.chain([1.0]).map(|v| v.min(2.0)), true, 260.0, 780.0);
    let mut content = String::new();
    for value in x.ticks() {
        let at = x.at(value);
        let class = if (value - 1.0).abs() < 1e-9 { "gray-line" } else { "grid" };
        let _ = write!(
            content,
            "<line class=\"{class}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"40\" y2=\"{bottom:.1}\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 16.0,
            format_number(value)
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
    Some(inline(820.0, bottom + 30.0, "CIEDE2000 of sources against gray", &content))
}
