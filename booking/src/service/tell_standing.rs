//! Tells the metrics how booking stands: sagas that wait, seats, Redis masters, and whether what must never be is there.
//! All of it is looked up beside the requests, in bounded bites; each process does it, and all tell the same.

use crate::domain::rows::EventNo;
use crate::service::lock_seats::SeatLocks;
use crate::state::State;
use crate::store::standing::{self, Counted, Violations};
use std::collections::{BTreeMap, BTreeSet};

/// How many events' seats are told: those that changed last.
const EVENTS_TOLD: usize = 50;
/// How many events get series of their own in the life of a process; what comes beyond is told as one.
const EVENTS_EVER: usize = 1_000;
const OTHERS: &str = "other";
/// What a saga may wait for, as the table names it.
const WAITS: [&str; 5] = ["AUTHORISING", "AWAITING_PAYER", "CAPTURING", "VOIDING", "REFUNDING"];

/// What is known from the rounds before.
#[derive(Debug, Default)]
pub struct Known {
    /// The version that each event had when its rows were looked at, and what was found in them.
    looked_at: BTreeMap<EventNo, (i64, Violations)>,
    /// The version that each event had in the last round, and the round in which it last grew.
    changed: BTreeMap<EventNo, (i64, u64)>,
    /// Whose seats were told in the last round.
    told: BTreeSet<String>,
    /// Whose seats were ever told.
    ever: BTreeSet<String>,
    rounds: u64,
}

/// One round: all counts, and the rows of one event that has changed since they were looked at.
///
/// # Errors
/// When the database is away.
pub async fn round(state: &State, known: &mut Known) -> Result<(), sqlx::Error> {
    tell_masters(&state.locks);
    let mut conn = state.pool.acquire().await?;
    tell_waiting(&standing::waiting(&mut conn).await?);
    let counted = standing::counted(&mut conn).await?;
    known.tell_seats(&counted);
    if let Some(event) = known.to_be_looked_at(&counted) {
        let found = standing::violations(&mut conn, event.event_no).await?;
        if found != Violations::default() {
            tracing::error!(event = event.event_id, ?found, "an event has what must never be");
        }
        known.looked_at.insert(event.event_no, (event.version, found));
    }
    known.tell_violations();
    Ok(())
}

impl Known {
    /// An event that was never looked at, else the one that changed most since.
    fn to_be_looked_at<'a>(&self, counted: &'a [Counted]) -> Option<&'a Counted> {
        let changes = |event: &&Counted| match self.looked_at.get(&event.event_no) {
            None => i64::MAX,
            Some((version, _)) => event.version - version,
        };
        counted.iter().max_by_key(changes).filter(|event| changes(event) > 0)
    }

    fn tell_violations(&self) {
        let sum = |which: fn(&Violations) -> i64| self.looked_at.values().map(|(_, found)| which(found)).sum::<i64>();
        let found = [
            ("sold_twice", sum(|found| found.sold_twice)),
            ("seat_not_sold", sum(|found| found.seat_not_sold)),
            ("without_ticket", sum(|found| found.without_ticket)),
            ("miscounted", sum(|found| found.miscounted)),
        ];
        for (invariant, count) in found {
            metrics::gauge!("onsale_invariant_violations", "invariant" => invariant).set(value(count));
        }
    }

    /// Those that changed last have series of their own; one that is no longer among them is told as 0.
    fn tell_seats(&mut self, counted: &[Counted]) {
        self.rounds += 1;
        for event in counted {
            let seen = self.changed.entry(event.event_no).or_insert((event.version, 0));
            if event.version > seen.0 {
                *seen = (event.version, self.rounds);
            }
        }
        let mut latest: Vec<&Counted> = counted.iter().collect();
        latest.sort_by_key(|event| {
            let (version, round) = self.changed.get(&event.event_no).copied().unwrap_or_default();
            std::cmp::Reverse((round, version))
        });
        latest.truncate(EVENTS_TOLD);
        let mut places: BTreeMap<String, [i64; 3]> = BTreeMap::new();
        for event in latest {
            if self.ever.len() < EVENTS_EVER {
                self.ever.insert(event.event_id.clone());
            }
            let name = if self.ever.contains(&event.event_id) { event.event_id.as_str() } else { OTHERS };
            let sums = places.entry(name.to_owned()).or_default();
            for (sum, more) in sums.iter_mut().zip([event.free, event.held, event.sold]) {
                *sum += more;
            }
        }
        for gone in self.told.iter().filter(|name| !places.contains_key(*name)) {
            tell_places(gone, [0; 3]);
        }
        for (name, sums) in &places {
            tell_places(name, *sums);
        }
        self.told = places.into_keys().collect();
    }
}

fn tell_places(event: &str, places: [i64; 3]) {
    for (state, count) in ["free", "held", "sold"].into_iter().zip(places) {
        metrics::gauge!("onsale_seats", "event" => event.to_owned(), "state" => state).set(value(count));
    }
}

fn tell_waiting(waiting: &[standing::Waiting]) {
    for saga in WAITS {
        let found = waiting.iter().find(|row| row.saga == saga);
        let (orders, oldest_s) = found.map_or((0, 0.0), |row| (row.orders, row.oldest_s));
        let status = saga.to_ascii_lowercase();
        metrics::gauge!("onsale_orders_open", "status" => status.clone()).set(value(orders));
        metrics::gauge!("onsale_order_oldest_seconds", "status" => status).set(oldest_s);
    }
}

/// Nothing where there are none: a lost master is no news to an installation without Redis.
fn tell_masters(locks: &SeatLocks) {
    if locks.is_configured() {
        let (up, lost) = locks.masters();
        for (state, count) in [("up", up), ("lost", lost)] {
            metrics::gauge!("onsale_redis_masters", "state" => state).set(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }
}

fn value(count: i64) -> f64 {
    i32::try_from(count).map_or(f64::MAX, f64::from)
}
