//! An organiser adds a venue.

use super::{Act, Actor, Outcome, none, own_rules};
use crate::domain::Violations;
use crate::error::AdminError;
use crate::state::State;
use crate::store::venues;
use axum::http::StatusCode;
use onsale_core::VenueId;
use onsale_core::api::admin::VenueDraft;
use onsale_core::api::offer::Venue;
use onsale_platform::idempotency::ScopedKey;
use onsale_platform::random;
use serde_json::json;
use uuid::Uuid;

/// Adds a venue of the actor's organisation.
pub async fn create_venue(
    state: &State,
    actor: Actor,
    draft: VenueDraft,
    key: Option<&ScopedKey>,
) -> Result<Outcome<Venue>, AdminError> {
    check(state, &draft).await?;
    let id = match draft.id.clone() {
        Some(id) => id,
        None => {
            VenueId::new(random::new_id::<Uuid>(&state.clock).to_string()).map_err(|_| AdminError::NotFound("venue"))?
        }
    };
    let venue = venue_of(id, draft);
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    let now = act.now;
    venues::insert(act.conn(), actor, &venue, now).await?;
    act.note("venue.create", "venue", venue.id.as_str(), json!({"name": venue.name})).await?;
    act.finish(StatusCode::CREATED, venue).await.map(Outcome::Done)
}

/// All that is wrong with a venue's fields.
pub(super) async fn check(state: &State, draft: &VenueDraft) -> Result<(), AdminError> {
    let mut wrong = Violations::new();
    own_rules(draft, &mut wrong);
    wrong.require(
        draft.country.len() == 2 && draft.country.bytes().all(|b| b.is_ascii_uppercase()),
        "country",
        "invalid",
        "use two capital letters of ISO 3166-1, e.g. ES",
    );
    // PostgreSQL also takes abbreviations and POSIX rules, which say nothing about summer time here.
    let plain = draft.time_zone.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+'));
    let named = plain && (draft.time_zone == "UTC" || draft.time_zone.contains('/'));
    let known = named && venues::is_time_zone(&state.pool, &draft.time_zone).await?;
    wrong.require(known, "timeZone", "unknown", "use an IANA name, e.g. Europe/Madrid");
    for (field, value) in [("name", &draft.name), ("city", &draft.city)] {
        let plain = !value.trim().is_empty() && !value.chars().any(char::is_control);
        wrong.require(plain, field, "invalid", "write some text without control characters");
    }
    none(wrong)
}

pub(super) fn venue_of(id: VenueId, draft: VenueDraft) -> Venue {
    Venue {
        id,
        name: draft.name,
        city: draft.city,
        country: draft.country,
        time_zone: draft.time_zone,
        latitude: draft.latitude,
        longitude: draft.longitude,
    }
}
