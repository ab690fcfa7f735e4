//! Reading on behalf of a group: lock, read and commit in one session.

use super::super::message::fnv1a;
use super::super::{BusError, PARTITIONS, Place, Record};
use onsale_core::events::Topic;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// How often a reader looks without being woken.
const POLL: Duration = Duration::from_secs(1);

/// A group's reading of schema `bus`.
pub struct PgSubscription {
    options: PgConnectOptions,
    wake: Receiver<Arc<str>>,
    group: &'static str,
    topics: Vec<Topic>,
    session: Option<Session>,
}

struct Session {
    conn: PgConnection,
    /// Where to read on; nothing while another process reads for the group.
    next: Option<BTreeMap<Place, i64>>,
}

impl PgSubscription {
    pub(super) fn new(
        options: PgConnectOptions,
        wake: Receiver<Arc<str>>,
        group: &'static str,
        topics: &[Topic],
    ) -> Self {
        Self { options, wake, group, topics: topics.to_vec(), session: None }
    }

    pub(in super::super) async fn fetch(&mut self, records_max: usize) -> Result<Vec<Record>, BusError> {
        let outcome = self.fetch_in_session(records_max).await;
        if outcome.is_err() {
            // With the connection goes the lock: another may read for the group now.
            self.session = None;
        }
        outcome
    }

    async fn fetch_in_session(&mut self, records_max: usize) -> Result<Vec<Record>, BusError> {
        if self.session.is_none() {
            self.session = Some(Session { conn: self.open().await?, next: None });
        }
        let Some(session) = &mut self.session else { return Ok(Vec::new()) };
        if session.next.is_none() {
            if !try_lock(&mut session.conn, self.group).await? {
                return Ok(Vec::new());
            }
            session.next = Some(load_offsets(&mut session.conn, self.group, &self.topics).await?);
        }
        let Some(next) = &mut session.next else { return Ok(Vec::new()) };
        let records = read(&mut session.conn, next, records_max).await?;
        for record in &records {
            next.insert((record.topic, record.partition), record.offset + 1);
        }
        Ok(records)
    }

    async fn open(&self) -> Result<PgConnection, sqlx::Error> {
        // Losing a commit means that messages come again, which consumers bear: no need to wait for the disk.
        let mut conn = self.options.clone().options([("synchronous_commit", "off")]).connect().await?;
        // A process that stands still gives up its lock (PostgreSQL 14 and later).
        sqlx::query(
            "SELECT set_config('idle_session_timeout', '30s', false)
             WHERE current_setting('server_version_num')::int >= 140000",
        )
        .execute(&mut conn)
        .await?;
        Ok(conn)
    }

    pub(in super::super) async fn wait(&mut self) {
        let deadline = tokio::time::Instant::now() + POLL;
        loop {
            match tokio::time::timeout_at(deadline, self.wake.recv()).await {
                Ok(Ok(topics)) if !self.reads_any(&topics) => {}
                Ok(Err(RecvError::Closed)) => {
                    tokio::time::sleep_until(deadline).await;
                    return;
                }
                Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => return,
            }
        }
    }

    fn reads_any(&self, written: &str) -> bool {
        written.split(',').any(|name| self.topics.iter().any(|topic| topic.as_str() == name))
    }

    pub(in super::super) async fn commit(&mut self, offsets: &[(Place, i64)]) -> Result<(), BusError> {
        let Some(session) = &mut self.session else { return Err(BusError::Reassigned) };
        let saved = save_offsets(&mut session.conn, self.group, offsets).await;
        if saved.is_err() {
            self.session = None;
        }
        saved.map_err(BusError::from)
    }
}

async fn try_lock(conn: &mut PgConnection, group: &str) -> Result<bool, sqlx::Error> {
    let lock = fnv1a(format!("bus.group/{group}").as_bytes()).cast_signed();
    sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "locked!""#, lock).fetch_one(conn).await
}

async fn load_offsets(
    conn: &mut PgConnection,
    group: &str,
    topics: &[Topic],
) -> Result<BTreeMap<Place, i64>, sqlx::Error> {
    let partitions = (0..PARTITIONS).map(i32::from);
    let mut next: BTreeMap<Place, i64> =
        partitions.flat_map(|partition| topics.iter().map(move |topic| ((*topic, partition), 0))).collect();
    let rows = sqlx::query!("SELECT topic, partition, next_offset FROM bus.offsets WHERE consumer_group = $1", group)
        .fetch_all(conn)
        .await?;
    for row in rows {
        if let Ok(topic) = row.topic.parse()
            && let Some(offset) = next.get_mut(&(topic, i32::from(row.partition)))
        {
            *offset = row.next_offset;
        }
    }
    Ok(next)
}

/// The next messages of all partitions, in the order in which they were published as far as one publisher goes:
/// an aggregate's messages come in their order even when they are of several topics.
async fn read(
    conn: &mut PgConnection,
    next: &BTreeMap<Place, i64>,
    records_max: usize,
) -> Result<Vec<Record>, sqlx::Error> {
    let topics: Vec<String> = next.keys().map(|(topic, _)| topic.as_str().to_owned()).collect();
    let partitions: Vec<i32> = next.keys().map(|(_, partition)| *partition).collect();
    let offsets: Vec<i64> = next.values().copied().collect();
    let limit = i64::try_from(records_max).unwrap_or(i64::MAX);
    let rows = sqlx::query!(
        r#"SELECT m.topic, m.partition, m."offset", m.key, m.value
           FROM unnest($1::text[], $2::int[], $3::bigint[]) AS want (topic, partition, next)
           CROSS JOIN LATERAL (
               SELECT * FROM bus.messages
               WHERE topic = want.topic AND partition = want.partition::smallint AND "offset" >= want.next
               ORDER BY "offset"
               LIMIT $4
           ) m
           ORDER BY m.position
           LIMIT $4"#,
        &topics,
        &partitions,
        &offsets,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let topic = row.topic.parse().ok()?;
            let partition = i32::from(row.partition);
            Some(Record { topic, partition, offset: row.offset, key: row.key, value: row.value })
        })
        .collect())
}

async fn save_offsets(conn: &mut PgConnection, group: &str, offsets: &[(Place, i64)]) -> Result<(), sqlx::Error> {
    let topics: Vec<String> = offsets.iter().map(|((topic, _), _)| topic.as_str().to_owned()).collect();
    let partitions: Vec<i32> = offsets.iter().map(|((_, partition), _)| *partition).collect();
    let next: Vec<i64> = offsets.iter().map(|(_, next)| *next).collect();
    sqlx::query!(
        "INSERT INTO bus.offsets AS o (consumer_group, topic, partition, next_offset)
         SELECT $1, topic, partition::smallint, next
         FROM unnest($2::text[], $3::int[], $4::bigint[]) AS done (topic, partition, next)
         ON CONFLICT (consumer_group, topic, partition) DO UPDATE
             SET next_offset = greatest(o.next_offset, excluded.next_offset)",
        group,
        &topics,
        &partitions,
        &next,
    )
    .execute(conn)
    .await?;
    Ok(())
}
