//! Stages of the path by themselves, on one thread, measured by criterion.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Bench;
use super::figures::Figure;
use crate::shell::{cargo, run as run_command};

pub fn measure(bench: &mut Bench) -> Result<Vec<Figure>> {
    criterion(
        bench,
        &[("autochrome-color", "lab"), ("autochrome-color", "render"), ("autochrome-media", "files")],
    )
}

/// Runs benches, each named with its package, and reads what criterion wrote.
pub fn criterion(bench: &Bench, benches: &[(&str, &str)]) -> Result<Vec<Figure>> {
    let home = bench.path("criterion");
    // One by its name at a time: `--benches` would pass these options to unit tests too, which know none of them.
    for (package, name) in benches {
        run_one(package, name, &home)?;
    }
    let mut figures = Vec::new();
    collect(&home, &mut figures)?;
    figures.sort_by(|x, y| x.what.cmp(&y.what));
    std::fs::remove_dir_all(home)?;
    Ok(figures)
}

fn run_one(package: &str, name: &str, home: &Path) -> Result<()> {
    let mut command = cargo(["bench", "--package", package, "--bench", name, "--"]);
    command.args(["--warm-up-time", "0.3", "--measurement-time", "1", "--sample-size", "10", "--noplot"]);
    run_command(command.env("CRITERION_HOME", home).env("RAYON_NUM_THREADS", "1"))
}

/// Every bench below `folder`: megapixels a second where it says how many pixels it works on, else milliseconds.
fn collect(folder: &Path, figures: &mut Vec<Figure>) -> Result<()> {
    let json = |name: &str| -> Result<Value> {
        let path = folder.join(name);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    };
    if folder.file_name().is_some_and(|name| name == "new") {
        let (about, estimates) = (json("benchmark.json")?, json("estimates.json")?);
        let what = about["full_id"].as_str().context("a bench without a name")?;
        let ns = estimates["median"]["point_estimate"].as_f64().context("a bench without a median")?;
        let samples = json("sample.json")?["times"].as_array().map_or(0, Vec::len);
        figures.push(match about["throughput"]["Elements"].as_f64() {
            Some(pixels) => Figure::new(what, pixels / ns * 1e3, "megapixels/s", samples),
            None => Figure::new(what, ns / 1e6, "ms", samples),
        });
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, figures)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_criterion_wrote_becomes_a_figure() {
        let folder = crate::shell::target().join("xtask/test-criterion");
        let new = folder.join("lab/rgb8_to_lab/new");
        std::fs::create_dir_all(&new).unwrap();
        let write = |name: &str, text: &str| std::fs::write(new.join(name), text).unwrap();
        write("benchmark.json", r#"{"full_id":"lab/rgb8_to_lab","throughput":{"Elements":1000000}}"#);
        write("estimates.json", r#"{"median":{"point_estimate":10000000.0}}"#);
        write("sample.json", r#"{"times":[1.0,2.0]}"#);
        let mut figures = Vec::new();
        collect(&folder, &mut figures).unwrap();
        assert_eq!(figures, [Figure::new("lab/rgb8_to_lab", 100.0, "megapixels/s", 2)]);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
