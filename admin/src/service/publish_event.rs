//! An organiser publishes an event: the offer is stored for ever and named on the bus.

use super::{Act, Actor, Happening, Outcome, append, create_event, lock_event, none, reach_venue};
use crate::domain::lifecycle::{self, Publication};
use crate::domain::{Violations, event_rules};
use crate::error::AdminError;
use crate::state::State;
use crate::store::drafts::{self, DraftRow};
use crate::store::{offers, plans};
use axum::http::StatusCode;
use onsale_core::EventId;
use onsale_core::api::admin::EventRecord;
use onsale_core::api::offer::{Offer, Venue};
use onsale_core::events::{OfferPublished, Topic};
use onsale_core::plan::SeatingPlan;
use onsale_platform::idempotency::ScopedKey;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

/// Publishes an event's draft as its next version.
pub async fn publish_event(
    state: &State,
    actor: Actor,
    id: &EventId,
    key: Option<&ScopedKey>,
) -> Result<Outcome<EventRecord>, AdminError> {
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    let mut row = lock_event(&mut act, actor, id).await?;
    let status = row.record.status;
    let publication =
        lifecycle::published_from(status).ok_or(AdminError::WrongState { status, attempted: "published" })?;
    let now = act.now;
    none(violations(act.conn(), &row, now).await?)?;
    let venue = reach_venue(act.conn(), actor, &row.record.draft.venue_id).await?.venue;
    row.record.version += 1;
    row.record.status = publication.status();
    row.record.updated_at = now;
    let offer = offer(act.conn(), &row, venue).await?;
    let body = serde_json::to_string(&offer)?;
    let digest = hex::encode(Sha256::digest(&body));
    offers::insert(act.conn(), id, offer.version, &digest, &body, now).await?;
    let topic = match publication {
        Publication::First => Topic::EventPublished,
        Publication::Again => Topic::EventUpdated,
    };
    let payload = OfferPublished { event_id: id.clone(), version: offer.version, digest: digest.clone() };
    let happening = Happening { kind: topic.as_str(), publish: Some((topic, payload)), id };
    append(&mut act, state, &mut row, happening).await?;
    drafts::update(act.conn(), &row).await?;
    act.note("event.publish", "event", id.as_str(), json!({"version": offer.version, "digest": digest})).await?;
    act.finish(StatusCode::OK, row.record).await.map(Outcome::Done)
}

async fn violations(
    conn: &mut PgConnection,
    row: &DraftRow,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Violations, AdminError> {
    let draft = &row.record.draft;
    let mut wrong = create_event::violations(&mut *conn, row.organisation, draft).await?;
    let categories = match draft.plan_id {
        Some(plan_id) => plans::find(conn, plan_id).await?.map(|plan| plan.categories),
        None => None,
    };
    for error in event_rules::publication_violations(draft, categories.as_deref(), now).into_errors() {
        wrong.add(error.field, &error.code, error.message);
    }
    Ok(wrong)
}

async fn offer(conn: &mut PgConnection, row: &DraftRow, venue: Venue) -> Result<Offer, AdminError> {
    let record = &row.record;
    let draft = record.draft.clone();
    let plan: Option<SeatingPlan> = match draft.plan_id {
        Some(plan_id) => {
            let body = plans::body(conn, plan_id).await?.ok_or(AdminError::NotFound("plan"))?;
            Some(serde_json::from_str(&body)?)
        }
        None => None,
    };
    Ok(Offer {
        event_id: record.id.clone(),
        version: record.version,
        organiser_id: row.owner_id,
        organisation_id: row.organisation,
        slug: record.slug.clone(),
        name: draft.name,
        description: draft.description,
        kind: draft.kind,
        venue,
        starts_at: draft.starts_at,
        sale: draft.sale,
        plan,
        ticket_types: draft.ticket_types,
        quotas: draft.quotas,
        promo_codes: draft.promo_codes,
    })
}
