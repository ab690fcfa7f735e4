//! Halls: drawing them, bringing them in, taking them elsewhere, publishing them as plans.

use super::answers::{ListRefusals, ReadRefusals, WriteRefusals, respond};
use crate::domain::pretix::PretixPlan;
use crate::service::create_hall::{self as creating, HallSource};
use crate::service::{Actor, publish_hall as publishing, read_hall, save_hall as saving};
use crate::state::State;
use axum::body::Bytes;
use axum::extract::FromRequest;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_core::VenueId;
use onsale_core::api::halls::{HallRecord, HallSummary, HallVersion, NewHall, PublishHall, SaveHall, SavedHall};
use onsale_core::api::page::{Page, PageQuery};
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query, Valid};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::Organiser;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// A venue's halls, the oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/venues/{venueId}/halls",
    tag = "admin",
    params(("venueId" = VenueId, Path), PageQuery),
    responses((status = 200, body = Page<HallSummary>), ListRefusals),
    security(("bearer" = []))
)]
pub(super) async fn list_halls(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(venue_id): Path<VenueId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<HallSummary>>, Problem> {
    let limit = cursor::limit(&page, cursor::LIMIT_DEFAULT)?;
    let after: Uuid = page.cursor.as_deref().map(cursor::decode).transpose()?.unwrap_or_default();
    let mut items = read_hall::hall_list(&state, Actor::from(&caller), &venue_id, after, limit + 1).await?;
    let next_cursor = cursor::next(&mut items, limit, |hall| hall.hall_id);
    Ok(Json(Page { items, next_cursor }))
}

/// Begin a hall: empty, with a stage, or from one of the venue's plans.
#[utoipa::path(
    post,
    path = "/api/admin/venues/{venueId}/halls",
    tag = "admin",
    params(
        ("venueId" = VenueId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    request_body = NewHall,
    responses((status = 201, body = HallSummary), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn create_hall(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(venue_id): Path<VenueId>,
    key: IdempotencyKey,
    Valid(asked): Valid<NewHall>,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/venues/{venueId}/halls", &(&venue_id, &asked));
    let source = HallSource::New(asked);
    let outcome = creating::create_hall(&state, Actor::from(&caller), &venue_id, source, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// Bring in a seating plan that was drawn for pretix. It is taken as it is; what is to be mended is told with the hall.
#[utoipa::path(
    post,
    path = "/api/admin/venues/{venueId}/halls/pretix",
    tag = "admin",
    params(
        ("venueId" = VenueId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    request_body = PretixPlan,
    responses((status = 201, body = HallSummary), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn import_hall(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(venue_id): Path<VenueId>,
    key: IdempotencyKey,
    Json(plan): Json<PretixPlan>,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/venues/{venueId}/halls/pretix", &(&venue_id, &plan));
    let source = HallSource::Pretix(Box::new(plan));
    let outcome = creating::create_hall(&state, Actor::from(&caller), &venue_id, source, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// What a hall from a list of seats is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SeatsQuery {
    /// What the organiser calls it.
    name: String,
}

/// A body of `text/csv` in UTF-8.
pub(super) struct Csv(String);

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/csv")) {
            let detail = "Send the body as text/csv, in UTF-8.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|refusal| match refusal.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is larger than this address takes.",
            ),
            _ => Problem::malformed("body", "it could not be read to its end"),
        })?;
        let text = String::from_utf8(bytes.into()).map_err(|_| Problem::malformed("body", "write it in UTF-8"))?;
        if text.contains('\0') {
            return Err(Problem::malformed("body", "write it without the character U+0000"));
        }
        Ok(Self(text))
    }
}

/// Bring in a list of seats: CSV with the columns `zone,row,seat,x,y,category` and, where wanted,
/// `step_free,companion,restricted_view,aisle_before,seat_id`.
#[utoipa::path(
    post,
    path = "/api/admin/venues/{venueId}/halls/csv",
    tag = "admin",
    params(
        ("venueId" = VenueId, Path),
        SeatsQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = HallSummary), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn import_seats(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(venue_id): Path<VenueId>,
    Query(SeatsQuery { name }): Query<SeatsQuery>,
    key: IdempotencyKey,
    Csv(text): Csv,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/venues/{venueId}/halls/csv", &(&venue_id, &name, &text));
    let source = HallSource::Seats { name, text };
    let outcome = creating::create_hall(&state, Actor::from(&caller), &venue_id, source, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// One of your halls as it is drawn now, with its published versions and what is to be mended.
#[utoipa::path(
    get,
    path = "/api/admin/halls/{hallId}",
    tag = "admin",
    params(("hallId" = Uuid, Path)),
    responses((status = 200, body = HallRecord), ReadRefusals),
    security(("bearer" = []))
)]
pub(super) async fn get_hall(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<Uuid>,
) -> Result<Json<HallRecord>, Problem> {
    Ok(Json(read_hall::hall(&state, Actor::from(&caller), id).await?))
}

/// Save a hall. It names the change that it goes on from; where there is another by now, nothing is saved (409).
#[utoipa::path(
    put,
    path = "/api/admin/halls/{hallId}",
    tag = "admin",
    params(("hallId" = Uuid, Path)),
    request_body = SaveHall,
    responses((status = 200, body = SavedHall), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn save_hall(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<Uuid>,
    Json(save): Json<SaveHall>,
) -> Result<Json<SavedHall>, Problem> {
    Ok(Json(saving::save_hall(&state, Actor::from(&caller), id, save).await?))
}

/// Publish a hall: it becomes a plan of the venue, which never changes. Events that use an earlier version keep it.
#[utoipa::path(
    post,
    path = "/api/admin/halls/{hallId}/publish",
    tag = "admin",
    params(
        ("hallId" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    request_body = PublishHall,
    responses((status = 201, body = HallVersion), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn publish_hall(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Json(asked): Json<PublishHall>,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/halls/{hallId}/publish", &(id, asked));
    let outcome = publishing::publish_hall(&state, Actor::from(&caller), id, asked, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// A hall in pretix's form. A plan that came from there is the same again.
#[utoipa::path(
    get,
    path = "/api/admin/halls/{hallId}/pretix",
    tag = "admin",
    params(("hallId" = Uuid, Path)),
    responses((status = 200, body = PretixPlan), ReadRefusals),
    security(("bearer" = []))
)]
pub(super) async fn export_hall(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<Uuid>,
) -> Result<Json<PretixPlan>, Problem> {
    Ok(Json(read_hall::as_pretix(&state, Actor::from(&caller), id).await?))
}

/// A hall's seats as CSV.
#[utoipa::path(
    get,
    path = "/api/admin/halls/{hallId}/csv",
    tag = "admin",
    params(("hallId" = Uuid, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), ReadRefusals),
    security(("bearer" = []))
)]
pub(super) async fn export_seats(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let list = read_hall::as_seat_list(&state, Actor::from(&caller), id).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], list).into_response())
}
