//! `gateway.rooms`: an event's waiting room.

use super::{fixed, number, stored};
use crate::domain::inflow::Inflow;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::EventId;
use onsale_core::api::queue::{PutQueueRoom, QueueMode};
use onsale_core::lineup::Hash;
use onsale_core::lineup::proof::{DrandRound, FrozenList, Revealed};
use sqlx::PgConnection;
use sqlx::types::Json;

/// How long whoever is let in may choose when nobody says.
pub(crate) const ADMISSION_SECONDS: i32 = 600;

/// A waiting room.
#[derive(Debug, Clone)]
pub(crate) struct RoomRow {
    pub(crate) event: EventId,
    pub(crate) mode: QueueMode,
    pub(crate) opens_at: DateTime<Utc>,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) admission_s: i32,
    pub(crate) challenge_bits: u8,
    pub(crate) paused: bool,
    pub(crate) message: Option<String>,
    pub(crate) fixed_rate: Option<f64>,
    pub(crate) admit_more: u32,
    pub(crate) closed_at: Option<DateTime<Utc>>,
    pub(crate) sold_out_at: Option<DateTime<Utc>>,
    pub(crate) commitment: Hash,
    pub(crate) list: Option<FrozenList>,
    /// With the secret: nothing before it is revealed.
    pub(crate) revealed: Option<Revealed>,
    pub(crate) served: u32,
    pub(crate) told_near: u32,
    pub(crate) told_turn: u32,
    pub(crate) inflow: Inflow,
    /// How many have joined.
    pub(crate) joined: u32,
    /// The chain's head.
    pub(crate) head: Hash,
    /// Off, closed, sold out or without anybody to call for a day: looked at now and then only.
    pub(crate) rests: bool,
}

impl RoomRow {
    /// Whether people can be in its line.
    pub(crate) fn is_on(&self) -> bool {
        self.mode != QueueMode::Off
    }

    /// Whether the places are given: the shuffle is done, or there is none and the start is past.
    pub(crate) fn has_started(&self, now: DateTime<Utc>) -> bool {
        match self.mode {
            QueueMode::Lobby => self.revealed.is_some(),
            QueueMode::Line | QueueMode::Off => now >= self.starts_at,
        }
    }
}

/// Which rooms are read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'a> {
    /// All, those that are off among them.
    All,
    /// Those where something may happen at any time.
    Awake,
    /// The one of an event.
    Of(&'a EventId),
}

/// Where nothing happened for so long a room rests.
const RESTS_AFTER: TimeDelta = TimeDelta::days(1);

