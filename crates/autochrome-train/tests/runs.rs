//! Whole runs on tiny data: they end, they continue, they refuse what they cannot do.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use autochrome_net::weights;
use autochrome_train::{Event, Recipe, RunOptions, run};
use tempfile::TempDir;

const PAPER: &str = r#"
id = "tiny"
summary = "A paper's GAN for tests."
seed = 3

[model]
kind = "pix2pix"
lambda_l1 = 100.0
beta_1 = 0.5
beta_2 = 0.999
generator = { width = 2, levels = 4, dropout = 0.5 }
discriminator = { width = 2, layers = 1 }

[[stage]]
steps = 6
batch = 2
learning_rate = 2e-4
crop = { size_px = 32 }

[validation]
every_steps = 3
pictures = 2
size_px = 32
samples = 2

[inference]
size_px = 32
temperature = 1.0
saturation = 1.0
flip = false
"#;

const FLAGSHIP: &str = r#"
id = "tiny-flagship"
summary = "A flagship for tests."
seed = 4

[model]
kind = "chroma-net"
classes = 1.0
rebalance_most = 4.0
huber = 10.0
huber_delta = 0.1
gradient = 2.5
temperature = 0.6
weight_decay = 0.02
ema = 0.99
generator = { decoder = [8, 8, 8, 8, 8] }
discriminator = { width = 2 }

[[stage]]
steps = 2
batch = 2
learning_rate = 1e-3
encoder_rate = 0.0
crop = { size_px = 32 }
hints = { fraction = 0.5 }

[[stage]]
steps = 2
batch = 2
learning_rate = 1e-3
adversarial = 0.1
crop = { size_px = 64 }
augment = { probability = 0.5 }

[validation]
every_steps = 4
pictures = 2
size_px = 32
samples = 2

[inference]
size_px = 32
temperature = 0.6
saturation = 1.0
flip = false
"#;

/// A folder of pictures, each a gradient of its own hue.
fn pictures() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..4u32 {
        let picture = image::RgbImage::from_fn(80, 72, |x, y| {
            image::Rgb([(3 * x) as u8, (3 * y) as u8, (60 * i + x) as u8])
        });
        picture.save(folder.path().join(format!("{i}.png"))).unwrap();
    }
    folder
}

fn options(data: &Path, out: &Path) -> RunOptions {
    RunOptions {
        data: data.to_owned(),
        validation: Some(data.to_owned()),
        out: out.to_owned(),
        resume: false,
        steps: None,
        device: "cpu".into(),
        teachers: Vec::new(),
        start: None,
        checkpoint_every: Duration::ZERO,
        cache_bytes: 0,
        data_note: "gradients".into(),
        date: "2026-01-01".into(),
    }
}

fn go(recipe: &str, options: &RunOptions) -> autochrome_train::Summary {
    run(&Recipe::parse(recipe).unwrap(), options, &AtomicBool::new(false), |_| {}).unwrap()
}

/// The rows of the validation log without the last column, which is a time.
fn figures(run: &Path) -> Vec<String> {
    let text = fs::read_to_string(run.join("validation.tsv")).unwrap();
    text.lines().map(|line| line.rsplit_once('\t').unwrap().0.to_owned()).collect()
}

#[test]
fn a_run_leaves_weights_logs_curves_and_sheets() {
    let data = pictures();
    let out = tempfile::tempdir().unwrap();
    let summary = go(PAPER, &options(data.path(), out.path()));
    assert_eq!((summary.step, summary.samples, summary.interrupted), (6, 12, false));
    for name in [
        "best.safetensors",
        "latest.safetensors",
        "log.tsv",
        "validation.tsv",
        "curves.svg",
        "samples/0000006.png",
    ] {
        assert!(out.path().join(name).exists(), "{name}");
    }
    let (card, _) = weights::from_bytes(&fs::read(out.path().join("latest.safetensors")).unwrap()).unwrap();
    assert_eq!((card.id.as_str(), card.samples, card.data.as_str()), ("tiny", 12, "gradients"));
    assert!(card.metrics.keys().any(|name| name.contains("n = 2")), "{:?}", card.metrics);
}

