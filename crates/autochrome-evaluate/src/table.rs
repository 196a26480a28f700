//! The tables as plain text, for a terminal.

use crate::EvaluationSet;
use crate::run::{Evaluation, Row};
use crate::score::PSNR_CAP_DB;
use crate::statistics::Estimate;
use crate::summary::{Summary, TruthSummary};

/// A table as rows of cells, the first row its heading: what text and HTML are made from.
pub(crate) type Cells = Vec<Vec<String>>;

/// Everything that was measured but the single pictures, as text.
#[must_use]
pub fn text(set: &EvaluationSet, evaluation: &Evaluation) -> String {
    let mut text = align(&totals(evaluation));
    let parts = [
        ("Parts of the set", parts(evaluation)),
        (PATCHWORK, patchwork(set, evaluation)),
        ("Hints: PSNR in dB, and what they gain over none", hints(evaluation)),
        (LOCALITY, locality(evaluation)),
        (VARIETY, variety(evaluation)),
        (SUGGESTIONS, suggestions(evaluation)),
        ("Skin, over the pictures of people", skin(evaluation)),
        ("Sources", sources(evaluation)),
    ];
    for (title, cells) in parts.iter().filter(|(_, cells)| cells.len() > 1) {
        text.push_str(&format!("\n{title}\n{}", align(cells)));
    }
    for (name, reason) in &evaluation.failures {
        text.push_str(&format!("\n{name} painted nothing: {reason}\n"));
    }
    for note in notes(evaluation) {
        text.push_str(&format!("\n{note}"));
    }
    text.push('\n');
    text
}

/// What a reader of the figures must know.
pub(crate) fn notes(evaluation: &Evaluation) -> Vec<String> {
    let mut notes = Vec::new();
    if evaluation.rows.iter().any(|row| row.total.against_truth.is_some()) {
        notes.push(
            "AuC rebalanced weighs a pixel by 1/p of its true colour's class in this very set. PSNR rewards dullness: \
             read it beside CF."
                .to_owned(),
        );
    }
    if let Some((encoder, halves)) = &evaluation.encoder {
        let n =
            evaluation.rows.iter().filter_map(|row| row.frechet).map(|frechet| frechet.n).max().unwrap_or(0);
        notes.push(format!(
            "Fréchet: Fréchet distance on encoder features ({encoder}), n = {n}; it is no FID, and depends on n: two halves \
             of the truth, n = {} each, lie {:.1} apart.",
            halves.n, halves.distance
        ));
    }
    for row in &evaluation.rows {
        if row.is_predictions {
            notes.push(format!(
                "{}: pictures of another program, resized to the truth's size as RGB; their lightness counts too.",
                row.name
            ));
        }
        if row.total.failed > 0 {
            let first = row.pictures.iter().find_map(|p| p.as_ref().err()).map_or("", String::as_str);
            notes.push(format!(
                "{}: {} pictures are in no figure; the first: {first}.",
                row.name, row.total.failed
            ));
        }
    }
    notes
}

/// One line a painter.
pub(crate) fn totals(evaluation: &Evaluation) -> Cells {
    let with_truth = evaluation.rows.iter().any(|row| row.total.against_truth.is_some());
    let heading: &[&str] = if with_truth {
        &[
            "",
            "n",
            "PSNR dB",
            "SSIM",
            "ΔE00",
            "P95",
            "ΔE00/gray",
            "CF",
            "ΔCF",
            "AuC",
            "AuC reb.",
            "edges",
            "bleed",
            "gray %",
            "Fréchet",
            "ΔL max",
            "ms",
            "MB",
        ]
    } else {
        &["", "n", "CF", "edges", "bleed", "gray %", "ΔL max", "ms", "MB"]
    };
    let mut cells = vec![heading.iter().map(|&cell| cell.to_owned()).collect()];
    for row in &evaluation.rows {
        let s = &row.total;
        let mut line = vec![row.name.clone(), s.n.to_string()];
        if let Some(t) = &s.against_truth {
            line.extend([
                psnr(t),
                optional(t.ssim, 3),
                with_interval(t.delta_e, 2),
                decimal(t.delta_e_p95, 1),
            ]);
            line.push(with_interval(t.delta_e_to_gray, 3));
        }
        line.push(with_interval(s.colourfulness, 1));
        if let Some(t) = &s.against_truth {
            line.extend([decimal(t.delta_cf, 1), decimal(t.auc, 3), decimal(t.auc_rebalanced, 3)]);
        }
        line.extend([
            optional(s.edge_agreement, 3),
            optional(s.bleeding, 3),
            decimal(100.0 * s.gray_share, 1),
        ]);
        if s.against_truth.is_some() {
            line.push(optional(row.frechet.map(|frechet| frechet.distance), 1));
        }
        line.push(decimal(s.luma_change, 2));
        line.push(if s.ms > 0.0 { decimal(s.ms, 1) } else { "–".to_owned() });
        line.push(optional(row.peak_mb, 0));
        cells.push(line);
    }
    cells
}

