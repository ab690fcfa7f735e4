//! What carries the swarm's people: streams and kept connections, against a stand-in for the house.

use axum::body::Body;
use axum::extract::State;
use axum::extract::connect_info::ConnectInfo;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, serve};
use onsale_load_testing::swarm::client::lines::{Lines, ask};
use onsale_load_testing::swarm::client::stream::{NoStream, Stream};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Callers = Arc<Mutex<BTreeSet<SocketAddr>>>;

/// Messages, cut as no message ends, with a rest in between; then the stream breaks off.
async fn live() -> Response {
    let parts = ["event: line\ndata: 1\n", "\nevent: li", "ne\ndata: 2\n\n", "data: 3\n\nda"];
    let stream = futures::stream::unfold(0, move |nth| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        parts.get(nth).map(|part| (Ok::<_, std::io::Error>(*part), nth + 1))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream)).into_response()
}

async fn who(State(callers): State<Callers>, ConnectInfo(caller): ConnectInfo<SocketAddr>) -> &'static str {
    callers.lock().expect("nobody panicked").insert(caller);
    "{}"
}

async fn stand_in() -> (SocketAddr, Callers) {
    let callers = Callers::default();
    let router = Router::new()
        .route("/live", get(live))
        .route("/who", get(who))
        .route("/closed", get(|| async { (StatusCode::NOT_FOUND, "{}") }))
        .with_state(callers.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { serve(listener, service).await });
    (address, callers)
}

fn source(last: u8) -> IpAddr {
    IpAddr::from([127, 18, 0, last])
}

#[tokio::test]
async fn a_stream_tells_whole_messages_and_its_end() {
    let (address, _) = stand_in().await;
    let scratch = RefCell::new(vec![0; 64].into_boxed_slice());
    let mut stream = Stream::open(address, source(1), "/live").await.expect("it opens");
    let mut heard = Vec::new();
    let ended = loop {
        let next = stream.next(&scratch, |message| heard.push(String::from_utf8_lossy(message).into_owned()));
        if let Err(error) = next.await {
            break error;
        }
    };
    assert_eq!(heard, ["event: line\ndata: 1", "event: line\ndata: 2", "data: 3"]);
    assert_eq!(ended.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_refused_stream_says_so() {
    let (address, _) = stand_in().await;
    let refused = Stream::open(address, source(1), "/closed").await.err();
    assert!(matches!(refused, Some(NoStream::Refused(404))), "{refused:?}");
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    let lost = Stream::open(nobody, source(1), "/live").await.err();
    assert!(matches!(lost, Some(NoStream::Lost)), "{lost:?}");
}

#[tokio::test]
async fn calls_share_connections_from_the_given_addresses() {
    let (address, callers) = stand_in().await;
    let lines = Lines::new(address, vec![source(1), source(2)]);
    let request = ask("GET", "/who", &[], None);
    for _ in 0..10 {
        assert_eq!(lines.call(&request).await.expect("an answer").status, 200);
    }
    assert_eq!(callers.lock().expect("nobody panicked").len(), 1, "one after the other they need one connection");
    let all = futures::future::join_all((0..8).map(|_| lines.call(&request))).await;
    assert!(all.iter().all(Result::is_ok));
    let callers = callers.lock().expect("nobody panicked");
    let addresses: BTreeSet<IpAddr> = callers.iter().map(SocketAddr::ip).collect();
    assert_eq!((callers.len(), addresses), (8, BTreeSet::from([source(1), source(2)])));
}
