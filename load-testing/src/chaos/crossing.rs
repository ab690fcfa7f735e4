//! Somebody who locks the same seats in another order than everybody else: PostgreSQL ends a deadlock by refusing one of the
//! two (40P01). Here that is always the house, as it looks first.

use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// Between two crossings, so that whoever was refused can try again.
const REST: Duration = Duration::from_millis(1500);
/// So long the first half is held before the second is asked for.
const HALF_HELD: Duration = Duration::from_millis(150);
/// After which wait the house's statements are looked at: once the second half was asked for, which takes a while as all
/// seats are locked one by one, and before the house gives up waiting by itself (1 s).
const LOOKED_AT: &str = "ALTER SYSTEM SET deadlock_timeout = '900ms'";
const LOOKED_AT_AS_BEFORE: &str = "ALTER SYSTEM RESET deadlock_timeout";
const TAKE_NOTE: &str = "SELECT pg_reload_conf()";
/// Longer than the house waits before it looks.
const PATIENCE: &str = "SET deadlock_timeout = '1min'; SET lock_timeout = '20s'";
/// Every second seat, and the others: most who hold two seats want one of each.
const ODD: &str = "SELECT FROM booking.seats WHERE seat_no % 2 = 1 FOR UPDATE";
const EVEN: &str = "SELECT FROM booking.seats WHERE seat_no % 2 = 0 FOR UPDATE";
/// The house locks by number. Where the first that is wanted is odd, a deadlock comes of the first order, else of the
/// second.
const ORDERS: [[&str; 2]; 2] = [[EVEN, ODD], [ODD, EVEN]];

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
    for order in ORDERS.iter().cycle() {
        if began.elapsed() >= time {
            break;
        }
        let mut crossing = database.begin().await?;
        for half in order {
            sqlx::query(*half).execute(&mut *crossing).await?;
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
