//! As much of HTTP as it takes to load a server on this machine.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends a request and returns its status, the answer read to its end.
pub fn request(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> Result<u16> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let status = answer.get(9..12).and_then(|code| std::str::from_utf8(code).ok());
    status.and_then(|code| code.parse().ok()).context("the answer is not HTTP")
}

/// Waits until the server is ready.
pub fn wait_for(address: SocketAddr) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if request(address, "GET", "/readyz", &[]).is_ok_and(|status| status == 200) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("the server does not answer at {address}")
}

/// Milliseconds that each body took to be answered, and the seconds of all, with `clients` asking at once.
pub fn load(address: SocketAddr, bodies: &[Vec<u8>], clients: usize) -> Result<(Vec<f64>, f64)> {
    let next = AtomicUsize::new(0);
    let client = || {
        let mut times = Vec::new();
        while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
            let began = Instant::now();
            let status = request(address, "POST", "/v1/colorize", body)?;
            ensure!(status == 200, "the server answered {status}");
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        Ok(times)
    };
    let began = Instant::now();
    let times = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        let join = |client: std::thread::ScopedJoinHandle<'_, Result<Vec<f64>>>| {
            client.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        clients.into_iter().map(join).collect::<Result<Vec<_>>>()
    })?;
    Ok((times.concat(), began.elapsed().as_secs_f64()))
}
