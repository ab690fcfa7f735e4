//! What a client may take of a listener, and how it ends.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use futures::StreamExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
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
        .route("/stream", get(stream))
        .route("/read", post(|body: Bytes| async move { body.len().to_string() }));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let shutdown = Shutdown::new();
    let serving = tokio::spawn(serve_within(bounds, listener, router, shutdown.clone()));
    (address, shutdown, serving)
}

/// An event each 50 ms, for ever.
async fn stream() -> impl IntoResponse {
    let events = futures::stream::repeat(()).then(|()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok::<_, std::io::Error>("data: here\n\n")
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events))
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
    for sent in ["", GET] {
        let began = Instant::now();
        let refused = rest(connected(address, sent).await).await;
        assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after"), "{refused}");
        assert!(refused.ends_with("\"code\":\"unavailable\",\"traceId\":\"\"}"), "{refused}");
        assert!(began.elapsed() < Duration::from_millis(300), "{:?}", began.elapsed());
    }
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

fn idling(idle: Duration) -> Bounds {
    Bounds { headers_max: idle, idle_max: Some(idle), ..Bounds::public() }
}

/// What comes until the server closes, and when it closed.
async fn until_closed(stream: TcpStream) -> (String, Duration) {
    let began = Instant::now();
    (rest(stream).await, began.elapsed())
}

#[tokio::test]
async fn whoever_idles_is_closed_whether_they_said_something_or_not() {
    let (address, _shutdown, _serving) = served(idling(Duration::from_millis(400))).await;
    let silent = connected(address, "").await;
    let (text, after) = until_closed(silent).await;
    assert!(text.is_empty(), "{text}");
    assert!((300..2_000).contains(&after.as_millis()), "{after:?}");
    let asked = connected(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (text, after) = until_closed(asked).await;
    assert!(text.ends_with("here"), "{text}");
    assert!((300..2_000).contains(&after.as_millis()), "{after:?}");
}

#[tokio::test]
async fn an_answer_longer_than_the_idle_time_is_given_and_then_the_idle_time_begins() {
    let (address, _shutdown, _serving) = served(idling(Duration::from_millis(300))).await;
    let asked = connected(address, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (text, after) = until_closed(asked).await;
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    assert!((700..3_000).contains(&after.as_millis()), "{after:?}");
}

#[tokio::test]
async fn an_idle_connection_of_http2_is_closed_and_a_busy_one_is_not() {
    let (address, _shutdown, _serving) = served(idling(Duration::from_millis(300))).await;
    let stream = TcpStream::connect(address).await.expect("it listens");
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("a handshake");
    let closed = tokio::spawn(connection);
    let began = Instant::now();
    let ask = |path: &str| Request::get(format!("http://a{path}")).body(Body::empty()).expect("a request");
    let slow = sender.send_request(ask("/slow")).await.expect("longer than the idle time");
    assert_eq!(slow.status(), 200);
    assert!(began.elapsed() >= Duration::from_millis(500));
    drop(slow);
    let ended = tokio::time::timeout(Duration::from_secs(3), closed).await.expect("it is closed");
    ended.expect("the task ran").expect("well");
}

#[tokio::test]
async fn streams_outlive_the_idle_time_and_end_with_a_hint_when_the_process_stops() {
    let (address, shutdown, serving) = served(idling(Duration::from_millis(200))).await;
    let stream = connected(address, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    shutdown.request();
    let mut text = Vec::new();
    let mut stream = stream;
    let read = tokio::time::timeout(Duration::from_secs(12), stream.read_to_end(&mut text)).await;
    read.expect("it ends within the spread").expect("well");
    let text = String::from_utf8_lossy(&text);
    assert!(text.matches("data: here").count() >= 10, "{text}");
    let (_, last) = text.rsplit_once("retry: ").expect("a hint");
    let wait: u64 = last.split_once("\n\n").expect("a whole event").0.parse().expect("milliseconds");
    assert!((1_500..=4_500).contains(&wait), "{wait}");
    assert!(text.ends_with("\r\n0\r\n\r\n"), "the body ends well: {last:?}");
    tokio::time::timeout(Duration::from_secs(3), serving).await.expect("it ends").expect("well");
}
