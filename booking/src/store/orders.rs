//! `booking.orders`.

use super::{corrupt, expect_rows};
use crate::domain::life::{OrderLife, Saga, Time};
use crate::domain::rows::{AskedUnder, EventCounts, EventNo, OrderDetails, ReservationRow};
use onsale_core::api::booking::TransferInstructions;
use onsale_core::{OrderId, OrderStatus, PaymentId, ReservationId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// What column `details` has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    method: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    return_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_under: Option<AskedUnder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transfer: Option<TransferInstructions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    attempts: Vec<PaymentId>,
    #[serde(default, skip_serializing_if = "is_zero")]
    refunds_failed: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// An order as read.
#[derive(Debug, Clone)]
pub(crate) struct OrderRow {
    /// The hold it came from.
    pub reservation: ReservationId,
    /// Where it stands.
    pub life: OrderLife,
    /// What it is beside that.
    pub details: OrderDetails,
    /// Counts its events.
    pub counts: EventCounts,
}

struct Record {
    id: Uuid,
    reservation_id: Uuid,
    number: String,
    status: String,
    saga: String,
    attempt_id: Uuid,
    window_ends_at: Time,
    amount: i64,
    refunded: i64,
    refund_id: Option<Uuid>,
    refund_amount: Option<i64>,
    last_refund: Option<Uuid>,
    given_up: bool,
    details: Json<Details>,
    version: i32,
    sequence: i64,
    created_at: Time,
}

impl Record {
    fn into_row(self) -> Result<OrderRow, sqlx::Error> {
        let refund = self.refund_id.zip(self.refund_amount);
        let saga = match (self.saga.as_str(), refund) {
            ("AUTHORISING", _) => Saga::Authorising,
            ("AWAITING_PAYER", _) => Saga::AwaitingPayer,
            ("OPEN", _) => Saga::Open,
            ("CAPTURING", _) => Saga::Capturing,
            ("VOIDING", _) => Saga::Voiding,
            ("SETTLED", _) => Saga::Settled,
            ("REFUNDING", Some((refund, amount))) => Saga::Refunding { refund, amount },
            (other, _) => return Err(corrupt("booking.orders", other)),
        };
        let status = OrderStatus::from_name(&self.status).ok_or_else(|| corrupt("booking.orders", &self.status))?;
        let details = self.details.0;
        Ok(OrderRow {
            reservation: ReservationId(self.reservation_id),
            life: OrderLife {
                id: OrderId(self.id),
                status,
                saga,
                attempt: PaymentId(self.attempt_id),
                window_ends_at: self.window_ends_at,
                amount: self.amount,
                refunded: self.refunded,
                last_refund: self.last_refund,
                given_up: self.given_up,
            },
            details: OrderDetails {
                id: OrderId(self.id),
                number: self.number,
                method: details.method,
                payment_token: details.payment_token,
                return_url: details.return_url,
                asked_under: details.asked_under,
                redirect_url: details.redirect_url,
                transfer: details.transfer,
                failure: details.failure,
                attempts: details.attempts,
                refunds_failed: details.refunds_failed,
                created_at: self.created_at,
            },
            counts: EventCounts { version: self.version, sequence: self.sequence },
        })
    }
}

/// The name of a saga's step in the table.
pub(crate) fn saga_name(saga: &Saga) -> &'static str {
    match saga {
        Saga::Authorising => "AUTHORISING",
        Saga::AwaitingPayer => "AWAITING_PAYER",
        Saga::Open => "OPEN",
        Saga::Capturing => "CAPTURING",
        Saga::Voiding => "VOIDING",
        Saga::Refunding { .. } => "REFUNDING",
        Saga::Settled => "SETTLED",
    }
}

