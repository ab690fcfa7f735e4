//! `booking.tickets`.

use super::{corrupt, expect_rows};
use crate::domain::rows::{EventNo, TicketRow};
use onsale_core::{OrderId, TicketId, TicketStatus};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Issues tickets: of an order, for an event, in their order.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    tickets: &[(OrderId, EventNo, i16, &TicketRow)],
) -> Result<(), sqlx::Error> {
    if tickets.is_empty() {
        return Ok(());
    }
    let result = sqlx::query!(
        "INSERT INTO booking.tickets (id, order_id, event_no, ordinal, seat_no, kind, price, status)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::smallint[], $5::int[], $6::smallint[],
                              $7::bigint[], $8::text[])",
        &tickets.iter().map(|(_, _, _, ticket)| ticket.id.0).collect::<Vec<_>>(),
        &tickets.iter().map(|(order, ..)| order.0).collect::<Vec<_>>(),
        &tickets.iter().map(|(_, event, ..)| *event).collect::<Vec<_>>(),
        &tickets.iter().map(|(_, _, ordinal, _)| *ordinal).collect::<Vec<_>>(),
        &tickets.iter().map(|(_, _, _, ticket)| ticket.seat).collect::<Vec<_>>() as &[Option<i32>],
        &tickets.iter().map(|(_, _, _, ticket)| ticket.kind).collect::<Vec<_>>(),
        &tickets.iter().map(|(_, _, _, ticket)| ticket.price).collect::<Vec<_>>(),
        &tickets.iter().map(|(_, _, _, ticket)| ticket.status.as_str().to_owned()).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, tickets.len(), "booking.tickets")
}

/// Cancels live tickets.
pub(crate) async fn cancel(conn: &mut PgConnection, tickets: &BTreeSet<TicketId>) -> Result<(), sqlx::Error> {
    if tickets.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.0).collect();
    let result =
        sqlx::query!("UPDATE booking.tickets SET status = 'CANCELLED' WHERE id = ANY($1) AND status = 'VALID'", &ids)
            .execute(conn)
            .await?;
    expect_rows(&result, ids.len(), "booking.tickets")
}

/// The tickets of orders, in their order.
pub(crate) async fn of_orders(
    conn: &mut PgConnection,
    orders: &[OrderId],
) -> Result<BTreeMap<OrderId, Vec<TicketRow>>, sqlx::Error> {
    let mut by_order: BTreeMap<OrderId, Vec<TicketRow>> = BTreeMap::new();
    if orders.is_empty() {
        return Ok(by_order);
    }
    let rows = sqlx::query!(
        "SELECT id, order_id, seat_no, kind, price, status FROM booking.tickets
         WHERE order_id = ANY($1) ORDER BY order_id, ordinal",
        &orders.iter().map(|order| order.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let status = TicketStatus::from_name(&row.status).ok_or_else(|| corrupt("booking.tickets", &row.status))?;
        let ticket = TicketRow { id: TicketId(row.id), seat: row.seat_no, kind: row.kind, price: row.price, status };
        by_order.entry(OrderId(row.order_id)).or_default().push(ticket);
    }
    Ok(by_order)
}
