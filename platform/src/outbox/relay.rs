//! The relay: copies a service's events onto the bus, in order, each at least once.
//!
//! One process relays for a service at a time, by an advisory lock that lasts for one batch. Events
//! are read in the order of `(xid, position)` and only below the oldest transaction that still runs:
//! so one watermark is enough, and what commits late is never passed. The events are not announced
//! by NOTIFY: its commits wait for each other, which would slow those who sell. The relay looks every
//! few milliseconds instead, and less often while nothing happens.

mod envelope;
mod lag;
mod months;

use crate::bus::{Bus, Message};
use crate::random::jittered;
use crate::{Platform, ServiceRole};
use envelope::{Row, message};
use sqlx::{AssertSqlSafe, PgPool, PgTransaction};
use std::time::Duration;

/// Events one batch takes at most while the relay keeps up.
const BATCH_MIN: usize = 500;
/// And behind a backlog: each batch waits for the bus once, so a larger one catches up faster.
const BATCH_MAX: usize = 4_000;
/// Events written as messages at a stretch: that keeps a thread from those who wait for an answer.
const STRETCH: usize = 250;
/// The pause after a batch that took all there was; it doubles while nothing comes. Under load a batch gathers
/// meanwhile: shorter pauses cost those who sell more than they give those who listen.
const PAUSE_MIN: Duration = Duration::from_millis(25);
const PAUSE_MAX: Duration = Duration::from_millis(100);
/// The pause while another process relays, or after an error.
const PAUSE_AWAY: Duration = Duration::from_secs(1);

