//! The tables of `docs/performance.md`, and the plots beside it.

use std::fmt::Write as _;
use std::fs;

use anyhow::Result;
use autochrome_plot::{Curve, Panel, Scale, file};

use super::figures::{Figures, Row, digits};
use crate::marked;
use crate::shell::root;

/// Writes whatever there are figures for.
pub fn write(figures: &Figures) -> Result<()> {
    let page = root().join("docs/performance.md");
    for (part, measured) in &figures.0 {
        let mut table = String::from("| what | | | n |\n|---|---|---|---|\n");
        for Row { what, value, unit, n } in &measured.rows {
            let _ = writeln!(table, "| {what} | {} | {unit} | {n} |", digits(*value));
        }
        let _ = writeln!(table, "\nMeasured at {}.", measured.when);
        marked::replace(&page, part, &table)?;
    }
    for (name, label, panels) in plots(figures) {
        if panels.iter().any(|panel| !panel.curves.is_empty()) {
            fs::write(root().join(format!("docs/performance/{name}.svg")), file(label, &panels))?;
        }
    }
    Ok(())
}

type Plot = (&'static str, &'static str, Vec<Panel<'static>>);

fn plots(figures: &Figures) -> Vec<Plot> {
    let panel = |part: &str, unit: &str, title_x, title_y, x, place: fn(&str) -> Option<(String, f64)>| {
        Panel { title_x, title_y, x, zero: true, curves: curves(figures.rows(part), unit, place) }
    };
    let (linear, logarithmic) = (Scale::Linear, Scale::Logarithmic);
    vec![
        (
            "sizes",
            "Time and memory against megapixels",
            vec![
                panel("sizes", "s", "megapixels", "seconds, whole process", linear, by_megapixels),
                panel("sizes", "MB peak", "megapixels", "peak memory, MB", linear, by_megapixels),
            ],
        ),
        (
            "threads",
            "Time and memory against threads",
            vec![
                panel("threads", "s", "threads", "seconds, one picture of 12 MP", linear, by_threads),
                panel("threads", "pictures/s", "threads", "pictures of 1 MP a second", linear, by_threads),
                panel("threads", "MB peak", "threads", "peak memory, MB", linear, by_threads),
            ],
        ),
        (
            "batch",
            "Training speed and memory against batch",
            vec![
                panel("training", "images/s", "batch", "images a second", logarithmic, by_batch),
                panel("training", "MB peak", "batch", "peak memory, MB", logarithmic, by_batch),
            ],
        ),
        (
            "server",
            "Server throughput and latency against clients",
            vec![
                panel("server", "pictures/s", "clients", "pictures a second", logarithmic, by_clients),
                panel("server", "ms until answered", "clients", "median ms", logarithmic, by_clients),
            ],
        ),
    ]
}

/// Rows of one unit as curves: `place` says to which curve a row belongs, and its x.
fn curves(rows: &[Row], unit: &str, place: fn(&str) -> Option<(String, f64)>) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for row in rows.iter().filter(|row| row.unit == unit) {
        let Some((name, x)) = place(&row.what) else { continue };
        match curves.iter_mut().find(|curve| curve.name == name) {
            Some(curve) => curve.points.push((x, row.value)),
            None => curves.push(Curve { name, points: vec![(x, row.value)] }),
        }
    }
    curves
}

/// `gray, 12 MP`.
fn by_megapixels(what: &str) -> Option<(String, f64)> {
    let (name, size) = what.rsplit_once(", ")?;
    Some((name.to_owned(), size.strip_suffix(" MP")?.parse().ok()?))
}

/// `one picture of 12 MP, 2 threads`.
fn by_threads(what: &str) -> Option<(String, f64)> {
    let (name, count) = what.rsplit_once(", ")?;
    Some((name.to_owned(), count.split_once(" thread")?.0.parse().ok()?))
}

/// `flagship, 128 px, batch 4, PyTorch`.
fn by_batch(what: &str) -> Option<(String, f64)> {
    let (network, rest) = what.split_once(", batch ")?;
    let (batch, trainer) = rest.split_once(", ")?;
    Some((format!("{network}, {trainer}"), batch.parse().ok()?))
}

/// `640×480 JPEG, 4 at once`.
fn by_clients(what: &str) -> Option<(String, f64)> {
    let (name, clients) = what.rsplit_once(", ")?;
    Some((name.to_owned(), clients.strip_suffix(" at once")?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_find_their_curves() {
        let row = |what: &str, value, unit: &str| Row { what: what.into(), value, unit: unit.into(), n: 1 };
        let rows = [
            row("gray, 1 MP", 0.1, "s"),
            row("default model, 1 MP", 0.2, "s"),
            row("gray, 12 MP", 0.3, "s"),
            row("gray, 12 MP", 90.0, "MB peak"),
            row("stage `decode`, 12 MP", 50.0, "ms"),
        ];
        let found = curves(&rows, "s", by_megapixels);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), &found[0].points), ("gray", &vec![(1.0, 0.1), (12.0, 0.3)]));
        assert_eq!(by_threads("pictures of 1 MP, 1 thread"), Some(("pictures of 1 MP".into(), 1.0)));
        assert_eq!(
            by_batch("flagship, 128 px, batch 4, PyTorch"),
            Some(("flagship, 128 px, PyTorch".into(), 4.0))
        );
        assert_eq!(by_clients("640×480 JPEG, 8 at once"), Some(("640×480 JPEG".into(), 8.0)));
        assert_eq!(by_clients("server"), None);
    }
}
