//! The hosted page, on which a payer approves or declines. Plain HTML, no script.

use super::State;
use super::book::{Act, Call, Intent, Status};
use super::routes::find_intent;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use onsale_core::text::escape_html;
use onsale_core::{Currency, Money};

const STYLE: &str = include_str!("page.css");
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")], STYLE)
        .into_response()
}

pub(super) async fn show(Extract(state): Extract<State>, Path(id): Path<String>) -> Response {
    match find_intent(&state, &id).await {
        Ok(Some(intent)) if intent.status == Status::RequiresAction => page(StatusCode::OK, &question(&intent)),
        Ok(Some(intent)) => page(StatusCode::OK, &done(&intent)),
        Ok(None) => page(StatusCode::NOT_FOUND, "<h1>Not there</h1><p>There is no such payment.</p>"),
        Err(_) => page(StatusCode::SERVICE_UNAVAILABLE, "<h1>Not just now</h1><p>Try again in a moment.</p>"),
    }
}

pub(super) async fn approve(state: Extract<State>, id: Path<String>) -> Response {
    decide(state, id, Decision::Approve).await
}

pub(super) async fn decline(state: Extract<State>, id: Path<String>) -> Response {
    decide(state, id, Decision::Decline).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Approve,
    Decline,
}

/// Decides once; a second press of either button only leads on.
async fn decide(Extract(state): Extract<State>, Path(id): Path<String>, decision: Decision) -> Response {
    let act = Act::Decide { id: id.clone(), approved: decision == Decision::Approve };
    let decided = state.0.ledger.submit(by_payer(act)).await;
    if decided.is_err() {
        return page(StatusCode::SERVICE_UNAVAILABLE, "<h1>Not just now</h1><p>Go back and try again.</p>");
    }
    match find_intent(&state, &id).await {
        Ok(Some(intent)) => match back(&intent) {
            Some(url) => Redirect::to(&url).into_response(),
            None => page(StatusCode::OK, &done(&intent)),
        },
        Ok(None) => page(StatusCode::NOT_FOUND, "<h1>Not there</h1><p>There is no such payment.</p>"),
        Err(_) => page(StatusCode::SERVICE_UNAVAILABLE, "<h1>Not just now</h1><p>Try again in a moment.</p>"),
    }
}

/// A press of a button: it has no key, because a second one changes nothing.
pub(super) fn by_payer(act: Act) -> Call {
    Call { key: None, fingerprint: [0; 32], act }
}

/// Where the payer goes on, told how it went as Stripe does.
fn back(intent: &Intent) -> Option<String> {
    let mut url = url::Url::parse(intent.return_url.as_deref()?).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let status = match intent.status {
        Status::RequiresCapture | Status::Succeeded => "succeeded",
        Status::RequiresAction => "pending",
        Status::RequiresPaymentMethod | Status::Canceled => "failed",
    };
    url.query_pairs_mut().append_pair("payment_intent", &intent.id).append_pair("redirect_status", status);
    Some(url.into())
}

fn question(intent: &Intent) -> String {
    let (id, amount) = (escape_html(&intent.id), escape_html(&amount(intent)));
    let description = intent.description.as_deref().map(escape_html).unwrap_or_default();
    format!(
        "<h1>Confirm your payment</h1>\
         <p class=\"amount\">{amount}</p><p>{description}</p>\
         <div class=\"buttons\">\
         <form method=\"post\" action=\"/sandbox/pay/{id}/approve\"><button class=\"primary\">Approve</button></form>\
         <form method=\"post\" action=\"/sandbox/pay/{id}/decline\"><button>Decline</button></form>\
         </div>"
    )
}

fn done(intent: &Intent) -> String {
    let text = match intent.status {
        Status::RequiresCapture | Status::Succeeded => "The payment is approved.",
        Status::Canceled => "The payment was cancelled.",
        Status::RequiresPaymentMethod | Status::RequiresAction => "The payment was declined.",
    };
    let link = back(intent)
        .map_or_else(String::new, |url| format!("<p><a href=\"{}\">Back to the shop</a></p>", escape_html(&url)));
    format!("<h1>Done</h1><p>{text}</p>{link}")
}

pub(super) fn amount(intent: &Intent) -> String {
    let code = intent.currency.to_ascii_uppercase();
    match code.parse::<Currency>() {
        Ok(currency) => Money::new(intent.amount, currency).to_string(),
        Err(_) => format!("{} {code}", intent.amount),
    }
}

pub(super) fn page(status: StatusCode, main: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Sandbox payment</title><link rel=\"stylesheet\" href=\"/sandbox/pay.css\"></head>\
         <body><main>{main}</main><footer>This is the payment sandbox: no money moves.</footer></body></html>"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
