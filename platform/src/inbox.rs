//! Consumers: each message's effect once, by a row in the effect's own transaction.
//!
//! Messages of one aggregate are handled one after the other, different aggregates at the same time.
//! What fails is tried again with growing pauses, and then set aside on `<topic>.dlq`; meanwhile only
//! its own aggregate waits.

mod attempt;
mod dispatch;
mod lag;
mod run;

pub use run::run;

use crate::ServiceRole;
use onsale_core::events::{CloudEvent, Topic};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::HashSet;
use std::future::Future;
use uuid::Uuid;

/// A message that is handed to a consumer.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The message.
    pub event: CloudEvent,
    /// The consumer group.
    pub consumer: &'static str,
    /// Whose schema the inbox is in.
    pub role: ServiceRole,
}

impl Delivery {
    /// Inside the effect's transaction, first: whether this message was not handled before.
    pub async fn is_first(&self, conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let sql = format!(
            "INSERT INTO {}.inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT (consumer, event_id) DO NOTHING",
            self.role
        );
        let inserted = sqlx::query(AssertSqlSafe(sql)).bind(self.consumer).bind(self.event.id).execute(conn).await?;
        Ok(inserted.rows_affected() == 1)
    }
}

/// Inside the transaction of several effects, first: the events of one consumer's deliveries that were not handled
/// before.
pub async fn first_of(conn: &mut PgConnection, deliveries: &[&Delivery]) -> Result<HashSet<Uuid>, sqlx::Error> {
    let Some(one) = deliveries.first() else { return Ok(HashSet::new()) };
    let ids: Vec<Uuid> = deliveries.iter().map(|delivery| delivery.event.id).collect();
    let sql = format!(
        "INSERT INTO {}.inbox (consumer, event_id) SELECT $1, unnest($2::uuid[])
         ON CONFLICT (consumer, event_id) DO NOTHING RETURNING event_id",
        one.role
    );
    let first: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql)).bind(one.consumer).bind(ids).fetch_all(conn).await?;
    Ok(first.into_iter().collect())
}

/// What handles a consumer's messages.
pub trait Consumer: Send + Sync + 'static {
    /// The consumer group: stable, unique, e.g. `booking.inventory`.
    const GROUP: &'static str;
    /// What it listens to: every topic of the aggregates whose order it needs.
    const TOPICS: &'static [Topic];
    /// Whose schema its inbox is in.
    const ROLE: ServiceRole;
    /// Whether an aggregate's events must be applied in the order of their sequence, without holes. For
    /// this the consumer must listen to every topic of the aggregate: what it leaves out is a hole.
    const ORDERED: bool = false;
    /// How many messages are handled at the same time. Fewer where what others wait for should come first.
    const AT_ONCE: usize = 16;

    /// Handles one message; an error means that it comes again.
    fn handle(&self, delivery: Delivery) -> impl Future<Output = Result<(), ConsumeError>> + Send;
}

/// Why a message was not handled.
#[derive(Debug, thiserror::Error)]
pub enum ConsumeError {
    /// Something was away: try again.
    #[error("{0}")]
    Retry(String),
    /// What everybody needs is away: try again for as long as it takes.
    #[error("{0}")]
    Away(String),
    /// It will never work: set it aside.
    #[error("{0}")]
    Poison(String),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Forgets which messages were handled more than `days_kept` days ago, at most `rows_max` of them; says how
/// many. They must be kept for longer than the bus keeps messages.
pub async fn forget(
    conn: &mut PgConnection,
    role: ServiceRole,
    days_kept: u16,
    rows_max: u32,
) -> Result<u64, sqlx::Error> {
    let sql = format!(
        "DELETE FROM {role}.inbox WHERE (consumer, event_id) IN (
             SELECT consumer, event_id FROM {role}.inbox
             WHERE received_at < now() - make_interval(days => $1)
             ORDER BY received_at LIMIT $2)"
    );
    let gone =
        sqlx::query(AssertSqlSafe(sql)).bind(i32::from(days_kept)).bind(i64::from(rows_max)).execute(conn).await?;
    Ok(gone.rows_affected())
}
