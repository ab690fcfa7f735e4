//! Events that were called off, and how far giving back has come.

use crate::domain::rows::EventNo;
use onsale_core::{EventId, OrderId, ReservationId};
use sqlx::PgConnection;
use std::time::Duration;
use uuid::Uuid;

/// An event that is being wound up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CalledOff {
    /// Its number.
    pub event: EventNo,
    /// The last order that this pass has been at.
    pub after: OrderId,
    /// Whether this pass had to leave something.
    pub leaves_some: bool,
}

/// Notes that an event was called off. A second time changes nothing.
pub(crate) async fn note(conn: &mut PgConnection, event: &EventId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO booking.called_off (event_no)
         SELECT event_no FROM booking.inventories WHERE event_id = $1 ON CONFLICT DO NOTHING",
        event.as_str(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes one that nobody is at for `lease`.
pub(crate) async fn take(conn: &mut PgConnection, lease: Duration) -> Result<Option<CalledOff>, sqlx::Error> {
    let row = sqlx::query!(
        "UPDATE booking.called_off SET lease_until = clock_timestamp() + make_interval(secs => $1)
         WHERE event_no = (SELECT event_no FROM booking.called_off
                           WHERE done_at IS NULL AND lease_until <= now()
                           ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING event_no, after_order, leaves_some",
        lease.as_secs_f64(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| CalledOff { event: row.event_no, after: OrderId(row.after_order), leaves_some: row.leaves_some }))
}

/// The event's holds that no payment is being decided for.
pub(crate) async fn holds(
    conn: &mut PgConnection,
    event: EventNo,
    limit: i64,
) -> Result<Vec<ReservationId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM booking.reservations WHERE event_no = $1 AND status = 'ACTIVE' AND NOT deciding LIMIT $2",
        event,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(ReservationId).collect())
}

/// The next orders of this pass, oldest first, with their holds: all that are not over.
pub(crate) async fn orders(
    conn: &mut PgConnection,
    at: CalledOff,
    limit: i64,
) -> Result<Vec<(OrderId, ReservationId)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, reservation_id FROM booking.orders
         WHERE event_no = $1 AND id > $2 AND (status NOT IN ('CANCELLED', 'FAILED') OR saga <> 'SETTLED')
         ORDER BY id LIMIT $3",
        at.event,
        at.after.0,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (OrderId(row.id), ReservationId(row.reservation_id))).collect())
}

/// Saves how far this pass has come; the next round is due after `pause`.
pub(crate) async fn save(conn: &mut PgConnection, at: CalledOff, pause: Duration) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE booking.called_off
         SET after_order = $2, leaves_some = $3, lease_until = clock_timestamp() + make_interval(secs => $4)
         WHERE event_no = $1",
        at.event,
        at.after.0,
        at.leaves_some,
        pause.as_secs_f64(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All is given back.
pub(crate) async fn finish(conn: &mut PgConnection, event: EventNo) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE booking.called_off SET done_at = clock_timestamp() WHERE event_no = $1", event)
        .execute(conn)
        .await?;
    Ok(())
}

impl CalledOff {
    /// The same at the beginning of another pass.
    pub(crate) fn restarted(self) -> Self {
        Self { after: OrderId(Uuid::nil()), leaves_some: false, ..self }
    }
}
