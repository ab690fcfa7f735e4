//! Extractors whose refusals are problems that name the field and the remedy.

use crate::problem::Problem;
use axum::body::Bytes;
use axum::body::HttpBody;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A JSON body. Refuses what is not JSON (415), not readable (400), or too large (413).
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as application/json.",
            ));
        }
        let bytes = body(request, state).await?;
        read_json(&bytes).map(Self)
    }
}

impl<T, S> OptionalFromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    /// An empty body is none at all.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if !request.headers().contains_key(header::CONTENT_TYPE) || request.body().is_end_stream() {
            let bytes = body(request, state).await?;
            return if bytes.is_empty() { Ok(None) } else { read_json(&bytes).map(|value| Some(Self(value))) };
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A JSON body that also passes its own rules; every field that does not is named (422).
#[derive(Debug, Clone, Copy)]
pub struct Valid<T>(pub T);

impl<T, S> FromRequest<S> for Valid<T>
where
    T: DeserializeOwned + garde::Validate,
    T::Context: Default,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(value) = <Json<T> as FromRequest<S>>::from_request(request, state).await?;
        check(&value)?;
        Ok(Self(value))
    }
}

/// Checks a value by its own rules; a 422 names every field that does not pass.
pub fn check<T>(value: &T) -> Result<(), Problem>
where
    T: garde::Validate,
    T::Context: Default,
{
    let Err(report) = value.validate() else { return Ok(()) };
    let start = Problem::unprocessable("invalid", "Some fields are not right.");
    Err(report.iter().fold(start, |problem, (path, error)| {
        problem.with_error(&camel_case(&path.to_string()), "invalid", error.to_string())
    }))
}

/// The query string.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        // Escaped it is the same character, and no name or value here has a use for it.
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        if let Some(pair) = pairs.into_iter().find(|pair| pair.contains("%00")) {
            let name = pair.split('=').next().filter(|name| !name.contains("%00")).unwrap_or("query");
            return Err(Problem::invalid(name, "invalid", NUL_MESSAGE));
        }
        axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|refusal| Problem::malformed("query", refusal.body_text()))
    }
}

/// The parts of the path. An id that cannot exist is not there (404).
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            _ if parts.uri.path().contains("%00") => Err(Problem::not_found("thing")),
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::not_found("thing")),
        }
    }
}

/// Reads a JSON text; a 400 names the place that cannot be read.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "body".to_owned() } else { path };
        Problem::malformed(&field, error.into_inner().to_string())
    })?;
    reader.end().map_err(|error| Problem::malformed("body", error.to_string()))?;
    refuse_nul(bytes)?;
    Ok(value)
}

/// U+0000, which PostgreSQL keeps in no text; in JSON it can only be written as this escape.
const NUL_ESCAPE: &[u8] = br"\u0000";

/// 422 that names every text with a NUL in it. Almost no body has the escape: only such a one is read again.
fn refuse_nul(bytes: &[u8]) -> Result<(), Problem> {
    if !bytes.windows(NUL_ESCAPE.len()).any(|window| window == NUL_ESCAPE) {
        return Ok(());
    }
    let value = serde_json::from_slice(bytes).map_err(|error| Problem::malformed("body", error.to_string()))?;
    let mut fields = Vec::new();
    find_nul(&value, String::new(), &mut fields);
    if fields.is_empty() {
        return Ok(());
    }
    let start = Problem::unprocessable("invalid", "Some fields are not right.");
    Err(fields.iter().fold(start, |problem, path| {
        problem.with_error(if path.is_empty() { "body" } else { path }, "invalid", NUL_MESSAGE)
    }))
}

const NUL_MESSAGE: &str = "write it without the character U+0000";

/// The paths of all texts with a NUL in them.
fn find_nul(value: &serde_json::Value, path: String, fields: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if text.contains('\0') => fields.push(path),
        serde_json::Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                find_nul(item, format!("{path}[{place}]"), fields);
            }
        }
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                if name.contains('\0') {
                    fields.push(path.clone());
                    continue;
                }
                let dot = if path.is_empty() { "" } else { "." };
                find_nul(member, format!("{path}{dot}{name}"), fields);
            }
        }
        _ => {}
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|refusal| {
        if refusal.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than this address takes.")
        } else {
            Problem::malformed("body", "it could not be read to its end")
        }
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// `max_per_account` as clients write it: `maxPerAccount`.
fn camel_case(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut upper = false;
    for c in path.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                text.extend(c.to_uppercase());
                upper = false;
            }
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_nul_anywhere_in_a_body_is_refused_and_its_field_named() {
        let body = br#"{"name": "a\u0000", "seats": [{"seatId": "A1"}, {"seatId": "\u0000"}], "plain": "\\u0000"}"#;
        let problem = read_json::<Value>(body).expect_err("it has two").body("/", "");
        assert_eq!((problem.status, problem.code.as_str()), (422, "invalid"));
        let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "seats[1].seatId"]);
        let name = read_json::<Value>(br#"{"a\u0000": 1}"#).expect_err("a name has one").body("/", "");
        assert_eq!(name.errors[0].field, "body");
        assert_eq!(read_json::<Value>(br#"{"a": "\\u0000"}"#).expect("a backslash is none"), json!({"a": "\\u0000"}));
    }

    #[tokio::test]
    async fn a_nul_in_the_query_is_refused_and_named() {
        let request = Request::get("/search?city=a&query=b%00").body(axum::body::Body::empty()).expect("a request");
        let (mut parts, _) = request.into_parts();
        let problem = Query::<std::collections::HashMap<String, String>>::from_request_parts(&mut parts, &()).await;
        let problem = problem.expect_err("it has one").body("/", "");
        assert_eq!((problem.status, problem.errors[0].field.as_str()), (422, "query"));
    }
}
