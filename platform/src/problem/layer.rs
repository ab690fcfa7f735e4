//! Completes every error on its way out.

use super::Problem;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::trace::TraceContextExt;
use std::error::Error;
use std::time::Duration;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// For `axum::middleware::from_fn`, outermost in every router.
pub async fn layer(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let sent_trace = trace_of_header(&request);
    let mut response = next.run(request).await;
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_problem(&response) => return response,
        None => of_status(response.status()),
    };
    let trace_id = current_trace().or(sent_trace).unwrap_or_default();
    if problem.status().is_server_error() {
        log(&problem, &path, &trace_id);
    }
    let completed = problem.respond(&path, &trace_id);
    let (parts, body) = completed.into_parts();
    for (name, value) in &parts.headers {
        response.headers_mut().insert(name, value.clone());
    }
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.status_mut() = parts.status;
    *response.body_mut() = body;
    response
}

fn is_problem(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json")
}

/// What axum and tower refuse by a bare status.
fn of_status(status: StatusCode) -> Problem {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This address does not take that method."),
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "The body is larger than this address takes."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", "Send the body as application/json."),
        StatusCode::UNAUTHORIZED => ("unauthenticated", "Sign in first."),
        StatusCode::FORBIDDEN => ("forbidden", "This is not allowed."),
        StatusCode::UNPROCESSABLE_ENTITY => ("invalid", "The request is not right."),
        StatusCode::TOO_MANY_REQUESTS => ("rate_limited", "Too many requests."),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => ("timeout", "It took too long."),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "Not available just now."),
        status if status.is_client_error() => ("malformed", "The request cannot be read."),
        _ => ("internal", "This did not work, and it is our fault."),
    };
    let problem = Problem::new(status, code, detail);
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            problem.with_retry_after(Duration::from_secs(1))
        }
        _ => problem,
    }
}

fn current_trace() -> Option<String> {
    let context = tracing::Span::current().context();
    let span = context.span();
    let trace = span.span_context().trace_id();
    (trace != opentelemetry::trace::TraceId::INVALID).then(|| trace.to_string())
}

/// The trace id of a `traceparent` header (W3C Trace Context, version 00).
fn trace_of_header(request: &Request) -> Option<String> {
    let parent = request.headers().get("traceparent")?.to_str().ok()?;
    parent.split('-').nth(1).filter(|id| id.len() == 32).map(str::to_owned)
}

fn log(problem: &Problem, path: &str, trace_id: &str) {
    let mut causes = Vec::new();
    let mut cause: Option<&(dyn Error + 'static)> = problem.source.as_deref().map(|source| source as _);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    let causes = causes.join(": ");
    if problem.status() == StatusCode::SERVICE_UNAVAILABLE && causes.is_empty() {
        // Shed on purpose, which metrics count: a line each would cost a crowd more than its refusal.
        tracing::debug!(code = problem.code(), path, trace_id, "refused");
    } else if problem.status() == StatusCode::SERVICE_UNAVAILABLE {
        tracing::warn!(code = problem.code(), path, trace_id, causes, "refused");
    } else {
        tracing::error!(code = problem.code(), path, trace_id, causes, "failed");
    }
}
