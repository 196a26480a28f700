//! A server that cannot be stalled: by clients that send slowly, ask too much, or leave.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::autochrome;
use crate::client::{CAMERA, Client, FORM, PNG, form, parse};

/// A server with more arguments, and the lines that it logged before it said its address.
fn serve_with(folder: &Path, more: &[&str]) -> (Child, Client, Vec<String>) {
    let arguments = [&["serve", "--bind", "127.0.0.1:0"], more].concat();
    let mut child = autochrome(folder, &arguments).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut before = Vec::new();
    let address = loop {
        let line = lines.next().unwrap().unwrap();
        match line.split_once("http://") {
            Some((_, rest)) => break rest.split(';').next().unwrap().parse().unwrap(),
            None => before.push(line),
        }
    };
    // Somebody has to take what is logged.
    std::thread::spawn(move || lines.for_each(drop));
    (child, Client { address }, before)
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn head(server: &Client, length: usize) -> String {
    let address = server.address;
    format!(
        "POST /v1/colorize HTTP/1.1\r\nhost: {address}\r\ncontent-type: image/png\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[test]
fn a_hundred_clients_that_send_a_byte_a_second_cost_the_honest_ones_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let timeouts = ["--workers", "2", "--header-timeout", "6s", "--body-timeout", "6s"];
    let (child, server, _) = serve_with(folder.path(), &timeouts);
    let over = AtomicBool::new(false);
    let begun = Instant::now();
    let body = form(&[("image", CAMERA), ("options", br#"{"method":"gray","format":"jpeg"}"#)]);
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            let mut slow: Vec<(TcpStream, Vec<u8>)> = (0..100)
                .map(|number| {
                    let mut stream = TcpStream::connect(server.address).unwrap();
                    let head = head(&server, CAMERA.len());
                    // Half of them never get through their head, the others announce a picture and begin it.
                    let rest = if number % 2 == 0 {
                        head.into_bytes()
                    } else {
                        stream.write_all(head.as_bytes()).unwrap();
                        CAMERA.to_vec()
                    };
                    (stream, rest)
                })
                .collect();
            for second in 0.. {
                for (stream, rest) in &mut slow {
                    let _ = stream.write_all(&rest[second..=second]);
                }
                std::thread::sleep(Duration::from_secs(1));
                if over.load(Ordering::Relaxed) && begun.elapsed() > Duration::from_secs(8) {
                    break;
                }
            }
            // By now every one of them was told, or hung up on.
            let mut told = 0;
            for (mut stream, _) in slow {
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                let mut answer = Vec::new();
                let ended = stream.read_to_end(&mut answer);
                assert!(ended.is_ok() || ended.unwrap_err().kind() == std::io::ErrorKind::ConnectionReset);
                told += usize::from(answer.starts_with(b"HTTP/1.1 408"));
            }
            told
        });
        std::thread::sleep(Duration::from_millis(1500));
        let honest: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..3 {
                        assert_eq!(server.get("/readyz").status, 200);
                        assert_eq!(server.post("/v1/colorize", &[FORM], &body).status, 200);
                    }
                })
            })
            .collect();
        honest.into_iter().for_each(|honest| honest.join().unwrap());
        over.store(true, Ordering::Relaxed);
        assert_eq!(slow.join().unwrap(), 50, "those whose head came were told why");
    });
    end(child);
}

#[test]
fn strokes_that_would_take_minutes_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (child, server, _) = serve_with(folder.path(), &[]);
    let limits = server.get("/v1/limits").json();
    let path: Vec<[f32; 2]> = (0..100_000).map(|i| [(i % 2) as f32, (i % 1009) as f32 / 1009.0]).collect();
    let stroke = json!({"path": path, "width": 0.01, "color": "#336699"});
    let options = json!({"method": "scribble", "strokes": vec![stroke; 10]}).to_string();
    let begun = Instant::now();
    let reply =
        server.post("/v1/colorize", &[FORM], &form(&[("image", CAMERA), ("options", options.as_bytes())]));
    assert_eq!((reply.status, reply.problem().as_str()), (413, "too-many-hints"));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());

    // As many corners as a trembling hand makes on one spot are none, and what the limits allow is taken.
    let still: Vec<[f32; 2]> = (0..50_000).map(|i| [0.5 + (i % 7) as f32 * 1e-5, 0.5]).collect();
    let stroke = json!({"path": still, "width": 0.02, "color": "#336699"});
    let options = json!({"method": "scribble", "settings": {"megapixels": 0.05}, "strokes": [stroke]});
    let options = options.to_string();
    let reply =
        server.post("/v1/colorize", &[FORM], &form(&[("image", CAMERA), ("options", options.as_bytes())]));
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    assert!(limits["max_corners"].as_u64().unwrap() < 50_000 && limits["max_hints"].is_u64());
    end(child);
}

/// Places that are taken, as the counters say.
fn taken(server: &Client) -> bool {
    let metrics = String::from_utf8(server.get("/metrics").body).unwrap();
    !metrics.contains("autochrome_places_taken 0\n")
}

