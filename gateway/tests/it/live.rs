//! The live map: however many watch, booking is watched once. Time stands still but for what the gateway waits for.

use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Path, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use onsale_gateway::State;
use onsale_platform::clock::Clock;
use onsale_platform::problem::{self, Problem};
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{ServiceRole, serve};
use onsale_testkit::{TestClient, TestKit};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// A stand-in for booking, whose streams say what a test says.
#[derive(Clone)]
struct Booking(Arc<Mutex<Script>>);

struct Script {
    is_up: bool,
    /// The seats as whoever comes is told them.
    seats: (i64, &'static str),
    /// What each stream that was opened said that it has.
    asked: Vec<Option<String>>,
    streams: Vec<UnboundedSender<Result<Bytes, Infallible>>>,
}

impl Booking {
    fn new() -> Self {
        let (asked, streams) = (Vec::new(), Vec::new());
        Self(Arc::new(Mutex::new(Script { is_up: true, seats: (1, "0000"), asked, streams })))
    }

    fn router(&self) -> Router {
        let this = self.clone();
        let live = move |Path(event): Path<String>, headers: HeaderMap| {
            let this = this.clone();
            async move { this.open(&event, &headers) }
        };
        Router::new().route("/api/events/{id}/live", get(live)).layer(axum::middleware::from_fn(problem::layer))
    }

    fn open(&self, event: &str, headers: &HeaderMap) -> Result<Response, Problem> {
        let mut script = self.0.lock();
        if !script.is_up {
            return Err(Problem::unavailable("Away.", Duration::from_secs(1)));
        }
        if event != "EVT001" {
            return Err(Problem::not_found("event"));
        }
        let last = headers.get("last-event-id").map(|id| id.to_str().expect("text").to_owned());
        let (send, receive) = unbounded();
        let (version, states) = script.seats;
        if last != Some(version.to_string()) {
            let told = json!({"version": version, "planVersion": 1, "states": states, "free": 4, "held": 0, "sold": 0});
            send.unbounded_send(Ok(message("snapshot", version, &told))).expect("open");
        }
        script.asked.push(last);
        script.streams.push(send);
        Ok(([("content-type", "text/event-stream")], Body::from_stream(receive)).into_response())
    }

    fn say(&self, from: i64, version: i64, changes: &[(u32, u8)]) {
        let told = json!({"from": from, "version": version, "changes": changes, "free": version, "held": 0, "sold": 0});
        for stream in &self.0.lock().streams {
            let _closed = stream.unbounded_send(Ok(message("delta", version, &told)));
        }
    }

    fn cut(&self) {
        self.0.lock().streams.clear();
    }

    fn asked(&self) -> Vec<Option<String>> {
        self.0.lock().asked.clone()
    }
}

fn message(name: &str, id: i64, data: &Value) -> Bytes {
    format!("event: {name}\nid: {id}\ndata: {data}\n\n").into()
}

struct Stage {
    booking: Booking,
    state: State,
    kit: TestKit,
}

impl Stage {
    fn new() -> Self {
        let booking = Booking::new();
        let kit = TestKit::without_database(Clock::manual(crate::stage::start())).build();
        kit.install(ServiceRole::Booking, booking.router());
        Self::with(booking, kit)
    }

    fn with(booking: Booking, kit: TestKit) -> Self {
        let openapi = utoipa::openapi::OpenApiBuilder::new().build();
        let state = onsale_gateway::start(kit.platform(), &openapi).expect("the settings are usable");
        Self { booking, state, kit }
    }

    async fn watch(&self, last: Option<i64>) -> Watching {
        let mut request = Request::get("/api/events/EVT001/live").body(Body::empty()).expect("a request");
        if let Some(version) = last {
            request.headers_mut().insert("last-event-id", version.into());
        }
        let response = onsale_gateway::router(self.state.clone()).oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Watching(response.into_body().into_data_stream())
    }
}

struct Watching(BodyDataStream);

impl Watching {
    /// The next bytes, within a minute; nothing at the end.
    async fn bytes(&mut self) -> Option<Bytes> {
        let next = tokio::time::timeout(Duration::from_secs(60), self.0.next()).await.expect("in time");
        next.map(|bytes| bytes.expect("bytes"))
    }