/// Rooms as they are now.
pub(crate) async fn read(
    conn: &mut PgConnection,
    which: Which<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<RoomRow>, sqlx::Error> {
    let (event, awake) = match which {
        Which::All => (None, false),
        Which::Awake => (None, true),
        Which::Of(event) => (Some(event.as_str()), false),
    };
    let rows = sqlx::query!(
        r#"SELECT r.event_id, r.mode, r.opens_at, r.starts_at, r.admission_s, r.challenge_bits, r.paused, r.message,
                  r.fixed_rate, r.admit_more, r.closed_at, r.sold_out_at, r.secret, r.commitment, r.frozen_at,
                  r.frozen_count, r.frozen_head, r.frozen_root, r.revealed_at, r.drand AS "drand: Json<DrandRound>",
                  r.served, r.told_near, r.told_turn, r.inflow AS "inflow: Json<Inflow>", c.count, c.head,
                  rest.rests AS "rests!"
           FROM gateway.rooms r JOIN gateway.chains c ON c.event_id = r.event_id
           CROSS JOIN LATERAL (SELECT r.mode = 'OFF' OR coalesce(r.closed_at < $3, false) OR r.admit_more = 0
               AND (coalesce(r.sold_out_at < $3, false) OR r.starts_at < $3 AND c.count <= r.served AND coalesce(
                   (SELECT at FROM gateway.calls WHERE event_id = r.event_id ORDER BY served DESC LIMIT 1) < $3, true))
               AS rests) rest
           WHERE ($1::text IS NULL OR r.event_id = $1) AND NOT ($2 AND rest.rests) ORDER BY r.event_id"#,
        event,
        awake,
        now - RESTS_AFTER,
    )
    .fetch_all(conn)
    .await?;
    let unreadable = |column: &str| sqlx::Error::ColumnDecode { index: column.to_owned(), source: "unknown".into() };
    rows.into_iter()
        .map(|row| {
            let secret: Hash = fixed(&row.secret, "secret")?;
            let list = match (row.frozen_at, row.frozen_count, row.frozen_head, row.frozen_root) {
                (Some(at), Some(count), Some(head), Some(root)) => Some(FrozenList {
                    count: number(count),
                    head: fixed(&head, "frozen_head")?,
                    root: fixed(&root, "frozen_root")?,
                    at,
                }),
                _ => None,
            };
            let drand = row.drand.map(|Json(round)| round);
            Ok(RoomRow {
                event: EventId::new(row.event_id).map_err(|_| unreadable("event_id"))?,
                mode: QueueMode::from_name(&row.mode).ok_or_else(|| unreadable("mode"))?,
                opens_at: row.opens_at,
                starts_at: row.starts_at,
                admission_s: row.admission_s,
                challenge_bits: u8::try_from(row.challenge_bits).unwrap_or(0),
                paused: row.paused,
                message: row.message,
                fixed_rate: row.fixed_rate,
                admit_more: number(row.admit_more),
                closed_at: row.closed_at,
                sold_out_at: row.sold_out_at,
                commitment: fixed(&row.commitment, "commitment")?,
                list,
                revealed: row.revealed_at.map(|at| Revealed { secret, at, drand }),
                served: number(row.served),
                told_near: number(row.told_near),
                told_turn: number(row.told_turn),
                inflow: row.inflow.0,
                joined: number(row.count),
                head: fixed(&row.head, "head")?,
                rests: row.rests,
            })
        })
        .collect()
}

/// Makes a room with its secret; one that is there stays as it is.
pub(crate) async fn create(
    conn: &mut PgConnection,
    event: &EventId,
    wanted: &PutQueueRoom,
    (secret, commitment, head): (&Hash, &Hash, &Hash),
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH made AS (
             INSERT INTO gateway.rooms (event_id, mode, opens_at, starts_at, admission_s, secret, commitment)
             VALUES ($1, 'OFF', $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING event_id)
         INSERT INTO gateway.chains (event_id, head) SELECT event_id, $7 FROM made",
        event.as_str(),
        wanted.opens_at,
        wanted.starts_at,
        ADMISSION_SECONDS,
        &secret.0[..],
        &commitment.0[..],
        &head.0[..],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks a room until the transaction ends, and gives it.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    event: &EventId,
    now: DateTime<Utc>,
) -> Result<Option<RoomRow>, sqlx::Error> {
    let there = sqlx::query!("SELECT event_id FROM gateway.rooms WHERE event_id = $1 FOR UPDATE", event.as_str());
    if there.fetch_optional(&mut *conn).await?.is_none() {
        return Ok(None);
    }
    Ok(read(conn, Which::Of(event), now).await?.pop())
}

/// Sets what the organiser decides.
pub(crate) async fn set(conn: &mut PgConnection, event: &EventId, wanted: &PutQueueRoom) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE gateway.rooms
         SET mode = $2, opens_at = $3, starts_at = $4, admission_s = $5, challenge_bits = $6, fixed_rate = $7, message = $8
         WHERE event_id = $1",
        event.as_str(),
        wanted.mode.as_str(),
        wanted.opens_at,
        wanted.starts_at,
        wanted.admission_seconds.unwrap_or(ADMISSION_SECONDS),
        i16::from(wanted.challenge_bits.unwrap_or(0)),
        wanted.fixed_rate,
        wanted.message,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Stops the line, or lets it go on.
pub(crate) async fn set_paused(
    conn: &mut PgConnection,
    event: &EventId,
    paused: bool,
    message: Option<&str>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.rooms SET paused = $2, message = $3 WHERE event_id = $1",
        event.as_str(),
        paused,
        message,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Lets in so many people by hand.
pub(crate) async fn admit_more(conn: &mut PgConnection, event: &EventId, people: u32) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.rooms SET admit_more = least(admit_more + $2, 1000000) WHERE event_id = $1",
        event.as_str(),
        stored(people),
    );
    sql.execute(conn).await.map(|_| ())
}

/// Ends the line.
pub(crate) async fn close(
    conn: &mut PgConnection,
    event: &EventId,
    at: DateTime<Utc>,
    message: Option<&str>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.rooms SET closed_at = coalesce(closed_at, $2), message = $3 WHERE event_id = $1",
        event.as_str(),
        at,
        message,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Publishes the list of the lobby, unless it was before.
pub(crate) async fn freeze(conn: &mut PgConnection, event: &EventId, list: &FrozenList) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.rooms SET frozen_at = $2, frozen_count = $3, frozen_head = $4, frozen_root = $5
         WHERE event_id = $1 AND frozen_at IS NULL",
        event.as_str(),
        list.at,
        stored(list.count),
        &list.head.0[..],
        &list.root.0[..],
    );
    sql.execute(conn).await.map(|_| ())
}

/// Reveals the secret, with what came from outside; only once, and only of a frozen list.
pub(crate) async fn reveal(
    conn: &mut PgConnection,
    event: &EventId,
    at: DateTime<Utc>,
    drand: Option<&DrandRound>,
) -> Result<(), sqlx::Error> {
    let drand = drand.map(serde_json::to_value).transpose().map_err(|error| sqlx::Error::Encode(error.into()))?;
    let sql = sqlx::query!(
        "UPDATE gateway.rooms SET revealed_at = $2, drand = $3
         WHERE event_id = $1 AND revealed_at IS NULL AND frozen_at IS NOT NULL",
        event.as_str(),
        at,
        drand,
    );
    sql.execute(conn).await.map(|_| ())
}

/// How far the line moved in a step, and what the next step goes on from.
pub(crate) struct Step<'a> {
    pub(crate) served: u32,
    pub(crate) by_hand: u32,
    pub(crate) inflow: &'a Inflow,
}

/// Moves the line; never back.
pub(crate) async fn step(conn: &mut PgConnection, event: &EventId, step: &Step<'_>) -> Result<(), sqlx::Error> {
    let inflow = serde_json::to_value(step.inflow).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let sql = sqlx::query!(
        "UPDATE gateway.rooms
         SET served = greatest(served, $2), admit_more = greatest(admit_more - $3, 0), inflow = $4 WHERE event_id = $1",
        event.as_str(),
        stored(step.served),
        stored(step.by_hand),
        inflow,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Notes whether all is sold.
pub(crate) async fn set_sold_out(
    conn: &mut PgConnection,
    event: &EventId,
    at: Option<DateTime<Utc>>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!("UPDATE gateway.rooms SET sold_out_at = $2 WHERE event_id = $1", event.as_str(), at);
    sql.execute(conn).await.map(|_| ())
}

/// Notes up to which places people were written to.
pub(crate) async fn set_told(
    conn: &mut PgConnection,
    event: &EventId,
    near: u32,
    turn: u32,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.rooms SET told_near = $2, told_turn = $3 WHERE event_id = $1",
        event.as_str(),
        stored(near),
        stored(turn),
    );
    sql.execute(conn).await.map(|_| ())
}
