//! Settings that change while everything runs: each change is a version, which all processes follow.

use crate::error::AuthError;
use crate::state::State;
use crate::store::settings;
use chrono::{DateTime, Utc};
use onsale_core::UserId;
use onsale_core::api::settings::{ChangeSettings, LiveSettings, SettingsVersion};
use onsale_platform::ServiceRole;
use onsale_platform::audit::{self, Act};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, PgPool};

/// The version in force.
pub(crate) async fn current(state: &State) -> Result<SettingsVersion, AuthError> {
    Ok(settings::current(&mut *state.pool.acquire().await?).await?)
}

/// Versions below one, the newest first; one more than `limit` where there are more.
pub(crate) async fn history(state: &State, below: i64, limit: i64) -> Result<Vec<SettingsVersion>, AuthError> {
    Ok(settings::page(&mut *state.pool.acquire().await?, below, limit + 1).await?)
}

/// Changes them, unless somebody else did meanwhile.
pub(crate) async fn change(state: &State, by: UserId, wanted: &ChangeSettings) -> Result<SettingsVersion, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let changed = write(&mut conn, Some(by), Some(wanted.version), &wanted.settings, state.clock.now()).await?;
    let changed = changed.map_err(AuthError::OtherVersion)?;
    state.settings.put(changed.clone());
    state.feed.bump();
    Ok(changed)
}

/// Writes a version; the one in force, where that is not the one that was expected.
async fn write(
    conn: &mut PgConnection,
    by: Option<UserId>,
    expected: Option<i64>,
    wanted: &LiveSettings,
    now: DateTime<Utc>,
) -> Result<Result<SettingsVersion, i64>, sqlx::Error> {
    let mut tx = conn.begin().await?;
    settings::lock(&mut tx).await?;
    let before = settings::current(&mut tx).await?;
    if expected.is_some_and(|expected| expected != before.version) {
        return Ok(Err(before.version));
    }
    let version = SettingsVersion {
        version: before.version + 1,
        changed_at: Some(now),
        changed_by: by,
        settings: wanted.clone(),
    };
    settings::insert(&mut tx, &version).await?;
    let act = Act {
        at: now,
        actor: by,
        organisation: None,
        action: "settings.change",
        object_type: "settings",
        object_id: &version.version.to_string(),
        detail: differences(&before.settings, wanted),
    };
    audit::note(&mut tx, ServiceRole::Auth, act).await?;
    tx.commit().await?;
    Ok(Ok(version))
}

/// What was changed, from what to what.
fn differences(before: &LiveSettings, after: &LiveSettings) -> Value {
    let (before, after) = (json!(before), json!(after));
    let changed = after.as_object().into_iter().flatten().filter(|(name, value)| before[name.as_str()] != **value);
    changed.map(|(name, value)| (name.clone(), json!([before[name.as_str()], value]))).collect()
}

/// Reads the version in force; what `onsale settings get` shows.
pub async fn read_settings(pool: &PgPool) -> Result<SettingsVersion, sqlx::Error> {
    settings::current(&mut *pool.acquire().await?).await
}

/// The last versions, the newest first; what `onsale settings history` shows.
pub async fn settings_history(pool: &PgPool, limit: i64) -> Result<Vec<SettingsVersion>, sqlx::Error> {
    settings::page(&mut *pool.acquire().await?, i64::MAX, limit).await
}

/// Changes them beside running processes, which learn of it from PostgreSQL; what `onsale settings set` does. The
/// version in force, where somebody else changed them since `expected`.
pub async fn write_settings(
    pool: &PgPool,
    expected: i64,
    wanted: &LiveSettings,
    now: DateTime<Utc>,
) -> Result<Result<SettingsVersion, i64>, sqlx::Error> {
    write(&mut *pool.acquire().await?, None, Some(expected), wanted, now).await
}
