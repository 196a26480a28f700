//! As much of HTTP as it takes to load a server on this machine.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// An answer, read to its end.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// When the server says to try again.
    pub retry_after: Duration,
    /// The body.
    pub body: Vec<u8>,
    /// Whether as many bytes came as were promised.
    pub whole: bool,
}

/// Sends a request on a connection of its own.
pub fn request(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> Result<Answer> {
    let kind = if body.starts_with(b"\x89PNG") { "png" } else { "jpeg" };
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).context("connecting")?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: image/{kind}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    // A server that is full answers before it has read everything: then the answer counts, not the sending.
    let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).or(sent.map(|()| 0)).context("the connection broke")?;
    parse(&bytes).context("the answer is not HTTP")
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let field = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| value.trim().parse::<usize>().ok())
    };
    let body = bytes[end + 4..].to_vec();
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        retry_after: Duration::from_secs(field("retry-after").unwrap_or(0) as u64),
        whole: field("content-length") == Some(body.len()),
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_all_that_was_promised_came() {
        let answer = parse(b"HTTP/1.1 503 Busy\r\nretry-after: 2\r\nContent-Length: 4\r\n\r\nfull").unwrap();
        assert_eq!((answer.status, answer.retry_after.as_secs(), answer.whole), (503, 2, true));
        assert_eq!(answer.body, b"full");
        assert!(!parse(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").unwrap().whole);
        assert!(parse(b"220 mail.example.org ESMTP\r\n\r\n").is_none_or(|answer| !answer.whole));
    }
}