/// Locks the orders of holds in the order of their ids and puts them into the holds.
pub(crate) async fn lock_into(
    conn: &mut PgConnection,
    holds: &mut BTreeMap<ReservationId, ReservationRow>,
) -> Result<(), sqlx::Error> {
    if holds.is_empty() {
        return Ok(());
    }
    let records = sqlx::query_as!(
        Record,
        r#"SELECT id, reservation_id, number, status, saga, attempt_id, window_ends_at, amount, refunded, refund_id,
                  refund_amount, last_refund, given_up, details AS "details: Json<Details>", version, sequence, created_at
           FROM booking.orders WHERE reservation_id = ANY($1) ORDER BY id FOR UPDATE"#,
        &holds.keys().map(|id| id.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    for record in records {
        let order = record.into_row()?;
        if let Some(hold) = holds.get_mut(&order.reservation) {
            hold.life.order = Some(order.life);
            hold.order = Some(order.details);
            hold.order_counts = order.counts;
        }
    }
    Ok(())
}

/// Locks orders in the order of their ids.
pub(crate) async fn lock(conn: &mut PgConnection, orders: &[OrderId]) -> Result<Vec<OrderRow>, sqlx::Error> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let records = sqlx::query_as!(
        Record,
        r#"SELECT id, reservation_id, number, status, saga, attempt_id, window_ends_at, amount, refunded, refund_id,
                  refund_amount, last_refund, given_up, details AS "details: Json<Details>", version, sequence, created_at
           FROM booking.orders WHERE id = ANY($1) ORDER BY id FOR UPDATE"#,
        &orders.iter().map(|order| order.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    records.into_iter().map(Record::into_row).collect()
}

/// Counts one more event of each of these orders, which are locked.
pub(crate) async fn count_event(conn: &mut PgConnection, orders: &[OrderId]) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.0).collect();
    let result =
        sqlx::query!("UPDATE booking.orders SET version = version + 1 WHERE id = ANY($1)", &ids).execute(conn).await?;
    expect_rows(&result, ids.len(), "booking.orders")
}

/// Which order: by its own id, or by its hold's.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// By its own id.
    Order(OrderId),
    /// By its hold's id.
    Of(ReservationId),
}

/// An order as it stands, unlocked.
pub(crate) async fn find(conn: &mut PgConnection, which: Which) -> Result<Option<OrderRow>, sqlx::Error> {
    let (order, hold) = match which {
        Which::Order(order) => (Some(order.0), None),
        Which::Of(hold) => (None, Some(hold.0)),
    };
    let record = sqlx::query_as!(
        Record,
        r#"SELECT id, reservation_id, number, status, saga, attempt_id, window_ends_at, amount, refunded, refund_id,
                  refund_amount, last_refund, given_up, details AS "details: Json<Details>", version, sequence, created_at
           FROM booking.orders WHERE id = $1 OR reservation_id = $2"#,
        order,
        hold,
    )
    .fetch_optional(conn)
    .await?;
    record.map(Record::into_row).transpose()
}

