//! `cargo xtask comparison`: the tables of `docs/comparison.md`, every method and model on the same pictures.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::flags::Comparison;
use crate::marked;
use crate::shell::{self, root, target};

/// Patches of true colour that methods which take hints are shown in a row of their own.
const HINTS: &str = "10";

/// Scores what the arguments ask for, and writes the tables.
pub fn run(flags: Comparison) -> Result<()> {
    let Comparison { data, pairs, methods: only, limit, report, program } = flags;
    let program = shell::release(program)?;
    let ids = |what: &str, list: &str| -> Result<Vec<String>> {
        let out = Command::new(&program).args([what, "--json"]).output()?;
        ensure!(out.status.success(), "`autochrome {what} --json` failed");
        let entries: Vec<Value> = serde_json::from_slice(&out.stdout)?;
        let ids: Vec<String> =
            entries.iter().filter_map(|entry| entry["id"].as_str().map(str::to_owned)).collect();
        ensure!(!ids.is_empty(), "`autochrome {what} --json` lists no {list}");
        Ok(ids)
    };
    let methods = match only {
        Some(only) => only,
        None => ids("methods", "method")?.join(","),
    };
    let models = ids("models", "model")?.join(",");

    let page = root().join("docs/comparison.md");
    for (name, pairs) in [("alone", None), ("reference", pairs)] {
        if name == "reference" && pairs.is_none() {
            continue;
        }
        let figures = target().join(format!("xtask/comparison-{name}.jsonl"));
        if let Some(folder) = figures.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut command = Command::new(&program);
        command.arg("evaluate").arg("--data").arg(&data).args(["--methods", &methods, "--models", &models]);
        command.args(["--hints", HINTS, "--hint-pictures", "0"]).arg("--json").arg(&figures);
        if let Some(pairs) = pairs {
            command.arg("--pairs").arg(pairs);
        }
        if let Some(limit) = &limit {
            command.args(["--limit", &limit.to_string()]);
        }
        if let Some(report) = &report {
            command.arg("--report").arg(report.join(name));
        }
        eprintln!("\n$ {command:?}");
        let status = command.status().context("cannot start the program")?;
        // Methods that need a reference or a hint fail where there is none; that is exit code 1, and told in the table.
        ensure!(matches!(status.code(), Some(0 | 1)), "the evaluation failed ({status})");
        let lines = std::fs::read_to_string(&figures)?;
        marked::replace(&page, name, &table(&lines)?)?;
    }
    println!("The tables of docs/comparison.md are written.");
    Ok(())
}

/// Columns: heading, key of the figure, decimals.
const COLUMNS: [(&str, &str, usize); 11] = [
    ("PSNR dB", "psnr_db", 2),
    ("SSIM", "ssim", 3),
    ("ΔE00", "delta_e", 2),
    ("ΔE00/gray", "delta_e_to_gray", 3),
    ("CF", "colourfulness", 1),
    ("ΔCF", "delta_cf", 1),
    ("AuC", "auc", 3),
    ("gray share", "gray_share", 2),
    ("bleed", "bleeding", 3),
    ("Fréchet", "frechet", 1),
    ("ms", "ms", 0),
];

/// The rows of an evaluation as Markdown, nearest to the truth first between `gray` and `truth`.
fn table(lines: &str) -> Result<String> {
    let lines = lines.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let of_kind = |kind: &'static str| lines.iter().filter(move |line| line["kind"] == kind);
    let run = of_kind("run").next().context("the figures do not say how they were made")?;
    let mut text = format!(
        "{} pictures, centre squares of {} px, autochrome {}, {}.\n\n",
        run["pictures"],
        run["size_px"],
        run["version"].as_str().unwrap_or_default(),
        git_commit()
    );
    let heading: Vec<&str> = ["", "n"].into_iter().chain(COLUMNS.map(|column| column.0)).collect();
    let _ = writeln!(text, "| {} |\n|{}", heading.join(" | "), "---|".repeat(heading.len()));

    let mut rows: BTreeMap<(u8, String), String> = BTreeMap::new();
    for total in of_kind("total") {
        let name = total["row"].as_str().unwrap_or_default();
        let cells = COLUMNS.map(|(_, key, decimals)| cell(&total[key], decimals));
        let place = match name {
            "gray" => 0,
            "truth" => 2,
            _ => 1,
        };
        let by = total["delta_e"]["value"].as_f64().unwrap_or(f64::INFINITY);
        let line = format!("| {name} | {} | {} |\n", total["n"], cells.join(" | "));
        rows.insert((place, format!("{by:012.6}{name}")), line);
    }
    rows.into_values().for_each(|line| text.push_str(&line));
    // Rows that are missing for the same reason share a line.
    let mut missing = BTreeMap::<String, Vec<String>>::new();
    for failure in of_kind("failure") {
        let said = |key: &str| failure[key].as_str().unwrap_or_default();
        let method = said("row").split([':', ',']).next().unwrap_or_default();
        let reason = said("reason").trim_end_matches('.').replace(&format!("the method `{method}` "), "");
        missing.entry(reason).or_default().push(format!("`{}`", said("row")));
    }
    for (reason, rows) in missing {
        let _ = writeln!(text, "\nNot in the table: {} ({reason}).", rows.join(", "));
    }
    Ok(text)
}

/// A figure, an estimate or a distance as text.
fn cell(value: &Value, decimals: usize) -> String {
    let number = [value, &value["value"], &value["distance"]].into_iter().find_map(Value::as_f64);
    match number {
        Some(number) if number >= 100.0 && decimals == 2 => "∞".to_owned(),
        Some(number) => format!("{number:.decimals$}"),
        None => "–".to_owned(),
    }
}

fn git_commit() -> String {
    let out =
        Command::new("git").args(["log", "-1", "--format=commit %h of %cs"]).current_dir(root()).output();
    out.map_or_else(|_| "no commit".to_owned(), |out| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_ordered_and_failures_are_named() {
        let lines = r#"
            {"kind":"run","pictures":2,"size_px":256,"version":"0.1.0"}
            {"kind":"total","row":"gray","n":2,"psnr_db":{"value":21.0},"delta_e":{"value":12.0},"ssim":0.9}
            {"kind":"total","row":"worse","n":2,"psnr_db":{"value":20.0},"delta_e":{"value":13.0},"frechet":{"distance":1.5,"n":2}}
            {"kind":"total","row":"better","n":2,"psnr_db":{"value":22.0},"delta_e":{"value":9.0}}
            {"kind":"total","row":"truth","n":2,"psnr_db":{"value":100.0},"delta_e":{"value":0.0}}
            {"kind":"failure","row":"welsh","reason":"the method `welsh` needs a reference."}
            {"kind":"failure","row":"deep:flagship","reason":"the method `deep` needs a reference."}
        "#;
        let text = table(lines.trim().replace("            ", "").as_str()).unwrap();
        let place = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word} in\n{text}"));
        assert!(place("| gray |") < place("| better |") && place("| better |") < place("| worse |"));
        assert!(place("| worse |") < place("| truth | 2 | ∞ |") && text.contains("| 1.5 |"));
        assert!(text.ends_with("\nNot in the table: `welsh`, `deep:flagship` (needs a reference).\n"));
    }
}
