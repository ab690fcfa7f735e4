//! Calls over sockets: HTTP/1.1 with kept connections for calls, HTTP/2 for live streams.
//!
//! A call over HTTP/1.1 costs about half the CPU of one over HTTP/2, and their number at once is
//! bounded by the limit in front; live streams are many and idle, so they share one connection.

use super::addresses::{Address, Addresses, choose, spread};
use super::resolve::Names;
use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::uri::{Scheme, Uri};
use axum::http::{Method, Request, Response, Version};
use http_body::Body as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

const CONNECT_MAX: Duration = Duration::from_secs(1);
/// Below the time after which our own servers close an idle connection.
const IDLE_MAX: Duration = Duration::from_secs(30);
const IDLE_CONNECTIONS_MAX: usize = 256;

/// Headers that are about one connection only (RFC 9110, 7.6.1).
pub const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// The connections of a process, shared by all ways. Cheap to clone.
#[derive(Clone)]
pub(super) struct Connections {
    calls: Client<HttpConnector, Body>,
    streams: Client<HttpConnector, Body>,
}

impl Connections {
    pub(super) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_MAX));
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX);
        let calls = builder.build(connector.clone());
        let streams = builder.http2_only(true).http2_keep_alive_interval(Duration::from_secs(20)).build(connector);
        Self { calls, streams }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum SendError {
    /// It was never sent.
    NotSent(String),
    /// It may have been sent.
    Broken(String),
}

/// Where a remote service is.
pub(super) enum Source {
    /// One address.
    Fixed(Addresses),
    /// What a name stands for.
    Named(Arc<Names>),
}

/// The way to a service elsewhere.
pub(super) struct Remote {
    source: Source,
    connections: Connections,
    calls: AtomicU64,
    retries: Retries,
}

impl Remote {
    pub(super) fn new(source: Source, connections: Connections) -> Self {
        Self { source, connections, calls: AtomicU64::new(0), retries: Retries::default() }
    }

    /// Sends it to one of the addresses. A reading request without a body, whose repetition
    /// changes nothing, may go to a second one when the first gives no answer.
    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, SendError> {
        let addresses = match &self.source {
            Source::Fixed(addresses) => addresses.clone(),
            Source::Named(names) => names.addresses().await.map_err(SendError::NotSent)?,
        };
        remove_hop_by_hop(request.headers_mut());
        request.headers_mut().remove(header::HOST);
        self.retries.earn();
        let again = repetition(&request);
        let first = self.choose(&addresses, None)?;
        let error = match self.send_to(&first, request).await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        match again {
            Some(again) if self.retries.spend() => {
                let second = self.choose(&addresses, Some(&first))?;
                self.send_to(&second, again).await
            }
            _ => Err(error),
        }
    }

    fn choose(&self, addresses: &Addresses, avoid: Option<&Address>) -> Result<Arc<Address>, SendError> {
        let draw = spread(self.calls.fetch_add(1, Ordering::Relaxed));
        choose(addresses, draw, avoid).ok_or_else(|| SendError::NotSent("no address is known".to_owned()))
    }

    async fn send_to(&self, address: &Address, mut request: Request<Body>) -> Result<Response<Body>, SendError> {
        let mut uri = std::mem::take(request.uri_mut()).into_parts();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(address.authority.clone());
        *request.uri_mut() = Uri::from_parts(uri).map_err(|error| SendError::NotSent(error.to_string()))?;
        let client = if is_stream(request.headers()) {
            *request.version_mut() = Version::HTTP_2;
            &self.connections.streams
        } else {
            *request.version_mut() = Version::HTTP_11;
            &self.connections.calls
        };
        let _counted = address.enter();
        match client.request(request).await {
            Ok(response) => {
                address.succeeded();
                let (mut head, body) = response.into_parts();
                remove_hop_by_hop(&mut head.headers);
                Ok(Response::from_parts(head, Body::new(body)))
            }
            Err(error) => {
                address.failed();
                let text = causes(&error);
                Err(if error.is_connect() { SendError::NotSent(text) } else { SendError::Broken(text) })
            }
        }
    }
}

/// The same request once more, where its repetition changes nothing.
fn repetition(request: &Request<Body>) -> Option<Request<Body>> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || !request.body().is_end_stream() {
        return None;
    }
    let mut again = Request::new(Body::empty());
    *again.method_mut() = request.method().clone();
    again.uri_mut().clone_from(request.uri());
    again.headers_mut().clone_from(request.headers());
    Some(again)
}

fn is_stream(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// A budget for second tries: one for ten calls, so that retries never add more than a tenth.
#[derive(Default)]
struct Retries {
    /// Tenths of a retry.
    earned: AtomicU32,
}

const EARNED_MAX: u32 = 100;
const COST: u32 = 10;

impl Retries {
    fn earn(&self) {
        if self.earned.load(Ordering::Relaxed) < EARNED_MAX {
            self.earned.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn spend(&self) -> bool {
        let spent = |earned: u32| earned.checked_sub(COST);
        self.earned.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spent).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_at_most_a_tenth_of_the_calls() {
        let retries = Retries::default();
        let tried = (0..1_000)
            .filter(|_| {
                retries.earn();
                retries.spend()
            })
            .count();
        assert_eq!(tried, 100);
    }

    #[test]
    fn only_reading_requests_without_a_body_are_repeated() {
        let request =
            |method: Method, body: Body| Request::builder().method(method).uri("/x").body(body).expect("good");
        assert!(repetition(&request(Method::GET, Body::empty())).is_some());
        assert!(repetition(&request(Method::GET, Body::from("x"))).is_none());
        assert!(repetition(&request(Method::POST, Body::empty())).is_none());
        assert!(repetition(&request(Method::DELETE, Body::empty())).is_none());
    }
}
