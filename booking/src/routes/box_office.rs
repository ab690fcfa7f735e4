//! `/api/v1`: the counter's sale, and what counters, partners and reports ask. Prices are plain JSON numbers.

use super::orders::is_staff;
use super::why::Why;
use crate::error::Reply;
use crate::service::sell_at_counter::{self, Selling};
use crate::service::{query_tickets, settle_order};
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_core::api::box_office::{
    AveragePrice, BoxOfficeHealth, BoxOfficeTicket, Revenue, SellTicket, SettledOrder, SoldCount,
};
use onsale_core::api::page::{LIMIT_MAX, PageQuery};
use onsale_core::api::problem::ProblemBody;
use onsale_core::{EventId, OrderId, TicketId, VenueId};
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::{Caller, Seller, TicketReader};
use onsale_platform::problem::Problem;

/// The calls of this page, for its health.
const ENDPOINTS: &[&str] = &[
    "POST /api/v1/tickets",
    "GET /api/v1/tickets",
    "GET /api/v1/tickets/{ticketId}",
    "GET /api/v1/tickets/count/{eventId}",
    "GET /api/v1/tickets/revenue/{venueId}/{eventId}",
    "GET /api/v1/tickets/money/{venueId}/{eventId}",
    "GET /api/v1/health",
];

/// Sell a seat at the counter.
///
/// Holds, takes cash (or makes an invoice) and issues the ticket in one call, for the account `userId`. `row` and `column` are
/// accepted as other names of the two labels. The event's limit per person does not bind the counter.
#[utoipa::path(
    post, path = "/api/v1/tickets", tag = "box office", security(("bearer" = [])),
    request_body = SellTicket,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again")),
    responses(
        (status = 201, description = "Sold", body = BoxOfficeTicket),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 402, description = "`payment_declined`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`seats_unavailable`, `not_on_sale`, `tickets_unavailable`, `in_progress`", body = ProblemBody),
        (status = 422, description = "`invalid`, `idempotency_key_reused`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn sell_ticket(
    Extract(state): Extract<State>,
    Seller(identity): Seller,
    key: IdempotencyKey,
    why: Why,
    Json(request): Json<SellTicket>,
) -> Result<Response, Problem> {
    let seller = identity.user_id().ok_or_else(|| Problem::forbidden("A sale needs an account."))?;
    let selling = Selling { seller, reach: identity.reach(), why: why.by(seller), key };
    Ok(match sell_at_counter::sell(&state, selling, &request).await? {
        Reply::Fresh(ticket) => (StatusCode::CREATED, Json(ticket)).into_response(),
        Reply::Replayed(stored) => stored.replay(),
    })
}

/// An invoice was paid: mark its order.
///
/// For staff. What the order still asks for counts as paid from then on; the same a second time changes nothing.
#[utoipa::path(
    post, path = "/api/admin/orders/{orderId}/settle", tag = "box office", security(("bearer" = [])),
    params(("orderId" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "It is paid", body = SettledOrder),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`not_owed`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn settle_order(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<SettledOrder>, Problem> {
    if !is_staff(&caller) {
        return Err(Problem::forbidden("Marking invoices as paid is for the box office."));
    }
    settle_order::settle(&state, caller.user_id, caller.reach(), id).await.map(Json)
}

/// A ticket that was sold.
///
/// The answer follows the events: a ticket that was sold this moment is waited for up to half a second.
#[utoipa::path(
    get, path = "/api/v1/tickets/{ticketId}", tag = "box office", security(("bearer" = [])),
    params(("ticketId" = TicketId, Path, description = "The ticket")),
    responses(
        (status = 200, description = "The ticket", body = BoxOfficeTicket),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_ticket(
    Extract(state): Extract<State>,
    TicketReader(reader): TicketReader,
    Path(id): Path<TicketId>,
) -> Result<Json<BoxOfficeTicket>, Problem> {
    query_tickets::ticket(&state, reader.reach(), id).await.map(Json)
}

/// The sold tickets, newest first.
///
/// 100 by default and at most; where there are more, the `Link` header with `rel="next"` leads to them.
#[utoipa::path(
    get, path = "/api/v1/tickets", tag = "box office", security(("bearer" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "How many, 1–100; 100 when absent", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "Where the page starts, as the `Link` header says"),
    ),
    responses(
        (
            status = 200, description = "The tickets", body = Vec<BoxOfficeTicket>,
            headers(("Link" = String, description = "The next page, where there is one")),
        ),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn list_tickets(
    Extract(state): Extract<State>,
    TicketReader(reader): TicketReader,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = query_tickets::tickets(&state, reader.reach(), &query).await?;
    let mut response = Json(page.items).into_response();
    if let Some(cursor) = page.next_cursor {
        let limit = query.limit.unwrap_or(LIMIT_MAX);
        let next = format!("</api/v1/tickets?limit={limit}&cursor={cursor}>; rel=\"next\"");
        let next = HeaderValue::from_str(&next).map_err(Problem::internal)?;
        response.headers_mut().insert(header::LINK, next);
    }
    Ok(response)
}

/// How many tickets of an event are sold, in all and by zone.
#[utoipa::path(
    get, path = "/api/v1/tickets/count/{eventId}", tag = "box office", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The counts", body = SoldCount),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn count_tickets(
    Extract(state): Extract<State>,
    TicketReader(reader): TicketReader,
    Path(event): Path<EventId>,
) -> Result<Json<SoldCount>, Problem> {
    query_tickets::count(&state, reader.reach(), event).await.map(Json)
}

/// What an event's sold tickets cost together.
#[utoipa::path(
    get, path = "/api/v1/tickets/revenue/{venueId}/{eventId}", tag = "box office", security(("bearer" = [])),
    params(
        ("venueId" = VenueId, Path, description = "The venue"),
        ("eventId" = EventId, Path, description = "The event"),
    ),
    responses(
        (status = 200, description = "The revenue", body = Revenue),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_revenue(
    Extract(state): Extract<State>,
    TicketReader(reader): TicketReader,
    Path((venue, event)): Path<(VenueId, EventId)>,
) -> Result<Json<Revenue>, Problem> {
    query_tickets::revenue(&state, reader.reach(), venue, event).await.map(Json)
}

/// What a sold ticket of an event cost on average.
#[utoipa::path(
    get, path = "/api/v1/tickets/money/{venueId}/{eventId}", tag = "box office", security(("bearer" = [])),
    params(
        ("venueId" = VenueId, Path, description = "The venue"),
        ("eventId" = EventId, Path, description = "The event"),
    ),
    responses(
        (status = 200, description = "The average; 0 while nothing is sold", body = AveragePrice),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_average_price(
    Extract(state): Extract<State>,
    TicketReader(reader): TicketReader,
    Path((venue, event)): Path<(VenueId, EventId)>,
) -> Result<Json<AveragePrice>, Problem> {
    query_tickets::average_price(&state, reader.reach(), venue, event).await.map(Json)
}

/// Whether these calls can be made.
#[utoipa::path(
    get, path = "/api/v1/health", tag = "box office",
    responses((status = 200, description = "They can", body = BoxOfficeHealth))
)]
pub(super) async fn get_health() -> Json<BoxOfficeHealth> {
    let endpoints = ENDPOINTS.iter().map(|endpoint| (*endpoint).to_owned()).collect();
    Json(BoxOfficeHealth { status: "UP".to_owned(), endpoints })
}
