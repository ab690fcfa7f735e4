//! What one process does for all: publishes heads, freezes the lobby, reveals the secret, lets people in.
//!
//! It leads by an advisory lock of its session and writes over that same session: when the session goes, so does the
//! lead, and another process takes over within two seconds. All it remembers is in the tables.

use super::{measure, tell};
use crate::drand::DrandError;
use crate::memory::Line;
use crate::state::State;
use crate::store::rooms::{self, RoomRow, Step};
use crate::store::{admissions, beats, calls, chains, entries, pulses};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::EventId;
use onsale_core::api::queue::QueueMode;
use onsale_core::lineup::merkle;
use onsale_core::lineup::proof::{FrozenList, PublishedHead};
use onsale_platform::shutdown::Shutdown;
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Whoever leads holds this advisory lock.
const LEAD_LOCK: i64 = 0x6f6e_7361_6c65_0003;
const STEP_EVERY: Duration = Duration::from_secs(1);
const HEADS_EVERY: TimeDelta = TimeDelta::seconds(10);
const PULSES_EVERY: Duration = Duration::from_secs(2);
const TIDIED_EVERY: Duration = Duration::from_secs(60);
/// Randomness from outside is waited for so long after the list was published.
const DRAND_MAX: TimeDelta = TimeDelta::seconds(20);
/// All is sold once it was so this often in a row.
const SOLD_OUT_AFTER: u32 = 3;

/// Leads whenever nobody else does, until the process stops.
pub(crate) async fn keep_leading(state: State, shutdown: Shutdown) {
    loop {
        if let Err(error) = Box::pin(lead(&state, &shutdown)).await {
            tracing::warn!(%error, "the waiting rooms' leader broke off; another process goes on");
        }
        if !shutdown.sleep(STEP_EVERY).await {
            break;
        }
    }
}

/// Leads until something fails or the process stops; returns at once where somebody else leads.
async fn lead(state: &State, shutdown: &Shutdown) -> Result<(), sqlx::Error> {
    let mut pooled = state.pool.acquire().await?;
    let leads: bool =
        sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(LEAD_LOCK).fetch_one(&mut *pooled).await?;
    if !leads {
        return Ok(());
    }
    // A session of its own from now on: it goes with the lead.
    let mut conn = pooled.detach();
    tracing::info!("this process leads the waiting rooms");
    metrics::gauge!("onsale_queue_leads").set(1);
    let mut leader = Leader::default();
    let outcome = loop {
        if let Err(error) = leader.step(state, &mut conn).await {
            break Err(error);
        }
        if !shutdown.sleep(STEP_EVERY).await {
            break Ok(());
        }
    };
    metrics::gauge!("onsale_queue_leads").set(0);
    outcome.and(conn.close().await)
}

/// What only makes the leader's work less: a new one begins without it.
#[derive(Default)]
struct Leader {
    rooms: HashMap<EventId, Led>,
    tidied: Option<Instant>,
}

/// What the leader remembers of a room.
#[derive(Default)]
pub(super) struct Led {
    stepped: Option<Instant>,
    pulsed: Option<Instant>,
    sold_out_for: u32,
}

impl Leader {
    async fn step(&mut self, state: &State, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        state.memory.read(conn, state.clock.now()).await?;
        for line in state.memory.on() {
            let event = &line.room.event;
            publish_head(state, conn, &line.room).await?;
            if line.room.mode == QueueMode::Lobby && draw(state, conn, &line.room).await? {
                // The places are known with the next look.
                continue;
            }
            if line.room.has_started(state.clock.now()) && line.room.closed_at.is_none() {
                self.rooms.entry(event.clone()).or_default().let_in(state, conn, &line).await?;
            }
        }
        if self.tidied.is_none_or(|last| last.elapsed() > TIDIED_EVERY) {
            self.tidied = Some(Instant::now());
            beats::forget(conn, state.clock.now() - TimeDelta::hours(1)).await?;
        }
        Ok(())
    }
}

/// Publishes the chain's head where more have joined since the last one, every 10 s.
async fn publish_head(state: &State, conn: &mut PgConnection, room: &RoomRow) -> Result<(), sqlx::Error> {
    let now = state.clock.now();
    let last = chains::last_published(conn, &room.event).await?;
    let is_due = last.is_none_or(|(count, at)| count < room.joined && now - at >= HEADS_EVERY);
    if is_due {
        chains::publish(conn, &room.event, &PublishedHead { count: room.joined, head: room.head, at: now }).await?;
    }
    Ok(())
}

