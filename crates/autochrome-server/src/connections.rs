//! Connections: how many there are, how long the head of a request may take, and how one ends so that its last answer is read.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, Sleep, sleep};
use tower_service::Service as _;

use crate::shares::Shares;

/// How long a client may go on sending what nobody reads, after its answer.
const LINGER: Duration = Duration::from_secs(30);

/// How long it may be silent meanwhile.
const LINGER_SILENCE: Duration = Duration::from_secs(2);

/// How long a client may take nothing of an answer.
const UNREAD: Duration = Duration::from_secs(60);

/// How long to wait when the system gives no connection, as when it has no more files to open.
const NO_CONNECTION: Duration = Duration::from_millis(500);

/// What connections may cost.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// How long the head of a request may take, and how long a connection may be idle.
    pub header_timeout: Duration,
    /// Connections at once; more wait to be taken.
    pub most: usize,
    /// Connections of one address of another machine.
    pub most_of_one: Option<u64>,
}

/// Answers what comes in until `stop`, then what was begun.
pub async fn answer(listener: TcpListener, router: Router, manners: Manners, stop: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(manners.most));
    let shares = Shares::new(manners.most_of_one);
    let (stopping, told) = watch::channel(false);
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // A client that went away before it was taken is no reason to wait.
                if !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
                {
                    sleep(NO_CONNECTION).await;
                }
                continue;
            }
        };
        // Proxies of this machine speak for many.
        let who = if peer.ip().is_loopback() { String::new() } else { peer.ip().to_string() };
        let held = if who.is_empty() { None } else { Some(shares.take(&who, 1)) };
        if held.as_ref().is_some_and(Option::is_none) {
            continue;
        }
        let _ = stream.set_nodelay(true);
        let (router, told) = (router.clone(), told.clone());
        tokio::spawn(async move {
            serve_connection(stream, peer, router, manners.header_timeout, told).await;
            drop((permit, held));
        });
    }
    drop((listener, told));
    stopping.send_replace(true);
    stopping.closed().await;
}

/// Answers one connection.
async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    header_timeout: Duration,
    mut told: watch::Receiver<bool>,
) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .serve_connection(TokioIo::new(Lingering::new(stream)), service);
    let mut connection = pin!(connection);
    let asked = async {
        let _ = told.wait_for(|stopping| *stopping).await;
    };
    tokio::select! {
        // Clients go away whenever they like.
        _ = connection.as_mut() => return,
        () = asked => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// A connection that, after its last answer, reads and forgets what its client still sends.
///
/// A socket that is closed with bytes unread makes the system tell the client that the connection broke, often before the
/// client has read the answer: whoever is refused early would never learn why.
struct Lingering {
    stream: TcpStream,
    /// Since nobody takes what is to be sent.
    unread: Option<Pin<Box<Sleep>>>,
    /// When the last answer was sent, and the timer of what comes after it.
    ending: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Lingering {
    fn new(stream: TcpStream) -> Self {
        Self { stream, unread: None, ending: None }
    }

    /// Passes on what became of sending, and ends a connection whose client takes nothing for too long.
    fn check_progress<T>(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.unread = None;
            return result;
        }
        let unread = self.unread.get_or_insert_with(|| Box::pin(sleep(UNREAD)));
        ready!(unread.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.check_progress(cx, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.check_progress(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(cx);
        self.check_progress(cx, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.ending.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            this.ending = Some((Instant::now(), Box::pin(sleep(LINGER_SILENCE))));
        }
        let Some((since, timer)) = &mut this.ending else { return Poll::Ready(Ok(())) };
        loop {
            let mut forgotten = [0; 16 << 10];
            let mut buffer = ReadBuf::new(&mut forgotten);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buffer) {
                // The client has said everything, or has gone.
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => return Poll::Ready(Ok(())),
                Poll::Ready(Err(_)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(())) if since.elapsed() < LINGER => {
                    timer.as_mut().reset(Instant::now() + LINGER_SILENCE);
                }
                Poll::Ready(Ok(())) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    ready!(timer.as_mut().poll(cx));
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}
