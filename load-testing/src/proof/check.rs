//! What must hold in the tables, whatever happened.

use super::faults::Faults;
use super::tell;
use anyhow::Context;
use sqlx::{PgConnection, Row};
use std::time::{Duration, Instant};

/// Sagas go on after a start at the latest when the dead owner's lease ends (20 s), then ask the provider.
const REST_MAX: Duration = Duration::from_secs(90);
/// How often it is told that something is waited for.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// Queries that count what must not be there.
const NEVER: &[(&str, &str)] = &[
    (
        "seats with two live tickets",
        "SELECT count(*) FROM (SELECT FROM booking.tickets WHERE status <> 'CANCELLED' AND seat_no IS NOT NULL
         GROUP BY event_no, seat_no HAVING count(*) > 1) AS twice",
    ),
    (
        "live tickets whose seat is not sold to their order",
        "SELECT count(*) FROM booking.tickets t JOIN booking.orders o ON o.id = t.order_id
         LEFT JOIN booking.seats s ON s.event_no = t.event_no AND s.seat_no = t.seat_no AND s.state = 2
             AND s.reservation_id = o.reservation_id
         WHERE t.status <> 'CANCELLED' AND t.seat_no IS NOT NULL AND s.seat_no IS NULL",
    ),
    (
        "sold seats without a live ticket",
        "SELECT count(*) FROM booking.seats s WHERE s.state = 2 AND NOT EXISTS (SELECT FROM booking.tickets t
         WHERE t.event_no = s.event_no AND t.seat_no = s.seat_no AND t.status <> 'CANCELLED')",
    ),
    (
        "holds that have only a part of their seats",
        "WITH had AS (SELECT reservation_id, count(*) AS seats FROM booking.seats WHERE state IN (1, 2) GROUP BY 1)
         SELECT count(*) FROM booking.reservations r LEFT JOIN had ON had.reservation_id = r.id
         CROSS JOIN LATERAL (SELECT count(*) AS given_back FROM booking.orders o
             JOIN booking.tickets t ON t.order_id = o.id AND t.status = 'CANCELLED' AND t.seat_no IS NOT NULL
             WHERE o.reservation_id = r.id) cancelled
         WHERE jsonb_array_length(r.content -> 'seats') - cancelled.given_back <> coalesce(had.seats, 0)
             AND (r.status = 'CONFIRMED' OR (r.status = 'ACTIVE' AND r.hold_ends_at > clock_timestamp()))",
    ),
    (
        "seats of holds that are over",
        "SELECT count(*) FROM booking.seats s JOIN booking.reservations r ON r.id = s.reservation_id
         WHERE r.status NOT IN ('ACTIVE', 'CONFIRMED')",
    ),
    (
        "seats of no hold",
        "SELECT count(*) FROM booking.seats s LEFT JOIN booking.reservations r ON r.id = s.reservation_id
         WHERE s.state IN (1, 2) AND r.id IS NULL",
    ),
    (
        "confirmed orders whose captured money is not their amount",
        "WITH money AS (SELECT order_id, sum(amount_minor - refunded_minor) AS kept FROM payment.payments
             WHERE status = 'CAPTURED' GROUP BY 1)
         SELECT count(*) FROM booking.orders o LEFT JOIN money ON money.order_id = o.id
         WHERE o.status IN ('CONFIRMED', 'PROCESSING', 'COMPLETED') AND o.amount - o.refunded <> coalesce(money.kept, 0)",
    ),
    (
        "charges without a confirmed order",
        "SELECT count(*) FROM payment.payments p LEFT JOIN booking.orders o ON o.id = p.order_id
         WHERE p.status = 'CAPTURED' AND p.refunded_minor < p.amount_minor
             AND coalesce(o.status, '') NOT IN ('CONFIRMED', 'PROCESSING', 'COMPLETED')",
    ),
];

/// Free, held and sold by the counter row and by the rows that it counts.
const BALANCE: &str = "WITH seats AS (SELECT event_no, count(*) AS places, count(*) FILTER (WHERE state = 0) AS free,
         count(*) FILTER (WHERE state = 1) AS held, count(*) FILTER (WHERE state = 2) AS sold
         FROM booking.seats GROUP BY 1),
     stock AS (SELECT event_no, sum(capacity) AS places, sum(capacity - held - sold) AS free, sum(held) AS held,
         sum(sold) AS sold FROM booking.stock WHERE is_place GROUP BY 1)
     SELECT i.event_id, ARRAY[c.free, c.held, c.sold] AS counted,
         ARRAY[coalesce(s.free, 0) + coalesce(k.free, 0), coalesce(s.held, 0) + coalesce(k.held, 0),
             coalesce(s.sold, 0) + coalesce(k.sold, 0)]::bigint[] AS rows,
         (coalesce(s.places, 0) + coalesce(k.places, 0))::bigint AS capacity
     FROM booking.inventories i JOIN booking.counters c USING (event_no)
     LEFT JOIN seats s USING (event_no) LEFT JOIN stock k USING (event_no)";

