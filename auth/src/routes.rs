//! All routes of auth on one page.

mod api_keys;
mod client;
mod internal;
mod jwks;
mod links;
mod me;
mod sessions;
mod users;

use crate::state::State;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use onsale_platform::problem;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// RELIABILITY.md, 5.15.
const BODY_BYTES_MAX: usize = 64 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(title = "auth", description = "Accounts, tokens and keys."),
    modifiers(&Bearer),
    tags((name = "accounts", description = "Register, sign in, and one's own account."),
         (name = "administration", description = "Accounts and API keys, for admins."))
)]
struct Document;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        openapi.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

fn public() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(sessions::register))
        .routes(routes!(sessions::login))
        .routes(routes!(sessions::refresh))
        .routes(routes!(sessions::logout))
        .routes(routes!(me::show, me::update))
        .routes(routes!(links::forgot))
        .routes(routes!(links::reset))
        .routes(routes!(links::verify))
        .routes(routes!(jwks::show))
        .routes(routes!(users::list))
        .routes(routes!(users::show, users::administer))
        .routes(routes!(api_keys::create, api_keys::list))
        .routes(routes!(api_keys::revoke))
}

/// Between services only; not part of the document, never routed by the gateway.
fn internal() -> Router<State> {
    Router::new()
        .route("/internal/api-keys/exchange", post(internal::exchange_api_key))
        .route("/internal/users/find", post(internal::find_contacts))
        .route("/internal/users/{id}", get(internal::contact))
        .route("/internal/revocations", get(internal::revocations))
}

/// auth's service.
pub fn router(state: State) -> Router {
    let (public, _document) = public().split_for_parts();
    public
        .merge(internal())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(problem::layer))
        .with_state(state)
}

/// auth's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    public().split_for_parts().1
}
