//! `autochrome train`: ten steps on generated pictures, and what it refuses.

use image::{Rgb, RgbImage};

use crate::util::Folder;

const RECIPE: &str = r#"
id = "smoke"
summary = "A tiny network for a test."
seed = 1

[model]
kind = "pix2pix"
adversarial = "non-saturating"
lambda_l1 = 100.0
beta_1 = 0.5
beta_2 = 0.999

[model.generator]
width = 4
levels = 4
output = "ab"
dropout = 0.5

[model.discriminator]
width = 4
layers = 1

[[stage]]
steps = 10
batch = 2
learning_rate = 2e-4

[stage.crop]
size_px = 32

[validation]
every_steps = 5
pictures = 2
size_px = 32
samples = 2

[inference]
size_px = 32
temperature = 1.0
saturation = 1.0
flip = false
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("recipe.toml", RECIPE);
    for (name, shade) in
        [("data/a.png", 40), ("data/b.png", 120), ("data/c.png", 200), ("val/d.png", 80), ("val/e.png", 160)]
    {
        let path = folder.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        RgbImage::from_fn(48, 48, |x, y| Rgb([shade, (x * 5) as u8, (y * 5) as u8])).save(path).unwrap();
    }
    folder
}

fn train(folder: &Folder, more: &[&str]) -> assert_cmd::Command {
    let mut command = folder.autochrome();
    command.args(["train", "recipe.toml", "--data", "data"]).args(more);
    command
}

#[test]
fn two_processes_learn_together() {
    let folder = folder();
    folder.file("recipe.toml", RECIPE.replace("batch = 2", "batch = 4\nparts = 2"));
    train(&folder, &["--val", "val", "--out", "alone"]).assert().success();
    train(&folder, &["--val", "val", "--out", "together", "--replicas", "2"]).assert().success();
    let l1 = |run: &str| {
        let log = std::fs::read_to_string(folder.path(&format!("{run}/log.tsv"))).unwrap();
        let mut rows = log.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let column = rows.next().unwrap().iter().position(|name| *name == "l1").unwrap();
        rows.next_back().unwrap()[column].parse::<f64>().unwrap()
    };
    let (alone, together) = (l1("alone"), l1("together"));
    assert!((alone - together).abs() < 1e-3 * alone, "{alone} and {together}");

    let mut again = train(&folder, &["--out", "together", "--replicas", "2"]);
    again.timeout(std::time::Duration::from_secs(60)).assert().code(2);

    let refused = train(&folder, &["--out", "three", "--replicas", "3"]).assert().code(2);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("parts = 3"), "{said}");
}

#[test]
fn a_replica_that_is_killed_ends_the_run_and_leaves_its_checkpoint() {
    let folder = folder();
    let long = RECIPE.replace("batch = 2", "batch = 4\nparts = 2").replace("steps = 10", "steps = 100000");
    folder.file("recipe.toml", long);
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let start = |more: &[&str]| {
        let mut command = train(&folder, more);
        command.timeout(std::time::Duration::from_secs(120));
        command
    };
    let lead = {
        let mut command = start(&["--val", "val", "--out", "run", "--replicas", "2", "--listen", &address]);
        std::thread::spawn(move || command.output().unwrap())
    };
    // It joins once there is somebody to join, and is killed after a while.
    let checkpoint = folder.path("run/checkpoint/state.json");
    let began = std::time::Instant::now();
    while !checkpoint.exists() && began.elapsed().as_secs() < 100 {
        let mut join = std::process::Command::new(assert_cmd::cargo::cargo_bin!("autochrome"));
        join.current_dir(folder.path("")).args([
            "train",
            "recipe.toml",
            "--data",
            "data",
            "--join",
            &address,
        ]);
        let mut join = join.stderr(std::process::Stdio::null()).spawn().unwrap();
        while !checkpoint.exists() && join.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let _ = join.kill();
        join.wait().unwrap();
    }
    let ended = lead.join().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(said.contains("replica 1 is gone") && said.contains("--resume"), "{said}");
    assert!(checkpoint.exists());
}

#[test]
fn ten_steps_give_weights_that_colour_a_picture() {
    let folder = folder();
    train(&folder, &["--val", "val", "--out", "run"]).assert().success();
    folder.picture("gray.png");
    folder
        .autochrome()
        .args(["colorize", "gray.png", "--model", "run/latest.safetensors"])
        .assert()
        .success();
    assert_eq!(folder.open("gray.color.png").width(), 48);
}

#[test]
fn a_run_that_was_stopped_ends_with_the_weights_of_one_that_was_not() {
    let folder = folder();
    train(&folder, &["--out", "whole"]).assert().success();
    train(&folder, &["--out", "parts", "--steps", "4"]).assert().success();
    train(&folder, &["--out", "parts"]).assert().code(2);
    train(&folder, &["--out", "parts", "--resume"]).assert().success();
    let weights = |run: &str| std::fs::read(folder.path(run).join("latest.safetensors")).unwrap();
    assert!(weights("whole") == weights("parts"), "the same weights to the last bit");
}

#[test]
fn a_recipe_that_cannot_be_read_is_2_and_missing_pictures_are_3() {
    let folder = folder();
    folder.file("recipe.toml", RECIPE.replace("steps = 10", "stepps = 10"));
    train(&folder, &[]).assert().code(2);
    folder.file("recipe.toml", RECIPE);
    folder.autochrome().args(["train", "recipe.toml", "--data", "nowhere"]).assert().code(3);
}