/// Orders as they stand, unlocked.
pub(crate) async fn find_all(conn: &mut PgConnection, ids: &[OrderId]) -> Result<Vec<OrderRow>, sqlx::Error> {
    let records = sqlx::query_as!(
        Record,
        r#"SELECT id, reservation_id, number, status, saga, attempt_id, window_ends_at, amount, refunded, refund_id,
                  refund_amount, last_refund, given_up, details AS "details: Json<Details>", version, sequence, created_at
           FROM booking.orders WHERE id = ANY($1)"#,
        &ids.iter().map(|id| id.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    records.into_iter().map(Record::into_row).collect()
}

/// The orders of holds, as they stand, unlocked.
pub(crate) async fn of_holds(conn: &mut PgConnection, holds: &[ReservationId]) -> Result<Vec<OrderRow>, sqlx::Error> {
    let records = sqlx::query_as!(
        Record,
        r#"SELECT id, reservation_id, number, status, saga, attempt_id, window_ends_at, amount, refunded, refund_id,
                  refund_amount, last_refund, given_up, details AS "details: Json<Details>", version, sequence, created_at
           FROM booking.orders WHERE reservation_id = ANY($1)"#,
        &holds.iter().map(|hold| hold.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    records.into_iter().map(Record::into_row).collect()
}

/// The holds of an account's orders, newest first, before a place in the list.
pub(crate) async fn of_account(
    conn: &mut PgConnection,
    account: UserId,
    before: Option<OrderId>,
    limit: i64,
) -> Result<Vec<(OrderId, ReservationId)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, reservation_id FROM booking.orders
         WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        account.0,
        before.map(|order| order.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (OrderId(row.id), ReservationId(row.reservation_id))).collect())
}

/// Which of an event's orders.
#[derive(Debug, Clone, Default)]
pub(crate) struct OfEvent<'a> {
    /// Only those of these states; of all when empty.
    pub statuses: &'a [OrderStatus],
    /// Only those of this account.
    pub account: Option<UserId>,
    /// Only the one of this number.
    pub number: Option<String>,
    /// Only those before this one.
    pub before: Option<OrderId>,
}

/// An event's orders, newest first.
pub(crate) async fn of_event(
    conn: &mut PgConnection,
    event: EventNo,
    which: &OfEvent<'_>,
    limit: i64,
) -> Result<Vec<OrderRow>, sqlx::Error> {
    // No id is above this one: the index is read from its end.
    let before = which.before.map_or(Uuid::max(), |before| before.0);
    let statuses: Vec<String> = which.statuses.iter().map(|status| status.as_str().to_owned()).collect();
    let records = sqlx::query_as!(
        Record,
        r#"SELECT id, reservation_id, number, status, saga, attempt_id, window_ends_at, amount, refunded, refund_id,
                  refund_amount, last_refund, given_up, details AS "details: Json<Details>", version, sequence, created_at
           FROM booking.orders
           WHERE event_no = $1 AND id < $2 AND (cardinality($3::text[]) = 0 OR status = ANY($3))
             AND ($4::uuid IS NULL OR account_id = $4) AND ($5::text IS NULL OR number = $5)
           ORDER BY id DESC LIMIT $6"#,
        event,
        before,
        &statuses,
        which.account.map(|account| account.0),
        which.number,
        limit,
    )
    .fetch_all(conn)
    .await?;
    records.into_iter().map(Record::into_row).collect()
}

/// What was given back of events' orders, in minor units, by event.
pub(crate) async fn refunded(
    conn: &mut PgConnection,
    events: &[EventNo],
) -> Result<BTreeMap<EventNo, i64>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT event_no, sum(refunded)::bigint AS "sum!" FROM booking.orders
           WHERE event_no = ANY($1) AND refunded > 0 GROUP BY event_no"#,
        events,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.event_no, row.sum)).collect())
}

/// The columns that change, of orders and the holds they are of.
struct Columns<'a>(Vec<(&'a ReservationRow, &'a OrderLife, &'a OrderDetails)>);

impl<'a> Columns<'a> {
    fn of(holds: &[&'a ReservationRow]) -> Self {
        Self(holds.iter().filter_map(|hold| Some((*hold, hold.life.order.as_ref()?, hold.order.as_ref()?))).collect())
    }

    fn lives<T>(&self, pick: impl Fn(&OrderLife) -> T) -> Vec<T> {
        self.0.iter().map(|(_, life, _)| pick(life)).collect()
    }

    fn refund(&self) -> Vec<Option<(Uuid, i64)>> {
        self.lives(|life| match life.saga {
            Saga::Refunding { refund, amount } => Some((refund, amount)),
            _ => None,
        })
    }

    fn details(&self) -> Vec<Json<Details>> {
        self.0
            .iter()
            .map(|(_, _, details)| {
                Json(Details {
                    method: details.method.clone(),
                    payment_token: details.payment_token.clone(),
                    return_url: details.return_url.clone(),
                    asked_under: details.asked_under.clone(),
                    redirect_url: details.redirect_url.clone(),
                    transfer: details.transfer.clone(),
                    failure: details.failure.clone(),
                    attempts: details.attempts.clone(),
                    refunds_failed: details.refunds_failed,
                })
            })
            .collect()
    }
}

/// Writes new orders, whose sagas are their writer's for `lease`.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    holds: &[&ReservationRow],
    lease: Duration,
) -> Result<(), sqlx::Error> {
    if holds.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(holds);
    let result = sqlx::query!(
        "INSERT INTO booking.orders
             (id, reservation_id, number, account_id, event_no, status, saga, attempt_id, window_ends_at, amount,
              details, version, sequence, created_at, lease_until)
         SELECT new.*, clock_timestamp() + make_interval(secs => $15)
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::uuid[],
                     $9::timestamptz[], $10::bigint[], $11::jsonb[], $12::int[], $13::bigint[],
                     $14::timestamptz[]) AS new",
        &columns.lives(|life| life.id.0),
        &holds.iter().map(|hold| hold.id.0).collect::<Vec<_>>(),
        &columns.0.iter().map(|(_, _, details)| details.number.clone()).collect::<Vec<_>>(),
        &holds.iter().map(|hold| hold.account.0).collect::<Vec<_>>(),
        &holds.iter().map(|hold| hold.event).collect::<Vec<_>>(),
        &columns.lives(|life| life.status.as_str().to_owned()),
        &columns.lives(|life| saga_name(&life.saga).to_owned()),
        &columns.lives(|life| life.attempt.0),
        &columns.lives(|life| life.window_ends_at),
        &columns.lives(|life| life.amount),
        &columns.details() as _,
        &holds.iter().map(|hold| hold.order_counts.version).collect::<Vec<_>>(),
        &holds.iter().map(|hold| hold.order_counts.sequence).collect::<Vec<_>>(),
        &columns.0.iter().map(|(_, _, details)| details.created_at).collect::<Vec<_>>(),
        lease.as_secs_f64(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, holds.len(), "booking.orders")
}

