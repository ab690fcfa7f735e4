//! Who calls: a token is verified before anything is routed, an API key becomes a token.

use super::keys::Key;
use super::limits::is_sign_in;
use super::security::is_page;
use crate::state::State;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use onsale_core::lineup::EntryId;
use onsale_core::{ApiKeyId, UserId};
use onsale_platform::identity::Identity;
use onsale_platform::problem::Problem;

static API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// What an API key's secret starts with.
const KEY_PREFIX: &str = "osk_";

/// Who calls, as far as limits care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Nobody who says so.
    Nobody,
    /// A person.
    Account(UserId),
    /// A program.
    Key(ApiKeyId),
    /// Whoever has this place in a line.
    Place(EntryId),
}

/// What a request shows of who calls.
pub(super) enum Shown {
    Nothing,
    Token(String),
    Key(Key),
}

/// Who calls, by what the request shows. An API key leaves the request; the token it stands for goes on in its place.
/// Services verify that token again: no identity is passed on but it.
///
/// Where anybody may call, a credential that is not good, or cannot be checked just now, is taken off and the
/// caller is nobody: a page whose token has ended can still be read, and get a new token.
pub(super) async fn of(state: &State, request: &mut Request, shown: Result<Shown, Problem>) -> Result<Who, Problem> {
    request.headers_mut().remove(&API_KEY);
    match verified(state, request, shown).await {
        Err(problem)
            if problem.status() != StatusCode::BAD_REQUEST && is_public(request.method(), request.uri().path()) =>
        {
            request.headers_mut().remove(header::AUTHORIZATION);
            Ok(Who::Nobody)
        }
        outcome => outcome,
    }
}

/// Calls that need no token. Any other one with a bad token ends here; what is missing in this list is refused
/// rather than let through.
fn is_public(method: &Method, path: &str) -> bool {
    if is_page(path) || is_sign_in(method, path) {
        return true;
    }
    match *method {
        Method::GET | Method::HEAD => {
            path == "/api/events"
                || ["/api/events/", "/api/search/", "/api/queue/"].iter().any(|start| path.starts_with(start))
                || matches!(path, "/.well-known/jwks.json" | "/api/openapi.json" | "/api/v1/health")
        }
        Method::POST => {
            path == "/api/auth/logout"
                || ["/api/payments/webhooks/", "/api/queue/"].iter().any(|start| path.starts_with(start))
        }
        _ => false,
    }
}

async fn verified(state: &State, request: &mut Request, shown: Result<Shown, Problem>) -> Result<Who, Problem> {
    let identity = match shown? {
        Shown::Nothing => return Ok(Who::Nobody),
        Shown::Token(token) => state.verifier.verify(&token).await?,
        Shown::Key(key) => {
            let (token, identity) = state.keys.token_of(&key, &state.verifier).await?;
            let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(Problem::internal)?;
            bearer.set_sensitive(true);
            request.headers_mut().insert(header::AUTHORIZATION, bearer);
            identity
        }
    };
    match identity {
        Identity::User { user_id, .. } => Ok(Who::Account(user_id)),
        Identity::ApiKey { key_id, .. } => Ok(Who::Key(key_id)),
        // Services call each other directly, never from outside.
        Identity::Service(_) => Err(Problem::unauthenticated("The token is not good here.")),
    }
}

/// Reads what a request shows, or says how to show it.
pub(super) fn shown(headers: &HeaderMap) -> Result<Shown, Problem> {
    let unreadable = || Problem::unauthenticated("Send Authorization: Bearer with a token or an API key.");
    let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (authorizations.next(), authorizations.next());
    if second.is_some() {
        return Err(Problem::malformed("Authorization", "send it once"));
    }
    let key = headers.get(&API_KEY);
    if first.is_some() && key.is_some() {
        return Err(Problem::malformed("X-Api-Key", "send it or Authorization, not both"));
    }
    if let Some(key) = key {
        let key = key.to_str().ok().filter(|key| key.starts_with(KEY_PREFIX)).ok_or_else(unreadable)?;
        return Ok(Shown::Key(Key::new(key)));
    }
    let Some(value) = first else { return Ok(Shown::Nothing) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unreadable)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(unreadable());
    }
    if token.starts_with(KEY_PREFIX) {
        return Ok(Shown::Key(Key::new(token)));
    }
    Ok(Shown::Token(token.to_owned()))
}
