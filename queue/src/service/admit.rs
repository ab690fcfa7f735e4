//! Lets in whoever's turn it is: one admission a place, one living admission an account.

use crate::memory::Line;
use crate::state::State;
use crate::store::admissions::{self, AdmissionRow, Ended};
use crate::store::entries;
use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use onsale_core::api::queue::{QueueAdmission, QueueState};
use onsale_core::{EventId, UserId};
use onsale_platform::problem::Problem;
use onsale_platform::random;
use onsale_platform::tokens::AdmissionClaims;
use std::time::Duration;

/// How long a process believes what it read of a place's admission.
const BELIEVED: Duration = Duration::from_secs(2);
const PLACES_MAX: u64 = 50_000;

/// The admissions of places that were asked for just now.
pub(crate) struct Known(Cache<(EventId, u32), Option<AdmissionRow>>);

impl Known {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(PLACES_MAX).time_to_live(BELIEVED).build())
    }

    async fn of_place(&self, state: &State, event: &EventId, place: u32) -> Result<Option<AdmissionRow>, Problem> {
        let read = async {
            let mut conn = state.pool.acquire().await?;
            admissions::of_place(&mut conn, event, place).await
        };
        let found = self.0.try_get_with((event.clone(), place), read).await;
        // A pool that is full and a database that is away both come again.
        found.map_err(|error: std::sync::Arc<sqlx::Error>| {
            Problem::unavailable("Your place cannot be looked at just now.", Duration::from_secs(1)).with_source(error)
        })
    }

    pub(crate) async fn forget(&self, event: &EventId, place: u32) {
        self.0.invalidate(&(event.clone(), place)).await;
    }
}

/// Where somebody is whose turn has come.
pub(crate) struct Turn {
    pub(crate) state: QueueState,
    pub(crate) sign_in_needed: bool,
    pub(crate) admission: Option<QueueAdmission>,
}

impl Turn {
    fn over(state: QueueState) -> Self {
        Self { state, sign_in_needed: false, admission: None }
    }
}

/// What whoever has this place, which was called, gets. Asked again it is the same.
pub(crate) async fn turn(
    state: &State,
    line: &Line,
    (position, place): (u32, u32),
    caller: Option<UserId>,
) -> Result<Turn, Problem> {
    let (event, now) = (&line.room.event, state.clock.now());
    match state.known.of_place(state, event, place).await? {
        Some(row) if row.ended == Some(Ended::Spent) || row.ended == Some(Ended::Left) => {
            Ok(Turn::over(QueueState::Left))
        }
        Some(row) if row.ended.is_some() || row.expires_at <= now => Ok(Turn::over(QueueState::Lapsed)),
        Some(row) if caller == Some(row.account) => Ok(admitted(state, event, &row)),
        None if line.moves.is_over(place, now) => Ok(Turn::over(QueueState::Lapsed)),
        None if caller.is_none() && line.gone.contains(place) => Ok(Turn::over(QueueState::Left)),
        None if caller.is_some() => issue(state, line, (position, place), caller).await,
        Some(_) | None => Ok(Turn { sign_in_needed: true, ..Turn::over(QueueState::Admitted) }),
    }
}

fn admitted(state: &State, event: &EventId, row: &AdmissionRow) -> Turn {
    state.notes.beat(row.id, event, false);
    let claims = AdmissionClaims {
        jti: row.id,
        sub: row.account,
        event: event.clone(),
        iat: row.issued_at.timestamp(),
        exp: row.expires_at.timestamp(),
    };
    let admission = QueueAdmission { token: state.admissions.sign(&claims), expires_at: row.expires_at };
    Turn { state: QueueState::Admitted, sign_in_needed: false, admission: Some(admission) }
}

/// Lets an account in, or gives what it has.
async fn issue(
    state: &State,
    line: &Line,
    (position, place): (u32, u32),
    caller: Option<UserId>,
) -> Result<Turn, Problem> {
    let (event, now) = (&line.room.event, whole_second(state.clock.now()));
    let Some(account) = caller else { return Ok(Turn::over(QueueState::Lapsed)) };
    let mut tx = state.pool.begin().await?;
    admissions::expire(&mut tx, event, Some(account), now).await?;
    if !entries::is_there(&mut tx, event, position).await? {
        return Ok(Turn::over(QueueState::Left));
    }
    let new = AdmissionRow {
        id: random::new_id(&state.clock),
        position,
        account,
        issued_at: now,
        expires_at: now + TimeDelta::seconds(i64::from(line.room.admission_s)),
        ended: None,
    };
    if admissions::insert(&mut tx, event, place, &new).await? {
        tx.commit().await?;
        metrics::counter!("onsale_queue_admissions_total").increment(1);
        state.known.0.insert((event.clone(), place), Some(new)).await;
        return Ok(admitted(state, event, &new));
    }
    // Another call of this place was first, or the account came in by another place.
    let of_place = admissions::of_place(&mut tx, event, place).await?;
    let row = match of_place {
        Some(row) => Some(row).filter(|row| row.account == account && row.ended.is_none()),
        None => admissions::of_account(&mut tx, event, account).await?,
    };
    tx.commit().await?;
    state.known.forget(event, place).await;
    Ok(row
        .map_or(Turn { sign_in_needed: true, ..Turn::over(QueueState::Admitted) }, |row| admitted(state, event, &row)))
}

/// Tokens tell whole seconds: what the row says is what the token says.
fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}
