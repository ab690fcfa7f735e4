//! `booking.seats`.

use super::expect_rows;
use crate::domain::life::Time;
use crate::domain::rows::{EventNo, Occupancy, SeatKey, SeatNo, SeatRow};
use onsale_core::ReservationId;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Locks the seats in the order of their keys and reads them.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    keys: &BTreeSet<SeatKey>,
) -> Result<BTreeMap<SeatKey, SeatRow>, sqlx::Error> {
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let events: Vec<EventNo> = keys.iter().map(|(event, _)| *event).collect();
    let seats: Vec<SeatNo> = keys.iter().map(|(_, seat)| *seat).collect();
    let rows = sqlx::query!(
        "SELECT s.event_no, s.seat_no, s.state, s.reservation_id, s.fence, s.ends_at
         FROM unnest($1::int[], $2::int[]) AS wanted (event_no, seat_no)
         JOIN booking.seats s ON s.event_no = wanted.event_no AND s.seat_no = wanted.seat_no
         ORDER BY s.event_no, s.seat_no
         FOR UPDATE OF s",
        &events,
        &seats,
    )
    .fetch_all(conn)
    .await?;
    let seat = |state, reservation: Option<uuid::Uuid>, fence, ends_at| SeatRow {
        state: Occupancy::from_code(state),
        reservation: reservation.map(ReservationId),
        fence,
        ends_at,
    };
    Ok(rows
        .into_iter()
        .map(|row| ((row.event_no, row.seat_no), seat(row.state, row.reservation_id, row.fence, row.ends_at)))
        .collect())
}

/// Writes seats that were locked before.
pub(crate) async fn write(conn: &mut PgConnection, seats: &[(SeatKey, &SeatRow)]) -> Result<(), sqlx::Error> {
    if seats.is_empty() {
        return Ok(());
    }
    let result = sqlx::query!(
        "UPDATE booking.seats s
         SET state = next.state, reservation_id = next.reservation_id, fence = next.fence, ends_at = next.ends_at
         FROM unnest($1::int[], $2::int[], $3::smallint[], $4::uuid[], $5::bigint[], $6::timestamptz[])
              AS next (event_no, seat_no, state, reservation_id, fence, ends_at)
         WHERE s.event_no = next.event_no AND s.seat_no = next.seat_no",
        &seats.iter().map(|((event, _), _)| *event).collect::<Vec<_>>(),
        &seats.iter().map(|((_, seat), _)| *seat).collect::<Vec<_>>(),
        &seats.iter().map(|(_, row)| row.state.code()).collect::<Vec<_>>(),
        &seats.iter().map(|(_, row)| row.reservation.map(|id| id.0)).collect::<Vec<_>>() as &[Option<uuid::Uuid>],
        &seats.iter().map(|(_, row)| row.fence).collect::<Vec<_>>(),
        &seats.iter().map(|(_, row)| row.ends_at).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, seats.len(), "booking.seats")
}

/// Makes the seats of a new inventory, all free; those that stand already stay as they are.
pub(crate) async fn create(conn: &mut PgConnection, event: EventNo, count: SeatNo) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO booking.seats (event_no, seat_no) SELECT $1, generate_series(0, $2 - 1) ON CONFLICT DO NOTHING",
        event,
        count,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The state of every seat of an event in the plan's order, and when each hold ends.
pub(crate) async fn states(conn: &mut PgConnection, event: EventNo) -> Result<Vec<(Occupancy, Time)>, sqlx::Error> {
    let rows = sqlx::query!("SELECT state, ends_at FROM booking.seats WHERE event_no = $1 ORDER BY seat_no", event)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (Occupancy::from_code(row.state), row.ends_at)).collect())
}

/// A seat that somebody has.
#[derive(Debug, Clone)]
pub(crate) struct OccupiedSeat {
    /// The event.
    pub event_no: EventNo,
    /// The seat.
    pub seat_no: SeatNo,
    /// Whose it is.
    pub reservation_id: uuid::Uuid,
    /// Whether it is sold.
    pub sold: bool,
    /// How long it will be so for certain, in ms.
    pub left_ms: i64,
}

/// The seats that somebody has, at most `limit`.
pub(crate) async fn occupied(conn: &mut PgConnection, limit: i64) -> Result<Vec<OccupiedSeat>, sqlx::Error> {
    sqlx::query_as!(
        OccupiedSeat,
        r#"SELECT event_no, seat_no, reservation_id AS "reservation_id!", state = 2 AS "sold!",
                  CASE WHEN state = 2 THEN 30000
                       ELSE least(30000, extract(epoch FROM ends_at - clock_timestamp()) * 1000)::bigint
                  END AS "left_ms!"
           FROM booking.seats
           WHERE reservation_id IS NOT NULL AND (state = 2 OR (state = 1 AND ends_at > clock_timestamp()))
           LIMIT $1"#,
        limit,
    )
    .fetch_all(conn)
    .await
}
