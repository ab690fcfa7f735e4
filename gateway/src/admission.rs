//! Reserve, where an event has a waiting room: only by an admission, and counted for the line.

use crate::edge::body::Fault;
use crate::edge::credentials::Who;
use crate::proxy;
use crate::state::{Backend, State};
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_platform::extract::read_json;
use onsale_platform::problem::Problem;
use onsale_queue::Admitted;
use serde::Deserialize;
use std::time::Instant;

const ADMISSION: &str = "x-admission";
/// More than the edge lets through.
const BODY_BYTES_MAX: usize = 128 * 1024;

/// The part of a reserve that a line needs to know.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    event_id: EventId,
}

/// Passes a reserve on; 403 `not_admitted` where its event has a waiting room that did not let the caller in.
pub(crate) async fn reserve(
    axum::extract::State(state): axum::extract::State<State>,
    who: Option<Extension<Who>>,
    mut request: Request,
) -> Response {
    // Without a line nobody looks into anything.
    if !state.queue.as_ref().is_some_and(onsale_queue::State::is_any_on) {
        request.headers_mut().remove(ADMISSION);
        return proxy::pass(state, Backend::Booking, request).await;
    }
    let who = who.map_or(Who::Nobody, |Extension(who)| who);
    match admitted(&state, who, request).await {
        Err(problem) => problem.into_response(),
        Ok((None, mut request)) => {
            // Of a line that is over, or of another event: it is not asked for, and must not be in the way.
            request.headers_mut().remove(ADMISSION);
            proxy::pass(state, Backend::Booking, request).await
        }
        Ok((Some(admitted), request)) => {
            let began = Instant::now();
            let answer = proxy::pass(state.clone(), Backend::Booking, request).await;
            if let Some(queue) = &state.queue {
                let status = answer.status();
                queue.reserved(&admitted, began.elapsed(), status.is_server_error(), status == StatusCode::CREATED);
            }
            answer
        }
    }
}

/// Who was let in, and the request with its body, which was read.
async fn admitted(state: &State, who: Who, request: Request) -> Result<(Option<Admitted>, Request), Problem> {
    let (head, body) = request.into_parts();
    let read = axum::body::to_bytes(body, BODY_BYTES_MAX).await;
    let bytes: Bytes = read.map_err(|_| {
        let fault = head.extensions.get::<Fault>().and_then(Fault::problem);
        fault.unwrap_or_else(|| Problem::malformed("body", "it broke off: send it again"))
    })?;
    let admitted = match (&state.queue, read_json::<Wanted>(&bytes)) {
        (Some(queue), Ok(wanted)) => queue.check_admission(&wanted.event_id, account(who), shown(&head.headers))?,
        // What names no event is refused by booking, which reads it in the same way, in its own words.
        _ => None,
    };
    Ok((admitted, Request::from_parts(head, Body::from(bytes))))
}

fn account(who: Who) -> Option<onsale_core::UserId> {
    match who {
        Who::Account(account) => Some(account),
        Who::Nobody | Who::Key(_) | Who::Place(_) => None,
    }
}

fn shown(headers: &HeaderMap) -> Option<&str> {
    headers.get(ADMISSION)?.to_str().ok()
}
