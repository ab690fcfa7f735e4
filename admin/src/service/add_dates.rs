//! An organiser puts an event on more dates: each becomes a draft of its own, and all of them are a series.

use super::{Act, Actor, Outcome, create_event, lock_event, none};
use crate::domain::Violations;
use crate::domain::dates::{DATES_MAX, moved};
use crate::error::AdminError;
use crate::state::State;
use crate::store::drafts;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use onsale_core::api::admin::{NewDates, Series};
use onsale_core::{EventId, SeriesId};
use onsale_platform::idempotency::ScopedKey;
use onsale_platform::random;
use serde_json::json;
use std::collections::HashSet;

/// Drafts the event on these dates. It is the first of a series, where it is of none yet.
pub async fn add_dates(
    state: &State,
    actor: Actor,
    id: &EventId,
    wanted: NewDates,
    key: Option<&ScopedKey>,
) -> Result<Outcome<Series>, AdminError> {
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    let mut first = lock_event(&mut act, actor, id).await?;
    let taken: HashSet<DateTime<Utc>> = match first.record.series_id {
        Some(series) => {
            let dates = drafts::series(&mut *act.conn(), series).await?;
            dates.iter().map(|record| record.draft.starts_at).collect()
        }
        None => HashSet::from([first.record.draft.starts_at]),
    };
    none(violations(&wanted.starts_at, taken))?;
    let series: SeriesId = match first.record.series_id {
        Some(series) => series,
        None => random::new_id(&state.clock),
    };
    if first.record.series_id.is_none() {
        first.record.series_id = Some(series);
        first.record.updated_at = act.now;
        drafts::update(act.conn(), &first).await?;
    }
    let mut items = Vec::with_capacity(wanted.starts_at.len());
    for starts_at in wanted.starts_at {
        let draft = moved(&first.record.draft, starts_at);
        none(create_event::violations(act.conn(), first.organisation, &draft).await?)?;
        let new_id = create_event::new_id(state)?;
        let mut row = create_event::new_row(&act, actor, first.organisation, new_id, draft);
        row.record.series_id = Some(series);
        drafts::insert(act.conn(), &row).await?;
        act.note("event.create", "event", row.record.id.as_str(), json!({"series": series})).await?;
        items.push(row.record);
    }
    items.sort_by_key(|record| record.draft.starts_at);
    act.finish(StatusCode::CREATED, Series { items }).await.map(Outcome::Done)
}

/// What is wrong with dates beside those that there are.
fn violations(dates: &[DateTime<Utc>], mut taken: HashSet<DateTime<Utc>>) -> Violations {
    let mut wrong = Violations::new();
    let remedy = format!("name 1 to {DATES_MAX} dates");
    wrong.require((1..=DATES_MAX).contains(&dates.len()), "startsAt", "out_of_range", remedy);
    for (index, at) in dates.iter().enumerate().take(DATES_MAX) {
        let remedy = "the series has this date already";
        wrong.require(taken.insert(*at), format!("startsAt[{index}]"), "duplicate", remedy);
    }
    wrong
}
