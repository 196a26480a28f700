//! Just enough HTTP to talk to a server without trusting a client's good manners.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

pub const CAMERA: &[u8] = include_bytes!("../../../../examples/photos/camera.png");
pub const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=xyz");
pub const PNG: (&str, &str) = ("content-type", "image/png");

/// Somebody who talks to a server.
pub struct Client {
    pub address: SocketAddr,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The code of a problem document, which must be complete.
    #[track_caller]
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let document = self.json();
        assert_eq!(document["status"], self.status);
        assert_eq!(document["request_id"].as_str(), self.header("x-request-id"));
        assert!(!document["detail"].as_str().unwrap().is_empty());
        document["code"].as_str().unwrap().to_owned()
    }
}

impl Client {
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "host") {
            head += &format!("host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        // A server that refuses early may close before everything is sent.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        parse(&bytes)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.send("POST", path, headers, body)
    }

    /// The id of the job that a request makes.
    #[track_caller]
    pub fn job(&self, headers: &[(&str, &str)], body: &[u8]) -> String {
        let reply = self.post("/v1/jobs", headers, body);
        assert_eq!(reply.status, 202, "{}", String::from_utf8_lossy(&reply.body));
        let id = reply.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
        id
    }

    /// A job once it is over.
    #[track_caller]
    pub fn over(&self, id: &str) -> Value {
        let start = Instant::now();
        loop {
            let job = self.get(&format!("/v1/jobs/{id}")).json();
            if !["queued", "running"].contains(&job["state"].as_str().unwrap()) {
                return job;
            }
            assert!(start.elapsed() < Duration::from_secs(120), "still {job}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn colorize(&self, kind: &str, accept: &str, body: &[u8]) -> Reply {
        self.send("POST", "/v1/colorize", &[("content-type", kind), ("accept", accept)], body)
    }
}

pub fn parse(bytes: &[u8]) -> Reply {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer");
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let body = &bytes[end + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    Reply { status, body: if chunked { unchunk(body) } else { body.to_vec() }, headers }
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..][..size]);
        rest = &rest[end + 2 + size + 2..];
    }
    body
}

/// A form of fields with their bytes; `image=one.png` is a field with a file name.
pub fn form(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, bytes) in fields {
        let (name, file) = field.split_once('=').unwrap_or((field, "f"));
        body.extend(
            format!("--xyz\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n")
                .bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--xyz--\r\n");
    body
}

/// A server-sent event.
#[derive(Debug)]
pub struct Event {
    pub id: u64,
    pub name: String,
    pub data: Value,
}

/// Server-sent events, without the comments between them.
pub fn parse_events(body: &[u8]) -> Vec<Event> {
    let text = String::from_utf8_lossy(body);
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name).map(|value| value.trim_start().to_owned()))
    };
    text.split("\n\n")
        .filter_map(|event| Some((field(event, "id:")?, field(event, "event:")?, field(event, "data:")?)))
        .map(|(id, name, data)| Event {
            id: id.parse().unwrap(),
            name,
            data: serde_json::from_str(&data).unwrap(),
        })
        .collect()
}
