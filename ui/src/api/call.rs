//! One call: a request with a deadline, and what came back.

use super::failure::Failure;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use onsale_core::api::problem::ProblemBody;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, Headers, RequestInit, Response};

/// An answer that did not come by then is taken for lost. Confirm waits 8 s on the server before it says 202.
const ANSWER_MAX: Duration = Duration::from_secs(12);

/// How the API is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Make, or do.
    Post,
    /// Put in place.
    Put,
    /// Change.
    Patch,
    /// Take away.
    Delete,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A call that may be sent more than once.
#[derive(Debug, Clone)]
pub struct Call {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

/// What came back: never a problem.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 200, 201, 202, 204.
    pub status: u16,
    /// Where to look, where it says so.
    pub location: Option<String>,
    /// When to look again, where it says so.
    pub retry_after: Option<Duration>,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body as what it should be.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let text = if self.text.is_empty() { "null" } else { &self.text };
        serde_json::from_str(text).map_err(|_| Failure::Unreadable)
    }
}

impl Call {
    /// A call without a body.
    pub fn new(method: Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// The same with a JSON body.
    pub fn with_body<B: Serialize>(mut self, body: &B) -> Result<Self, Failure> {
        self.body = Some(serde_json::to_string(body).map_err(|_| Failure::Unreadable)?);
        Ok(self)
    }

    /// The same with a text of another kind as its body.
    pub fn with_text(self, kind: &str, text: String) -> Self {
        Self { body: Some(text), ..self }.with_header("content-type", kind.to_owned())
    }

    /// The same with a header more.
    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sends it once.
    pub async fn send(&self) -> Result<Answer, Failure> {
        let deadline = Deadline::start()?;
        let sent = self.exchange(&deadline).await;
        // Whatever the browser throws, no answer came.
        sent.map_err(|_| Failure::Lost)?.into_answer()
    }

    /// Sends it once, for a file.
    pub async fn send_for_file(&self) -> Result<Blob, Failure> {
        let deadline = Deadline::start()?;
        let fetched = async {
            let response = self.fetch(&deadline).await?;
            if !response.ok() {
                return Received::of(&response).await.map(Err);
            }
            let blob: Blob = JsFuture::from(response.blob()?).await?.dyn_into()?;
            Ok(Ok(blob))
        };
        match fetched.await.map_err(|_: JsValue| Failure::Lost)? {
            Ok(blob) => Ok(blob),
            Err(received) => Err(received.into_answer().map_or_else(|failure| failure, |_| Failure::Unreadable)),
        }
    }

    async fn exchange(&self, deadline: &Deadline) -> Result<Received, JsValue> {
        Received::of(&self.fetch(deadline).await?).await
    }

    async fn fetch(&self, deadline: &Deadline) -> Result<Response, JsValue> {
        let headers = Headers::new()?;
        headers.set("accept", "application/json, application/problem+json, text/html;q=0.5")?;
        if self.body.is_some() {
            headers.set("content-type", "application/json")?;
        }
        for (name, value) in &self.headers {
            headers.set(name, value)?;
        }
        let options = RequestInit::new();
        options.set_method(self.method.name());
        options.set_headers(&headers);
        options.set_signal(Some(&deadline.controller.signal()));
        if let Some(body) = &self.body {
            options.set_body(&JsValue::from_str(body));
        }
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let response = JsFuture::from(window.fetch_with_str_and_init(&self.path, &options)).await?;
        response.dyn_into()
    }
}

/// A response before it is known to be good.
struct Received {
    status: u16,
    location: Option<String>,
    retry_after: Option<Duration>,
    text: String,
}

impl Received {
    async fn of(response: &Response) -> Result<Self, JsValue> {
        let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        let header = |name: &str| response.headers().get(name).ok().flatten();
        let seconds = |text: String| text.trim().parse().ok().map(Duration::from_secs);
        Ok(Self {
            status: response.status(),
            location: header("location"),
            retry_after: header("retry-after").and_then(seconds),
            text,
        })
    }

    fn into_answer(self) -> Result<Answer, Failure> {
        let Self { status, location, retry_after, text } = self;
        if (200..300).contains(&status) {
            return Ok(Answer { status, location, retry_after, text });
        }
        match serde_json::from_str::<ProblemBody>(&text) {
            Ok(body) => Err(Failure::Problem { body: Box::new(body), retry_after }),
            // A proxy's page before us: the call may or may not have come through.
            Err(_) if status >= 500 => Err(Failure::Lost),
            Err(_) => Err(Failure::Unreadable),
        }
    }
}

/// Ends a call that takes too long; its clock stops with it.
struct Deadline {
    controller: AbortController,
    timer: TimeoutHandle,
}

impl Deadline {
    fn start() -> Result<Self, Failure> {
        let controller = AbortController::new().map_err(|_| Failure::Lost)?;
        let ended = controller.clone();
        let timer = set_timeout_with_handle(move || ended.abort(), ANSWER_MAX).map_err(|_| Failure::Lost)?;
        Ok(Self { controller, timer })
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.timer.clear();
    }
}
