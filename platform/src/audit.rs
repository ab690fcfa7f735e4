//! What staff did: noted in the act's own transaction in a table `audit` of each service, and sent from there to auth,
//! which chains the acts of all services.
//!
//! Acts are read in the order of `(xid, position)` and only below the oldest transaction that still runs, as the relay
//! reads events: so one place is enough to go on from, and what commits late is never passed.

use crate::random::jittered;
use crate::shutdown::Shutdown;
use crate::upstream::{CallError, Upstream, Upstreams};
use crate::{Platform, ServiceRole};
use chrono::{DateTime, Utc};
use onsale_core::api::audit::{AuditAct, AuditBatch, AuditPlace};
use onsale_core::{OrganisationId, UserId};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// Acts sent at once at most.
pub const BATCH_MAX: usize = 500;
/// The services with a table of acts.
pub const WITH_ACTS: &[ServiceRole] =
    &[ServiceRole::Auth, ServiceRole::Admin, ServiceRole::Booking, ServiceRole::Gateway, ServiceRole::Notification];
/// How often is looked for new acts.
const EVERY: Duration = Duration::from_secs(1);
/// The pause after a failure.
const PAUSE_AWAY: Duration = Duration::from_secs(3);

/// One act.
#[derive(Debug, Clone, PartialEq)]
pub struct Act<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; nobody when the installation itself acts.
    pub actor: Option<UserId>,
    /// In which organisation; nothing for what is of the whole installation.
    pub organisation: Option<OrganisationId>,
    /// What, e.g. `event.publish`.
    pub action: &'static str,
    /// On what kind of thing.
    pub object_type: &'static str,
    /// On which.
    pub object_id: &'a str,
    /// What else is worth knowing. Never a secret.
    pub detail: Value,
}

/// Notes an act, in the act's own transaction.
pub async fn note(conn: &mut PgConnection, role: ServiceRole, act: Act<'_>) -> Result<(), sqlx::Error> {
    let sql = format!(
        "INSERT INTO {role}.audit (at, actor_id, organisation_id, action, object_type, object_id, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(act.at)
        .bind(act.actor.map(|id| id.0))
        .bind(act.organisation.map(|id| id.0))
        .bind(act.action)
        .bind(act.object_type)
        .bind(act.object_id)
        .bind(act.detail)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    xid: i64,
    position: i64,
    at: DateTime<Utc>,
    actor_id: Option<Uuid>,
    organisation_id: Option<Uuid>,
    action: String,
    object_type: String,
    object_id: String,
    detail: Value,
}

/// A service's acts after a place, in their order.
pub async fn read(
    conn: &mut PgConnection,
    role: ServiceRole,
    after: AuditPlace,
    limit: usize,
) -> Result<Vec<AuditAct>, sqlx::Error> {
    let sql = format!(
        "SELECT xid::text::bigint AS xid, position, at, actor_id, organisation_id, action, object_type, object_id, detail
         FROM {role}.acts
         WHERE (xid, position) > ($1::text::xid8, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY {role}.acts.xid, position LIMIT $3"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(after.xid.to_string())
        .bind(after.position)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    let act = |row: Row| AuditAct {
        place: AuditPlace { xid: row.xid, position: row.position },
        at: row.at,
        actor_id: row.actor_id.map(UserId),
        organisation_id: row.organisation_id.map(OrganisationId),
        action: row.action,
        object_type: row.object_type,
        object_id: row.object_id,
        detail: row.detail,
    };
    Ok(rows.into_iter().map(act).collect())
}

/// Sends a service's acts to auth.
pub struct Sender {
    role: ServiceRole,
    pool: PgPool,
    upstreams: Upstreams,
    shutdown: Shutdown,
}

#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("the acts cannot be read: {0}")]
    Store(#[from] sqlx::Error),
    #[error("auth does not take them: {0}")]
    Auth(#[from] CallError),
}

impl Sender {
    /// The sender of one service's acts.
    #[must_use]
    pub fn new(platform: &Platform, role: ServiceRole, pool: PgPool) -> Self {
        let upstreams = platform.upstreams.acting_as(role);
        Self { role, pool, upstreams, shutdown: platform.shutdown.clone() }
    }

    /// Runs until shutdown. Several processes of a service may: what auth has already it takes once.
    pub async fn run(self) {
        let auth = self.upstreams.to(ServiceRole::Auth);
        let mut sent = None;
        let mut failing = false;
        loop {
            let outcome = tokio::select! {
                outcome = self.send(&auth, &mut sent) => outcome,
                () = self.shutdown.requested() => return,
            };
            let pause = match &outcome {
                Ok(more) if *more => Duration::ZERO,
                Ok(_) => EVERY,
                Err(_) => PAUSE_AWAY,
            };
            if let Err(error) = &outcome
                && !failing
            {
                tracing::warn!(service = %self.role, %error, "what staff did waits for the audit log");
            }
            failing = outcome.is_err();
            if !self.shutdown.sleep(jittered(pause)).await {
                return;
            }
        }
    }

    /// Sends what there is; whether there is more.
    async fn send(&self, auth: &Upstream, sent: &mut Option<AuditPlace>) -> Result<bool, SendError> {
        let after = match *sent {
            Some(after) => after,
            None => auth.post("/internal/audit", &AuditBatch::default()).await?,
        };
        *sent = Some(after);
        let acts = read(&mut *self.pool.acquire().await?, self.role, after, BATCH_MAX).await?;
        if acts.is_empty() {
            return Ok(false);
        }
        let is_full = acts.len() == BATCH_MAX;
        *sent = Some(auth.post("/internal/audit", &AuditBatch { acts }).await?);
        Ok(is_full)
    }
}
