//! The figures as JSON lines, for programs: each line says by `kind` what it is.

use serde_json::{Map, Value, json};

use crate::run::{Evaluation, Row};
use crate::score::Scores;
use crate::set::EvaluationSet;
use crate::skin::Skin;
use crate::statistics::Estimate;
use crate::summary::{Patchwork, Summary};

/// One line a fact: `run`, `frechet` where sets were compared, then `skipped` files, then for every row `total`, `part`, `source`, `thing`, `locality`, `variants`, `suggestions`, `hints` and `picture`, then `failure`.
///
/// Numbers that do not exist are null; shares are 0..=1; an estimate is an object of `value`, `low` and `high`.
#[must_use]
pub fn lines(set: &EvaluationSet, evaluation: &Evaluation) -> String {
    let (of, options) = (set.options(), &evaluation.options);
    let mut lines = vec![json!({
        "kind": "run", "version": env!("CARGO_PKG_VERSION"), "pictures": set.pictures().len(),
        "size_px": of.size_px, "truth": of.truth, "jobs": options.jobs,
        "resamples": options.bootstrap.resamples, "seed": options.bootstrap.seed,
        "hint_seed": options.hint_seed, "skin_sources": options.skin_sources,
        "auc_prior": "the evaluated set",
    })];
    if let Some((encoder, halves)) = &evaluation.encoder {
        lines.push(json!({
            "kind": "frechet", "encoder": encoder, "halves_of_truth": halves.distance, "n": halves.n,
        }));
    }
    for (name, reason) in set.skipped() {
        lines.push(json!({"kind": "skipped", "picture": name, "reason": reason}));
    }
    for row in &evaluation.rows {
        row_lines(set, row, &mut lines);
    }
    for (name, reason) in &evaluation.failures {
        lines.push(json!({"kind": "failure", "row": name, "reason": reason}));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn row_lines(set: &EvaluationSet, row: &Row, lines: &mut Vec<Value>) {
    let base = |kind: &str| {
        let mut map = Map::new();
        map.insert("kind".to_owned(), kind.into());
        map.insert("row".to_owned(), row.name.as_str().into());
        map
    };
    let mut total = base("total");
    total.extend(summary(&row.total));
    let frechet = row.frechet.map(|frechet| json!({"distance": frechet.distance, "n": frechet.n}));
    total.insert("frechet".to_owned(), frechet.unwrap_or_default());
    total.insert("peak_mb".to_owned(), row.peak_mb.into());
    total.insert("predictions".to_owned(), row.is_predictions.into());
    lines.push(total.into());
    for (kind, groups) in [("part", &row.parts), ("source", &row.sources)] {
        for (name, figures) in groups {
            let mut line = base(kind);
            line.insert(kind.to_owned(), name.as_str().into());
            line.extend(summary(figures));
            lines.push(line.into());
        }
    }
    for (class, figures) in row.total.against_truth.iter().flat_map(|t| &t.patchwork_of) {
        let mut line = base("thing");
        line.insert("thing".to_owned(), set.class_name(*class).into());
        line.insert("patchwork".to_owned(), patchwork(Some(*figures)));
        lines.push(line.into());
    }
    if let Some(locality) = row.locality {
        let mut line = base("locality");
        line.insert("n".to_owned(), locality.n.into());
        for (name, figure) in
            [("before", locality.before), ("inside", locality.inside), ("outside", locality.outside)]
        {
            line.insert(name.to_owned(), estimate(figure));
        }
        lines.push(line.into());
    }
    if let Some(variety) = row.variety {
        let mut line = base("variants");
        line.insert("n".to_owned(), variety.n.into());
        line.insert("answers".to_owned(), variety.count.into());
        for (name, figure) in [
            ("pairwise", variety.pairwise),
            ("single", variety.single),
            ("worst_share", variety.worst),
            ("best_share", variety.best),
        ] {
            line.insert(name.to_owned(), estimate(figure));
        }
        lines.push(line.into());
    }
    if let Some(hits) = row.suggestions {
        let mut line = base("suggestions");
        line.insert("n".to_owned(), hits.n.into());
        for (name, figure) in
            [("first_share", hits.first), ("any_share", hits.any), ("suggestions", hits.count)]
        {
            line.insert(name.to_owned(), figure.into());
        }
        lines.push(line.into());
    }
    for point in row.hints.iter().flatten() {
        let mut line = base("hints");
        line.insert("hints".to_owned(), point.hints.into());
        line.insert("n".to_owned(), point.n.into());
        line.insert("psnr_db".to_owned(), estimate(point.psnr_db));
        line.insert("gain_db".to_owned(), point.gain_db.map_or(Value::Null, estimate));
        lines.push(line.into());
    }
    for (picture, result) in set.pictures().iter().zip(&row.pictures) {
        let mut line = base("picture");
        line.insert("picture".to_owned(), picture.name.as_str().into());
        line.insert("source".to_owned(), picture.source.as_str().into());
        match result {
            Ok(scores) => line.extend(scores_of(scores)),
            Err(reason) => {
                line.insert("failed".to_owned(), reason.as_str().into());
            }
        }
        lines.push(line.into());
    }
}

fn estimate(e: Estimate) -> Value {
    json!({"value": e.value, "low": e.low, "high": e.high})
}

fn skin(skin: Option<Skin>) -> Value {
    skin.map_or(Value::Null, |skin| {
        json!({"pixels": skin.pixels, "gray_share": skin.gray_share(), "off_hue_share": skin.off_hue_share()})
    })
}

fn patchwork(patchwork: Option<Patchwork>) -> Value {
    patchwork.map_or(
        Value::Null,
        |p| json!({"regions": p.regions, "span": p.span, "true_span": p.true_span, "patchy_share": p.patchy}),
    )
}

fn summary(s: &Summary) -> Map<String, Value> {
    let mut map = object(json!({
        "n": s.n, "failed": s.failed, "colourfulness": estimate(s.colourfulness), "gray_share": s.gray_share,
        "edge_agreement": s.edge_agreement, "bleeding": s.bleeding, "luma_change_steps": s.luma_change, "ms": s.ms,
    }));
    if let Some(t) = &s.against_truth {
        map.extend(object(json!({
            "psnr_db": estimate(t.psnr_db), "ssim": t.ssim, "delta_e": estimate(t.delta_e),
            "delta_e_p95": t.delta_e_p95, "delta_e_to_gray": estimate(t.delta_e_to_gray), "delta_cf": t.delta_cf,
            "auc": t.auc, "auc_rebalanced": t.auc_rebalanced, "skin": skin(t.skin), "skin_pictures": t.skin_pictures,
            "patchwork": patchwork(t.patchwork),
        })));
    }
    map
}

fn scores_of(s: &Scores) -> Map<String, Value> {
    let mut map = object(json!({
        "colourfulness": s.colourfulness, "gray_share": s.gray_share, "luma_change_steps": s.luma_change, "ms": s.ms,
        "edge_agreement": s.edges.map(|e| e.agreement), "bleeding": s.edges.map(|e| e.bleeding),
    }));
    if let Some(t) = &s.against_truth {
        map.extend(object(json!({
            "psnr_db": t.psnr_db, "ssim": t.ssim, "delta_e": t.delta_e, "delta_e_p95": t.delta_e_p95,
            "auc": t.auc, "auc_rebalanced": t.auc_rebalanced, "skin": skin(t.skin),
        })));
    }
    map
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::example::{Folder, options};
    use crate::{EvaluateOptions, Painter, evaluate};

    #[test]
    fn every_line_is_json_that_names_its_kind() {
        let folder =
            Folder::new().blobs("sky/a.png", 40, 40, 1).blobs("b.png", 40, 40, 2).file("c.png", b"no");
        let set = folder.load(options(32));
        let other = Folder::new().blobs("a.png", 40, 40, 1);
        let painters = [Painter::gray(), Painter::truth(), Painter::predictions("x", other.path()).unwrap()];
        let stop = AtomicBool::new(false);
        let evaluation = evaluate(&set, &painters, &EvaluateOptions::default(), &stop, |_| ()).unwrap();
        let text = lines(&set, &evaluation);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let count = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
        assert_eq!((count("run"), count("skipped"), count("total"), count("picture")), (1, 1, 3, 6));
        // The folder x has but one of the two pictures, and so one source.
        assert_eq!(count("source"), 2 + 2 + 1);
        let gray = lines.iter().find(|line| line["kind"] == "total" && line["row"] == "gray").unwrap();
        assert_eq!(gray["delta_e_to_gray"]["value"], 1.0);
        assert!(lines.iter().any(|line| line["failed"].as_str().is_some_and(|why| why.contains("called b"))));
    }
}
