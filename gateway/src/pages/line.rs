//! The waiting room's pages, which work by a cookie and two forms. They are one reader's, so no copy is kept.

use super::{faulty, html, page};
use crate::state::State;
use axum::extract::{self, OriginalUri, Path};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_core::api::queue::QueueMode;
use onsale_platform::problem::Problem;
use onsale_ui::{Entry, Own, Page, Refused, Seen};

/// What says that the reader was let in and is to choose, on an event's page without seats.
const ADMITTED: &str = "admitted=1";

/// How one comes to an event's tickets, and the path of its page that says no more than that. Whoever asks for it sees
/// what the admitted see; reserve asks for the admission.
pub(super) fn entry(state: &State, event: &EventId, uri: &Uri) -> (String, Entry) {
    let path = uri.path();
    let view = state.queue.as_ref().and_then(|queue| queue.view(event).ok());
    let Some(view) = view else { return (path.to_owned(), Entry::Open) };
    if uri.query().is_some_and(|query| query.split('&').any(|part| part == ADMITTED)) {
        return (format!("{path}?{ADMITTED}"), Entry::Open);
    }
    let is_shut = view.closed || view.sold_out || state.clock.now() < view.opens_at;
    let entry = match view.mode {
        _ if is_shut => Entry::Shut,
        QueueMode::Lobby if !view.started => Entry::Lobby,
        QueueMode::Lobby | QueueMode::Line | QueueMode::Off => Entry::Line,
    };
    (path.to_owned(), entry)
}

/// `GET /events/{eventId}/queue`.
pub(crate) async fn show(
    state: extract::State<State>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let page = plain(&state, &uri, &headers);
    match written(&state, &page, &id, &uri, &headers).await {
        Ok(text) => own(&state, text),
        Err(problem) => faulty(&page, problem),
    }
}

/// A page that holds the token or the receipt of one's place.
fn own(state: &State, text: String) -> Response {
    let mut response = html(state, text);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `GET /events/{eventId}/queue/proof`.
pub(crate) async fn proof(
    state: extract::State<State>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let page = plain(&state, &uri, &headers);
    let written = async {
        let (queue, id) = asked(&state, &id)?;
        let proof = queue.proof(&id, &headers).await?;
        let event = state.pages.event(&id).await.ok();
        Ok(onsale_ui::proof(&page, event.as_deref(), &proof))
    };
    match written.await {
        Ok(text) => own(&state, text),
        Err(problem) => faulty(&page, problem),
    }
}

async fn written(state: &State, page: &Page, id: &str, uri: &Uri, headers: &HeaderMap) -> Result<String, Problem> {
    let (queue, id) = asked(state, id)?;
    let view = queue.view(&id)?;
    // Where the database does not answer, the line is shown as memory has it.
    let own = queue.own_place(&id, headers).await;
    let (own, unsure) = own.map_or((None, true), |own| (own, false));
    let own = own.map(|own| Own { token: own.queue_token, status: own.status });
    let refused = uri.query().unwrap_or_default().split('&').find_map(|part| part.strip_prefix("refused="));
    let seen = Seen { view, own, unsure, refused: refused.and_then(Refused::of_name) };
    let event = state.pages.event(&id).await.ok();
    Ok(onsale_ui::line(page, &id, event.as_deref(), seen))
}

/// The page of a request, whose links name no reason of a refusal.
fn plain(state: &State, uri: &Uri, headers: &HeaderMap) -> Page {
    Page { path: uri.path().to_owned(), ..page(state, uri, headers) }
}

/// The waiting rooms and the event that an address names.
fn asked<'a>(state: &'a State, id: &str) -> Result<(&'a onsale_queue::State, EventId), Problem> {
    let id = EventId::new(id).map_err(|_| Problem::not_found("event"))?;
    let queue = state.queue.as_ref().ok_or_else(|| Problem::not_found("waiting room"))?;
    Ok((queue, id))
}

/// `POST /events/{eventId}/queue/join`, and back to the page.
pub(crate) async fn join(
    state: extract::State<State>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let page = plain(&state, &uri, &headers);
    let (queue, id) = match asked(&state, &id) {
        Ok(asked) => asked,
        Err(problem) => return faulty(&page, problem),
    };
    let entered = queue.enter_by_form(&id, &headers).await;
    let refused = match &entered.outcome {
        Err(problem) if problem.status() == StatusCode::NOT_FOUND => return faulty(&page, Problem::not_found("event")),
        Err(problem) if problem.code() == "challenge_required" => Some(Refused::Sum),
        Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE => Some(Refused::Busy),
        // That it is closed, or not open yet, is on the page.
        Err(_) | Ok(()) => None,
    };
    let (name, cookie) = entered.cookie;
    let mut response = back(&page, &id, refused);
    set(&mut response, name, &cookie);
    response
}

/// `POST /events/{eventId}/queue/leave`, and back to the page.
pub(crate) async fn leave(
    state: extract::State<State>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let page = plain(&state, &uri, &headers);
    let left = async {
        let (queue, id) = asked(&state, &id)?;
        queue.leave_by_form(&id, &headers).await?;
        Ok(id)
    };
    match left.await {
        Ok(id) => back(&page, &id, None),
        Err(problem) => faulty(&page, problem),
    }
}

/// To the page of the line, in the language that the address named.
fn back(page: &Page, id: &EventId, refused: Option<Refused>) -> Response {
    let language = page.chosen.then(|| format!("lang={}", page.language.tag()));
    let refused = refused.map(|why| format!("refused={}", why.name()));
    let query: Vec<String> = language.into_iter().chain(refused).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let mut response = StatusCode::SEE_OTHER.into_response();
    set(&mut response, header::CACHE_CONTROL, "no-store");
    set(&mut response, header::LOCATION, &format!("/events/{id}/queue{query}"));
    response
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().append(name, value);
    }
}
