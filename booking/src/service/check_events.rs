//! Folds the events of holds and orders and compares what comes out with the rows.

use crate::domain::fold::{self, HoldState, OrderState, SagaState, TicketState};
use crate::domain::life::Saga;
use crate::domain::rows::{EventNo, ReservationRow, TicketRow};
use crate::store;
use crate::store::orders::{OrderRow, Which, saga_name};
use onsale_core::events::HeldRows;
use onsale_core::{EventId, OrderId, ReservationId};
use onsale_platform::ServiceRole;
use onsale_platform::outbox::fold::{Comparison, FoldReport, Folded};
use onsale_platform::outbox::{StoredEvent, stored};
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The aggregate type of a hold.
pub const HOLD: &str = "reservation";
/// The aggregate type of an order.
pub const ORDER: &str = "order";
/// How many holds are read at once.
const PAGE: i64 = 500;
/// Rows and events as of one moment; nothing is written.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Folds all holds and orders there are.
///
/// # Errors
/// When the database fails, or a row cannot be read.
pub async fn all(pool: &PgPool) -> Result<FoldReport, sqlx::Error> {
    let mut report = FoldReport::default();
    let mut after = Uuid::nil();
    loop {
        let mut tx = pool.begin_with(SNAPSHOT).await?;
        let ids = store::reservations::page(&mut tx, after, PAGE).await?;
        let Some(last) = ids.last() else { break };
        after = last.0;
        for comparison in compare(&mut tx, &ids).await? {
            report.add(comparison);
        }
    }
    let mut conn = pool.acquire().await?;
    for (aggregate_type, id) in store::events::without_row(&mut conn, PAGE).await? {
        let kind = if aggregate_type == ORDER { ORDER } else { HOLD };
        report.add(Comparison::without_row(kind, id));
    }
    Ok(report)
}

/// Folds one hold or order; nothing when there is none of that id.
///
/// # Errors
/// As [`all`].
pub async fn one(pool: &PgPool, id: Uuid) -> Result<Option<Comparison>, sqlx::Error> {
    let mut tx = pool.begin_with(SNAPSHOT).await?;
    let order = store::orders::find(&mut tx, Which::Order(OrderId(id))).await?;
    let hold = order.map_or(ReservationId(id), |order| order.reservation);
    let name = id.to_string();
    Ok(compare(&mut tx, &[hold]).await?.into_iter().find(|comparison| comparison.aggregate_id == name))
}

/// A hold and its order as their rows have them.
struct Rows {
    hold: ReservationRow,
    order: Option<(OrderRow, Vec<TicketRow>)>,
    event: EventId,
}

async fn compare(conn: &mut PgConnection, ids: &[ReservationId]) -> Result<Vec<Comparison>, sqlx::Error> {
    let rows = read(conn, ids).await?;
    let orders = rows.iter().filter_map(|rows| rows.order.as_ref()).map(|(order, _)| order.life.id.to_string());
    let aggregates: Vec<String> = rows.iter().map(|rows| rows.hold.id.to_string()).chain(orders).collect();
    let mut events: BTreeMap<String, Vec<StoredEvent>> = BTreeMap::new();
    for event in stored::of_aggregates(conn, ServiceRole::Booking, &aggregates).await? {
        events.entry(event.aggregate_id.clone()).or_default().push(event);
    }
    Ok(rows.iter().flat_map(|rows| side_by_side(rows, &events)).collect())
}

