//! One purchase is one trace, from the gateway to the mail; and what an error answer names as its trace is there.

use crate::house::{House, eventually};
use crate::program::{onsale, said};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Attribute;
use prost::Message;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
/// Spans are sent every few seconds; the mail is written once the event has gone over the bus.
const SENT_WITHIN: Duration = Duration::from_secs(40);

/// Which parts have spans in each trace: `role` of requests, `consumer` of messages.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>);

impl Collector {
    /// Takes traces as OpenTelemetry's collectors do; gives the address too.
    async fn start() -> (Self, String) {
        let collector = Self::default();
        let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
        let router = Router::new().route(path, post(take)).with_state(collector.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        (collector, format!("http://{address}"))
    }

    /// Waits until a trace has spans of these parts.
    async fn expect(&self, trace: &str, parts: &[&str]) {
        let deadline = Instant::now() + SENT_WITHIN;
        loop {
            let known = self.0.lock().expect("nobody panicked").get(trace).cloned().unwrap_or_default();
            if parts.iter().all(|part| known.contains(*part)) {
                return;
            }
            assert!(Instant::now() < deadline, "{trace} has only {known:?} of {parts:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// A message of gRPC has five bytes before it.
async fn take(State(collector): State<Collector>, body: Bytes) -> impl IntoResponse {
    let sent = ExportTraceServiceRequest::decode(body.slice(5..)).expect("spans");
    let mut traces = collector.0.lock().expect("nobody panicked");
    let spans = sent.resource_spans.into_iter().flat_map(|of| of.scope_spans).flat_map(|of| of.spans);
    for span in spans {
        let parts = traces.entry(hex::encode(&span.trace_id)).or_default();
        for attribute in span.attributes.iter().filter(|one| ["role", "consumer"].contains(&one.key.as_str())) {
            if let Some(Attribute::StringValue(text)) = attribute.value.as_ref().and_then(|value| value.value.clone()) {
                parts.insert(text);
            }
        }
    }
    [("content-type", "application/grpc"), ("grpc-status", "0")]
}

#[tokio::test]
async fn a_purchase_is_one_trace_and_the_trace_of_an_error_is_found() {
    let (collector, endpoint) = Collector::start().await;
    let house = House::open_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)], Stdio::inherit()).await;
    let sown = onsale(&["seed", "load"], &house.settings).output().expect("the executable runs");
    assert!(sown.status.success(), "{}", said(&sown));
    eventually("the event", &house.client, &format!("{}/api/events/EVT001", house.gateway)).await;
    let (buyer, rival) = (house.sign_in("ana", &["customer"]).await, house.sign_in("ben", &["customer"]).await);
    let wish = json!({"eventId": "EVT001", "seats": [{"seatId": "VIP-A1"}]});
    let held = house.send(Method::POST, "/api/bookings/reserve", Some(&buyer), Some(&wish)).await;
    assert_eq!(held.status(), 201);
    let held: Value = held.json().await.expect("JSON");

    let refused = house.send(Method::POST, "/api/bookings/reserve", Some(&rival), Some(&wish)).await;
    assert_eq!(refused.status(), 409);
    let problem: Value = refused.json().await.expect("JSON");
    let trace = problem["traceId"].as_str().expect("a trace");
    collector.expect(trace, &["gateway", "booking"]).await;

    let order = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let confirm = house.client.post(format!("{}/api/bookings/confirm", house.gateway)).bearer_auth(&buyer);
    let confirm = confirm.header("traceparent", format!("00-{TRACE}-{PARENT}-01")).json(&order);
    assert_eq!(confirm.send().await.expect("an answer").status(), 200);
    collector.expect(TRACE, &["gateway", "booking", "payment", "notification.mails", "booking.box-office"]).await;
}
