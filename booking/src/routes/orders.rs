//! Orders: pay, look, cancel.

use super::why::Why;
use crate::error::Reply;
use crate::service::confirm_order::{self, Outcome};
use crate::service::find::{self, Looker};
use crate::service::give_up_order::Outcome as Cancelling;
use crate::service::hold_seats::Asking;
use crate::service::{cancel_order, list_orders, view};
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_core::api::booking::{CancelQuote, CancelRequest, ConfirmRequest, Order, PaymentAttempt, PaymentMethod};
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::problem::ProblemBody;
use onsale_core::api::sales_desk::RefundTerms;
use onsale_core::{OrderId, ReservationId, Role, TicketId, UserId};
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;

/// Who may see and cancel orders of others.
pub(super) fn is_staff(caller: &Caller) -> bool {
    caller.has_role(Role::Admin) || caller.has_role(Role::BoxOffice)
}

/// Whose orders a caller may reach: their own, and staff those of their organisation's events.
fn reach(caller: &Caller) -> Looker {
    let own = caller.user_id;
    if is_staff(caller) { Looker::Staff(own, caller.reach()) } else { Looker::Owner(own) }
}

/// 403 unless the caller is at the counter of the organisation whose event it is.
async fn must_be_counter(state: &State, caller: &Caller, hold: ReservationId) -> Result<(), Problem> {
    let refusal = || Problem::forbidden("INVOICE and CASH are for the box office.");
    if !is_staff(caller) {
        return Err(refusal());
    }
    let held = find::hold(state, hold, Looker::Owner(caller.user_id)).await?;
    if caller.reach().covers(held.inventory.offer.organisation_id) { Ok(()) } else { Err(refusal()) }
}

/// Pay a hold.
///
/// 200 means sold, ticketed and captured. 202 means that the payer has to go on at `nextAction.url`, or that
/// the outcome is not known yet: look at `Location`.
#[utoipa::path(
    post, path = "/api/bookings/confirm", tag = "booking", security(("bearer" = [])),
    request_body = ConfirmRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again")),
    responses(
        (status = 200, description = "Sold, ticketed, captured", body = Order),
        (status = 202, description = "The payer has to go on, or the outcome is not known yet", body = Order),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 402, description = "`payment_declined`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`price_changed`, `not_on_sale`, `version_conflict`, `in_progress`", body = ProblemBody),
        (status = 410, description = "`hold_expired`", body = ProblemBody),
        (status = 422, description = "`invalid`, `idempotency_key_reused`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn confirm(
    Extract(state): Extract<State>,
    caller: Caller,
    key: IdempotencyKey,
    why: Why,
    Json(request): Json<ConfirmRequest>,
) -> Result<Response, Problem> {
    if matches!(request.payment_method, PaymentMethod::Invoice | PaymentMethod::Cash) {
        must_be_counter(&state, &caller, request.reservation_id).await?;
    }
    let asking = Asking {
        account: caller.user_id,
        why: why.by(caller.user_id),
        admission: None,
        key: key.scoped(caller.user_id, confirm_order::ROUTE, &request),
    };
    Ok(match confirm_order::confirm(&state, asking, &request).await? {
        Reply::Fresh(Outcome::Confirmed(order)) => Json(order).into_response(),
        Reply::Fresh(Outcome::Underway(order)) => underway(&order),
        Reply::Replayed(stored) => stored.replay(),
    })
}

