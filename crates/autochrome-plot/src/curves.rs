//! Whole files: panels of curves, three in a row.

use std::fmt::Write as _;

use crate::{Axis, Scale, colour, escape, format_number, frame};

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 300.0;
/// Panels beside each other before the next row begins.
const COLUMNS: usize = 3;
/// Points of a curve that are drawn as dots; more would be a blot.
const DOTS: usize = 40;

/// Points in the order in which a line joins them.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What the legend calls it.
    pub name: String,
    /// x and y.
    pub points: Vec<(f64, f64)>,
}

/// One plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel<'a> {
    /// What x is, with its unit.
    pub title_x: &'a str,
    /// What y is, with its unit.
    pub title_y: &'a str,
    /// How x is divided.
    pub x: Scale,
    /// Whether y begins at 0, or near the least of its values.
    pub zero: bool,
    /// What is drawn, first to last in the legend.
    pub curves: Vec<Curve>,
}

/// A file of panels, three in a row; `label` is read to those who do not see it.
#[must_use]
pub fn file(label: &str, panels: &[Panel<'_>]) -> String {
    let mut content = String::new();
    for (k, panel) in panels.iter().enumerate() {
        let (left, top) = ((k % COLUMNS) as f64 * WIDTH, (k / COLUMNS) as f64 * HEIGHT);
        let _ = write!(content, "<g transform=\"translate({left:.0} {top:.0})\">{}</g>", draw(panel));
    }
    let width = WIDTH * panels.len().clamp(1, COLUMNS) as f64;
    let height = HEIGHT * panels.len().div_ceil(COLUMNS).max(1) as f64;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" role=\"img\" \
         aria-label=\"{label}\" font-family=\"sans-serif\" font-size=\"12\"><style>.grid{{stroke:#ddd}}.title{{font-weight:bold}}\
         </style><rect width=\"100%\" height=\"100%\" fill=\"white\"/>{content}</svg>\n",
        label = escape(label)
    )
}

fn draw(panel: &Panel<'_>) -> String {
    let (left, right, bottom, top) = (62.0, WIDTH - 16.0, HEIGHT - 48.0, 36.0);
    let points = || panel.curves.iter().flat_map(|curve| &curve.points);
    let x = match panel.x {
        Scale::Linear => Axis::covering(points().map(|p| p.0), true, left, right),
        Scale::Logarithmic => Axis::logarithmic(points().map(|p| p.0), left, right),
    };
    let y = Axis::covering(points().map(|p| p.1), panel.zero, bottom, top);
    let ticks: Vec<(f64, String)> =
        x.ticks().into_iter().map(|value| (value, format_number(value))).collect();
    let mut svg = frame(&x, &y, &ticks, &escape(panel.title_x), &escape(panel.title_y));
    for (k, curve) in panel.curves.iter().enumerate() {
        let ink = colour(k);
        let mut line = String::new();
        for &(px, py) in &curve.points {
            let (px, py) = (x.at(px), y.at(py));
            let _ = write!(line, "{px:.1},{py:.1} ");
            if curve.points.len() > DOTS {
                continue;
            }
            let _ = write!(svg, "<circle fill=\"{ink}\" cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"3\"/>");
        }
        let _ = write!(
            svg,
            "<polyline fill=\"none\" stroke=\"{ink}\" stroke-width=\"2\" points=\"{line}\"/>\
             <text fill=\"{ink}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            left + 10.0,
            top + 16.0 + 16.0 * k as f64,
            escape(&curve.name)
        );
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_every_curve_of_every_panel_by_itself() {
        let curve =
            |name: &str| Curve { name: name.into(), points: vec![(1.0, 2.0), (4.0, 8.0), (16.0, 3.0)] };
        let panel = |x| Panel {
            title_x: "n",
            title_y: "s & more",
            x,
            zero: true,
            curves: vec![curve("a<b"), curve("c")],
        };
        let svg = file("Two", &[panel(Scale::Linear), panel(Scale::Logarithmic)]);
        assert_eq!((svg.matches("<polyline").count(), svg.matches("<circle").count()), (4, 12));
        assert!(svg.contains("a&lt;b") && svg.contains("s &amp; more"));
        assert!(!svg.contains("href") && !svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn the_fourth_panel_begins_a_row_and_long_curves_have_no_dots() {
        let points = (0..1000).map(|n| (f64::from(n), 5.0)).collect();
        let panel = Panel {
            title_x: "step",
            title_y: "loss",
            x: Scale::Linear,
            zero: false,
            curves: vec![Curve { name: String::new(), points }],
        };
        let svg = file("Four", &[panel.clone(), panel.clone(), panel.clone(), panel]);
        assert!(svg.contains("translate(840 0)") && svg.contains("translate(0 300)"));
        assert!(svg.contains("viewBox=\"0 0 1260 600\"") && !svg.contains("<circle"));
    }

    #[test]
    fn nothing_to_draw_is_an_empty_frame() {
        let panel = Panel { title_x: "n", title_y: "s", x: Scale::Linear, zero: true, curves: Vec::new() };
        assert!(file("None", &[panel]).contains("</svg>"));
    }
}
