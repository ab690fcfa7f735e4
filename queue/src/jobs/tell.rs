//! Writes to those whose account is known: their turn is near, and it is their turn. Each once.

use crate::memory::Line;
use crate::state::State;
use crate::store::{entries, events, rooms, stored};
use chrono::{DateTime, Utc};
use onsale_core::events::MailTemplate;
use onsale_platform::random;
use sqlx::{Acquire, PgConnection};

/// So many people before somebody is near.
const NEAR: u32 = 500;
/// Places that are looked at in a step.
const PLACES_MAX: u32 = 2_000;

/// Asks for the mails of the places that were reached since the last time; `served` is how far the line has moved.
pub(super) async fn tell(
    state: &State,
    conn: &mut PgConnection,
    line: &Line,
    served: u32,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let room = &line.room;
    let turn = (room.told_turn, served.min(room.told_turn.saturating_add(PLACES_MAX)));
    // Whose turn it is already is not told that it is near.
    let near_from = room.told_near.max(served).min(room.joined);
    let near_to = served.saturating_add(NEAR).min(room.joined).min(near_from.saturating_add(PLACES_MAX));
    let near = (near_from, near_to.max(near_from));
    if near == (room.told_near, room.told_near) && turn.0 == turn.1 {
        return Ok(());
    }
    let mut tx = conn.begin().await?;
    for (template, (from, to)) in [(MailTemplate::QueueNear, near), (MailTemplate::QueueTurn, turn)] {
        let positions: Vec<i32> = (from + 1..=to).filter_map(|place| line.position_of(place)).map(stored).collect();
        if positions.is_empty() {
            continue;
        }
        let accounts = entries::accounts_of(&mut tx, &room.event, &positions).await?;
        events::ask_for_mails(&mut tx, &room.event, (template, &accounts), now, || random::new_id(&state.clock))
            .await?;
    }
    rooms::set_told(&mut tx, &room.event, near.1, turn.1).await?;
    tx.commit().await
}