    /// The next message that is no beat: its name and what it says.
    async fn next(&mut self) -> (String, Value) {
        loop {
            let bytes = self.bytes().await.expect("it goes on");
            let text = std::str::from_utf8(&bytes).expect("text");
            let of = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
            let Some(name) = of("event: ") else { continue };
            let data: Value = serde_json::from_str(of("data: ").expect("data")).expect("JSON");
            assert_eq!(of("id: "), Some(data["version"].to_string().as_str()));
            return (name.to_owned(), data);
        }
    }

    /// The next message, which is a change: from, to, and the seats.
    async fn delta(&mut self) -> (i64, i64, Value) {
        let (name, data) = self.next().await;
        assert_eq!(name, "delta", "{data}");
        assert_eq!(data.as_object().expect("an object").len(), 3, "no more than everybody needs: {data}");
        (data["from"].as_i64().expect("from"), data["version"].as_i64().expect("to"), data["changes"].clone())
    }

    async fn snapshot(&mut self) -> (i64, String) {
        let (name, data) = self.next().await;
        assert_eq!(name, "snapshot", "{data}");
        (data["version"].as_i64().expect("a version"), data["states"].as_str().expect("states").to_owned())
    }

    /// Whether nothing but beats comes for so long.
    async fn is_quiet(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.next()).await.is_err()
    }
}

#[tokio::test(start_paused = true)]
async fn one_stream_of_booking_is_told_to_all_in_the_same_bytes() {
    let stage = Stage::new();
    let mut crowd = Vec::new();
    for _ in 0..50 {
        crowd.push(stage.watch(None).await);
    }
    let mut firsts = Vec::new();
    for one in &mut crowd {
        firsts.push(one.bytes().await.expect("a snapshot"));
    }
    assert!(firsts[0].starts_with(b"event: snapshot\nid: 1\n"));
    assert!(firsts.iter().all(|first| first.as_ptr() == firsts[0].as_ptr()), "written once");
    stage.booking.say(1, 2, &[(3, 1)]);
    let mut told = Vec::new();
    for one in &mut crowd {
        told.push(one.bytes().await.expect("a delta"));
    }
    assert_eq!(told[0], "event: delta\nid: 2\ndata: {\"from\":1,\"version\":2,\"changes\":[[3,1]]}\n\n");
    assert!(told.iter().all(|bytes| bytes.as_ptr() == told[0].as_ptr()), "written once");
    assert_eq!(stage.booking.asked(), [None]);
    let mut late = stage.watch(None).await;
    let (name, all) = late.next().await;
    assert_eq!((name.as_str(), &all["states"], &all["free"]), ("snapshot", &json!("0001"), &json!(2)));
}

#[tokio::test]
async fn it_is_the_same_over_a_socket() {
    let booking = Booking::new();
    let shutdown = Shutdown::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve::serve_internal(listener, booking.router(), shutdown.clone()));
    let kit = TestKit::without_database(Clock::manual(crate::stage::start()));
    let stage = Stage::with(booking, kit.setting("UPSTREAM_BOOKING", format!("http://{address}")).build());
    let (mut one, mut other) = (stage.watch(None).await, stage.watch(None).await);
    assert_eq!((one.snapshot().await, other.snapshot().await.0), ((1, "0000".to_owned()), 1));
    for version in 2..5 {
        stage.booking.say(version - 1, version, &[(0, 1)]);
        assert_eq!((one.delta().await.1, other.delta().await.1), (version, version));
    }
    assert_eq!(stage.booking.asked().len(), 1);
    shutdown.request();
}

#[tokio::test(start_paused = true)]
async fn what_comes_within_a_pause_is_told_as_one_change() {
    let stage = Stage::new();
    let mut watching = stage.watch(None).await;
    watching.snapshot().await;
    stage.booking.say(1, 2, &[(0, 1)]);
    assert_eq!(watching.delta().await, (1, 2, json!([[0, 1]])));
    stage.booking.say(2, 3, &[(0, 0), (1, 1)]);
    stage.booking.say(3, 5, &[(1, 2)]);
    stage.booking.say(5, 6, &[(2, 1)]);
    stage.booking.say(6, 7, &[(2, 0)]);
    assert_eq!(watching.delta().await, (2, 7, json!([[0, 0], [1, 2], [2, 0]])), "the last state of each");
    assert!(watching.is_quiet(Duration::from_secs(30)).await);
}

