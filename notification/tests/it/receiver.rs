//! A receiver of webhooks, on a socket.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A call as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Says {
    Status(u16),
    /// Elsewhere on the same server.
    Redirect,
    /// Nothing, ever.
    Silence,
}

#[derive(Default)]
struct Shared {
    received: Vec<Received>,
    /// What is answered next, once each; then 204, or what is always said.
    next: VecDeque<Says>,
    always: Option<Says>,
}

/// The receiver; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Receiver {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let receiver = Self { port, shared: Arc::default() };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    pub(crate) fn says_next(&self, says: Says) {
        self.shared.lock().expect("not poisoned").next.push_back(says);
    }

    pub(crate) fn always_says(&self, says: Says) {
        self.shared.lock().expect("not poisoned").always = Some(says);
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.lock().expect("not poisoned").received.clone()
    }
}

async fn take(State(receiver): State<Receiver>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let says = {
        let mut shared = receiver.shared.lock().expect("not poisoned");
        let body = String::from_utf8(body.to_vec()).expect("UTF-8");
        shared.received.push(Received { path: uri.path().to_owned(), headers, body });
        shared.next.pop_front().or(shared.always).unwrap_or(Says::Status(204))
    };
    match says {
        Says::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Says::Redirect => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response(),
        Says::Silence => std::future::pending().await,
    }
}
