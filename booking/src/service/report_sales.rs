//! How events sell, for those who run them: figures of many events in one look.

use crate::state::State;
use crate::store;
use crate::store::inventories::Organised;
use moka::future::Cache;
use onsale_core::api::sales::{EventSales, SalesFigures};
use onsale_core::{EventId, Money};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use sqlx::PgConnection;
use std::time::Duration;

/// How many events are looked at once.
pub const EVENTS_MAX: usize = 100;
/// How long sums of money are shown without adding them up again, however many look.
const SUMS_FRESH_FOR: Duration = Duration::from_secs(2);
const SUMS_MAX: u64 = 10_000;

/// What an event took and gave back, in minor units.
type Sums = (i64, i64);

/// The sums of money that were added up a moment ago. Cheap to clone.
#[derive(Clone)]
pub struct RecentSums(Cache<EventId, Sums>);

impl Default for RecentSums {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(SUMS_MAX).time_to_live(SUMS_FRESH_FOR).build())
    }
}

/// An event that the caller's organisation runs; 404 when it has no inventory, or is another's.
pub(super) async fn organised(conn: &mut PgConnection, caller: &Caller, event: &EventId) -> Result<Organised, Problem> {
    let found = store::inventories::organised(conn, &[event.as_str()]).await?.pop();
    let own = found.filter(|found| caller.reach().covers(found.organisation));
    own.ok_or_else(|| Problem::not_found("event"))
}

/// The figures of those of these events that the caller's organisation runs, in their order.
pub async fn figures(state: &State, caller: &Caller, events: &[EventId]) -> Result<SalesFigures, Problem> {
    let mut conn = state.pool.acquire().await?;
    let ids: Vec<&str> = events.iter().map(EventId::as_str).collect();
    let mut organised = store::inventories::organised(&mut conn, &ids).await?;
    organised.retain(|event| caller.reach().covers(event.organisation));
    organised.sort_by_key(|event| events.iter().position(|asked| *asked == event.event));
    let numbers: Vec<_> = organised.iter().map(|event| event.event_no).collect();
    let counters = store::counters::of_events(&mut conn, &numbers).await?;
    let sums = sums(state, &mut conn, &organised).await?;
    let figures = organised.into_iter().zip(sums).filter_map(|(event, (takings, refunded))| {
        let counter = counters.get(&event.event_no)?;
        Some(EventSales {
            event_id: event.event,
            capacity: counter.free + counter.held + counter.sold,
            free: counter.free,
            held: counter.held,
            sold: counter.sold,
            takings: Money::new(takings, event.currency),
            refunded: Money::new(refunded, event.currency),
        })
    });
    Ok(SalesFigures { items: figures.collect() })
}

/// What each event took and gave back; what is not known from a moment ago is added up together.
async fn sums(state: &State, conn: &mut PgConnection, events: &[Organised]) -> Result<Vec<Sums>, sqlx::Error> {
    let mut known = Vec::with_capacity(events.len());
    for event in events {
        known.push(state.sums.0.get(&event.event).await);
    }
    let unknown: Vec<&Organised> =
        events.iter().zip(&known).filter(|(_, sums)| sums.is_none()).map(|(event, _)| event).collect();
    if unknown.is_empty() {
        return Ok(known.into_iter().flatten().collect());
    }
    let ids: Vec<&str> = unknown.iter().map(|event| event.event.as_str()).collect();
    let numbers: Vec<_> = unknown.iter().map(|event| event.event_no).collect();
    let takings = store::sold_tickets::takings(&mut *conn, &ids).await?;
    let refunded = store::orders::refunded(conn, &numbers).await?;
    let mut all = Vec::with_capacity(events.len());
    for (event, known) in events.iter().zip(known) {
        let added = || {
            let taken = takings.get(event.event.as_str()).copied().unwrap_or(0);
            (taken, refunded.get(&event.event_no).copied().unwrap_or(0))
        };
        let sums = known.unwrap_or_else(added);
        if known.is_none() {
            state.sums.0.insert(event.event.clone(), sums).await;
        }
        all.push(sums);
    }
    Ok(all)
}
