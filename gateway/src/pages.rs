//! The pages: what they show is fetched here, how they show it is the `ui`'s.

pub(crate) mod answer;
pub(crate) mod feeds;
pub(crate) mod kept;
pub(crate) mod line;
pub(crate) mod preferences;
pub(crate) mod preview;
pub(crate) mod source;

use crate::state::State;
use answer::Written;
use axum::extract::{self, OriginalUri, Path, Query, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use futures::future::BoxFuture;
use onsale_core::{EventId, OrderId, ReservationId};
use onsale_platform::problem::Problem;
use onsale_ui::{Fault, Home, Language, ListPlace, Month, Page, Theme, When};
use serde::Deserialize;
use std::str::FromStr;
use uuid::Uuid;

/// Words longer than this are no search.
const QUERY_CHARS_MAX: usize = 200;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct HomeQuery {
    #[serde(default)]
    query: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    when: String,
    #[serde(default)]
    month: String,
    #[serde(default)]
    cursor: String,
}

impl HomeQuery {
    /// What cannot be read was not asked for.
    fn of(uri: &Uri) -> Home {
        let query = Query::<Self>::try_from_uri(uri).map(|Query(query)| query).unwrap_or_default();
        Home {
            query: short(&query.query),
            city: short(&query.city),
            category: short(&query.category),
            when: When::of_name(query.when.trim()),
            month: Month::of_name(query.month.trim()),
            cursor: short(&query.cursor),
        }
    }
}

fn short(text: &str) -> String {
    text.trim().chars().take(QUERY_CHARS_MAX).collect()
}

/// `GET /`.
pub(crate) async fn home(state: extract::State<State>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    listed(&state, &uri, &headers, HomeQuery::of(&uri)).await
}

/// `GET /cities/{city}`: what is on there.
pub(crate) async fn city(
    state: extract::State<State>,
    Path(city): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    listed(&state, &uri, &headers, Home { city: short(&city), ..HomeQuery::of(&uri) }).await
}

/// `GET /kinds/{kind}`: what is on of a kind.
pub(crate) async fn kind(
    state: extract::State<State>,
    Path(kind): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    listed(&state, &uri, &headers, Home { category: short(&kind), ..HomeQuery::of(&uri) }).await
}

async fn listed(state: &State, uri: &Uri, headers: &HeaderMap, asked: Home) -> Response {
    let page = page(state, uri, headers);
    let write = async {
        let found = state.pages.listing(&asked, state.clock.now()).await?;
        Ok(onsale_ui::home(&page, &asked, &found))
    };
    public(state, "home", &page, write.boxed()).await
}

/// `GET /results`: the list of the home page alone, for the search that changes it in its place.
pub(crate) async fn results(
    state: extract::State<State>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let (page, asked) = (page(&state, &uri, &headers), HomeQuery::of(&uri));
    // Links in it lead to the home page, whose part it is.
    let page = Page { path: page.path.replacen("/results", "/", 1), ..page };
    let write = async {
        let found = state.pages.listing(&asked, state.clock.now()).await?;
        Ok(Written::new(onsale_ui::results(&page, &asked, &found), &state.mark))
    };
    state
        .kept
        .get("results", &page, write.boxed())
        .await
        .map_or_else(IntoResponse::into_response, |written| written.answer())
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
    // What else is behind the question mark changes nothing here, so nobody can fill the memory by it.
    let (path, entry) = line::entry(&state, &id, &uri);
    let plain = Page { path, ..page };
    let write = async {
        let event = state.pages.event(&id).await?;
        Ok(onsale_ui::event(&plain, &event, entry))
    };
    public(&state, "event", &plain, write.boxed()).await
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    section: Option<u32>,
    row: Option<u32>,
}

/// `GET /events/{eventId}/seats`.
pub(crate) async fn seats(
    state: extract::State<State>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let page = page(&state, &uri, &headers);
    let Ok(id) = EventId::new(id) else { return faulty(&page, Problem::not_found("event")) };
    let asked = Query::<ListQuery>::try_from_uri(&uri).map(|Query(query)| query).unwrap_or_default();
    // Chosen seats are the island's; only the list's place changes what is written here.
    let place = ListPlace { section: asked.section, row: asked.row.filter(|_| asked.section.is_some()) };
    let path = match (place.section, place.row) {
        (None, _) => uri.path().to_owned(),
        (Some(section), row) => format!("{}?section={section}&row={}", uri.path(), row.unwrap_or(0)),
    };
    let plain = Page { path, ..page };
    let write = async {
        let event = state.pages.event(&id).await?;
        if !event.reserved_seating {
            return Err(Problem::not_found("seating plan"));
        }
        // Without booking the page is still there; the list comes with the map.
        let seating = state.pages.seating(&id).await.ok();
        Ok(onsale_ui::seats(&plain, &event, seating.as_ref(), place))
    };
    public(&state, "seats", &plain, write.boxed()).await
}

/// A page of the account: the same for everybody, its islands do the rest.
macro_rules! plain_page {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub(crate) async fn $name(
            state: extract::State<State>,
            OriginalUri(uri): OriginalUri,
            headers: HeaderMap,
        ) -> Response {
            let page = Page { path: uri.path().to_owned(), ..page(&state, &uri, &headers) };
            public(&state, stringify!($name), &page, async { Ok(onsale_ui::$name(&page)) }.boxed()).await
        }
    };
}

