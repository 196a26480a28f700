//! A server that leaves the work to workers: jobs in NATS JetStream, pictures in a bucket of S3.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{CAMERA, Client, FORM, form, parse_events};
use crate::films::{film, guarded, scenes};
use crate::nats_server::{NatsServer, skipped};
use crate::{ffmpeg, listening, serve};

/// A server of S3's API, that of the Python package moto: told by `AUTOCHROME_MOTO`, or on the path.
struct Bucket {
    child: Child,
    endpoint: String,
}

impl Bucket {
    /// Starts one with the bucket `pictures`; `None`, told loudly, where the machine has none.
    fn start() -> Option<Self> {
        let program = std::env::var_os("AUTOCHROME_MOTO").unwrap_or_else(|| "moto_server".into());
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let port = address.port().to_string();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port]).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else {
            skipped(
                "pictures in S3: there is no moto_server (`pip install moto[server]`); a folder is tested instead",
            );
            return None;
        };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if child.try_wait().unwrap().is_some() || begun.elapsed() > Duration::from_secs(60) {
                let _ = child.kill();
                skipped("pictures in S3: moto_server does not start; a folder is tested instead");
                return None;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let made = Client { address }.send("PUT", "/pictures", &[], b"");
        assert_eq!(made.status, 200, "{}", String::from_utf8_lossy(&made.body));
        Some(Self { child, endpoint: format!("http://{address}") })
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What servers and workers share.
struct Shared {
    nats: NatsServer,
    bucket: Option<Bucket>,
    folder: tempfile::TempDir,
    /// Where spans are sent.
    collector: Option<String>,
}

impl Shared {
    fn new(bucket: bool) -> Option<Self> {
        let nats = NatsServer::start()?;
        let bucket = if bucket { Bucket::start() } else { None };
        Some(Self { nats, bucket, folder: tempfile::tempdir().unwrap(), collector: None })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, command: &str, name: &str) -> Command {
        let store = match &self.bucket {
            Some(_) => "s3://pictures/autochrome".to_owned(),
            None => self.path("store").to_string_lossy().into_owned(),
        };
        let mut program = Command::new(env!("CARGO_BIN_EXE_autochrome"));
        program.args([command, "--queue", &self.nats.url("pictures"), "--store", &store, "--data-dir"]);
        program.arg(self.path(name));
        if let Some(bucket) = &self.bucket {
            program.env("AWS_ENDPOINT", &bucket.endpoint).env("AWS_ALLOW_HTTP", "true");
            program.env("AWS_ACCESS_KEY_ID", "key").env("AWS_SECRET_ACCESS_KEY", "secret");
            program.env("AWS_REGION", "us-east-1");
        }
        if let Some(collector) = &self.collector {
            program.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
        }
        program
    }

    fn server(&self) -> (Running, Client) {
        let mut command = self.command("serve", "server");
        command.args(["--bind", "127.0.0.1:0"]);
        let (child, client) = listening(&mut command);
        (Running(child), client)
    }

    /// A worker that waits for jobs.
    fn worker(&self, name: &str) -> Running {
        let mut child =
            self.command("worker", name).args(["--workers", "1"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        assert!(first.contains("waiting for jobs"), "{first}");
        // What it says later must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Running(child)
    }
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn one() -> Vec<u8> {
    form(&[("image=one.png", CAMERA), ("options", br#"{"method":"gray"}"#)])
}

#[test]
fn pictures_go_through_a_bucket_to_a_worker_and_back() {
    let Some(shared) = Shared::new(true) else { return };
    let (_server, client) = shared.server();
    let waits = client.job(&[FORM, ("idempotency-key", "one")], &one());
    assert_eq!(client.job(&[FORM, ("idempotency-key", "one")], &one()), waits);
    let cancelled = client.job(&[FORM], &one());
    assert_eq!(client.post(&format!("/v1/jobs/{cancelled}/cancel"), &[], b"").json()["state"], "cancelled");
    assert_eq!(
        client.get(&format!("/v1/jobs/{waits}")).json()["state"],
        "queued",
        "the server does not work"
    );
    let _worker = shared.worker("worker");
    let job = client.over(&waits);
    assert_eq!((&job["state"], &job["result"]["media_type"]), (&"done".into(), &"image/png".into()));
    let result = client.get(&format!("/v1/jobs/{waits}/result"));
    assert!(result.status == 200 && result.body.starts_with(b"\x89PNG"));
    let told = parse_events(&client.get(&format!("/v1/jobs/{waits}/events")).body);
    assert_eq!(told.iter().filter(|event| event.data["state"] == "done").count(), 1);

    let batch = form(&[
        ("image=a.png", CAMERA),
        ("image=b.png", b"no picture"),
        ("options", br#"{"method":"gray"}"#),
    ]);
    let batch = client.over(&client.job(&[FORM], &batch));
    let codes: Vec<bool> =
        batch["files"].as_array().unwrap().iter().map(|file| file["error"].is_null()).collect();
    assert_eq!((&batch["state"], codes.as_slice()), (&"done".into(), &[true, false][..]));
    let zip = client.get(batch["result"]["href"].as_str().unwrap());
    assert!(zip.status == 200 && zip.body.starts_with(b"PK"));

    let id = batch["id"].as_str().unwrap();
    assert_eq!(client.send("DELETE", &format!("/v1/jobs/{id}"), &[], b"").status, 204);
    assert_eq!(client.get(&format!("/v1/jobs/{id}")).status, 404);
    assert_eq!(client.get("/v1/jobs").json()["jobs"].as_array().unwrap().len(), 2);
    assert!(
        String::from_utf8(client.get("/metrics").body).unwrap().contains("autochrome_jobs{state=\"done\"} 1")
    );
}

#[test]
fn a_film_goes_to_a_worker_and_back() {
    if !ffmpeg::with_ffmpeg("a film goes to a worker and back") {
        return;
    }
    let Some(shared) = Shared::new(false) else { return };
    let film = shared.path("film.mp4");
    ffmpeg::make(
        &film,
        "-f lavfi -i testsrc2=s=64x48:r=10:d=1 -vf format=gray -c:v libx264 -pix_fmt yuv420p",
    );
    let (_server, client) = shared.server();
    let _worker = shared.worker("worker");
    let sent = client.post(
        "/v1/films?name=film.mp4",
        &[("content-type", "video/mp4")],
        &std::fs::read(film).unwrap(),
    );
    assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
    let id = sent.json()["id"].as_str().unwrap().to_owned();
    let job = client.post(
        &format!("/v1/films/{id}/jobs"),
        &[("content-type", "application/json")],
        br#"{"options":{"method":"gray"}}"#,
    );
    assert_eq!(job.status, 202, "{}", String::from_utf8_lossy(&job.body));
    let job = client.over(job.json()["id"].as_str().unwrap());
    assert_eq!(job["state"], "done", "{job}");
    let result = client.get(job["result"]["href"].as_str().unwrap());
    assert_eq!((result.status, result.body.get(4..8)), (200, Some(&b"ftyp"[..])));
    assert_tidy(&shared, job["id"].as_str().unwrap(), &["worker"]);
}

/// How many entries a folder has.
fn entries(folder: &Path) -> usize {
    folder.read_dir().map_or(0, Iterator::count)
}

/// Waits for something that takes a moment.
#[track_caller]
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A film in colour, without loss.
fn film_order(options: Value) -> Value {
    let mut all = json!({"codec": "ffv1", "container": "mkv"});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    json!({"options": all})
}

/// The bytes that one server makes of a film.
fn made_alone(folder: &Path, bytes: &[u8], order: &Value) -> Vec<u8> {
    let (_child, server) = guarded(serve(&folder.join("alone")));
    let job = server.over(&server.film_job(&server.film(bytes), order));
    assert_eq!(job["state"], "done", "{job}");
    server.get(job["result"]["href"].as_str().unwrap()).body
}

/// Where a worker has what is unfinished.
fn unfinished(shared: &Shared, worker: &str) -> PathBuf {
    shared.path(worker).join("film-jobs")
}

/// Nothing is left of a film but its result.
fn assert_tidy(shared: &Shared, job: &str, workers: &[&str]) {
    for worker in workers {
        let empty =
            || entries(&unfinished(shared, worker)) + entries(&shared.path(worker).join("films")) == 0;
        wait_for("the copies of a worker stay", empty);
    }
    let jobs = shared.path("store").join("jobs");
    wait_for("segments stay", || !jobs.join(job).join("segments").exists());
    let left: Vec<_> =
        jobs.read_dir().into_iter().flatten().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name == job), "{left:?}");
}

#[test]
fn a_film_is_made_by_all_workers_and_is_the_one_that_a_single_server_makes() {
    if !ffmpeg::with_ffmpeg("a film is made by all workers") {
        return;
    }
    let Some(shared) = Shared::new(false) else { return };
    let bytes = film(shared.folder.path(), &scenes(750, 250, "96x64"));
    let order = film_order(json!({"settings": {"size": 64}}));
    let alone = made_alone(shared.folder.path(), &bytes, &order);
    let (_server, client) = shared.server();
    let workers = ["one", "two"];
    let _running = workers.map(|name| shared.worker(name));
    let id = client.film_job(&client.film(&bytes), &order);
    let (mut worked, mut frames) = ([false; 2], 0);
    loop {
        for (has, name) in worked.iter_mut().zip(workers) {
            *has |= entries(&unfinished(&shared, name)) > 0;
        }
        let job = client.get(&format!("/v1/jobs/{id}")).json();
        let now = job["film"]["frames"].as_u64().unwrap_or(0);
        assert!(now >= frames, "{now} frames after {frames}");
        frames = now;
        if job["state"] != "queued" && job["state"] != "running" {
            break;
        }
    }
    let job = client.over(&id);
    assert_eq!((&job["state"], &job["film"]["scenes"], frames), (&"done".into(), &json!(3), 750), "{job}");
    assert_eq!(worked, [true, true], "both have worked on it");
    assert!(client.get(job["result"]["href"].as_str().unwrap()).body == alone, "the same bytes");
    let told = parse_events(&client.get(&format!("/v1/jobs/{id}/events")).body);
    assert_eq!(told.iter().filter(|event| event.data["state"] == "done").count(), 1);
    let listed = client.get("/v1/jobs").json()["jobs"].as_array().unwrap().len();
    assert_eq!(listed, 1, "segments are nobody's jobs");
    assert_tidy(&shared, &id, &workers);
}

#[test]
fn a_worker_that_is_killed_costs_a_film_a_segment() {
    if !ffmpeg::with_ffmpeg("a worker that is killed costs a film a segment") {
        return;
    }
    let Some(shared) = Shared::new(false) else { return };
    let bytes = film(shared.folder.path(), &scenes(1250, 250, "96x64"));
    let order = film_order(json!({"method": "gray"}));
    let alone = made_alone(shared.folder.path(), &bytes, &order);
    let (_server, client) = shared.server();
    let (mut one, _two) = (shared.worker("one"), shared.worker("two"));
    let id = client.film_job(&client.film(&bytes), &order);
    wait_for("a worker has no segment", || entries(&unfinished(&shared, "one")) > 0);
    one.0.kill().unwrap(); // SIGKILL
    one.0.wait().unwrap();
    assert!(entries(&unfinished(&shared, "one")) > 0);
    let _again = shared.worker("one");
    let job = client.over(&id);
    assert_eq!(job["state"], "done", "{job}");
    assert!(client.get(job["result"]["href"].as_str().unwrap()).body == alone, "the same bytes");
    assert_tidy(&shared, &id, &["one", "two"]);
}

#[cfg(feature = "otel")]
#[test]
fn a_film_and_its_segments_stay_in_the_trace_of_the_request() {
    use crate::telemetry::{Collector, end, texts};
    if !ffmpeg::with_ffmpeg("a film and its segments stay in the trace of the request") {
        return;
    }
    let Some(mut shared) = Shared::new(false) else { return };
    let collector = Collector::start();
    shared.collector = Some(collector.address.clone());
    let bytes = film(shared.folder.path(), &scenes(500, 250, "96x64"));
    let (mut server, client) = shared.server();
    let mut worker = shared.worker("worker");
    let id = client.film_job(&client.film(&bytes), &film_order(json!({"method": "gray"})));
    assert_eq!(client.over(&id)["state"], "done");
    end(&mut worker.0);
    end(&mut server.0);
    let (service, request) = collector.span("POST /v1/films/{id}/jobs");
    assert_eq!(service, "autochrome-server");
    let (service, film) = collector.span("job video");
    assert_eq!(service, "autochrome-worker");
    assert_eq!((&film.trace_id, &film.parent_span_id), (&request.trace_id, &request.span_id));
    assert_eq!(texts(&film.attributes)["autochrome.job.id"], id);
    let spans = collector.spans();
    let segments: Vec<_> = spans.iter().filter(|(_, span)| span.name == "job segment").collect();
    assert_eq!(segments.len(), 2, "one a scene");
    for (_, segment) in segments {
        assert_eq!((&segment.trace_id, &segment.parent_span_id), (&film.trace_id, &film.span_id));
        assert_eq!(texts(&segment.attributes)["autochrome.job.outcome"], "done");
    }
}

#[test]
fn a_film_that_is_cancelled_ends_for_all_workers() {
    if !ffmpeg::with_ffmpeg("a film that is cancelled ends for all workers") {
        return;
    }
    let Some(shared) = Shared::new(false) else { return };
    let bytes = film(shared.folder.path(), &scenes(750, 250, "320x240"));
    let (_server, client) = shared.server();
    let workers = ["one", "two"];
    let _running = workers.map(|name| shared.worker(name));
    let id = client.film_job(&client.film(&bytes), &film_order(json!({})));
    for name in workers {
        wait_for("a worker has no segment", || entries(&unfinished(&shared, name)) > 0);
    }
    let told = client.post(&format!("/v1/jobs/{id}/cancel"), &[], b"");
    assert_eq!(told.json()["state"], "cancelled");
    assert_tidy(&shared, &id, &workers);
    assert_eq!(client.over(&id)["state"], "cancelled");
    let picture = client.over(&client.job(&[FORM], &one()));
    assert_eq!(picture["state"], "done", "they go on with other work");
}

#[test]
fn a_worker_that_is_told_to_stop_gives_back_what_it_has() {
    const PICTURES: usize = 12;
    let Some(shared) = Shared::new(false) else { return };
    let (_server, client) = shared.server();
    let mut fields = vec![("image=a.png", CAMERA); PICTURES];
    fields.push(("options", br#"{"method":"gray"}"#));
    let id = client.job(&[FORM], &form(&fields));
    let mut first = shared.worker("first");
    let files = || client.get(&format!("/v1/jobs/{id}")).json()["files"].as_array().unwrap().len();
    let begun = Instant::now();
    while files() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the worker does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    let told = Command::new("kill").args(["-TERM", &first.0.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(first.0.wait().unwrap().success());
    let job = client.get(&format!("/v1/jobs/{id}")).json();
    assert!(
        job["state"] == "queued" || job["state"] == "done",
        "given back at once, not when its lease is over"
    );
    let _second = shared.worker("second");
    let job = client.over(&id);
    assert_eq!((&job["state"], job["files"].as_array().unwrap().len()), (&"done".into(), PICTURES));
}
