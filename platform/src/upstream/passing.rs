//! What a call passes on to the calls it leads to: the end of its time and its trace.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::trace::TraceContextExt;
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// How many milliseconds the callee has. Only services send it; the gateway strips what clients send.
pub static DEADLINE: HeaderName = HeaderName::from_static("x-onsale-deadline-ms");
/// W3C Trace Context.
pub(super) static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

tokio::task_local! {
    static PASSING: Passing;
}

/// What the request that is being served came with.
#[derive(Debug, Clone)]
pub struct Passing {
    ends_at: Instant,
    trace: Option<HeaderValue>,
}

impl Passing {
    /// What a request from another service came with, if it says when it ends.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        Some(Self::until(Instant::now() + told(headers)?, headers))
    }

    pub(super) fn until(ends_at: Instant, headers: &HeaderMap) -> Self {
        Self { ends_at, trace: headers.get(&TRACEPARENT).cloned() }
    }

    /// The calls made during `serve` inherit the deadline and the trace.
    pub fn scope<F: Future>(self, serve: F) -> impl Future<Output = F::Output> {
        PASSING.scope(self, serve)
    }
}

/// The time that the request's header leaves, if it has a readable one.
pub(super) fn told(headers: &HeaderMap) -> Option<Duration> {
    headers.get(&DEADLINE)?.to_str().ok()?.parse().ok().map(Duration::from_millis)
}

/// When the request that is being served must be answered.
pub(super) fn inherited_end() -> Option<Instant> {
    PASSING.try_with(|passing| passing.ends_at).ok()
}

/// The trace that a call made now belongs to: the current span's, else that of the request being served.
pub(super) fn current_trace() -> Option<HeaderValue> {
    current_span_trace().or_else(|| PASSING.try_with(|passing| passing.trace.clone()).ok().flatten())
}

/// The `traceparent` of the span that runs now, where one is recorded.
#[must_use]
pub fn current_span_trace() -> Option<HeaderValue> {
    let context = tracing::Span::current().context();
    let span = context.span();
    let span = span.span_context();
    if !span.is_valid() {
        return None;
    }
    let text = format!("00-{}-{}-{:02x}", span.trace_id(), span.span_id(), span.trace_flags().to_u8());
    HeaderValue::from_str(&text).ok()
}
