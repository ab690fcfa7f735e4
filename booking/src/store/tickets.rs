//! `booking.tickets`.

use super::{corrupt, expect_rows};
use crate::domain::life::Time;
use crate::domain::rows::{EventNo, TicketRow};
use onsale_core::gate::{Entry, Merged, Standing};
use onsale_core::{OrderId, TicketId, TicketStatus, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

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

/// A ticket that was shown at a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownTicket {
    /// The ticket.
    pub ticket: TicketRow,
    /// Its order.
    pub order: OrderId,
    /// Whose order it is.
    pub account: UserId,
    /// Its event.
    pub event: EventNo,
    /// The version of the offer that its numbers are of.
    pub offer_version: i32,
}

/// These tickets, of whatever event.
pub(crate) async fn shown(conn: &mut PgConnection, tickets: &[TicketId]) -> Result<Vec<ShownTicket>, sqlx::Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        "SELECT t.id, t.order_id, t.event_no, t.seat_no, t.kind, t.price, t.status, o.account_id, r.offer_version
         FROM booking.tickets t
         JOIN booking.orders o ON o.id = t.order_id
         JOIN booking.reservations r ON r.id = o.reservation_id
         WHERE t.id = ANY($1)",
        &tickets.iter().map(|ticket| ticket.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    let shown = rows.into_iter().map(|row| {
        let status = TicketStatus::from_name(&row.status).ok_or_else(|| corrupt("booking.tickets", &row.status))?;
        Ok(ShownTicket {
            ticket: TicketRow { id: TicketId(row.id), seat: row.seat_no, kind: row.kind, price: row.price, status },
            order: OrderId(row.order_id),
            account: UserId(row.account_id),
            event: row.event_no,
            offer_version: row.offer_version,
        })
    });
    shown.collect()
}

/// Says of tickets whether they let somebody in, and who is in by them since when and by which gate. A ticket of which that
/// is known already is not written: each write goes to all gates.
pub(crate) async fn admit(conn: &mut PgConnection, tickets: &BTreeMap<TicketId, Merged>) -> Result<(), sqlx::Error> {
    if tickets.is_empty() {
        return Ok(());
    }
    let inside = |merged: &Merged| merged.inside.clone();
    sqlx::query!(
        "UPDATE booking.tickets t
         SET status = CASE WHEN new.used AND t.status = 'VALID' THEN 'USED' ELSE t.status END,
             inside_since = new.since, inside_gate = new.gate
         FROM unnest($1::uuid[], $2::boolean[], $3::timestamptz[], $4::text[]) AS new (id, used, since, gate)
         WHERE t.id = new.id
           AND (new.used AND t.status = 'VALID'
                OR (t.inside_since, t.inside_gate) IS DISTINCT FROM (new.since, new.gate))",
        &tickets.keys().map(|ticket| ticket.0).collect::<Vec<_>>(),
        &tickets.values().map(|merged| merged.used).collect::<Vec<_>>(),
        &tickets.values().map(|merged| inside(merged).map(|entered| entered.at)).collect::<Vec<_>>()
            as &[Option<Time>],
        &tickets.values().map(|merged| inside(merged).map(|entered| entered.gate)).collect::<Vec<_>>()
            as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Where a list stands: the transaction that changed a ticket last, and the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListPlace(pub i64, pub Uuid);

/// An event's tickets that were changed after a place, in the order of their changes. What is below the oldest
/// transaction that still runs is never followed by something that belongs before it.
pub(crate) async fn changed(
    conn: &mut PgConnection,
    event: EventNo,
    after: ListPlace,
    limit: i64,
) -> Result<Vec<(Entry, ListPlace)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT id, status, inside_since, inside_gate, changed::text::bigint AS "changed!"
           FROM booking.tickets
           WHERE event_no = $1 AND (changed, id) > ($2::text::xid8, $3::uuid)
             AND changed < pg_snapshot_xmin(pg_current_snapshot())
           ORDER BY booking.tickets.changed, id LIMIT $4"#,
        event,
        after.0.to_string(),
        after.1,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let entries = rows.into_iter().map(|row| {
        let standing = match (row.status.as_str(), row.inside_since, row.inside_gate) {
            ("CANCELLED", ..) => Standing::Cancelled,
            (_, Some(at), Some(gate)) => Standing::Inside { at, gate },
            _ => Standing::Outside,
        };
        (Entry { ticket: TicketId(row.id), standing }, ListPlace(row.changed, row.id))
    });
    Ok(entries.collect())
}

/// How many of an event's tickets let somebody in or may, let somebody in, and have somebody in now.
pub(crate) async fn attendance(conn: &mut PgConnection, event: EventNo) -> Result<(i64, i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE status <> 'CANCELLED') AS "good!",
                  count(*) FILTER (WHERE status = 'USED') AS "used!",
                  count(*) FILTER (WHERE inside_since IS NOT NULL) AS "inside!"
           FROM booking.tickets WHERE event_no = $1"#,
        event,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.good, row.used, row.inside))
}
