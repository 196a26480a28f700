//! Jobs over HTTP.

use std::io::{Cursor, Read as _};
use std::time::{Duration, Instant};

use autochrome::{DecodeOptions, decode, join_pages};
use autochrome_server::Config;

use crate::client::{CAMERA, FORM, PNG, form, parse_events};
use crate::inspect::poster;
use crate::running::{config, start};

const SMALL: &[u8] = br#"{"method":"gray","format":"jpeg","max_side_px":40}"#;

#[test]
fn a_job_is_done_and_its_result_is_the_picture() {
    let server = start(config());
    let id = server.job(&[FORM], &form(&[("image=camera.png", CAMERA), ("options", SMALL)]));
    let job = server.over(&id);
    assert_eq!(
        (&job["state"], &job["progress"], &job["kind"]),
        (&"done".into(), &1.0.into(), &"image".into())
    );
    assert_eq!(
        (&job["files"][0]["name"], &job["result"]["media_type"]),
        (&"camera.color.jpg".into(), &"image/jpeg".into())
    );
    assert!(job["expires_ms"].as_i64().unwrap() > job["updated_ms"].as_i64().unwrap());
    let result = server.get(job["result"]["href"].as_str().unwrap());
    assert_eq!((result.status, result.header("content-type")), (200, Some("image/jpeg")));
    assert_eq!(decode(&result.body, &DecodeOptions::default()).unwrap().width(), 40);
    assert_eq!(server.get(job["files"][0]["href"].as_str().unwrap()).body, result.body);
    assert_eq!(server.get(&format!("/v1/jobs/{id}/files/1")).problem(), "unknown-file");

    assert_eq!(server.send("DELETE", &format!("/v1/jobs/{id}"), &[], b"").status, 204);
    assert_eq!(server.get(&format!("/v1/jobs/{id}")).problem(), "unknown-job");
}

#[test]
fn what_is_to_be_known_of_a_picture_is_told_with_its_job_and_its_file() {
    let server = start(config());
    let pages = join_pages(vec![poster(), poster()]).unwrap();
    let id = server.job(&[FORM], &form(&[("image", &pages), ("options", SMALL)]));
    let job = server.over(&id);
    let warning = job["files"][0]["warnings"][0].as_str().unwrap();
    assert!(warning.contains("2 pages; the first is used"), "{job}");
    for path in ["result", "files/0"] {
        let told = server.get(&format!("/v1/jobs/{id}/{path}"));
        assert!(told.header("autochrome-warnings").unwrap().contains(warning), "{path}");
    }
    let id = server.job(&[FORM], &form(&[("image", CAMERA), ("options", SMALL)]));
    assert_eq!(server.over(&id)["files"][0].get("warnings"), None);
    assert_eq!(server.get(&format!("/v1/jobs/{id}/files/0")).header("autochrome-warnings"), None);
}

#[test]
fn a_result_is_fetched_in_parts_and_not_twice() {
    let server = start(config());
    let id = server.job(&[FORM], &form(&[("image", CAMERA), ("options", SMALL)]));
    server.over(&id);
    let path = format!("/v1/jobs/{id}/result");
    let get = |headers: &[(&str, &str)]| server.send("GET", &path, headers, b"");
    let whole = get(&[]);
    let (tag, length) = (whole.header("etag").unwrap().to_owned(), whole.body.len());
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let again = get(&[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag.as_str())));

    let (head, tail) = (get(&[("range", "bytes=0-99")]), get(&[("range", "bytes=100-")]));
    assert_eq!((head.status, tail.status), (206, 206));
    assert_eq!(head.header("content-range"), Some(format!("bytes 0-99/{length}").as_str()));
    assert_eq!([head.body, tail.body].concat(), whole.body);
    let outside = get(&[("range", "bytes=999999-")]);
    assert_eq!((outside.status, outside.problem().as_str()), (416, "range-outside"));
    assert_eq!(outside.header("content-range"), Some(format!("bytes */{length}").as_str()));
    assert_eq!(get(&[("range", "bytes=0-9"), ("if-range", "\"other\"")]).status, 200);
    let head = server.send("HEAD", &path, &[], b"");
    assert_eq!((head.header("content-length"), head.body.len()), (Some(length.to_string().as_str()), 0));
}

