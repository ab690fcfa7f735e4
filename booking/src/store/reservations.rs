//! `booking.reservations`.

use super::{corrupt, expect_rows};
use crate::domain::life::{Life, Time};
use crate::domain::rows::{Cost, Draw, EventCounts, EventNo, HeldSeat, HeldTickets, ReservationRow};
use onsale_core::{ReservationId, ReservationStatus, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is held, as column `content` has it: short, because every hold carries it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    #[serde(default)]
    seats: Vec<(i32, i16, i64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tickets: Vec<(i16, i32)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    draws: Vec<(Option<i16>, i32, i32)>,
}

impl Content {
    fn of(row: &ReservationRow) -> Self {
        Self {
            seats: row.seats.iter().map(|held| (held.seat, held.kind, held.fence)).collect(),
            tickets: row.tickets.iter().map(|held| (held.kind, held.quantity)).collect(),
            draws: row.draws.iter().map(|draw| (draw.kind, draw.stock, draw.quantity)).collect(),
        }
    }
}

struct Record {
    id: Uuid,
    event_no: EventNo,
    account_id: Uuid,
    offer_version: i32,
    status: String,
    content: Json<Content>,
    live: i32,
    total: i64,
    promo_code: Option<String>,
    hold_ends_at: Time,
    version: i32,
    sequence: i64,
}

impl Record {
    fn into_row(self) -> Result<ReservationRow, sqlx::Error> {
        let status =
            ReservationStatus::from_name(&self.status).ok_or_else(|| corrupt("booking.reservations", &self.status))?;
        let Content { seats, tickets, draws } = self.content.0;
        Ok(ReservationRow {
            id: ReservationId(self.id),
            event: self.event_no,
            account: UserId(self.account_id),
            offer_version: self.offer_version,
            seats: seats.into_iter().map(|(seat, kind, fence)| HeldSeat { seat, kind, fence }).collect(),
            tickets: tickets.into_iter().map(|(kind, quantity)| HeldTickets { kind, quantity }).collect(),
            draws: draws.into_iter().map(|(kind, stock, quantity)| Draw { kind, stock, quantity }).collect(),
            live: self.live,
            cost: Cost { total: self.total, promo_code: self.promo_code },
            life: Life { status, hold_ends_at: self.hold_ends_at, order: None },
            order: None,
            issued: Vec::new(),
            counts: EventCounts { version: self.version, sequence: self.sequence },
            order_counts: EventCounts::default(),
        })
    }
}

/// Locks the holds in the order of their ids and reads them, without their orders.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    ids: &BTreeSet<ReservationId>,
) -> Result<BTreeMap<ReservationId, ReservationRow>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let records = sqlx::query_as!(
        Record,
        r#"SELECT id, event_no, account_id, offer_version, status, content AS "content: Json<Content>", live, total,
                  promo_code, hold_ends_at, version, sequence
           FROM booking.reservations WHERE id = ANY($1) ORDER BY id FOR UPDATE"#,
        &ids.iter().map(|id| id.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    records.into_iter().map(|record| record.into_row().map(|row| (row.id, row))).collect()
}

/// Holds as they stand, unlocked, without their orders.
pub(crate) async fn find_all(
    conn: &mut PgConnection,
    ids: &[ReservationId],
) -> Result<BTreeMap<ReservationId, ReservationRow>, sqlx::Error> {
    let records = sqlx::query_as!(
        Record,
        r#"SELECT id, event_no, account_id, offer_version, status, content AS "content: Json<Content>", live, total,
                  promo_code, hold_ends_at, version, sequence
           FROM booking.reservations WHERE id = ANY($1)"#,
        &ids.iter().map(|id| id.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    records.into_iter().map(|record| record.into_row().map(|row| (row.id, row))).collect()
}

/// The ids of holds after one, in their order.
pub(crate) async fn page(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<ReservationId>, sqlx::Error> {
    let ids =
        sqlx::query_scalar!("SELECT id FROM booking.reservations WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
            .fetch_all(conn)
            .await?;
    Ok(ids.into_iter().map(ReservationId).collect())
}

/// Writes new holds.
pub(crate) async fn insert(conn: &mut PgConnection, rows: &[&ReservationRow]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let result = sqlx::query!(
        "INSERT INTO booking.reservations
             (id, event_no, account_id, offer_version, status, content, live, total, promo_code, hold_ends_at,
              version, sequence)
         SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::int[], $5::text[], $6::jsonb[], $7::int[],
                              $8::bigint[], $9::text[], $10::timestamptz[], $11::int[], $12::bigint[])",
        &rows.iter().map(|row| row.id.0).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.event).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.account.0).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.offer_version).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.life.status.as_str().to_owned()).collect::<Vec<_>>(),
        &rows.iter().map(|row| Json(Content::of(row))).collect::<Vec<_>>() as _,
        &rows.iter().map(|row| row.live).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.cost.total).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.cost.promo_code.clone()).collect::<Vec<_>>() as &[Option<String>],
        &rows.iter().map(|row| row.life.hold_ends_at).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.counts.version).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.counts.sequence).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, rows.len(), "booking.reservations")
}

