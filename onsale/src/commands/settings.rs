//! `onsale settings get|set|history`: what changes while everything runs.

use crate::cli::Settings;
use crate::place::Place;
use crate::{process, say};
use anyhow::{Context, bail};
use onsale_core::api::settings::{LiveSettings, SettingsVersion};
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::extract;
use onsale_platform::pg::{self, PgConfig};
use serde_json::Value;
use sqlx::PgPool;
use std::path::Path;

/// Does it on the database that the settings of this process name; running processes follow within 2 s.
pub(crate) async fn run(env: &Env, home: &Path, settings: &Settings) -> anyhow::Result<()> {
    let place = Place::find(env, home).await?;
    let outcome = with(&place.env, settings).await;
    place.stop().await;
    outcome
}

async fn with(env: &Env, settings: &Settings) -> anyhow::Result<()> {
    let config = PgConfig { connections_max: 1, ..PgConfig::of(env, ServiceRole::Auth)? };
    let pool = pg::connect(&config, ServiceRole::Auth).await?;
    match settings {
        Settings::Get => show(&onsale_auth::read_settings(&pool).await?)?,
        Settings::History { limit } => {
            for version in onsale_auth::settings_history(&pool, i64::from(*limit)).await? {
                show(&version)?;
            }
        }
        Settings::Set { changes } => show(&set(env, &pool, changes).await?)?,
    }
    pool.close().await;
    Ok(())
}

fn show(version: &SettingsVersion) -> anyhow::Result<()> {
    let by = version.changed_by.map_or_else(|| "the command line".to_owned(), |by| by.to_string());
    match version.changed_at {
        Some(at) => say(&format!("version {}, of {} by {by}", version.version, at.to_rfc3339())),
        None => say("nobody has changed anything"),
    }
    say(&serde_json::to_string_pretty(&version.settings).context("writing the settings")?);
    Ok(())
}

async fn set(env: &Env, pool: &PgPool, changes: &[String]) -> anyhow::Result<SettingsVersion> {
    let platform = process::platform(env, &[ServiceRole::Auth]).await?;
    let before = onsale_auth::read_settings(pool).await?;
    let wanted = changed(&before.settings, changes)?;
    let written = onsale_auth::write_settings(pool, before.version, &wanted, platform.clock.now()).await?;
    platform.shutdown.request();
    match written {
        Ok(version) => Ok(version),
        Err(other) => bail!("somebody else made version {other} meanwhile: look at it and try again"),
    }
}

/// The settings with these changes, each `name=value` with a value as in JSON; `null` takes one back.
fn changed(before: &LiveSettings, changes: &[String]) -> anyhow::Result<LiveSettings> {
    let mut document = serde_json::to_value(before).context("writing the settings")?;
    for change in changes {
        let (path, text) = change.split_once('=').with_context(|| format!("{change:?}: write name=value"))?;
        let value: Value =
            serde_json::from_str(text).with_context(|| format!("{change:?}: write the value as JSON"))?;
        let mut place = &mut document;
        for name in path.split('.') {
            let Some(inner) = place.as_object_mut().and_then(|object| object.get_mut(name)) else {
                bail!("there is no setting {path:?}: `onsale settings get` shows them all");
            };
            place = inner;
        }
        *place = value;
    }
    let wanted: LiveSettings = serde_json::from_value(document).context("the settings cannot be so")?;
    if let Err(problem) = extract::check(&wanted) {
        let wrong: Vec<String> = problem
            .body("", "")
            .errors
            .into_iter()
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect();
        bail!("{}", wrong.join("; "));
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_named_by_their_path_and_checked() {
        let set = |changes: &[&str]| {
            let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
            changed(&LiveSettings::default(), &changes)
        };
        let some =
            set(&["sales=false", "holdSeconds=300", "limits.account={\"calls\":9,\"seconds\":1}"]).expect("good");
        assert!(!some.sales && some.hold_seconds == Some(300));
        assert_eq!(some.limits.account.map(|rate| rate.calls), Some(9));
        for wrong in ["holdSeconds=5", "sales", "sales=\"no\"", "price=0", "banner={\"en\":\"\",\"es\":\"\"}"] {
            assert!(set(&[wrong]).is_err(), "{wrong}");
        }
    }
}
