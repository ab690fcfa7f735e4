//! What one process does for all: publishes heads, freezes the lobby, reveals the secret, lets people in.
//!
//! It leads by an advisory lock of its session and writes over that same session: when the session goes, so does the
//! lead. The session goes at once with its process, and after three seconds where a process or its machine stands still.
//! Others try for the lock twice a second. All that a leader remembers is in the tables.

use super::{measure, tell};
use crate::drand::DrandError;
use crate::memory::{Line, RESTING_EVERY};
use crate::state::State;
use crate::store::rooms::{self, RoomRow, Step};
use crate::store::{admissions, beats, calls, chains, entries, pulses};
use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, stream};
use onsale_core::EventId;
use onsale_core::api::internal::EventPulse;
use onsale_core::api::queue::QueueMode;
use onsale_core::lineup::merkle;
use onsale_core::lineup::proof::{FrozenList, PublishedHead};
use onsale_platform::shutdown::Shutdown;
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Whoever leads holds this advisory lock.
const LEAD_LOCK: i64 = 0x6f6e_7361_6c65_0003;
const STEP_EVERY: Duration = Duration::from_secs(1);
const TRIED_EVERY: Duration = Duration::from_millis(500);
/// The database ends the leader's session when nothing comes over it for so long: nothing that a step waits for takes as
/// long, so the process or its machine stands still, or cannot be reached.
const SESSION: &str = "SET idle_session_timeout = '3s'";
/// Lines whose seats are asked for at once.
const ASKED_AT_ONCE: usize = 64;
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
        if !shutdown.sleep(TRIED_EVERY).await {
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
    sqlx::query(SESSION).execute(&mut conn).await?;
    tracing::info!("this process leads the waiting rooms");
    metrics::gauge!("onsale_queue_leads").set(1);
    let mut leader = Leader::default();
    let outcome = loop {
        let drew = match leader.step(state, &mut conn).await {
            Ok(drew) => drew,
            Err(error) => break Err(error),
        };
        let pause = if drew { Duration::ZERO } else { until_next_end(state) };
        if !shutdown.sleep(pause).await {
            break Ok(());
        }
    };
    metrics::gauge!("onsale_queue_leads").set(0);
    outcome.and(conn.close().await)
}

/// A step's time, or less where a lobby ends within it: a hundred thousand wait for nothing else.
fn until_next_end(state: &State) -> Duration {
    let now = state.clock.now();
    let lines = state.memory.on();
    let lobbies =
        lines.iter().map(|line| &line.room).filter(|room| room.mode == QueueMode::Lobby && room.list.is_none());
    let left = lobbies.filter_map(|room| (room.starts_at - now).to_std().ok());
    left.fold(STEP_EVERY, Duration::min)
}

/// What only makes the leader's work less: a new one begins without it.
#[derive(Default)]
struct Leader {
    rooms: HashMap<EventId, Led>,
    tidied: Option<Instant>,
    looked_at_resting: Option<Instant>,
}

/// What the leader remembers of a room.
#[derive(Default)]
pub(super) struct Led {
    stepped: Option<Instant>,
    pulsed: Option<Instant>,
    published: Option<(u32, DateTime<Utc>)>,
    sold_out_for: u32,
}

impl Leader {
    /// One step of all lines; whether one of them was drawn a step further, so that the next is due at once.
    async fn step(&mut self, state: &State, conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
        state.memory.read(conn, state.clock.now()).await?;
        let (moving, drew) = self.moving(state, conn).await?;
        measure::note_fates(state, conn).await?;
        // Booking may be slow to answer: it is asked for all lines before anything is decided for one.
        let asked: Vec<_> = moving.iter().map(|line| measure::booking(state, &line.room.event)).collect();
        let pulses: Vec<_> = stream::iter(asked).buffered(ASKED_AT_ONCE).collect().await;
        for (line, pulse) in moving.iter().zip(pulses) {
            let led = self.rooms.entry(line.room.event.clone()).or_default();
            led.let_in(state, conn, line, pulse.as_ref()).await?;
        }
        if self.tidied.is_none_or(|last| last.elapsed() > TIDIED_EVERY) {
            self.tidied = Some(Instant::now());
            beats::forget(conn, state.clock.now() - TimeDelta::hours(1)).await?;
        }
        Ok(drew)
    }

