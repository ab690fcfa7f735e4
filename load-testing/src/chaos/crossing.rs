//! Somebody who locks the same rows in another order than everybody else: PostgreSQL ends a deadlock by refusing one of the
//! two (40P01). Here that is always the house, as it looks first.

use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// Between two crossings, so that whoever was refused can try again.
const REST: Duration = Duration::from_millis(1500);
/// So long the counters are held before the seats are asked for: meanwhile some lock their seats and wait for a counter.
const HALF_HELD: Duration = Duration::from_millis(150);
/// After which wait the house's statements are looked at: once the seats were asked for, which takes a while as they are
/// locked one by one, and before the house gives up waiting by itself (1 s).
const LOOKED_AT: &str = "ALTER SYSTEM SET deadlock_timeout = '900ms'";
const LOOKED_AT_AS_BEFORE: &str = "ALTER SYSTEM RESET deadlock_timeout";
const TAKE_NOTE: &str = "SELECT pg_reload_conf()";
/// Longer than the house waits before it looks.
const PATIENCE: &str = "SET deadlock_timeout = '1min'; SET lock_timeout = '20s'";
/// The house locks seats first and its counters last.
const COUNTERS_THEN_SEATS: [&str; 2] =
    ["SELECT FROM booking.counters FOR UPDATE", "SELECT FROM booking.seats FOR UPDATE"];

/// Crosses for so long; gives how many deadlocks came of it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn cross(database_url: &str, time: Duration) -> anyhow::Result<i64> {
    let mut database = PgConnection::connect(database_url).await?;
    let before = deadlocks(&mut database).await?;
    set(&mut database, LOOKED_AT).await?;
    sqlx::raw_sql(PATIENCE).execute(&mut database).await?;
    let began = Instant::now();
    while began.elapsed() < time {
        let mut crossing = database.begin().await?;
        for half in COUNTERS_THEN_SEATS {
            sqlx::query(half).execute(&mut *crossing).await?;
            tokio::time::sleep(HALF_HELD).await;
        }
        crossing.rollback().await?;
        tokio::time::sleep(REST).await;
    }
    set(&mut database, LOOKED_AT_AS_BEFORE).await?;
    Ok(deadlocks(&mut database).await? - before)
}

async fn set(database: &mut PgConnection, setting: &'static str) -> sqlx::Result<()> {
    sqlx::raw_sql(setting).execute(&mut *database).await?;
    sqlx::query(TAKE_NOTE).execute(database).await?;
    Ok(())
}

async fn deadlocks(database: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        .fetch_one(database)
        .await
}
