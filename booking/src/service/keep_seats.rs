//! Keeps seats back from sale, and releases them: for whoever runs the event, or sells at its counter.

use crate::domain::keep_back::{Keeping, keep};
use crate::domain::rows::{Rows, SeatKey, SeatNo};
use crate::error;
use crate::service::report_sales;
use crate::state::State;
use crate::store;
use onsale_core::api::sales_desk::ChangedSeats;
use onsale_core::{EventId, SeatId};
use onsale_platform::ServiceRole;
use onsale_platform::audit::{self, Act};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use serde_json::json;
use std::collections::BTreeSet;

/// The most seats one request may name.
const SEATS_MAX: usize = 1_000;

/// Keeps all of these seats back, or releases them, in one transaction.
///
/// # Errors
/// 404 for another's event, 409 `seats_unavailable` that names those that somebody has, 422 for seats that are not there.
pub async fn keep_seats(
    state: &State,
    caller: &Caller,
    event: &EventId,
    seats: &[SeatId],
    keeping: Keeping,
) -> Result<ChangedSeats, Problem> {
    let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
    let inventory = state.inventories.latest(event).await?;
    if seats.is_empty() || seats.len() > SEATS_MAX {
        return Err(Problem::invalid("seats", "out_of_range", format!("name 1 to {SEATS_MAX} seats")));
    }
    let mut keys: BTreeSet<SeatKey> = BTreeSet::new();
    for (place, seat) in seats.iter().enumerate() {
        let number = inventory.seat_no(seat).ok_or_else(|| {
            Problem::invalid(&format!("seats[{place}]"), "unknown_seat", "the event's plan has no such seat")
        })?;
        keys.insert((organised.event_no, number));
    }
    let now = state.clock.now();
    let mut tx = state.pool.begin().await?;
    let mut rows = Rows { seats: store::seats::lock(&mut tx, &keys).await?, ..Rows::default() };
    let mut taken: Vec<SeatNo> = Vec::new();
    for key in keys {
        match rows.seats.get(&key).map(|row| keep(row, keeping, now)) {
            Some(Ok(Some(next))) => rows.set_seat(key, next),
            Some(Ok(None)) => {}
            Some(Err(_)) | None => taken.push(key.1),
        }
    }
    if !taken.is_empty() {
        let names = taken.iter().filter_map(|seat| inventory.seat(*seat)).map(|seat| seat.seat_id.clone());
        return Err(error::seats_unavailable(&names.collect::<Vec<_>>()));
    }
    let changed: Vec<_> = rows.changed.seats.iter().filter_map(|key| Some((*key, rows.seats.get(key)?))).collect();
    let count = changed.len();
    if count > 0 {
        store::seats::write(&mut tx, &changed).await?;
        let names: Vec<_> = changed.iter().filter_map(|((_, seat), _)| inventory.seat(*seat)).collect();
        let names: Vec<_> = names.into_iter().map(|seat| &seat.seat_id).collect();
        let act = Act {
            at: now,
            actor: Some(caller.user_id),
            organisation: Some(organised.organisation),
            action: if keeping == Keeping::Back { "seats.block" } else { "seats.release" },
            object_type: "event",
            object_id: event.as_str(),
            detail: json!({"seats": names}),
        };
        audit::note(&mut tx, ServiceRole::Booking, act).await?;
        store::counters::raise(&mut tx, &rows.changed.counters).await?;
        tx.commit().await?;
    }
    tracing::info!(%event, count, state = ?keeping, "seats were kept back or released");
    Ok(ChangedSeats { changed: count })
}
