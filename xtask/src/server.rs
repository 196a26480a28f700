//! `autochrome serve` as a process of its own, to be loaded.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use wait4::{ResUse, Wait4 as _};

/// A running server; it listens already.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// What it says later goes the same way, so the pipe stays open.
    _words: BufReader<ChildStderr>,
}

impl Server {
    /// Starts `program` on any free port of this machine.
    pub fn start(program: &Path, data: &Path, more: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            // Nobody reads its log, and a full pipe would stop it.
            .args(["serve", "--log", "off", "--bind", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        let mut words = BufReader::new(child.stderr.take().context("the server has no standard error")?);
        match address(&mut words) {
            Ok(address) => Ok(Self { child, address, _words: words }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it, and tells what it used.
    pub fn stop(mut self) -> Result<ResUse> {
        self.child.kill().context("cannot stop the server")?;
        self.child.wait4().context("cannot wait for the server")
    }
}

/// Where the server says that it listens.
fn address(words: &mut impl BufRead) -> Result<SocketAddr> {
    let mut line = String::new();
    while words.read_line(&mut line)? > 0 {
        if let Some((_, rest)) = line.split_once("http://") {
            let place = rest.split(|c: char| c == ';' || c.is_whitespace()).next().unwrap_or(rest);
            return place.parse().with_context(|| format!("no address in `{line}`"));
        }
        line.clear();
    }
    bail!("the server ended before it said where it listens")
}
