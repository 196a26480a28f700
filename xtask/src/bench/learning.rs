//! Training against PyTorch, and one forward pass against ONNX Runtime, on the same networks.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::Bench;
use super::figures::Figure;
use super::process::{cost, cost_and_output};
use super::stages::criterion;
use crate::shell::{root, succeeds};

/// Samples a step.
const BATCHES: [usize; 3] = [1, 4, 16];

/// Steps: the trainer logs every twentieth, and the second twenty are warm.
const STEPS: usize = 40;

pub fn training(bench: &mut Bench) -> Result<Vec<Figure>> {
    let data = bench.album("training", 64, 240)?;
    let (batches, steps) = if bench.quick { (&[1, 2][..], 1) } else { (&BATCHES[..], STEPS) };
    let mut trainers = vec![("burn flex", bench.program.clone(), "cpu")];
    match bench.libtorch.clone() {
        Some(program) => {
            trainers.push(("LibTorch", program.clone(), "libtorch"));
            trainers.push(("LibTorch in bfloat16", program, "libtorch-bf16"));
        }
        None => bench.skip("training on LibTorch", "no --libtorch PROGRAM"),
    }
    let mut figures = Vec::new();
    for (name, program, device) in trainers {
        for &batch in batches {
            let (rate, peak_mb) = train(bench, &program, device, &data, batch, steps)?;
            let what = format!("Lite0 network, 128 px, batch {batch}, {name}");
            figures.push(Figure::new(&what, rate, "images/s", batch * steps));
            figures.push(Figure::new(&what, peak_mb, "MB peak", batch * steps));
        }
    }
    if !succeeds(Command::new(&bench.python).args(["-c", "import torch, numpy"])) {
        let python = bench.python.display().to_string();
        bench.skip("training on PyTorch", format!("{python} has no torch and numpy"));
        return Ok(figures);
    }
    for &batch in batches {
        let mut command = Command::new(&bench.python);
        command.arg(root().join("tools/bench/training.py")).args([batch.to_string(), steps.to_string()]);
        let (used, text) = cost_and_output(command.stdout(Stdio::piped()))?;
        let what = format!("Lite0 network, 128 px, batch {batch}, PyTorch");
        let rate = text.trim().parse().with_context(|| format!("PyTorch said `{text}`"))?;
        figures.push(Figure::new(&what, rate, "images/s", batch * steps));
        figures.push(Figure::new(&what, used.peak_mb, "MB peak", batch * steps));
    }
    Ok(figures)
}

/// Images a second as the trainer itself logs them, loading included, and peak memory.
fn train(
    bench: &Bench,
    program: &Path,
    device: &str,
    data: &Path,
    batch: usize,
    steps: usize,
) -> Result<(f64, f64)> {
    let name = format!("train-{device}-{batch}");
    let (recipe, out) = (bench.path(&format!("{name}.toml")), bench.path(&name));
    fs::write(&recipe, all_layers(&fs::read_to_string(root().join("recipes/flagship.toml"))?, batch)?)?;
    let mut command = Command::new(program);
    command.arg("train").arg(&recipe).arg("--data").arg(data).arg("--out").arg(&out);
    command.args(["--device", device, "--steps", &steps.to_string()]);
    let used = cost(&mut command)?;
    let log = fs::read_to_string(out.join("log.tsv"))?;
    let mut lines = log.lines();
    let column = lines.next().and_then(|head| head.split('\t').position(|name| name == "images_per_s"));
    let last = lines.next_back().context("the trainer logged nothing")?;
    let rate = column.and_then(|i| last.split('\t').nth(i)).and_then(|cell| cell.parse().ok());
    Ok((rate.context("the log has no images_per_s")?, used.peak_mb))
}

/// The recipe with the network that PyTorch is given, and one stage in which every layer learns.
fn all_layers(recipe: &str, batch: usize) -> Result<String> {
    let mut text = String::new();
    let mut stages = 0;
    // From the second stage on to the validation, everything is dropped.
    let mut keep = true;
    for line in recipe.lines() {
        if line == "[[stage]]" {
            stages += 1;
            keep = stages == 1;
        } else if line.starts_with('[') && !line.starts_with("[stage") {
            keep = true;
        }
        if keep {
            let name = line.split('=').next().unwrap_or_default().trim();
            match name {
                "batch" => writeln!(text, "batch = {batch}")?,
                // Left out, they are as in `tools/reference/networks.py`: Lite0, nothing dropped.
                "encoder" | "dropout" => {}
                "encoder_rate" => text.push_str("encoder_rate = 0.15\n"),
                _ => writeln!(text, "{line}")?,
            }
        }
    }
    ensure!(stages > 0, "the recipe has no stage");
    Ok(text)
}

pub fn inference(bench: &mut Bench) -> Result<Vec<Figure>> {
    let mut figures = criterion(bench, &[("autochrome-engine", "forward")])?;
    if !succeeds(Command::new(&bench.python).args(["-c", "import onnxruntime, numpy"])) {
        let python = bench.python.display().to_string();
        bench.skip("inference on ONNX Runtime", format!("{python} has no onnxruntime and numpy"));
        return Ok(figures);
    }
    for model in ["flagship", "paper"] {
        let file = bench.path(&format!("{model}.onnx"));
        export(bench, model, &file)?;
        let mut command = Command::new(&bench.python);
        command.arg(root().join("tools/bench/inference.py")).arg(&file);
        let (_, text) = cost_and_output(command.stdout(Stdio::piped()))?;
        let (ms, n) = text.trim().split_once('\t').with_context(|| format!("ONNX Runtime said `{text}`"))?;
        figures.push(Figure::new(
            format!("forward_256/{model}, ONNX Runtime"),
            ms.parse()?,
            "ms",
            n.parse()?,
        ));
    }
    Ok(figures)
}

fn export(bench: &Bench, model: &str, file: &PathBuf) -> Result<()> {
    let mut command = Command::new(&bench.program);
    command.args(["models", "export", "--model", model, "--onnx"]).arg(file);
    cost(&mut command).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stage_is_left_with_every_layer_learning() {
        let recipe = fs::read_to_string(root().join("recipes/flagship.toml")).unwrap();
        let text = all_layers(&recipe, 4).unwrap();
        assert_eq!(text.matches("[[stage]]").count(), 1);
        assert_eq!(text.matches("batch = 4\n").count(), 1);
        assert!(text.contains("encoder_rate = 0.15") && !text.contains("encoder_rate = 0.0\n"), "{text}");
        assert!(!text.contains("\nencoder =") && !text.contains("\ndropout ="), "{text}");
        assert!(text.contains("[validation]") && text.contains("[inference]"));
        assert!(all_layers("id = \"x\"", 4).is_err());
    }
}