/// 202 with the place to look.
pub(super) fn underway(order: &Order) -> Response {
    let mut response = (StatusCode::ACCEPTED, Json(order)).into_response();
    let place = format!("/api/bookings/{}", order.order_id);
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// One's own orders, newest first.
#[utoipa::path(
    get, path = "/api/bookings", tag = "booking", security(("bearer" = [])), params(PageQuery),
    responses(
        (status = 200, description = "A page of orders", body = Page<Order>),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn list_orders(
    Extract(state): Extract<State>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Order>>, Problem> {
    let own = Looker::Owner(caller.user_id);
    Ok(Json(list_orders::of_account(&state, caller.user_id, own, &page).await?))
}

/// An account's orders, newest first: for its owner and for staff.
#[utoipa::path(
    get, path = "/api/bookings/user/{userId}", tag = "booking", security(("bearer" = [])),
    params(("userId" = UserId, Path, description = "The account"), PageQuery),
    responses(
        (status = 200, description = "A page of orders", body = Page<Order>),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn list_orders_of_user(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(user): Path<UserId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Order>>, Problem> {
    if caller.user_id != user && !is_staff(&caller) {
        return Err(Problem::not_found("account"));
    }
    Ok(Json(list_orders::of_account(&state, user, reach(&caller), &page).await?))
}

/// An order with its tickets.
#[utoipa::path(
    get, path = "/api/bookings/{orderId}", tag = "booking", security(("bearer" = [])),
    params(("orderId" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The order", body = Order),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_order(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Order>, Problem> {
    let found = find::order(&state, id, reach(&caller)).await?;
    view::order(&found.row, &found.inventory, &state.ticket_key).map(Json).ok_or_else(|| Problem::not_found("order"))
}

/// The attempts to pay an order.
#[utoipa::path(
    get, path = "/api/bookings/{orderId}/payments", tag = "booking", security(("bearer" = [])),
    params(("orderId" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The attempts, first to last", body = Page<PaymentAttempt>),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn list_payments(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Page<PaymentAttempt>>, Problem> {
    let found = find::order(&state, id, reach(&caller)).await?;
    Ok(Json(Page { items: list_orders::payments(&state, &found).await?, next_cursor: None }))
}

/// What cancelling the order's tickets would give back and keep.
#[utoipa::path(
    get, path = "/api/bookings/{orderId}/cancel-quote", tag = "booking", security(("bearer" = [])),
    params(("orderId" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The quote", body = CancelQuote),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_cancel_quote(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<CancelQuote>, Problem> {
    cancel_order::quote(&state, id, reach(&caller), RefundTerms::Policy).await.map(Json)
}

/// Cancel tickets: seats back on sale, money back by the event's policy.
///
/// An order that is still being paid is given up: no money is kept for it. 202 means that the wish is kept, and what
/// becomes of the payment is not known yet: look at `Location`.
#[utoipa::path(
    post, path = "/api/bookings/{orderId}/cancel", tag = "booking", security(("bearer" = [])),
    params(
        ("orderId" = OrderId, Path, description = "The order"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again"),
    ),
    request_body = CancelRequest,
    responses(
        (status = 200, description = "The order as it is now", body = Order),
        (status = 202, description = "It is given up; whether money came is not known yet", body = Order),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`not_cancellable`, `in_progress`", body = ProblemBody),
        (status = 422, description = "`invalid`, `idempotency_key_reused`", body = ProblemBody),
    )
)]
pub(super) async fn cancel(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<OrderId>,
    key: IdempotencyKey,
    why: Why,
    request: Option<Json<CancelRequest>>,
) -> Result<Response, Problem> {
    let request = request.map(|Json(request)| request).unwrap_or_default();
    let asking = Asking {
        account: caller.user_id,
        why: why.by(caller.user_id),
        admission: None,
        key: key.scoped(caller.user_id, "POST /api/bookings/{orderId}/cancel", &(id, &request)),
    };
    Ok(match cancel_order::cancel(&state, asking, reach(&caller), id, &request, RefundTerms::Policy).await? {
        Reply::Fresh(Cancelling::Done(order)) => Json(order).into_response(),
        Reply::Fresh(Cancelling::Underway(order)) => underway(&order),
        Reply::Replayed(stored) => stored.replay(),
    })
}

/// A ticket's QR code as a picture.
#[utoipa::path(
    get, path = "/api/bookings/{orderId}/tickets/{ticketId}/qr.svg", tag = "booking", security(("bearer" = [])),
    params(
        ("orderId" = OrderId, Path, description = "The order"),
        ("ticketId" = TicketId, Path, description = "The ticket"),
    ),
    responses(
        (status = 200, description = "SVG", content_type = "image/svg+xml"),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_ticket_picture(
    Extract(state): Extract<State>,
    caller: Caller,
    Path((order, ticket)): Path<(OrderId, TicketId)>,
) -> Result<Response, Problem> {
    let found = find::order(&state, order, reach(&caller)).await?;
    let order = view::order(&found.row, &found.inventory, &state.ticket_key);
    let tickets = order.map(|order| order.tickets).unwrap_or_default();
    let ticket = tickets.into_iter().find(|known| known.ticket_id == ticket);
    let ticket = ticket.ok_or_else(|| Problem::not_found("ticket"))?;
    let picture = crate::domain::qr::picture(&ticket.qr).map_err(Problem::internal)?;
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, max-age=300")];
    Ok((headers, picture).into_response())
}