async fn read(conn: &mut PgConnection, ids: &[ReservationId]) -> Result<Vec<Rows>, sqlx::Error> {
    let holds = store::reservations::find_all(conn, ids).await?;
    let numbers: Vec<EventNo> = holds.values().map(|hold| hold.event).collect();
    let names = store::inventories::names(conn, &numbers).await?;
    let mut rows = Vec::with_capacity(holds.len());
    for hold in holds.into_values() {
        let order = store::orders::find(conn, Which::Of(hold.id)).await?;
        let event = names.get(&hold.event).cloned();
        let event = event.ok_or_else(|| store::corrupt("booking.reservations", "an event without an inventory"))?;
        rows.push(Rows { hold, order: order.map(|order| (order, Vec::new())), event });
    }
    let orders: Vec<OrderId> = rows.iter().filter_map(|rows| Some(rows.order.as_ref()?.0.life.id)).collect();
    let mut tickets = store::tickets::of_orders(conn, &orders).await?;
    for (order, its_tickets) in rows.iter_mut().filter_map(|rows| rows.order.as_mut()) {
        *its_tickets = tickets.remove(&order.life.id).unwrap_or_default();
    }
    Ok(rows)
}

/// A hold and, where it has one, its order.
fn side_by_side(rows: &Rows, events: &BTreeMap<String, Vec<StoredEvent>>) -> Vec<Comparison> {
    let of = |id: String| events.get(&id).map(Vec::as_slice).unwrap_or_default();
    let order_row = rows.order.as_ref().map(|(order, tickets)| order_state(rows, order, tickets));
    let order = rows.order.as_ref().map(|(order, _)| fold::order(of(order.life.id.to_string())));
    let folded_order = order.as_ref().and_then(|order| order.as_ref().ok()?.as_ref());

    let hold = fold::hold(of(rows.hold.id.to_string()));
    let hold = hold.map(|hold| hold.map(|hold| hold.after(folded_order))).transpose();
    let hold_row = hold_state(rows);
    let mut comparisons =
        vec![Comparison::of(HOLD, rows.hold.id.to_string(), hold.as_ref().map(Result::as_ref), &hold_row)];
    if let (Some((row, _)), Some(order), Some(order_row)) = (&rows.order, order, order_row) {
        let order = order.map(|order| order.map(|order| order.allow_untold(&order_row))).transpose();
        let folded = order.as_ref().map(Result::as_ref);
        comparisons.push(Comparison::of(ORDER, row.life.id.to_string(), folded, &order_row));
    }
    comparisons
}

fn hold_state(rows: &Rows) -> HoldState {
    let hold = &rows.hold;
    HoldState {
        event_id: rows.event.clone(),
        user_id: hold.account,
        status: hold.life.status,
        rows: Some(HeldRows {
            offer_version: hold.offer_version,
            seats: hold.seats.iter().map(|held| (held.seat, held.kind, held.fence)).collect(),
            tickets: hold.tickets.iter().map(|held| (held.kind, held.quantity)).collect(),
            promo_code: hold.cost.promo_code.clone(),
        }),
        live: i64::from(hold.live),
        total_minor: hold.cost.total,
        hold_ends_at: hold.life.hold_ends_at,
        counts: Folded { version: hold.counts.version, sequence: hold.counts.sequence },
    }
}

fn order_state(rows: &Rows, order: &OrderRow, tickets: &[TicketRow]) -> OrderState {
    let refund = match order.life.saga {
        Saga::Refunding { refund, amount } => Some((refund, amount)),
        _ => None,
    };
    let ticket = |ticket: &TicketRow| TicketState {
        id: ticket.id,
        place: Some((ticket.seat, ticket.kind)),
        price_minor: ticket.price,
        status: ticket.status,
    };
    OrderState {
        reservation_id: order.reservation,
        event_id: Some(rows.event.clone()),
        user_id: Some(rows.hold.account),
        number: order.details.number.clone(),
        status: order.life.status,
        saga: Some(SagaState {
            step: saga_name(&order.life.saga).to_owned(),
            refund,
            last_refund: order.life.last_refund,
            given_up: order.life.given_up,
        }),
        attempts: order.details.attempts.clone(),
        method: order.details.method.clone(),
        window_ends_at: Some(order.life.window_ends_at),
        amount_minor: order.life.amount,
        refunded_minor: order.life.refunded,
        failure: order.details.failure.clone(),
        created_at: order.details.created_at,
        tickets: tickets.iter().map(ticket).collect(),
        counts: Folded { version: order.counts.version, sequence: order.counts.sequence },
    }
}
