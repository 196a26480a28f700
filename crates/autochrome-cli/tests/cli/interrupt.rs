//! Ctrl-C leaves whole files only, and the work goes on from there.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::util::{Folder, ramp};

#[test]
fn what_is_finished_stays_and_nothing_is_half_written() {
    let folder = Folder::new();
    let picture = ramp(400, 400);
    (0..60).for_each(|i| picture.save(folder.path(&format!("{i:02}.png"))).unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_autochrome"))
        .args(["colorize", "--method", "gray", "--jobs", "1", "."])
        .current_dir(folder.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let told = 1 + lines.map_while(Result::ok).count();
    assert_eq!(child.wait().unwrap().code(), Some(130));

    let results: Vec<_> = folder.files().into_iter().filter(|name| name.contains(".color.")).collect();
    assert_eq!(results.len(), told, "every result was told, and no other is there");
    assert!(told < 60, "it was stopped on its way");
    assert!(folder.files().iter().all(|name| !name.contains(".part")));
    results.iter().for_each(|name| assert_eq!(folder.open(name).width(), 400));

    let output = folder.gray(&[".", "--resume"]).assert().success().get_output().clone();
    let summary = String::from_utf8(output.stderr).unwrap();
    assert!(summary.contains(&format!("{} coloured, {told} skipped", 60 - told)), "{summary}");
}