/// Writes orders that were locked before.
pub(crate) async fn update(
    conn: &mut PgConnection,
    holds: &[&ReservationRow],
    lease: Duration,
) -> Result<(), sqlx::Error> {
    let columns = Columns::of(holds);
    if columns.0.is_empty() {
        return Ok(());
    }
    let refund = columns.refund();
    let result = sqlx::query!(
        "UPDATE booking.orders o
         SET status = next.status, saga = next.saga, attempt_id = next.attempt_id,
             window_ends_at = next.window_ends_at, amount = next.amount, refunded = next.refunded,
             refund_id = next.refund_id, refund_amount = next.refund_amount, last_refund = next.last_refund,
             details = next.details, version = next.version, sequence = next.sequence, given_up = next.given_up,
             lease_until = clock_timestamp() + make_interval(secs => $15)
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::bigint[], $7::bigint[],
                     $8::uuid[], $9::bigint[], $10::uuid[], $11::jsonb[], $12::int[], $13::bigint[], $14::bool[])
              AS next (id, status, saga, attempt_id, window_ends_at, amount, refunded, refund_id, refund_amount,
                       last_refund, details, version, sequence, given_up)
         WHERE o.id = next.id",
        &columns.lives(|life| life.id.0),
        &columns.lives(|life| life.status.as_str().to_owned()),
        &columns.lives(|life| saga_name(&life.saga).to_owned()),
        &columns.lives(|life| life.attempt.0),
        &columns.lives(|life| life.window_ends_at),
        &columns.lives(|life| life.amount),
        &columns.lives(|life| life.refunded),
        &refund.iter().map(|refund| refund.map(|(id, _)| id)).collect::<Vec<_>>() as &[Option<Uuid>],
        &refund.iter().map(|refund| refund.map(|(_, amount)| amount)).collect::<Vec<_>>() as &[Option<i64>],
        &columns.lives(|life| life.last_refund) as &[Option<Uuid>],
        &columns.details() as _,
        &columns.0.iter().map(|(hold, ..)| hold.order_counts.version).collect::<Vec<_>>(),
        &columns.0.iter().map(|(hold, ..)| hold.order_counts.sequence).collect::<Vec<_>>(),
        &columns.lives(|life| life.given_up),
        lease.as_secs_f64(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, columns.0.len(), "booking.orders")
}

/// Takes over sagas whose owner's lease has ended: each is the caller's for `lease`.
pub(crate) async fn take_over(
    conn: &mut PgConnection,
    lease: Duration,
    limit: i64,
) -> Result<Vec<ReservationId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "UPDATE booking.orders SET lease_until = clock_timestamp() + make_interval(secs => $1)
         WHERE id IN (SELECT id FROM booking.orders
                      WHERE saga NOT IN ('OPEN', 'SETTLED') AND lease_until <= now()
                      ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING reservation_id",
        lease.as_secs_f64(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(ReservationId).collect())
}

/// Says when somebody is to look at a saga again.
pub(crate) async fn look_again(
    conn: &mut PgConnection,
    hold: ReservationId,
    after: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE booking.orders SET lease_until = clock_timestamp() + make_interval(secs => $2)
         WHERE reservation_id = $1 AND saga NOT IN ('OPEN', 'SETTLED')",
        hold.0,
        after.as_secs_f64(),
    )
    .execute(conn)
    .await?;
    Ok(())
}
