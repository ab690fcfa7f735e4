//! Bank transfers: customers, whom nothing is kept of, and the page from which the money is sent.

use super::State;
use super::book::{Act, Intent, Status};
use super::cards::TRANSFER;
use super::objects;
use super::page::{self, page};
use super::routes::{find_intent, submit};
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use onsale_core::text::escape_html;
use serde_json::json;
use sha2::{Digest, Sha256};

/// A customer: its name follows from the key, so that the same key gives the same one.
pub(super) async fn open_customer(headers: HeaderMap) -> Response {
    let key = headers.get("idempotency-key").map(HeaderValue::as_bytes).unwrap_or_default();
    let name = hex::encode(&Sha256::digest(key)[..12]);
    axum::Json(json!({ "id": format!("cus_{name}"), "object": "customer", "livemode": false })).into_response()
}

/// What to write on the transfer, and a button that sends it.
pub(super) async fn show(Extract(state): Extract<State>, Path(id): Path<String>) -> Response {
    match find_intent(&state, &id).await {
        Ok(Some(intent)) if intent.payment_method.as_deref() == Some(TRANSFER) => {
            page(StatusCode::OK, &instructions(&intent))
        }
        Ok(_) => page(StatusCode::NOT_FOUND, "<h1>Not there</h1><p>There is no such transfer.</p>"),
        Err(_) => page(StatusCode::SERVICE_UNAVAILABLE, "<h1>Not just now</h1><p>Try again in a moment.</p>"),
    }
}

/// The payer's bank sends the money; a second time it does nothing.
pub(super) async fn send(Extract(state): Extract<State>, Path(id): Path<String>) -> Response {
    let _answer = submit(&state, page::by_payer(Act::Transfer { id: id.clone() })).await;
    Redirect::to(&format!("/sandbox/transfer/{id}")).into_response()
}

fn instructions(intent: &Intent) -> String {
    let (id, amount) = (escape_html(&intent.id), escape_html(&page::amount(intent)));
    let (text, button) = match intent.status {
        Status::Succeeded => ("The money has arrived.", ""),
        Status::Canceled => ("The shop waits no more. What is sent now comes too late.", "Send it all the same"),
        _ => ("Send the money by bank transfer.", "Send the transfer"),
    };
    let form = if button.is_empty() {
        String::new()
    } else {
        format!(
            "<div class=\"buttons\"><form method=\"post\" action=\"/sandbox/transfer/{id}/send\">\
             <button class=\"primary\">{button}</button></form></div>"
        )
    };
    let reference = escape_html(&objects::reference(intent));
    format!("<h1>Bank transfer</h1><p class=\"amount\">{amount}</p><p>{text}</p><p>Reference: {reference}</p>{form}")
}