    /// The lines out of which people are called now. Heads, lists and secrets that are due are published first; whether a
    /// list or a secret was.
    async fn moving(&mut self, state: &State, conn: &mut PgConnection) -> Result<(Vec<Arc<Line>>, bool), sqlx::Error> {
        let with_resting = self.looked_at_resting.is_none_or(|last| last.elapsed() >= RESTING_EVERY);
        if with_resting {
            self.looked_at_resting = Some(Instant::now());
        }
        let (mut moving, mut drew) = (Vec::new(), false);
        for line in state.memory.on() {
            if line.room.rests && !with_resting {
                continue;
            }
            self.rooms.entry(line.room.event.clone()).or_default().publish_head(state, conn, &line.room).await?;
            if line.room.mode == QueueMode::Lobby {
                let draw = draw(state, conn, &line.room).await?;
                drew |= draw == Draw::Further;
                // The places are known with the next look.
                if draw != Draw::Over {
                    continue;
                }
            }
            if line.room.has_started(state.clock.now()) && line.room.closed_at.is_none() {
                moving.push(line);
            }
        }
        Ok((moving, drew))
    }
}

/// How the drawing of the places stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Draw {
    /// There is nothing to do, any more or yet.
    Over,
    /// The list or the secret was published.
    Further,
    /// It waits for randomness from outside.
    Waits,
}

/// Freezes the lobby once its time is over, and then reveals the secret.
async fn draw(state: &State, conn: &mut PgConnection, room: &RoomRow) -> Result<Draw, sqlx::Error> {
    let now = state.clock.now();
    match (&room.list, &room.revealed) {
        (None, _) if now >= room.starts_at => freeze(conn, &room.event, now).await.map(|()| Draw::Further),
        (Some(list), None) => {
            let drand = match &state.drand {
                None => None,
                Some(drand) => match drand.first_after(list.at, now).await {
                    Ok(round) => Some(round),
                    Err(error) if now - list.at < DRAND_MAX => {
                        if !matches!(error, DrandError::NotYet) {
                            tracing::warn!(%error, event = %room.event, "no randomness from outside yet");
                        }
                        // The session must not seem idle while others are asked.
                        conn.ping().await?;
                        return Ok(Draw::Waits);
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
            Ok(Draw::Further)
        }
        _ => Ok(Draw::Over),
    }
}

/// Publishes the list: whoever joined has committed before, whoever joins waits until it is done.
async fn freeze(conn: &mut PgConnection, event: &EventId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    let Some(end) = chains::lock(&mut tx, event).await? else { return Ok(()) };
    if end.frozen {
        return Ok(());
    }
    let listed = entries::between(&mut tx, event, 0, end.count).await?;
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
    /// Publishes the chain's head where more have joined since the last one, every 10 s.
    async fn publish_head(
        &mut self,
        state: &State,
        conn: &mut PgConnection,
        room: &RoomRow,
    ) -> Result<(), sqlx::Error> {
        let now = state.clock.now();
        if self.published.is_none() {
            self.published = chains::last_published(conn, &room.event).await?;
        }
        if self.published.is_none_or(|(count, at)| count < room.joined && now - at >= HEADS_EVERY) {
            chains::publish(conn, &room.event, &PublishedHead { count: room.joined, head: room.head, at: now }).await?;
            self.published = Some((room.joined, now));
        }
        Ok(())
    }

    /// One step of the line: measures, calls people, tells them, notes what was done.
    async fn let_in(
        &mut self,
        state: &State,
        conn: &mut PgConnection,
        line: &Line,
        pulse: Option<&EventPulse>,
    ) -> Result<(), sqlx::Error> {
        let event = &line.room.event;
        let elapsed = self.stepped.map_or(STEP_EVERY, |last| last.elapsed()).min(STEP_EVERY * 3);
        self.stepped = Some(Instant::now());
        let now = state.clock.now();
        admissions::expire(conn, event, None, now).await?;
        let rate_max = state.settings.look(|settings| settings.inflow_max);
        let measured = measure::measure(conn, line, pulse, elapsed, now).await?.limited(rate_max);
        let (inflow, call) = line.room.inflow.step(&measured);
        let served = line.gone.past(line.served(), call.people, line.room.joined);
        let step = Step { served, by_hand: call.by_hand, inflow: &inflow };
        moved(conn, event, &step, line.served(), now).await?;
        metrics::counter!("onsale_queue_called_total").increment(u64::from(call.people));
        tell::tell(state, conn, line, served, now).await?;
        self.note_sold_out(conn, line, &measured, now).await?;
        if self.pulsed.is_none_or(|last| last.elapsed() >= PULSES_EVERY) {
            self.pulsed = Some(Instant::now());
            pulses::note(conn, event, &measure::pulse(line, &measured, pulse, served, now)).await?;
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
