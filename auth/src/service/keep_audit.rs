//! The audit log: takes the acts of all services, chains them, and finds them again.

use crate::domain::chain::{self, Entry};
use crate::error::AuthError;
use crate::state::State;
use crate::store::accounts;
use crate::store::audit_chain::{self, Wanted};
use onsale_core::api::audit::{AuditAct, AuditEntry, AuditHead, AuditPlace, AuditQuery};
use onsale_core::{OrganisationId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::audit::{self, Act};
use onsale_platform::identity::Reach;
use onsale_platform::tokens::DeploymentSecret;
use serde_json::Value;
use sqlx::{Connection, PgConnection, PgPool};

/// What the log is chained by.
pub(crate) fn key(secret: &DeploymentSecret) -> [u8; 32] {
    secret.derive("audit chain")
}

/// Notes an act of auth's own, in its transaction: who, in which organisation; what, on what kind of thing, on which.
pub(crate) async fn note(
    state: &State,
    conn: &mut PgConnection,
    (actor, organisation): (Option<UserId>, Option<OrganisationId>),
    (action, object_type, object_id): (&'static str, &'static str, &str),
    detail: Value,
) -> Result<(), AuthError> {
    let act = Act { at: state.clock.now(), actor, organisation, action, object_type, object_id, detail };
    Ok(audit::note(conn, ServiceRole::Auth, act).await?)
}

/// Chains a service's acts in their order, each once; how far its acts are in the chain from now on.
pub(crate) async fn seal(
    pool: &PgPool,
    key: &[u8; 32],
    service: ServiceRole,
    acts: Vec<AuditAct>,
) -> Result<AuditPlace, sqlx::Error> {
    let service = service.as_str();
    let mut conn = pool.acquire().await?;
    if acts.is_empty() {
        return audit_chain::place_of(&mut conn, service).await;
    }
    let mut tx = conn.begin().await?;
    audit_chain::lock(&mut tx).await?;
    let mut place = audit_chain::place_of(&mut tx, service).await?;
    let (mut number, mut hash) = audit_chain::head(&mut tx).await?;
    // What another process sent meanwhile is there already.
    for act in acts.into_iter().filter(|act| act.place > place).collect::<Vec<_>>() {
        number += 1;
        place = act.place;
        let entry = entry(number, service, act);
        hash = chain::link(key, &hash, &entry);
        audit_chain::insert(&mut tx, &entry, &hash).await?;
    }
    tx.commit().await?;
    metrics::gauge!("onsale_audit_entries").set(i32::try_from(number).map_or(f64::MAX, f64::from));
    Ok(place)
}

/// An act as it stands in the chain.
pub(crate) fn entry(number: i64, service: &str, act: AuditAct) -> Entry {
    Entry {
        number,
        service: service.to_owned(),
        place: act.place,
        at: act.at,
        actor: act.actor_id.map(|id| id.0),
        organisation: act.organisation_id.map(|id| id.0),
        action: act.action,
        object_type: act.object_type,
        object_id: act.object_id,
        detail: act.detail.to_string(),
    }
}

/// Entries within reach, the newest first, below a number; one more than `limit` where there are more.
pub(crate) async fn search(
    state: &State,
    reach: Reach,
    query: &AuditQuery,
    (below, limit): (i64, i64),
) -> Result<Vec<AuditEntry>, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let mut query = query.clone();
    if let Some(address) = query.actor.as_deref().map(str::trim).filter(|address| !address.is_empty()) {
        // Whoever has no account did nothing; both filters together find what both allow.
        let Some(account) = accounts::by_email(&mut conn, address).await? else { return Ok(Vec::new()) };
        if query.actor_id.is_some_and(|id| id.0 != account.id) {
            return Ok(Vec::new());
        }
        query.actor_id = Some(UserId(account.id));
    }
    let wanted = Wanted { query: &query, organisation: reach.only(), below, limit: limit + 1 };
    Ok(audit_chain::search(&mut conn, &wanted).await?)
}

/// How far the chain has come.
pub(crate) async fn head(state: &State) -> Result<AuditHead, AuthError> {
    let (number, hash) = audit_chain::head(&mut *state.pool.acquire().await?).await?;
    Ok(AuditHead { number, hash: hex::encode(hash) })
}
