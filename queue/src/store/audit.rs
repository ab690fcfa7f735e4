//! `gateway.audit`: what staff did to lines. It only grows.

use crate::service::control::Conductor;
use serde_json::Value;
use sqlx::PgConnection;

/// Notes an act, in the act's own transaction.
pub(crate) async fn note(
    conn: &mut PgConnection,
    by: &Conductor,
    action: &'static str,
    detail: Value,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "INSERT INTO gateway.audit (actor_id, organisation_id, action, event_id, detail) VALUES ($1, $2, $3, $4, $5)",
        by.actor.0,
        by.organisation.map(|id| id.0),
        action,
        by.event.as_str(),
        detail,
    );
    sql.execute(conn).await.map(|_| ())
}
