//! How booking stands, for the metrics: counts over several tables, bounded, and never part of a request.

use crate::domain::rows::EventNo;
use sqlx::PgConnection;

/// Orders are counted up to here.
const ORDERS_MAX: i64 = 10_000;

/// Orders whose saga waits for the same.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Waiting {
    /// What for, as in `booking.orders.saga`.
    pub(crate) saga: String,
    /// How many.
    pub(crate) orders: i64,
    /// For how many seconds the oldest has not changed.
    pub(crate) oldest_s: f64,
}

/// Orders whose saga waits for something.
pub(crate) async fn waiting(conn: &mut PgConnection) -> Result<Vec<Waiting>, sqlx::Error> {
    sqlx::query_as!(
        Waiting,
        r#"SELECT o.saga, count(*) AS "orders!",
                  coalesce(max(extract(epoch FROM clock_timestamp() - coalesce(e.occurred_at, o.created_at))), 0)::float8
                      AS "oldest_s!"
           FROM (SELECT id, saga, version, created_at FROM booking.orders WHERE saga NOT IN ('OPEN', 'SETTLED')
                 ORDER BY lease_until LIMIT $1) o
           LEFT JOIN booking.events e ON e.aggregate_id = o.id::text AND e.version = o.version
           GROUP BY o.saga"#,
        ORDERS_MAX,
    )
    .fetch_all(conn)
    .await
}

/// An event's counts, by its public id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Its number.
    pub(crate) event_no: EventNo,
    /// Its public id.
    pub(crate) event_id: String,
    /// Grows with each batch that changed it.
    pub(crate) version: i64,
    /// Free places.
    pub(crate) free: i64,
    /// Held places.
    pub(crate) held: i64,
    /// Sold places.
    pub(crate) sold: i64,
}

/// The counts of all events.
pub(crate) async fn counted(conn: &mut PgConnection) -> Result<Vec<Counted>, sqlx::Error> {
    sqlx::query_as!(
        Counted,
        "SELECT event_no, i.event_id, c.version, c.free, c.held, c.sold
         FROM booking.counters c JOIN booking.inventories i USING (event_no)"
    )
    .fetch_all(conn)
    .await
}

/// How much of an event is what must never be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Violations {
    /// Seats with two live tickets.
    pub(crate) sold_twice: i64,
    /// Live tickets whose seat is not sold.
    pub(crate) seat_not_sold: i64,
    /// Sold seats without a live ticket.
    pub(crate) without_ticket: i64,
    /// Places by which the counters differ from the rows that they count.
    pub(crate) miscounted: i64,
}

/// Looks at all rows of one event, as they are at one moment.
pub(crate) async fn violations(conn: &mut PgConnection, event: EventNo) -> Result<Violations, sqlx::Error> {
    sqlx::query_as!(
        Violations,
        r#"WITH seats AS (SELECT seat_no, state FROM booking.seats WHERE event_no = $1),
               live AS (SELECT seat_no, count(*) AS tickets FROM booking.tickets
                        WHERE event_no = $1 AND status <> 'CANCELLED' AND seat_no IS NOT NULL GROUP BY seat_no),
               counted AS (SELECT count(*) FILTER (WHERE state = 0) AS free, count(*) FILTER (WHERE state = 1) AS held,
                                  count(*) FILTER (WHERE state = 2) AS sold FROM seats),
               stock AS (SELECT coalesce(sum(capacity - held - sold), 0) AS free, coalesce(sum(held), 0) AS held,
                                coalesce(sum(sold), 0) AS sold FROM booking.stock WHERE event_no = $1 AND is_place)
           SELECT (SELECT count(*) FROM live WHERE tickets > 1) AS "sold_twice!",
                  (SELECT count(*) FROM live LEFT JOIN seats s ON s.seat_no = live.seat_no AND s.state = 2
                   WHERE s.seat_no IS NULL) AS "seat_not_sold!",
                  (SELECT count(*) FROM seats s LEFT JOIN live ON live.seat_no = s.seat_no
                   WHERE s.state = 2 AND live.seat_no IS NULL) AS "without_ticket!",
                  (SELECT abs(c.free - counted.free - stock.free) + abs(c.held - counted.held - stock.held)
                          + abs(c.sold - counted.sold - stock.sold)
                   FROM booking.counters c, counted, stock WHERE c.event_no = $1)::bigint AS "miscounted!""#,
        event,
    )
    .fetch_one(conn)
    .await
}
