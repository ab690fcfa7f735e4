//! What organisers and operators do with a line. Every act is in the audit log, in its own transaction.

use crate::error;
use crate::memory::Line;
use crate::state::State;
use crate::store::rooms::{self, RoomRow};
use crate::store::{audit, pulses, sightings};
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use chrono::{DateTime, Utc};
use onsale_core::api::queue::{AdmitQueue, PutQueueRoom, QueueAct, QueueHistory, QueueMode, QueueRoom, QueueSignals};
use onsale_core::lineup::{Hash, chain, shuffle};
use onsale_core::{EventId, OrganisationId, Role, UserId};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use onsale_platform::random;
use serde_json::{Value, json};
use sqlx::PgConnection;

/// The most that a chart is given at once.
const PULSES_MAX: i64 = 1_000;

/// Somebody who may do something with an event's line.
pub(crate) struct Conductor {
    pub(crate) actor: UserId,
    /// Of those who act for one; nothing for admins and operators.
    pub(crate) organisation: Option<OrganisationId>,
    pub(crate) event: EventId,
}

impl Conductor {
    /// Of those who keep lines moving: operators (`sre`) for every event, else as [`Self::who_owns`].
    pub(crate) async fn who_keeps(
        state: &State,
        caller: &Caller,
        event: EventId,
        bearer: Option<&HeaderValue>,
    ) -> Result<Self, Problem> {
        if caller.has_role(Role::Sre) {
            if !state.memory.is_known() {
                return Err(error::rooms_unknown());
            }
            let is_there = state.memory.line(&event).is_some();
            return is_there
                .then_some(Self { actor: caller.user_id, organisation: None, event })
                .ok_or_else(|| Problem::not_found("waiting room"));
        }
        Self::who_owns(state, caller, event, bearer).await
    }

    /// Of those who set lines up: whoever runs the event, by admin's word, and admins. 404 to other organisers.
    pub(crate) async fn who_owns(
        state: &State,
        caller: &Caller,
        event: EventId,
        bearer: Option<&HeaderValue>,
    ) -> Result<Self, Problem> {
        let actor = caller.user_id;
        let mut question = Request::new(Body::empty());
        *question.uri_mut() = format!("/api/admin/events/{event}").parse().map_err(|_| Problem::not_found("event"))?;
        if let Some(bearer) = bearer {
            question.headers_mut().insert(header::AUTHORIZATION, bearer.clone());
        }
        match state.admin.call(question).await?.status() {
            StatusCode::OK => Ok(Self { actor, organisation: caller.reach().only(), event }),
            status if status.is_server_error() => Err(Problem::unavailable(
                "Whose event this is cannot be told just now.",
                std::time::Duration::from_secs(2),
            )),
            _ => Err(Problem::not_found("event")),
        }
    }
}

/// How the line stands.
pub(crate) async fn show(state: &State, event: &EventId) -> Result<QueueRoom, Problem> {
    let mut conn = state.pool.acquire().await?;
    // The row may be newer than what this process has in memory.
    state.memory.read_all(&mut conn, state.clock.now()).await?;
    let line = state.memory.line(event).ok_or_else(|| Problem::not_found("waiting room"))?;
    Ok(shown(&line, state.clock.now()))
}

fn shown(line: &Line, now: DateTime<Utc>) -> QueueRoom {
    let room = &line.room;
    QueueRoom {
        event_id: room.event.clone(),
        view: line.view(now),
        admission_seconds: room.admission_s,
        challenge_bits: room.challenge_bits,
        fixed_rate: room.fixed_rate,
        admit_more: room.admit_more,
        waiting: line.waiting(),
        commitment: room.commitment,
    }
}

/// Sets a room up, or changes it.
pub(crate) async fn put(state: &State, by: &Conductor, wanted: &PutQueueRoom) -> Result<QueueRoom, Problem> {
    if wanted.starts_at < wanted.opens_at {
        return Err(Problem::invalid("startsAt", "too_early", "let it start when it opens, or later"));
    }
    let now = state.clock.now();
    let mut tx = state.pool.begin().await?;
    let secret = Hash(random::secret_bytes());
    let made = (&secret, &shuffle::commitment(&secret), &chain::start(&by.event));
    rooms::create(&mut tx, &by.event, wanted, made).await?;
    let room = rooms::lock(&mut tx, &by.event, now).await?.ok_or_else(|| Problem::not_found("waiting room"))?;
    check_change(&room, wanted, now)?;
    rooms::set(&mut tx, &by.event, wanted).await?;
    audit::note(&mut tx, by, "queue.set", json!(wanted)).await?;
    tx.commit().await?;
    show(state, &by.event).await
}

