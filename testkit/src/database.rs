//! A database of its own for each test.

use crate::{servers, template};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgPool, Row};
use std::str::FromStr;
use std::time::Duration;

/// A database with all services' schemas, cloned from a migrated template and dropped at the end.
pub struct TestDb {
    admin_url: String,
    name: String,
    url: String,
    pool: PgPool,
}

impl TestDb {
    /// Clones a new one.
    ///
    /// # Panics
    /// When there is no server, or a migration file cannot be applied.
    pub async fn new() -> Self {
        Self::made(Content::Migrated).await
    }

    /// One without any schema, for tests of the migrations themselves.
    ///
    /// # Panics
    /// When there is no server.
    pub async fn empty() -> Self {
        Self::made(Content::Empty).await
    }

    async fn made(content: Content) -> Self {
        let admin_url = servers::postgres().await;
        let options = PgConnectOptions::from_str(&admin_url).expect("the test database's address is readable");
        let name = format!("onsale_test_{:016x}", rand::random::<u64>());
        create(&admin_url, &options, &name, content).await;
        let url = with_database(&admin_url, &name);
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(options.database(&name));
        Self { admin_url, name, url, pool }
    }

    /// The database's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A pool for the test's own looks and changes.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A pool with the sessions of a service: bounded as they are in production.
    pub async fn service_pool(&self, role: onsale_platform::ServiceRole, connections_max: u32) -> PgPool {
        let config = onsale_platform::pg::PgConfig {
            url: self.url.clone(),
            connections_max,
            transaction_idle_max: std::time::Duration::from_secs(2),
        };
        onsale_platform::pg::connect(&config, role).await.expect("the test's database answers")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (admin_url, name) = (self.admin_url.clone(), self.name.clone());
        // A thread of its own, because the test's runtime may be ending; waited for, because the process may.
        let dropping = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                let Ok(options) = PgConnectOptions::from_str(&admin_url) else { return };
                let Ok(mut admin) = options.connect().await else { return };
                // What stays behind here is dropped as stale by a later run.
                let _outcome = sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
                    .execute(&mut admin)
                    .await;
            });
        });
        let _ended = dropping.join();
    }
}

/// What a new database has.
#[derive(Clone, Copy)]
enum Content {
    Migrated,
    Empty,
}

async fn create(admin_url: &str, options: &PgConnectOptions, name: &str, content: Content) {
    let mut admin = options.connect().await.unwrap_or_else(|error| {
        panic!("the test PostgreSQL cannot be reached ({error}): check TEST_DATABASE_URL");
    });
    let mut outcome = Ok(());
    // A template may be dropped as stale, or looked into, between the question and the cloning.
    for _ in 0..5 {
        let template = match content {
            Content::Migrated => template::ensure(&mut admin, admin_url).await,
            Content::Empty => "template0".to_owned(),
        };
        outcome = sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}")))
            .execute(&mut admin)
            .await
            .map(|_| ());
        if outcome.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    outcome.unwrap_or_else(|error| panic!("the template cannot be cloned: {error}"));
    admin.close().await.expect("the connection ends");
}

/// The same server's other database.
pub(crate) fn with_database(url: &str, name: &str) -> String {
    let mut url = url::Url::parse(url).expect("the test database's address is readable");
    url.set_path(name);
    url.to_string()
}

/// Counts the rows of a table or of a query's `FROM … WHERE …`.
///
/// # Panics
/// When the text is no such query.
pub async fn count(pool: &PgPool, from: &str) -> i64 {
    sqlx::query(AssertSqlSafe(format!("SELECT count(*) FROM {from}")))
        .fetch_one(pool)
        .await
        .unwrap_or_else(|error| panic!("counting {from}: {error}"))
        .get(0)
}
