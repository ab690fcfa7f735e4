//! The pages: what they show is fetched here, how they show it is the `ui`'s.

pub(crate) mod source;

use crate::state::State;
use axum::extract::{self, OriginalUri, Path, Query, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use onsale_core::EventId;
use onsale_platform::problem::Problem;
use onsale_ui::{Fault, Home, Language, Page};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Words longer than this are no search.
const QUERY_CHARS_MAX: usize = 200;

/// The style under an address that changes with it, so that it may be kept for ever.
pub(crate) struct Style {
    pub(crate) address: String,
}

impl Style {
    pub(crate) fn new() -> Self {
        let digest = hex::encode(&Sha256::digest(onsale_ui::STYLE.as_bytes())[..8]);
        Self { address: format!("/assets/onsale-{digest}.css") }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct HomeQuery {
    #[serde(default)]
    query: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    cursor: String,
}

/// `GET /`.
pub(crate) async fn home(state: extract::State<State>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let page = page(&state, &uri, &headers);
    // What cannot be read was not asked for.
    let query = Query::<HomeQuery>::try_from_uri(&uri).map(|Query(query)| query).unwrap_or_default();
    let short = |text: String| text.trim().chars().take(QUERY_CHARS_MAX).collect::<String>();
    let asked = Home {
        query: short(query.query),
        city: short(query.city),
        category: short(query.category),
        cursor: short(query.cursor),
    };
    match state.pages.listing(&asked).await {
        Ok(found) => html(onsale_ui::home(&page, &asked, &found)),
        Err(problem) => faulty(&page, problem),
    }
}

/// `GET /events/{eventId}`.
pub(crate) async fn event(
    state: extract::State<State>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let page = page(&state, &uri, &headers);
    let Ok(id) = EventId::new(id) else { return faulty(&page, Problem::not_found("event")) };
    match state.pages.event(&id).await {
        Ok(event) => html(onsale_ui::event(&page, &event)),
        Err(problem) => faulty(&page, problem),
    }
}

/// `GET /assets/{file}`: the style.
pub(crate) async fn asset(state: extract::State<State>, uri: Uri) -> Result<Response, Problem> {
    if uri.path() != state.style.address {
        return Err(Problem::not_found("file"));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, onsale_ui::STYLE).into_response())
}

/// `GET /robots.txt`: pages may be found, the API need not be.
pub(crate) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /api/\nAllow: /\n"
}

/// Whatever no route takes: a page for readers, a problem for programs.
pub(crate) async fn missing(
    state: extract::State<State>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let problem = Problem::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.");
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.contains("text/html") && !uri.path().starts_with("/api/") {
        return faulty(&page(&state, &uri, &headers), problem);
    }
    problem.into_response()
}

/// What a page needs to know of its request.
pub(crate) fn page(state: &State, uri: &Uri, headers: &HeaderMap) -> Page {
    let parts: Vec<&str> = uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty()).collect();
    let asked = parts.iter().find_map(|part| part.strip_prefix("lang="));
    let rest: Vec<&str> = parts.iter().copied().filter(|part| !part.starts_with("lang=")).collect();
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), rest.join("&")) };
    Page {
        language: Language::choose(asked, accepted),
        chosen: asked.is_some(),
        path,
        stylesheet: state.style.address.clone(),
        now: state.clock.now(),
    }
}

/// A page, as it is sent: asked for anew each time, since it tells what is left now.
pub(crate) fn html(text: String) -> Response {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("accept-language")),
    ];
    (headers, Html(text)).into_response()
}

/// The page that stands for a problem. It travels beside the problem, which is completed and logged
/// like any other, and takes its place at the end.
#[derive(Clone)]
struct ForReaders(Page, Fault);

fn faulty(page: &Page, problem: Problem) -> Response {
    let fault = if problem.status() == StatusCode::NOT_FOUND { Fault::Missing } else { Fault::Away };
    let mut response = problem.into_response();
    response.extensions_mut().insert(ForReaders(page.clone(), fault));
    response
}

/// Puts the page in the place of its problem.
pub(crate) async fn humanise(request: Request, next: Next) -> Response {
    let trace = request
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok()?.split('-').nth(1))
        .map(str::to_owned);
    let mut response = next.run(request).await;
    let Some(ForReaders(page, fault)) = response.extensions_mut().remove::<ForReaders>() else { return response };
    let mut readable = html(onsale_ui::fault(&page, fault, &trace.unwrap_or_default()));
    *readable.status_mut() = response.status();
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        readable.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    readable
}