#[test]
fn work_ends_when_its_client_has_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (child, server, _) = serve_with(folder.path(), &["--workers", "1"]);
    let ask = |seed: u32| {
        // Another picture each time, so that no answer is remembered: bytes behind the end of a PNG mean nothing.
        let picture = [CAMERA, &seed.to_le_bytes()[..]].concat();
        let options = br#"{"method":"neural","settings":{"size":640}}"#;
        let body = form(&[("image", &picture), ("options", options)]);
        let head = format!(
            "POST /v1/colorize HTTP/1.1\r\nhost: {}\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            server.address,
            FORM.1,
            body.len()
        );
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        let begun = Instant::now();
        while !taken(&server) {
            assert!(begun.elapsed() < Duration::from_secs(5));
        }
        stream
    };
    let begun = Instant::now();
    let mut answer = Vec::new();
    ask(1).read_to_end(&mut answer).unwrap();
    assert_eq!(parse(&answer).status, 200);
    let whole = begun.elapsed();

    let stream = ask(2);
    let begun = Instant::now();
    std::thread::sleep(whole / 10);
    drop(stream);
    while taken(&server) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(begun.elapsed() < whole / 2, "{:?} of {whole:?}", begun.elapsed());
    end(child);
}

#[test]
fn whoever_is_refused_early_reads_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (child, server, _) = serve_with(folder.path(), &[]);
    let body = vec![7; 4 << 20];
    for (path, headers, status) in [
        ("/v1/colorize", "content-type: text/plain", 415),
        ("/v1/colorize", "content-type: image/png\r\naccept: text/html", 406),
        ("/v1/colorize", "content-type: image/png\r\norigin: http://evil.example", 403),
        ("/v1/methods", "content-type: image/png", 405),
        ("/v1/nothing", "content-type: image/png", 405),
    ] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(server.address).unwrap();
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: {}\r\n{headers}\r\ncontent-length: {}\r\n\r\n",
                server.address,
                body.len()
            );
            // Everything is sent before anything is read, as simple clients do.
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&body).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            assert_eq!(parse(&answer).status, status, "{path} {headers}");
        }
    }
    end(child);
}

#[test]
fn a_damaged_job_database_is_set_aside_and_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (child, server, _) = serve_with(folder.path(), &[]);
    let body = form(&[("image", CAMERA), ("options", br#"{"method":"gray"}"#)]);
    for _ in 0..3 {
        let id = server.job(&[FORM], &body);
        assert_eq!(server.over(&id)["state"], "done");
    }
    // The log beside the file is emptied when the queue is idle.
    let log = folder.path().join("jobs.db-wal");
    let begun = Instant::now();
    while std::fs::metadata(&log).map_or(0, |log| log.len()) > 0 {
        assert!(begun.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    }
    end(child);
    let path = folder.path().join("jobs.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 4..bytes.len() * 3 / 4;
    bytes[4096 + 100..4096 + 200].fill(0xa5);
    bytes[middle].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();

    let (child, server, before) = serve_with(folder.path(), &[]);
    let told = before.join("\n");
    assert!(told.contains("damaged") && told.contains("set aside") && told.contains(".recover"), "{told}");
    let aside = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name().to_string_lossy().into_owned();
        name.starts_with("jobs.damaged-") && name.ends_with(".db")
    });
    assert_eq!(aside.count(), 1);
    assert_eq!(server.get("/v1/jobs").json()["jobs"].as_array().unwrap().len(), 0);
    let id = server.job(&[PNG], CAMERA);
    assert!(["done", "failed"].contains(&server.over(&id)["state"].as_str().unwrap()));
    end(child);
}

/// A disk of a few megabytes, which goes with this.
#[cfg(target_os = "linux")]
struct SmallDisk(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl SmallDisk {
    /// `None` where nobody may mount.
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .output();
        mount.is_ok_and(|mount| mount.status.success()).then(|| Self(folder))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("--lazy").arg(self.0.path()).output();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_jobs_go_on_when_there_is_room() {
    let Some(disk) = SmallDisk::new("16m") else {
        if let Some(path) = std::env::var_os("AUTOCHROME_SKIPPED") {
            let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
            writeln!(file, "a full disk: mounting a small one needs root").unwrap();
        }
        return;
    };
    let folder = disk.0.path();
    let (child, server, _) = serve_with(folder, &[]);
    let fill = folder.join("others");
    std::fs::write(&fill, vec![1; 16_100_000]).unwrap();
    let small = form(&[("image", CAMERA), ("options", br#"{"method":"gray"}"#)]);
    let refused = (0..20).find_map(|_| {
        let reply = server.post("/v1/jobs", &[FORM], &small);
        (reply.status != 202).then_some(reply)
    });
    let refused = refused.expect("the disk has room for a few only");
    assert_eq!((refused.status, refused.problem().as_str()), (503, "disk-full"));
    assert!(refused.header("retry-after").is_some());
    let ready = server.get("/readyz");
    assert_eq!((ready.status, ready.problem().as_str()), (503, "disk-full"));
    assert_eq!(server.post("/v1/colorize", &[FORM], &small).status, 200, "what needs no disk goes on");

    std::fs::remove_file(&fill).unwrap();
    let begun = Instant::now();
    while server.get("/readyz").status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(200));
    }
    let id = server.job(&[FORM], &small);
    assert_eq!(server.over(&id)["state"], "done");
    end(child);
}