plain_page!(
    /// `GET /sign-in`.
    sign_in
);
plain_page!(
    /// `GET /sign-up`.
    sign_up
);
plain_page!(
    /// `GET /forgot-password`.
    forgot_password
);
plain_page!(
    /// `GET /reset-password`, where a mail leads.
    reset_password
);
plain_page!(
    /// `GET /verify-email`, where a mail leads.
    verify_email
);

plain_page!(
    /// `GET /orders`: one's own, once the island has asked for them.
    orders
);

/// `GET /checkout/{reservationId}`.
pub(crate) async fn checkout(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let demo = state.config.demo;
    personal::<ReservationId>(&state, id, &uri, &headers, |page, id| onsale_ui::checkout(page, id, demo))
}

/// `GET /orders/{orderId}`.
pub(crate) async fn order(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    personal::<OrderId>(&state, id, &uri, &headers, onsale_ui::order)
}

/// A page about one thing of one account. It holds the id alone; nobody else asks for it, so it is not kept.
fn personal<Id: FromStr + ToString>(
    state: &State,
    Path(id): Path<String>,
    uri: &Uri,
    headers: &HeaderMap,
    write: impl FnOnce(&Page, &str) -> String,
) -> Response {
    let page = Page { path: uri.path().to_owned(), ..page(state, uri, headers) };
    match id.parse::<Id>() {
        Ok(id) => html(state, write(&page, &id.to_string())),
        Err(_) => faulty(&page, Problem::not_found("page")),
    }
}

plain_page!(
    /// `GET /organiser`, whose events come with the session.
    organiser_events
);

/// `GET /organiser/events/{eventId}`. Whose event it is, and whether there is one, is the API's to say.
pub(crate) async fn organiser_event(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    personal::<EventId>(&state, id, &uri, &headers, onsale_ui::organiser_event)
}

plain_page!(
    /// `GET /organiser/events/new`, an event that is not drafted yet.
    organiser_new_event
);

/// `GET /organiser/events/{eventId}/edit`.
pub(crate) async fn organiser_event_editor(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    personal::<EventId>(&state, id, &uri, &headers, onsale_ui::organiser_event_editor)
}

/// `GET /organiser/events/{eventId}/preview`, whose inside is [`preview::show`].
pub(crate) async fn organiser_event_preview(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    personal::<EventId>(&state, id, &uri, &headers, onsale_ui::organiser_event_preview)
}

