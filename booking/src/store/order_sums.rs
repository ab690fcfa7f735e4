//! Sums over `booking.orders`, for whoever looks at an event's sales.

use crate::domain::life::Time;
use crate::domain::rows::EventNo;
use onsale_core::OrderId;
use sqlx::PgConnection;
use uuid::Uuid;

/// How many good tickets were sold in each minute of orders since a moment, first to last.
pub(crate) async fn by_minute(
    conn: &mut PgConnection,
    event: EventNo,
    since: Time,
) -> Result<Vec<(Time, i64)>, sqlx::Error> {
    // Ids begin with the moment at which they were made: the event's index is read from its end.
    let millis = u64::try_from(since.timestamp_millis()).unwrap_or(0);
    let first = Uuid::from_u128(u128::from(millis) << 80);
    let rows = sqlx::query!(
        r#"SELECT date_trunc('minute', o.created_at) AS "at!", count(*) AS "tickets!"
           FROM booking.orders o JOIN booking.tickets t ON t.order_id = o.id
           WHERE o.event_no = $1 AND o.id >= $2 AND o.created_at >= $3 AND t.status <> 'CANCELLED'
           GROUP BY 1 ORDER BY 1"#,
        event,
        first,
        since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.at, row.tickets)).collect())
}

/// What orders say of their own money.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OwnBooks {
    /// The orders, newest first.
    pub ids: Vec<OrderId>,
    /// What they took, less what they gave back, in minor units; of those that are decided.
    pub taken: i64,
    /// How many are being paid or given back.
    pub open: u64,
}

/// What the next orders of an event, newest first, say of their own money.
pub(crate) async fn own_books(
    conn: &mut PgConnection,
    event: EventNo,
    before: Option<OrderId>,
    limit: i64,
) -> Result<OwnBooks, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT id, saga NOT IN ('OPEN', 'SETTLED') AS "open!",
                  CASE WHEN given_up OR status IN ('PENDING', 'FAILED') THEN 0 ELSE amount - refunded END AS "taken!"
           FROM booking.orders WHERE event_no = $1 AND id < $2 ORDER BY id DESC LIMIT $3"#,
        event,
        before.map_or(Uuid::max(), |before| before.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    let mut books = OwnBooks::default();
    for row in rows {
        books.ids.push(OrderId(row.id));
        books.taken += row.taken;
        books.open += u64::from(row.open);
    }
    Ok(books)
}
