//! API keys of an organisation, for its organisers; admins see all.

use crate::service::manage_api_keys;
use crate::state::State;
use axum::extract;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use onsale_core::ApiKeyId;
use onsale_core::api::accounts::{ApiKey, CreateApiKey};
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query, Valid};
use onsale_platform::identity::Organiser;
use onsale_platform::problem::Problem;
use uuid::Uuid;

/// Makes a key of the organisation that you act for. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post,
    path = "/api/admin/api-keys",
    tag = "administration",
    operation_id = "createApiKey",
    request_body = CreateApiKey,
    responses(
        (status = 201, description = "The key with its secret", body = ApiKey),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 413, description = "`body_too_large`", body = ProblemBody),
        (status = 415, description = "`unsupported_media_type`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    Organiser(by): Organiser,
    Valid(request): Valid<CreateApiKey>,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1], Json<ApiKey>), Problem> {
    let key = manage_api_keys::create(&state, &by, &request).await?;
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(key)))
}

/// Keys, newest first, without their secrets.
#[utoipa::path(
    get,
    path = "/api/admin/api-keys",
    tag = "administration",
    operation_id = "listApiKeys",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of keys", body = Page<ApiKey>),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    Organiser(by): Organiser,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<ApiKey>>, Problem> {
    let limit = cursor::limit(&query, cursor::LIMIT_DEFAULT)?;
    let below: Option<Uuid> = query.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut items = manage_api_keys::list(&state, by.reach(), below, limit).await?;
    let next_cursor = cursor::next(&mut items, limit, |key| key.id);
    Ok(Json(Page { items, next_cursor }))
}

/// Revokes a key for good. Its tokens are refused everywhere within 2 seconds.
#[utoipa::path(
    delete,
    path = "/api/admin/api-keys/{id}",
    tag = "administration",
    operation_id = "revokeApiKey",
    params(("id" = ApiKeyId, Path, description = "The key")),
    responses(
        (status = 204, description = "Revoked, now or before"),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn revoke(
    extract::State(state): extract::State<State>,
    Organiser(by): Organiser,
    Path(id): Path<ApiKeyId>,
) -> Result<StatusCode, Problem> {
    manage_api_keys::revoke(&state, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