/// Copies a service's events onto the bus, in order, each at least once.
pub struct Relay {
    platform: Platform,
    role: ServiceRole,
    pool: PgPool,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Batch {
    /// Nothing to copy.
    Empty,
    /// So many events were passed, of which some may stay in the store.
    Passed(usize),
    /// Another process does it.
    Elsewhere,
}

#[derive(Debug, thiserror::Error)]
enum RelayError {
    #[error("event store: {0}")]
    Store(#[from] sqlx::Error),
    #[error(transparent)]
    Bus(#[from] crate::bus::BusError),
    #[error("an event cannot be written as a message: {0}")]
    Event(#[from] serde_json::Error),
}

impl Relay {
    /// The relay of one service's event store.
    #[must_use]
    pub fn new(platform: &Platform, role: ServiceRole, pool: PgPool) -> Self {
        Self { platform: platform.clone(), role, pool }
    }

    /// Runs until shutdown. Without a bus the events stay in the store.
    pub async fn run(self) {
        if matches!(self.platform.bus, Bus::Off) {
            return;
        }
        let shutdown = &self.platform.shutdown;
        let measuring = lag::measure(self.pool.clone(), self.role, shutdown.clone());
        let making = months::make(self.pool.clone(), self.role, shutdown.clone());
        tokio::join!(self.relay(), measuring, making);
    }

    async fn relay(&self) {
        let shutdown = &self.platform.shutdown;
        let mut pause = PAUSE_MIN;
        let mut failing = false;
        let mut is_busy = false;
        let mut limit = BATCH_MIN;
        while !shutdown.is_requested() {
            let outcome = self.run_once(is_busy, limit).await;
            is_busy = matches!(outcome, Ok(Batch::Passed(_)));
            let is_behind = matches!(outcome, Ok(Batch::Passed(count)) if count >= limit);
            limit = if is_behind { (limit * 2).min(BATCH_MAX) } else { BATCH_MIN };
            pause = match &outcome {
                Ok(Batch::Passed(_)) if is_behind => Duration::ZERO,
                Ok(Batch::Passed(_)) => PAUSE_MIN,
                Ok(Batch::Empty) => (pause * 2).clamp(PAUSE_MIN, PAUSE_MAX),
                Ok(Batch::Elsewhere) | Err(_) => jittered(PAUSE_AWAY),
            };
            if let Err(error) = &outcome {
                metrics::counter!("onsale_relay_errors_total", "service" => self.role.as_str()).increment(1);
                // Once for a row of failures: the lag's metrics tell how long it lasts.
                if !failing {
                    tracing::warn!(service = %self.role, %error, "events could not be relayed; the relay keeps trying");
                }
            } else if failing {
                tracing::info!(service = %self.role, "events are relayed again");
            }
            failing = outcome.is_err();
            if !pause.is_zero() && !shutdown.sleep(pause).await {
                return;
            }
        }
    }

    async fn run_once(&self, is_busy: bool, limit: usize) -> Result<Batch, RelayError> {
        // One cheap look before anything is locked, unless there will be something.
        if !is_busy && !self.anything_to_do().await? {
            return Ok(Batch::Empty);
        }
        let mut transaction = self.pool.begin().await?;
        if !try_lock(&mut transaction, self.role).await? {
            return Ok(Batch::Elsewhere);
        }
        let rows = self.read(&mut transaction, limit).await?;
        let Some(last) = rows.last() else { return Ok(Batch::Empty) };
        let watermark = (last.xid.clone(), last.position);
        let count = rows.len();
        let messages = messages_of(self.role, &rows).await?;
        let sent = messages.len();
        self.platform.bus.send(messages).await?;
        save_watermark(&mut transaction, self.role, watermark).await?;
        transaction.commit().await?;
        metrics::counter!("onsale_relay_events_total", "service" => self.role.as_str())
            .increment(u64::try_from(sent).unwrap_or(0));
        Ok(Batch::Passed(count))
    }

    async fn anything_to_do(&self) -> Result<bool, sqlx::Error> {
        // In the index's order: an EXISTS may be planned as a walk over all the events that were relayed long ago.
        let sql = format!(
            "SELECT e.position FROM {}.events e WHERE {} ORDER BY e.xid, e.position LIMIT 1",
            self.role,
            pending(self.role)
        );
        let next: Option<i64> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_optional(&self.pool).await?;
        Ok(next.is_some())
    }

    async fn read(&self, transaction: &mut PgTransaction<'_>, limit: usize) -> Result<Vec<Row>, sqlx::Error> {
        let sql = format!(
            "SELECT e.xid::text AS xid, e.position, e.id, e.topic, e.aggregate_id, e.sequence, e.occurred_at,
                    CASE WHEN e.topic IS NULL THEN '' ELSE e.data::text END AS data,
                    CASE WHEN e.topic IS NULL THEN '{{}}' ELSE e.metadata::text END AS metadata
             FROM {}.events e WHERE {}
             ORDER BY e.xid, e.position LIMIT $1",
            self.role,
            pending(self.role)
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        sqlx::query_as(AssertSqlSafe(sql)).bind(limit).fetch_all(&mut **transaction).await
    }
}

/// Above the watermark, and below every transaction that may still commit.
fn pending(role: ServiceRole) -> String {
    format!(
        "(e.xid, e.position) > ((SELECT xid FROM {role}.relay), (SELECT position FROM {role}.relay))
         AND e.xid < pg_snapshot_xmin(pg_current_snapshot())"
    )
}

/// Those that go to the bus. Of one aggregate a later event can have the lower transaction id, when its
/// transaction began first and then waited: within a batch that is put right here, and consumers
/// that need order check the sequence.
async fn messages_of(role: ServiceRole, rows: &[Row]) -> Result<Vec<Message>, serde_json::Error> {
    let mut going: Vec<&Row> = rows.iter().filter(|row| row.topic.is_some()).collect();
    let mut places: std::collections::HashMap<&str, Vec<usize>> = std::collections::HashMap::new();
    for (place, row) in going.iter().enumerate() {
        places.entry(&row.aggregate_id).or_default().push(place);
    }
    for places in places.into_values().filter(|places| places.len() > 1) {
        let mut of_one: Vec<&Row> = places.iter().map(|place| going[*place]).collect();
        of_one.sort_by_key(|row| row.sequence);
        for (place, row) in places.into_iter().zip(of_one) {
            going[place] = row;
        }
    }
    let mut messages = Vec::with_capacity(going.len());
    for stretch in going.chunks(STRETCH) {
        for row in stretch {
            messages.push(message(role, row)?);
        }
        tokio::task::yield_now().await;
    }
    Ok(messages)
}

async fn try_lock(transaction: &mut PgTransaction<'_>, role: ServiceRole) -> Result<bool, sqlx::Error> {
    // Sending may take as long as the bus's own time-outs; the transaction has written nothing meanwhile,
    // so that it holds up no other relay.
    sqlx::query_scalar(
        "SELECT pg_try_advisory_xact_lock(hashtextextended('onsale.relay.' || $1, 0))
         FROM set_config('idle_in_transaction_session_timeout', '30s', true)",
    )
    .bind(role.as_str())
    .fetch_one(&mut **transaction)
    .await
}

async fn save_watermark(
    transaction: &mut PgTransaction<'_>,
    role: ServiceRole,
    (xid, position): (String, i64),
) -> Result<(), sqlx::Error> {
    // Losing it means that events are sent again: it need not wait for the disk.
    sqlx::query("SET LOCAL synchronous_commit = off").execute(&mut **transaction).await?;
    let sql = format!("UPDATE {role}.relay SET xid = $1::text::xid8, position = $2");
    let saved = sqlx::query(AssertSqlSafe(sql)).bind(xid).bind(position).execute(&mut **transaction).await?;
    debug_assert_eq!(saved.rows_affected(), 1, "a service has one watermark");
    Ok(())
}
