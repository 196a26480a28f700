//! Films over HTTP: sent, looked into, coloured, cancelled, and gone on with after the server was killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::client::{Client, form, parse_events};
use crate::ffmpeg::{make, with_ffmpeg};
use crate::{autochrome, listening, serve};

const VIDEO: (&str, &str) = ("content-type", "video/x-matroska");
const JSON: (&str, &str) = ("content-type", "application/json");

/// Gray scenes of so many frames each, by turns.
pub fn scenes(frames: u32, each: u32, size: &str) -> String {
    format!(
        "-f lavfi -i testsrc2=s={size}:r=24 -f lavfi -i mandelbrot=s={size}:r=24 -filter_complex \
         [0:v]hue=s=0,eq=brightness=0.3[a];[1:v]hue=s=0,eq=brightness=-0.3[b];\
         [a][b]blend=all_expr='if(mod(floor((T*24+0.5)/{each}),2),A,B)' \
         -frames:v {frames} -c:v libx264 -pix_fmt yuv420p"
    )
}

pub fn film(folder: &Path, arguments: &str) -> Vec<u8> {
    make(&folder.join("film.mkv"), arguments);
    std::fs::read(folder.join("film.mkv")).unwrap()
}

impl Client {
    /// The id of a film that is sent.
    #[track_caller]
    pub fn film(&self, bytes: &[u8]) -> String {
        let reply = self.post("/v1/films?name=holiday.mkv", &[VIDEO], bytes);
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        let film = reply.json();
        assert_eq!(film["name"], "holiday.mkv");
        film["id"].as_str().unwrap().to_owned()
    }

    /// The id of a job that colours a film.
    #[track_caller]
    pub fn film_job(&self, film: &str, order: &Value) -> String {
        let reply = self.post(&format!("/v1/films/{film}/jobs"), &[JSON], order.to_string().as_bytes());
        assert_eq!(reply.status, 202, "{}", String::from_utf8_lossy(&reply.body));
        let id = reply.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
        id
    }
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A server that ends with its test, however that ends.
pub struct Guard(Option<Child>);

pub fn guarded((child, client): (Child, Client)) -> (Guard, Client) {
    (Guard(Some(child)), client)
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(child) = self.0.take() {
            kill(child);
        }
    }
}

#[test]
fn a_film_takes_a_picture_as_mood_and_a_memory_by_its_name() {
    if !with_ffmpeg("a_film_takes_a_picture_as_mood_and_a_memory_by_its_name") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = film(folder.path(), &scenes(24, 12, "96x64"));
    let (_child, server) = guarded(serve(&folder.path().join("data")));
    let id = server.film(&bytes);
    let sheet = |order: &Value| {
        let reply = server.post(&format!("/v1/films/{id}/scenes"), &[JSON], order.to_string().as_bytes());
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        let text = String::from_utf8(reply.body).unwrap();
        assert!(text.lines().last().unwrap().contains("scenes"), "{text}");
        text
    };
    let color = [b"P6 48 32 255\n".to_vec(), [40, 80, 200].repeat(48 * 32)].concat();
    let options = json!({"settings": {"size": 64}});
    let mood = json!({"options": options, "mood": BASE64.encode(&color)});
    assert_ne!(sheet(&json!({"options": options})), sheet(&mood));

    let frame = server.get(&format!("/v1/films/{id}/frame?at=0")).body;
    let frame = image::load_from_memory(&frame).unwrap().to_luma8();
    let red: Vec<u8> = frame.pixels().flat_map(|pixel| [pixel[0], pixel[0] / 3, pixel[0] / 3]).collect();
    let red = [format!("P6 {} {} 255\n", frame.width(), frame.height()).into_bytes(), red].concat();
    let boundary = ("content-type", "multipart/form-data; boundary=xyz");
    let made = server.post("/v1/memories", &[boundary], &form(&[("name", b"reel"), ("image", &red)]));
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let remembered = json!({"options": {"settings": {"size": 64}, "memory": "reel"}});
    assert_ne!(sheet(&json!({"options": options})), sheet(&remembered));
    let job = server.film_job(&id, &remembered);
    assert_eq!(server.send("DELETE", "/v1/memories/reel", &[], b"").status, 204);
    assert_eq!(server.over(&job)["state"], "done", "it goes on with the memory that it was sent with");
    let path = format!("/v1/films/{id}/jobs");
    let gone = server.post(&path, &[JSON], remembered.to_string().as_bytes());
    assert_eq!((gone.status, gone.problem().as_str()), (422, "unknown-memory"));
}

