//! An organiser changes all dates of a series that are not on sale yet.

use super::create_event::{slug, violations};
use super::{Act, Actor, change_event, none};
use crate::domain::dates::moved;
use crate::domain::lifecycle;
use crate::error::AdminError;
use crate::state::State;
use crate::store::drafts::{self, DraftRow};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use onsale_core::EventId;
use onsale_core::api::admin::{EventDraft, SeriesChanged};
use onsale_core::api::events::EventStatus;
use serde_json::json;

/// Puts a draft in the place of each date's; every one keeps its own beginning, this one takes the draft's. All or none.
pub async fn change_series(
    state: &State,
    actor: Actor,
    id: &EventId,
    draft: EventDraft,
) -> Result<SeriesChanged, AdminError> {
    let Ok(mut act) = Act::begin(state, Some(actor), None).await? else {
        return Err(AdminError::NotFound("series"));
    };
    let first = drafts::find(&mut *act.conn(), id).await?.filter(|row| actor.reaches(row.organisation));
    let series = first.and_then(|row| row.record.series_id).ok_or(AdminError::NotFound("series"))?;
    let (mut changed, mut left) = (Vec::new(), Vec::new());
    for mut row in drafts::lock_series(act.conn(), series).await? {
        act.organisation = Some(row.organisation);
        if !is_changed_along(&row, act.now) {
            left.push(row.record.id);
            continue;
        }
        let own = row.record.id.clone();
        let starts_at = if own == *id { draft.starts_at } else { row.record.draft.starts_at };
        let asked = moved(&draft, starts_at);
        let mut wrong = violations(act.conn(), row.organisation, &asked).await?;
        change_event::published_violations(act.conn(), &row, &asked, &mut wrong).await?;
        none(wrong)?;
        row.record.slug = slug(&asked, &own);
        row.record.draft = EventDraft { id: Some(own.clone()), ..asked };
        row.record.updated_at = act.now;
        drafts::update(act.conn(), &row).await?;
        act.note("event.change", "event", own.as_str(), json!({"series": series})).await?;
        changed.push(own);
    }
    act.finish(StatusCode::OK, SeriesChanged { changed, left }).await
}

/// Whether a date is changed with the others: nobody could buy yet, and it can be changed at all.
fn is_changed_along(row: &DraftRow, now: DateTime<Utc>) -> bool {
    let is_ahead = row.record.status == EventStatus::Draft || row.record.draft.sale.on_sale_at > now;
    is_ahead && lifecycle::is_editable(row.record.status)
}
