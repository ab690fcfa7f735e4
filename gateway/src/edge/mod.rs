//! The steps that every request passes before its route, in one order.

pub mod address;
pub mod body;
pub mod credentials;
pub mod headers;
pub mod keys;
pub mod limits;
pub mod origin;
pub mod security;
pub mod trace;

use crate::state::State;
use address::ClientAddress;
use axum::extract::Request;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use credentials::{Shown, Who};
use onsale_platform::problem::Problem;
use std::time::Duration;

/// The outermost step: ids and trace in, security headers out, on every answer whatever happens inside.
pub(crate) async fn envelope(
    axum::extract::State(state): axum::extract::State<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = address::peer(&request);
    let trusted = peer.is_some_and(|peer| state.config.trusted_proxies.contains(peer));
    let client = address::client(request.headers(), peer, &state.config.trusted_proxies);
    headers::strip(request.headers_mut(), trusted);
    let request_id = trace::identify(&mut request, &state.clock);
    let sender = origin::Sender::of(&request, &state.config);
    client.tell(&mut request);
    request.extensions_mut().insert(sender);
    let listed = sender.is_listed().then(|| origin::of(request.headers()).cloned()).flatten();
    let path_is_page = security::is_page(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(&trace::REQUEST_ID, request_id);
    security::harden(headers, state.config.is_https(), path_is_page);
    origin::answer(headers, listed);
    response
}

/// The inner steps, any of which refuses with a problem.
pub(crate) async fn guard(
    axum::extract::State(state): axum::extract::State<State>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(problem) = check_target(request.method(), request.uri()) {
        return problem.into_response();
    }
    let sender = request.extensions().get::<origin::Sender>().copied().unwrap_or_default();
    if let Some(answered) = sender.preflight(&request) {
        return answered;
    }
    if let Err(problem) = sender.check_forgery(&request) {
        return problem.into_response();
    }
    if let Err(problem) = state.gates.pass_door(request.method(), request.uri().path()) {
        return problem.into_response();
    }
    let client = request.extensions().get::<ClientAddress>().copied().unwrap_or_default();
    // A key that may be a guess counts as the address's call, before auth is asked.
    let shown = credentials::shown(request.headers());
    let is_counted = matches!(&shown, Ok(Shown::Key(key)) if !state.keys.knows(key));
    if is_counted && let Err(limited) = state.limits.check(&Who::Nobody, client, &request) {
        return limited.into_response();
    }
    let place = state
        .queue
        .as_ref()
        .filter(|_| matches!(shown, Ok(Shown::Token(_))))
        .and_then(|queue| queue.known_asker(request.method(), request.uri().path(), request.headers()));
    let who = match place {
        Some(entry) => Ok(Who::Place(entry)),
        None => credentials::of(&state, &mut request, shown).await,
    };
    let who = match who {
        Ok(who) => who,
        Err(problem) if is_counted => return problem.into_response(),
        Err(problem) => {
            // Guessing tokens counts as the address's calls.
            let limited = state.limits.check(&Who::Nobody, client, &request);
            return match limited {
                Ok(_) => problem.into_response(),
                Err(limited) => limited.into_response(),
            };
        }
    };
    let allowance = match state.limits.check(&who, client, &request) {
        Ok(allowance) => allowance,
        Err(limited) => return limited.into_response(),
    };
    request.extensions_mut().insert(who);
    let request = match body::bounded(request) {
        Ok(request) => request,
        Err(problem) => return problem.into_response(),
    };
    let Ok(_running) = state.running.clone().try_acquire_owned() else {
        metrics::counter!("onsale_gateway_limited_total", "limit" => "concurrency").increment(1);
        return Problem::unavailable("Too many requests are being answered just now.", Duration::from_secs(1))
            .into_response();
    };
    let mut response = next.run(request).await;
    allowance.tell(response.headers_mut());
    response
}

/// Refuses what no route of ours needs and what reads differently to different readers.
fn check_target(method: &Method, uri: &Uri) -> Result<(), Problem> {
    if matches!(*method, Method::TRACE | Method::CONNECT) {
        let detail = "This address does not take that method.";
        return Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail));
    }
    let path = uri.path();
    let dotted = path.split('/').any(|segment| {
        let mut rest = segment;
        let mut dots = 0;
        while let Some(next) = rest.strip_prefix('.').or_else(|| strip_encoded_dot(rest)) {
            rest = next;
            dots += 1;
        }
        rest.is_empty() && (1..=2).contains(&dots)
    });
    if dotted || path.contains('\\') {
        return Err(Problem::malformed("path", "write it without . and .. and without backslashes"));
    }
    Ok(())
}

fn strip_encoded_dot(text: &str) -> Option<&str> {
    text.strip_prefix("%2e").or_else(|| text.strip_prefix("%2E"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for path in ["/api/auth/../internal/x", "/api/./x", "/api/%2e%2e/x", "/api/.%2E", "/api/a\\b"] {
            let uri = Uri::try_from(path);
            assert!(uri.is_err() || check_target(&Method::GET, &uri.expect("a path")).is_err(), "{path}");
        }
        for path in ["/", "/api/events/EVT.1", "/.well-known/jwks.json", "/api/events/..."] {
            assert!(check_target(&Method::GET, &Uri::from_static(path)).is_ok(), "{path}");
        }
        assert!(check_target(&Method::TRACE, &Uri::from_static("/")).is_err());
    }
}
