//! Somebody leaves the line: nobody waits for them, and within five minutes they may come back.

use crate::domain::token::Held;
use crate::service::tell_status;
use crate::state::State;
use crate::store::{admissions, entries};
use onsale_core::EventId;
use onsale_platform::problem::Problem;

/// Counts them out.
pub(crate) async fn leave(state: &State, event: &EventId, held: Held) -> Result<(), Problem> {
    let line = tell_status::line(state, event)?;
    let now = state.clock.now();
    let mut tx = state.pool.begin().await?;
    entries::leave(&mut tx, event, held.position, now).await?;
    admissions::leave(&mut tx, event, held.position, now).await?;
    tx.commit().await?;
    state.memory.forget_gone(event);
    if let Some(place) = line.place_of(held.position) {
        state.known.forget(event, place).await;
    }
    Ok(())
}