/// What people already rely on stays.
fn check_change(room: &RoomRow, wanted: &PutQueueRoom, now: DateTime<Utc>) -> Result<(), Problem> {
    let conflict = |detail: &str| Err(Problem::conflict("state_conflict", detail));
    let is_running = room.is_on() && room.joined > 0;
    let was_drawn = room.list.is_some();
    if was_drawn && wanted.mode == QueueMode::Line {
        return conflict("The places were given by the shuffle and stay as they are.");
    }
    if !was_drawn && is_running && now >= room.starts_at && wanted.mode != room.mode && wanted.mode != QueueMode::Off {
        return conflict("The line has started: what decides its places cannot be changed.");
    }
    if (was_drawn || is_running && now >= room.starts_at) && wanted.starts_at != room.starts_at {
        return conflict("The line has started: its start cannot be changed.");
    }
    Ok(())
}

/// One act on a room that is there.
async fn act<F>(
    state: &State,
    by: &Conductor,
    action: &'static str,
    detail: Value,
    change: F,
) -> Result<QueueRoom, Problem>
where
    F: AsyncFnOnce(&mut PgConnection, &RoomRow) -> Result<(), Problem>,
{
    let mut tx = state.pool.begin().await?;
    let room =
        rooms::lock(&mut tx, &by.event, state.clock.now()).await?.ok_or_else(|| Problem::not_found("waiting room"))?;
    change(&mut tx, &room).await?;
    audit::note(&mut tx, by, action, detail).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", event = %by.event, by = %by.actor, action, "the line was changed");
    show(state, &by.event).await
}

/// Stops the line: nobody is called any more.
pub(crate) async fn pause(state: &State, by: &Conductor, act_: &QueueAct) -> Result<QueueRoom, Problem> {
    act(state, by, "queue.pause", json!(act_), async |conn, room| {
        Ok(rooms::set_paused(conn, &room.event, true, act_.message.as_deref()).await?)
    })
    .await
}

/// Lets it go on.
pub(crate) async fn resume(state: &State, by: &Conductor, act_: &QueueAct) -> Result<QueueRoom, Problem> {
    act(state, by, "queue.resume", json!(act_), async |conn, room| {
        Ok(rooms::set_paused(conn, &room.event, false, act_.message.as_deref()).await?)
    })
    .await
}

/// Lets so many people in, whatever is measured; also while the line is stopped.
pub(crate) async fn admit(state: &State, by: &Conductor, wanted: AdmitQueue) -> Result<QueueRoom, Problem> {
    act(state, by, "queue.admit", json!(wanted), async |conn, room| {
        if room.closed_at.is_some() {
            return Err(Problem::conflict("queue_closed", "The line is closed: nobody is called any more."));
        }
        Ok(rooms::admit_more(conn, &room.event, wanted.count).await?)
    })
    .await
}

/// Ends the line: nobody joins and nobody is called any more. Who is in stays in.
pub(crate) async fn close(state: &State, by: &Conductor, act_: &QueueAct) -> Result<QueueRoom, Problem> {
    let now = state.clock.now();
    act(state, by, "queue.close", json!(act_), async |conn, room| {
        Ok(rooms::close(conn, &room.event, now, act_.message.as_deref()).await?)
    })
    .await
}

/// What was measured since a moment.
pub(crate) async fn history(state: &State, event: &EventId, since: DateTime<Utc>) -> Result<QueueHistory, Problem> {
    let mut conn = state.pool.acquire().await?;
    Ok(QueueHistory { items: pulses::since(&mut conn, event, since, PULSES_MAX).await? })
}

/// Devices on which several accounts were signed in.
pub(crate) async fn signals(state: &State, event: &EventId) -> Result<QueueSignals, Problem> {
    let mut conn = state.pool.acquire().await?;
    Ok(QueueSignals { items: sightings::shared(&mut conn, event).await? })
}
