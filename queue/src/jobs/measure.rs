//! What the inflow is decided by.

use crate::domain::inflow::{EXPECTED_S, Measured};
use crate::memory::Line;
use crate::state::State;
use crate::store::{admissions, beats, stored};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::internal::{EventPulse, SpentAdmissions};
use onsale_core::api::queue::QueuePulse;
use onsale_core::{AdmissionId, EventId};
use sqlx::PgConnection;
use std::collections::HashSet;
use std::ops::Deref;
use std::time::Duration;
use uuid::Uuid;

/// Who was not seen for so long is not there: a page asks every four seconds, and what was seen is noted each second.
const SEEN_WITHIN: TimeDelta = TimeDelta::seconds(7);
const EXPECTED_FOR: TimeDelta = TimeDelta::seconds(EXPECTED_S as i64);
/// Those called before tell how many come.
const CALLED_BEFORE: TimeDelta = TimeDelta::seconds(68);
/// A hold that was made shortly before booking was asked may be noted with an earlier time than its commit.
const NOTED_LATE: TimeDelta = TimeDelta::seconds(2);
/// A question to booking does not hold up the line for longer.
const ANSWER_MAX: Duration = Duration::from_millis(800);

/// What was measured, and what it says of the seats.
pub(super) struct Looked {
    measured: Measured,
    pub(super) is_sold_out: bool,
    pub(super) has_seats: bool,
}

impl Looked {
    /// The same where the installation lets no more people in than this a second.
    pub(super) fn limited(mut self, rate_max: Option<f64>) -> Self {
        self.measured.rate_max = rate_max;
        self
    }
}

impl Deref for Looked {
    type Target = Measured;

    fn deref(&self) -> &Measured {
        &self.measured
    }
}

/// How the event's seats are; nothing where booking does not tell.
pub(super) async fn booking(state: &State, event: &EventId) -> Option<EventPulse> {
    let asked = state.booking.clone().within(ANSWER_MAX).get(&format!("/internal/events/{event}/pulse")).await;
    asked.inspect_err(|error| tracing::debug!(%error, %event, "booking tells nothing of the seats")).ok()
}

/// Notes whose orders were made, of the admissions that have held seats, and whose holds ended without one.
pub(super) async fn note_fates(state: &State, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    let asked_at = state.clock.now();
    let held = admissions::that_held(conn).await?;
    if held.is_empty() {
        return Ok(());
    }
    let question =
        SpentAdmissions { admissions: held.iter().copied().map(AdmissionId).collect(), ..SpentAdmissions::default() };
    let booking = state.booking.clone().within(ANSWER_MAX);
    let answer: Result<SpentAdmissions, _> = booking.post("/internal/admissions/spent", &question).await;
    let Ok(answer) = answer.inspect_err(|error| tracing::debug!(%error, "booking tells nothing of the orders")) else {
        return Ok(());
    };
    let spent: Vec<Uuid> = answer.admissions.into_iter().map(|id| id.0).collect();
    admissions::spend(conn, &spent, state.clock.now()).await?;
    // Where booking does not tell who holds, nobody has let go.
    if let Some(holding) = answer.holding {
        let holding: HashSet<Uuid> = holding.into_iter().map(|id| id.0).chain(spent).collect();
        let free: Vec<Uuid> = held.into_iter().filter(|id| !holding.contains(id)).collect();
        beats::let_go(conn, &free, asked_at - NOTED_LATE).await?;
    }
    Ok(())
}

/// What is there to be measured now.
pub(super) async fn measure(
    conn: &mut PgConnection,
    line: &Line,
    pulse: Option<&EventPulse>,
    elapsed: Duration,
    now: DateTime<Utc>,
) -> Result<Looked, sqlx::Error> {
    let (room, served) = (&line.room, line.served());
    let (expected_from, before_from) =
        (line.moves.served_at(now - EXPECTED_FOR), line.moves.served_at(now - CALLED_BEFORE));
    let called = |from: u32, to: u32| (to - from).saturating_sub(line.gone.between(from, to));
    let reserves = beats::reserves(conn, now).await?;
    let came_lately = admissions::came_between(conn, &room.event, expected_from, served).await?;
    let measured = Measured {
        elapsed_s: elapsed.as_secs_f64(),
        waiting: line.waiting(),
        free: pulse.map(|pulse| pulse.free),
        taken: pulse.map_or(0, |pulse| pulse.held + pulse.sold),
        came: admissions::came_between(conn, &room.event, 0, served).await?,
        shoppers: beats::shoppers(conn, &room.event, now - SEEN_WITHIN).await?,
        expected: called(expected_from, served).saturating_sub(came_lately),
        called_before: called(before_from, expected_from),
        came_of_them: admissions::came_between(conn, &room.event, before_from, expected_from).await?,
        reserves: u32::try_from(reserves.calls).unwrap_or(0),
        latency_ms: (reserves.calls > 0).then(|| u32::try_from(reserves.slow_ms).unwrap_or(0)),
        failed: if reserves.calls > 0 { f64::from(reserves.failed) / f64::from(reserves.calls) } else { 0.0 },
        paused: room.paused,
        fixed_rate: room.fixed_rate,
        rate_max: None,
        by_hand: room.admit_more,
    };
    let is_sold_out = pulse.is_some_and(|pulse| pulse.free == 0 && pulse.held == 0 && pulse.sold > 0);
    let has_seats = pulse.is_some_and(|pulse| pulse.free > 0 || pulse.held > 0);
    Ok(Looked { measured, is_sold_out, has_seats })
}

/// The same for the organiser's chart.
pub(super) fn pulse(
    line: &Line,
    looked: &Looked,
    seats: Option<&EventPulse>,
    served: u32,
    now: DateTime<Utc>,
) -> QueuePulse {
    let called = served - line.served();
    QueuePulse {
        at: now,
        joined: stored(line.room.joined),
        served: stored(served),
        waiting: stored(looked.waiting.saturating_sub(called)),
        shoppers: stored(looked.shoppers),
        rate: f64::from(line.called_in(TimeDelta::seconds(10), now) + called) / 10.0,
        free: seats.map(|seats| seats.free),
        held: seats.map(|seats| seats.held),
        sold: seats.map(|seats| seats.sold),
        holds_end_at: seats.and_then(|seats| seats.last_hold_ends_at),
        latency_ms: looked.latency_ms.map(stored),
        failed: looked.latency_ms.map(|_| looked.failed),
    }
}