#[test]
fn events_tell_progress_and_a_preview_and_go_on_where_they_were() {
    let server = start(config());
    let id = server.job(&[PNG], CAMERA);
    // Heard while the job is worked on, until the server closes.
    let told = parse_events(&server.get(&format!("/v1/jobs/{id}/events")).body);
    assert_eq!((told[0].name.as_str(), &told[0].data["state"]), ("progress", &"queued".into()));
    assert_eq!(told.last().unwrap().data["state"], "done");
    assert!(told.windows(2).all(|two| two[0].id < two[1].id));
    let preview = told.iter().find(|event| event.name == "preview").unwrap();
    assert_eq!((&preview.data["number"], &preview.data["name"]), (&0.into(), &"picture".into()));
    let image = preview.data["image"].as_str().unwrap().strip_prefix("data:image/jpeg;base64,").unwrap();
    let image = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, image).unwrap();
    assert_eq!(decode(&image, &DecodeOptions::default()).unwrap().width(), 320);

    let after = |id: &str, last: u64| {
        server.send("GET", &format!("/v1/jobs/{id}/events"), &[("last-event-id", &last.to_string())], b"")
    };
    let rest = after(&id, preview.id);
    assert_eq!(
        parse_events(&rest.body).len(),
        told.iter().filter(|event| event.id > preview.id).count(),
        "only what came later"
    );
    assert_eq!(after(&id, told.last().unwrap().id).status, 204, "nothing more will come");
}

#[test]
fn several_pictures_are_a_batch_with_a_zip() {
    let server = start(config());
    let half = &CAMERA[..CAMERA.len() / 2];
    let fields =
        [("image=a.png", CAMERA), ("image=broken.png", half), ("image=../a.jpg", CAMERA), ("options", SMALL)];
    let id = server.job(&[FORM], &form(&fields));
    let job = server.over(&id);
    assert_eq!((&job["kind"], &job["state"], &job["pictures"]), (&"batch".into(), &"done".into(), &3.into()));
    let files = job["files"].as_array().unwrap();
    let names: Vec<&str> = files.iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.color.jpg", "broken.png", "a-2.color.jpg"]);
    assert_eq!((&files[1]["error"]["code"], &job["attempts"]), (&"truncated-file".into(), &1.into()));
    assert!(files[1]["href"].is_null());

    let path = format!("/v1/jobs/{id}/result");
    let reply = server.get(&path);
    assert_eq!(reply.header("content-type"), Some("application/zip"));
    let mut zip = zip::ZipArchive::new(Cursor::new(&reply.body)).unwrap();
    assert_eq!(
        zip.file_names().map(Result::unwrap).collect::<Vec<_>>(),
        ["a.color.jpg", "a-2.color.jpg", "failed.json"]
    );
    let when = zip.by_name("a.color.jpg").unwrap().last_modified().unwrap();
    assert!(when.year() >= 2024, "{when}");
    let mut picture = Vec::new();
    zip.by_name("a-2.color.jpg").unwrap().read_to_end(&mut picture).unwrap();
    assert_eq!(decode(&picture, &DecodeOptions::default()).unwrap().width(), 40);
    // Made anew every time, and always the same, so that parts fit together.
    let part = server.send("GET", &path, &[("range", "bytes=1000-1099")], b"");
    assert_eq!((part.status, part.body.as_slice()), (206, &reply.body[1000..1100]));
    let previews = parse_events(&server.get(&format!("/v1/jobs/{id}/events")).body);
    assert_eq!(previews.iter().filter(|event| event.name == "preview").count(), 2);
}

#[test]
fn a_batch_of_nothing_usable_fails() {
    let server = start(config());
    let id = server.job(&[FORM], &form(&[("image=a", b"hello"), ("image=b", b"hello")]));
    let job = server.over(&id);
    assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"nothing-coloured".into()));
}

