//! Lets in whoever's turn it is: one admission a place, one living admission an account.

use crate::error;
use crate::memory::Line;
use crate::service::issue::{Issue, Issued, whole_second};
use crate::state::State;
use crate::store::admissions::{self, AdmissionRow, Ended};
use chrono::TimeDelta;
use moka::Expiry;
use moka::future::Cache;
use onsale_core::api::queue::{QueueAdmission, QueueState};
use onsale_core::{EventId, UserId};
use onsale_platform::problem::Problem;
use onsale_platform::random;
use onsale_platform::tokens::AdmissionClaims;
use std::time::{Duration, Instant};

/// How long a process believes what it read of a place's admission.
const BELIEVED: Duration = Duration::from_secs(2);
/// And of one that is good: those who choose ask again and again, and another process rarely ends it.
const GOOD_BELIEVED: Duration = Duration::from_secs(10);
const PLACES_MAX: u64 = 50_000;

/// The admissions of places that were asked for just now.
pub(crate) struct Known(Cache<(EventId, u32), Option<AdmissionRow>>);

/// For how long each is believed.
struct Belief;

impl Expiry<(EventId, u32), Option<AdmissionRow>> for Belief {
    fn expire_after_create(&self, _: &(EventId, u32), row: &Option<AdmissionRow>, _: Instant) -> Option<Duration> {
        Some(if row.is_some_and(|row| row.ended.is_none()) { GOOD_BELIEVED } else { BELIEVED })
    }
}

impl Known {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(PLACES_MAX).expire_after(Belief).build())
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

    /// Keeps what was written just now, whatever was believed before.
    async fn note(&self, event: &EventId, place: u32, row: AdmissionRow) {
        self.forget(event, place).await;
        self.0.insert((event.clone(), place), Some(row)).await;
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
    /// It is their turn, and they have to sign in for it, or with the account that was admitted.
    fn for_somebody_else() -> Self {
        Self { sign_in_needed: true, ..Self::over(QueueState::Admitted) }
    }

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
        Some(_) => Ok(Turn::for_somebody_else()),
        None => match caller {
            Some(account) => issue(state, line, (position, place), account).await,
            None => Ok(Turn::for_somebody_else()),
        },
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
async fn issue(state: &State, line: &Line, (position, place): (u32, u32), account: UserId) -> Result<Turn, Problem> {
    let (event, now) = (&line.room.event, whole_second(state.clock.now()));
    let row = AdmissionRow {
        id: random::new_id(&state.clock),
        position,
        account,
        issued_at: now,
        expires_at: now + TimeDelta::seconds(i64::from(line.room.admission_s)),
        ended: None,
    };
    let issued = state.issues.submit(Issue { event: event.clone(), place, row }).await.map_err(|_| error::crowded())?;
    match issued.map_err(|why| error::crowded().with_source(why))? {
        Issued::New(row) => {
            metrics::counter!("onsale_queue_admissions_total").increment(1);
            state.known.note(event, place, row).await;
            Ok(admitted(state, event, &row))
        }
        Issued::Before(row) => {
            state.known.forget(event, place).await;
            Ok(admitted(state, event, &row))
        }
        Issued::Another => {
            state.known.forget(event, place).await;
            Ok(Turn::for_somebody_else())
        }
        Issued::Left => Ok(Turn::over(QueueState::Left)),
    }
}
