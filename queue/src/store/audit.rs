//! `gateway.audit`: what staff did to lines. It only grows.

use onsale_core::{EventId, UserId};
use serde_json::Value;
use sqlx::PgConnection;

/// Notes an act, in the act's own transaction.
pub(crate) async fn note(
    conn: &mut PgConnection,
    actor: UserId,
    action: &'static str,
    event: &EventId,
    detail: Value,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "INSERT INTO gateway.audit (actor_id, action, event_id, detail) VALUES ($1, $2, $3, $4)",
        actor.0,
        action,
        event.as_str(),
        detail,
    );
    sql.execute(conn).await.map(|_| ())
}