#[tokio::test(start_paused = true)]
async fn who_has_a_version_is_told_what_followed_it_and_all_where_that_is_not_known() {
    let stage = Stage::new();
    let mut watching = stage.watch(None).await;
    watching.snapshot().await;
    for version in [3, 4, 6] {
        let from = watching_version(version);
        stage.booking.say(from, version, &[(u32::try_from(version % 4).expect("small"), 1)]);
        assert_eq!(watching.delta().await.1, version);
    }
    let mut back = stage.watch(Some(3)).await;
    let mut told = back.delta().await;
    while told.1 < 6 {
        let next = back.delta().await;
        assert_eq!(next.0, told.1, "without a hole");
        told = next;
    }
    // 2 was never told here, 0 was before, and what follows 5 began at 4.
    for unknown in [0, 2, 5] {
        assert_eq!(stage.watch(Some(unknown)).await.snapshot().await, (6, "1011".to_owned()), "{unknown}");
    }
    // Another gateway was faster: what is told next here begins before it, and may leave out what came and went.
    let mut ahead = stage.watch(Some(7)).await;
    assert!(ahead.is_quiet(Duration::from_secs(5)).await);
    stage.booking.say(6, 9, &[(1, 1)]);
    assert_eq!(ahead.snapshot().await, (9, "1111".to_owned()));
}

/// The version before one in the test above.
fn watching_version(version: i64) -> i64 {
    match version {
        3 => 1,
        4 => 3,
        _ => 4,
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_too_slow_is_told_all_anew_and_nobody_waits_for_it() {
    let stage = Stage::new();
    let (mut fast, mut slow) = (stage.watch(None).await, stage.watch(None).await);
    assert_eq!((fast.snapshot().await.0, slow.snapshot().await.0), (1, 1));
    for version in 2..102 {
        stage.booking.say(version - 1, version, &[(0, u8::from(version % 2 == 0))]);
        assert_eq!(fast.delta().await.1, version);
    }
    assert_eq!(slow.snapshot().await, (101, "0000".to_owned()), "not a hundred messages");
    stage.booking.say(101, 102, &[(1, 2)]);
    assert_eq!((fast.delta().await.1, slow.delta().await.1), (102, 102));
}

#[tokio::test(start_paused = true)]
async fn while_booking_is_away_streams_stay_and_afterwards_what_was_missed_is_told() {
    let stage = Stage::new();
    let mut watching = stage.watch(None).await;
    watching.snapshot().await;
    stage.booking.0.lock().is_up = false;
    stage.booking.cut();
    let beat = watching.bytes().await.expect("a sign of life");
    assert_eq!(beat, ":\n\n");
    assert_eq!(stage.watch(None).await.snapshot().await, (1, "0000".to_owned()), "what is known");
    {
        let mut script = stage.booking.0.lock();
        (script.is_up, script.seats) = (true, (9, "0102"));
    }
    assert_eq!(watching.delta().await, (1, 9, json!([[1, 1], [3, 2]])), "and not all seats");
    assert_eq!(stage.booking.asked(), [None, Some("1".to_owned())]);
    stage.booking.say(9, 10, &[(0, 1)]);
    assert_eq!(watching.delta().await.1, 10);
    // A hole in what booking says: everything is asked for.
    stage.booking.0.lock().seats = (20, "2222");
    stage.booking.say(15, 16, &[(0, 0)]);
    assert_eq!(watching.delta().await, (10, 20, json!([[0, 2], [1, 2], [2, 2]])));
    assert_eq!(stage.booking.asked().last(), Some(&None));
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_known_it_is_503_and_where_nothing_is_404() {
    let stage = Stage::new();
    let client = TestClient::new(onsale_gateway::router(stage.state.clone()));
    client.get("/api/events/NONE/live").await.expect_problem(404, "not_found");
    stage.booking.0.lock().is_up = false;
    let refused = client.get("/api/events/EVT001/live").await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.expect_problem(503, "unavailable");
    stage.booking.0.lock().is_up = true;
    assert_eq!(stage.watch(None).await.snapshot().await.0, 1);
}

#[tokio::test(start_paused = true)]
async fn booking_is_left_when_nobody_watches_any_more() {
    let stage = Stage::new();
    let is_open = || stage.booking.0.lock().streams.iter().filter(|stream| !stream.is_closed()).count();
    let mut watching = stage.watch(None).await;
    watching.snapshot().await;
    drop(watching);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(is_open(), 1, "who was cut off comes back soon");
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(is_open(), 0);
    let mut watching = stage.watch(None).await;
    watching.snapshot().await;
    assert_eq!(is_open(), 1);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!((is_open(), stage.booking.asked().len()), (1, 2), "somebody watches, and hears beats");
    stage.kit.platform().shutdown.request();
    while watching.bytes().await.is_some() {}
}
