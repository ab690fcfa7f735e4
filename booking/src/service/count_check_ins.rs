//! What came through the gates of an event: counts, the last scans, and the conflicts.

use crate::domain::check_in::ScanRow;
use crate::domain::rows::EventNo;
use crate::service::{check_in, report_sales};
use crate::state::State;
use crate::store;
use moka::future::Cache;
use onsale_core::EventId;
use onsale_core::api::check_in::{CheckIns, GateCount, ScanSeen};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;

/// More gates than these are not shown.
const GATES_MAX: i64 = 200;
const CONFLICTS_MAX: i64 = 100;
const LAST_MAX: i64 = 20;
/// How long counts are shown without counting again, however many devices look.
const FRESH_FOR: Duration = Duration::from_secs(1);
const EVENTS_MAX: u64 = 1_000;

/// What was counted a moment ago. Cheap to clone.
#[derive(Clone)]
pub struct RecentCounts(Cache<EventNo, Arc<Counted>>);

/// What is the same for everybody who may look.
pub struct Counted {
    attendance: (i64, i64, i64),
    gates: Vec<GateCount>,
    conflicts: Vec<ScanRow>,
    last: Vec<ScanRow>,
}

impl Default for RecentCounts {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(EVENTS_MAX).time_to_live(FRESH_FOR).build())
    }
}

/// The counts of an event.
pub async fn of_event(state: &State, caller: &Caller, event: &EventId) -> Result<CheckIns, Problem> {
    let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
    let pool = state.pool.clone();
    let counted = state
        .check_ins
        .0
        .try_get_with(organised.event_no, async move { count(&pool, organised.event_no).await.map(Arc::new) })
        .await
        .map_err(|error: Arc<sqlx::Error>| Problem::from(store::again(&error)))?;
    let (tickets, used, inside) = counted.attendance;
    Ok(CheckIns {
        now: state.clock.now(),
        tickets,
        used,
        inside,
        gates: counted.gates.clone(),
        conflicts: seen(state, caller, &counted.conflicts).await?,
        last: seen(state, caller, &counted.last).await?,
    })
}

async fn count(pool: &PgPool, event: EventNo) -> Result<Counted, sqlx::Error> {
    let mut conn = pool.acquire().await?;
    let gates = store::check_ins::by_gate(&mut conn, event, GATES_MAX).await?.into_iter().map(|of| GateCount {
        gate: of.gate,
        admitted: of.admitted,
        left: of.left,
        refused: of.refused,
        conflicts: of.conflicts,
        last_at: of.last_at,
    });
    let gates = gates.collect();
    Ok(Counted {
        attendance: store::tickets::attendance(&mut conn, event).await?,
        gates,
        conflicts: store::check_ins::last(&mut conn, event, true, CONFLICTS_MAX).await?,
        last: store::check_ins::last(&mut conn, event, false, LAST_MAX).await?,
    })
}

async fn seen(state: &State, caller: &Caller, rows: &[ScanRow]) -> Result<Vec<ScanSeen>, Problem> {
    let tickets = rows.iter().filter_map(|row| row.shown.ticket()).collect();
    let found = check_in::find(state, &tickets).await?;
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        seen.push(ScanSeen {
            at: row.scan.at,
            gate: row.scan.gate.clone(),
            direction: row.scan.direction,
            offline: row.offline,
            answer: check_in::answer(state, caller, row, &found).await?,
        });
    }
    Ok(seen)
}
