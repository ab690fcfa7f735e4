//! `booking.events`: what happened, as far as people look at it. The outbox writes it.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Happened {
    /// Its type.
    pub kind: String,
    /// What it says.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// What happened to some aggregates, first to last.
pub(crate) async fn of(
    conn: &mut PgConnection,
    aggregates: &[String],
    limit: i64,
) -> Result<Vec<Happened>, sqlx::Error> {
    sqlx::query_as!(
        Happened,
        r#"SELECT type AS kind, data, occurred_at AS at FROM booking.events
           WHERE aggregate_id = ANY($1) ORDER BY occurred_at, position LIMIT $2"#,
        aggregates,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Holds and orders that have events but no row, by type and id: there should be none.
pub(crate) async fn without_row(conn: &mut PgConnection, limit: i64) -> Result<Vec<(String, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT e.aggregate_type, e.aggregate_id FROM booking.events e
         WHERE e.version = 1
           AND CASE e.aggregate_type
                   WHEN 'reservation' THEN NOT EXISTS (SELECT FROM booking.reservations WHERE id = e.aggregate_id::uuid)
                   WHEN 'order' THEN NOT EXISTS (SELECT FROM booking.orders WHERE id = e.aggregate_id::uuid)
                   ELSE false END
         LIMIT $1",
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.aggregate_type, row.aggregate_id)).collect())
}

/// An order's event that tells of its tickets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TicketsTold {
    /// Whether they are cancelled.
    pub is_cancelled: bool,
    /// What it says.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// The ids of orders whose tickets were told of, in their order as text, those after one of them.
pub(crate) async fn orders_with_tickets(
    conn: &mut PgConnection,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT DISTINCT aggregate_id FROM booking.events
         WHERE topic IN ('ticket-confirmed', 'ticket-cancelled') AND aggregate_id > $1
         ORDER BY aggregate_id LIMIT $2",
        after,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// What was told of these orders' tickets.
pub(crate) async fn tickets_told(conn: &mut PgConnection, orders: &[String]) -> Result<Vec<TicketsTold>, sqlx::Error> {
    sqlx::query_as!(
        TicketsTold,
        r#"SELECT topic = 'ticket-cancelled' AS "is_cancelled!", data, occurred_at AS at FROM booking.events
           WHERE aggregate_id = ANY($1) AND topic IN ('ticket-confirmed', 'ticket-cancelled')"#,
        orders,
    )
    .fetch_all(conn)
    .await
}

/// Tickets of the projection whose orders nothing was told of, though the store has events of that time or before.
pub(crate) async fn tickets_untold(conn: &mut PgConnection, limit: i64) -> Result<Vec<uuid::Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT s.ticket_id FROM booking.sold_tickets s
         WHERE s.created_on >= (SELECT date_trunc('month', min(occurred_at)) FROM booking.events)
           AND NOT EXISTS (SELECT FROM booking.events e WHERE e.aggregate_id = s.order_id::text)
         LIMIT $1",
        limit,
    )
    .fetch_all(conn)
    .await
}