#[test]
fn a_run_killed_at_any_step_continues_to_the_same_figures_and_weights() {
    for recipe in [PAPER, FLAGSHIP] {
        let data = pictures();
        let whole = tempfile::tempdir().unwrap();
        go(recipe, &options(data.path(), whole.path()));

        let parts = tempfile::tempdir().unwrap();
        let first = options(data.path(), parts.path());
        let mut checkpoints = 0;
        let death = catch_unwind(AssertUnwindSafe(|| {
            run(&Recipe::parse(recipe).unwrap(), &first, &AtomicBool::new(false), |event| {
                if let Event::Checkpointed { .. } = event {
                    checkpoints += 1;
                    assert!(checkpoints < 3, "the plug is pulled");
                }
            })
        }));
        assert!(death.is_err());
        // What a kill between the two renames leaves: the old checkpoint under its second name.
        fs::rename(parts.path().join("checkpoint"), parts.path().join("checkpoint.old")).unwrap();
        go(recipe, &RunOptions { resume: true, ..first });

        assert_eq!(figures(whole.path()), figures(parts.path()));
        let weights = |run: &TempDir| fs::read(run.path().join("latest.safetensors")).unwrap();
        assert!(weights(&whole) == weights(&parts), "other weights");
    }
}

#[test]
fn asked_to_stop_it_saves_and_says_so() {
    let data = pictures();
    let out = tempfile::tempdir().unwrap();
    let stop = AtomicBool::new(false);
    let summary = run(&Recipe::parse(PAPER).unwrap(), &options(data.path(), out.path()), &stop, |event| {
        if matches!(event, Event::Checkpointed { step: 2 }) {
            stop.store(true, Ordering::Relaxed);
        }
    })
    .unwrap();
    assert!(summary.interrupted && summary.step == 2, "{summary:?}");
    assert!(out.path().join("checkpoint/state.json").exists());
}

#[test]
fn a_folder_with_a_run_is_not_overwritten_nor_continued_with_another_recipe() {
    let data = pictures();
    let out = tempfile::tempdir().unwrap();
    let options = RunOptions { steps: Some(1), ..options(data.path(), out.path()) };
    go(PAPER, &options);
    let again = |recipe: &str, resume| {
        let options = RunOptions { resume, ..options.clone() };
        run(&Recipe::parse(recipe).unwrap(), &options, &AtomicBool::new(false), |_| {}).unwrap_err().code()
    };
    assert_eq!(again(PAPER, false), "bad-checkpoint");
    assert_eq!(again(FLAGSHIP, true), "bad-checkpoint");
}

#[test]
fn what_teachers_say_changes_what_is_learnt_and_the_paper_takes_none() {
    let data = pictures();
    let folders: [TempDir; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let [teacher, alone, taught] = folders.each_ref().map(|folder| options(data.path(), folder.path()));
    go(&FLAGSHIP.replace("seed = 4", "seed = 5"), &teacher);
    let teachers = vec![teacher.out.join("latest.safetensors")];
    let taught = RunOptions { teachers, steps: Some(2), ..taught };
    go(FLAGSHIP, &RunOptions { steps: Some(2), ..alone.clone() });
    go(FLAGSHIP, &taught);
    let learnt = |run: &Path| {
        weights::tensors_of(&fs::read(run.join("checkpoint/generator.safetensors")).unwrap()).unwrap()
    };
    assert!(learnt(&alone.out) != learnt(&taught.out));
    assert!(learnt(&alone.out).keys().eq(learnt(&taught.out).keys()));
    let out = tempfile::tempdir().unwrap();
    let taught = RunOptions { out: out.path().to_owned(), ..taught };
    let error = run(&Recipe::parse(PAPER).unwrap(), &taught, &AtomicBool::new(false), |_| {}).unwrap_err();
    assert_eq!(error.code(), "bad-recipe");
}

#[test]
fn what_colour_is_worth_changes_what_is_learnt() {
    let data = pictures();
    let learnt = |worth: f32| {
        let out = tempfile::tempdir().unwrap();
        let perceived = format!(
            "perceived = {{ weight = 0.05, colourfulness = {worth:?} }}\ncrop = {{ size_px = 32 }}\nhints"
        );
        let recipe = FLAGSHIP.replacen("crop = { size_px = 32 }\nhints", &perceived, 1);
        go(&recipe, &RunOptions { steps: Some(2), ..options(data.path(), out.path()) });
        fs::read(out.path().join("checkpoint/generator.safetensors")).unwrap()
    };
    let dull = learnt(0.0);
    assert!(dull == learnt(0.0) && dull != learnt(0.3));
}

#[test]
fn an_empty_folder_and_a_device_that_is_not_built_are_said_plainly() {
    let empty = tempfile::tempdir().unwrap();
    let out = tempfile::tempdir().unwrap();
    let fail = |options: &RunOptions| {
        run(&Recipe::parse(PAPER).unwrap(), options, &AtomicBool::new(false), |_| {}).unwrap_err()
    };
    let error = fail(&options(empty.path(), out.path()));
    assert!(error.to_string().contains(&*empty.path().to_string_lossy()), "{error}");
    let data = pictures();
    let error = fail(&RunOptions { device: "warp".into(), ..options(data.path(), out.path()) });
    assert_eq!(error.code(), "unknown-device");
}
