//! What a client may take of a listener, and how it ends.

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use onsale_platform::serve::{Bounds, serve_within};
use onsale_platform::shutdown::Shutdown;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

async fn served(bounds: Bounds) -> (SocketAddr, Shutdown, JoinHandle<()>) {
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        "slow"
    };
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/slow", get(slow))
        .route("/read", post(|body: Bytes| async move { body.len().to_string() }));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let shutdown = Shutdown::new();
    let serving = tokio::spawn(serve_within(bounds, listener, router, shutdown.clone()));
    (address, shutdown, serving)
}

async fn connected(address: SocketAddr, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(sent.as_bytes()).await.expect("it reads");
    stream
}

/// All that comes until the server closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut text)).await;
    assert!(read.is_ok(), "the server closes");
    String::from_utf8_lossy(&text).into_owned()
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn connections_are_bounded_and_places_come_back() {
    let (address, _shutdown, _serving) = served(Bounds { connections_max: 1, ..Bounds::public() }).await;
    let first = connected(address, "").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = rest(connected(address, "").await).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after"), "{refused}");
    drop(first);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(rest(connected(address, GET).await).await.ends_with("here"));
}

#[tokio::test]
async fn slow_heads_and_slow_bodies_are_cut_off() {
    let short = Duration::from_millis(200);
    let bounds = Bounds { headers_max: short, body_pause_max: short, ..Bounds::public() };
    let (address, _shutdown, _serving) = served(bounds).await;
    let began = Instant::now();
    let text = rest(connected(address, "GET / HTTP/1.1\r\nHost:").await).await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 408"), "{text}");
    let text = rest(connected(address, "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab").await).await;
    assert!(text.starts_with("HTTP/1.1 4"), "{text}");
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn what_has_begun_ends_and_nothing_else_begins() {
    let (address, shutdown, serving) = served(Bounds::public()).await;
    let begun = connected(address, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let idle = connected(address, "").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    shutdown.request();
    assert!(rest(begun).await.ends_with("slow"));
    assert!(rest(idle).await.is_empty());
    tokio::time::timeout(Duration::from_secs(5), serving).await.expect("it ends").expect("well");
    assert!(TcpStream::connect(address).await.is_err());
}
