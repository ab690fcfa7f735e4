//! Listens and serves, with slow senders cut off, connections bounded and a graceful end.
//!
//! Requests that two readers could cut in different places are answered 400 and their connection is
//! closed, as is, by hyper itself, one with CR, LF or NUL inside a header.

mod framing;
mod patience;

use crate::shutdown::Shutdown;
use crate::upstream::Passing;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use framing::Framed;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use patience::Patient;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

/// How long open requests are waited for at the end.
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// The address of the peer of a connection, in each request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct PeerAddress(pub SocketAddr);

/// What a client may take of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How many connections may be open; more are closed at once.
    pub connections_max: usize,
    /// How long a client may take to send a request's headers, and how long a connection may idle:
    /// more than the 20 s between the questions of a page that waits.
    pub headers_max: Duration,
    /// How many bytes a request's line and headers may have together.
    pub headers_bytes_max: usize,
    /// How long a client may pause inside a body.
    pub body_pause_max: Duration,
    /// How many requests one HTTP/2 connection may have open.
    pub streams_max: u32,
    /// Whether `x-onsale-deadline-ms` is believed: only between services.
    pub trusts_deadlines: bool,
}

impl Bounds {
    /// For strangers.
    #[must_use]
    pub fn public() -> Self {
        Self {
            connections_max: 20_000,
            headers_max: Duration::from_secs(30),
            headers_bytes_max: 32 * 1024,
            body_pause_max: Duration::from_secs(10),
            streams_max: 256,
            trusts_deadlines: false,
        }
    }

    /// For the other services of the installation: they keep connections, and share one for many streams.
    #[must_use]
    pub fn internal() -> Self {
        Self { headers_max: Duration::from_secs(60), streams_max: 20_000, trusts_deadlines: true, ..Self::public() }
    }
}

/// Serves strangers until shutdown is requested, then lets open requests end.
pub async fn serve(listener: TcpListener, router: Router, shutdown: Shutdown) {
    serve_within(Bounds::public(), listener, router, shutdown).await;
}

/// Serves the other services until shutdown is requested, then lets open requests end.
pub async fn serve_internal(listener: TcpListener, router: Router, shutdown: Shutdown) {
    serve_within(Bounds::internal(), listener, router, shutdown).await;
}

/// Serves within these bounds until shutdown is requested, then lets open requests end.
pub async fn serve_within(bounds: Bounds, listener: TcpListener, router: Router, shutdown: Shutdown) {
    let graceful = GracefulShutdown::new();
    let server = Arc::new(Server { builder: builder(&bounds), router: router.with_state(()), bounds });
    let places = Arc::new(Semaphore::new(bounds.connections_max));
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of descriptors: rest a little rather than spin.
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
            () = shutdown.requested() => break,
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            metrics::counter!("onsale_connections_refused_total").increment(1);
            refuse(&stream);
            continue;
        };
        server.clone().spawn(stream, peer, place, &graceful);
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still open after {DRAIN_MAX:?}");
    }
}

struct Server {
    builder: Builder<TokioExecutor>,
    router: Router,
    bounds: Bounds,
}

/// A connection that is open, until it is dropped.
struct Open(#[expect(dead_code, reason = "its drop gives the place back")] OwnedSemaphorePermit);

impl Open {
    fn new(place: OwnedSemaphorePermit) -> Self {
        metrics::gauge!("onsale_connections_open").increment(1.0);
        Self(place)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("onsale_connections_open").decrement(1.0);
    }
}

impl Server {
    fn spawn(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        place: OwnedSemaphorePermit,
        end: &GracefulShutdown,
    ) {
        let _unsupported = stream.set_nodelay(true);
        let this = self.clone();
        let service = hyper::service::service_fn(move |request| this.clone().answer(request, peer));
        let connection = self.builder.serve_connection_with_upgrades(TokioIo::new(Framed::new(stream)), service);
        let watched = end.watch(connection.into_owned());
        let open = Open::new(place);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::trace!(%error, "connection ended early");
            }
            drop(open);
        });
    }

    async fn answer(self: Arc<Self>, request: Request<Incoming>, peer: SocketAddr) -> Result<Response, Infallible> {
        let (mut head, body) = request.into_parts();
        head.extensions.insert(PeerAddress(peer));
        let body = Body::new(Patient::new(body, self.bounds.body_pause_max));
        let mut router = self.router.clone();
        let passing = if self.bounds.trusts_deadlines { Passing::of(&head.headers) } else { None };
        let answer = router.call(Request::from_parts(head, body));
        match passing {
            Some(passing) => passing.scope(answer).await,
            None => answer.await,
        }
    }
}

fn builder(bounds: &Bounds) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.headers_max)
        .max_buf_size(bounds.headers_bytes_max)
        .keep_alive(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(bounds.streams_max)
        .max_header_list_size(u32::try_from(bounds.headers_bytes_max).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(Duration::from_secs(20)));
    builder
}

/// Tells a client that there is no room, without a task of its own; it may not be read any more.
fn refuse(stream: &TcpStream) {
    const NO_ROOM: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let _gone = stream.try_write(NO_ROOM);
}