/// One line a painter that takes hints.
pub(crate) fn hints(evaluation: &Evaluation) -> Cells {
    let curves = || evaluation.rows.iter().filter_map(|row| Some((row, row.hints.as_ref()?)));
    let mut cells = vec![vec![String::new(), "n".to_owned()]];
    let counts: Vec<usize> = crate::COUNTS.to_vec();
    cells[0].extend(counts.iter().map(|count| format!("{count} hints")));
    for (row, curve) in curves() {
        let n = curve.iter().map(|point| point.n).min().unwrap_or(0);
        let mut line = vec![row.name.clone(), n.to_string()];
        line.extend(counts.iter().map(|count| {
            let point = curve.iter().find(|point| point.hints == *count);
            point.map_or_else(
                || "–".to_owned(),
                |point| match point.gain_db {
                    Some(gain) if point.hints > 0 => {
                        format!("{} ({})", decimal(point.psnr_db.value, 2), signed(gain))
                    }
                    _ => decimal(point.psnr_db.value, 2),
                },
            )
        }));
        cells.push(line);
    }
    cells
}

/// What [`locality`] shows.
pub(crate) const LOCALITY: &str =
    "One hint on the largest coloured region: ΔE00 to the truth inside, change of ΔE00 outside";

/// One line a painter that takes hints and has coloured regions to be hinted.
pub(crate) fn locality(evaluation: &Evaluation) -> Cells {
    let mut cells = vec![["", "n", "inside before", "inside", "outside"].map(str::to_owned).to_vec()];
    for (row, locality) in evaluation.rows.iter().filter_map(|row| Some((row, row.locality?))) {
        let mut line = vec![row.name.clone(), locality.n.to_string()];
        let figures = [locality.before, locality.inside, locality.outside];
        line.extend(figures.map(|figure| with_interval(figure, 2)));
        cells.push(line);
    }
    cells
}

/// What [`variety`] shows.
pub(crate) const VARIETY: &str =
    "Several answers: ΔE00 between two, the first to the truth, and the worst and the best as shares of that";

/// One line a painter that draws several answers.
pub(crate) fn variety(evaluation: &Evaluation) -> Cells {
    let mut cells =
        vec![["", "n", "answers", "between", "first", "worst", "best"].map(str::to_owned).to_vec()];
    for (row, variety) in evaluation.rows.iter().filter_map(|row| Some((row, row.variety?))) {
        let mut line = vec![row.name.clone(), variety.n.to_string(), variety.count.to_string()];
        line.extend([variety.pairwise, variety.single].map(|figure| with_interval(figure, 2)));
        line.extend([variety.worst, variety.best].map(|figure| with_interval(figure, 3)));
        cells.push(line);
    }
    cells
}

/// What [`suggestions`] shows.
pub(crate) const SUGGESTIONS: &str =
    "Suggestions: places whose true colour is within ΔE00 10 of the likeliest one, and of any";

