//! Seating plans.

use super::answers::{ListRefusals, ReadRefusals, WriteRefusals, respond};
use crate::domain::pretix::PretixPlan;
use crate::service::add_plan::{self as adding, PlanSource};
use crate::service::{Actor, read};
use crate::state::State;
use axum::http::StatusCode;
use axum::response::Response;
use onsale_core::VenueId;
use onsale_core::api::admin::{PlanGenerator, PlanRecord, PlanSummary};
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::plan::SeatingPlan;
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query, read_json};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::Organiser;
use onsale_platform::problem::Problem;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// A plan, drawn or described.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes the body to the OpenAPI document")]
pub(super) enum PlanBody {
    /// Zones with rows of seats.
    Drawn(SeatingPlan),
    /// Zones with numbers of rows and seats.
    Described(PlanGenerator),
}

/// Looks whether any zone is described by numbers rather than drawn.
#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    zones: Vec<ZoneForm>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ZoneForm {
    seats_per_row: Option<IgnoredAny>,
}

/// The plan of a body that may be drawn or described.
fn read_plan(text: &str) -> Result<PlanSource, Problem> {
    let described =
        serde_json::from_str::<Form>(text).is_ok_and(|form| form.zones.iter().any(|zone| zone.seats_per_row.is_some()));
    if described {
        read_json(text.as_bytes()).map(PlanSource::Described)
    } else {
        read_json(text.as_bytes()).map(PlanSource::Drawn)
    }
}

/// A venue's plans, the oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/venues/{venueId}/plans",
    tag = "admin",
    params(("venueId" = VenueId, Path), PageQuery),
    responses((status = 200, body = Page<PlanSummary>), ListRefusals),
    security(("bearer" = []))
)]
pub(super) async fn list_plans(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(venue_id): Path<VenueId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PlanSummary>>, Problem> {
    let limit = cursor::limit(&page, cursor::LIMIT_DEFAULT)?;
    let after: Uuid = page.cursor.as_deref().map(cursor::decode).transpose()?.unwrap_or_default();
    let mut items = read::plan_list(&state, Actor::from(&caller), &venue_id, after, limit + 1).await?;
    let next_cursor = cursor::next(&mut items, limit, |plan| plan.plan_id);
    Ok(Json(Page { items, next_cursor }))
}

/// Add a plan to a venue: drawn (every seat with its position), or described (rows and seats a zone).
#[utoipa::path(
    post,
    path = "/api/admin/venues/{venueId}/plans",
    tag = "admin",
    params(
        ("venueId" = VenueId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    request_body = PlanBody,
    responses((status = 201, body = PlanSummary), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn add_plan(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(venue_id): Path<VenueId>,
    key: IdempotencyKey,
    Json(body): Json<Box<RawValue>>,
) -> Result<Response, Problem> {
    let source = read_plan(body.get())?;
    let key = key.scoped(caller.user_id, "POST /api/admin/venues/{venueId}/plans", &(&venue_id, body.get()));
    let outcome = adding::add_plan(&state, Actor::from(&caller), &venue_id, source, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// Add a plan that was drawn for pretix.
#[utoipa::path(
    post,
    path = "/api/admin/venues/{venueId}/plans/pretix",
    tag = "admin",
    params(
        ("venueId" = VenueId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    request_body = PretixPlan,
    responses((status = 201, body = PlanSummary), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn import_plan(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(venue_id): Path<VenueId>,
    key: IdempotencyKey,
    Json(plan): Json<PretixPlan>,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/venues/{venueId}/plans/pretix", &(&venue_id, &plan));
    let source = PlanSource::Pretix(plan);
    let outcome = adding::add_plan(&state, Actor::from(&caller), &venue_id, source, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// One of your plans, with its seats.
#[utoipa::path(
    get,
    path = "/api/admin/plans/{planId}",
    tag = "admin",
    params(("planId" = Uuid, Path)),
    responses((status = 200, body = PlanRecord), ReadRefusals),
    security(("bearer" = []))
)]
pub(super) async fn get_plan(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<Uuid>,
) -> Result<Json<PlanRecord>, Problem> {
    Ok(Json(read::plan(&state, Actor::from(&caller), id).await?))
}
