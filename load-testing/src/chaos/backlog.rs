//! What has happened and was not told yet when a bus comes back, and how long it takes until all of it is told, while more
//! happens.

use anyhow::Context;
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Longer than any bound.
const DRAINED_MAX: Duration = Duration::from_secs(90);
const UNTOLD: &str =
    "SELECT count(*) FROM booking.events e, booking.relay r WHERE (e.xid, e.position) > (r.xid, r.position)";
const LAST: &str =
    "SELECT xid::text, position FROM booking.events ORDER BY booking.events.xid DESC, position DESC LIMIT 1";
const IS_TOLD: &str = "SELECT (xid, position) >= ($1::text::xid8, $2) FROM booking.relay";

/// A backlog of booking's events.
#[derive(Debug, Clone, PartialEq)]
pub struct Backlog {
    /// How many events.
    pub events: i64,
    last: (String, i64),
    database_url: String,
}

impl Backlog {
    /// What is not told now.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn now(database_url: &str) -> anyhow::Result<Self> {
        let mut database = PgConnection::connect(database_url).await?;
        let events = sqlx::query_scalar(UNTOLD).fetch_one(&mut database).await?;
        let last: Option<(String, i64)> = sqlx::query_as(LAST).fetch_optional(&mut database).await?;
        Ok(Self { events, last: last.context("nothing happened")?, database_url: database_url.to_owned() })
    }

    /// Waits until all of it is told; gives when that was, or nothing where it takes too long.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn drained(&self) -> anyhow::Result<Option<Instant>> {
        let mut database = PgConnection::connect(&self.database_url).await?;
        let began = Instant::now();
        while began.elapsed() < DRAINED_MAX {
            let is_told: bool =
                sqlx::query_scalar(IS_TOLD).bind(&self.last.0).bind(self.last.1).fetch_one(&mut database).await?;
            if is_told {
                return Ok(Some(Instant::now()));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(None)
    }
}