#[test]
fn a_film_is_sent_looked_into_and_coloured() {
    if !with_ffmpeg("a_film_is_sent_looked_into_and_coloured") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = film(folder.path(), &scenes(72, 24, "96x64"));
    let (child, server) = guarded(serve(&folder.path().join("data")));
    let limits = server.get("/v1/limits").json();
    assert!(
        limits["films"]["possible"] == true && limits["films"]["max_bytes"] == 4_000_000_000_u64,
        "{limits}"
    );
    let id = server.film(&bytes);
    let told = server.get(&format!("/v1/films/{id}")).json();
    assert_eq!(
        (&told["width"], &told["height"], &told["frame_rate_fps"]),
        (&96.into(), &64.into(), &24.0.into())
    );
    assert_eq!(server.get(&format!("/v1/films/{id}/content")).body, bytes);
    let part = server.send("GET", &format!("/v1/films/{id}/content"), &[("range", "bytes=10-19")], b"");
    assert!(part.status == 206 && part.body == bytes[10..20]);

    let frame = server.get(&format!("/v1/films/{id}/frame?at=1.0"));
    assert_eq!((frame.status, frame.header("content-type")), (200, Some("image/jpeg")));
    assert_eq!(server.get(&format!("/v1/films/{id}/frame?at=99")).problem(), "film.no_such_moment");

    let order = json!({"options": {"method": "gray", "keep_scenes": [2]}});
    let sheet = server.post(&format!("/v1/films/{id}/scenes"), &[JSON], order.to_string().as_bytes());
    let lines: Vec<Value> = String::from_utf8(sheet.body)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(lines[3], json!({"scenes": 3}));
    assert_eq!(
        (&lines[1]["number"], &lines[1]["frame"], &lines[1]["kept"]),
        (&2.into(), &24.into(), &true.into())
    );
    assert!(lines[0]["image"].as_str().unwrap().starts_with("data:image/jpeg;base64,"));

    let job = server.film_job(&id, &json!({"options": {"method": "gray"}}));
    let told = parse_events(&server.get(&format!("/v1/jobs/{job}/events")).body);
    assert_eq!(told.last().unwrap().data["state"], "done");
    let preview = told.iter().find(|event| event.name == "preview").unwrap();
    assert!(preview.data["image"].as_str().unwrap().starts_with("data:image/jpeg;base64,"));
    let done = server.over(&job);
    assert_eq!(
        (&done["kind"], &done["film"]["frames"], &done["film"]["scenes"]),
        (&"video".into(), &72.into(), &3.into())
    );
    assert_eq!(
        (&done["files"][0]["name"], &done["result"]["media_type"]),
        (&"holiday.color.mp4".into(), &"video/mp4".into())
    );

    let path = format!("/v1/jobs/{job}/result");
    let whole = server.get(&path);
    assert_eq!(
        (whole.header("content-type"), whole.header("accept-ranges")),
        (Some("video/mp4"), Some("bytes"))
    );
    assert_eq!(whole.body.len() as u64, done["result"]["bytes"].as_u64().unwrap());
    let tail = server.send("GET", &path, &[("range", "bytes=100-")], b"");
    assert!(tail.status == 206 && tail.body == whole.body[100..]);
    std::fs::write(folder.path().join("result.mp4"), &whole.body).unwrap();
    assert_eq!(frames(&folder.path().join("result.mp4")), 72);

    assert_eq!(server.send("DELETE", &format!("/v1/jobs/{job}"), &[], b"").status, 204);
    assert!(!folder.path().join("data/film-jobs").join(&job).exists());
    assert_eq!(server.send("DELETE", &format!("/v1/films/{id}"), &[], b"").status, 204);
    assert_eq!(server.get(&format!("/v1/films/{id}")).problem(), "unknown-film");
    drop(child);
}

