//! The page on which a demo chooses what goes wrong. Plain HTML, no script.

use super::State;
use super::faults::{Fault, ShareError, Shares};
use super::page::page;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use onsale_core::text::escape_html;
use std::collections::BTreeMap;

pub(super) async fn show(Extract(state): Extract<State>) -> Response {
    page(StatusCode::OK, &form(state.0.faults.shares(), None))
}

/// Takes all shares at once; what the form leaves empty is 0.
pub(super) async fn change(Extract(state): Extract<State>, body: Bytes) -> Response {
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let given = fields.iter().filter(|(_, percent)| !percent.trim().is_empty());
    match Shares::read(given.map(|(word, percent)| (word.as_str(), percent.trim()))) {
        Ok(shares) => {
            tracing::info!(%shares, "the sandbox's faults were changed");
            state.0.faults.set(shares);
            Redirect::to("/sandbox/faults").into_response()
        }
        Err(error) => page(StatusCode::UNPROCESSABLE_ENTITY, &form(state.0.faults.shares(), Some(&error))),
    }
}

fn form(shares: Shares, error: Option<&ShareError>) -> String {
    let told = error.map_or_else(String::new, |error| {
        format!("<p role=\"alert\" class=\"error\">{}</p>", escape_html(&error.to_string()))
    });
    let rows: String = Fault::ALL
        .into_iter()
        .map(|fault| {
            let (word, label, share) = (fault.as_str(), fault.label(), shares.of(fault));
            format!(
                "<label for=\"{word}\">{label}</label><span><input id=\"{word}\" name=\"{word}\" type=\"number\" \
                 min=\"0\" max=\"100\" inputmode=\"numeric\" value=\"{share}\"> %</span>"
            )
        })
        .collect();
    format!(
        "<h1>What goes wrong</h1><p>From the next call on. No money is lost by it: that is what this is to show.</p>\
         {told}<form method=\"post\" action=\"/sandbox/faults\"><div class=\"shares\">{rows}</div>\
         <div class=\"buttons\"><button class=\"primary\">Apply</button></div></form>"
    )
}
