//! Calls to a router, without a socket.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

/// The largest answer that a test reads.
const BODY_MAX: usize = 64 * 1024 * 1024;

/// Calls a router as one client does.
#[derive(Clone)]
pub struct TestClient {
    router: Router,
    headers: HeaderMap,
}

impl TestClient {
    /// Nobody's client.
    #[must_use]
    pub fn new(router: Router) -> Self {
        Self { router, headers: HeaderMap::new() }
    }

    /// The same client with a token.
    #[must_use]
    pub fn signed_in(&self, token: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    /// The same client, sending a header with every call.
    ///
    /// # Panics
    /// When it cannot be a header.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        let name = HeaderName::try_from(name).expect("a header's name");
        client.headers.insert(name, HeaderValue::try_from(value).expect("a header's value"));
        client
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    /// `POST` with a JSON body.
    pub async fn post<B: Serialize>(&self, path: &str, body: &B) -> Answer {
        self.send_json(Method::POST, path, body).await
    }

    /// `PUT` with a JSON body.
    pub async fn put<B: Serialize>(&self, path: &str, body: &B) -> Answer {
        self.send_json(Method::PUT, path, body).await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch<B: Serialize>(&self, path: &str, body: &B) -> Answer {
        self.send_json(Method::PATCH, path, body).await
    }

    /// Any method with a JSON body.
    ///
    /// # Panics
    /// When the value is no JSON.
    pub async fn send_json<B: Serialize>(&self, method: Method, path: &str, body: &B) -> Answer {
        let text = serde_json::to_vec(body).expect("a body that is JSON");
        self.with_header("content-type", "application/json").send(method, path, Body::from(text)).await
    }

    /// Any method with any body; nothing is added but the client's own headers.
    ///
    /// # Panics
    /// When the path is none, or the answer cannot be read.
    pub async fn send(&self, method: Method, path: &str, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).body(body).expect("a path");
        request.headers_mut().extend(self.headers.clone());
        let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, BODY_MAX).await.expect("the answer is readable");
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: bytes::Bytes,
}

impl Answer {
    /// Fails the test, showing the answer, unless it has this status.
    ///
    /// # Panics
    /// When the status is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "answer: {}", self.text());
        self
    }

    /// Fails the test unless it is a problem of this status and code.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Value {
        let answer = self.expect(status);
        let kind = answer.header(header::CONTENT_TYPE.as_str());
        assert_eq!(kind, Some("application/problem+json"), "answer: {}", answer.text());
        let problem = answer.json();
        assert_eq!(problem["code"], code, "answer: {problem}");
        problem
    }

    /// The body as JSON; null when it is empty.
    ///
    /// # Panics
    /// When it is not JSON.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text()))
    }

    /// The body as a wire type.
    ///
    /// # Panics
    /// When it is not one.
    #[track_caller]
    #[must_use]
    pub fn parse<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not of the expected form ({error}): {}", self.text()))
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
