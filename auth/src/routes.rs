//! All routes of auth on one page.

mod api_keys;
mod audit;
mod client;
mod internal;
mod invitations;
mod jwks;
mod links;
mod me;
mod organisations;
mod refusals;
mod second_factor;
mod sessions;
mod settings;
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
/// 500 acts of a service with all that is worth knowing of each.
const ACTS_BYTES_MAX: usize = 16 * 1024 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(title = "auth", description = "Accounts, tokens and keys."),
    modifiers(&Bearer),
    tags((name = "accounts", description = "Register, sign in, and one's own account."),
         (name = "organisations", description = "Who runs events together, and who may do what there."),
         (name = "administration", description = "Accounts, API keys, settings and the audit log."))
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
        .routes(routes!(organisations::found, organisations::list))
        .routes(routes!(organisations::rename))
        .routes(routes!(organisations::members))
        .routes(routes!(organisations::set_member, organisations::remove_member))
        .routes(routes!(invitations::create, invitations::list))
        .routes(routes!(invitations::revoke))
        .routes(routes!(invitations::accept))
        .routes(routes!(invitations::choose))
        .routes(routes!(second_factor::begin))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(second_factor::renew))
        .routes(routes!(second_factor::remove))
        .routes(routes!(settings::show, settings::change))
        .routes(routes!(settings::history))
        .routes(routes!(audit::search))
        .routes(routes!(audit::head))
}

/// Between services only; not part of the document, never routed by the gateway.
fn internal() -> Router<State> {
    Router::new()
        .route("/internal/api-keys/exchange", post(internal::exchange_api_key))
        .route("/internal/users/find", post(internal::find_contacts))
        .route("/internal/users/{id}", get(internal::contact))
        .route("/internal/revocations", get(internal::revocations))
        .route("/internal/settings", get(internal::settings))
        .route("/internal/audit", post(internal::audit).layer(DefaultBodyLimit::max(ACTS_BYTES_MAX)))
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
