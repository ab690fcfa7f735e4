//! Outgoing webhooks, for admins.

use crate::service::manage_webhooks;
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use onsale_core::WebhookId;
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::problem::ProblemBody;
use onsale_core::api::webhooks::{ChangeWebhook, CreateWebhook, Webhook, WebhookDelivery, WebhookDeliveryStatus};
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query, Valid};
use onsale_platform::identity::Admin;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// How every call can be refused.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes answers to the OpenAPI document")]
enum Refusals {
    /// `malformed`: a query or a body that cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// `unauthenticated`: no good token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// `forbidden`: the role admin is needed.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// `not_found`.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// `invalid`: each field is named, e.g. a `limit` beyond 1–100, or a `url` that is not on the public internet.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// `unavailable`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// How a call with a body can be refused besides.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes answers to the OpenAPI document")]
enum BodyRefusals {
    /// `state_conflict`: there are 100 webhooks already.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// `body_too_large`.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// `unsupported_media_type`.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(ProblemBody),
}

/// An answer with a secret in it, which no cache keeps.
type Secret = ([(HeaderName, &'static str); 1], Json<Webhook>);

fn secret(webhook: Webhook) -> Secret {
    ([(CACHE_CONTROL, "no-store")], Json(webhook))
}

/// Sends events of these topics to an address from now on. The secret that signs them is in this answer and nowhere
/// else.
#[utoipa::path(
    post,
    path = "/api/admin/webhooks",
    tag = "webhooks",
    operation_id = "createWebhook",
    request_body = CreateWebhook,
    responses((status = 201, description = "The webhook with its secret", body = Webhook), Refusals, BodyRefusals),
    security(("bearer" = []))
)]
pub(super) async fn create(
    Extract(state): Extract<State>,
    Admin(by): Admin,
    Valid(wanted): Valid<CreateWebhook>,
) -> Result<(StatusCode, Secret), Problem> {
    let webhook = manage_webhooks::create(&state, by.user_id, &wanted).await?;
    Ok((StatusCode::CREATED, secret(webhook)))
}

/// Webhooks, the newest first, without their secrets.
#[utoipa::path(
    get,
    path = "/api/admin/webhooks",
    tag = "webhooks",
    operation_id = "listWebhooks",
    params(PageQuery),
    responses((status = 200, description = "A page of webhooks", body = Page<Webhook>), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn list(
    Extract(state): Extract<State>,
    _admin: Admin,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Webhook>>, Problem> {
    let limit = cursor::limit(&query, cursor::LIMIT_DEFAULT)?;
    let below: Option<Uuid> = query.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut items = manage_webhooks::list(&state, below, limit).await?;
    let next_cursor = cursor::next(&mut items, limit, |webhook| webhook.id);
    Ok(Json(Page { items, next_cursor }))
}

/// One of them.
#[utoipa::path(
    get,
    path = "/api/admin/webhooks/{id}",
    tag = "webhooks",
    operation_id = "showWebhook",
    params(("id" = WebhookId, Path, description = "The webhook")),
    responses((status = 200, description = "The webhook", body = Webhook), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn show(
    Extract(state): Extract<State>,
    _admin: Admin,
    Path(id): Path<WebhookId>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(manage_webhooks::show(&state, id).await?))
}

/// Changes address, topics or description, or switches it on or off; what is absent stays.
#[utoipa::path(
    patch,
    path = "/api/admin/webhooks/{id}",
    tag = "webhooks",
    operation_id = "changeWebhook",
    params(("id" = WebhookId, Path, description = "The webhook")),
    request_body = ChangeWebhook,
    responses((status = 200, description = "The webhook as it is now", body = Webhook), Refusals, BodyRefusals),
    security(("bearer" = []))
)]
pub(super) async fn change(
    Extract(state): Extract<State>,
    Admin(by): Admin,
    Path(id): Path<WebhookId>,
    Valid(change): Valid<ChangeWebhook>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(manage_webhooks::change(&state, by.user_id, id, &change).await?))
}

/// Takes a webhook away, with what waits to be sent there.
#[utoipa::path(
    delete,
    path = "/api/admin/webhooks/{id}",
    tag = "webhooks",
    operation_id = "deleteWebhook",
    params(("id" = WebhookId, Path, description = "The webhook")),
    responses((status = 204, description = "Nothing is sent there any more"), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn delete(
    Extract(state): Extract<State>,
    Admin(by): Admin,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode, Problem> {
    manage_webhooks::delete(&state, by.user_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a webhook a new secret. For a day the old one signs as well.
#[utoipa::path(
    post,
    path = "/api/admin/webhooks/{id}/rotate-secret",
    tag = "webhooks",
    operation_id = "rotateWebhookSecret",
    params(("id" = WebhookId, Path, description = "The webhook")),
    responses((status = 200, description = "The webhook with its new secret", body = Webhook), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn rotate(
    Extract(state): Extract<State>,
    Admin(by): Admin,
    Path(id): Path<WebhookId>,
) -> Result<Secret, Problem> {
    Ok(secret(manage_webhooks::rotate(&state, by.user_id, id).await?))
}

/// Which page of a log is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogQuery {
    /// Only those of which this became.
    status: Option<WebhookDeliveryStatus>,
    /// How many items, 1–100; 50 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// What became of the events for a webhook, the newest first, for 30 days.
#[utoipa::path(
    get,
    path = "/api/admin/webhooks/{id}/deliveries",
    tag = "webhooks",
    operation_id = "listWebhookDeliveries",
    params(("id" = WebhookId, Path, description = "The webhook"), LogQuery),
    responses((status = 200, description = "A page of the log", body = Page<WebhookDelivery>), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn log(
    Extract(state): Extract<State>,
    _admin: Admin,
    Path(id): Path<WebhookId>,
    Query(LogQuery { status, limit, cursor }): Query<LogQuery>,
) -> Result<Json<Page<WebhookDelivery>>, Problem> {
    let below: Option<Uuid> = cursor.as_deref().map(cursor::decode).transpose()?;
    let limit = cursor::limit(&PageQuery { limit, cursor: None }, cursor::LIMIT_DEFAULT)?;
    let mut items = manage_webhooks::log(&state, id, status, (below, limit)).await?;
    let next_cursor = cursor::next(&mut items, limit, |delivery| delivery.event_id);
    Ok(Json(Page { items, next_cursor }))
}

/// Sends an event of the log again, under the same `webhook-id`.
#[utoipa::path(
    post,
    path = "/api/admin/webhooks/{id}/deliveries/{eventId}/resend",
    tag = "webhooks",
    operation_id = "resendWebhookDelivery",
    params(
        ("id" = WebhookId, Path, description = "The webhook"),
        ("eventId" = Uuid, Path, description = "The event"),
    ),
    responses((status = 202, description = "It is queued", body = WebhookDelivery), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn send_again(
    Extract(state): Extract<State>,
    Admin(by): Admin,
    Path((id, event)): Path<(WebhookId, Uuid)>,
) -> Result<(StatusCode, Json<WebhookDelivery>), Problem> {
    let delivery = manage_webhooks::send_again(&state, by.user_id, id, event).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)))
}
