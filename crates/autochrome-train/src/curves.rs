//! The run's curves as one SVG file.

use std::fmt::Write as _;
use std::path::Path;

use crate::TrainError;
use crate::log;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 180.0;
const MARGIN: f64 = 46.0;

/// Columns that are not losses or figures worth a picture.
const SKIPPED: [&str; 3] = ["step", "images_per_s", "seconds"];

/// Draws every column of the two logs over the steps.
pub(crate) fn write(path: &Path, logs: &[&Path]) -> Result<(), TrainError> {
    let mut panels = String::new();
    let mut count = 0;
    for log in logs {
        let (columns, rows) = log::read(log);
        for (i, name) in columns.iter().enumerate().filter(|(_, name)| !SKIPPED.contains(&name.as_str())) {
            let points: Vec<(f64, f64)> =
                rows.iter().filter_map(|row| Some((row.first().copied()??, row.get(i).copied()??))).collect();
            if points.len() > 1 {
                let (column, line) = (count % 3, count / 3);
                panel(&mut panels, name, &points, column as f64 * WIDTH, f64::from(line) * HEIGHT);
                count += 1;
            }
        }
    }
    let (width, height) = (3.0 * WIDTH, f64::from((count + 2) / 3) * HEIGHT);
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{panels}</svg>\n"
    );
    std::fs::write(path, svg).map_err(TrainError::io(path))
}

fn panel(out: &mut String, name: &str, points: &[(f64, f64)], left: f64, top: f64) {
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let (x0, x1) = range(&mut points.iter().map(|p| p.0));
    let (y0, y1) = range(&mut points.iter().map(|p| p.1));
    let scale = |v: f64, low: f64, high: f64| if high > low { (v - low) / (high - low) } else { 0.5 };
    let (inner_width, inner_height) = (WIDTH - MARGIN - 14.0, HEIGHT - 44.0);
    let line: String = points
        .iter()
        .map(|&(x, y)| {
            let x = left + MARGIN + inner_width * scale(x, x0, x1);
            let y = top + 24.0 + inner_height * (1.0 - scale(y, y0, y1));
            format!("{x:.1},{y:.1} ")
        })
        .collect();
    let (right, bottom) = (left + WIDTH - 14.0, top + HEIGHT - 6.0);
    let x = left + MARGIN;
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{}\" font-weight=\"bold\">{name}</text>\n\
         <rect x=\"{x}\" y=\"{}\" width=\"{inner_width}\" height=\"{inner_height}\" fill=\"none\" stroke=\"#ccc\"/>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{y1:.3}</text>\n<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{y0:.3}</text>\n\
         <text x=\"{x}\" y=\"{bottom}\">{x0}</text>\n<text x=\"{right}\" y=\"{bottom}\" text-anchor=\"end\">{x1}</text>\n\
         <polyline points=\"{line}\" fill=\"none\" stroke=\"#2563eb\" stroke-width=\"1.2\"/>",
        top + 16.0,
        top + 24.0,
        x - 4.0,
        top + 34.0,
        x - 4.0,
        top + 24.0 + inner_height,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_gets_a_panel() {
        let folder = tempfile::tempdir().unwrap();
        let (tsv, svg) = (folder.path().join("log.tsv"), folder.path().join("curves.svg"));
        std::fs::write(&tsv, "step\tl1\tadversarial\timages_per_s\n1\t2\t3\t9\n2\t1\t\t9\n3\t0.5\t4\t9\n")
            .unwrap();
        write(&svg, &[&tsv]).unwrap();
        let text = std::fs::read_to_string(svg).unwrap();
        assert_eq!(text.matches("<polyline").count(), 2);
        assert!(text.contains(">l1<") && text.contains(">adversarial<"));
    }
}
