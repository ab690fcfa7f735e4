//! Writes what a batch changed: one statement a table.

use super::LEASE;
use crate::domain::rows::{ReservationRow, Rows};
use crate::store;
use onsale_core::{AdmissionId, ReservationId};
use onsale_platform::ServiceRole;
use onsale_platform::idempotency::ScopedKey;
use onsale_platform::outbox::{self, Metadata, NewEvent};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// What is written beside the rows.
#[derive(Default)]
pub(super) struct Writing {
    /// Events with the reason of each.
    pub(super) events: Vec<(NewEvent, Metadata)>,
    /// New holds and the admissions that they were made under.
    pub(super) admitted: Vec<(ReservationId, AdmissionId)>,
    /// Answers kept under keys.
    pub(super) answers: Vec<(ScopedKey, u16, String)>,
}

/// Writes, in the batch's transaction; the events' counters last, since all batches of an event meet there.
pub(super) async fn write(conn: &mut PgConnection, rows: &Rows, writing: &Writing) -> Result<(), sqlx::Error> {
    let changed = &rows.changed;
    let holds = |ids: &BTreeSet<ReservationId>| -> Vec<&ReservationRow> {
        ids.iter().filter_map(|id| rows.reservations.get(id)).collect()
    };
    store::reservations::insert(conn, &holds(&changed.inserted)).await?;
    store::admissions::insert(conn, &writing.admitted).await?;
    store::reservations::update(conn, &holds(&changed.updated)).await?;
    store::orders::insert(conn, &holds(&changed.new_orders), LEASE).await?;
    store::orders::update(conn, &holds(&changed.orders), LEASE).await?;

    let tickets: Vec<_> = holds(&changed.issued)
        .into_iter()
        .filter_map(|hold| Some((hold, hold.order.as_ref()?.id)))
        .flat_map(|(hold, order)| {
            (0..).zip(&hold.issued).map(move |(ordinal, ticket)| (order, hold.event, ordinal, ticket))
        })
        .collect();
    store::tickets::insert(conn, &tickets).await?;
    store::tickets::cancel(conn, &changed.cancelled).await?;

    let seats: Vec<_> = changed.seats.iter().filter_map(|key| Some((*key, rows.seats.get(key)?))).collect();
    store::seats::write(conn, &seats).await?;
    let stock: Vec<_> = changed.stock.iter().filter_map(|key| Some((*key, rows.stock.get(key)?))).collect();
    store::stock::write(conn, &stock).await?;

    outbox::append(conn, ServiceRole::Booking, &writing.events).await?;
    let answers: Vec<_> = writing.answers.iter().map(|(key, status, body)| (key, *status, body.clone())).collect();
    store::idempotency::keep(conn, &answers).await?;
    store::counters::raise(conn, &changed.counters).await
}
