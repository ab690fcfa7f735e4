//! The migrations of all services: `sql/<service>/V0001__*.sql`, each service with its history in its
//! own schema, applied by refinery.
//!
//! [`migrate`] can be called as often as one likes and by as many processes as one likes: one works,
//! the others wait for it. It also gives each service a database role that reaches its own schema
//! only, if the connected user may create roles.

mod event_months;
mod grants;
mod scripts;

pub use grants::Passwords;

use anyhow::Context;
use refinery::{Migration, Runner};
use scripts::Service;
use tokio_postgres::{Client, NoTls};

/// Whoever migrates a database holds this advisory lock in it.
const MIGRATOR_LOCK: i64 = 0x6f6e_7361_6c65_0001;
/// How long a migrator waits for another one, and a statement for its locks.
const LOCK_WAIT: &str = "120s";

/// A script that was applied just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The service whose schema it changed.
    pub service: String,
    /// The script's number.
    pub version: i64,
    /// The script's name, without number.
    pub name: String,
}

/// The services that have a schema, in the order in which they are migrated.
#[must_use]
pub fn services() -> Vec<&'static str> {
    scripts::SERVICES.iter().filter(|service| !service.scripts.is_empty()).map(|service| service.name).collect()
}

/// Brings the schemas of these services up to date; an empty list means all of them. Roles get no
/// password: they are for sockets and for servers that ask for none.
///
/// # Errors
/// When a service is unknown, the database cannot be reached, or a script fails; scripts before it stay applied.
pub async fn migrate(url: &str, services: &[&str]) -> anyhow::Result<Vec<Applied>> {
    migrate_with(url, services, &Passwords::new()).await
}

/// As [`migrate`], with passwords for the services' database roles, by service.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_with(url: &str, services: &[&str], passwords: &Passwords) -> anyhow::Result<Vec<Applied>> {
    let chosen = choose(services)?;
    let (mut client, connection) =
        tokio_postgres::connect(url, NoTls).await.context("connecting to PostgreSQL for the migrations")?;
    let driver = tokio::spawn(connection);
    let outcome = migrate_locked(&mut client, &chosen, passwords).await;
    drop(client);
    driver.await.context("the database connection's task")?.context("the database connection")?;
    outcome
}

fn choose(services: &[&str]) -> anyhow::Result<Vec<&'static Service>> {
    for name in services {
        anyhow::ensure!(
            scripts::SERVICES.iter().any(|service| service.name == *name),
            "unknown service {name:?}: use some of {}",
            scripts::SERVICES.iter().map(|service| service.name).collect::<Vec<_>>().join(", ")
        );
    }
    let wanted = |service: &&Service| services.is_empty() || services.contains(&service.name);
    Ok(scripts::SERVICES.iter().filter(wanted).filter(|service| !service.scripts.is_empty()).collect())
}

async fn migrate_locked(
    client: &mut Client,
    chosen: &[&Service],
    passwords: &Passwords,
) -> anyhow::Result<Vec<Applied>> {
    client
        .batch_execute(&format!("SET lock_timeout = '{LOCK_WAIT}'; SET client_min_messages = warning"))
        .await
        .context("preparing the session")?;
    // Held by the session: it goes with the connection, whatever happens.
    client
        .execute("SELECT pg_advisory_lock($1)", &[&MIGRATOR_LOCK])
        .await
        .context("waiting for another migrator to end")?;
    let mut applied = Vec::new();
    for service in chosen {
        applied.extend(migrate_service(client, service).await?);
        let name = service.name;
        event_months::keep(client, name).await.with_context(|| format!("cutting the events of {name} into months"))?;
    }
    let names: Vec<_> = chosen.iter().map(|service| service.name).collect();
    grants::grant(client, &names, passwords).await.context("granting the services' roles their rights")?;
    client
        .execute("SELECT pg_advisory_unlock($1)", &[&MIGRATOR_LOCK])
        .await
        .context("releasing the migrators' lock")?;
    Ok(applied)
}

async fn migrate_service(client: &mut Client, service: &Service) -> anyhow::Result<Vec<Applied>> {
    let name = service.name;
    client
        .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {name}"))
        .await
        .with_context(|| format!("creating schema {name}"))?;
    let scripts = service
        .scripts
        .iter()
        .map(|(script, sql)| Migration::unapplied(script, sql).with_context(|| format!("reading {name}/{script}.sql")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut runner = Runner::new(&scripts);
    runner.set_migration_table_name(format!("{name}.schema_history"));
    let report = runner.run_async(client).await.with_context(|| format!("migrating schema {name}"))?;
    let applied = report.applied_migrations().iter().map(|migration| Applied {
        service: name.to_owned(),
        version: i64::from(migration.version()),
        name: migration.name().to_owned(),
    });
    Ok(applied
        .inspect(|done| tracing::info!(service = %done.service, version = done.version, name = %done.name, "migrated"))
        .collect())
}
