//! `onsale backup | restore | drill`: the private PostgreSQL copied, brought back to a moment, and whether that would work.
//!
//! An installation on a PostgreSQL of somebody else's is backed up by what that one offers (docs/operations.md).

use crate::cli::{Backup, Events, FoldEvents, Restore};
use crate::commands::events;
use crate::place::{Kind, Place};
use crate::progress::step;
use crate::say;
use anyhow::{Context, bail, ensure};
use chrono::{DateTime, NaiveDateTime, Utc};
use onsale_engines::Backups;
use onsale_platform::env::Env;
use sqlx::{Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What PostgreSQL calls now, as copies are named by it.
const NOW: &str = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"')";
/// The log is kept to the minute also when little happens.
const TO_THE_MINUTE: &str = "ALTER SYSTEM SET archive_timeout = '60s'";
const TAKE_NOTE: &str = "SELECT pg_reload_conf()";

/// Copies, or lists the copies.
pub(crate) async fn backup(env: &Env, home: &Path, options: &Backup) -> anyhow::Result<()> {
    let folder = private(env, home)?;
    if options.list {
        Backups::of(&folder)?.list().iter().for_each(|name| say(name));
        return Ok(());
    }
    let place = Place::find(env, home).await?;
    let outcome = copy(&place.env, folder, options.keep).await;
    place.stop().await;
    outcome
}

async fn copy(env: &Env, folder: PathBuf, keep: u16) -> anyhow::Result<()> {
    let url: String = env.require("DATABASE_URL", "it is the private PostgreSQL's, which does not run")?;
    let mut database = PgConnection::connect(&url).await.context("connecting to the private PostgreSQL")?;
    sqlx::raw_sql(TO_THE_MINUTE).execute(&mut database).await?;
    sqlx::query(TAKE_NOTE).execute(&mut database).await?;
    let at: String = sqlx::query_scalar(NOW).fetch_one(&mut database).await?;
    drop(database);
    let copied = tokio::task::spawn_blocking(move || {
        let backups = Backups::of(&folder)?;
        let name = backups.take(&at)?;
        let gone = backups.forget(usize::from(keep))?;
        Ok::<_, onsale_engines::EngineError>((backups.folder().join(&name), gone))
    });
    let (copy, gone) = step("Copying PostgreSQL", async { anyhow::Ok(copied.await??) }).await?;
    say(&format!("The copy is {}; keep it elsewhere too, with the folder `wal` beside it.", copy.display()));
    gone.iter().for_each(|name| say(&format!("forgotten: {name}")));
    Ok(())
}

/// Brings the data back.
pub(crate) async fn restore(env: &Env, home: &Path, options: &Restore) -> anyhow::Result<()> {
    let folder = private(env, home)?;
    ensure!(!onsale_engines::is_running(&folder), "Onsale runs on {}: stop it first", folder.display());
    let backups = Backups::of(&folder)?;
    let name = match &options.backup {
        Some(name) => name.clone(),
        None => {
            newest(&backups.list(), options.to).context("there is no copy from before that: `onsale backup --list`")?
        }
    };
    let to = options.to.map(|to| to.format("%Y-%m-%d %H:%M:%S%.6f+00").to_string());
    let bringing = backups.restore(&name, to.as_deref(), &folder);
    let before = step(&format!("Bringing back {name}"), bringing).await?;
    if let Some(before) = before {
        say(&format!("What was there before is in {}: remove it when all is well.", before.display()));
    }
    say("Redis learns by itself what is taken. With Elasticsearch, `onsale search reindex` builds its index anew.");
    Ok(())
}

/// The newest copy that was made before a moment.
fn newest(names: &[String], to: Option<DateTime<Utc>>) -> Option<String> {
    let is_before = |name: &&String| match (to, made_at(name)) {
        (Some(to), Some(made)) => made <= to,
        (Some(_), None) => false,
        (None, _) => true,
    };
    names.iter().rev().find(is_before).cloned()
}

fn made_at(name: &str) -> Option<DateTime<Utc>> {
    let time = name.strip_prefix("base-")?;
    NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%SZ").ok().map(|time| time.and_utc())
}

/// Brings the newest copy back in a folder of its own, and folds all its events; fails where they differ from the rows.
pub(crate) async fn drill(env: &Env, home: &Path) -> anyhow::Result<ExitCode> {
    let folder = private(env, home)?;
    let backups = Backups::of(&folder)?;
    let name = backups.list().pop().context("there is no copy yet: make one by `onsale backup`")?;
    let scratch = folder.join("drill");
    onsale_engines::remove_data(&scratch)?;
    let bringing = backups.restore(&name, None, &scratch);
    step(&format!("Bringing back {name} in {}", scratch.display()), bringing).await?;
    let all = Events::Fold(FoldEvents { id: None, all: true, service: None, json: false });
    let outcome = Box::pin(events::run(env, &scratch, &all)).await;
    onsale_engines::remove_data(&scratch)?;
    if matches!(outcome, Ok(code) if code == ExitCode::SUCCESS) {
        say(&format!("{name} can be brought back."));
    }
    outcome
}

/// The folder of the private engines: those that run, else those of `onsale up`.
fn private(env: &Env, home: &Path) -> anyhow::Result<PathBuf> {
    if env.text("DATABASE_URL")?.is_some() {
        bail!(
            "DATABASE_URL names a PostgreSQL of your own: back it up by pg_basebackup and an archive of its log, or by what \
             its provider offers (docs/operations.md, Backups)"
        );
    }
    let running = [Kind::House, Kind::Cluster].into_iter().find(|kind| onsale_engines::is_running(&kind.folder(home)));
    Ok(running.unwrap_or(Kind::House).folder(home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_copy_from_before_the_moment_is_taken() {
        let names = ["base-20261101T080000Z", "base-20261102T080000Z"].map(str::to_owned);
        let at = |text: &str| Some(text.parse().expect("a time"));
        assert_eq!(newest(&names, None).as_deref(), Some("base-20261102T080000Z"));
        assert_eq!(newest(&names, at("2026-11-02T07:59:59Z")).as_deref(), Some("base-20261101T080000Z"));
        assert_eq!(newest(&names, at("2026-11-01T07:59:59Z")), None);
    }
}
