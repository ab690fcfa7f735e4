//! Table `sandbox.sessions`.

use super::sessions::{Session, SessionStatus};
use super::store::metadata;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

struct Row {
    id: String,
    intent_id: String,
    status: String,
    success_url: String,
    cancel_url: Option<String>,
    metadata: Value,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Session {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let unknown = || sqlx::Error::Decode(format!("sandbox.sessions holds {:?}", row.status).into());
        Ok(Self {
            status: SessionStatus::from_name(&row.status).ok_or_else(unknown)?,
            metadata: metadata(row.metadata)?,
            id: row.id,
            intent_id: row.intent_id,
            success_url: row.success_url,
            cancel_url: row.cancel_url,
            expires_at: row.expires_at,
            created_at: row.created_at,
        })
    }
}

/// One checkout, if it is there.
pub(super) async fn find(conn: &mut PgConnection, id: &str) -> Result<Option<Session>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, intent_id, status, success_url, cancel_url, metadata, expires_at, created_at
           FROM sandbox.sessions WHERE id = $1",
        id
    )
    .fetch_optional(conn)
    .await?;
    row.map(Session::try_from).transpose()
}

/// Reads and locks these, in the order of their ids; before their attempts.
pub(super) async fn lock(conn: &mut PgConnection, ids: &[String]) -> Result<Vec<Session>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, intent_id, status, success_url, cancel_url, metadata, expires_at, created_at
           FROM sandbox.sessions WHERE id = ANY($1) ORDER BY id FOR UPDATE",
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Writes what a batch made and changed; after the attempts.
pub(super) async fn write(conn: &mut PgConnection, sessions: &[&Session]) -> Result<(), sqlx::Error> {
    let cancel_urls: Vec<_> = sessions.iter().map(|s| s.cancel_url.clone()).collect();
    sqlx::query!(
        "INSERT INTO sandbox.sessions
             (id, intent_id, status, success_url, cancel_url, metadata, expires_at, created_at)
         SELECT n.*
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::timestamptz[],
                       $8::timestamptz[]) AS n
         ON CONFLICT (id) DO UPDATE SET status = excluded.status",
        &sessions.iter().map(|s| s.id.clone()).collect::<Vec<_>>(),
        &sessions.iter().map(|s| s.intent_id.clone()).collect::<Vec<_>>(),
        &sessions.iter().map(|s| s.status.as_str().to_owned()).collect::<Vec<_>>(),
        &sessions.iter().map(|s| s.success_url.clone()).collect::<Vec<_>>(),
        &cancel_urls as &[Option<String>],
        &sessions.iter().map(|s| serde_json::json!(s.metadata)).collect::<Vec<_>>(),
        &sessions.iter().map(|s| s.expires_at).collect::<Vec<_>>(),
        &sessions.iter().map(|s| s.created_at).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}