/// One line a painter that suggests colours.
pub(crate) fn suggestions(evaluation: &Evaluation) -> Cells {
    let mut cells = vec![["", "places", "first %", "any %", "suggestions"].map(str::to_owned).to_vec()];
    for (row, hits) in evaluation.rows.iter().filter_map(|row| Some((row, row.suggestions?))) {
        let mut line = vec![row.name.clone(), hits.n.to_string()];
        line.extend([100.0 * hits.first, 100.0 * hits.any, hits.count].map(|figure| decimal(figure, 1)));
        cells.push(line);
    }
    cells
}

/// What [`patchwork`] shows.
pub(crate) const PATCHWORK: &str = "Patchwork: span of colours in regions of one colour, in units of ab";

/// One line a painter, and one for each class of thing that masks name.
pub(crate) fn patchwork(set: &EvaluationSet, evaluation: &Evaluation) -> Cells {
    let heading = ["", "thing", "regions", "span", "truth", "over 12 %"];
    let mut cells = vec![heading.map(str::to_owned).to_vec()];
    for row in &evaluation.rows {
        let Some(t) = &row.total.against_truth else { continue };
        let things = t.patchwork_of.iter().map(|(thing, patchwork)| (set.class_name(*thing), *patchwork));
        for (thing, patchwork) in t.patchwork.map(|all| ("all".to_owned(), all)).into_iter().chain(things) {
            cells.push(vec![
                row.name.clone(),
                thing,
                patchwork.regions.to_string(),
                decimal(patchwork.span, 1),
                decimal(patchwork.true_span, 1),
                decimal(100.0 * patchwork.patchy, 1),
            ]);
        }
    }
    cells
}

/// One line a part of the set and painter; nothing when the set has one part.
pub(crate) fn parts(evaluation: &Evaluation) -> Cells {
    let heading = ["source", "", "n", "ΔE00", "ΔE00/gray", "CF", "span"];
    let mut cells = vec![heading.map(str::to_owned).to_vec()];
    let names: Vec<&str> =
        evaluation.rows.first().iter().flat_map(|row| row.parts.iter().map(|(name, _)| &name[..])).collect();
    for name in names {
        for row in &evaluation.rows {
            let Some((_, s)) = row.parts.iter().find(|(part, _)| part == name) else { continue };
            let Some(t) = &s.against_truth else { continue };
            cells.push(vec![
                name.to_owned(),
                row.name.clone(),
                s.n.to_string(),
                with_interval(t.delta_e, 2),
                with_interval(t.delta_e_to_gray, 3),
                with_interval(s.colourfulness, 1),
                optional(t.patchwork.map(|patchwork| patchwork.span), 1),
            ]);
        }
    }
    cells
}

/// One line a painter, when there are pictures of people.
pub(crate) fn skin(evaluation: &Evaluation) -> Cells {
    let mut cells =
        vec![["", "pictures", "skin pixels", "gray %", "green or blue %"].map(str::to_owned).to_vec()];
    for row in &evaluation.rows {
        let Some(t) = &row.total.against_truth else { continue };
        let Some(skin) = t.skin else { continue };
        cells.push(vec![
            row.name.clone(),
            t.skin_pictures.to_string(),
            skin.pixels.to_string(),
            decimal(100.0 * skin.gray_share(), 1),
            decimal(100.0 * skin.off_hue_share(), 1),
        ]);
    }
    cells
}

/// One line a source and painter; nothing when there is but one source.
pub(crate) fn sources(evaluation: &Evaluation) -> Cells {
    let with_truth = evaluation.rows.iter().any(|row| row.total.against_truth.is_some());
    let mut heading = vec!["source", "", "n"];
    heading.extend_from_slice(if with_truth { &["PSNR dB", "ΔE00", "ΔE00/gray", "CF"] } else { &["CF"] });
    let mut cells: Cells = vec![heading.into_iter().map(str::to_owned).collect()];
    if evaluation.rows.iter().all(|row| row.sources.len() < 2) {
        return cells;
    }
    let mut names: Vec<&str> =
        evaluation.rows.iter().flat_map(|row| row.sources.iter().map(|(name, _)| name.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        for row in &evaluation.rows {
            if let Some(s) = of_source(row, name) {
                let name = if name.is_empty() { "(none)" } else { name };
                let mut line = vec![name.to_owned(), row.name.clone(), s.n.to_string()];
                if let Some(t) = &s.against_truth {
                    line.push(capped(t.psnr_db.value));
                    line.extend([decimal(t.delta_e.value, 2), decimal(t.delta_e_to_gray.value, 3)]);
                }
                line.push(decimal(s.colourfulness.value, 1));
                cells.push(line);
            }
        }
    }
    cells
}

/// The figures of a row over one source.
pub(crate) fn of_source<'a>(row: &'a Row, source: &str) -> Option<&'a Summary> {
    row.sources.iter().find(|(name, _)| name == source).map(|(_, summary)| summary)
}