/// Writes holds that were locked before.
pub(crate) async fn update(conn: &mut PgConnection, rows: &[&ReservationRow]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let result = sqlx::query!(
        "UPDATE booking.reservations r
         SET status = next.status, content = next.content, live = next.live, total = next.total,
             promo_code = next.promo_code, deciding = next.deciding, version = next.version,
             sequence = next.sequence
         FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::int[], $5::bigint[], $6::text[], $7::bool[],
                     $8::int[], $9::bigint[])
              AS next (id, status, content, live, total, promo_code, deciding, version, sequence)
         WHERE r.id = next.id",
        &rows.iter().map(|row| row.id.0).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.life.status.as_str().to_owned()).collect::<Vec<_>>(),
        &rows.iter().map(|row| Json(Content::of(row))).collect::<Vec<_>>() as _,
        &rows.iter().map(|row| row.live).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.cost.total).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.cost.promo_code.clone()).collect::<Vec<_>>() as &[Option<String>],
        &rows.iter().map(|row| row.life.is_deciding()).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.counts.version).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.counts.sequence).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, rows.len(), "booking.reservations")
}

/// How many tickets accounts hold and own of events: what is live of their holds.
/// Read in a statement after the one that took the advisory locks, so that it sees what was committed before.
pub(crate) async fn used(
    conn: &mut PgConnection,
    who: &BTreeSet<(EventNo, UserId)>,
) -> Result<BTreeMap<(EventNo, UserId), i64>, sqlx::Error> {
    if who.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = sqlx::query!(
        r#"SELECT r.event_no, r.account_id, sum(r.live) AS "live!"
           FROM unnest($1::int[], $2::uuid[]) AS wanted (event_no, account_id)
           JOIN booking.reservations r ON r.account_id = wanted.account_id AND r.event_no = wanted.event_no
           WHERE r.status = 'CONFIRMED'
              OR (r.status = 'ACTIVE' AND (r.deciding OR r.hold_ends_at > clock_timestamp()))
           GROUP BY r.event_no, r.account_id"#,
        &who.iter().map(|(event, _)| *event).collect::<Vec<_>>(),
        &who.iter().map(|(_, account)| account.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.event_no, UserId(row.account_id)), row.live)).collect())
}

/// How many holds an event has, those that are being paid among them, and when the last of the others ends.
pub(crate) async fn under_way(conn: &mut PgConnection, event: EventNo) -> Result<(i64, Option<Time>), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT held.count + paying.count AS "holds!", held.last
           FROM (SELECT count(*), max(hold_ends_at) AS last FROM booking.reservations
                 WHERE event_no = $1 AND status = 'ACTIVE' AND NOT deciding) held,
                (SELECT count(*) FROM booking.orders
                 WHERE event_no = $1 AND saga NOT IN ('OPEN', 'SETTLED') AND status = 'PENDING') paying"#,
        event,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.holds, row.last))
}

/// Holds whose time is over, oldest first; of one event, or of all. By `now()`, which an index can look up, as it
/// stands still in a statement.
pub(crate) async fn due(
    conn: &mut PgConnection,
    event: Option<EventNo>,
    limit: i64,
) -> Result<Vec<ReservationId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM booking.reservations
         WHERE status = 'ACTIVE' AND NOT deciding AND hold_ends_at <= now()
           AND ($1::int IS NULL OR event_no = $1)
         ORDER BY hold_ends_at LIMIT $2",
        event,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(ReservationId).collect())
}
