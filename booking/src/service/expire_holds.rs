//! Ends holds whose time is over: by the sweeper, and on contact where stock seems gone.

use crate::domain::command::Command;
use crate::domain::life::Event;
use crate::domain::rows::EventNo;
use crate::service::desk::Member;
use crate::state::State;
use crate::store;
use futures::future::join_all;
use onsale_core::ReservationId;
use onsale_platform::outbox::Metadata;

/// How many are ended at once.
pub const AT_ONCE_MAX: u16 = 500;

/// Ends overdue holds of one event; tells how many.
pub async fn of_event(state: &State, event: EventNo) -> Result<usize, sqlx::Error> {
    let due = store::reservations::due(&mut *state.pool.acquire().await?, Some(event), i64::from(AT_ONCE_MAX)).await?;
    Ok(expire(state, due).await)
}

/// Ends overdue holds of all events; tells how many.
pub async fn of_all(state: &State) -> Result<usize, sqlx::Error> {
    let due = store::reservations::due(&mut *state.pool.acquire().await?, None, i64::from(AT_ONCE_MAX)).await?;
    Ok(expire(state, due).await)
}

/// Whoever changes the hold's row tells the event store; the others find it changed.
async fn expire(state: &State, due: Vec<ReservationId>) -> usize {
    let members = due.into_iter().map(|reservation| {
        let command = Command::Happened {
            reservation,
            event: Event::Expire,
            ticket_ids: Vec::new(),
            ticket_prices: Vec::new(),
            note: None,
        };
        state.desk.submit(Member::of(command, Metadata::default()))
    });
    let ended = join_all(members).await.into_iter().filter(|answer| answer.as_ref().is_ok_and(|d| d.accepted.changed));
    let ended = ended.count();
    metrics::counter!("onsale_holds_expired_total").increment(ended as u64);
    ended
}