/// `GET /organiser/events/{eventId}/orders/{orderId}`.
pub(crate) async fn organiser_order(
    state: extract::State<State>,
    Path((event, order)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let Ok(event) = EventId::new(event) else {
        return faulty(&page(&state, &uri, &headers), Problem::not_found("page"));
    };
    let write = |page: &Page, order: &str| onsale_ui::organiser_order(page, event.as_str(), order);
    personal::<OrderId>(&state, Path(order), &uri, &headers, write)
}

/// `GET /organiser/events/{eventId}/counter`, where seats are sold on the map.
pub(crate) async fn organiser_counter(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    personal::<EventId>(&state, id, &uri, &headers, onsale_ui::organiser_counter)
}

/// `GET /organiser/events/{eventId}/reports`: the books, and who comes.
pub(crate) async fn organiser_reports(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    personal::<EventId>(&state, id, &uri, &headers, onsale_ui::organiser_reports)
}

/// `GET /organiser/events/{eventId}/check-in`. What it decides by comes with the session, signed by the key it names.
pub(crate) async fn gate(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let write = |page: &Page, event: &str| onsale_ui::gate(page, event, &state.ticket_key);
    personal::<EventId>(&state, id, &uri, &headers, write)
}

/// `GET /organiser/gate-worker.js`: keeps that page in the browser. Its name cannot change, so it is asked for each time.
pub(crate) async fn gate_worker() -> Response {
    let script = HeaderValue::from_static("text/javascript; charset=utf-8");
    let anew = HeaderValue::from_static("no-cache");
    ([(header::CONTENT_TYPE, script), (header::CACHE_CONTROL, anew)], onsale_ui::GATE_WORKER).into_response()
}

plain_page!(
    /// `GET /organiser/halls`, whose halls come with the session.
    organiser_halls
);

/// `GET /organiser/halls/{hallId}`. Whose hall it is, and whether there is one, is the API's to say.
pub(crate) async fn organiser_hall(
    state: extract::State<State>,
    id: Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    personal::<Uuid>(&state, id, &uri, &headers, onsale_ui::organiser_hall)
}

plain_page!(
    /// `GET /organiser/organisation`: its people and who is invited.
    organiser_organisation
);
plain_page!(
    /// `GET /organiser/keys`: its API keys.
    organiser_keys
);
plain_page!(
    /// `GET /organiser/audit`: what staff did.
    organiser_audit
);
plain_page!(
    /// `GET /organiser/settings`: those that change while everything runs.
    organiser_settings
);
plain_page!(
    /// `GET /organiser/users`: all accounts, for admins.
    organiser_users
);
plain_page!(
    /// `GET /account/security`: the second factor, and for whom one acts.
    account_security
);
plain_page!(
    /// `GET /invitation`, where the link of an invitation leads. Its token is the island's.
    open_invitation
);

/// A page with public content only: written once a moment, kept as bytes.
async fn public(state: &State, kind: &str, page: &Page, write: BoxFuture<'_, Result<String, Problem>>) -> Response {
    let write = async { Ok(Written::new(write.await?, &state.mark)) };
    match state.kept.get(kind, page, write.boxed()).await {
        Ok(written) => written.answer(),
        Err(problem) => faulty(page, problem),
    }
}

/// `GET /assets/{file}`: what pages load.
pub(crate) async fn asset(
    state: extract::State<State>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    state.site.file(&name, &headers).ok_or_else(|| Problem::not_found("file"))
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
    let theme = preferences::cookie(headers, preferences::THEME).and_then(Theme::of_name);
    let language = Language::choose(asked, preferences::cookie(headers, preferences::LANGUAGE), accepted);
    let notice = state.settings.look(|settings| {
        let banner = settings.banner.as_ref()?;
        Some(match language {
            Language::En => banner.en.clone(),
            Language::Es => banner.es.clone(),
        })
    });
    Page {
        language,
        chosen: asked.and_then(Language::of_tag).is_some(),
        theme: theme.unwrap_or_default(),
        path,
        origin: state.config.public_url.origin().ascii_serialization(),
        assets: state.site.assets.clone(),
        nonce: state.mark.as_str().to_owned(),
        now: state.clock.now(),
        notice,
    }
}

/// A page that is not kept.
pub(crate) fn html(state: &State, text: String) -> Response {
    Written::new(text, &state.mark).answer()
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
pub(crate) async fn humanise(state: extract::State<State>, request: Request, next: Next) -> Response {
    let trace = request
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok()?.split('-').nth(1))
        .map(str::to_owned);
    let mut response = next.run(request).await;
    let Some(ForReaders(page, fault)) = response.extensions_mut().remove::<ForReaders>() else { return response };
    let mut readable = html(&state, onsale_ui::fault(&page, fault, &trace.unwrap_or_default()));
    *readable.status_mut() = response.status();
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        readable.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    readable
}
