//! The public keys.

use crate::state::State;
use axum::extract;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use onsale_platform::extract::Json;
use onsale_platform::tokens::JwkSet;

/// The public keys that access tokens are checked with (RFC 7517).
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "accounts",
    operation_id = "showKeys",
    responses((status = 200, description = "A JSON Web Key Set of Ed25519 keys", body = serde_json::Value))
)]
pub(super) async fn show(
    extract::State(state): extract::State<State>,
) -> ([(HeaderName, &'static str); 1], Json<JwkSet>) {
    // Shorter than a new key is published before it signs.
    ([(CACHE_CONTROL, "public, max-age=10")], Json(state.keyring.public()))
}
