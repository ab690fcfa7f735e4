//! Passes a request on to a service and its answer back, both streaming, neither changed.

use crate::edge::body::{self, Fault};
use crate::gate::Priority;
use crate::state::{Backend, State};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any};

/// A route to a service.
pub(crate) fn to(backend: Backend) -> MethodRouter<State> {
    any(move |axum::extract::State(state): axum::extract::State<State>, request: Request| pass(state, backend, request))
}

/// Passes a request on through the gate of its service.
pub(crate) async fn pass(state: State, backend: Backend, request: Request) -> Response {
    let Some(gate) = state.gates.before(backend).cloned() else {
        return pass_on(state, backend, request).await;
    };
    let request = match body::whole(request).await {
        Ok(request) => request,
        Err(problem) => return problem.into_response(),
    };
    let priority = Priority::of(request.method(), request.uri().path());
    let place = match gate.enter(priority).await {
        Ok(place) => place,
        Err(problem) => return problem.into_response(),
    };
    let answer = pass_on(state, backend, request).await;
    // Who refuses does so at once, and says nothing of how long answers take.
    if !matches!(answer.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        place.answered();
    }
    answer
}

async fn pass_on(state: State, backend: Backend, mut request: Request) -> Response {
    if backend != Backend::Auth {
        // Only auth has cookies of its own; what nobody else needs, nobody else sees.
        request.headers_mut().remove(header::COOKIE);
    }
    let fault = request.extensions().get::<Fault>().cloned();
    let answer = state.ways.to(backend).call(request).await;
    // A body that was cut off here is the client's fault, whatever the service made of it.
    if let Some(problem) = fault.and_then(|fault| fault.problem()) {
        return problem.into_response();
    }
    match answer {
        Ok(mut response) => {
            remove_internal(response.headers_mut());
            response
        }
        Err(problem) => problem.into_response(),
    }
}

/// What services tell each other is not for clients.
pub(crate) fn remove_internal(headers: &mut HeaderMap) {
    let internal: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with("x-onsale-")).cloned().collect();
    for name in internal {
        headers.remove(name);
    }
}
