//! What `autochrome serve` logs.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use serde_json::Value;

use crate::autochrome;
use crate::client::{CAMERA, Client, FORM, PNG, form};

/// The lines that a server logs while `talk` talks to it.
fn logged(format: &str, talk: impl FnOnce(&Client)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--bind", "127.0.0.1:0", "--log", format, "--log-level", "info"];
    let mut child = autochrome(folder.path(), &arguments).stderr(Stdio::piped()).spawn().unwrap();
    let mut words = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    words.read_line(&mut line).unwrap();
    let address = line.split_once("http://").unwrap().1.split(';').next().unwrap().parse().unwrap();
    talk(&Client { address });
    child.kill().unwrap();
    child.wait().unwrap();
    let mut rest = String::new();
    words.read_to_string(&mut rest).unwrap();
    rest
}

fn objects(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_request_is_a_line_of_json_with_its_id_route_status_time_and_size() {
    let mut replies = Vec::new();
    let lines = logged("json", |client| {
        replies.push(("/healthz", client.get("/healthz")));
        let body = form(&[("image=grandmother.png", CAMERA), ("options", br#"{"method":"gray"}"#)]);
        replies.push(("/v1/colorize", client.post("/v1/colorize?from=album", &[FORM], &body)));
        replies.push(("/v1/jobs/{id}", client.get("/v1/jobs/none")));
    });
    let objects = objects(&lines);
    assert_eq!(objects.len(), replies.len(), "{lines}");
    for (line, (route, reply)) in objects.iter().zip(&replies) {
        assert_eq!(line["span"]["id"].as_str(), reply.header("x-request-id"));
        assert_eq!((line["span"]["route"].as_str(), &line["status"]), (Some(*route), &reply.status.into()));
        assert!(line["ms"].as_f64().is_some_and(|ms| ms >= 0.0) && line["timestamp"].is_string());
        assert_eq!(line["bytes"], reply.body.len());
    }
    assert!(!lines.contains("grandmother") && !lines.contains("album"), "{lines}");
}

#[test]
fn a_failed_job_is_logged_with_its_code() {
    let mut id = String::new();
    let lines = logged("json", |client| {
        id = client.job(&[PNG], &CAMERA[..CAMERA.len() / 2]);
        assert_eq!(client.over(&id)["state"], "failed");
    });
    let failed = objects(&lines).into_iter().find(|line| line["message"] == "a job failed").unwrap();
    assert_eq!((failed["job"].as_str(), &failed["code"]), (Some(id.as_str()), &"truncated-file".into()));
    assert_eq!(failed["level"], "WARN");
}

#[test]
fn text_is_for_people_and_off_is_silent() {
    let ask = |client: &Client| assert_eq!(client.get("/healthz").status, 200);
    let text = logged("text", ask);
    assert!(text.contains("answered") && text.contains("status=200") && !text.starts_with('{'), "{text}");
    assert_eq!(logged("off", ask), "");
}
