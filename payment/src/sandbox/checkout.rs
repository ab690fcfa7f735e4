//! Hosted checkouts over HTTP: Stripe's Checkout Sessions, and the page that they lead to. Plain HTML, no script.

use super::book::{Act, Intent};
use super::form::Form;
use super::objects::{self, Refusal};
use super::page::{self, page};
use super::routes::{call, find_intent, new_name, respond, submit, unavailable};
use super::sessions::{Session, SessionStatus};
use super::{State, session_store};
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use onsale_core::text::escape_html;

pub(super) async fn open(Extract(state): Extract<State>, headers: HeaderMap, body: Bytes) -> Response {
    match Form::parse(&body).new_session(state.0.clock.now()) {
        Ok(new) => {
            let (id, intent_id) = (new_name(&state, "cs_test"), new_name(&state, "pi"));
            submit(&state, call(&headers, "open session", &body, Act::OpenSession { id, intent_id, new })).await
        }
        Err(refusal) => respond(refusal.answer()),
    }
}

pub(super) async fn show(Extract(state): Extract<State>, Path(id): Path<String>, uri: Uri) -> Response {
    let expands = uri.query().is_some_and(|query| query.contains("payment_intent"));
    match find(&state, &id).await {
        Ok(Some((session, intent))) => {
            let public_url = &state.0.config.public_url;
            let mut shown = objects::session(&session, &intent, state.0.clock.now(), public_url);
            if expands && shown["payment_intent"].is_string() {
                shown["payment_intent"] = objects::intent(&intent, public_url);
            }
            axum::Json(shown).into_response()
        }
        Ok(None) => respond(Refusal::no_such("checkout.session", &id).answer()),
        Err(error) => unavailable(&error),
    }
}

pub(super) async fn expire(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let address = format!("expire session {id}");
    submit(&state, call(&headers, &address, &body, Act::ExpireSession { id })).await
}

/// The page on which the payer approves or declines.
pub(super) async fn pay(Extract(state): Extract<State>, Path(id): Path<String>) -> Response {
    match find(&state, &id).await {
        Ok(Some((session, intent))) => match session.status_at(state.0.clock.now()) {
            SessionStatus::Open => page(StatusCode::OK, &question(&session, &intent)),
            SessionStatus::Complete => page(StatusCode::OK, "<h1>Done</h1><p>The payment is approved.</p>"),
            SessionStatus::Expired => page(StatusCode::OK, "<h1>Too late</h1><p>This payment has expired.</p>"),
        },
        Ok(None) => page(StatusCode::NOT_FOUND, "<h1>Not there</h1><p>There is no such payment.</p>"),
        Err(_) => page(StatusCode::SERVICE_UNAVAILABLE, "<h1>Not just now</h1><p>Try again in a moment.</p>"),
    }
}

/// Leads back to the shop; what is over already only shows how it ended.
pub(super) async fn approve(Extract(state): Extract<State>, Path(id): Path<String>) -> Response {
    let act = Act::DecideSession { id: id.clone(), approved: true };
    let answer = submit(&state, page::by_payer(act)).await;
    match find(&state, &id).await {
        Ok(Some((session, _))) if answer.status() == StatusCode::OK => {
            Redirect::to(&session.success_url).into_response()
        }
        _ => pay(Extract(state), Path(id)).await,
    }
}

/// Shows the page again, for another card.
pub(super) async fn decline(Extract(state): Extract<State>, Path(id): Path<String>) -> Response {
    let act = Act::DecideSession { id: id.clone(), approved: false };
    let _answer = submit(&state, page::by_payer(act)).await;
    Redirect::to(&format!("/sandbox/checkout/{id}")).into_response()
}

async fn find(state: &State, id: &str) -> Result<Option<(Session, Intent)>, sqlx::Error> {
    let session = session_store::find(&mut *state.0.pool.acquire().await?, id).await?;
    let Some(session) = session else { return Ok(None) };
    let intent = find_intent(state, &session.intent_id).await?;
    Ok(intent.map(|intent| (session, intent)))
}

fn question(session: &Session, intent: &Intent) -> String {
    let (id, amount) = (escape_html(&session.id), escape_html(&page::amount(intent)));
    let description = intent.description.as_deref().map(escape_html).unwrap_or_default();
    let declined = match intent.last_error {
        Some(_) => "<p role=\"alert\" class=\"error\">The card was declined. Try again.</p>",
        None => "",
    };
    let back = session
        .cancel_url
        .as_deref()
        .map_or_else(String::new, |url| format!("<p><a href=\"{}\">Back to the shop</a></p>", escape_html(url)));
    format!(
        "<h1>Pay</h1><p class=\"amount\">{amount}</p><p>{description}</p>{declined}<div class=\"buttons\">\
         <form method=\"post\" action=\"/sandbox/checkout/{id}/approve\"><button class=\"primary\">Approve</button></form>\
         <form method=\"post\" action=\"/sandbox/checkout/{id}/decline\"><button>Decline</button></form></div>{back}"
    )
}