/// Sagas and payments that are not decided yet.
const UNDECIDED: &str = "SELECT concat_ws(' ', 'order', id, status, saga) FROM booking.orders
        WHERE saga NOT IN ('OPEN', 'SETTLED')
    UNION ALL SELECT concat_ws(' ', 'payment', payment_id, 'of order', order_id, status, wanted) FROM payment.payments
        WHERE status IN ('PENDING', 'AUTHORISED') OR wanted IS NOT NULL";

/// What is in between, however it came there: holds, orders, payments and refunds that something may still come of.
const IN_BETWEEN: &str = "SELECT concat_ws(' ', 'order', id, status, saga) FROM booking.orders
        WHERE status = 'PENDING' OR saga <> 'SETTLED'
    UNION ALL SELECT concat_ws(' ', 'hold', id, status) FROM booking.reservations WHERE status = 'ACTIVE'
    UNION ALL SELECT concat_ws(' ', 'payment', payment_id, 'of order', order_id, status, wanted) FROM payment.payments
        WHERE status IN ('PENDING', 'REQUIRES_ACTION', 'AUTHORISED') OR wanted IS NOT NULL OR refunding_minor > 0
    UNION ALL SELECT concat_ws(' ', 'refund', refund_id, status) FROM payment.refunds WHERE status = 'PENDING'";

/// So many of what is in between are named.
const NAMED_MAX: usize = 10;

/// Waits until every payment is decided; gives how long that took.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rest(database: &mut PgConnection, faults: &mut Faults) -> anyhow::Result<Duration> {
    none(database, UNDECIDED, REST_MAX, faults).await
}

/// Waits until nothing at all is in between, for so long; gives how long that took.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all_decided(
    database: &mut PgConnection,
    within: Duration,
    faults: &mut Faults,
) -> anyhow::Result<Duration> {
    none(database, IN_BETWEEN, within, faults).await
}

async fn none(
    database: &mut PgConnection,
    query: &'static str,
    within: Duration,
    faults: &mut Faults,
) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut told = began;
    loop {
        let open: Vec<String> = sqlx::query_scalar(query).fetch_all(&mut *database).await?;
        if open.is_empty() || began.elapsed() > within {
            faults.unless(open.is_empty(), || {
                let named = open.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join("; ");
                format!("{} orders or payments were not decided {within:?} afterwards: {named}", open.len())
            });
            return Ok(began.elapsed());
        }
        if told.elapsed() > TELL_EVERY {
            tell(&format!("{} are not decided yet after {:.0} s", open.len(), began.elapsed().as_secs_f64()));
            told = Instant::now();
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// Free + held + sold = capacity for every event, one live ticket a seat, no partial hold, no money without tickets.
/// Gives how many events were counted.
///
/// # Errors
/// When the database cannot be asked.
pub async fn tables(database: &mut PgConnection, faults: &mut Faults) -> anyhow::Result<usize> {
    for (what, query) in NEVER {
        let count: i64 =
            sqlx::query_scalar(*query).fetch_one(&mut *database).await.with_context(|| (*what).to_owned())?;
        faults.unless(count == 0, || format!("{count} {what}"));
    }
    let events = sqlx::query(BALANCE).fetch_all(&mut *database).await?;
    for event in &events {
        let (id, capacity): (String, i64) = (event.try_get("event_id")?, event.try_get("capacity")?);
        let (counted, rows): (Vec<i64>, Vec<i64>) = (event.try_get("counted")?, event.try_get("rows")?);
        faults.unless(counted == rows, || {
            format!("{id}: the counter says {counted:?} free, held, sold; the rows {rows:?}")
        });
        let sum: i64 = rows.iter().sum();
        faults.unless(sum == capacity, || format!("{id}: free + held + sold = {sum}, there are {capacity}"));
    }
    Ok(events.len())
}

/// How many deadlocks PostgreSQL has found so far.
///
/// # Errors
/// When the database cannot be asked.
pub async fn deadlocks(database: &mut PgConnection) -> anyhow::Result<i64> {
    let query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    Ok(sqlx::query_scalar(query).fetch_one(database).await?)
}