fn frames(path: &Path) -> usize {
    let told = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v", "-count_packets"])
        .args(["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    String::from_utf8(told.stdout).unwrap().trim().trim_end_matches(',').parse().unwrap()
}

#[test]
fn killed_in_the_middle_a_film_goes_on_and_comes_out_the_same() {
    if !with_ffmpeg("killed_in_the_middle_a_film_goes_on_and_comes_out_the_same") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = film(folder.path(), &scenes(1000, 250, "96x64"));
    let data = folder.path().join("data");
    let (child, server) = guarded(serve(&data));
    let order = json!({"options": {"method": "gray", "codec": "ffv1", "container": "mkv"}});
    let film = server.film(&bytes);
    let job = server.film_job(&film, &order);
    let parts = data.join("film-jobs").join(&job).join("result.mkv.parts/parts.json");
    let start = Instant::now();
    while !parts.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "no part was finished");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(child); // SIGKILL
    assert!(!data.join("film-jobs").join(&job).join("result.mkv").exists(), "killed before all was done");
    let finished: Value = serde_json::from_slice(&std::fs::read(&parts).unwrap()).unwrap();
    let first = finished["parts"][0]["file"].as_str().unwrap().to_owned();
    let written = |name: &str| parts.with_file_name(name).metadata().and_then(|file| file.modified()).ok();
    let before = written(&first);

    let (child, server) = guarded(serve(&data));
    let mut after = None;
    let done = loop {
        let told = server.get(&format!("/v1/jobs/{job}")).json();
        after = written(&first).or(after);
        if !["queued", "running"].contains(&told["state"].as_str().unwrap()) {
            break told;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "still {told}");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!((&done["state"], &done["film"]["frames"]), (&"done".into(), &1000.into()), "{done}");
    assert!(after.is_none() || after == before, "the finished part was made again");
    let again = server.over(&server.film_job(&film, &order));
    let result = |job: &Value| server.get(job["result"]["href"].as_str().unwrap()).body;
    assert!(result(&done) == result(&again), "not the same bytes as in one go");
    drop(child);
}

#[test]
fn a_cancelled_film_leaves_nothing() {
    if !with_ffmpeg("a_cancelled_film_leaves_nothing") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = film(folder.path(), &scenes(1000, 250, "96x64"));
    let data = folder.path().join("data");
    let (child, server) = guarded(serve(&data));
    let film = server.film(&bytes);
    let job = server.film_job(&film, &json!({"options": {"method": "gray"}}));
    let start = Instant::now();
    while server.get(&format!("/v1/jobs/{job}")).json()["state"] != "running" {
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(server.send("DELETE", &format!("/v1/films/{film}"), &[], b"").problem(), "film-in-use");
    let cancelled = server.post(&format!("/v1/jobs/{job}/cancel"), &[], b"").json();
    assert_eq!(cancelled["state"], "cancelled");
    while data.join("film-jobs").join(&job).exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "its parts are still there");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.get(&format!("/v1/jobs/{job}/result")).problem(), "no-result");
    drop(child);
}

#[test]
fn what_is_no_film_or_too_large_or_outside_is_refused() {
    if !with_ffmpeg("what_is_no_film_or_too_large_or_outside_is_refused") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let media = folder.path().join("media");
    std::fs::create_dir(&media).unwrap();
    let bytes = film(&media, &scenes(24, 12, "96x64"));
    let data = folder.path().join("data");
    let more = ["serve", "--bind", "127.0.0.1:0", "--most-film", "1", "--media-dir", media.to_str().unwrap()];
    let (child, server) = guarded(listening(&mut autochrome(&data, &more)));
    let send = |bytes: &[u8]| server.post("/v1/films", &[VIDEO], bytes);
    assert_eq!(send(b"no film at all").problem(), "film.unreadable");
    assert_eq!(send(crate::client::CAMERA).problem(), "film.picture");
    let list = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n";
    assert_eq!(send(list).problem(), "film.unreadable");
    let long = send(&vec![0; 1_000_001]);
    assert_eq!((long.status, long.problem().as_str()), (413, "too-many-bytes"));
    assert!(
        !send(b"x").json()["detail"].as_str().unwrap().contains("films/"),
        "where it lies is nobody's business"
    );
    assert_eq!(std::fs::read_dir(data.join("films")).unwrap().count(), 0, "what was refused is gone");

    let take = |path: &str| server.post("/v1/films", &[JSON], json!({"path": path}).to_string().as_bytes());
    assert_eq!((take("../film.mkv").problem().as_str(), take("../film.mkv").status), ("outside-media", 403));
    assert_eq!(take("none.mkv").problem(), "unknown-film");
    let film = take("film.mkv").json();
    assert_eq!(film["name"], "film.mkv");
    let id = film["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v1/films/{id}/content")).body, bytes);
    let order = |options: Value| {
        let order = json!({ "options": options }).to_string();
        server.post(&format!("/v1/films/{id}/jobs"), &[JSON], order.as_bytes()).problem()
    };
    assert_eq!(order(json!({"codec": "ffv1", "container": "mp4"})), "film.container");
    assert_eq!(order(json!({"look": {"contrast": 1.5}})), "option-out-of-range");
    assert_eq!(order(json!({"format": "png"})), "bad-json");
    let job = server.over(&server.film_job(id, &json!({"options": {"method": "gray"}})));
    assert_eq!(job["state"], "done", "{job}");
    assert_eq!(server.send("DELETE", &format!("/v1/films/{id}"), &[], b"").status, 204);
    assert!(media.join("film.mkv").exists());
    drop(child);
}

