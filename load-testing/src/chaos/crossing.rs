//! Somebody who locks the same seats in another order than everybody else: PostgreSQL ends a deadlock by refusing one of the
//! two (40P01). Here that is always the house, as it looks first.

use anyhow::ensure;
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// Between two crossings, so that whoever was refused can try again.
const REST: Duration = Duration::from_millis(1500);
/// So long the first half is held before the second is asked for.
const HALF_HELD: Duration = Duration::from_millis(500);
/// Longer than the house waits before it looks (1 s).
const PATIENCE: &str = "SET deadlock_timeout = '1min'; SET lock_timeout = '20s'";
/// Every second seat, then the others: most who hold two seats want one of each.
const HALVES: [&str; 2] = [
    "SELECT FROM booking.seats WHERE seat_no % 2 = 1 FOR UPDATE",
    "SELECT FROM booking.seats WHERE seat_no % 2 = 0 FOR UPDATE",
];

/// Crosses for so long.
///
/// # Errors
/// When the database cannot be asked, or no deadlock came of it.
pub async fn cross(database_url: &str, time: Duration) -> anyhow::Result<()> {
    let mut database = PgConnection::connect(database_url).await?;
    let before = deadlocks(&mut database).await?;
    sqlx::raw_sql(PATIENCE).execute(&mut database).await?;
    let began = Instant::now();
    while began.elapsed() < time {
        let mut crossing = database.begin().await?;
        for half in HALVES {
            sqlx::query(half).execute(&mut *crossing).await?;
            tokio::time::sleep(HALF_HELD).await;
        }
        crossing.rollback().await?;
        tokio::time::sleep(REST).await;
    }
    let met = deadlocks(&mut database).await? - before;
    ensure!(met > 0, "no deadlock came of locking in another order");
    Ok(())
}

async fn deadlocks(database: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        .fetch_one(database)
        .await
}
