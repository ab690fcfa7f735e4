//! An organiser publishes a hall: what is drawn becomes a plan, which never changes. Events that use an earlier version
//! keep it.

use super::{Act, Actor, Outcome, add_plan, lock_hall};
use crate::domain::Violations;
use crate::error::AdminError;
use crate::state::State;
use crate::store::halls;
use axum::http::StatusCode;
use onsale_core::api::halls::{HallVersion, PublishHall};
use onsale_core::hall::{Hall, Problem, problems};
use onsale_platform::idempotency::ScopedKey;
use serde_json::json;
use uuid::Uuid;

/// Publishes a hall as its next version. Where nothing changed since the last one, that is the answer.
pub async fn publish_hall(
    state: &State,
    actor: Actor,
    id: Uuid,
    asked: PublishHall,
    key: Option<&ScopedKey>,
) -> Result<Outcome<HallVersion>, AdminError> {
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    let row = lock_hall(&mut act, actor, id).await?.summary;
    if row.revision != asked.revision {
        return Err(AdminError::Outdated { seen: asked.revision, now: row.revision });
    }
    let body = halls::body(act.conn(), id).await?.ok_or(AdminError::NotFound("hall"))?;
    let checked = tokio::task::spawn_blocking(move || {
        let hall: Hall = serde_json::from_str(&body)?;
        mended(&hall)?;
        add_plan::checked(hall.plan())
    })
    .await??;
    let plan = add_plan::keep(&mut act, state, &row.venue_id, &checked).await?;
    let last = halls::versions(act.conn(), id).await?.pop();
    let version = match last {
        Some(last) if last.plan_id == plan.plan_id => last,
        _ => {
            let version = HallVersion {
                version: row.version + 1,
                plan_id: plan.plan_id,
                revision: row.revision,
                seat_count: plan.seat_count,
                published_at: act.now,
            };
            halls::publish(act.conn(), id, &version).await?;
            let detail = json!({"version": version.version, "planId": plan.plan_id, "digest": plan.digest});
            act.note("hall.publish", "hall", &id.to_string(), detail).await?;
            version
        }
    };
    act.finish(StatusCode::CREATED, version).await.map(Outcome::Done)
}

/// Names every problem of a hall by its part.
fn mended(hall: &Hall) -> Result<(), AdminError> {
    let mut wrong = Violations::new();
    for problem in problems(hall) {
        let place = hall.parts.iter().position(|part| Some(part.number) == problem.part);
        let field = place.map_or_else(|| "hall".to_owned(), |place| format!("hall.parts[{place}]"));
        wrong.add(field, problem.kind.code(), words(&problem));
    }
    super::none(wrong)
}

fn words(problem: &Problem) -> String {
    let row = if problem.row.is_empty() { String::new() } else { format!(" from row {} on", problem.row) };
    let about = if problem.about.is_empty() { String::new() } else { format!(": {}", problem.about) };
    format!("mend {} of {} seats{row}{about}", problem.kind.code().replace('_', " "), problem.count)
}
