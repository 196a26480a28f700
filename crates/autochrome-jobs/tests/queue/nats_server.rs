//! `nats-server` for a test: on a port of its own, ended with the test, killed and started again where the test says so.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server with JetStream in a folder of its own.
pub struct NatsServer {
    child: Child,
    folder: tempfile::TempDir,
    address: SocketAddr,
}

impl NatsServer {
    /// Starts one; `None`, told loudly, where the machine has none.
    pub fn start() -> Option<Self> {
        let has = Command::new("nats-server").arg("--version").stdout(Stdio::null()).status();
        if !has.is_ok_and(|status| status.success()) {
            skipped("queues in NATS: there is no nats-server (`sudo apt install nats-server`)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // Free now, and hardly taken by anybody until it is taken below.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = run(folder.path(), address);
        Some(Self { child, folder, address })
    }

    pub fn url(&self, name: &str) -> String {
        format!("nats://{}/{name}", self.address)
    }

    /// SIGKILL, and a new process with the same folder.
    pub fn kill_and_start_again(&mut self, pause: Duration) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::thread::sleep(pause);
        self.child = run(self.folder.path(), self.address);
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(folder: &Path, address: SocketAddr) -> Child {
    let mut command = Command::new("nats-server");
    command.args(["-js", "-a", "127.0.0.1", "-p", &address.port().to_string(), "-sd"]).arg(folder);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < end, "nats-server does not listen");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

/// Notes what did not run, for `cargo xtask test` to repeat.
pub fn skipped(what: &str) {
    eprintln!("SKIPPED {what}");
    if let Some(path) = std::env::var_os("AUTOCHROME_SKIPPED") {
        let mut notes = std::fs::File::options().append(true).create(true).open(path).unwrap();
        writeln!(notes, "{what}").unwrap();
    }
}
