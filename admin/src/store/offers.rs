//! `admin.offers`: the published versions of events, as they were hashed.

use chrono::{DateTime, Utc};
use onsale_core::EventId;
use sqlx::{PgConnection, PgExecutor};

pub(crate) async fn insert(
    conn: &mut PgConnection,
    event_id: &EventId,
    version: i32,
    digest: &str,
    body: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO admin.offers (event_id, version, digest, body, created_at) VALUES ($1, $2, $3, $4, $5)",
        event_id.as_str(),
        version,
        digest,
        body,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An offer as it was stored.
pub(crate) struct OfferRow {
    pub digest: String,
    pub body: String,
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    event_id: &EventId,
    version: i32,
) -> Result<Option<OfferRow>, sqlx::Error> {
    sqlx::query_as!(
        OfferRow,
        "SELECT digest, body FROM admin.offers WHERE event_id = $1 AND version = $2",
        event_id.as_str(),
        version,
    )
    .fetch_optional(executor)
    .await
}

/// The digest of a version.
pub(crate) async fn digest(
    executor: impl PgExecutor<'_>,
    event_id: &EventId,
    version: i32,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT digest FROM admin.offers WHERE event_id = $1 AND version = $2",
        event_id.as_str(),
        version,
    )
    .fetch_optional(executor)
    .await
}
