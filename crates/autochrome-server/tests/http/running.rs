//! A server on a free port, in a thread of the test.

use std::net::SocketAddr;
use std::ops::Deref;
use std::thread::JoinHandle;

use autochrome_server::{Config, Server};
use tokio::sync::oneshot;

use crate::client::Client;

/// A running server, which stops when it is dropped.
pub struct Running {
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

pub fn start(config: Config) -> Running {
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::bind(config).await.unwrap();
            tell.send(server.address().unwrap()).unwrap();
            server.run(async { drop(stopped.await) }).await.unwrap();
        });
    });
    Running { client: Client { address: told.recv().unwrap() }, stop: Some(stop), thread: Some(thread) }
}

/// A free port, two workers, and a folder that nobody else uses.
pub fn config() -> Config {
    let folder = tempfile::tempdir().unwrap().keep();
    Config { bind: SocketAddr::from(([127, 0, 0, 1], 0)), workers: 2, waiting: 4, ..Config::new(&folder) }
}

impl Running {
    /// Asks to stop and waits until what was begun is done.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Deref for Running {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
