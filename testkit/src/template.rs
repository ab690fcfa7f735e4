//! The template that every test's database is cloned from: all services' schemas, migrated once
//! for each state of the migration files.

use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};
use std::path::{Path, PathBuf};

/// Taken while a template is made or stale databases are dropped.
const LOCK: i64 = 0x6f6e_7361_6c65;

/// The name of the template for the migration files as they are now; made when it is not there.
pub(crate) async fn ensure(admin: &mut PgConnection, options: &PgConnectOptions) -> String {
    let services = services();
    let name = format!("onsale_template_{}", digest(&services));
    if exists(admin, &name).await {
        return name;
    }
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *admin).await.expect("the lock is had");
    if !exists(admin, &name).await {
        drop_stale(admin).await;
        make(admin, options, &services, &name).await;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(&mut *admin).await.expect("the lock is given back");
    name
}

/// Builds under another name and renames at the end, so that a half-made template is never cloned.
async fn make(admin: &mut PgConnection, options: &PgConnectOptions, services: &[Service], name: &str) {
    let building = format!("{name}_building");
    run(admin, format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).await;
    run(admin, format!("CREATE DATABASE {building}")).await;
    let mut connection = options.clone().database(&building).connect().await.expect("the new template answers");
    for service in services {
        run(&mut connection, format!("CREATE SCHEMA IF NOT EXISTS {}", service.name)).await;
        for (path, sql) in &service.files {
            let applied = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut connection).await;
            if let Err(error) = applied {
                eprintln!("{} cannot be applied: {error}", path.display());
                break;
            }
        }
    }
    connection.close().await.expect("the connection to the template ends");
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

struct Service {
    name: String,
    files: Vec<(PathBuf, String)>,
}

fn services() -> Vec<Service> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/sql");
    entries(&root)
        .into_iter()
        .filter(|folder| folder.is_dir())
        .map(|folder| Service {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            files: entries(&folder)
                .into_iter()
                .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
                .map(|path| {
                    let sql = std::fs::read_to_string(&path).expect("a migration file is readable");
                    (path, sql)
                })
                .collect(),
        })
        .collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = listed.map(|entry| entry.expect("the folder is readable").path()).collect();
    paths.sort();
    paths
}

fn digest(services: &[Service]) -> String {
    let mut hash = Sha256::new();
    for service in services {
        for (path, sql) in &service.files {
            hash.update(service.name.as_bytes());
            hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            hash.update([0]);
            hash.update(sql.as_bytes());
            hash.update([0]);
        }
    }
    hex::encode(&hash.finalize()[..8])
}
