//! Builds the search engine's index anew, while the one that is there is searched and written.
//!
//! From the moment in which the new index is there, whoever writes what changes writes both. Then every row is
//! copied; where a later revision has come already, it stays. Then searches are led to the new one in one step.

use super::index_events::{IndexError, batch_max, tell_rejected};
use crate::elastic::{Elastic, Refresh};
use crate::state::State;
use crate::store::indexing::{self, Rows};
use onsale_platform::clock::Clock;
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};

/// Builds the index of these settings anew, as `onsale search reindex` does; `told` hears how many events of how many
/// are in it. The number of events.
pub async fn reindex(state: &State, told: impl Fn(u64, u64)) -> Result<u64, IndexError> {
    let elastic = state.elastic.as_ref().ok_or(IndexError::NoEngine)?;
    rebuild_index(&state.pool, &state.clock, elastic, told).await
}

/// Builds it; `told` hears how many events of how many are in it. The number of events.
pub(crate) async fn rebuild_index(
    pool: &PgPool,
    clock: &Clock,
    elastic: &Elastic,
    told: impl Fn(u64, u64),
) -> Result<u64, IndexError> {
    // It is let go with the session, however this ends.
    let _lock = only_one(pool).await?.ok_or(IndexError::Busy)?;
    elastic.remove_unread().await?;
    let index = elastic.create(clock.now().timestamp_millis()).await?;
    let total = u64::try_from(indexing::count(pool).await?).unwrap_or(0);
    let (mut done, mut last) = (0, String::new());
    told(done, total);
    loop {
        let events = indexing::read(pool, Rows::After(&last), batch_max()).await?;
        let Some(newest) = events.last() else { break };
        last.clone_from(&newest.id);
        let written = elastic.write(&index.written_by, &events, Refresh::Later).await?;
        tell_rejected(&events, &written);
        if let Some(reason) = written.failure {
            return Err(IndexError::NotTaken(reason));
        }
        done += events.len() as u64;
        told(done, total.max(done));
    }
    elastic.switch_to(&index.name).await?;
    tracing::info!(index = index.name, events = done, "the search index was built anew");
    Ok(done)
}

async fn only_one(pool: &PgPool) -> Result<Option<PoolConnection<Postgres>>, sqlx::Error> {
    let mut conn = pool.acquire().await?;
    conn.close_on_drop();
    let locked = sqlx::query_scalar!(
        r#"SELECT pg_try_advisory_lock(hashtextextended('onsale.search.rebuild', 0)) AS "locked!""#
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(locked.then_some(conn))
}
