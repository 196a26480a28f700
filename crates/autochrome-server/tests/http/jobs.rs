//! Jobs over HTTP.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use autochrome::{DecodeOptions, decode};
use autochrome_server::serve;

use crate::client::{CAMERA, Reply, Running, config, form, parse_events, start};

const KIND: (&str, &str) = ("content-type", "image/png");

fn wait(server: &Running, id: &str) -> serde_json::Value {
    let start = Instant::now();
    loop {
        let job = server.get(&format!("/v1/jobs/{id}")).json();
        if !["queued", "running"].contains(&job["state"].as_str().unwrap()) {
            return job;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "still {job}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn id_of(reply: &Reply) -> String {
    assert_eq!(reply.status, 202, "{}", String::from_utf8_lossy(&reply.body));
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
    id
}

#[test]
fn a_job_is_done_and_its_result_is_the_picture() {
    let server = start(config());
    let body =
        form(&[("image", CAMERA), ("options", br#"{"method":"gray","format":"jpeg","max_side_px":40}"#)]);
    let id = id_of(&server.send("POST", "/v1/jobs", &[("content-type", crate::FORM)], &body));
    let job = wait(&server, &id);
    assert_eq!((&job["state"], &job["progress"]), (&"done".into(), &1.0.into()));
    let result = server.get(&format!("/v1/jobs/{id}/result"));
    assert_eq!((result.status, result.header("content-type")), (200, Some("image/jpeg")));
    assert_eq!(decode(&result.body, &DecodeOptions::default()).unwrap().width(), 40);
    let tag = result.header("etag").unwrap();
    let again = server.send("GET", &format!("/v1/jobs/{id}/result"), &[("if-none-match", tag)], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));

    let told = parse_events(&server.get(&format!("/v1/jobs/{id}/events")).body);
    assert_eq!(told.first().unwrap().1["state"], "queued");
    assert_eq!(told.last().unwrap().1["state"], "done");
    let last = told[told.len() - 2].0.to_string();
    let rest = server.send("GET", &format!("/v1/jobs/{id}/events"), &[("last-event-id", &last)], b"");
    assert_eq!(parse_events(&rest.body).len(), 1);

    assert_eq!(server.send("DELETE", &format!("/v1/jobs/{id}"), &[], b"").status, 204);
    assert_eq!(server.get(&format!("/v1/jobs/{id}")).problem(), "unknown-job");
}

#[test]
fn the_same_key_is_the_same_job() {
    let server = start(config());
    let send = |key| id_of(&server.send("POST", "/v1/jobs", &[KIND, ("idempotency-key", key)], CAMERA));
    assert_eq!(send("one"), send("one"));
    assert_ne!(send("one"), send("two"));
    assert_eq!(server.get("/v1/jobs").json()["jobs"].as_array().unwrap().len(), 2);
}

#[test]
fn a_job_that_cannot_work_says_why() {
    let server = start(config());
    assert_eq!(server.send("POST", "/v1/jobs", &[KIND], b"hello").problem(), "not-a-picture");
    let half = &CAMERA[..CAMERA.len() / 2];
    let id = id_of(&server.send("POST", "/v1/jobs", &[KIND], half));
    let job = wait(&server, &id);
    assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"truncated-file".into()));
    let result = server.get(&format!("/v1/jobs/{id}/result"));
    assert_eq!((result.status, result.problem().as_str()), (409, "no-result"));
    let cancelled = server.send("POST", &format!("/v1/jobs/{id}/cancel"), &[], b"");
    assert_eq!(cancelled.json()["state"], "failed", "what is over stays as it is");
}

/// Not a fact of its own: the process that the next test starts and kills.
#[test]
#[ignore = "the server process of `killed_in_the_middle_all_jobs_still_finish`"]
fn server_process() {
    let Some(folder) = std::env::var_os("AUTOCHROME_TEST_DATA") else { return };
    let config = autochrome_server::Config { data_dir: folder.into(), ..config() };
    serve(config, |address| println!("listening {address}")).unwrap();
}

fn spawn(folder: &std::path::Path) -> (Child, Running) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "jobs::server_process", "--ignored", "--nocapture"])
        .env("AUTOCHROME_TEST_DATA", folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address: SocketAddr = lines
        .map(Result::unwrap)
        .find_map(|line| line.split_once("listening ").map(|(_, address)| address.parse().unwrap()))
        .unwrap();
    (child, Running::elsewhere(address))
}

#[test]
fn killed_in_the_middle_all_jobs_still_finish() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, server) = spawn(folder.path());
    let ids: BTreeSet<String> =
        (0..50).map(|_| id_of(&server.send("POST", "/v1/jobs", &[KIND], CAMERA))).collect();
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();

    let (mut child, server) = spawn(folder.path());
    let open = |job: &&serde_json::Value| ["queued", "running"].contains(&job["state"].as_str().unwrap());
    let jobs = server.get("/v1/jobs").json();
    assert!(jobs["jobs"].as_array().unwrap().iter().any(|job| open(&job)), "killed before all were done");
    for id in &ids {
        assert_eq!(wait(&server, id)["state"], "done");
        let told = parse_events(&server.get(&format!("/v1/jobs/{id}/events")).body);
        assert_eq!(told.iter().filter(|(_, event)| event["state"] == "done").count(), 1);
        assert_eq!(server.get(&format!("/v1/jobs/{id}/result")).status, 200);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
