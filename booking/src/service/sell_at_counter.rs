//! Sells a seat at the counter: the hold and the confirmation that everybody makes, in one call, for cash or by invoice.

use crate::domain::inventory::Inventory;
use crate::domain::rows::{SeatNo, TypeNo};
use crate::error::Reply;
use crate::service::choose::Chosen;
use crate::service::confirm_order::{self, Outcome};
use crate::service::hold_seats::{self, Asking};
use crate::service::idempotency::stored_answer;
use crate::service::project_tickets::created_on;
use crate::service::release_hold;
use crate::state::State;
use axum::http::StatusCode;
use onsale_core::api::booking::{ConfirmRequest, Order, PaymentMethod, Reservation};
use onsale_core::api::box_office::{BoxOfficeTicket, SellTicket};
use onsale_core::{ReservationId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::audit::{self, Act};
use onsale_platform::idempotency::{IdempotencyKey, Stored};
use onsale_platform::identity::Reach;
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The scope of a sale's key.
const SALE: &str = "POST /api/v1/tickets";
/// The scope of the same key for the sale's hold, so that a sale that broke off goes on with its own hold.
const HOLD: &str = "POST /api/v1/tickets (hold)";

/// Who sells, why, and under which key.
#[derive(Debug, Clone)]
pub struct Selling {
    /// The account of the seller, or of the API key's owner.
    pub seller: UserId,
    /// Whose events the seller may sell.
    pub reach: Reach,
    /// Why, for the event store.
    pub why: Metadata,
    /// The key as it came.
    pub key: IdempotencyKey,
}

/// Sells one seat to the account that the request names.
pub async fn sell(state: &State, selling: Selling, request: &SellTicket) -> Result<Reply<BoxOfficeTicket>, Problem> {
    let method = method(request.payment_method)?;
    let sale = asking(&selling, SALE, request);
    if let Some(stored) = stored_answer(state, sale.key.as_ref()).await? {
        return replay(stored, request);
    }
    let inventory = state.inventories.on_sale(&request.event_id).await?;
    if !selling.reach.covers(inventory.offer.organisation_id) {
        return Err(Problem::not_found("event"));
    }
    let seat = find_seat(&inventory, request)?;
    let chosen = Chosen { seats: vec![seat], tickets: Vec::new() };
    let held = hold(state, asking(&selling, HOLD, request), &inventory, chosen.clone()).await?;
    let answer = match confirm(state, &sale, held.reservation, method).await {
        // The hold of an earlier try is over: the sale begins anew, and needs no key for what its own will keep.
        Err(problem) if held.before && problem.code() == "hold_expired" => {
            let anew = Asking { key: None, ..sale.clone() };
            let held = hold(state, anew, &inventory, chosen).await?;
            confirm(state, &sale, held.reservation, method).await
        }
        answer => answer,
    }?;
    match answer {
        Reply::Fresh(Outcome::Confirmed(order)) => {
            note(state, &selling, &inventory, &order).await;
            Ok(Reply::Fresh(sold(&order, request)?))
        }
        Reply::Fresh(Outcome::Underway(order)) => {
            let detail = "The till's outcome is not known yet: look at the order, or ask again by the same key.";
            Err(Problem::unavailable(detail, Duration::from_secs(1)).with_member("orderId", order.order_id))
        }
        Reply::Replayed(stored) => replay(stored, request),
    }
}

/// Notes the sale, which stands: its order says who sold it, also where this line is missing.
pub(super) async fn note(state: &State, selling: &Selling, inventory: &Inventory, order: &Order) {
    let act = Act {
        at: state.clock.now(),
        actor: Some(selling.seller),
        organisation: Some(inventory.offer.organisation_id),
        action: "ticket.sell",
        object_type: "order",
        object_id: &order.order_id.to_string(),
        detail: json!({"event": inventory.offer.event_id, "total": order.total}),
    };
    let noted = async { audit::note(&mut *state.pool.acquire().await?, ServiceRole::Booking, act).await };
    if let Err(error) = noted.await {
        tracing::warn!(order = %order.order_id, %error, "a sale at the counter is not in the audit log");
    }
}

/// How the counter is paid.
pub(super) fn method(asked: Option<PaymentMethod>) -> Result<PaymentMethod, Problem> {
    match asked.unwrap_or(PaymentMethod::Cash) {
        method @ (PaymentMethod::Cash | PaymentMethod::Invoice) => Ok(method),
        _ => Err(Problem::invalid("paymentMethod", "not_offered", "the counter takes CASH or INVOICE")),
    }
}

fn asking(selling: &Selling, scope: &'static str, request: &SellTicket) -> Asking {
    Asking {
        account: request.user_id,
        why: selling.why.clone(),
        admission: None,
        key: selling.key.scoped(selling.seller, scope, request),
    }
}

/// The seat and the ticket type it is taken with; everything that does not fit the event is named at once.
fn find_seat(inventory: &Inventory, request: &SellTicket) -> Result<(SeatNo, TypeNo), Problem> {
    let mut wrong: Vec<(&str, &str, &str)> = Vec::new();
    if inventory.offer.venue.id != request.venue_id {
        wrong.push(("venueId", "unknown_venue", "the event is at another venue"));
    }
    let seat = inventory.seat_at(request.zone_id, &request.row_label, &request.col_label);
    let kind = seat.and_then(|seat| inventory.type_for_seat(seat, None));
    if seat.is_none() {
        wrong.push(missing(inventory, request));
    } else if kind.is_none() {
        wrong.push(("colLabel", "not_offered", "this seat is not for sale"));
    }
    match (seat, kind) {
        (Some(seat), Some(kind)) if wrong.is_empty() => Ok((seat, kind)),
        _ => {
            let start = Problem::unprocessable("invalid", "Some fields are not right.");
            Err(wrong
                .into_iter()
                .fold(start, |problem, (field, code, message)| problem.with_error(field, code, message)))
        }
    }
}

/// Which part of the seat's name the plan does not have.
fn missing(inventory: &Inventory, request: &SellTicket) -> (&'static str, &'static str, &'static str) {
    let zones = inventory.offer.plan.iter().flat_map(|plan| &plan.zones);
    let zone = zones.into_iter().find(|zone| zone.zone_id == request.zone_id);
    match zone.map(|zone| zone.rows.iter().any(|row| row.label == request.row_label)) {
        None => ("zoneId", "unknown_zone", "the event's plan has no such zone"),
        Some(false) => ("rowLabel", "unknown_row", "the zone has no such row"),
        Some(true) => ("colLabel", "unknown_seat", "the row has no such seat"),
    }
}

/// A hold, and whether an earlier try of the same sale made it.
pub(super) struct Held {
    pub(super) reservation: ReservationId,
    pub(super) before: bool,
}

pub(super) async fn hold(
    state: &State,
    asking: Asking,
    inventory: &Arc<Inventory>,
    chosen: Chosen,
) -> Result<Held, Problem> {
    match hold_seats::reserve_at_counter(state, asking, inventory, chosen).await? {
        Reply::Fresh(done) => Ok(Held { reservation: done.row.id, before: false }),
        Reply::Replayed(stored) => {
            let held: Reservation = serde_json::from_str(&stored.body).map_err(Problem::internal)?;
            Ok(Held { reservation: held.reservation_id, before: true })
        }
    }
}

pub(super) async fn confirm(
    state: &State,
    sale: &Asking,
    hold: ReservationId,
    method: PaymentMethod,
) -> Result<Reply<Outcome>, Problem> {
    let request = ConfirmRequest {
        reservation_id: hold,
        payment_method: method,
        payment_token: None,
        expected_total: None,
        return_url: None,
    };
    let answer = confirm_order::confirm(state, sale.clone(), &request).await;
    if answer.as_ref().is_err_and(|problem| problem.status() == StatusCode::PAYMENT_REQUIRED)
        && let Err(problem) = release_hold::release(state, sale.account, hold, sale.why.clone()).await
    {
        tracing::info!(code = problem.code(), %hold, "a seat that was not paid at the counter waits for its hold's end");
    }
    answer
}

fn sold(order: &Order, request: &SellTicket) -> Result<BoxOfficeTicket, Problem> {
    let ticket = order.tickets.first().ok_or_else(|| Problem::internal("a sold seat has no ticket"))?;
    Ok(BoxOfficeTicket {
        ticket_id: ticket.ticket_id,
        status: "CONFIRMED".to_owned(),
        user_id: order.user_id,
        venue_id: request.venue_id.clone(),
        event_id: order.event_id.clone(),
        zone_id: ticket.zone_id,
        row_label: ticket.row.clone(),
        col_label: ticket.column.clone(),
        row: ticket.row.clone(),
        column: ticket.column.clone(),
        price: ticket.price.total.major(),
        created_on: created_on(ticket.ticket_id, order.created_at),
    })
}

/// What is kept under the key is the order: the sale's answer is made of it again.
fn replay(stored: Stored, request: &SellTicket) -> Result<Reply<BoxOfficeTicket>, Problem> {
    if stored.status != StatusCode::OK.as_u16() {
        return Ok(Reply::Replayed(stored));
    }
    let order: Order = serde_json::from_str(&stored.body).map_err(Problem::internal)?;
    let body = serde_json::to_string(&sold(&order, request)?).map_err(Problem::internal)?;
    Ok(Reply::Replayed(Stored { status: StatusCode::CREATED.as_u16(), body, ..stored }))
}
