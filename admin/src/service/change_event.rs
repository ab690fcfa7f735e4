//! An organiser changes a draft. What was published changes for buyers when it is published again.

use super::create_event::{slug, violations};
use super::{Act, Actor, lock_event, none};
use crate::domain::{Violations, event_rules, lifecycle, plan_rules};
use crate::error::AdminError;
use crate::state::State;
use crate::store::drafts::{self, DraftRow};
use crate::store::plans;
use axum::http::StatusCode;
use onsale_core::EventId;
use onsale_core::api::admin::{EventDraft, EventRecord};
use onsale_core::plan::SeatingPlan;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Puts another draft in the place of the event's; an id in it is ignored.
pub async fn change_event(
    state: &State,
    actor: Actor,
    id: &EventId,
    draft: EventDraft,
) -> Result<EventRecord, AdminError> {
    let Ok(mut act) = Act::begin(state, Some(actor), None).await? else {
        return Err(AdminError::NotFound("event"));
    };
    let mut row = lock_event(&mut act, actor, id).await?;
    if !lifecycle::is_editable(row.record.status) {
        return Err(AdminError::WrongState { status: row.record.status, attempted: "changed" });
    }
    let mut wrong = violations(act.conn(), row.organisation, &draft).await?;
    published_violations(act.conn(), &row, &draft, &mut wrong).await?;
    none(wrong)?;
    row.record.slug = slug(&draft, id);
    row.record.draft = EventDraft { id: Some(id.clone()), ..draft };
    row.record.updated_at = act.now;
    drafts::update(act.conn(), &row).await?;
    act.note("event.change", "event", id.as_str(), json!({"status": row.record.status})).await?;
    act.finish(StatusCode::OK, row.record).await
}

/// What would break tickets that may be sold already, where the event was published.
pub(super) async fn published_violations(
    conn: &mut PgConnection,
    row: &DraftRow,
    draft: &EventDraft,
    wrong: &mut Violations,
) -> Result<(), AdminError> {
    if row.record.version == 0 {
        return Ok(());
    }
    for error in event_rules::change_violations(&row.record.draft, draft).into_errors() {
        wrong.add(error.field, &error.code, error.message);
    }
    same_seats(conn, row.record.draft.plan_id, draft.plan_id, wrong).await
}

/// Another plan of a published event has the same seats in the same order: what is sold and held is counted by it.
async fn same_seats(
    conn: &mut PgConnection,
    published: Option<Uuid>,
    asked: Option<Uuid>,
    wrong: &mut Violations,
) -> Result<(), AdminError> {
    let (Some(published), Some(asked)) = (published, asked) else { return Ok(()) };
    if published == asked {
        return Ok(());
    }
    let (Some(before), Some(after)) = (plans::body(&mut *conn, published).await?, plans::body(conn, asked).await?)
    else {
        return Ok(());
    };
    let moved = tokio::task::spawn_blocking(move || {
        let (before, after): (SeatingPlan, SeatingPlan) =
            (serde_json::from_str(&before)?, serde_json::from_str(&after)?);
        Ok::<_, serde_json::Error>(plan_rules::first_other_seat(&before, &after))
    })
    .await??;
    if let Some(seat) = moved {
        let remedy = format!(
            "the plan has other seats from {seat} on: a published event keeps its seats, their rows, numbers and \
             categories; cancel it and publish another"
        );
        wrong.add("planId", "fixed", remedy);
    }
    Ok(())
}
