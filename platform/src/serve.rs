//! Listens and serves, with slow senders cut off, connections bounded and a graceful end.
//!
//! Requests that two readers could cut in different places are answered 400 and their connection is
//! closed, as is, by hyper itself, one with CR, LF or NUL inside a header.

mod accept;
mod activity;
mod answered;
mod budget;
mod connection;
mod framing;
mod patience;
mod refuse;
pub mod tls;
mod version;

pub use budget::{Crowd, descriptors_max};

use crate::shutdown::Shutdown;
use accept::Accepting;
use activity::Open;
use axum::Router;
use connection::Server;
use refuse::Porter;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tls::Tls;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// How long open requests are waited for at the end.
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// The address of the peer of a connection, in each request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct PeerAddress(pub SocketAddr);

/// What a client may take of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How many connections may be open; more are told to come later, and closed.
    pub connections_max: usize,
    /// How long a client may take to send a request's headers, and how long a connection of HTTP/1 may idle.
    pub headers_max: Duration,
    /// How long a connection of either version may idle, or say nothing at all; without it one of HTTP/2 may for ever.
    pub idle_max: Option<Duration>,
    /// How many bytes a request's line and headers may have together.
    pub headers_bytes_max: usize,
    /// How long a client may pause inside a body.
    pub body_pause_max: Duration,
    /// How many requests one HTTP/2 connection may have open.
    pub streams_max: u32,
    /// Whether it is for the other services: `x-onsale-deadline-ms` is believed.
    pub internal: bool,
}

impl Bounds {
    /// For strangers. Who asks again later than in 5 s opens a new connection: most of a crowd reads and waits.
    #[must_use]
    pub fn public() -> Self {
        Self {
            connections_max: 20_000,
            headers_max: Duration::from_secs(5),
            idle_max: Some(Duration::from_secs(5)),
            headers_bytes_max: 32 * 1024,
            body_pause_max: Duration::from_secs(10),
            streams_max: 256,
            internal: false,
        }
    }

    /// For the other services of the installation: they keep connections, and share one for many streams.
    #[must_use]
    pub fn internal() -> Self {
        Self {
            headers_max: Duration::from_secs(60),
            idle_max: None,
            streams_max: 20_000,
            internal: true,
            ..Self::public()
        }
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
    serve_by(bounds, None, listener, router, shutdown).await;
}

/// The same, by TLS where there is some.
pub async fn serve_by(bounds: Bounds, tls: Option<Tls>, listener: TcpListener, router: Router, shutdown: Shutdown) {
    let server = Arc::new(Server::new(bounds, router, shutdown.clone()));
    let places = Arc::new(Semaphore::new(bounds.connections_max));
    let porter = Porter::new(tls.is_some());
    let open = TaskTracker::new();
    let mut accepting = Accepting::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accepting.next(&listener) => accepted,
            () = shutdown.requested() => break,
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            metrics::counter!("onsale_connections_refused_total").increment(1);
            porter.refuse(stream);
            continue;
        };
        let _unsupported = stream.set_nodelay(true);
        let (server, activity) = (server.clone(), Open::new(place, bounds.internal));
        match tls.clone() {
            None => open.spawn(async move {
                if let Some(spoken) = server.spoken(&stream).await {
                    server.serve(stream, spoken, peer, activity).await;
                }
            }),
            Some(tls) => open.spawn(async move {
                if let Some(stream) = tls.accept(stream).await {
                    let spoken = version::agreed(&stream);
                    server.serve(stream, spoken, peer, activity).await;
                }
            }),
        };
    }
    drop(listener);
    open.close();
    if tokio::time::timeout(DRAIN_MAX, open.wait()).await.is_err() {
        tracing::warn!(open = open.len(), "some requests were still open after {DRAIN_MAX:?}");
    }
}
