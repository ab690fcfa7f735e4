//! `onsale events list|show|fold`: what happened, and whether it gives the rows.

use crate::cli::{Events, FoldEvents, ListEvents};
use crate::place::Place;
use crate::table::table;
use crate::{logins, say};
use anyhow::Context;
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::outbox::fold::{Comparison, FoldReport, Verdict};
use onsale_platform::outbox::{StoredEvent, stored};
use onsale_platform::pg::PgConfig;
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;
use uuid::Uuid;

/// The services whose aggregates can be folded.
const FOLDED: &[ServiceRole] = &[ServiceRole::Booking, ServiceRole::Payment];

/// Looks into the databases that the settings name.
pub(crate) async fn run(env: &Env, home: &Path, events: &Events) -> anyhow::Result<ExitCode> {
    let place = Place::find(env, home).await?;
    let outcome = match events {
        Events::List(which) => list(&place.env, which).await,
        Events::Show { id, version, service } => show(&place.env, *service, id, *version).await,
        Events::Fold(what) => fold(&place.env, what).await,
    };
    place.stop().await;
    outcome
}

/// A pool that only reads, and may take its time over a large store.
async fn reading(env: &Env, role: ServiceRole) -> anyhow::Result<PgPool> {
    let config = PgConfig::of(env, role)?;
    let options = PgConnectOptions::from_str(&config.url)
        .with_context(|| format!("reading the database's address of {role}"))?
        .application_name("onsale-events")
        .options([("default_transaction_read_only", "on"), ("statement_timeout", "10min"), ("jit", "off")]);
    PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options)
        .await
        .with_context(|| logins::unreachable(&logins::server_of(&config.url)))
}

fn reading_failed(role: ServiceRole) -> String {
    format!("reading the events of {role} (are its tables there? `onsale migrate` makes them)")
}

async fn list(env: &Env, which: &ListEvents) -> anyhow::Result<ExitCode> {
    let pool = reading(env, which.service).await?;
    let filter = stored::Filter {
        aggregate_type: which.aggregate_type.clone(),
        aggregate_id: which.aggregate.clone(),
        kind: which.kind.clone(),
        since: which.since,
        until: which.until,
        oldest_first: which.oldest_first,
        limit: which.limit,
    };
    let mut conn = pool.acquire().await?;
    let events = stored::list(&mut conn, which.service, &filter).await;
    let events = events.with_context(|| reading_failed(which.service))?;
    if which.json {
        for event in &events {
            say(&serde_json::to_string(event)?);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if events.is_empty() {
        say("No event fits.");
        return Ok(ExitCode::SUCCESS);
    }
    let rows = events.iter().map(line).collect();
    table(["OCCURRED AT", "AGGREGATE", "ID", "VERSION", "TYPE", "ON THE BUS"], rows);
    Ok(ExitCode::SUCCESS)
}

fn line(event: &StoredEvent) -> [String; 6] {
    [
        event.at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        event.aggregate_type.clone(),
        event.aggregate_id.clone(),
        event.version.to_string(),
        event.kind.clone(),
        event.sequence.map_or_else(|| "-".to_owned(), |sequence| format!("#{sequence}")),
    ]
}

async fn show(env: &Env, role: ServiceRole, id: &str, version: Option<i32>) -> anyhow::Result<ExitCode> {
    let pool = reading(env, role).await?;
    let mut conn = pool.acquire().await?;
    let found = if let Some(version) = version {
        let events = stored::of_aggregates(&mut conn, role, &[id.to_owned()]).await;
        let events = events.with_context(|| reading_failed(role))?;
        events.into_iter().find(|event| event.version == version)
    } else {
        let id: Uuid =
            id.parse().with_context(|| format!("{id} is no event's id: give an aggregate's with a version"))?;
        stored::find(&mut conn, role, id).await.with_context(|| reading_failed(role))?
    };
    let event = found.with_context(|| {
        let what = version.map_or_else(|| format!("no event {id}"), |version| format!("no version {version} of {id}"));
        format!("{role} has {what}: `onsale events list --service {role} --aggregate {id}` shows what there is")
    })?;
    say(&serde_json::to_string_pretty(&event)?);
    Ok(ExitCode::SUCCESS)
}

async fn fold(env: &Env, what: &FoldEvents) -> anyhow::Result<ExitCode> {
    let services: Vec<ServiceRole> = what.service.map_or_else(|| FOLDED.to_vec(), |service| vec![service]);
    match what.id {
        Some(id) => fold_one(env, &services, id, what.json).await,
        None => fold_all(env, &services, what.json).await,
    }
}

async fn fold_one(env: &Env, services: &[ServiceRole], id: Uuid, json: bool) -> anyhow::Result<ExitCode> {
    for role in services {
        let pool = reading(env, *role).await?;
        let found = match role {
            ServiceRole::Payment => onsale_payment::check_events::one(&pool, id).await,
            _ => onsale_booking::service::check_events::one(&pool, id).await,
        };
        let Some(comparison) = found.with_context(|| reading_failed(*role))? else { continue };
        if json {
            say(&serde_json::to_string_pretty(&comparison)?);
        } else {
            tell(&comparison);
        }
        return Ok(code(comparison.agrees()));
    }
    anyhow::bail!("no hold, order or payment has the id {id}: `onsale events list` shows the ids there are")
}

async fn fold_all(env: &Env, services: &[ServiceRole], json: bool) -> anyhow::Result<ExitCode> {
    let mut agree = true;
    for role in services {
        let pool = reading(env, *role).await?;
        let report = match role {
            ServiceRole::Payment => onsale_payment::check_events::all(&pool).await,
            _ => onsale_booking::service::check_events::all(&pool).await,
        };
        let report = report.with_context(|| reading_failed(*role))?;
        agree &= report.differ == 0;
        if json {
            say(&serde_json::to_string(&serde_json::json!({ "service": role.as_str(), "report": report }))?);
        } else {
            tell_all(*role, &report);
        }
    }
    Ok(code(agree))
}

fn tell_all(role: ServiceRole, report: &FoldReport) {
    for comparison in &report.differing {
        tell(comparison);
    }
    say(&format!("{role}: {} aggregates folded, {} differ from their rows.", report.checked, report.differ));
}

/// The folded state beside the row, and whether they agree.
fn tell(comparison: &Comparison) {
    say(&format!("{} {}", comparison.aggregate_type, comparison.aggregate_id));
    let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
    let rows = comparison.columns.iter().map(|column| {
        let verdict = match column.verdict {
            Verdict::Same => "same",
            Verdict::Differs => "DIFFERS",
            Verdict::Untold => "not told",
        };
        [verdict.to_owned(), column.name.clone(), text(&column.folded), text(&column.row)]
    });
    table(["", "COLUMN", "FOLDED", "ROW"], rows.collect());
    say(&match (&comparison.fault, comparison.agrees()) {
        (Some(fault), _) => format!("The events cannot be folded: {fault}."),
        (None, true) => "The events give the row.".to_owned(),
        (None, false) => "The events and the row DIFFER.".to_owned(),
    });
}

fn code(agree: bool) -> ExitCode {
    if agree { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
