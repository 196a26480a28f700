//! `autochrome serve` as a process: killed, stopped, refused.

#![allow(clippy::unwrap_used)] // Helpers of tests count as tests.

#[path = "../../../autochrome-server/tests/http/client.rs"]
#[allow(dead_code, reason = "shared with the tests of the server itself")]
mod client;
mod configured;
#[path = "../../../autochrome-film/tests/film/ffmpeg.rs"]
mod ffmpeg;
mod films;
mod logs;
#[cfg(feature = "nats")]
#[path = "../../../autochrome-jobs/tests/queue/nats_server.rs"]
#[allow(dead_code, reason = "shared with the tests of the queue itself")]
mod nats_server;
mod orders;
#[cfg(feature = "nats")]
mod shared;
mod stall;
#[cfg(feature = "otel")]
mod telemetry;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use client::{CAMERA, Client, FORM, form, parse_events};

fn autochrome(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autochrome"));
    command.args(arguments).arg("--data-dir").arg(folder);
    command
}

fn serve(folder: &Path) -> (Child, Client) {
    listening(&mut autochrome(folder, &["serve", "--bind", "127.0.0.1:0"]))
}

/// A server that listens.
fn listening(command: &mut Command) -> (Child, Client) {
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(child.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    let address = line.split_once("http://").unwrap().1.split(';').next().unwrap().parse().unwrap();
    (child, Client { address })
}

#[test]
fn killed_in_the_middle_all_fifty_jobs_still_finish_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, server) = serve(folder.path());
    let body = form(&[("image", CAMERA), ("options", br#"{"method":"gray"}"#)]);
    let ids: BTreeSet<String> = (0..50).map(|_| server.job(&[FORM], &body)).collect();
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();

    let (mut child, server) = serve(folder.path());
    let jobs = server.get("/v1/jobs").json();
    let open = |job: &&serde_json::Value| ["queued", "running"].contains(&job["state"].as_str().unwrap());
    assert!(jobs["jobs"].as_array().unwrap().iter().any(|job| open(&job)), "killed before all were done");
    for id in &ids {
        let job = server.over(id);
        assert_eq!((&job["state"], job["files"].as_array().unwrap().len()), (&"done".into(), 1));
        let told = parse_events(&server.get(&format!("/v1/jobs/{id}/events")).body);
        assert_eq!(told.iter().filter(|event| event.data["state"] == "done").count(), 1);
        assert_eq!(server.get(&format!("/v1/jobs/{id}/result")).status, 200);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn off_this_machine_a_key_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let refused = autochrome(folder.path(), &["serve", "--bind", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("autochrome keys create"));
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = autochrome(folder.path(), arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, key) = run(&["keys", "create", "desk"]);
    assert_eq!((code, key.trim().len()), (Some(0), 3 + 64));
    assert_eq!(run(&["keys", "list"]), (Some(0), "desk\n".to_owned()));
    assert_eq!(run(&["keys", "create", "desk"]).0, Some(2));
    assert_eq!(run(&["keys", "revoke", "desk"]).0, Some(0));
    assert_eq!(run(&["keys"]), (Some(0), String::new()));
    assert_eq!(run(&["keys", "revoke", "desk"]).0, Some(2));
}
