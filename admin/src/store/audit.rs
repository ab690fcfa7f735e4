//! `admin.audit`: who did what, when. It only grows.

use chrono::{DateTime, Utc};
use onsale_core::UserId;
use serde_json::Value;
use sqlx::PgConnection;

/// One act.
pub(crate) struct Act<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; nobody when the system itself acts.
    pub actor: Option<UserId>,
    /// What, e.g. `event.publish`.
    pub action: &'static str,
    /// On what kind of thing.
    pub object_type: &'static str,
    /// On which.
    pub object_id: &'a str,
    /// What else is worth knowing.
    pub detail: Value,
}

/// Notes an act, in the act's own transaction.
pub(crate) async fn note(conn: &mut PgConnection, act: Act<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO admin.audit (at, actor_id, action, object_type, object_id, detail)
         VALUES ($1, $2, $3, $4, $5, $6)",
        act.at,
        act.actor.map(|id| id.0),
        act.action,
        act.object_type,
        act.object_id,
        act.detail,
    )
    .execute(conn)
    .await?;
    Ok(())
}