fn psnr(t: &TruthSummary) -> String {
    if t.psnr_db.low >= f64::from(PSNR_CAP_DB) { "∞".to_owned() } else { with_interval(t.psnr_db, 2) }
}

fn capped(psnr_db: f64) -> String {
    if psnr_db >= f64::from(PSNR_CAP_DB) { "∞".to_owned() } else { decimal(psnr_db, 2) }
}

fn with_interval(e: Estimate, digits: usize) -> String {
    if e.low == e.high {
        return decimal(e.value, digits);
    }
    format!("{} [{}, {}]", decimal(e.value, digits), decimal(e.low, digits), decimal(e.high, digits))
}

fn signed(gain: Estimate) -> String {
    format!("{:+.2} [{:+.2}, {:+.2}]", gain.value, gain.low, gain.high)
}

fn decimal(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}") } else { "–".to_owned() }
}

fn optional(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| decimal(value, digits))
}

/// Columns of equal width; the first is flush left, the others flush right.
fn align(cells: &Cells) -> String {
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in cells {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            // The columns of names come first and may be two.
            let flush_left =
                column == 0 || (column == 1 && (cells[0][0] == "source" || cells[0][1] == "thing"));
            let padded = if flush_left { format!("{cell:width$}") } else { format!("{cell:>width$}") };
            line.push_str(if column == 0 { "" } else { "  " });
            line.push_str(&padded);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::example::{Folder, options};
    use crate::{EvaluateOptions, Painter, evaluate};

    fn evaluation() -> (EvaluationSet, Evaluation) {
        let folder = Folder::new().blobs("indian/a.png", 40, 40, 1).blobs("new_sky/b.png", 40, 40, 2);
        let set = folder.load(options(32));
        let painters = [Painter::gray(), Painter::truth()];
        let options = EvaluateOptions::default();
        let evaluation = evaluate(&set, &painters, &options, &AtomicBool::new(false), |_| ()).unwrap();
        (set, evaluation)
    }

    #[test]
    fn every_row_has_as_many_cells_as_its_heading() {
        let (set, evaluation) = evaluation();
        let patchwork = patchwork(&set, &evaluation);
        assert!(patchwork.len() > 2, "the background is one colour");
        let parts = parts(&evaluation);
        assert_eq!(parts.len(), 1 + 2 * 2);
        let others = [totals(&evaluation), hints(&evaluation), skin(&evaluation), sources(&evaluation)];
        for cells in others.into_iter().chain([patchwork, parts, locality(&evaluation)]) {
            assert!(cells.iter().all(|row| row.len() == cells[0].len()), "{cells:?}");
        }
        assert_eq!(sources(&evaluation).len(), 1 + 2 * 2);
    }

    #[test]
    fn the_text_names_rows_sources_and_the_weights_of_auc() {
        let (set, evaluation) = evaluation();
        let text = text(&set, &evaluation);
        for word in ["\ngray ", "\ntruth ", "∞", "indian", "in this very set", "new_*", "the rest"] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
    }

    #[test]
    fn figures_that_are_none_are_dashes() {
        assert_eq!((decimal(f64::NAN, 2), optional(None, 1)), ("–".to_owned(), "–".to_owned()));
        let sure = Estimate { value: 2.0, low: 2.0, high: 2.0 };
        assert_eq!(with_interval(sure, 1), "2.0");
        assert_eq!(with_interval(Estimate { high: 2.5, ..sure }, 1), "2.0 [2.0, 2.5]");
    }
}