/// Freezes the lobby once its time is over, and then reveals the secret; whether it did either.
async fn draw(state: &State, conn: &mut PgConnection, room: &RoomRow) -> Result<bool, sqlx::Error> {
    let now = state.clock.now();
    match (&room.list, &room.revealed) {
        (None, _) if now >= room.starts_at => freeze(conn, &room.event, now).await.map(|()| true),
        (Some(list), None) => {
            let drand = match &state.drand {
                None => None,
                Some(drand) => match drand.first_after(list.at, now).await {
                    Ok(round) => Some(round),
                    Err(error) if now - list.at < DRAND_MAX => {
                        if !matches!(error, DrandError::NotYet) {
                            tracing::warn!(%error, event = %room.event, "no randomness from outside yet");
                        }
                        return Ok(true);
                    }
                    Err(error) => {
                        tracing::warn!(%error, event = %room.event, "the shuffle goes without randomness from outside");
                        None
                    }
                },
            };
            // A transaction of its own, after the one that published the list.
            rooms::reveal(conn, &room.event, state.clock.now(), drand.as_ref()).await?;
            tracing::info!(event = %room.event, with_drand = drand.is_some(), "the secret of the shuffle is revealed");
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Publishes the list: whoever joined has committed before, whoever joins waits until it is done.
async fn freeze(conn: &mut PgConnection, event: &EventId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    let Some(end) = chains::lock(&mut tx, event).await? else { return Ok(()) };
    if end.frozen {
        return Ok(());
    }
    let listed = entries::first(&mut tx, event, end.count).await?;
    let root = tokio::task::spawn_blocking(move || merkle::root(&listed));
    let root = root.await.map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))?;
    let at = DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now);
    rooms::freeze(&mut tx, event, &FrozenList { count: end.count, head: end.head, root, at }).await?;
    chains::publish(&mut tx, event, &PublishedHead { count: end.count, head: end.head, at }).await?;
    tx.commit().await?;
    tracing::info!(%event, count = end.count, %root, "the lobby is frozen and its list published");
    Ok(())
}

impl Led {
    /// One step of the line: measures, calls people, tells them, notes what was done.
    async fn let_in(&mut self, state: &State, conn: &mut PgConnection, line: &Line) -> Result<(), sqlx::Error> {
        let event = &line.room.event;
        let elapsed = self.stepped.map_or(STEP_EVERY, |last| last.elapsed()).min(STEP_EVERY * 3);
        self.stepped = Some(Instant::now());
        let now = state.clock.now();
        let pulse = measure::booking(state, event).await;
        let spent = measure::spent(state, conn, event).await?;
        admissions::spend(conn, &spent, now).await?;
        admissions::expire(conn, event, None, now).await?;
        let measured = measure::measure(conn, line, pulse.as_ref(), elapsed, now).await?;
        let (inflow, call) = line.room.inflow.step(&measured);
        let served = line.gone.past(line.served(), call.people, line.room.joined);
        let step = Step { served, by_hand: call.by_hand, inflow: &inflow };
        moved(conn, event, &step, line.served(), now).await?;
        metrics::counter!("onsale_queue_called_total").increment(u64::from(call.people));
        tell::tell(state, conn, line, served, now).await?;
        self.note_sold_out(conn, line, &measured, now).await?;
        if self.pulsed.is_none_or(|last| last.elapsed() >= PULSES_EVERY) {
            self.pulsed = Some(Instant::now());
            pulses::note(conn, event, &measure::pulse(line, &measured, pulse.as_ref(), served, now)).await?;
        }
        Ok(())
    }

    /// Nothing free and nothing held, again and again: the line ends; seats that come back open it again.
    async fn note_sold_out(
        &mut self,
        conn: &mut PgConnection,
        line: &Line,
        measured: &measure::Looked,
        now: DateTime<Utc>,
    ) -> Result<(), sqlx::Error> {
        self.sold_out_for = if measured.is_sold_out { self.sold_out_for + 1 } else { 0 };
        let event = &line.room.event;
        match line.room.sold_out_at {
            None if self.sold_out_for >= SOLD_OUT_AFTER => rooms::set_sold_out(conn, event, Some(now)).await,
            Some(_) if measured.has_seats => rooms::set_sold_out(conn, event, None).await,
            _ => Ok(()),
        }
    }
}

/// The line's move and when it was, together.
async fn moved(
    conn: &mut PgConnection,
    event: &EventId,
    step: &Step<'_>,
    before: u32,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    rooms::step(&mut tx, event, step).await?;
    if step.served > before {
        calls::note(&mut tx, event, step.served, now).await?;
    }
    tx.commit().await
}
