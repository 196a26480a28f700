//! Whole runs on tiny data: they end, they continue, they refuse what they cannot do.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

use std::fs;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use autochrome_engine::networks::efficientnet::Variant;
use autochrome_net::models::efficientnet::EfficientNetLite;
use autochrome_net::weights;
use autochrome_train::{Event, Recipe, Replicas, RunOptions, run};
use burn::tensor::Device;
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
discriminator = { features = "lite0", width = 2 }

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
features = 0.1
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

/// Random weights for a discriminator to look through, written once.
fn features() -> &'static Path {
    static FILE: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| {
        let device = Device::flex();
        device.seed(6);
        let tensors = weights::collect(&EfficientNetLite::new(Variant::Lite0, 3, &device));
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), weights::to_exact_bytes(&tensors).unwrap()).unwrap();
        file
    });
    FILE.path()
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
        features: Some(features().to_owned()),
        checkpoint_every: Duration::ZERO,
        cache_bytes: 0,
        data_note: "gradients".into(),
        date: "2026-01-01".into(),
        replicas: Replicas::One,
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
fn a_discriminator_that_has_nothing_to_look_through_is_refused() {
    let data = pictures();
    let out = tempfile::tempdir().unwrap();
    let options = RunOptions { features: None, ..options(data.path(), out.path()) };
    let stop = AtomicBool::new(false);
    let error = run(&Recipe::parse(FLAGSHIP).unwrap(), &options, &stop, |_| {}).unwrap_err();
    assert_eq!(error.code(), "bad-recipe");
    assert!(error.to_string().contains("--features"), "{error}");
    let without = FLAGSHIP.replace("discriminator = { features = \"lite0\", width = 2 }\n", "");
    assert_eq!(Recipe::parse(&without).unwrap_err().code(), "bad-recipe");
    go(&without.replace("adversarial = 0.1\nfeatures = 0.1\n", ""), &options);
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

/// The losses of every logged row, without speed.
fn losses(run: &Path) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(run.join("log.tsv")).unwrap();
    let row = |line: &str| line.split('\t').map(|field| field.parse().unwrap_or(0.0)).collect::<Vec<f64>>();
    text.lines().skip(1).map(row).map(|row| row[..row.len() - 1].to_vec()).collect()
}

/// Follows a recipe in this many processes' stead: one thread each.
fn together(recipe: &str, count: usize, options: &RunOptions) -> Vec<Result<(), String>> {
    let listener = Arc::new(TcpListener::bind("127.0.0.1:0").unwrap());
    let address = listener.local_addr().unwrap().to_string();
    let recipe = Recipe::parse(recipe).unwrap();
    let run = |replicas| {
        let options = RunOptions { replicas, ..options.clone() };
        run(&recipe, &options, &AtomicBool::new(false), |_| {}).map(|_| ()).map_err(|e| e.code().to_owned())
    };
    let join = || run(Replicas::Join { address: address.clone() });
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..count).map(|_| scope.spawn(join)).collect();
        let first = run(Replicas::Lead { count, listener, ended: Arc::default() });
        std::iter::once(first).chain(others.into_iter().map(|other| other.join().unwrap())).collect()
    })
}

#[test]
fn two_replicas_learn_what_one_process_with_both_parts_learns() {
    for (recipe, parts) in [(PAPER, 2), (FLAGSHIP, 2), (PAPER, 4)] {
        let recipe = recipe.replace("batch = 2", &format!("batch = 4\nparts = {parts}"));
        let data = pictures();
        let alone = tempfile::tempdir().unwrap();
        go(&recipe, &options(data.path(), alone.path()));
        let both = tempfile::tempdir().unwrap();
        for ended in together(&recipe, 2, &options(data.path(), both.path())) {
            ended.unwrap();
        }
        let (one, two) = (losses(alone.path()), losses(both.path()));
        assert!(!one.is_empty() && one.len() == two.len());
        for (one, two) in one.iter().flatten().zip(two.iter().flatten()) {
            assert!((one - two).abs() <= 1e-4 * one.abs().max(1e-3), "{one} and {two}");
        }
        let weights = |run: &TempDir| {
            weights::tensors_of(&fs::read(run.path().join("checkpoint/generator.safetensors")).unwrap())
                .unwrap()
        };
        // Single weights may differ: of a slope that is nothing but rounding Adam makes a whole step.
        let (one, two) = (weights(&alone), weights(&both));
        let pairs = one.iter().flat_map(|(name, one)| one.values.iter().zip(&two[name].values));
        let (apart, size) =
            pairs.fold((0.0, 0.0), |(apart, size), (a, b)| (apart + (a - b).abs(), size + a.abs()));
        assert!(apart < 1e-4 * size, "{apart} of {size}");
    }
}

#[test]
fn replicas_go_on_from_a_checkpoint_that_one_process_has_written() {
    let recipe = PAPER.replace("batch = 2", "batch = 4\nparts = 2");
    let data = pictures();
    let whole = tempfile::tempdir().unwrap();
    go(&recipe, &options(data.path(), whole.path()));
    let parts = tempfile::tempdir().unwrap();
    let first = RunOptions { steps: Some(3), ..options(data.path(), parts.path()) };
    go(&recipe, &first);
    for ended in together(&recipe, 2, &RunOptions { steps: None, resume: true, ..first }) {
        ended.unwrap();
    }
    assert_eq!(figures(whole.path()).len(), figures(parts.path()).len());
    let last = |run: &TempDir| losses(run.path()).pop().unwrap();
    for (one, two) in last(&whole).iter().zip(last(&parts)) {
        assert!((one - two).abs() <= 0.05 * one.abs().max(1e-3), "{one} and {two}");
    }
}

#[test]
fn batches_that_cannot_be_shared_out_and_other_recipes_are_refused() {
    let data = pictures();
    let out = tempfile::tempdir().unwrap();
    // The first refuses at once, and nobody waits for it.
    let ended = together(PAPER, 2, &options(data.path(), out.path()));
    assert_eq!(ended, [Err("bad-recipe".to_owned()), Err("bad-replica".to_owned())]);

    let listener = Arc::new(TcpListener::bind("127.0.0.1:0").unwrap());
    let address = listener.local_addr().unwrap().to_string();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let lead = Replicas::Lead { count: 2, listener, ended: Arc::default() };
        let options =
            RunOptions { replicas: lead, ..options(data.path(), tempfile::tempdir().unwrap().path()) };
        let lead = scope.spawn({
            let stop = &stop;
            let recipe = PAPER.replace("batch = 2", "batch = 2\nparts = 2");
            move || run(&Recipe::parse(&recipe).unwrap(), &options, stop, |_| {}).unwrap()
        });
        let join = RunOptions {
            replicas: Replicas::Join { address },
            ..self::options(data.path(), tempfile::tempdir().unwrap().path())
        };
        let other = Recipe::parse(
            &PAPER.replace("seed = 3", "seed = 4").replace("batch = 2", "batch = 2\nparts = 2"),
        )
        .unwrap();
        let error = run(&other, &join, &AtomicBool::new(false), |_| {}).unwrap_err();
        assert_eq!((error.code(), &*error.to_string()), ("bad-replica", "the run follows another recipe"));
        stop.store(true, Ordering::Relaxed);
        assert!(lead.join().unwrap().interrupted, "it waited for another one");
    });
}
