//! What is taken out of an event: who comes, as a list and as files, and what it took.

use crate::service::{export_attendees, list_attendees, settle_event};
use crate::state::State;
use axum::body::Body;
use axum::extract::State as Extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::problem::ProblemBody;
use onsale_core::api::sales_desk::{Attendee, Settlement};
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::identity::{Organiser, SalesKeeper};
use onsale_platform::problem::Problem;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Who comes to one of your events: its good tickets, newest orders first.
///
/// `limit` counts orders; each comes with all of its tickets.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/attendees", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event"), PageQuery),
    responses(
        (status = 200, description = "A page of tickets", body = Page<Attendee>),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn list_attendees(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(event): Path<EventId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Attendee>>, Problem> {
    list_attendees::page(&state, &caller, &event, &page).await.map(Json)
}

/// Who comes to one of your events, as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/attendees.csv", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The list", content_type = "text/csv"),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`: others export", body = ProblemBody),
    )
)]
pub(super) async fn export_attendees_csv(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(event): Path<EventId>,
) -> Result<Response, Problem> {
    let body = export_attendees::csv(&state, &caller, &event).await?;
    Ok(file("text/csv; charset=utf-8", &format!("{event}-attendees.csv"), body))
}

/// Who comes to one of your events, as a workbook.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/attendees.xlsx", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (
            status = 200, description = "The list",
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`: others export", body = ProblemBody),
    )
)]
pub(super) async fn export_attendees_xlsx(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(event): Path<EventId>,
) -> Result<Response, Problem> {
    let body = export_attendees::xlsx(&state, &caller, &event).await?;
    Ok(file(XLSX, &format!("{event}-attendees.xlsx"), body))
}

fn file(content_type: &'static str, name: &str, body: Body) -> Response {
    // An event's id has no quotes and nothing beyond ASCII; a colon is no part of a file's name.
    let disposition = format!("attachment; filename=\"{}\"", name.replace(':', "-"));
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}

/// What one of your events took and gave back, by the payment ledger, beside what its orders say.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/settlement", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The settlement", body = Settlement),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`: payment is away, or others export", body = ProblemBody),
    )
)]
pub(super) async fn settle_event(
    Extract(state): Extract<State>,
    Organiser(caller): Organiser,
    Path(event): Path<EventId>,
) -> Result<Json<Settlement>, Problem> {
    settle_event::settlement(&state, &caller, &event).await.map(Json)
}
