//! Table `settings`: each change is a version.

use chrono::{DateTime, Utc};
use onsale_core::UserId;
use onsale_core::api::settings::{LiveSettings, SettingsVersion};
use sqlx::PgConnection;
use sqlx::types::Json;

struct Row {
    version: i64,
    changed_at: DateTime<Utc>,
    changed_by: Option<uuid::Uuid>,
    document: Json<LiveSettings>,
}

impl From<Row> for SettingsVersion {
    fn from(row: Row) -> Self {
        Self {
            version: row.version,
            changed_at: Some(row.changed_at),
            changed_by: row.changed_by.map(UserId),
            settings: row.document.0,
        }
    }
}

/// Versions below one, the newest first.
pub(crate) async fn page(conn: &mut PgConnection, below: i64, limit: i64) -> Result<Vec<SettingsVersion>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT version, changed_at, changed_by, document AS "document: Json<LiveSettings>" FROM auth.settings
           WHERE version < $1 ORDER BY version DESC LIMIT $2"#,
        below,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The version in force.
pub(crate) async fn current(conn: &mut PgConnection) -> Result<SettingsVersion, sqlx::Error> {
    Ok(page(conn, i64::MAX, 1).await?.pop().unwrap_or_default())
}

/// One change at a time, until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('auth.settings', 0))").fetch_one(conn).await?;
    Ok(())
}

/// Adds a version, and wakes those who wait for one when it commits.
pub(crate) async fn insert(conn: &mut PgConnection, version: &SettingsVersion) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.settings (version, changed_at, changed_by, document) VALUES ($1, $2, $3, $4)",
        version.version,
        version.changed_at,
        version.changed_by.map(|id| id.0),
        Json(&version.settings) as _,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("SELECT pg_notify($1, '')", super::revocations::CHANNEL).fetch_one(conn).await?;
    Ok(())
}