#[test]
fn without_ffmpeg_the_limits_say_so_and_films_are_refused_with_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = autochrome(folder.path(), &["serve", "--bind", "127.0.0.1:0"]);
    command.env("PATH", folder.path());
    let (child, server) = guarded(listening(&mut command));
    let films = &server.get("/v1/limits").json()["films"];
    assert!(films["possible"] == false && films["problem"]["code"] == "film.no_ffmpeg", "{films}");
    assert!(films["problem"]["detail"].as_str().unwrap().contains("install"));
    assert_eq!(server.post("/v1/films", &[VIDEO], b"x").problem(), "film.no_ffmpeg");
    drop(child);
}

#[test]
fn an_old_ffmpeg_is_told_apart_from_none() {
    #[cfg(unix)]
    {
        let folder = tempfile::tempdir().unwrap();
        let tools = folder.path().join("tools");
        std::fs::create_dir(&tools).unwrap();
        for tool in ["ffmpeg", "ffprobe"] {
            let script = format!("#!/bin/sh\necho '{tool} version 3.2.19 Copyright (c) 2000-2024'\n");
            std::fs::write(tools.join(tool), script).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(tools.join(tool), mode).unwrap();
        }
        let mut command = autochrome(folder.path(), &["serve", "--bind", "127.0.0.1:0"]);
        command.env("PATH", &tools).stdin(Stdio::null());
        let (child, server) = guarded(listening(&mut command));
        let films = &server.get("/v1/limits").json()["films"];
        assert_eq!(films["problem"]["code"], "film.old_ffmpeg", "{films}");
        drop(child);
    }
}