#[test]
fn a_request_that_need_not_be_answered_at_once_becomes_a_job() {
    let server = start(config());
    let reply = server.post("/v1/colorize", &[PNG, ("prefer", "respond-async, wait=5")], CAMERA);
    assert_eq!((reply.status, reply.header("preference-applied")), (202, Some("respond-async")));
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
    assert_eq!(server.over(&id)["state"], "done");
}

#[test]
fn the_same_key_is_the_same_job() {
    let server = start(config());
    let send = |key| server.job(&[PNG, ("idempotency-key", key)], CAMERA);
    assert_eq!(send("one"), send("one"));
    assert_ne!(send("one"), send("two"));
    let jobs = server.get("/v1/jobs").json();
    assert_eq!(jobs["jobs"].as_array().unwrap().len(), 2);
    assert!(jobs["jobs"][0].get("files").is_none());
    let body = form(&[("image", CAMERA), ("options", SMALL)]);
    let other = server.post("/v1/jobs", &[FORM, ("idempotency-key", "one")], &body);
    assert_eq!((other.status, other.problem().as_str()), (422, "idempotency-key-reused"));
    let long = "x".repeat(300);
    let reply = server.post("/v1/jobs", &[PNG, ("idempotency-key", &long)], CAMERA);
    assert_eq!(reply.problem(), "bad-idempotency-key");
}

#[test]
fn a_job_that_cannot_work_says_why() {
    let server = start(config());
    assert_eq!(server.post("/v1/jobs", &[PNG], b"hello").problem(), "not-a-picture");
    let unknown = form(&[("image", CAMERA), ("options", br#"{"method":"grey"}"#)]);
    assert_eq!(server.post("/v1/jobs", &[FORM], &unknown).problem(), "unknown-method");
    let half = &CAMERA[..CAMERA.len() / 2];
    let id = server.job(&[PNG], half);
    let job = server.over(&id);
    assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"truncated-file".into()));
    let result = server.get(&format!("/v1/jobs/{id}/result"));
    assert_eq!((result.status, result.problem().as_str()), (409, "no-result"));
    let cancelled = server.post(&format!("/v1/jobs/{id}/cancel"), &[], b"");
    assert_eq!(cancelled.json()["state"], "failed", "what is over stays as it is");
}

#[test]
fn a_batch_has_bounds() {
    let server = start(Config { max_files: 2, max_batch_bytes: 1_000_000, ..config() });
    let three = form(&[("image", b"a"), ("image", b"b"), ("image", b"c")]);
    let reply = server.post("/v1/jobs", &[FORM], &three);
    assert_eq!((reply.status, reply.problem().as_str()), (413, "too-many-files"));
}

#[test]
fn a_job_is_forgotten_in_its_time() {
    let server = start(Config { keep: Duration::from_millis(300), ..config() });
    let id = server.job(&[FORM], &form(&[("image", CAMERA), ("options", SMALL)]));
    let start = Instant::now();
    while server.get(&format!("/v1/jobs/{id}")).status == 200 {
        assert!(start.elapsed() < Duration::from_secs(60), "still there");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.get(&format!("/v1/jobs/{id}/result")).problem(), "unknown-job");
}

#[test]
fn stopping_finishes_the_picture_and_keeps_the_rest_of_the_batch() {
    let config = config();
    let mut server = start(config.clone());
    let fields: Vec<(String, &[u8])> =
        (0..40).map(|number| (format!("image={number}.png"), CAMERA)).collect();
    let fields: Vec<(&str, &[u8])> = fields.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let id = server.job(&[FORM], &form(&fields));
    let done = |job: &serde_json::Value| job["files"].as_array().unwrap().len();
    let path = format!("/v1/jobs/{id}");
    while done(&server.get(&path).json()) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    server.stop();
    let server = start(config);
    let job = server.get(&path).json();
    assert!((1..40).contains(&done(&job)), "stopped in the middle: {}", done(&job));
    let job = server.over(&id);
    assert_eq!((done(&job), &job["state"]), (40, &"done".into()));
    assert!(job["files"].as_array().unwrap().iter().all(|file| file["error"].is_null()));
}
