//! Venues.

use super::answers::{ListRefusals, ReadRefusals, WriteRefusals, respond};
use crate::service::Actor;
use crate::service::{self, read};
use crate::state::State;
use axum::http::StatusCode;
use axum::response::Response;
use onsale_core::VenueId;
use onsale_core::api::admin::VenueDraft;
use onsale_core::api::offer::Venue;
use onsale_core::api::page::{Page, PageQuery};
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::{Organiser, SalesKeeper};
use onsale_platform::problem::Problem;

/// Your venues, by id.
#[utoipa::path(
    get,
    path = "/api/admin/venues",
    tag = "admin",
    params(PageQuery),
    responses((status = 200, body = Page<Venue>), ListRefusals),
    security(("bearer" = []))
)]
pub(super) async fn list_venues(
    state: axum::extract::State<State>,
    SalesKeeper(caller): SalesKeeper,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Venue>>, Problem> {
    let limit = cursor::limit(&page, cursor::LIMIT_DEFAULT)?;
    let after: Option<VenueId> = page.cursor.as_deref().map(cursor::decode).transpose()?;
    let after = after.as_ref().map_or("", VenueId::as_str);
    let mut items = read::venue_list(&state, Actor::from(&caller), after, limit + 1).await?;
    let next_cursor = cursor::next(&mut items, limit, |venue| venue.id.clone());
    Ok(Json(Page { items, next_cursor }))
}

/// Add a venue.
#[utoipa::path(
    post,
    path = "/api/admin/venues",
    tag = "admin",
    request_body = VenueDraft,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")),
    responses((status = 201, body = Venue), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn create_venue(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    key: IdempotencyKey,
    Json(draft): Json<VenueDraft>,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/venues", &draft);
    let outcome = service::create_venue::create_venue(&state, Actor::from(&caller), draft, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// One of your venues.
#[utoipa::path(
    get,
    path = "/api/admin/venues/{venueId}",
    tag = "admin",
    params(("venueId" = VenueId, Path)),
    responses((status = 200, body = Venue), ReadRefusals),
    security(("bearer" = []))
)]
pub(super) async fn get_venue(
    state: axum::extract::State<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(id): Path<VenueId>,
) -> Result<Json<Venue>, Problem> {
    Ok(Json(read::venue(&state, Actor::from(&caller), &id).await?))
}

/// Change a venue.
#[utoipa::path(
    put,
    path = "/api/admin/venues/{venueId}",
    tag = "admin",
    params(("venueId" = VenueId, Path)),
    request_body = VenueDraft,
    responses((status = 200, body = Venue), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn change_venue(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<VenueId>,
    Json(draft): Json<VenueDraft>,
) -> Result<Json<Venue>, Problem> {
    Ok(Json(service::change_venue::change_venue(&state, Actor::from(&caller), &id, draft).await?))
}
