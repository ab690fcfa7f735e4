//! An organiser draws: the editor saves the hall again and again.
//!
//! That is not noted in the audit log, where it would bury all else: what is published of a hall is, and never changes.

use super::create_hall::within_bounds;
use super::{Act, Actor, lock_hall};
use crate::error::AdminError;
use crate::state::State;
use crate::store::halls;
use axum::http::StatusCode;
use onsale_core::api::halls::{SaveHall, SavedHall};
use uuid::Uuid;

/// Puts another drawing in the place of the hall's, unless it was changed elsewhere meanwhile.
pub async fn save_hall(state: &State, actor: Actor, id: Uuid, save: SaveHall) -> Result<SavedHall, AdminError> {
    let SaveHall { revision, hall } = save;
    let (hall, body) = tokio::task::spawn_blocking(move || {
        within_bounds(&hall, "hall.")?;
        let body = serde_json::to_string(&hall)?;
        Ok::<_, AdminError>((hall, body))
    })
    .await??;
    let Ok(mut act) = Act::begin(state, Some(actor), None).await? else {
        return Err(AdminError::NotFound("hall"));
    };
    let mut row = lock_hall(&mut act, actor, id).await?.summary;
    if row.revision != revision {
        return Err(AdminError::Outdated { seen: revision, now: row.revision });
    }
    row.revision += 1;
    row.seat_count = hall.seat_count();
    row.name = hall.name;
    row.updated_at = act.now;
    halls::update(act.conn(), &row, &body).await?;
    act.finish(StatusCode::OK, SavedHall { revision: row.revision, updated_at: row.updated_at }).await
}
