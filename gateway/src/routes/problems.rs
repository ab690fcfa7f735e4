//! `/problems`: what each error's `type` leads to.

use crate::pages;
use crate::state::State;
use axum::Json;
use axum::extract::{self, OriginalUri, Path};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use onsale_platform::problem::{CATALOGUE, Explanation, Problem, explain};
use serde_json::{Value, json};

/// `GET /problems`: all of them.
pub(super) async fn list(state: extract::State<State>, OriginalUri(uri): OriginalUri, asked: HeaderMap) -> Response {
    if wants_json(&asked) {
        let items: Vec<Value> = CATALOGUE.iter().map(value).collect();
        return varying(Json(json!({"items": items})).into_response());
    }
    let all: Vec<_> = CATALOGUE.iter().map(shown).collect();
    varying(pages::html(&state, onsale_ui::problems(&pages::page(&state, &uri, &asked), &all)))
}

/// `GET /problems/{code}`: one of them.
pub(super) async fn one(
    state: extract::State<State>,
    Path(code): Path<String>,
    OriginalUri(uri): OriginalUri,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let problem = explain(&code).ok_or_else(|| Problem::not_found("problem"))?;
    if wants_json(&asked) {
        return Ok(varying(Json(value(problem)).into_response()));
    }
    let page = pages::page(&state, &uri, &asked);
    Ok(varying(pages::html(&state, onsale_ui::problems(&page, &[shown(problem)]))))
}

fn shown(problem: &Explanation) -> onsale_ui::ProblemEntry {
    onsale_ui::ProblemEntry { code: problem.code, title: problem.title, remedy: problem.remedy }
}

fn value(problem: &Explanation) -> Value {
    json!({
        "type": format!("/problems/{}", problem.code),
        "code": problem.code,
        "title": problem.title,
        "remedy": problem.remedy,
    })
}

/// Programs say that they want JSON; browsers name HTML first.
fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let json = accepted.find("json");
    match (json, accepted.find("text/html")) {
        (Some(json), Some(html)) => json < html,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn varying(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}
