//! The template that every test's database is cloned from, migrated once for each state of the migration files.
//!
//! The tests of a service find its own schema there and the bus, and no other: no service may need another's tables. The
//! tests of everything else find all schemas.

use crate::database::with_database;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::path::{Path, PathBuf};

/// Taken while a template is made or stale databases are dropped.
const LOCK: i64 = 0x6f6e_7361_6c65;

/// The name of the template for the migration files as they are now; made when it is not there.
pub(crate) async fn ensure(admin: &mut PgConnection, admin_url: &str) -> String {
    let services = schemas();
    let name = format!("onsale_template_{}_{}", services.first().copied().unwrap_or("all"), digest());
    if exists(admin, &name).await {
        return name;
    }
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *admin).await.expect("the lock is had");
    if !exists(admin, &name).await {
        drop_stale(admin).await;
        make(admin, admin_url, &name, &services).await;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(&mut *admin).await.expect("the lock is given back");
    name
}

/// The schemas that the tests of this package may reach; none means all.
fn schemas() -> Vec<&'static str> {
    // Set by `cargo test`.
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let known = onsale_migration::services();
    // The waiting room's tables are the gateway's.
    let package = if package == "onsale-queue" { "onsale-gateway" } else { &package };
    let Some(service) = known.into_iter().find(|service| package == format!("onsale-{service}")) else {
        return Vec::new();
    };
    // The stand-in for the provider is a part of payment, and as far from it as the provider.
    let beside = if service == "payment" { Some("sandbox") } else { None };
    [service, "bus"].into_iter().chain(beside).collect()
}

/// Builds under another name and renames at the end, so that a half-made template is never cloned.
async fn make(admin: &mut PgConnection, admin_url: &str, name: &str, services: &[&str]) {
    let building = format!("{name}_building");
    run(admin, format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).await;
    run(admin, format!("CREATE DATABASE {building}")).await;
    let url = with_database(admin_url, &building);
    if let Err(error) = onsale_migration::migrate(&url, services).await {
        panic!("the migrations cannot be applied: {error:#}");
    }
    run(admin, format!("ALTER DATABASE {building} RENAME TO {name}")).await;
}

/// Drops what earlier runs left behind: databases and templates made more than an hour ago.
async fn drop_stale(admin: &mut PgConnection) {
    let stale = sqlx::query(
        "SELECT datname FROM pg_database
         WHERE datname LIKE 'onsale\\_te%'
           AND (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '1 hour'",
    )
    .fetch_all(&mut *admin)
    .await
    .expect("the databases are listed");
    for row in stale {
        let name: String = row.get(0);
        // Somebody else may be dropping it as well.
        let _gone = sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
            .execute(&mut *admin)
            .await;
    }
}

async fn exists(admin: &mut PgConnection, name: &str) -> bool {
    sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(name)
        .fetch_optional(admin)
        .await
        .expect("the databases are listed")
        .is_some()
}

async fn run(connection: &mut PgConnection, sql: String) {
    let shown = sql.clone();
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await {
        panic!("{shown}: {error}");
    }
}

/// The state of the migration files, as they are in the sources.
fn digest() -> String {
    let mut hash = Sha256::new();
    // It is run after the scripts.
    hash.update(include_str!("../../migration/src/event_months.sql"));
    for service in entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/sql")) {
        for path in entries(&service) {
            let sql = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            hash.update(service.file_name().unwrap_or_default().as_encoded_bytes());
            hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            hash.update([0]);
            hash.update(sql);
            hash.update([0]);
        }
    }
    hex::encode(&hash.finalize()[..8])
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = listed.map(|entry| entry.expect("the folder is readable").path()).collect();
    paths.sort();
    paths
}
