//! What whoever sells an event does: look where it sells, give back, note, keep seats back, sell on the map.

use super::orders::underway;
use super::why::Why;
use crate::domain::keep_back::Keeping;
use crate::error::Reply;
use crate::service::give_up_order::Outcome;
use crate::service::hold_seats::Asking;
use crate::service::sell_at_counter::Selling;
use crate::service::{break_down_sales, keep_seats, refund_order, sell_order, tell_order};
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use onsale_core::api::booking::{CancelQuote, Order};
use onsale_core::api::problem::ProblemBody;
use onsale_core::api::sales_desk::{
    ChangedSeats, CounterSale, EventSalesDetail, NamedSeats, NewNote, OrderNote, RefundRequest, RefundTerms,
};
use onsale_core::{EventId, OrderId};
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::SalesKeeper;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// The scope of a refund's key.
const REFUND: &str = "POST /api/admin/events/{eventId}/orders/{orderId}/refund";

/// Where and how fast one of your events sells: by category, and by the minute of the last hour.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/sales", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "Its sales", body = EventSalesDetail),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn show_event_sales(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(event): Path<EventId>,
) -> Result<Response, Problem> {
    let detail = break_down_sales::of_event(&state, &caller, &event).await?;
    Ok(Json(detail.as_ref()).into_response())
}

/// By which rule a refund is quoted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Terms {
    /// `POLICY`, which it is when absent, or `WHOLE`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    terms: RefundTerms,
}

/// What giving back the good tickets of an order of one of your events would pay out and keep.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/orders/{orderId}/refund-quote", tag = "admin", security(("bearer" = [])),
    params(
        ("eventId" = EventId, Path, description = "The event"),
        ("orderId" = OrderId, Path, description = "The order"), Terms,
    ),
    responses(
        (status = 200, description = "The quote", body = CancelQuote),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn quote_refund(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path((event, order)): Path<(EventId, OrderId)>,
    Query(Terms { terms }): Query<Terms>,
) -> Result<Json<CancelQuote>, Problem> {
    refund_order::quote(&state, &caller, &event, order, terms).await.map(Json)
}

/// Give back an order of one of your events, or some of its tickets: seats back on sale, money back.
///
/// By the event's policy; organisers may give back all that was paid, by the terms `WHOLE`.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/orders/{orderId}/refund", tag = "admin", security(("bearer" = [])),
    params(
        ("eventId" = EventId, Path, description = "The event"),
        ("orderId" = OrderId, Path, description = "The order"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again"),
    ),
    request_body = RefundRequest,
    responses(
        (status = 200, description = "The order as it is now", body = Order),
        (status = 202, description = "It is given up; whether money came is not known yet", body = Order),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`not_cancellable`, `in_progress`", body = ProblemBody),
        (status = 422, description = "`invalid`, `idempotency_key_reused`", body = ProblemBody),
    )
)]
pub(super) async fn refund_order(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path((event, order)): Path<(EventId, OrderId)>,
    key: IdempotencyKey,
    why: Why,
    request: Option<Json<RefundRequest>>,
) -> Result<Response, Problem> {
    let request = request.map(|Json(request)| request).unwrap_or_default();
    let asking = Asking {
        account: caller.user_id,
        why: why.by(caller.user_id),
        admission: None,
        key: key.scoped(caller.user_id, REFUND, &(order, &request)),
    };
    // The codes in it are the buyer's: what is answered is the order without its tickets.
    let bare = |order: Order| Order { tickets: Vec::new(), ..order };
    Ok(match refund_order::refund(&state, &caller, (&event, order), asking, &request).await? {
        Reply::Fresh(Outcome::Done(order)) => Json(bare(order)).into_response(),
        Reply::Fresh(Outcome::Underway(order)) => underway(&bare(order)),
        Reply::Replayed(mut stored) => {
            if let Ok(order) = serde_json::from_str::<Order>(&stored.body) {
                stored.body = serde_json::to_string(&bare(order)).map_err(Problem::internal)?;
            }
            stored.replay()
        }
    })
}

/// Write a note beside an order of one of your events, for those who look at it after you.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/orders/{orderId}/notes", tag = "admin", security(("bearer" = [])),
    params(
        ("eventId" = EventId, Path, description = "The event"),
        ("orderId" = OrderId, Path, description = "The order"),
    ),
    request_body = NewNote,
    responses(
        (status = 201, description = "The note", body = OrderNote),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`state_conflict`: it has 100 notes", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn note_order(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path((event, order)): Path<(EventId, OrderId)>,
    Json(note): Json<NewNote>,
) -> Result<(StatusCode, Json<OrderNote>), Problem> {
    let note = tell_order::note(&state, &caller, (&event, order), &note.text).await?;
    Ok((StatusCode::CREATED, Json(note)))
}

/// Have the tickets of an order of one of your events written to its buyer once more; at most once a minute.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/orders/{orderId}/send-again", tag = "admin", security(("bearer" = [])),
    params(
        ("eventId" = EventId, Path, description = "The event"),
        ("orderId" = OrderId, Path, description = "The order"),
    ),
    responses(
        (status = 204, description = "The mail is written"),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`state_conflict`: no ticket of it is good", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn send_order_again(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path((event, order)): Path<(EventId, OrderId)>,
) -> Result<StatusCode, Problem> {
    tell_order::send_again(&state, &caller, &event, order).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keep seats of one of your events back from sale: all or nothing.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/seats/block", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    request_body = NamedSeats,
    responses(
        (status = 200, description = "They are kept back", body = ChangedSeats),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`seats_unavailable`: somebody has them", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn block_seats(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(event): Path<EventId>,
    Json(named): Json<NamedSeats>,
) -> Result<Json<ChangedSeats>, Problem> {
    keep_seats::keep_seats(&state, &caller, &event, &named.seats, Keeping::Back).await.map(Json)
}

/// Put seats that are kept back on sale; those that are not kept back stay as they are.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/seats/release", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    request_body = NamedSeats,
    responses(
        (status = 200, description = "They are on sale", body = ChangedSeats),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn release_seats(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(event): Path<EventId>,
    Json(named): Json<NamedSeats>,
) -> Result<Json<ChangedSeats>, Problem> {
    keep_seats::keep_seats(&state, &caller, &event, &named.seats, Keeping::Released).await.map(Json)
}

/// Sell seats and tickets of one of your events at the counter, in one order.
///
/// For the account of `buyerEmail`, or for your own, to hand over in print. The event's limit per person does not bind
/// the counter.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/counter-sales", tag = "box office", security(("bearer" = [])),
    params(
        ("eventId" = EventId, Path, description = "The event"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again"),
    ),
    request_body = CounterSale,
    responses(
        (status = 200, description = "Sold", body = Order),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`seats_unavailable`, `not_on_sale`, `tickets_unavailable`, `in_progress`", body = ProblemBody),
        (status = 422, description = "`invalid`, `idempotency_key_reused`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn sell_order(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(event): Path<EventId>,
    key: IdempotencyKey,
    why: Why,
    Json(request): Json<CounterSale>,
) -> Result<Response, Problem> {
    let (seller, reach) = (caller.user_id, caller.reach());
    let selling = Selling { seller, reach, why: why.by(seller), key };
    Ok(match sell_order::sell(&state, selling, &event, &request).await? {
        Reply::Fresh(order) => Json(order).into_response(),
        Reply::Replayed(stored) => stored.replay(),
    })
}
