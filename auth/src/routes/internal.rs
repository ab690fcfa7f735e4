//! What other services ask, with a service token.

use crate::jobs::feed;
use crate::service::{administer_users, exchange_api_key as exchanging, find_contacts, keep_audit};
use crate::state::State;
use axum::extract;
use onsale_core::UserId;
use onsale_core::api::audit::{AuditBatch, AuditPlace};
use onsale_core::api::internal::{Contact, Contacts, ExchangeApiKey, ExchangedToken, FindContacts, Revocations};
use onsale_core::api::settings::SettingsVersion;
use onsale_platform::audit::BATCH_MAX;
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::identity::ServiceCaller;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use std::time::Duration;

/// How many people are asked for at once.
const CONTACTS_MAX: usize = 100;

/// `POST /internal/api-keys/exchange`: a key's secret for a short access token.
pub(super) async fn exchange_api_key(
    extract::State(state): extract::State<State>,
    ServiceCaller(_): ServiceCaller,
    Json(request): Json<ExchangeApiKey>,
) -> Result<Json<ExchangedToken>, Problem> {
    Ok(Json(exchanging::exchange(&state, &request.key).await?))
}

/// `GET /internal/users/{id}`: how to reach a person.
pub(super) async fn contact(
    extract::State(state): extract::State<State>,
    ServiceCaller(_): ServiceCaller,
    Path(id): Path<UserId>,
) -> Result<Json<Contact>, Problem> {
    Ok(Json(administer_users::contact(&state, id).await?))
}

/// `POST /internal/users/find`: people by account or by address.
pub(super) async fn find_contacts(
    extract::State(state): extract::State<State>,
    ServiceCaller(_): ServiceCaller,
    Json(wanted): Json<FindContacts>,
) -> Result<Json<Contacts>, Problem> {
    if wanted.ids.len() > CONTACTS_MAX {
        return Err(Problem::invalid("ids", "too_many", "ask for 100 at most"));
    }
    Ok(Json(find_contacts::find(&state, &wanted).await?))
}

/// The query of the feed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeedQuery {
    #[serde(default)]
    after: i64,
    #[serde(default)]
    wait_ms: u64,
}

/// `GET /internal/settings?after=&waitMs=`: the settings in force; waits for others than those of that version.
pub(super) async fn settings(
    extract::State(state): extract::State<State>,
    ServiceCaller(_): ServiceCaller,
    Query(query): Query<FeedQuery>,
) -> Result<Json<SettingsVersion>, Problem> {
    Ok(Json(feed::settings_after(&state, query.after, Duration::from_millis(query.wait_ms)).await?))
}

/// `POST /internal/audit`: what the calling service's staff did, to be chained; how far its acts are in the chain.
pub(super) async fn audit(
    extract::State(state): extract::State<State>,
    ServiceCaller(service): ServiceCaller,
    Json(batch): Json<AuditBatch>,
) -> Result<Json<AuditPlace>, Problem> {
    if batch.acts.len() > BATCH_MAX {
        return Err(Problem::invalid("acts", "too_many", "send 500 at most"));
    }
    Ok(Json(keep_audit::seal(&state.pool, &state.chain_key, service, batch.acts).await?))
}

/// `GET /internal/revocations?after=&waitMs=`: what was revoked after a cursor; waits for it.
pub(super) async fn revocations(
    extract::State(state): extract::State<State>,
    ServiceCaller(_): ServiceCaller,
    Query(query): Query<FeedQuery>,
) -> Result<Json<Revocations>, Problem> {
    Ok(Json(feed::after(&state, query.after, Duration::from_millis(query.wait_ms)).await?))
}
