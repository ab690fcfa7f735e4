//! Joins, many at once: a batch is one transaction, and nobody is answered before its commit.

use crate::domain::moves::GRACE;
use crate::memory::{Line, Memory};
use crate::store::admissions::{self, Ended};
use crate::store::chains::{self, ChainEnd};
use crate::store::entries::{self, EntryRow, NewEntry};
use crate::store::stored;
use chrono::{DateTime, Utc};
use onsale_core::lineup::{EntryId, chain};
use onsale_core::{EventId, UserId};
use onsale_platform::clock::Clock;
use onsale_platform::{pg, random};
use sqlx::{PgConnection, PgPool};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A batch whose lock was not had is tried again so often.
const TRIES: u32 = 3;

/// Somebody joins.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) event: EventId,
    /// SHA-256 of the device's cookie.
    pub(crate) device: [u8; 32],
    pub(crate) account: Option<UserId>,
}

/// What became of it.
pub(crate) type JoinOutcome = Result<EntryRow, NotJoined>;

/// Why somebody did not join.
#[derive(Debug, Clone)]
pub(crate) enum NotJoined {
    /// The event has no waiting room.
    NoRoom,
    /// The organiser closed it meanwhile.
    Closed,
    /// The database did not take the batch.
    Database(Arc<sqlx::Error>),
}

/// What batches work with.
#[derive(Clone)]
pub(crate) struct Joining {
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) memory: Arc<Memory>,
}

impl Joining {
    /// Runs a batch: a transaction an event. Answers in the order of the commands.
    pub(crate) async fn run(&self, joins: Vec<Join>) -> Vec<JoinOutcome> {
        let mut answers: Vec<Option<JoinOutcome>> = vec![None; joins.len()];
        let mut by_event: BTreeMap<&EventId, Vec<usize>> = BTreeMap::new();
        for (at, join) in joins.iter().enumerate() {
            by_event.entry(&join.event).or_default().push(at);
        }
        for (event, places) in by_event {
            let members: Vec<&Join> = places.iter().map(|at| &joins[*at]).collect();
            let outcome = self.persistently(event, &members).await;
            for (nth, at) in places.into_iter().enumerate() {
                answers[at] = Some(match &outcome {
                    Ok(rows) => rows.get(nth).cloned().ok_or(NotJoined::NoRoom),
                    Err(why) => Err(why.clone()),
                });
            }
        }
        answers.into_iter().map(|answer| answer.unwrap_or(Err(NotJoined::NoRoom))).collect()
    }

    async fn persistently(&self, event: &EventId, joins: &[&Join]) -> Result<Vec<EntryRow>, NotJoined> {
        let mut tried = 1;
        loop {
            match self.together(event, joins).await {
                Err(NotJoined::Database(error)) if tried < TRIES && pg::is_retryable(&error) => tried += 1,
                outcome => return outcome,
            }
        }
    }

    /// One transaction: gives each its entry, in the order of arrival.
    async fn together(&self, event: &EventId, joins: &[&Join]) -> Result<Vec<EntryRow>, NotJoined> {
        let now = self.clock.now();
        let mut tx = self.pool.begin().await?;
        let Some(end) = chains::lock(&mut tx, event).await? else { return Err(NotJoined::NoRoom) };
        if end.closed {
            return Err(NotJoined::Closed);
        }
        let devices: Vec<Vec<u8>> = joins.iter().map(|join| join.device.to_vec()).collect();
        let found = entries::living(&mut tx, event, &devices).await?;
        let line = self.memory.line(event);
        let (kept, over) = sort_out(&mut tx, event, line.as_deref(), found, now).await?;
        if !over.is_empty() {
            entries::end(&mut tx, event, &over, now).await?;
        }
        let back: Vec<i32> =
            kept.values().filter(|row| row.left_at.is_some()).map(|row| stored(row.position)).collect();
        if !back.is_empty() {
            entries::come_back(&mut tx, event, &back).await?;
            admissions::come_back(&mut tx, event, &back, now).await?;
        }
        let (rows, new) = assign(&end, joins, kept, now);
        if let Some(last) = new.last() {
            chains::set(&mut tx, event, last.row.position, &last.row.head).await?;
            entries::insert(&mut tx, event, &new).await?;
        }
        tx.commit().await?;
        if !back.is_empty() {
            self.memory.forget_gone(event);
        }
        Ok(rows)
    }
}

impl From<sqlx::Error> for NotJoined {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// Which of the entries found are still good, by device, and the positions of those that are not: they were used, or
/// their time is over.
async fn sort_out(
    conn: &mut PgConnection,
    event: &EventId,
    line: Option<&Line>,
    found: Vec<EntryRow>,
    now: DateTime<Utc>,
) -> Result<(HashMap<[u8; 32], EntryRow>, Vec<i32>), sqlx::Error> {
    let place = |row: &EntryRow| line.and_then(|line| line.place_of(row.position));
    let called = |row: &EntryRow| line.zip(place(row)).is_some_and(|(line, place)| place <= line.served());
    let positions: Vec<i32> = found.iter().filter(|row| called(row)).map(|row| stored(row.position)).collect();
    let admitted = match positions.is_empty() {
        true => Vec::new(),
        false => admissions::of_positions(conn, event, &positions).await?,
    };
    let is_over = |row: &EntryRow| {
        if row.left_at.is_some_and(|left| now - left > GRACE) {
            return true;
        }
        match admitted.iter().find(|admission| admission.position == row.position) {
            Some(admission) => {
                matches!(admission.ended, Some(Ended::Spent | Ended::Expired)) || admission.expires_at <= now
            }
            None => line.zip(place(row)).is_some_and(|(line, place)| line.moves.is_over(place, now)),
        }
    };
    let (over, kept): (Vec<_>, Vec<_>) = found.into_iter().partition(is_over);
    let kept = kept.into_iter().map(|row| (row.device, row)).collect();
    Ok((kept, over.iter().map(|row| stored(row.position)).collect()))
}

/// Each join's entry: the one its device has, or the next of the chain. A device that joins twice gets one.
fn assign(
    end: &ChainEnd,
    joins: &[&Join],
    mut kept: HashMap<[u8; 32], EntryRow>,
    now: DateTime<Utc>,
) -> (Vec<EntryRow>, Vec<NewEntry>) {
    let (mut count, mut head) = (end.count, end.head);
    let mut new = Vec::new();
    let rows = joins.iter().map(|join| {
        kept.entry(join.device)
            .or_insert_with(|| {
                let id = EntryId(random::secret_bytes());
                count += 1;
                head = chain::follow(head, &id);
                let row =
                    EntryRow { position: count, id, head, device: join.device, joined_at: micros(now), left_at: None };
                new.push(NewEntry { row: row.clone(), account: join.account });
                row
            })
            .clone()
    });
    let rows = rows.collect();
    (rows, new)
}

/// As the database keeps it: what was signed is what is read again.
fn micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
